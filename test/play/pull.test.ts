// Pulls of a disk that goes on being written to: real clients see one moment and what changed since the pull that they have; only
// what they say they have is gone on from.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
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

const SERVE = '.pull node=node-A socket=pull.sock series=nightly overwrite=yes';
const DONE = '.pull node=node-A action=done';
const DROP = '.pull node=node-A action=drop';
const INFO = `$ nbdinfo '${URI}'`;
const SERVER = 'driver=nbd,export=snapshot,server.type=unix,server.path=pull.sock';
/** The guest writes: `at` is a place as qemu-io takes it. */
const write = (byte: number, at: string) =>
  `.hmp qemu-io -d /machine/peripheral/virtio0/virtio-backend "write -P ${byte} ${at} 64k"`;
/** A client fetches everything. */
const fetch = (file: string) => `$ nbdcopy '${URI}' ${file}.img`;
/** A client asks where something was written: qemu-img shows a block that the bitmap holds as one without data. */
const map = (file: string) =>
  `$ qemu-img map --output=json --image-opts ${SERVER},x-dirty-bitmap=qemu:dirty-bitmap:changed > ${file}.json`;

/** Runs the lines in one shell; all must go well. Gives what it said. */
async function lines({ vm }: Stand, ...texts: string[]): Promise<string> {
  if (spawnSync('nbdcopy', ['--version']).error) throw new Error(MISSING);
  const args = [...texts.flatMap(text => ['-c', text]), '--exit-on-error', '--allow-shell', vm.address];
  return well(await qmpsh(args, { cwd: vm.folder }));
}

const read = ({ vm }: Stand, file: string) => readFileSync(join(vm.folder, `${file}.img`));

interface Range {
  readonly start: number;
  readonly length: number;
}

function changed({ vm }: Stand, file: string): readonly Range[] {
  const found = parseJson(readFileSync(join(vm.folder, `${file}.json`), 'utf8'));
  const rows = isArray(found) ? found.filter(isObject) : [];
  return rows
    .filter(row => row['data'] === false)
    .map(row => ({ start: Number(row['start']), length: Number(row['length']) }));
}

/** The same in MiB. */
const places = (stand: Stand, file: string) => changed(stand, file).map(({ start }) => start / M);

/** Whether a client that has the first, and fetches what changed, has the second. */
function isPatched(stand: Stand, before: Buffer, file: string): boolean {
  const now = read(stand, file);
  const copy = Buffer.from(before);
  for (const { start, length } of changed(stand, file)) now.copy(copy, start, start, start + length);
  return copy.equals(now);
}

async function bitmaps({ value }: Stand): Promise<readonly string[]> {
  const nodes = await value('query-named-block-nodes', { flat: true });
  const disk = (isArray(nodes) ? nodes : []).filter(isObject).find(node => node['node-name'] === 'node-A');
  const rows = disk?.['dirty-bitmaps'];
  return (isArray(rows) ? rows : []).filter(isObject).map(row => String(row['name']).split(':')[1] ?? '');
}

const M = 1024 * 1024;
const BLOCK = 65536;

/** What a client reads that asks for nothing but these bytes, by the simple NBD protocol. */
function readSimply({ vm }: Stand, offset: number, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(join(vm.folder, 'pull.sock'));
    let got = Buffer.alloc(0);
    let stage = 0;
    socket.on('error', reject).on('data', data => {
      got = Buffer.concat([got, data]);
      // The greeting; the size of the export; the reply.
      if (stage === 0 && got.length >= 18) {
        const option = Buffer.alloc(4 + 8 + 4 + 4);
        option.writeUInt32BE(3, 0);
        option.write('IHAVEOPT', 4);
        option.writeUInt32BE(1, 12);
        option.writeUInt32BE('snapshot'.length, 16);
        socket.write(Buffer.concat([option, Buffer.from('snapshot')]));
        got = got.subarray(18);
        stage = 1;
      }
      if (stage === 1 && got.length >= 10) {
        const request = Buffer.alloc(28);
        request.writeUInt32BE(0x25609513, 0);
        request.writeBigUInt64BE(BigInt(offset), 16);
        request.writeUInt32BE(length, 24);
        socket.write(request);
        got = got.subarray(10);
        stage = 2;
      }
      if (stage === 2 && got.length >= 16 + length) {
        socket.destroy();
        resolve(got.subarray(16));
      }
    });
  });
}

test('each pull is one moment, and the next tells what changed since', () =>
  onStand(async stand => {
    const serve = SERVE;
    const said = await lines(
      stand,
      ...[serve, write(0xee, '6M'), write(0xee, '30M'), fetch('one'), INFO, DONE],
      ...[write(0xaa, '10M'), serve, write(0xbb, '12M'), map('two'), fetch('two')],
      ...[`$ nbdinfo --map=qemu:dirty-bitmap:changed '${URI}'`, DONE],
      ...[serve, map('three'), fetch('three'), write(0xff, '20M')],
    );
    const warning = /has to fetch all of the disk: no client has said that it has a pull of the series/g;
    assert.is(said.match(warning)?.length, 1, said);
    assert.match(said, new RegExp(`${10 * M} ${BLOCK} 1 dirty`));
    // The first has no bitmap to ask for.
    assert.match(said, /contexts: base:allocation is_rotational/);
    const [one, two, three] = [read(stand, 'one'), read(stand, 'two'), read(stand, 'three')];
    assert.equal([one[6 * M], one[30 * M]], [0x77, 0]);
    assert.equal([two[6 * M], two[10 * M], two[12 * M], two[30 * M]], [0xee, 0xaa, 0, 0xee]);
    assert.is(three[12 * M], 0xbb);
    assert.equal(places(stand, 'two'), [6, 10, 30]);
    assert.equal(places(stand, 'three'), [12]);
    assert.ok(
      isPatched(stand, one, 'two') && isPatched(stand, two, 'three'),
      'what changed is all that differs',
    );
    // A read that begins in an overwritten block, and goes on behind it.
    assert.ok((await readSimply(stand, 20 * M, M)).equals(Buffer.alloc(M)));
    await lines(stand, DONE);
    assert.match(await stand.state(), /^node-A\n\n/);
    assert.equal([...(await bitmaps(stand))].sort(), ['end', 'pulled']);
  }));

/** Resolves when the child has printed something. */
function speaks(child: ChildProcess): Promise<void> {
  return new Promise(resolve => child.stdout?.once('data', () => resolve()));
}

test('a client that dies, and a pull that is dropped, leave the pull before', () =>
  onStand(async stand => {
    const { vm, state } = stand;
    await lines(stand, SERVE, fetch('one'), DONE, write(1, '1M'));
    const before = await state();
    await lines(stand, SERVE, write(2, '2M'));
    // It has read a part, and goes on holding its connection.
    const client = spawn('qemu-io', ['-r', '-f', 'raw', URI], {
      cwd: vm.folder,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const said = speaks(client);
    client.stdin.write('read 0 1M\n');
    await said;
    const busy = await pull(stand, 'action=done');
    assert.is(busy.status, 1, busy.out);
    assert.match(busy.out + busy.err, /still in use/);
    const gone = new Promise(resolve => client.once('close', resolve));
    client.kill('SIGKILL');
    await gone;
    await lines(stand, DROP);
    assert.is(await state(), before);
    assert.equal([...(await bitmaps(stand))].sort(), ['end', 'pulled']);
    await lines(stand, SERVE, map('two'), fetch('two'));
    assert.equal(places(stand, 'two'), [1, 2]);
    assert.ok(isPatched(stand, read(stand, 'one'), 'two'));
    const args = ['-c', SERVE, '-c', DROP, '-c', DONE];
    const rest = await qmpsh([...args, vm.address], { cwd: vm.folder });
    assert.is(rest.status, 1, rest.out);
    const told = rest.err.replaceAll(/\s+/g, ' ');
    assert.match(told, /a pull is being served, or was left by a shell that was killed.*action=drop/);
    assert.match(told, /no pull of node-A is being served/);
    assert.is((await state()).replace(/ (one|two)\.(img|json)/g, ''), before.replace(' one.img', ''));
  }));

test('a shell that is killed leaves a pull that drop ends, and the series as it was', () =>
  onStand(async stand => {
    const { vm, state } = stand;
    await lines(stand, SERVE, DONE, write(1, '1M'));
    const before = await state();
    for (const at of [/"job-id":"fleece"|"copy-before-write"/, /"block-export-add"/]) {
      const socket = join(vm.folder, 'p.sock');
      const killer = new AbortController();
      const act = async () => killer.abort();
      const broken = { at, phase: 'after', act, onward: 'end' } as const;
      const between = await proxy(socket, vm.address, { seen: 0, names: [], break: broken });
      const args = ['node=node-A', 'socket=pull.sock', 'series=nightly', 'overwrite=yes'];
      const child = spawn(process.execPath, ['bin/qmpsh.cjs', 'play', 'pull', socket, ...args], {
        stdio: 'ignore',
      });
      killer.signal.addEventListener('abort', () => child.kill('SIGKILL'));
      await new Promise(resolve => child.once('close', resolve));
      between.close();
      assert.not.equal(await bitmaps(stand), ['end', 'pulled']);
      await lines(stand, DROP);
      assert.is(await state(), before);
      assert.equal([...(await bitmaps(stand))].sort(), ['end', 'pulled']);
    }
    await lines(stand, SERVE, map('two'));
    assert.equal(places(stand, 'two'), [1]);
  }));

test('a disk that was resized is fetched as a whole, also where it has its old size again', () =>
  onStand(
    async stand => {
      const resize = (size: number) => `block_resize node-name=node-A size=${size}M`;
      const said = await lines(
        stand,
        ...[SERVE, DONE, resize(9), SERVE, INFO, fetch('grown'), DONE],
        // What is cut off reads as zeroes then, and is in no bitmap; but the end is written to again.
        ...[resize(8), resize(9), write(1, '8960k'), SERVE, INFO, DONE],
        ...[SERVE, map('same'), DROP, `${SERVE} full=yes`, INFO, DROP],
      );
      const why = [...said.matchAll(/has to fetch all of the disk: (no client|node-A was resized)/g)];
      assert.equal(
        why.map(([, reason]) => reason),
        ['no client', 'node-A was resized', 'node-A was resized'],
      );
      assert.is(said.match(/contexts: base:allocation is_rotational/g)?.length, 3, said);
      assert.is(read(stand, 'grown').length, 9 * M);
      assert.equal(places(stand, 'same'), []);
    },
    { disk: '8M' },
  ));

test('to= is a client of its own, which has everything when qemu-img says so', () =>
  onStand(async stand => {
    const { guest, vm, state, holds, quit } = stand;
    const before = await state();
    const args = ['socket=pull.sock', 'series=nightly', '--allow-shell'];
    const bad = await pull(stand, ...args, 'to=no/copy.qcow2');
    assert.is(bad.status, 1, bad.out);
    assert.not.match(bad.out, /Not undone/);
    assert.is(await state(), before, bad.out);
    assert.equal(await bitmaps(stand), []);
    const socket = join(vm.folder, 'p.sock');
    const act = async () => {
      await guest('write -P 0xee 6M 64k');
      await guest('write -P 0xee 30M 64k');
    };
    const broken = { at: /"block-export-add"/, phase: 'before', act, onward: 'go on', patience: 0 } as const;
    const between = await proxy(socket, vm.address, { seen: 0, names: [], break: broken });
    const done = await qmpsh(['play', 'pull', socket, 'node=node-A', 'to=copy.qcow2', ...args], {
      cwd: vm.folder,
    });
    between.close();
    assert.not.match(well(done), /stays/);
    assert.not.ok(existsSync(join(vm.folder, 'fleece.qcow2')));
    assert.match(await state(), /^node-A\n\n/);
    assert.equal([...(await bitmaps(stand))].sort(), ['end', 'pulled']);
    await lines(stand, SERVE, map('two'), DROP);
    assert.equal(places(stand, 'two'), [6, 30]);
    await quit();
    assert.ok(holds('copy.qcow2', 0x77, '6M 64k'));
    assert.ok(holds('copy.qcow2', 0, '30M 64k'));
    assert.ok(holds('a.qcow2', 0xee, '6M 64k'));
  }));

test('persistent bitmaps outlive QEMU: what was pulled, and what nobody said to have', () =>
  onStand(async first => {
    const serve = `${SERVE} persistent=yes`;
    await lines(first, serve, fetch('one'), DONE, write(1, '1M'), serve, write(2, '2M'));
    await first.quit();
    const have = read(first, 'one');
    const kept = readFileSync(join(first.vm.folder, 'a.qcow2'));
    await onStand(async stand => {
      // The same disk, in another machine.
      writeFileSync(join(stand.vm.folder, 'again.qcow2'), kept);
      const said = await lines(
        stand,
        'blockdev-add driver=qcow2 node-name=old file={"driver": "file", "filename": "again.qcow2"}',
        ...[serve.replace('node-A', 'old'), map('two'), fetch('two')],
      );
      assert.not.match(said, /warning/);
      assert.equal(places(stand, 'two'), [1, 2]);
      assert.ok(isPatched(stand, have, 'two'));
    });
  }));

test.run();
