// verify=yes proves a point by what the disk held at its moment, while the guest goes on writing; what is not the same is found.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isArray, isObject } from '../../src/text/json.ts';
import { type Done, qmpsh } from '../command.ts';
import { onStand, type Stand } from '../plays.ts';
import { proxy } from '../prove/proxy.ts';

const DISK = { disk: '16M' };

function well(done: Done): void {
  assert.is(done.status, 0, `status ${done.status}\n${done.out}\n${done.err}`);
}

/** Plays the recipe, and does something where the request comes by, or its reply. */
async function playing(
  { vm }: Stand,
  at: RegExp,
  phase: 'before' | 'between',
  act: () => Promise<void>,
  ...args: string[]
): Promise<Done> {
  const socket = join(vm.folder, 'p.sock');
  const broken = { at, phase, act, onward: 'go on', patience: 0 } as const;
  const between = await proxy(socket, vm.address, { seen: 0, names: [], break: broken });
  try {
    return await qmpsh(['play', 'incremental', socket, 'node=node-A', ...args], { cwd: vm.folder });
  } finally {
    between.close();
  }
}

const next = ({ play, vm }: Stand, file: string, ...args: string[]) =>
  play(['incremental', vm.address, 'action=next', 'node=node-A', `file=${file}`, ...args]);
const start = ({ play, vm }: Stand, ...args: string[]) =>
  play(['incremental', vm.address, 'action=start', 'node=node-A', 'file=full.qcow2', ...args]);

/** Nodes, jobs, files, and the disk's bitmaps with what they hold. */
async function all({ state, value }: Stand): Promise<string> {
  const nodes = await value('query-named-block-nodes', { flat: true });
  const disk = (isArray(nodes) ? nodes : []).filter(isObject).find(node => node['node-name'] === 'node-A');
  return `${await state()}\n${JSON.stringify(disk?.['dirty-bitmaps'])}`;
}

test('a point is proved while the guest writes, before and while it is compared; the next one holds that', () =>
  onStand(async stand => {
    const { guest, during, state, holds } = stand;
    const copying = during('increment', async () => {
      await guest('write -P 0xe1 1M 64k');
      await guest('write -P 0xe1 15M 64k');
    });
    const writing = async () => {
      // In and over blocks, of which some hold what was written since.
      await guest('write -P 0xe2 1000k 100k');
      await guest('write -P 0xe2 2M 1M');
      await guest('write -z 6M 64k');
    };
    const args = ['action=start', 'file=full.qcow2', 'verify=yes', 'speed=4M'];
    well(await playing(stand, /"blockdev-mirror"/, 'before', writing, ...args));
    await copying;
    assert.match(await state(), /^node-A\n\na.qcow2 full.qcow2 qmp.sock/);
    const again = async () => {
      await guest('write -P 0xe3 3M 64k');
      await guest('write -P 0xe3 7M 4k');
    };
    const more = ['action=next', 'file=mon.qcow2', 'verify=yes'];
    well(await playing(stand, /"blockdev-mirror"/, 'between', again, ...more));
    well(await next(stand, 'tue.qcow2', 'verify=yes'));
    assert.match(await state(), /^node-A\n\na.qcow2 full.qcow2 mon.qcow2 qmp.sock/);
    await stand.quit();
    for (const [file, byte, range] of [
      ['full', 0x22, '1M 64k'],
      ['full', 0x77, '6M 64k'],
      ['full', 0, '15M 64k'],
      ['mon', 0xe2, '2M 1M'],
      ['mon', 0, '6M 64k'],
      ['mon', 0xe1, '15M 64k'],
      ['mon', 0x44, '3M 64k'],
    ] as const)
      assert.ok(holds(`${file}.qcow2`, byte, range), `${file} ${range}`);
    assert.is(stand.compare('a.qcow2', 'tue.qcow2'), 'Images are identical.');
  }, DISK));

/** Changes one byte of a block that is all of this byte. */
function damage({ vm }: Stand, file: string, byte: number): void {
  const path = join(vm.folder, file);
  const data = readFileSync(path);
  const at = data.indexOf(Buffer.alloc(65536, byte));
  assert.ok(at >= 0, `${file} has a block of ${byte}`);
  data[at + 12345] = byte ^ 1;
  writeFileSync(path, data);
}

async function refused(stand: Stand, play: () => Promise<Done>): Promise<void> {
  const before = await all(stand);
  const done = await play();
  assert.is(done.status, 1, done.out);
  assert.match(
    (done.out + done.err).replaceAll(/\s+/g, ' '),
    /job compare-\w+ failed: Input\/output error The images that are compared do not hold the same/,
  );
  assert.match(done.out, /Everything this page did is undone/);
  assert.is(await all(stand), before, done.out);
}

test('a byte that is not as the disk had it is found, in the new point and below it; a point that lacks a write, too', () =>
  onStand(async stand => {
    const { guest, value } = stand;
    const look = /"blockdev-add".*"look-/;
    const full = ['action=start', 'file=full.qcow2', 'verify=yes'];
    await refused(stand, () =>
      playing(stand, look, 'before', async () => damage(stand, 'full.qcow2', 0x22), ...full),
    );
    well(await start(stand));
    await guest('write -P 0xe1 1M 64k');
    const mon = ['action=next', 'file=mon.qcow2', 'verify=yes'];
    await refused(stand, () =>
      playing(stand, look, 'before', async () => damage(stand, 'mon.qcow2', 0xe1), ...mon),
    );
    well(await next(stand, 'mon.qcow2', 'verify=yes'));
    // Somebody has taken a write out of the bitmap.
    await guest('write -P 0xe2 5M 64k');
    const nodes = JSON.stringify(await value('query-named-block-nodes', { flat: true }));
    const point = /"name":"(qmpsh:point:[^"]*mon\.qcow2)"/.exec(nodes)?.[1] ?? '';
    await value('block-dirty-bitmap-clear', { node: 'node-A', name: point });
    await refused(stand, () => next(stand, 'tue.qcow2', 'verify=yes'));
    damage(stand, 'full.qcow2', 0x77);
    await guest('write -P 0xe2 5M 64k');
    await refused(stand, () => next(stand, 'tue.qcow2', 'verify=yes'));
    // Not asked for, it is not looked for.
    well(await next(stand, 'tue.qcow2'));
  }, DISK));

test('several disks are proved each for itself, and where one is not as its disk was, none has a point', () =>
  onStand(
    async stand => {
      const { vm, play, guest, state } = stand;
      const moment = (name: string) =>
        play(['moment', vm.address, 'nodes=node-A,node-B', `name=${name}`, 'verify=yes']);
      well(await moment('sun'));
      await guest('write -P 0xe1 1M 64k');
      well(await moment('mon'));
      const made = await state();
      assert.match(
        made,
        /a.qcow2 b.qcow2 node-A-mon.qcow2 node-A-sun.qcow2 node-B-mon.qcow2 node-B-sun.qcow2 qmp/,
      );
      damage(stand, 'node-A-sun.qcow2', 0x33);
      const before = await all(stand);
      const done = await moment('tue');
      assert.is(done.status, 1, done.out);
      assert.match(done.out, /do not hold the same/);
      assert.is(await all(stand), before, done.out);
    },
    { disk: '4M', disks: ['4M'] },
  ));

test('a file that is there already is not taken for the old data', () =>
  onStand(async stand => {
    writeFileSync(join(stand.vm.folder, 'mine.qcow2'), 'mine');
    const before = await all(stand);
    const done = await start(stand, 'verify=yes', 'beside=mine.qcow2');
    assert.is(done.status, 1, done.out);
    assert.match(done.out + done.err, /mine\.qcow2 is there already/);
    assert.is(await all(stand), before);
    assert.is(readFileSync(join(stand.vm.folder, 'mine.qcow2'), 'utf8'), 'mine');
  }, DISK));

test.run();
