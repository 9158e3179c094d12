// The library on a real QEMU: connections that close themselves and come back, pages played, and failures that can be read.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connect, play, QmpshError, type Session, startPractice } from '../src/index.ts';
import { isObject, type Json } from '../src/text/json.ts';
import { failure } from './failure.ts';
import { startQemu, withQemu } from './qemu.ts';

test('a connection taken by `await using` is closed at the end of its block, whatever happens there', () =>
  withQemu({}, async qemu => {
    let kept: Session | undefined;
    const failed = (async () => {
      await using vm = await connect(qemu.address);
      kept = vm;
      assert.is((await vm.execute('query-name')).kind, 'success');
      throw new QmpshError('usage', 'something else');
    })();
    assert.is((await failure(failed)).message, 'something else');
    assert.is(kept?.state, 'ended');
    // A monitor serves one client: it is free again.
    await using again = await connect(qemu.address);
    assert.is(again.state, 'open');
  }));

test('what waits for an answer can be stopped by a signal', () =>
  withQemu({ args: ['-blockdev', 'null-co,node-name=disk,size=1048576'] }, async qemu => {
    await using vm = await connect(qemu.address);
    const line = 'qemu-io disk "sleep 1000"';
    const long = vm.execute('human-monitor-command', { 'command-line': line });
    const stop = () => ({ signal: AbortSignal.timeout(50) });
    const waits: readonly Promise<unknown>[] = [
      vm.execute('query-name', {}, stop()),
      vm.send({ execute: 'query-name', arguments: {} }).answer(stop()),
      vm.schema(stop()),
      vm.waitFor(() => false, { since: 0, ...stop() }),
      vm.waitForJob('none', 'ready', { since: 0, ...stop() }),
      connect(qemu.address, stop()),
    ];
    for (const wait of waits) assert.is((await failure(wait)).kind, 'interrupted');
    await long;
  }));

const statusOf = (row: Json | undefined) => JSON.stringify(row);

test('a page is played with its values, and its report comes back', async () => {
  const vm = await startPractice();
  try {
    await using session = await connect(vm.address);
    const told: Json[] = [];
    const done = await play(
      session,
      'bitmap',
      { node: 'node-A' },
      { folder: vm.folder, report: row => void told.push(row) },
    ).catch((error: unknown) => error);
    // (There is no page of that name.)
    assert.ok(done instanceof QmpshError && done.kind === 'usage', String(done));
    writeFileSync(join(vm.folder, 'touch.md'), '```qmp\n$ touch made\n```\n');
    const needs = await failure(play(session, './touch.md', {}, { folder: vm.folder }));
    assert.is(needs.message, 'this page runs a command on this host');
    const touched = await play(session, './touch.md', {}, { folder: vm.folder, allowShell: true });
    assert.equal([touched.status, existsSync(join(vm.folder, 'made'))], [0, true]);
    const backup = await play(
      session,
      'backup',
      { node: 'node-A', file: 'e.qcow2' },
      { folder: vm.folder, report: row => void told.push(row) },
    );
    assert.is(backup.status, 0, statusOf(backup.report.at(-1)));
    assert.ok(existsSync(join(vm.folder, 'e.qcow2')));
    assert.equal(told, backup.report);
    assert.ok(backup.report.length > 2);
    // What fails is undone, and told.
    const failed = await play(
      session,
      'backup',
      { node: 'nothing', file: 'f.qcow2' },
      { folder: vm.folder, allowShell: true },
    );
    assert.is.not(failed.status, 0);
    assert.not.ok(existsSync(join(vm.folder, 'f.qcow2')));
    assert.is(session.state, 'open');
  } finally {
    await vm.close();
  }
});

test('with `reconnect` a VM that is killed and started again is found again', async () => {
  const first = await startQemu();
  await using vm = await connect(first.address, { reconnect: true });
  const events: string[] = [];
  vm.onEvent(event => void events.push(event.name));
  await vm.execute('cont');
  const before = vm.session;
  const again = new Promise<Session>(resolve => vm.onConnect(resolve));
  await first.kill();
  await before.ended;
  // What is asked for meanwhile waits.
  const waiting = vm.execute('query-status');
  const hurried = await failure(vm.execute('query-name', {}, { timeout: 20 }));
  assert.is(hurried.kind, 'timeout');
  const { spawn } = await import('node:child_process');
  const program = process.env['QMPSH_QEMU'] ?? 'qemu-system-x86_64';
  const socket = `unix:${first.address},server=on,wait=off`;
  const second = spawn(
    program,
    ['-S', '-display', 'none', '-nodefaults', '-M', 'q35', '-m', '64', '-qmp', socket],
    {
      stdio: 'ignore',
    },
  );
  try {
    const reply = await waiting;
    assert.ok(reply.kind === 'success' && isObject(reply.value) && reply.value['status'] === 'prelaunch');
    assert.is(await again, vm.session);
    assert.is.not(vm.session, before);
    await vm.execute('cont');
    await vm.session.waitFor(({ name }) => name === 'RESUME', { since: 0, timeout: 10_000 });
    assert.equal(events, ['RESUME', 'RESUME']);
  } finally {
    second.kill('SIGKILL');
    await first.close();
  }
});

test('with `reconnect` and a limit a VM that stays away is given up', async () => {
  const qemu = await startQemu();
  await using vm = await connect(qemu.address, { reconnect: 300 });
  await qemu.close();
  const { error, expected } = await vm.ended;
  assert.is(expected, false);
  assert.is(error?.kind, 'connect');
  assert.is((await failure(vm.execute('query-name'))).kind, 'connect');
});

test('`quit` is no loss: nothing is looked for behind it', () =>
  withQemu({}, async qemu => {
    const vm = await connect(qemu.address, { reconnect: true });
    assert.is((await vm.execute('quit')).kind, 'success');
    assert.equal(await vm.ended, { expected: true });
  }));

test('a rejection that nobody handles is printed in rows that can be read', () => {
  const code = `import { connect, play } from ${JSON.stringify(join(process.cwd(), 'dist/index.js'))};\nawait connect('./nobody');`;
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  assert.is(status, 1);
  assert.match(stderr, 'QmpshError: ');
  assert.match(stderr, "kind: 'connect'");
  const long = stderr.split('\n').filter(row => row.length > 200);
  assert.equal(long, []);
});

test.run();
