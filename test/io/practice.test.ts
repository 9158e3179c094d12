// On real QEMU: what a practice VM offers, and that nothing of it outlives the process that started it.
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Practice, startPractice } from '../../src/io/practice.ts';
import { QmpshError } from '../../src/qmp/errors.ts';

// This very file, started as a child with this variable, starts a VM, tells where, and ends as it is told.
const ROLE = process.env['PRACTICE_TEST_CHILD'];
const scratch = ROLE ? '' : mkdtempSync(join(tmpdir(), 'qt-'));

/** Sends requests to a monitor, one after the other; gives the `return` of each. */
function ask(address: string, ...requests: readonly string[]): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address);
    const replies: unknown[] = [];
    const queue = ['{"execute":"qmp_capabilities"}', ...requests];
    let rest = '';
    const next = () => {
      const request = queue.shift();
      if (request) socket.write(request);
      else socket.end();
    };
    socket.setEncoding('utf8').on('data', chunk => {
      const rows = (rest + chunk).split('\r\n');
      rest = rows.pop() ?? '';
      for (const row of rows) {
        const message = JSON.parse(row);
        if ('error' in message) reject(new Error(row));
        if ('return' in message) replies.push(message.return);
        if ('return' in message || 'QMP' in message) next();
      }
    });
    socket.on('error', reject).on('end', () => resolve(replies.slice(1)));
  });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** When a path is gone. Asks again at each change beside it: no fixed wait. */
function removed(path: string): Promise<void> {
  return new Promise(resolve => {
    const watcher = watch(join(path, '..'), () => check());
    const check = () => {
      if (existsSync(path)) return;
      watcher.close();
      resolve();
    };
    check();
  });
}

function errorOf(run: Promise<unknown>): Promise<QmpshError> {
  return run.then(
    () => assert.unreachable('it should have failed'),
    error => {
      assert.instance(error, QmpshError);
      return error;
    },
  );
}

const open: Practice[] = [];
async function start(options: Parameters<typeof startPractice>[0] = {}): Promise<Practice> {
  const practice = await startPractice(options);
  open.push(practice);
  return practice;
}
test.after.each(async () => {
  await Promise.all(open.splice(0).map(practice => practice.close()));
});
test.after(() => rmSync(scratch, { recursive: true, force: true }));

test('a stopped VM with node-A behind virtio0, its disk and monitor private to the user', async () => {
  const { folder, address, pid } = await start();
  assert.is(statSync(folder).mode & 0o777, 0o700);
  assert.is(statSync(address).mode & 0o077, 0);
  assert.equal(readdirSync(folder).sort(), ['a.qcow2', 'qmp.sock']);
  assert.ok(alive(pid));
  const [status, nodes, devices] = await ask(
    address,
    '{"execute":"query-status"}',
    '{"execute":"query-named-block-nodes","arguments":{"flat":true}}',
    '{"execute":"qom-list","arguments":{"path":"/machine/peripheral"}}',
  );
  assert.match(JSON.stringify(status), '"status":"prelaunch"');
  assert.match(JSON.stringify(nodes), '"node-name":"node-A"');
  assert.match(JSON.stringify(nodes), `"virtual-size":${39 * 1024 * 1024}`);
  assert.match(JSON.stringify(devices), '"name":"virtio0"');
});

test('the images have the names that are asked for', async () => {
  const { folder } = await start({ disks: ['1M', '1M'], images: ['one.qcow2', 'two.qcow2'] });
  assert.equal(readdirSync(folder).sort(), ['c.qcow2', 'one.qcow2', 'qmp.sock', 'two.qcow2']);
});

test('a disk without a device', async () => {
  const { address } = await start({ disks: ['1M', '1M'], nodes: ['one', 'two', 'three'], loose: ['two'] });
  const [devices, nodes] = await ask(
    address,
    '{"execute":"qom-list","arguments":{"path":"/machine/peripheral"}}',
    '{"execute":"query-named-block-nodes","arguments":{"flat":true}}',
  );
  assert.match(JSON.stringify(devices), /"virtio0"/);
  assert.match(JSON.stringify(devices), /"virtio2"/);
  assert.not.match(JSON.stringify(devices), /"virtio1"/);
  assert.match(JSON.stringify(nodes), '"node-name":"two"');
});

test('relative names are below the folder, and the disk holds the documented bytes', async () => {
  const { folder, address } = await start();
  const backup =
    '{"execute":"blockdev-snapshot-sync","arguments":{"node-name":"node-A","snapshot-file":"b.qcow2","snapshot-node-name":"node-B"}}';
  await ask(address, backup, '{"execute":"quit"}');
  assert.ok(existsSync(join(folder, 'b.qcow2')));
  const checks = ['read -P 0x11 0 1M', 'read -P 0x22 1M 1M', 'read -P 0x88 7M 1M', 'read -P 0 8M 31M'];
  const said = execFileSync('qemu-io', [
    '-r',
    ...checks.flatMap(check => ['-c', check]),
    join(folder, 'a.qcow2'),
  ]);
  assert.not.match(String(said), 'verification failed');
  assert.is(String(said).match(/^read /gm)?.length, checks.length);
});

test('QEMU quits: its end is told, the folder stays until close', async () => {
  const practice = await start();
  await ask(practice.address, '{"execute":"quit"}');
  assert.is((await practice.exited).code, 0);
  assert.ok(existsSync(join(practice.folder, 'a.qcow2')));
  await practice.close();
  assert.not.ok(existsSync(practice.folder));
});

test('close ends QEMU and removes the folder with all that is in it', async () => {
  const practice = await start();
  writeFileSync(join(practice.folder, 'more'), 'x');
  await practice.close();
  assert.not.ok(alive(practice.pid));
  assert.not.ok(existsSync(practice.folder));
});

test('disk, args and empty are honoured', async () => {
  const { folder, address } = await start({
    disk: '3M',
    args: ['-m', '48', '-name', 'guest=x'],
    empty: true,
  });
  const info = JSON.parse(
    String(execFileSync('qemu-img', ['map', '-U', '--output=json', join(folder, 'a.qcow2')])),
  );
  assert.is(info.length, 1);
  assert.is(info[0].length, 3 * 1024 * 1024);
  assert.is(info[0].zero, true);
  const [memory] = await ask(address, '{"execute":"query-memory-size-summary"}');
  assert.equal(memory, { 'base-memory': 48 * 1024 * 1024, 'plugged-memory': 0 });
});

test('a kept folder is made, kept, and used again with its disk as it is', async () => {
  const keep = join(scratch, 'kept');
  await (await start({ keep })).close();
  assert.equal(readdirSync(keep), ['a.qcow2']);
  const before = readFileSync(join(keep, 'a.qcow2'));
  const again = await start({ keep, disk: '100M' });
  const twice = await errorOf(startPractice({ keep }));
  assert.match(twice.message, 'already runs');
  assert.match(twice.advice ?? '', again.address);
  await again.close();
  assert.equal(readdirSync(keep), ['a.qcow2']);
  assert.ok(before.equals(readFileSync(join(keep, 'a.qcow2'))));
});

test('a folder whose path is too long for a socket, or has a comma, still works', async () => {
  const deep = join(scratch, 'l'.repeat(90), 'deep');
  const practice = await start({ keep: deep });
  assert.ok(Buffer.byteLength(practice.address) < 104);
  await ask(practice.address, '{"execute":"query-status"}');
  await practice.close();
  assert.not.ok(existsSync(practice.address));
  assert.equal(readdirSync(deep), ['a.qcow2']);
  await ask((await start({ keep: join(scratch, 'a,b') })).address, '{"execute":"query-status"}');
});

test('a second VM beside the first leaves the folder to it', async () => {
  const first = await start();
  const second = await start({ beside: first, name: 'b', empty: true, args: ['-incoming', 'defer'] });
  assert.is(second.folder, first.folder);
  const [status] = await ask(second.address, '{"execute":"query-status"}');
  assert.match(JSON.stringify(status), '"status":"inmigrate"');
  await second.close();
  assert.equal(readdirSync(first.folder).sort(), ['a.qcow2', 'b.qcow2', 'qmp.sock']);
});

const refusals: readonly [string, Parameters<typeof startPractice>[0], string, string][] = [
  ['QEMU refuses its arguments', { args: ['-nosuch'] }, 'connect', '-nosuch: invalid option'],
  ['no such QEMU', { qemu: '/nosuch/qemu' }, 'connect', '/nosuch/qemu'],
  ['a size that is none', { disk: '39 apples' }, 'usage', '39 apples'],
  ['a folder that cannot be made', { keep: '/dev/null/x' }, 'usage', '/dev/null/x'],
];
for (const [name, options, kind, text] of refusals) {
  test(`fails with a clear error: ${name}`, async () => {
    const error = await errorOf(startPractice(options));
    assert.is(error.kind, kind);
    assert.match(error.message, text);
  });
}

/** Whether the kernel filters the system calls of a process. */
const isFiltered = (pid: number) => /^Seccomp:\s+2$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

test('QEMU can start no program, unless its arguments say otherwise', async () => {
  const vm = await startPractice();
  const free = await startPractice({ args: ['-sandbox', 'off'] });
  try {
    assert.ok(isFiltered(vm.pid));
    assert.not.ok(isFiltered(free.pid));
  } finally {
    await vm.close();
    await free.close();
  }
  // Whether the monitor is there first is chance.
  const run = await startPractice({ args: ['-incoming', `exec:touch ${join(scratch, 'made')}`] }).catch(
    (error: QmpshError) => assert.match(error.message, /it was to run a program/),
  );
  // The sandbox of 7.2 ends it by SIGSYS; that of 10.0 and 11.1 refuses the fork, and QEMU gives up.
  const status = await run?.exited.finally(() => run.close());
  if (status) assert.match(`${status.code} ${status.stderr}`, /^159 |^1 .*Failed to fork/s);
  assert.not.ok(existsSync(join(scratch, 'made')));
});

test('a QEMU that knows no sandbox is started without', async () => {
  const qemu = join(scratch, 'qemu');
  const log = join(scratch, 'starts');
  const refuse =
    'case "$*" in *-sandbox*) echo "-sandbox support is not enabled in this QEMU" >&2; exit 1;; esac';
  writeFileSync(qemu, `#!/bin/sh\necho x >> ${log}\n${refuse}\nexec qemu-system-x86_64 "$@"\n`, {
    mode: 0o755,
  });
  for (const starts of [2, 3]) {
    const vm = await startPractice({ qemu });
    await vm.close();
    assert.is(readFileSync(log, 'utf8').length, 2 * starts, 'asked once');
  }
});

test('an aborted start leaves nothing', async () => {
  const stop = new AbortController();
  const keep = join(scratch, 'aborted');
  const starting = errorOf(startPractice({ keep, signal: stop.signal }));
  stop.abort();
  assert.is((await starting).kind, 'interrupted');
  assert.equal(
    readdirSync(keep).filter(name => name !== 'a.qcow2'),
    [],
  );
});

for (const how of ['SIGKILL', 'SIGTERM', 'SIGINT', 'throw', 'exit'] as const) {
  test(`nothing is left when the process that started it ends by ${how}`, async () => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
      env: { ...process.env, PRACTICE_TEST_CHILD: how },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const line = await new Promise<string>(resolve => child.stdout.setEncoding('utf8').once('data', resolve));
    const { folder, pid } = JSON.parse(line);
    const gone = removed(folder);
    if (how.startsWith('SIG')) process.kill(child.pid ?? 0, how);
    await gone;
    assert.not.ok(alive(pid));
  });
}

if (ROLE) {
  const { folder, pid } = await startPractice();
  process.stdout.write(JSON.stringify({ folder, pid }));
  if (ROLE === 'throw') throw new Error('as if by a fault');
  if (ROLE === 'exit') process.exit(0);
  setInterval(() => {}, 1000);
} else {
  test.run();
}
