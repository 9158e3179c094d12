// So many points of a chain stay: the oldest of them becomes a full one. Whatever happens in between, what is called a point
// holds what it held.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeFull } from '../../src/io/merge.ts';
import { planKeep } from '../../src/series/keep.ts';
import type { Listed } from '../../src/series/listing.ts';
import { type PointName, readPointName } from '../../src/series/names.ts';
import { isObject, parseJson } from '../../src/text/json.ts';
import { BIN, qmpsh } from '../command.ts';
import { onStand, type Stand } from '../plays.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu'];

/** Five points, each with a byte of its own at its own place. */
async function week({ play, vm, guest }: Stand): Promise<void> {
  for (const [i, day] of DAYS.entries()) {
    await guest(`write -P ${i + 1} ${i}M 64k`);
    await next({ play, vm }, day, i === 0 ? 'start' : 'next');
  }
}

async function next({ play, vm }: Pick<Stand, 'play' | 'vm'>, day: string, action = 'next'): Promise<void> {
  const args = ['incremental', vm.address, `action=${action}`, 'node=node-A', `file=${day}.qcow2`];
  const done = await play(args);
  assert.is(done.status, 0, done.out + done.err);
}

const keep = (cwd: string, count: number, ...more: string[]) =>
  qmpsh(['points', '--keep-points', String(count), ...more], { cwd });

/** The points that are good: file and parent's file. */
async function good(cwd: string): Promise<readonly string[]> {
  const { out } = await qmpsh(['points', '--json'], { cwd });
  const rows = out.trimEnd().split('\n').map(parseJson).filter(isObject);
  return rows
    .filter(row => row['point'] !== null && row['problem'] === null)
    .map(row => `${row['file']} on ${row['parent-file'] ?? 'nothing'}`);
}

function holdsDay({ holds }: Stand, file: string, upTo: number): void {
  for (let i = 0; i <= upTo; i++) assert.ok(holds(file, i + 1, `${i}M 64k`), `${file} at ${i}M`);
  if (upTo < 4) assert.not.ok(holds(file, upTo + 2, `${upTo + 1}M 64k`), `${file} holds what came later`);
}

async function create({ vm }: Stand, file: string, backing: string): Promise<void> {
  const args = ['create', '-q', '-f', 'qcow2', '-b', backing, '-F', 'qcow2', file];
  assert.is(spawnSync('qemu-img', args, { cwd: vm.folder }).status, 0);
}

const SMALL = { disk: '8M' };

test('the oldest point that stays becomes a full one, those below it go, and the series goes on', () =>
  onStand(async stand => {
    await week(stand);
    const cwd = stand.vm.folder;
    const before = readdirSync(cwd).sort();
    const asked = await keep(cwd, 3);
    assert.is(asked.status, 2);
    assert.match(asked.out, /^tue\.qcow2 becomes a full point, and mon\.qcow2, sun\.qcow2 go\n$/);
    assert.match(asked.err, /Nothing was changed/);
    assert.equal(readdirSync(cwd).sort(), before);

    const done = await keep(cwd, 3, '--yes');
    assert.is(done.status, 0, done.err);
    assert.equal(await good(cwd), [
      'tue.qcow2 on nothing',
      'wed.qcow2 on tue.qcow2',
      'thu.qcow2 on wed.qcow2',
    ]);
    for (const file of ['sun', 'mon']) assert.not.ok(existsSync(join(cwd, `${file}.qcow2`)));
    for (const [i, day] of ['tue', 'wed', 'thu'].entries()) holdsDay(stand, `${day}.qcow2`, i + 2);

    await next(stand, 'fri');
    assert.is((await keep(cwd, 1, '-y')).status, 0);
    assert.equal(await good(cwd), ['fri.qcow2 on nothing']);
    holdsDay(stand, 'fri.qcow2', 4);
    await next(stand, 'sat');
    const none = await keep(cwd, 2, '--yes');
    assert.is(none.status, 0);
    assert.match(none.err, /No chain has more than 2 points/);
  }, SMALL));

test('a run that was killed leaves points that are whole, and the next one does the rest', () =>
  onStand(async stand => {
    await week(stand);
    const cwd = stand.vm.folder;
    // Killed before, in, and behind the merge.
    for (let i = 0; i < 8; i++) {
      const child = spawn(process.execPath, [BIN, 'points', '--keep-points', '2', '--yes'], { cwd });
      const over = new Promise(resolve => child.once('close', resolve));
      const timer = setTimeout(() => child.kill('SIGKILL'), 150 + 60 * i);
      await over;
      clearTimeout(timer);
      const points = await good(cwd);
      assert.ok(points.length >= 2, points.join());
      for (const row of points) {
        const day = /^(...)/.exec(row)?.[1] ?? '';
        holdsDay(stand, `${day}.qcow2`, DAYS.indexOf(day));
      }
    }
    assert.is((await keep(cwd, 2, '--yes')).status, 0);
    assert.equal(await good(cwd), ['wed.qcow2 on nothing', 'thu.qcow2 on wed.qcow2']);
    assert.equal(
      readdirSync(cwd).filter(name => name.endsWith('.merging')),
      [],
    );
    holdsDay(stand, 'wed.qcow2', 3);
  }, SMALL));

test('what a killed run has not removed goes, and nothing that something stands on', () =>
  onStand(async stand => {
    await week(stand);
    const cwd = stand.vm.folder;
    const { out } = await qmpsh(['points', '--json'], { cwd });
    const names = out
      .trimEnd()
      .split('\n')
      .map(parseJson)
      .filter(isObject)
      .flatMap(row => readPointName(String(row['point'])) ?? []);
    const [sun, mon, tue] = names;
    assert.ok(sun && mon && tue);
    await makeFull(cwd, 'tue.qcow2', tue, [mon, sun]);
    const plan = await keep(cwd, 3);
    assert.match(plan.out, /^mon\.qcow2, sun\.qcow2 go: tue\.qcow2 is a full point already\n$/);
    rmSync(join(cwd, 'mon.qcow2'));
    assert.is((await keep(cwd, 3, '--yes')).status, 0);
    assert.equal(await good(cwd), [
      'tue.qcow2 on nothing',
      'wed.qcow2 on tue.qcow2',
      'thu.qcow2 on wed.qcow2',
    ]);
    holdsDay(stand, 'thu.qcow2', 4);
  }, SMALL));

test('an image that QEMU writes to, a copy, and a broken chain are left as they are', () =>
  onStand(async stand => {
    await week(stand);
    const cwd = stand.vm.folder;
    const on = (file: string) => join(cwd, file);
    const all = await good(cwd);
    await stand.value('blockdev-add', { driver: 'file', 'node-name': 'busy', filename: 'sun.qcow2' });
    await stand.value('blockdev-add', { driver: 'qcow2', 'node-name': 'busy-2', file: 'busy' });
    await stand.value('nbd-server-start', { addr: { type: 'unix', data: { path: 'nbd.sock' } } });
    await stand.value('block-export-add', { type: 'nbd', id: 'e', 'node-name': 'busy-2', writable: true });
    const busy = await keep(cwd, 2, '--yes');
    assert.is(busy.status, 1);
    assert.match(busy.err, /sun\.qcow2 is a disk that a series is made of/);
    await stand.value('nbd-server-stop');
    await stand.value('blockdev-del', { 'node-name': 'busy-2' });
    await stand.value('blockdev-del', { 'node-name': 'busy' });
    assert.equal(await good(cwd), all);

    copyFileSync(on('wed.qcow2'), on('wed-copy.qcow2'));
    const copied = await keep(cwd, 2, '--yes');
    assert.is(copied.status, 1);
    assert.match(copied.err, /wed\.qcow2 and wed-copy\.qcow2|wed-copy\.qcow2 and wed\.qcow2/);
    rmSync(on('wed-copy.qcow2'));

    await create(stand, 'overlay.qcow2', 'sun.qcow2');
    const used = await keep(cwd, 2, '--yes');
    assert.is(used.status, 1);
    assert.match(used.err, /overlay\.qcow2, which is no point, stands on sun\.qcow2/);
    assert.equal(await good(cwd), all);
    rmSync(on('overlay.qcow2'));

    renameSync(on('tue.qcow2'), on('away'));
    const broken = await keep(cwd, 1, '--yes');
    assert.is(broken.status, 1);
    assert.match(broken.err, /wed\.qcow2 cannot be opened with those below it/);
    renameSync(on('away'), on('tue.qcow2'));
    assert.ok(existsSync(on('mon.qcow2')));
    for (const text of ['0', 'x', '-1'])
      assert.is((await qmpsh(['points', '--keep-points', text], { cwd })).status, 2);
  }, SMALL));

const name = (file: string): PointName => ({
  series: 's',
  stamp: `2026110${file.length}T000000Z`,
  run: file,
  file,
});
const row = (file: string, parent?: string, held: readonly string[] = []): Listed => ({
  file,
  point: name(file),
  consistent: false,
  ...(parent === undefined ? {} : { parent: name(parent) }),
  held: held.map(name),
  size: 1,
  takes: 1,
});

const PLANS: readonly (readonly [string, readonly Listed[], number, readonly string[], RegExp])[] = [
  ['a chain that is short enough', [row('a'), row('b', 'a')], 2, [], /^$/],
  ['one that is not', [row('a'), row('b', 'a'), row('c', 'b')], 2, ['b: a'], /^$/],
  ['the newest first', [row('a'), row('b', 'a'), row('c', 'b')], 1, ['c: b,a'], /^$/],
  [
    'a broken one',
    [row('a'), { ...row('b', 'a'), problem: 'b is corrupt' }, row('c', 'b')],
    1,
    [],
    /b is corrupt: its chain/,
  ],
  ['two chains', [row('a'), row('b', 'a'), row('x'), row('y', 'x')], 1, ['b: a', 'y: x'], /^$/],
  ['a fork', [row('a'), row('b', 'a'), row('c', 'a'), row('d', 'c')], 1, [], /^$/],
  [
    'a fork above',
    [row('a'), row('b', 'a'), row('c', 'b'), row('d', 'b')],
    1,
    [],
    /several points stand on b/,
  ],
  ['what was merged', [row('a'), row('b', 'a'), row('c', undefined, ['b', 'a'])], 1, ['-: b,a'], /^$/],
  ['what was merged, and is stood on', [row('a'), row('c', undefined, ['a']), row('d', 'a')], 5, [], /^$/],
];
for (const [what, rows, count, merges, note] of PLANS)
  test(`${what}, ${count} to stay`, () => {
    const plan = planKeep({ points: rows, needs: [] }, count);
    assert.equal(
      plan.merges.map(({ full, gone }) => `${full ?? '-'}: ${gone.join()}`),
      merges,
    );
    assert.match(plan.notes.join(), note);
  });

test.run();
