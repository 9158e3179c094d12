import { spawn as spawnProgram, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { spawnQemu } from '../../src/io/child.ts';
import { CLOCK } from '../../src/io/clock.ts';
import { findMonitors } from '../../src/io/monitors.ts';
import { startPractice } from '../../src/io/practice.ts';
import { findQemu } from '../../src/io/qemu.ts';
import { QmpshError } from '../../src/qmp/errors.ts';
import { Session } from '../../src/session/client.ts';
import { stringifyJson } from '../../src/text/json.ts';
import { failure } from '../failure.ts';
import { MISSING } from '../qemu.ts';

const PROGRAM = process.env['QMPSH_QEMU'] ?? 'qemu-system-x86_64';
const QEMU = [PROGRAM, '-S', '-display', 'none', '-nodefaults', '-M', 'q35', '-m', '64'];
const open = (child: Awaited<ReturnType<typeof spawnQemu>>) =>
  Session.open(child.transport, { clock: CLOCK, address: QEMU[0] ?? '' });

async function spawn(...more: readonly string[]) {
  try {
    return await spawnQemu([...QEMU, ...more]);
  } catch (error) {
    throw error instanceof QmpshError && error.code === 'ENOENT' ? new Error(MISSING) : error;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// This very file as a program that starts a QEMU and leaves without another word, or waits to be ended.
const ROLE = process.env['CHILD_TEST_ROLE'];
if (ROLE !== undefined) {
  const { pid } = await spawn();
  process.stdout.write(`${pid}\n`);
  if (ROLE === 'leaves') process.exit(0);
  await new Promise(() => setInterval(() => {}, 1000));
}

test('QEMU as a child: a monitor of its own, a process group of its own, and quit', async () => {
  const child = await spawn();
  const session = await open(child);
  assert.is((await session.execute('query-status')).kind, 'success');
  // pid (name) state parent group: Ctrl-C in our terminal goes to our group alone.
  const [, group] = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    .replace(/^.*\) \S /, '')
    .split(' ');
  assert.is(Number(group), child.pid);
  await session.execute('quit');
  assert.equal(await session.ended, { expected: true });
  assert.is((await child.exited).code, 0);
  await child.close();
});

test('close ends it', async () => {
  const child = await spawn();
  const session = await open(child);
  const seen: string[] = [];
  session.onEvent(event => seen.push(event.name));
  await child.close();
  assert.is(alive(child.pid), false);
  await session.ended;
  assert.equal(seen, ['SHUTDOWN']);
});

test('a QEMU that does not start says why', async () => {
  const child = await spawn('-no-such-option');
  const error = await failure(open(child));
  assert.is(error.exit, 3);
  assert.match(error.message, /ended with status 1: .*-no-such-option: invalid option/);
  assert.is((await child.exited).code, 1);
});

test('a QEMU that is killed says so', async () => {
  const child = await spawn();
  const session = await open(child);
  process.kill(child.pid, 'SIGKILL');
  const { error, expected } = await session.ended;
  assert.is(expected, false);
  assert.match(error?.message ?? '', /was ended by SIGKILL/);
});

test('no such program, or one that cannot be run', async () => {
  const missing = await failure(spawnQemu(['/no/such/qemu']));
  assert.is(missing.exit, 3);
  assert.match(missing.message, /cannot start \/no\/such\/qemu: there is no such program/);
  assert.match((await failure(spawnQemu(['/etc/passwd']))).message, /cannot be run/);
  assert.is((await failure(spawnQemu([]))).exit, 2);
});

test('what it prints is handed on', async () => {
  let text = '';
  const child = await spawnQemu([...QEMU, '-no-such-option'], { onRow: row => (text += row) });
  await child.exited;
  assert.match(text, /invalid option/);
});

/** Whether a program has the object that newer QEMUs want a monitor to be. */
function hasObject(program: string, dash = '-'): boolean {
  return /^\s*monitor-qmp\s*$/m.test(
    spawnSync(program, [`${dash}object`, 'help'], { encoding: 'utf8' }).stdout,
  );
}

test('its monitor is the object where the QEMU has it, and no QEMU warns of how it is started', async () => {
  let text = '';
  const child = await spawnQemu([...QEMU, '-S'], { onRow: row => (text += `${row}\n`) });
  const session = await open(child);
  const reply = await session.execute('qom-list', { path: '/objects' });
  const own = stringifyJson(reply.kind === 'success' ? reply.value : []).includes('"qmpsh-monitor"');
  assert.is(own, hasObject(PROGRAM));
  await session.execute('quit');
  await child.exited;
  assert.not.match(text, /deprecated|warning/);
});

test('a practice VM is started so, too, and found in the list of processes', async () => {
  const vm = await startPractice();
  try {
    const monitor = findMonitors().find(({ address }) => address === vm.address);
    assert.is(monitor?.address, vm.address);
    const command = readFileSync(`/proc/${monitor?.pid}/cmdline`, 'utf8').split('\0');
    assert.is(command.includes('monitor-qmp,id=qmp,chardev=qmp'), hasObject(findQemu()));
    assert.not.ok(command.includes('-mon'));
  } finally {
    await vm.close();
  }
  assert.not.match((await vm.exited).stderr, /deprecated/);
});

const DAEMON = 'qemu-storage-daemon';
const commands: readonly (readonly string[])[] = [
  [DAEMON],
  ['env', 'X=1', DAEMON],
  ['sh', '-c', `exec ${DAEMON} "$@"`, DAEMON],
];
for (const command of commands)
  test(`the storage daemon, whose options have two dashes: ${command.join(' ')}`, async () => {
    const missing = spawnSync(DAEMON, ['--version']).status !== 0;
    if (missing) throw new Error(`${DAEMON} is missing: it is in the Debian package qemu-system-common`);
    let text = '';
    const child = await spawnQemu([...command, '--blockdev', 'driver=null-co,node-name=n0'], {
      onRow: row => (text += `${row}\n`),
    });
    const session = await open(child);
    const nodes = await session.execute('query-named-block-nodes');
    assert.match(stringifyJson(nodes.raw), /"n0"/);
    await session.execute('quit');
    assert.is((await child.exited).code, 0);
    assert.is(text, '');
  });

test('a wrapper that passes its arguments on is not run for a question', async () => {
  const script = `echo ran >&2; exec ${PROGRAM} "$@"`;
  let text = '';
  const child = await spawnQemu(['sh', '-c', script, 'vm', ...QEMU.slice(1)], {
    onRow: row => (text += `${row}\n`),
  });
  const session = await open(child);
  await session.execute('quit');
  await child.exited;
  assert.is(text, 'ran\n');
});

test('it does not outlive who started it', async () => {
  const [, self = ''] = process.argv;
  const env = { ...process.env, CHILD_TEST_ROLE: 'leaves' };
  const pid = Number(spawnSync(process.execPath, [self], { encoding: 'utf8', env }).stdout);
  await goes(pid);
});

async function goes(pid: number): Promise<void> {
  assert.ok(pid > 0);
  try {
    for (let i = 0; i < 100 && alive(pid); i++) await new Promise(resolve => setTimeout(resolve, 50));
    assert.is(alive(pid), false);
  } finally {
    if (alive(pid)) process.kill(pid, 'SIGKILL');
  }
}

for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT'] as const)
  test(`nor a ${signal}, whether somebody listens for it or not`, async () => {
    const [, self = ''] = process.argv;
    const env = { ...process.env, CHILD_TEST_ROLE: 'waits' };
    const program = spawnProgram(process.execPath, [self], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(program, 'exit');
    const [pid] = await once(program.stdout, 'data');
    program.kill(signal);
    // (Of the last two test/qemu.ts takes care, by leaving.)
    assert.equal(await ended, signal === 'SIGHUP' ? [null, signal] : [1, null]);
    await goes(Number(String(pid)));
  });

test.run();
