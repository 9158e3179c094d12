// Batch on a real QEMU: what stands on standard output, on standard error, and the exit status.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Practice, startPractice } from '../../src/io/practice.ts';
import { type Done, qmpsh } from '../command.ts';

const test = suite('batch', { vm: undefined as Practice | undefined });
let vm: Practice;

test.before(async () => {
  vm = await startPractice({
    args: [
      ...['-chardev', 'socket,id=pretty,path=pretty.sock,server=on,wait=off'],
      ...['-mon', 'chardev=pretty,mode=control,pretty=on'],
      ...['-object', 'throttle-group,id=tg0'],
    ],
  });
});
test.after(() => vm.close());

interface Case {
  readonly name: string;
  readonly args?: readonly string[];
  readonly input?: string;
  readonly status: number;
  readonly out: RegExp | string;
  readonly err?: RegExp | string;
}

// (QEMU before 10 has a member more.)
const STATUS =
  /^\{"return": \{"status": "(?:prelaunch|paused)",(?: "singlestep": false,)? "running": false\}\}$/;

const CASES: readonly Case[] = [
  { name: '-c', args: ['-c', 'query-status'], status: 0, out: STATUS, err: '' },
  {
    name: 'two -c on one connection, in order',
    args: ['-c', 'query-name', '-c', 'query-status'],
    status: 0,
    out: /^\{"return": \{\}\}\n\{"return": \{"status"/,
    err: '',
  },
  {
    name: 'standard input, and a name QEMU refuses',
    input: 'query-status\nfoo\n',
    status: 1,
    out: /^\{"return": .*\}\n\{"error": \{"class": "CommandNotFound", .*foo.*\}\}$/,
    err: /^foo: this QEMU has no such command/,
  },
  {
    name: 'a misspelt command gets the nearest names',
    args: ['-c', 'query-statsu'],
    status: 1,
    out: /CommandNotFound/,
    err: /did you mean query-status/,
  },
  {
    name: 'a misspelt argument is found before anything is sent',
    args: ['-c', 'query-status', '-c', 'blockdev-del node-nam=x'],
    status: 2,
    out: '',
    err: /node-nam(.|\n)*\^~+(.|\n)*did you mean node-name(.|\n)*Nothing was sent/,
  },
  {
    name: 'a misspelt word is found before anything is sent',
    args: ['-c', 'query-status', '-c', '.hlep'],
    status: 2,
    out: '',
    err: /no word \.hlep(.|\n)*Nothing was sent/,
  },
  {
    name: 'a refusal',
    args: ['-c', 'blockdev-del node-name=nobody'],
    status: 1,
    out: /^\{"error": \{"class": "GenericError", "desc": "Failed to find node with node-name='nobody'"\}\}$/,
  },
  {
    name: '-p indents by four',
    args: ['-p', '-c', 'query-status'],
    status: 0,
    out: /^\{\n {4}"return": \{\n {8}"status": "prelaunch",/,
  },
  {
    name: '-v shows the request on standard error',
    args: ['-v', '-c', 'query-status'],
    status: 0,
    out: STATUS,
    err: '{"execute": "query-status", "arguments": {}}',
  },
  {
    name: 'a pretty=on monitor',
    args: ['-c', 'query-status', 'PRETTY'],
    status: 0,
    out: STATUS,
  },
  {
    name: 'dotted keys, and a size with its unit',
    input: 'blockdev-add node-name="a-b" driver=raw file.driver=null-co file.node-name=inner file.size=39M\n',
    status: 0,
    out: '{"return": {}}',
  },
  {
    name: 'digits are text where the schema wants text (QEMU itself takes no such name)',
    args: ['-v', '-c', 'blockdev-add driver=null-co node-name=123'],
    status: 1,
    out: /Invalid node-name: '123'/,
    err: /"node-name": "123"/,
  },
  {
    name: '2^64-1 is exact in both directions',
    input:
      'qom-get path=/objects/tg0 property=limits\n{"execute": "query-status", "id": 18446744073709551615}\n',
    status: 0,
    out: /"bps-total": 0(.|\n)*\{"return": \{"status"/,
  },
  {
    name: 'speed at the edge of 64 bits',
    args: ['-v', '-c', 'block-job-set-speed device=none speed=9223372036854775807'],
    status: 1,
    out: /DeviceNotActive|not found|Block job/i,
    err: /"speed": 9223372036854775807/,
  },
  {
    name: 'a string with blanks is one string',
    args: ['-v', '-c', 'human-monitor-command command-line="info status"'],
    status: 0,
    out: /^\{"return": "VM status: paused \(prelaunch\)\\r\\n"\}$/,
    err: /"command-line": "info status"/,
  },
  {
    name: 'a transaction in one row',
    args: [
      '-v',
      '-c',
      'transaction( block-dirty-bitmap-add node=node-A name=b0 block-dirty-bitmap-add node=node-A name=b1 )',
    ],
    status: 0,
    out: '{"return": {}}',
    err: /"actions": \[\{"type": "block-dirty-bitmap-add", "data": \{"node": "node-A", "name": "b0"\}\}, /,
  },
  {
    name: 'a transaction in many rows',
    input:
      'transaction(\nblock-dirty-bitmap-remove node=node-A name=b0\nblock-dirty-bitmap-remove node=node-A name=b1\n)\n',
    status: 0,
    out: '{"return": {}}',
  },
  {
    name: '-H takes lines of the human monitor',
    args: ['-H', '-c', 'info status'],
    status: 0,
    out: 'VM status: paused (prelaunch)',
  },
  {
    name: "an id of the user's stays in the reply, and ours is not in it",
    input:
      '{"execute": "query-name", "id": {"b": 1, "a": 2}}\n{"execute": "query-name"}\n{"execute": "nosuch", "id": "x"}\n',
    status: 1,
    out: /^\{"return": \{\}, "id": \{"(?:b": 1, "a": 2|a": 2, "b": 1)\}\}\n\{"return": \{\}\}\n\{.*"error": .*\}$/,
  },
  {
    name: '--exit-on-error: the line that fails is the last, from standard input',
    args: ['--exit-on-error'],
    input: 'query-name\nblockdev-del node-name=nosuch\nquery-name\n',
    status: 1,
    out: /^\{"return": \{\}\}\n\{"error": [^\n]*\}$/,
  },
  {
    name: '--exit-on-error: so is a line that cannot be understood',
    args: ['--exit-on-error'],
    input: 'query-name\nblockdev-del node=x\nquery-name\n',
    status: 2,
    out: '{"return": {}}',
  },
  {
    name: '--exit-on-error: and with -c',
    args: ['--exit-on-error', '-c', 'blockdev-del node-name=nosuch', '-c', 'query-name'],
    status: 1,
    out: /^\{"error": [^\n]*\}$/,
  },
  {
    name: 'without it the lines behind run',
    args: ['-c', 'blockdev-del node-name=nosuch', '-c', 'query-name'],
    status: 1,
    out: /^\{"error": [^\n]*\}\n\{"return": \{\}\}$/,
  },
  {
    name: 'events on standard error with --events',
    args: ['--events', '-c', 'cont', '-c', 'stop'],
    status: 0,
    out: '{"return": {}}\n{"return": {}}',
    err: /"event": "RESUME"(.|\n)*"event": "STOP"/,
  },
  {
    name: '.wait takes an event that came before it was asked for',
    args: ['-c', 'cont', '-c', '.wait RESUME timeout=5s', '-c', 'stop'],
    status: 0,
    out: '{"return": {}}\n{"return": {}}',
    err: /"event": "RESUME"/,
  },
  {
    name: '.wait whose time runs out',
    args: ['-c', 'query-status', '-c', '.wait SHUTDOWN timeout=50ms'],
    status: 4,
    out: STATUS,
    err: /SHUTDOWN/,
  },
  {
    name: 'a word with a typing error',
    args: ['-c', '.hlep'],
    status: 2,
    out: '',
    err: /no word \.hlep(.|\n)*\.help/,
  },
];

for (const { name, args = [], input, status, out, err } of CASES)
  test(name, async () => {
    const where = args.includes('PRETTY') ? [] : [vm.address];
    const argv = args.map(arg => (arg === 'PRETTY' ? join(vm.folder, 'pretty.sock') : arg));
    const done = await qmpsh([...argv, ...where], input === undefined ? {} : { input });
    check(done, { status, out, ...(err === undefined ? {} : { err }) });
  });

function check(
  done: Done,
  expected: { readonly status: number; readonly out: RegExp | string; readonly err?: RegExp | string },
) {
  const said = `status ${done.status}\n--- out\n${done.out}--- err\n${done.err}`;
  for (const part of ['out', 'err'] as const) {
    const wanted = expected[part];
    if (wanted === undefined) continue;
    const got = done[part].trimEnd();
    assert.ok(
      typeof wanted === 'string' ? got === wanted : wanted.test(got),
      `${part} is not ${wanted}\n${said}`,
    );
  }
  assert.is(done.status, expected.status, said);
}

test('the log has every message with its direction', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qt-'));
  const log = join(folder, 'log');
  await qmpsh(['-l', log, '-c', 'query-status', vm.address]);
  const { readFileSync } = await import('node:fs');
  const rows = readFileSync(log, 'utf8').trim().split('\n');
  rmSync(folder, { recursive: true });
  assert.is(rows.length, 5, rows.join('\n'));
  assert.match(rows[0] ?? '', /^20\S+Z <- \{"QMP"/);
  assert.match(rows[3] ?? '', /-> \{"execute":"query-status"/);
  assert.match(rows[4] ?? '', /<- \{"return"/);
});

test('a busy monitor', async () => {
  const first = connect(vm.address);
  await once(first, 'data');
  const done = await qmpsh(['--timeout', '200ms', '-c', 'query-status', vm.address]);
  first.destroy();
  await once(first, 'close');
  check(done, { status: 3, out: '', err: /and another one is connected/ });
});

/** A guest agent as qemu-ga is: no greeting, and nothing is answered before 0xFF and guest-sync-delimited. */
async function agent(): Promise<Server> {
  const server = createServer(socket => {
    let synced = false;
    socket.on('data', chunk => {
      for (const row of chunk.toString('latin1').split('\n')) {
        const at = row.indexOf('{');
        if (at < 0) continue;
        const { execute, arguments: args, id } = JSON.parse(row.slice(at));
        const answer = (value: unknown) => socket.write(`${JSON.stringify({ return: value, id })}\r\n`);
        if (execute === 'guest-sync-delimited') {
          synced = row.startsWith('\xff');
          socket.write(Buffer.of(0xff));
          answer(args.id);
        } else if (execute === 'guest-info') {
          answer({
            version: '7.2.22',
            supported_commands: ['guest-ping', 'guest-sync'].map(name => ({ name, enabled: true })),
          });
        } else if (synced) answer({ execute, args });
      }
    });
  });
  server.listen(join(vm.folder, 'ga.sock'));
  await once(server, 'listening');
  return server;
}

test('-N talks to a guest agent, which has no greeting', async () => {
  const server = await agent();
  const done = await qmpsh(['-N', '-c', 'guest-ping', '-c', 'guest-sync id=5', join(vm.folder, 'ga.sock')]);
  server.close();
  check(done, {
    status: 0,
    out: /^\{"return": \{"execute": "guest-ping", "args": \{\}\}\}\n.*"args": \{"id": 5\}/,
    err: '',
  });
});

test("-N leaves a monitor as it is: negotiating is the user's own business", async () => {
  const lines = ['-c', 'query-status', '-c', 'qmp_capabilities', '-c', 'query-status'];
  const done = await qmpsh(['-N', ...lines, vm.address]);
  check(done, { status: 1, out: /CommandNotFound.*\n\{"return": \{\}\}\n\{"return": \{"status"/ });
});

test('no socket there', async () => {
  check(await qmpsh(['-c', 'query-status', join(vm.folder, 'none.sock')]), {
    status: 3,
    out: '',
    err: /none\.sock/,
  });
});

test('a refused connection', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  server.close();
  await once(server, 'close');
  check(await qmpsh(['-c', 'query-status', `127.0.0.1:${port}`]), {
    status: 3,
    out: '',
    err: /nobody listens/,
  });
});

test('no address', async () => {
  check(await qmpsh(['-c', 'query-status']), { status: 2, out: '', err: /no address/ });
  const env = { QMP_SOCKET: '' };
  check(await qmpsh(['-c', 'query-status'], { env }), { status: 2, out: '', err: /no address/ });
});

test('an address and a QEMU to start', async () => {
  const done = await qmpsh(['-c', 'stop', vm.address, '--', 'qemu-system-x86_64']);
  check(done, { status: 2, out: '', err: /either an address .* or a QEMU to start/ });
});

test('$QMP_SOCKET is the default address', async () => {
  check(await qmpsh(['-c', 'query-status'], { env: { QMP_SOCKET: vm.address } }), { status: 0, out: STATUS });
});

test('a QEMU that vanishes while a command is under way', async () => {
  const own = await startPractice();
  const child = qmpsh(['-c', '.wait SHUTDOWN', own.address]);
  const watch = qmpsh(['--timeout', '50ms', '-c', 'query-status', own.address]);
  await watch; // by now the first one has the monitor, or had it
  process.kill(own.pid, 'SIGKILL');
  const done = await child;
  await own.close();
  check(done, { status: 3, out: '', err: /./ });
});

test('quit ends well', async () => {
  const own = await startPractice();
  const done = await qmpsh(['-c', 'quit', own.address]);
  await own.close();
  check(done, { status: 0, out: '{"return": {}}', err: '' });
});

test('a practice VM for one line, and nothing is left', async () => {
  const done = await qmpsh(['practice'], { input: 'query-status\n' });
  check(done, { status: 0, out: STATUS });
});

test('Ctrl-C stops waiting with status 130', async () => {
  const child = spawn(process.execPath, [
    join(process.cwd(), 'bin/qmpsh.cjs'),
    '-v',
    '-c',
    'stop',
    '-c',
    '.wait SHUTDOWN',
    vm.address,
  ]);
  await once(child.stderr, 'data'); // the request was shown: it is connected
  setTimeout(() => child.kill('SIGINT'), 100);
  const [status] = await once(child, 'close');
  assert.is(status, 130);
});

test('--schema from a file', async () => {
  const done = await qmpsh([
    '--schema',
    'test/data/schema-10.0.json',
    '-v',
    '-c',
    'blockdev-del node-name=123',
    vm.address,
  ]);
  check(done, { status: 1, out: /error/, err: /"node-name": "123"/ });
});

test('a schema file that is none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qt-'));
  writeFileSync(join(folder, 's.json'), '{"a": 1}');
  const done = await qmpsh(['--schema', join(folder, 's.json'), 'json', 'stop']);
  rmSync(folder, { recursive: true });
  check(done, { status: 2, out: '', err: /s\.json is no schema/ });
});

test('json: a line that cannot be understood is told, and the status says so', async () => {
  const schema = ['--schema', 'test/data/schema-10.0.json'];
  const done = await qmpsh([...schema, 'json', 'stop', 'stopp', 'cont']);
  check(done, { status: 2, out: /"stop".*\n.*"cont"/, err: /no command "stopp"/ });
  check(await qmpsh([...schema, 'json', 'stop']), { status: 0, out: /"stop"/, err: '' });
});

test.run();
