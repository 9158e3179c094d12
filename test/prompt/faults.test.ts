// What goes wrong while the command runs in batch: interrupts, servers that misbehave, outputs that take no more.

import { spawn, spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isObject, type Json, parseJson } from '../../src/text/json.ts';
import { BIN, type Done, qmpsh } from '../command.ts';
import { type FakeServer, type FakeServerOptions, startFakeServer } from '../fake-server.ts';

async function withServer(
  options: FakeServerOptions,
  run: (server: FakeServer) => Promise<void>,
): Promise<void> {
  const server = await startFakeServer(options);
  try {
    await run(server);
  } finally {
    await server.close();
  }
}

function check(done: Done, status: number, out: RegExp | string, err: RegExp | string): void {
  const said = `status ${done.status}\n--- out\n${done.out}--- err\n${done.err}`;
  assert.is(done.status, status, said);
  for (const [got, wanted] of [
    [done.out, out],
    [done.err, err],
  ] as const)
    assert.ok(typeof wanted === 'string' ? got === wanted : wanted.test(got), `not ${wanted}\n${said}`);
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

for (const signal of SIGNALS) {
  test(`${signal} while a reply is awaited: what was sent may happen`, () => {
    let pid = 0;
    return withServer(
      {
        answer: () => {
          process.kill(pid, signal);
          return undefined;
        },
      },
      async ({ address }) => {
        const started = (child: number) => {
          pid = child;
        };
        const done = await qmpsh(['-c', 'stop', '-c', 'cont', address], { started });
        check(done, 130, '', /reply to stop\nIt was sent and may still happen/);
      },
    );
  });

  test(`${signal} while nobody writes a line`, () =>
    withServer({}, async ({ address }) => {
      const done = await qmpsh([address], {
        input: 'stop\n',
        open: true,
        onOutput: (_, pid) => process.kill(pid, signal),
      });
      check(done, 130, '{"return": {}}\n', '');
    }));
}

test('SIGINT while the greeting of a busy monitor is awaited', async () => {
  const server = await startFakeServer({ greeting: undefined, connected: () => process.kill(pid, 'SIGINT') });
  let pid = 0;
  const started = (child: number) => {
    pid = child;
  };
  const done = await qmpsh(['-c', 'stop', server.address], { started });
  await server.close();
  check(done, 130, '', 'qmpsh: stopped connecting\n');
});

test('an interrupt says more than a refusal before it', () => {
  let pid = 0;
  return withServer(
    {
      answer: ({ execute }) => {
        if (execute === 'eject') return { error: { class: 'GenericError', desc: 'no' } };
        process.kill(pid, 'SIGINT');
        return undefined;
      },
    },
    async ({ address }) => {
      const started = (child: number) => {
        pid = child;
      };
      const done = await qmpsh(['-c', 'eject', '-c', 'stop', address], { started });
      check(done, 130, /"no"/, /stopped waiting/);
    },
  );
});

test('a QEMU that is lost while nobody writes a line ends the run at once', async () => {
  const server = await startFakeServer();
  const done = await qmpsh([server.address], {
    input: 'stop\n',
    open: true,
    onOutput: () => void server.close(),
  });
  check(done, 3, '{"return": {}}\n', /^error: .*lost|ended/);
});

test('.send with something that is no JSON shows the place', () =>
  withServer({}, async server => {
    const done = await qmpsh(['-c', '.send {"execute" "stop"}', server.address]);
    check(done, 2, '', /^\.send \{"execute" "stop"\}\n {17}\^\nerror: ":" should stand behind/);
    assert.equal(server.received, []);
  }));

test('control characters of the VM never reach the terminal, and the JSON stays the same', () => {
  const name = 'a\u001b]0;x\u0007\u007f\u009b31m\u202eb\u00fc\u65e5';
  return withServer({ answer: () => ({ name }) }, async ({ address }) => {
    for (const options of [[], ['-p']]) {
      const done = await qmpsh([...options, '-c', 'query-name', address]);
      assert.is(done.out.replace(/[\n\x20-\x7e\u00fc\u65e5]/g, ''), '', done.out);
      assert.equal(parseJson(done.out), { return: { name } });
    }
  });
});

test("a schema that is none is the server's fault, and is told as such", () =>
  withServer({ answer: () => ({}) }, async ({ address }) => {
    const done = await qmpsh(['-c', 'eject id=x', address]);
    check(done, 3, '', /^error: the server's schema makes no sense: .*\n.*--schema FILE\.\n$/);
  }));

test('--json: everything on standard error is JSON, one a row', () =>
  withServer(
    {
      answer: () => ({ error: { class: 'CommandNotFound', desc: 'no' } }),
    },
    async ({ address }) => {
      const lines = ['x y', '.hlep', '.wait STOP timeout=1ms', '.set confirm on', 'stop'];
      const done = await qmpsh(['--json', '-v', '--events', address], { input: lines.join('\n') });
      const rows = done.err.trimEnd().split('\n').map(parseJson);
      const kinds = rows.map(row => (isObject(row) ? Object.keys(row)[0] : row));
      assert.is(done.status, 2);
      assert.is(done.out, '{"error": {"class": "CommandNotFound", "desc": "no"}}\n');
      assert.equal(kinds, ['problem', 'problem', 'problem', 'note', 'execute'], done.err);
      const first: Json | undefined = rows[0];
      assert.ok(isObject(first) && isObject(first['problem']));
      assert.match(String(first['problem']['message']), /"y" is no argument/);
      assert.is(first['problem']['row'], 1);
      assert.is(first['problem']['start'], 2);
    },
  ));

test('--json: an error before there is a connection', async () => {
  const { status, err } = await qmpsh(['--json', '-c', 'stop', '/nonexistent/socket']);
  assert.is(status, 3);
  const row = parseJson(err);
  assert.ok(isObject(row) && isObject(row['problem']));
  assert.match(String(row['problem']['message']), /no socket \/nonexistent\/socket/);
});

test('a full disk under standard output is no fault of the shell', () =>
  withServer({}, async server => {
    const out = openSync('/dev/full', 'w');
    const { status, err } = await new Promise<Done>((resolve, reject) => {
      import('node:child_process').then(({ spawn }) => {
        const child = spawn(process.execPath, [BIN, '-c', 'stop', '-c', 'cont', server.address], {
          stdio: ['ignore', out, 'pipe'],
        });
        let said = '';
        child.stderr?.setEncoding('utf8').on('data', text => {
          said += text;
        });
        child.on('error', reject);
        child.on('close', code => resolve({ status: code, out: '', err: said }));
      }, reject);
    });
    assert.is(status, 1);
    assert.is(err, 'error: cannot write to standard output: the disk is full\n1 line did not run\n');
    assert.equal(
      server.received.map(message => message['execute']),
      ['stop'],
    );
  }));

const UNREAD: readonly (readonly [string, readonly string[], string, RegExp, number])[] = [
  [
    'lines of -c',
    ['-c', 'stop', '-c', 'cont', '-c', '# no line', '-c', 'stop'],
    '',
    /^nobody reads standard output any more: 2 lines did not run\n$/,
    1,
  ],
  [
    'standard input',
    [],
    'stop\ncont\n\n# no line\n',
    /^nobody reads standard output any more: 1 line did not run\n$/,
    1,
  ],
  ['nothing behind the line whose reply is lost', ['-c', 'stop'], '', /^$/, 0],
  [
    'an endless input',
    [],
    'endless',
    /^nobody reads standard output any more: at least \d+ lines did not run\n$/,
    1,
  ],
];
for (const [name, args, input, err, status] of UNREAD)
  test(`the reader of standard output goes: ${name}`, () =>
    withServer({}, async server => {
      const done = await unread([...args, server.address], input);
      assert.match(done.err, err);
      assert.is(done.status, status);
      assert.equal(
        server.received.map(message => message['execute']),
        ['stop'],
      );
    }));

/** Runs the command with nobody at the other end of its standard output. */
function unread(args: readonly string[], input: string): Promise<Done> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let err = '';
    child.stdout.destroy();
    child.stderr.setEncoding('utf8').on('data', text => {
      err += text;
    });
    child.stdin.on('error', () => {}); // it goes before it has read all
    if (input !== 'endless') child.stdin.end(input);
    else {
      const more = () => {
        while (child.stdin.writable && child.stdin.write('stop\n'.repeat(1000)));
      };
      child.stdin.on('drain', more);
      more();
    }
    child.on('error', reject);
    child.on('close', status => resolve({ status, out: '', err }));
  });
}

test('requests that nobody reads any more end an endless input', () => {
  const done = spawnSync('/bin/sh', ['-c', `yes stop | "$0" "$1" json | head -1`, process.execPath, BIN], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.is(done.stdout, '{"execute":"stop","arguments":{}}\n');
  assert.is(done.signal, null);
});

test.run();
