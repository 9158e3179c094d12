// What may follow on what: disks with bitmaps, images with names in them, and what is said where they do not fit.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chainProblem, readChain } from '../../src/series/chain.ts';
import { begun, mismatch, nextTime, outdated, readDisk, stuck, usable } from '../../src/series/follow.ts';
import { planMoment } from '../../src/series/moment.ts';
import { afterName, type PointName, pointName, stampOf, wholeName } from '../../src/series/names.ts';
import type { Json, JsonObject } from '../../src/text/json.ts';

const MIB = 1024 * 1024;
const day = (n: number, file: string, series = 's'): PointName => ({
  series,
  stamp: `2026110${n}T000000Z`,
  run: 'a',
  file,
});
const FULL = day(1, 'full');
const MON = day(2, 'mon');
const TUE = day(3, 'tue');
const WED = day(4, 'wed');
const FOREIGN = day(2, 'mon', 'other');

const CLOCKS: readonly (readonly [string, number])[] = [
  ['in the same millisecond', 0],
  ['in the same second', 5],
  ['later', 60_000],
  ['by a clock that was set back', -3_600_000],
];
for (const [how, after] of CLOCKS)
  for (const runs of ['ab', 'ba'])
    test(`a point taken ${how} as the one before is the newest, and of the series (${runs})`, () => {
      const now = Date.UTC(2026, 10, 26, 19, 17, 33, 42);
      const named = (time: number, run: string) => ({ series: 's', stamp: stampOf(time), run, file: run });
      const first = named(nextTime(disk([]), now), runs.slice(0, 1));
      const begun = { name: wholeName(first), granularity: 65536, count: 8 * MIB };
      const second = named(nextTime(disk([mark(first), begun]), now + after), runs.slice(1));
      assert.equal(usable(disk([mark(first), mark(second), begun])), [second, first]);
    });

interface Bits {
  readonly inconsistent?: boolean;
  readonly busy?: boolean;
  readonly recording?: boolean;
}

function mark(point: PointName, bits: Bits = {}): JsonObject {
  return { name: pointName(point), recording: true, busy: false, granularity: 65536, count: 0, ...bits };
}

function whole(count = 8 * MIB): JsonObject {
  return { name: wholeName(FULL), recording: false, busy: false, granularity: 65536, count };
}

function disk(bitmaps: readonly JsonObject[], size = 8 * MIB) {
  return readDisk({ 'node-name': 'n', image: { 'virtual-size': size }, 'dirty-bitmaps': bitmaps }, 's');
}

function image(point: PointName | undefined, parent?: PointName, more: JsonObject = {}): JsonObject {
  const names = [...(point ? [pointName(point)] : []), ...(parent ? [afterName(parent)] : [])];
  return {
    filename: point?.file ?? 'x',
    format: 'qcow2',
    'virtual-size': 8 * MIB,
    'actual-size': 65536,
    ...(parent ? { 'backing-filename': parent.file } : {}),
    'format-specific': { type: 'qcow2', data: { bitmaps: names.map(name => ({ name, flags: [] })) } },
    ...more,
  };
}

const STUCK: readonly (readonly [string, readonly JsonObject[], RegExp])[] = [
  ['no bitmap', [], /no bitmap of the series s/],
  ['one of an earlier recipe', [{ name: 's', recording: true }], /earlier recipe/],
  ['an inconsistent one', [mark(MON, { inconsistent: true }), whole()], /mon at .* is inconsistent/],
  ['a disabled one', [mark(MON, { recording: false }), whole()], /mon at .* is disabled/],
  ['one in use', [mark(MON), mark(FULL, { busy: true }), whole()], /full at .* is in use/],
  ['a disk that was made smaller', [mark(MON), whole(4 * MIB)], /was resized/],
  ['no word of its size', [mark(MON)], /was resized .* or it is not known/],
  ['a bitmap of another series', [mark(FOREIGN), whole()], /no bitmap of the series s/],
];
for (const [name, bitmaps, message] of STUCK)
  test(`nothing goes on from ${name}`, () => {
    assert.match(stuck(disk(bitmaps), 's')?.message ?? '', message);
    assert.match(mismatch(disk(bitmaps), 's', readChain(image(MON)))?.message ?? '', message);
  });

const good = disk([mark(MON), whole()]);
const MISMATCH: readonly (readonly [string, Json, RegExp])[] = [
  ['an image without a name', [image(undefined)], /x is no finished point/],
  ['a raw one', [image(undefined, undefined, { format: 'raw' })], /x is no point: only a qcow2/],
  ['an earlier point', [image(FULL)], /full is the point made as full at .* earlier/],
  ['a later point', [image(TUE, MON), image(MON, FULL), image(FULL)], /tue is .* later/],
  ['one of another series', [image(FOREIGN)], /of another series, other/],
  [
    'another size',
    [image(MON, undefined, { 'virtual-size': 9 * MIB })],
    /9 MiB, and n has 8 MiB: it was resized/,
  ],
  ['a lost image below', [image(MON, FULL)], /mon has lost its parent, the point made as full/],
  [
    'another image below',
    [image(MON, FULL), image(TUE)],
    /mon stands on tue, which is .* its parent is .* full/,
  ],
  [
    'a nameless image below',
    [image(MON, FULL), image(undefined)],
    /x is no finished point.*: no point can be made/,
  ],
  [
    'a full point on something',
    [image(MON, undefined, { 'backing-filename': 'y' })],
    /says that it is a full point, and stands on y/,
  ],
  [
    'another size below',
    [image(MON, FULL), image(FULL, undefined, { 'virtual-size': MIB })],
    /its parent full one of 1 MiB/,
  ],
  [
    'a corrupt image',
    [
      image(MON, undefined, {
        'format-specific': { data: { corrupt: true, bitmaps: [{ name: pointName(MON), flags: [] }] } },
      }),
    ],
    /mon is marked as corrupt/,
  ],
  [
    'the disk of a series',
    [
      image(MON, undefined, {
        'format-specific': { data: { bitmaps: [{ name: pointName(MON), flags: ['auto'] }] } },
      }),
    ],
    /is a disk that a series is made of/,
  ],
];
for (const [name, info, message] of MISMATCH)
  test(`refused: ${name}`, () => {
    const found = mismatch(good, 's', readChain(info));
    assert.match(found?.message ?? '', message);
    assert.ok(found?.advice);
  });

test('the right one, whatever its file is called now, and by either description', () => {
  const renamed = image(MON, FULL, { filename: 'renamed' });
  assert.is(mismatch(good, 's', readChain([renamed, image(FULL)])), undefined);
  assert.is(mismatch(good, 's', readChain({ ...renamed, 'backing-image': image(FULL) })), undefined);
  assert.is(chainProblem(readChain([])), 'there is no image');
});

test('a bitmap that stayed behind a broken-off backup still goes on from its point', () => {
  const both = disk([mark(MON), mark(FULL), whole()]);
  assert.is(mismatch(both, 's', readChain(image(FULL))), undefined);
  assert.equal(outdated(both, TUE, undefined), [pointName(MON), pointName(FULL), wholeName(FULL)]);
});

test('the bitmap of the parent stays with that of the new point, so that the series outlives the loss of one image', () => {
  const both = disk([mark(MON), mark(FULL), whole()]);
  assert.equal(outdated(both, TUE, MON), [pointName(FULL)]);
  assert.equal(outdated(both, TUE, FULL), [pointName(MON)]);
});

test('what tells of the size goes with the last point that goes on from that beginning', () => {
  const late = { ...whole(), name: wholeName(TUE) };
  const two = disk([mark(TUE), mark(MON), mark(FULL), whole(), late]);
  assert.equal(outdated(two, WED, MON), [pointName(TUE), pointName(FULL)]);
  assert.equal(outdated(two, WED, TUE), [pointName(MON), pointName(FULL), wholeName(FULL)]);
});

const moment = (more: Partial<Parameters<typeof planMoment>[0]> = {}) => {
  const node = (name: string, bitmaps: readonly JsonObject[]) => ({
    'node-name': name,
    image: { 'virtual-size': 8 * MIB },
    'dirty-bitmaps': bitmaps,
  });
  return planMoment({
    nodes: [node('a', [mark(MON), whole()]), node('b', []), node('c', [mark(MON, { busy: true })])],
    disks: ['a', 'b'],
    full: [],
    series: 's',
    fileOf: name => `f/${name}`,
    time: Date.UTC(2026, 0, 1),
    run: 'r',
    ...more,
  });
};

test('each disk of a moment goes on where it can, and all have one time, behind what any of them knows of', () => {
  const plans = moment();
  assert.ok(!('message' in plans));
  assert.equal(
    plans.map(({ file, parent, point }) => [file, parent, point.file, point.stamp]),
    [
      ['f/a', MON, 'a', '20261102T000000.001Z'],
      ['f/b', undefined, 'b', '20261102T000000.001Z'],
    ],
  );
  assert.match(plans[1]?.because ?? '', /b has no bitmap/);
});

test('a disk that is to get a full point keeps its newest bitmap until the next', () => {
  const plans = moment({ full: ['a'] });
  assert.ok(!('message' in plans));
  assert.equal([plans[0]?.parent, plans[0]?.because, plans[0]?.outdated], [undefined, undefined, []]);
});

const NO_MOMENT: readonly (readonly [string, Parameters<typeof moment>[0], RegExp])[] = [
  ['of no disk', { disks: [] }, /no disk was named/],
  ['of one disk twice', { disks: ['a', 'b', 'a'] }, /a is named twice/],
  ['of a disk that is not there', { disks: ['a', 'x'] }, /no node x/],
  [
    'with a full point of another disk',
    { full: ['c'] },
    /c is to get a full point, and is not among the disks/,
  ],
  ['of a disk that is being backed up', { disks: ['a', 'c'] }, /in use: a backup of c is being made/],
];
for (const [name, more, message] of NO_MOMENT)
  test(`no moment ${name}`, () => {
    const found = moment(more);
    assert.match('message' in found ? found.message : '', message);
  });

test('a series begins where none can go on', () => {
  assert.match(begun(good, 's')?.message ?? '', /has begun already; it goes on from the point made as mon/);
  assert.is(begun(disk([mark(MON, { inconsistent: true })]), 's'), undefined);
  assert.is(begun(disk([]), 's'), undefined);
  assert.match(begun(disk([mark(MON, { busy: true })]), 's')?.message ?? '', /in use/);
});

test('a later beginning does not vouch for an earlier one', () => {
  const late = { ...whole(), name: wholeName(TUE) };
  assert.match(stuck(disk([mark(MON), whole(0), late]), 's')?.message ?? '', /was resized/);
  assert.is(stuck(disk([mark(MON), whole(), { ...late, count: 0 }]), 's'), undefined);
});

test.run();
