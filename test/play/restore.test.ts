// A point becomes one image: by QEMU alone, compared, refused where it is broken, and given to a guest that stands still.
import { closeSync, copyFileSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Done } from '../command.ts';
import { onStand, type Stand } from '../plays.ts';
import { proxy } from '../prove/proxy.ts';

function well(done: Done): void {
  assert.is(done.status, 0, `status ${done.status}\n${done.out}\n${done.err}`);
}

/** A full point, and two more; the disk has gone on. */
async function week({ guest, play, vm }: Stand): Promise<void> {
  for (const [i, file] of ['full.qcow2', 'mon.qcow2', 'tue.qcow2'].entries()) {
    const action = i === 0 ? 'start' : 'next';
    well(await play(['incremental', vm.address, `action=${action}`, 'node=node-A', `file=${file}`]));
    await guest(`write -P ${i + 1} ${i + 1}M 64k`);
  }
}

const restore = ({ play, vm }: Stand, ...args: string[]) =>
  play(['restore', vm.address, ...args, '--allow-shell']);

async function refused(stand: Stand, message: RegExp, ...args: string[]): Promise<void> {
  const before = await stand.state();
  const done = await restore(stand, ...args);
  assert.is(done.status, 1, done.out);
  assert.match((done.out + done.err).replaceAll(/\s+/g, ' '), message);
  assert.not.match(done.out, /blockdev-create|blockdev-backup|blockdev-mirror/);
  assert.is(await stand.state(), before);
}

test('each point becomes one image that stands on nothing, qcow2 or raw', () =>
  onStand(async stand => {
    await week(stand);
    for (const file of ['full', 'mon', 'tue'])
      well(await restore(stand, `point=${file}.qcow2`, `to=${file}-disk.qcow2`));
    well(await restore(stand, 'point=mon.qcow2', 'to=mon.img', 'format=raw', 'verify=no'));
    await refused(stand, /mon\.img is there already/, 'point=tue.qcow2', 'to=mon.img');
    await refused(stand, /mon-disk\.qcow2 is no finished point/, 'point=mon-disk.qcow2', 'to=x.qcow2');
    assert.match(await stand.state(), /^node-A\n\n/);
    await stand.quit();
    const rows = [
      ['full', 0x22, 0x33],
      ['mon', 1, 0x33],
      ['tue', 1, 2],
    ] as const;
    for (const [file] of rows)
      assert.is(stand.compare(`${file}.qcow2`, `${file}-disk.qcow2`), 'Images are identical.');
    for (const [file, one, two] of rows) {
      rmSync(join(stand.vm.folder, `${file}.qcow2`));
      assert.ok(stand.holds(`${file}-disk.qcow2`, one, '1M 64k'));
      assert.ok(stand.holds(`${file}-disk.qcow2`, two, '2M 64k'));
    }
    assert.ok(stand.holds('mon.img', 1, '1M 64k', 'raw'));
  }));

test('a point that is broken, lost or another one is refused before anything is copied', () =>
  onStand(async stand => {
    await week(stand);
    const on = (file: string) => join(stand.vm.folder, file);
    await refused(stand, /none\.qcow2 cannot be opened/, 'point=none.qcow2', 'to=x.qcow2');
    await refused(stand, /a\.qcow2 cannot be opened/, 'point=a.qcow2', 'to=x.qcow2');
    renameSync(on('mon.qcow2'), on('away.qcow2'));
    await refused(stand, /mon\.qcow2 cannot be opened.*No such file/, 'point=tue.qcow2', 'to=x.qcow2');
    copyFileSync(on('full.qcow2'), on('mon.qcow2'));
    await refused(
      stand,
      /tue\.qcow2 stands on .*mon\.qcow2, which is the point made as full\.qcow2 .* its parent is the point made as mon/,
      ...['point=tue.qcow2', 'to=x.qcow2'],
    );
    // Two that stand on each other.
    copyFileSync(on('tue.qcow2'), on('mon.qcow2'));
    await refused(stand, /tue\.qcow2 stands on .*mon\.qcow2/, 'point=tue.qcow2', 'to=x.qcow2');
    await stand.value('query-status');
    renameSync(on('away.qcow2'), on('mon.qcow2'));
    well(await restore(stand, 'point=tue.qcow2', 'to=x.qcow2'));
  }));

for (const [where, offset] of [
  ['data', 1024 * 1024 + 512],
  ['what was empty', 30 * 1024 * 1024],
] as const)
  test(`a copy that differs in ${where} is found, and does not stay`, () =>
    onStand(async stand => {
      await week(stand);
      const { folder, address } = stand.vm;
      const before = await stand.state();
      const act = async () => {
        const file = openSync(join(folder, 'mon.img'), 'r+');
        writeSync(file, Buffer.from('x'), 0, 1, offset);
        closeSync(file);
      };
      const at = /"blockdev-add".*"look-/;
      const count = {
        seen: 0,
        names: [],
        break: { at, phase: 'before', act, onward: 'go on', patience: 0 },
      } as const;
      const between = await proxy(join(folder, 'p.sock'), address, { ...count, names: [] });
      const args = ['point=mon.qcow2', 'to=mon.img', 'format=raw'];
      const done = await stand.play(['restore', join(folder, 'p.sock'), ...args, '--allow-shell']);
      between.close();
      assert.is(done.status, 1, done.out);
      assert.match(done.out, /compare-.*Input\/output error/);
      assert.is(await stand.state(), before, done.out);
    }));

test('a guest that stands at its beginning gets the restored disk, and its old one stays', () =>
  onStand(async stand => {
    await week(stand);
    const { guest, value, quit, holds, compare } = stand;
    well(await restore(stand, 'point=mon.qcow2', 'to=now.qcow2', 'node=node-A', 'target=now'));
    assert.match(JSON.stringify(await value('query-block')), /"node-name":"now"/);
    await guest('write -P 0xee 8M 64k');
    await quit();
    assert.ok(holds('now.qcow2', 0xee, '8M 64k'));
    assert.ok(holds('now.qcow2', 1, '1M 64k'));
    assert.ok(holds('now.qcow2', 0x33, '2M 64k'));
    assert.ok(holds('a.qcow2', 3, '3M 64k'));
    assert.match(compare('a.qcow2', 'now.qcow2'), /mismatch/);
  }));

test('a guest that runs, or has run and is paused, keeps its disk; so does one whose disk has another size', () =>
  onStand(async stand => {
    await week(stand);
    const { value } = stand;
    const args = ['point=mon.qcow2', 'to=now.qcow2', 'node=node-A'];
    await value('cont');
    await refused(stand, /should be == "prelaunch", and is "running"/, ...args);
    await value('stop');
    await refused(stand, /should be == "prelaunch", and is "paused"/, ...args);
    await value('system_reset');
    await value('query-status');
    await value('block_resize', { 'node-name': 'node-A', size: 40 * 1024 * 1024 });
    await refused(stand, /40894464|41943040/, ...args);
    await value('block_resize', { 'node-name': 'node-A', size: 39 * 1024 * 1024 });
    well(await restore(stand, ...args));
  }));

test.run();
