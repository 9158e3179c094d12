// Monitors that are no address of a socket: what a command leads to, a connection that was passed on, and a QEMU that
// connects to us. Each on a real QEMU.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect as netConnect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOCK } from '../../src/io/clock.ts';
import { connect } from '../../src/io/connect.ts';
import { Session } from '../../src/session/client.ts';
import { BIN, qmpsh } from '../command.ts';
import { failure } from '../failure.ts';
import { inFolder } from '../folder.ts';
import { freePort } from '../port.ts';
import { startQemu } from '../qemu.ts';

const QEMU = `${process.env['QMPSH_QEMU'] ?? 'qemu-system-x86_64'} -S -display none -nodefaults -M q35 -m 64`;

async function open(address: string, options: Parameters<typeof connect>[1] = {}): Promise<Session> {
  return Session.open(await connect(address, options), { clock: CLOCK, address });
}

async function isPaused(session: Session): Promise<void> {
  const reply = await session.execute('query-status');
  assert.match(JSON.stringify(reply.kind === 'success' && reply.value), /"prelaunch"/);
}

/** Resolves when the process is gone. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      // (A process nobody has waited for stays in the table.)
      if (/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) return;
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

test('exec: a QEMU on the standard input and output of a command; quit ends both', async () => {
  const session = await open(`exec:${QEMU} -qmp stdio`);
  await isPaused(session);
  await session.execute('quit');
  const ended = await session.ended;
  assert.ok(ended.expected);
});

test('exec: leaving ends the command and all that it has started', () =>
  inFolder(async folder => {
    const session = await open(`exec:${QEMU} -qmp stdio -pidfile ${join(folder, 'pid')} | cat`);
    await isPaused(session);
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    await session.close();
    await gone(pid);
    const done = await qmpsh([
      '-c',
      'query-status',
      `exec:${QEMU} -qmp stdio -pidfile ${join(folder, 'pid2')}`,
    ]);
    assert.is(done.status, 0, done.err);
    assert.match(done.out, /prelaunch/);
    if (existsSync(join(folder, 'pid2'))) await gone(Number(readFileSync(join(folder, 'pid2'), 'utf8')));
  }));

test('exec: a connection that breaks is told in the words of the command, and QEMU goes on', async () => {
  const qemu = await startQemu();
  try {
    const script = join(qemu.folder, 'relay.js');
    writeFileSync(
      script,
      `const to = require('net').connect(${JSON.stringify(qemu.address)});
require('fs').writeFileSync(${JSON.stringify(join(qemu.folder, 'relay'))}, String(process.pid));
process.stdin.pipe(to).pipe(process.stdout);
process.on('SIGUSR1', () => { console.error('the tunnel broke'); process.exit(9); });`,
    );
    const session = await open(`exec:'${process.execPath}' ${script}`);
    await isPaused(session);
    process.kill(Number(readFileSync(join(qemu.folder, 'relay'), 'utf8')), 'SIGUSR1');
    const { expected, error } = await session.ended;
    assert.not.ok(expected);
    assert.match(error?.message ?? '', /ended with status 9: the tunnel broke/);
    assert.match(error?.advice ?? '', /the VM itself may go on/);
    const again = await open(qemu.address);
    await isPaused(again);
    await again.close();
  } finally {
    await qemu.close();
  }
});

const FAILS: readonly (readonly [command: string, message: RegExp])[] = [
  ['nosuchprogram --x', /the command "nosuchprogram --x" ended with status 127: .*nosuchprogram/],
  ['echo no such container >&2; exit 1', /ended with status 1: no such container/],
  ['kill -9 $$', /was ended by SIGKILL/],
  ['true', /the command "true" has ended/],
];
for (const [command, message] of FAILS)
  test(`exec: ${command}`, async () => {
    const error = await failure(open(`exec:${command}`));
    assert.is(error.exit, 3);
    assert.match(error.message, message);
  });

test('exec: in lines of a file it needs --allow-shell; on the command line it is the address itself', () =>
  inFolder(async folder => {
    const qemu = await startQemu();
    try {
      const input = `.connect exec:touch ${join(folder, 'made')}\n`;
      const refused = await qmpsh([qemu.address], { input });
      assert.is(refused.status, 2, refused.err);
      assert.match(refused.err, /would run a command on this host[\s\S]*--allow-shell/);
      assert.not.ok(existsSync(join(folder, 'made')));
      const line = `.connect exec:${QEMU} -qmp stdio`;
      const done = await qmpsh(['--allow-shell', '-c', line, '-c', 'query-status', qemu.address]);
      assert.is(done.status, 0, done.err);
      assert.match(done.out, /prelaunch/);
    } finally {
      await qemu.close();
    }
  }));

/** Runs qmpsh with something as its descriptor 3. */
function withThird(third: Socket | number, address: string): Promise<{ status: number | null; out: string }> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(process.execPath, [BIN, '-c', 'query-status', address], {
      stdio: ['ignore', 'pipe', 'pipe', third],
    });
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
    child.on('error', reject);
    child.on('close', status => resolve({ status, out }));
  });
}

test('fd: a connection that whoever starts qmpsh passes on', async () => {
  const qemu = await startQemu();
  const socket = netConnect({ path: qemu.address });
  try {
    await new Promise(resolve => socket.once('connect', resolve));
    const done = await withThird(socket, 'fd:3');
    assert.is(done.status, 0, done.out);
    assert.match(done.out, /prelaunch/);
  } finally {
    socket.destroy();
    await qemu.close();
  }
});

test('fd: what is no connection says so', () =>
  inFolder(async folder => {
    const { openSync, closeSync } = await import('node:fs');
    writeFileSync(join(folder, 'file'), '');
    const file = openSync(join(folder, 'file'), 'r');
    const done = await withThird(file, 'fd:3');
    closeSync(file);
    assert.is(done.status, 3, done.out);
    assert.match(done.out, /file descriptor 3 is no socket but a regular file\nWho starts qmpsh/);
    const none = await qmpsh(['-c', 'query-status', 'fd:999']);
    assert.is(none.status, 3);
    assert.match(none.err, /file descriptor 999 is not open/);
  }));

const folder = mkdtempSync(join(tmpdir(), 'ql-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('listen: a QEMU connects to us, and the socket is gone; a socket left over makes room', async () => {
  const path = join(folder, 'l');
  for (const round of [1, 2]) {
    let started: Promise<Awaited<ReturnType<typeof startQemu>>> | undefined;
    const session = await open(`listen:${path}`, {
      tell: text => {
        assert.is(text, `waiting at ${path} for a QEMU with -qmp unix:${path},server=off; Ctrl-C gives up`);
        assert.is(statSync(path).mode & 0o777, 0o600);
        started = startQemu({ args: ['-qmp', `unix:${path},server=off`] });
      },
    });
    await isPaused(session);
    assert.not.ok(existsSync(path));
    await session.close();
    const qemu = await started;
    // It goes on without us.
    const other = await open(qemu?.address ?? '');
    await isPaused(other);
    await other.close();
    await qemu?.close();
    if (round === 1) {
      const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
      await new Promise(resolve => spawn(process.execPath, ['-e', script]).on('close', resolve));
      assert.ok(existsSync(path));
    }
  }
});

test('listen: by TCP, from the command line', async () => {
  const port = await freePort();
  const child = spawn(process.execPath, [BIN, '-c', 'query-status', `listen:127.0.0.1:${port}`]);
  let qemu: Promise<Awaited<ReturnType<typeof startQemu>>> | undefined;
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    if (/waiting at 127/.test(err))
      qemu ??= startQemu({ args: ['-qmp', `tcp:127.0.0.1:${port},server=off`] });
  });
  const status = await new Promise(resolve => child.on('close', resolve));
  await (await qemu)?.close();
  assert.is(status, 0, err);
  assert.match(out, /prelaunch/);
});

test('listen: where nobody can, and where nobody comes', async () => {
  const qemu = await startQemu();
  writeFileSync(join(folder, 'file'), 'precious');
  const cases: readonly (readonly [string, RegExp, RegExp])[] = [
    [qemu.address, /^somebody listens at .* already$/, /leave listen: out/],
    [join(folder, 'file'), /is there already, and no socket/, /where nothing is/],
    [join(folder, 'none/x'), /cannot listen at .*: there is no folder .*none$/, /Make the folder/],
    ['192.0.2.1:4444', /cannot listen at 192\.0\.2\.1:4444: this host has no such address/, /localhost/],
  ];
  try {
    for (const [at, message, advice] of cases) {
      const error = await failure(connect(`listen:${at}`));
      assert.is(error.exit, 3);
      assert.match(error.message, message);
      assert.match(error.advice ?? '', advice);
    }
    assert.is(readFileSync(join(folder, 'file'), 'utf8'), 'precious');
    const late = await failure(connect(`listen:${join(folder, 'x')}`, { timeout: 10 }));
    assert.match(late.message, /nobody connected to .*x within 10 ms/);
    assert.not.ok(existsSync(join(folder, 'x')));
    const stop = new AbortController();
    const given = failure(
      connect(`listen:${join(folder, 'x')}`, { signal: stop.signal, tell: () => stop.abort() }),
    );
    assert.is((await given).exit, 130);
    assert.not.ok(existsSync(join(folder, 'x')));
  } finally {
    await qemu.close();
  }
});

test.run();
