// Every recipe on a real QEMU while the guest writes: a backup holds exactly the data of its start, a mirror that of its
// end, and each increment can be restored.
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startPractice } from '../../src/io/practice.ts';
import { type Done, qmpsh } from '../command.ts';
import { onStand, type Stand } from '../plays.ts';
import { openSession } from '../qemu.ts';

function well(done: Done): void {
  assert.is(done.status, 0, `status ${done.status}\n${done.out}\n${done.err}`);
}

/** Plays with the job held back, so that there is time to write. */
async function playSlowly(
  { play, during, vm }: Stand,
  args: readonly string[],
  job: string,
  act: () => Promise<void>,
): Promise<void> {
  const acted = during(job, act);
  const done = await play([args[0] ?? '', vm.address, '--allow-shell', ...args.slice(1)]);
  well(done);
  await acted;
}

test('backup holds the moment it began', () =>
  onStand(async stand => {
    const { guest, holds, quit } = stand;
    await playSlowly(stand, ['backup', 'node=node-A', 'file=e.qcow2', 'speed=2M'], 'backup', async () => {
      await guest('write -P 0xee 6M 64k');
      await guest('write -P 0xee 30M 64k');
    });
    await quit();
    assert.ok(holds('e.qcow2', 0x77, '6M 64k'), 'the copy has the old data');
    assert.ok(holds('e.qcow2', 0, '30M 64k'));
    assert.ok(holds('a.qcow2', 0xee, '6M 64k'), 'the disk has the new data');
  }));

test('backup to a raw image, compared', () =>
  onStand(async ({ play, vm, holds, state }) => {
    const args = ['node=node-A', 'file=my copy.img', 'format=raw', 'verify=yes'];
    const done = await play(['backup', vm.address, '--allow-shell', ...args]);
    well(done);
    assert.match(done.out, /Images are identical\.\ndone {2}/);
    assert.ok(holds('my copy.img', 0x22, '1M 1M', 'raw'));
    assert.match(await state(), /^node-A\n\n/);
  }));

for (const args of [['backup'], ['mirror'], ['mirror', 'then=complete']])
  test(`verify=yes compares the result of ${args.join(' ')}`, async () => {
    const line = `.${[...args, 'node=node-A', 'file=e.qcow2', 'verify=yes'].join(' ')}\n`;
    const done = await qmpsh(['practice', '--allow-shell'], { input: line });
    well(done);
    assert.match(done.err, /^Images are identical\.\ndone {2}/m);
  });

for (const then of ['complete', 'cancel'] as const)
  test(`mirror, then ${then}, holds the moment it ended`, () =>
    onStand(async stand => {
      const { guest, holds, quit, value } = stand;
      const args = ['mirror', 'node=node-A', 'file=e.qcow2', `then=${then}`, 'speed=4M'];
      await playSlowly(stand, args, 'mirror', () => guest('write -P 0xee 6M 64k'));
      const root = JSON.stringify(await value('query-block'));
      assert.is(/"node-name":"mirror-/.test(root), then === 'complete');
      await guest('write -P 0xdd 2M 64k');
      await quit();
      assert.ok(holds('e.qcow2', 0xee, '6M 64k'), 'a write during the job is in the copy');
      assert.ok(holds('e.qcow2', then === 'complete' ? 0xdd : 0x33, '2M 64k'));
    }));

/** node-A <- node-B <- node-C <- node-D, each with a byte of its own. */
async function chained({ play, vm, guest }: Stand): Promise<void> {
  let top = 'node-A';
  for (const [i, name] of ['node-B', 'node-C', 'node-D'].entries()) {
    well(await play(['chain', vm.address, `node=${top}`, `names=${name}`]));
    await guest(`write -P 0xb${i} ${24 + i}M 64k`);
    top = name;
  }
}

const MERGES: readonly (readonly [string, readonly string[], string])[] = [
  ['stream', ['node=node-D'], 'node-D.qcow2'],
  ['stream', ['node=node-D', 'base=node-B'], 'node-D.qcow2'],
  ['stream', ['node=node-C', 'base=node-A'], 'node-D.qcow2'],
  ['commit', ['node=node-D', 'base=node-A'], 'a.qcow2'],
  ['commit', ['node=node-D', 'top=node-C', 'base=node-A'], 'node-D.qcow2'],
];
for (const [recipe, args, image] of MERGES)
  test(`${recipe} ${args.join(' ')}`, () =>
    onStand(async stand => {
      await chained(stand);
      const { guest, holds, quit } = stand;
      await playSlowly(stand, [recipe, ...args, 'speed=1M'], recipe, () => guest('write -P 0xee 38M 64k'));
      await quit();
      for (const [byte, range] of [
        [0xb0, '24M 64k'],
        [0xb1, '25M 64k'],
        [0xb2, '26M 64k'],
        [0x44, '3M 1M'],
        [0xee, '38M 64k'],
      ] as const)
        assert.ok(holds(image, byte, range), `${byte.toString(16)} at ${range}`);
    }));

test('a chain in one go, and one whose third file is there already', () =>
  onStand(async ({ play, vm, session, value, state }) => {
    well(await play(['chain', vm.address, 'node=node-A', 'names=node-B,node-C']));
    const before = await state();
    const since = session.events.end;
    await value('blockdev-create', {
      'job-id': 'x',
      options: { driver: 'file', filename: 'node-F.qcow2', size: 0 },
    });
    await session.waitForJob('x', 'concluded', { since });
    await value('job-dismiss', { id: 'x' });
    const done = await play([
      'chain',
      vm.address,
      'node=node-C',
      'names=node-D,node-E,node-F',
      '--allow-shell',
    ]);
    assert.is(done.status, 1);
    assert.is((await state()).replace(' node-F.qcow2', ''), before, done.out);
  }));

test('increments restore each point in time', () =>
  onStand(async stand => {
    const { guest, holds, quit, play, vm } = stand;
    const write = (byte: number, at: string) => guest(`write -P ${byte} ${at} 64k`);
    const start = ['incremental', 'action=start', 'node=node-A', 'file=full.qcow2', 'speed=4M'];
    await playSlowly(stand, start, 'increment', () => write(0xe0, '6M'));
    await write(0xe1, '1M');
    const next = (file: string, previous: string) => [
      'action=next',
      'node=node-A',
      `file=${file}`,
      `previous=${previous}`,
    ];
    well(await play(['incremental', vm.address, ...next('i1.qcow2', 'full.qcow2')]));
    await write(0xe2, '2M');
    well(await play(['incremental', vm.address, ...next('i2.qcow2', 'i1.qcow2')]));
    await quit();
    const points = [
      ['full.qcow2', 0x77, 0x22, 0x33],
      ['i1.qcow2', 0xe0, 0xe1, 0x33],
      ['i2.qcow2', 0xe0, 0xe1, 0xe2],
    ] as const;
    for (const [file, six, one, two] of points)
      for (const [byte, at] of [
        [six, '6M'],
        [one, '1M'],
        [two, '2M'],
      ] as const)
        assert.ok(holds(file, byte, `${at} 64k`), `${file} at ${at}`);
    assert.is(stand.compare('a.qcow2', 'i2.qcow2'), 'Images are identical.');
  }));

test('an increment on the wrong parent is refused before anything is copied', () =>
  onStand(async stand => {
    const { guest, play, vm, state, value } = stand;
    const next = (...args: string[]) =>
      play(['incremental', vm.address, 'action=next', 'node=node-A', ...args, '--allow-shell']);
    well(await play(['incremental', vm.address, 'action=start', 'node=node-A', 'file=full.qcow2']));
    await guest('write -P 1 1M 64k');
    well(await next('file=mon.qcow2', 'previous=full.qcow2'));
    await guest('write -P 2 2M 64k');
    const refused = async (message: RegExp, ...args: string[]) => {
      const before = await state();
      const done = await next('file=tue.qcow2', ...args);
      assert.is(done.status, 1, done.out);
      assert.match((done.out + done.err).replaceAll(/\s+/g, ' '), message);
      assert.not.match(done.out, /blockdev-create|blockdev-backup/);
      assert.is(await state(), before);
    };
    await guest('write -P 3 3M 64k');
    well(await next('file=sun.qcow2'));
    rmSync(join(vm.folder, 'sun.qcow2'));
    await refused(
      /full\.qcow2 is the point made as full\.qcow2 .* earlier.* node-A goes on from the point made as sun\.qcow2 at .*, or from the point made as mon\.qcow2/,
      'previous=full.qcow2',
    );
    await refused(/Could not open 'none\.qcow2'/, 'previous=none.qcow2');
    await refused(/a\.qcow2 cannot be opened.*open elsewhere/, 'previous=a.qcow2');
    await refused(/no bitmap of the series other/, 'series=other');
    renameSync(join(vm.folder, 'mon.qcow2'), join(vm.folder, 'renamed.qcow2'));
    await refused(/Could not open 'sun\.qcow2'.* go on from the point before it \(previous=mon\.qcow2\)/);
    copyFileSync(join(vm.folder, 'full.qcow2'), join(vm.folder, 'sun.qcow2'));
    await refused(/sun\.qcow2 is the point made as full\.qcow2/);
    await value('block_resize', { 'node-name': 'node-A', size: 40 * 1024 * 1024 });
    await refused(/node-A was resized since the series began/, 'previous=renamed.qcow2');
    await value('block_resize', { 'node-name': 'node-A', size: 39 * 1024 * 1024 });
    well(await next('file=tue.qcow2', 'previous=renamed.qcow2'));
    for (const [byte, range] of [
      [1, '1M 64k'],
      [2, '2M 64k'],
      [3, '3M 64k'],
    ] as const)
      assert.ok(stand.holds('tue.qcow2', byte, range), 'what the lost point had noted is in this one');
    await value('block_resize', { 'node-name': 'node-A', size: 1024 * 1024 });
    await value('block_resize', { 'node-name': 'node-A', size: 39 * 1024 * 1024 });
    await refused(/node-A was resized since the series began/, 'previous=tue.qcow2');
    well(await play(['incremental', vm.address, 'action=start', 'node=node-A', 'file=again.qcow2']));
    assert.is(stand.compare('again.qcow2', 'again.qcow2'), 'Images are identical.');
  }));

test('images that stand on each other in a ring are refused, and QEMU still answers', () =>
  onStand(async stand => {
    const { play, vm, state, value } = stand;
    const act = (action: string, file: string) =>
      play(['incremental', vm.address, `action=${action}`, 'node=node-A', `file=${file}`]);
    const on = (file: string) => join(vm.folder, file);
    well(await act('start', 'full.qcow2'));
    well(await act('next', 'mon.qcow2'));
    well(await act('next', 'tue.qcow2'));
    // The same images in another order: each is a point still, and none can be opened with those below it.
    const kept = readFileSync(on('full.qcow2'));
    copyFileSync(on('tue.qcow2'), on('full.qcow2'));
    const before = await state();
    const ring = await act('next', 'wed.qcow2');
    assert.is(ring.status, 1, ring.out);
    assert.match(
      (ring.out + ring.err).replaceAll(/\s+/g, ' '),
      /mon\.qcow2 stands on full\.qcow2, and that on it again.*qmpsh points/,
    );
    assert.is(await state(), before);
    await value('query-status');
    writeFileSync(on('full.qcow2'), kept);
    well(await act('next', 'wed.qcow2'));
  }));

test('migrate-storage moves the machine and its disk', () =>
  onStand(async stand => {
    const { vm, guest, quit, compare } = stand;
    const other = await startPractice({ beside: vm, name: 'b', empty: true, args: ['-incoming', 'defer'] });
    try {
      const args = [
        `to=${other.address}`,
        'node=node-A',
        'to_node=node-b',
        'socket=d.sock',
        'uri=unix:s.sock',
      ];
      await playSlowly(stand, ['migrate-storage', ...args, 'speed=4M'], 'move', () =>
        guest('write -P 0xee 6M 64k'),
      );
      const there = await openSession(other.address);
      const status = await there.execute('query-status');
      assert.is(status.kind, 'success');
      await there.execute('quit');
      await other.exited;
      await quit();
      assert.is(compare('a.qcow2', 'b.qcow2'), 'Images are identical.');
    } finally {
      await other.close();
    }
  }));

test('migrate-storage in practice, between machines that are alike', async () => {
  const args = ['node=node-A', 'socket=d.sock', 'uri=unix:s.sock'];
  well(await qmpsh(['play', 'migrate-storage', '--practice', ...args]));
});

test('migrate-storage that fails is undone on both sides, and each line says on which', () =>
  onStand(async ({ vm, play, state }) => {
    const other = await startPractice({
      beside: vm,
      name: 'b',
      node: 'node-A',
      empty: true,
      args: ['-incoming', 'defer'],
    });
    try {
      const before = await state();
      const args = [`to=${other.address}`, 'node=node-A', 'socket=d.sock', 'uri=unix:nowhere/s.sock'];
      const done = await play(['migrate-storage', vm.address, ...args]);
      assert.is(done.status, 1, done.out + done.err);
      const here = `undone  job-cancel id=move-\\w+  # on ${vm.address}\n(undone  .*  # on ${vm.address}\n)*`;
      assert.match(done.out, new RegExp(`${here}undone  nbd-server-stop  # on ${other.address}\n`), done.out);
      assert.is(await state(), before);
    } finally {
      await other.close();
    }
  }));

test.run();
