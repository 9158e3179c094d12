// Several disks at one moment: each has a point or none has, each goes on where it can, and what it cannot go on from is said.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isArray, isObject, parseJson } from '../../src/text/json.ts';
import { type Done, qmpsh } from '../command.ts';
import { onStand, type Stand } from '../plays.ts';

const TWO = { disk: '8M', disks: ['4M'] };

function well(done: Done): string {
  assert.is(done.status, 0, `status ${done.status}\n${done.out}\n${done.err}`);
  return (done.out + done.err).replaceAll(/\s+/g, ' ');
}

const moment = ({ play, vm }: Stand, name: string, ...args: string[]) =>
  play(['moment', vm.address, 'nodes=node-A,node-B', `name=${name}`, ...args, '--allow-shell']);

async function write({ value }: Stand, disk: number, byte: number, range: string): Promise<void> {
  const device = `/machine/peripheral/virtio${disk}/virtio-backend`;
  const line = `qemu-io -d ${device} "write -P ${byte} ${range}"`;
  await value('human-monitor-command', { 'command-line': line });
}

/** The points of the folder: file, and the file that it stands on. */
async function points({ vm }: Stand): Promise<readonly string[]> {
  const { out, err } = await qmpsh(['points', '--json', vm.folder]);
  assert.is(err, '');
  const rows = out.trimEnd().split('\n').map(parseJson).filter(isObject);
  return rows
    .filter(row => row['point'] !== null)
    .map(
      row =>
        `${row['file']} on ${row['parent-file'] ?? 'nothing'}${row['problem'] === null ? '' : ' broken'}`,
    )
    .sort();
}

test('two disks at one moment: full points first, then what changed, both from before what the guest writes meanwhile', () =>
  onStand(async stand => {
    const { during, holds, quit, state } = stand;
    const first = well(await moment(stand, 'sun'));
    assert.match(first, /warning: node-A gets a full point: node-A has no bitmap of the series increments/);
    assert.match(first, /warning: node-B gets a full point/);
    await write(stand, 0, 1, '1M 1M');
    await write(stand, 1, 2, '1M 1M');
    const written = during('point-', async () => {
      await write(stand, 0, 0xee, '1M 64k');
      await write(stand, 1, 0xee, '1M 64k');
    });
    const second = well(await moment(stand, 'mon', 'speed=512k'));
    await written;
    assert.not.match(second, /warning/);
    well(await moment(stand, 'tue'));
    assert.match(await state(), /^node-A node-B\n\n/);
    await quit();
    assert.equal(await points(stand), [
      'node-A-mon.qcow2 on node-A-sun.qcow2',
      'node-A-sun.qcow2 on nothing',
      'node-A-tue.qcow2 on node-A-mon.qcow2',
      'node-B-mon.qcow2 on node-B-sun.qcow2',
      'node-B-sun.qcow2 on nothing',
      'node-B-tue.qcow2 on node-B-mon.qcow2',
    ]);
    const rows = [
      ['node-A-sun', 0x22],
      ['node-A-mon', 1],
      ['node-A-tue', 0xee],
      ['node-B-sun', 0],
      ['node-B-mon', 2],
      ['node-B-tue', 0xee],
    ] as const;
    for (const [file, byte] of rows) assert.ok(holds(`${file}.qcow2`, byte, '1M 64k'), file);
    assert.is(stand.compare('a.qcow2', 'node-A-tue.qcow2'), 'Images are identical.');
    assert.is(stand.compare('b.qcow2', 'node-B-tue.qcow2'), 'Images are identical.');
  }, TWO));

test('a disk that was resized gets a full point, and so does one that is to; the others go on', () =>
  onStand(async stand => {
    const { value, quit, vm, play } = stand;
    well(await moment(stand, 'sun'));
    await value('block_resize', { 'node-name': 'node-B', size: 5 * 1024 * 1024 });
    await write(stand, 1, 7, '4M 64k');
    const told = well(await moment(stand, 'mon'));
    assert.match(told, /warning: node-B gets a full point: node-B was resized since the series began/);
    assert.not.match(told, /node-A gets/);
    assert.not.match(well(await moment(stand, 'tue', 'full=node-A')), /warning/);
    // The recipe for one disk goes on from these.
    well(await play(['incremental', vm.address, 'action=next', 'node=node-B', 'file=node-B-wed.qcow2']));
    const bitmaps = JSON.stringify(await value('query-block')).match(/"name":"qmpsh:[^"]*"/g) ?? [];
    // Of each disk two points, and what tells of its size since.
    assert.is(bitmaps.filter(name => name.includes('point')).length, 4, bitmaps.join(' '));
    await quit();
    assert.equal(await points(stand), [
      'node-A-mon.qcow2 on node-A-sun.qcow2',
      'node-A-sun.qcow2 on nothing',
      'node-A-tue.qcow2 on nothing',
      'node-B-mon.qcow2 on nothing',
      'node-B-sun.qcow2 on nothing',
      'node-B-tue.qcow2 on node-B-mon.qcow2',
      'node-B-wed.qcow2 on node-B-tue.qcow2',
    ]);
    assert.ok(stand.holds('node-B-wed.qcow2', 7, '4M 64k'));
    assert.is(stand.compare('b.qcow2', 'node-B-wed.qcow2'), 'Images are identical.');
    assert.is(stand.compare('a.qcow2', 'node-A-tue.qcow2'), 'Images are identical.');
  }, TWO));

test('where one disk can have no point none has one, and nothing stays behind', () =>
  onStand(async stand => {
    const { state, vm, value } = stand;
    well(await moment(stand, 'sun'));
    const marks = async () =>
      (JSON.stringify(await value('query-block')).match(/"name":"[^"]*"/g) ?? []).join();
    const refused = async (message: RegExp, name: string, ...args: string[]) => {
      const before = (await state()) + (await marks());
      const done = await moment(stand, name, ...args);
      assert.is(done.status, 1, done.out + done.err);
      assert.match((done.out + done.err).replaceAll(/\s+/g, ' '), message);
      assert.is((await state()) + (await marks()), before);
    };
    const on = (file: string) => join(vm.folder, file);
    renameSync(on('node-B-sun.qcow2'), on('away.qcow2'));
    await refused(
      /node-B-sun\.qcow2 cannot be opened.*No such file.*let node-B have a full point: full=node-B/,
      'mon',
    );
    renameSync(on('away.qcow2'), on('node-B-sun.qcow2'));
    writeFileSync(on('node-B-mon.qcow2'), 'mine');
    await refused(/node-B-mon\.qcow2 is there already/, 'mon');
    await refused(/there is no node node-X/, 'tue', 'full=node-X');
    const twice = await stand.play([
      'moment',
      vm.address,
      'nodes=node-A,node-A',
      'name=tue',
      '--allow-shell',
    ]);
    assert.match(twice.out + twice.err, /node-A is named twice/);
    well(await moment(stand, 'tue'));
  }, TWO));

test('a backup that fails takes those of the other disks along', () =>
  onStand(async stand => {
    const { session, state } = stand;
    well(await moment(stand, 'sun'));
    await write(stand, 0, 1, '0 4M');
    await write(stand, 1, 2, '0 2M');
    const before = await state();
    const since = session.events.end;
    const playing = moment(stand, 'mon', 'speed=256k');
    await session.waitFor(
      ({ name, data }) =>
        name === 'JOB_STATUS_CHANGE' &&
        data['status'] === 'running' &&
        String(data['id']).startsWith('point-'),
      { since, timeout: 20_000 },
    );
    const jobs = await stand.value('query-jobs');
    const ids = (isArray(jobs) ? jobs : []).filter(isObject).map(job => String(job['id']));
    assert.is(ids.length, 2, 'both run');
    await session.execute('job-cancel', { id: ids[1] ?? '' });
    const done = await playing;
    assert.is(done.status, 1, done.out);
    assert.match(done.out, /was cancelled/);
    assert.is(await state(), before, done.out);
    well(await moment(stand, 'mon'));
    await stand.quit();
    assert.is(stand.compare('a.qcow2', 'node-A-mon.qcow2'), 'Images are identical.');
    assert.is(stand.compare('b.qcow2', 'node-B-mon.qcow2'), 'Images are identical.');
  }, TWO));

test.run();
