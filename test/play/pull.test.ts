// Pulls of a disk that goes on being written to: real clients see one moment and what changed since the pull that they have; only
// what they say they have is gone on from.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isArray, isObject, parseJson } from '../../src/text/json.ts';
import { type Done, qmpsh } from '../command.ts';
import { onStand, type Stand } from '../plays.ts';
import { proxy } from '../prove/proxy.ts';

const MISSING =
  'nbdinfo and nbdcopy are missing: run "npm test", which installs them, or install the Debian package libnbd-bin';
const URI = 'nbd+unix:///snapshot?socket=pull.sock';

function well(done: Done): string {
  assert.is(done.status, 0, `status ${done.status}\n${done.out}\n${done.err}`);
  return (done.out + done.err).replaceAll(/\s+/g, ' ');
}

const pull = ({ play, vm }: Stand, ...args: string[]) => play(['pull', vm.address, 'node=node-A', ...args]);
const serve = (stand: Stand, ...args: string[]) =>
  pull(stand, 'socket=pull.sock', 'series=nightly', 'overwrite=yes', ...args);

/** A program of the host, in the VM's folder. */
function run({ vm }: Stand, program: string, ...args: string[]): string {
  const done = spawnSync(program, args, { cwd: vm.folder, encoding: 'utf8' });
  assert.is(done.status, 0, done.error ? MISSING : `${program}: ${done.stderr}`);
  return done.stdout;
}

/** Everything, as a client fetches it. */
function fetched(stand: Stand, file: string): Buffer {
  run(stand, 'nbdcopy', URI, file);
  return readFileSync(join(stand.vm.folder, file));
}

/** Where something was written, as qemu-img sees it in the export's bitmap: there a dirty block is one without data. */
function changed(stand: Stand): readonly { readonly start: number; readonly length: number }[] {
  const server = 'server.type=unix,server.path=pull.sock';
  const options = `driver=nbd,export=snapshot,${server},x-dirty-bitmap=qemu:dirty-bitmap:changed`;
  const map = parseJson(run(stand, 'qemu-img', 'map', '--output=json', '--image-opts', options));
  const rows = isArray(map) ? map.filter(isObject) : [];
  return rows
    .filter(row => row['data'] === false)
    .map(row => ({ start: Number(row['start']), length: Number(row['length']) }));
}

/** What a client has that holds the pull before, and fetches only what changed. */
function patched(before: Buffer, now: Buffer, ranges: ReturnType<typeof changed>): Buffer {
  const copy = Buffer.from(before);
  for (const { start, length } of ranges) now.copy(copy, start, start, start + length);
  return copy;
}

async function bitmaps({ value }: Stand): Promise<readonly string[]> {
  const nodes = await value('query-named-block-nodes', { flat: true });
  const disk = (isArray(nodes) ? nodes : []).filter(isObject).find(node => node['node-name'] === 'node-A');
  const rows = disk?.['dirty-bitmaps'];
  return (isArray(rows) ? rows : []).filter(isObject).map(row => String(row['name']).split(':')[1] ?? '');
}

const M = 1024 * 1024;
const BLOCK = 65536;

for (const through of ['filter', 'job'])
  test(`each pull is one moment, and the next tells what changed since (${through})`, () =>
    onStand(async stand => {
      const { guest, state } = stand;
      const by = `through=${through}`;
      const first = well(await serve(stand, by));
      assert.match(first, /has to fetch all of the disk: no client has said that it has a pull of the series/);
      await guest('write -P 0xee 6M 64k');
      await guest('write -P 0xee 30M 64k');
      const full = fetched(stand, 'one.img');
      assert.is(full[6 * M], 0x77);
      assert.is(full[30 * M], 0);
      assert.not.match(run(stand, 'nbdinfo', URI), /dirty-bitmap/);
      well(await pull(stand, 'action=done'));
      await guest('write -P 0xaa 10M 64k');
      assert.not.match(well(await serve(stand, by)), /warning/);
      await guest('write -P 0xbb 12M 64k');
      const map = run(stand, 'nbdinfo', '--map=qemu:dirty-bitmap:changed', URI);
      assert.match(map, new RegExp(`${10 * M} +${BLOCK} +1 +dirty`));
      const ranges = changed(stand);
      assert.equal(
        ranges.map(({ start }) => start / M),
        [6, 10, 30],
      );
      const second = fetched(stand, 'two.img');
      assert.is(second[10 * M], 0xaa);
      assert.is(second[12 * M], 0);
      assert.ok(patched(full, second, ranges).equals(second), 'what changed is all that differs');
      well(await pull(stand, 'action=done'));
      well(await serve(stand, by));
      const last = changed(stand);
      assert.equal(
        last.map(({ start }) => start / M),
        [12],
      );
      assert.is(patched(second, fetched(stand, 'three.img'), last)[12 * M], 0xbb);
      well(await pull(stand, 'action=done'));
      assert.match(await state(), /^node-A\n\n/);
      assert.equal([...(await bitmaps(stand))].sort(), ['end', 'pulled']);
      await stand.quit();
      assert.ok(stand.holds('a.qcow2', 0xbb, '12M 64k'));
    }));

/** Resolves when the child has printed something. */
function speaks(child: ChildProcess): Promise<void> {
  return new Promise(resolve => child.stdout?.once('data', () => resolve()));
}

test('a client that dies, a pull that is dropped, and one that QEMU ends with leave the pull before', () =>
  onStand(async stand => {
    const { guest, vm, state } = stand;
    well(await serve(stand));
    const have = fetched(stand, 'one.img');
    well(await pull(stand, 'action=done'));
    const before = await state();
    await guest('write -P 1 1M 64k');
    well(await serve(stand));
    await guest('write -P 2 2M 64k');
    // It has read a part, and goes on holding its connection.
    const client = spawn('qemu-io', ['-r', '-f', 'raw', URI], { cwd: vm.folder, stdio: ['pipe', 'pipe', 'inherit'] });
    const said = speaks(client);
    client.stdin.write('read 0 1M\n');
    await said;
    const busy = await pull(stand, 'action=done');
    assert.is(busy.status, 1, busy.out);
    assert.match(busy.out + busy.err, /still in use/);
    const gone = new Promise(resolve => client.once('close', resolve));
    client.kill('SIGKILL');
    await gone;
    well(await pull(stand, 'action=drop'));
    assert.is(await state(), before);
    assert.equal([...(await bitmaps(stand))].sort(), ['end', 'pulled']);
    well(await serve(stand));
    const ranges = changed(stand);
    assert.equal(
      ranges.map(({ start }) => start / M),
      [1, 2],
    );
    const now = fetched(stand, 'two.img');
    assert.ok(patched(have, now, ranges).equals(now));
    const twice = await serve(stand);
    assert.is(twice.status, 1);
    assert.match(twice.out + twice.err, /is a pull|a pull is being served/);
    well(await pull(stand, 'action=drop'));
    const none = await pull(stand, 'action=done');
    assert.is(none.status, 1);
    assert.match(none.out + none.err, /no pull of node-A is being served/);
  }));

test('a shell that is killed leaves a pull that done or drop ends, and the series as it was', () =>
  onStand(async stand => {
    const { vm, guest, state } = stand;
    well(await serve(stand));
    well(await pull(stand, 'action=done'));
    const before = await state();
    await guest('write -P 1 1M 64k');
    for (const at of [/"copy-before-write"/, /"block-export-add"/]) {
      const socket = join(vm.folder, 'p.sock');
      let end = () => {};
      const count = { seen: 0, names: [] };
      const act = async () => end();
      const between = await proxy(socket, vm.address, { ...count, break: { at, phase: 'after', act, onward: 'end' } });
      const killer = new AbortController();
      end = () => killer.abort();
      const args = ['play', 'pull', socket, 'node=node-A', 'socket=pull.sock', 'series=nightly', 'overwrite=yes'];
      const child = spawn(process.execPath, ['bin/qmpsh.cjs', ...args], { stdio: 'ignore' });
      killer.signal.addEventListener('abort', () => child.kill('SIGKILL'));
      await new Promise(resolve => child.once('close', resolve));
      between.close();
      well(await pull(stand, 'action=drop'));
      assert.is(await state(), before);
      assert.equal([...(await bitmaps(stand))].sort(), ['end', 'pulled']);
    }
    well(await serve(stand));
    assert.equal(
      changed(stand).map(({ start }) => start / M),
      [1],
    );
  }));

test('a disk that was resized is fetched as a whole, also where it has its old size again', () =>
  onStand(
    async stand => {
      const { value, guest } = stand;
      const resized = /warning: the client has to fetch all of the disk: node-A was resized since the pull/;
      const resize = (size: number) => value('block_resize', { 'node-name': 'node-A', size });
      well(await serve(stand));
      well(await pull(stand, 'action=done'));
      await resize(9 * M);
      assert.match(well(await serve(stand)), resized);
      assert.not.match(run(stand, 'nbdinfo', URI), /dirty-bitmap/);
      assert.is(fetched(stand, 'grown.img').length, 9 * M);
      well(await pull(stand, 'action=done'));
      await resize(8 * M);
      await resize(9 * M);
      // What was cut off reads as zeroes now, and is in no bitmap.
      await guest('write -P 1 8960k 64k');
      assert.match(well(await serve(stand)), resized);
      well(await pull(stand, 'action=done'));
      assert.not.match(well(await serve(stand)), /warning/);
      well(await pull(stand, 'action=drop'));
      assert.not.match(well(await serve(stand, 'full=yes')), /warning/);
      assert.not.match(run(stand, 'nbdinfo', URI), /dirty-bitmap/);
    },
    { disk: '8M' },
  ));

test('to= is a client of its own, which has everything when qemu-img says so', () =>
  onStand(async stand => {
    const { guest, vm, state, holds, quit } = stand;
    const before = await state();
    const bad = await pull(stand, 'socket=pull.sock', 'series=nightly', 'to=no/copy.qcow2', '--allow-shell');
    assert.is(bad.status, 1, bad.out);
    assert.is(await state(), before, bad.out);
    assert.equal(await bitmaps(stand), []);
    const socket = join(vm.folder, 'p.sock');
    const act = async () => {
      await guest('write -P 0xee 6M 64k');
      await guest('write -P 0xee 30M 64k');
    };
    const at = /"block-export-add"/;
    const between = await proxy(socket, vm.address, {
      seen: 0,
      names: [],
      break: { at, phase: 'before', act, onward: 'go on', patience: 0 },
    });
    const args = ['node=node-A', 'socket=pull.sock', 'to=copy.qcow2', 'series=nightly', '--allow-shell'];
    const done = await qmpsh(['play', 'pull', socket, ...args], { cwd: vm.folder });
    between.close();
    assert.not.match(well(done), /stays/);
    assert.not.ok(existsSync(join(vm.folder, 'fleece.qcow2')));
    assert.match(await state(), /^node-A\n\n/);
    assert.equal([...(await bitmaps(stand))].sort(), ['end', 'pulled']);
    well(await serve(stand));
    assert.equal(
      changed(stand).map(({ start }) => start / M),
      [6, 30],
    );
    well(await pull(stand, 'action=drop'));
    await quit();
    assert.ok(holds('copy.qcow2', 0x77, '6M 64k'));
    assert.ok(holds('copy.qcow2', 0, '30M 64k'));
    assert.ok(holds('a.qcow2', 0xee, '6M 64k'));
  }));

test('persistent bitmaps outlive QEMU: what was pulled, and what nobody said to have', () =>
  onStand(async first => {
    const { guest, vm, quit } = first;
    well(await serve(first, 'persistent=yes'));
    const have = fetched(first, 'one.img');
    well(await pull(first, 'action=done'));
    await guest('write -P 1 1M 64k');
    well(await serve(first, 'persistent=yes'));
    await guest('write -P 2 2M 64k');
    await quit();
    const kept = readFileSync(join(vm.folder, 'a.qcow2'));
    await onStand(async stand => {
      const { value } = stand;
      // The same disk, in another machine.
      const file = join(stand.vm.folder, 'old.qcow2');
      writeFileSync(file, kept);
      copyFileSync(file, join(stand.vm.folder, 'again.qcow2'));
      await value('blockdev-add', {
        driver: 'qcow2',
        'node-name': 'old',
        file: { driver: 'file', filename: 'again.qcow2' },
      });
      const args = ['node=old', 'socket=pull.sock', 'series=nightly', 'persistent=yes'];
      const again = well(await stand.play(['pull', stand.vm.address, ...args]));
      assert.not.match(again, /warning/);
      const ranges = changed(stand);
      assert.equal(
        ranges.map(({ start }) => start / M),
        [1, 2],
      );
      const now = fetched(stand, 'two.img');
      assert.ok(patched(have, now, ranges).equals(now));
    });
  }));

const t0 = performance.now(); test.after.each(c => { console.error(Math.round(performance.now() - t0), String(c["__test__"])); });
test.run();
