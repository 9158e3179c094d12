// Names of points, and file names of backing files.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  afterName,
  byTime,
  pointName,
  readAfterName,
  readPointName,
  readWholeName,
  stampOf,
  timeOf,
  when,
  wholeName,
} from '../../src/series/names.ts';
import { backingName, baseName, beside } from '../../src/series/paths.ts';

const point = { series: 'increments', stamp: '20261126T191733Z', run: 'a1b2c', file: 'my disk: full.qcow2' };

test('a name is read as it was written', () => {
  assert.equal(readPointName(pointName(point)), point);
  assert.equal(readAfterName(afterName(point)), point);
  assert.equal(readWholeName(wholeName(point)), point);
  assert.is(when(point), '2026-11-26 19:17:33 UTC');
  const now = Date.UTC(2026, 10, 26, 19, 17, 33, 42);
  const timed = { ...point, stamp: stampOf(now) };
  assert.is(timed.stamp, '20261126T191733.042Z');
  assert.equal(readPointName(pointName(timed)), timed);
  assert.is(timeOf(timed), now);
  assert.is(when(timed), when(point));
});

for (const other of [
  'bitmap0',
  'increments',
  'qmpsh:point:',
  'qmpsh:point:increments:20261126T191733Z:full.qcow2',
  'qmpsh:point::20261126T191733Z-a:full.qcow2',
  'qmpsh:point:increments:20261126T191733Z-a:',
  'qmpsh:point:increments:20261399T191733Z-a:full.qcow2',
  'xqmpsh:point:increments:20261126T191733Z-a:full.qcow2',
  afterName(point),
])
  test(`${other} is no point`, () => assert.is(readPointName(other), undefined));

test('points are ordered by their time, whatever their series is called', () => {
  const later = { ...point, series: 'a', stamp: '20261126T191734Z' };
  assert.ok(byTime(point, later) < 0);
  assert.ok(byTime(later, point) > 0);
  // The word of a run says nothing about time.
  const soon = { ...point, stamp: '20261126T191733.001Z', run: '00000' };
  assert.ok(byTime(point, soon) < 0);
});

const BACKING: readonly (readonly [from: string, to: string, name: string])[] = [
  ['mon.qcow2', 'full.qcow2', 'full.qcow2'],
  ['backups/mon.qcow2', 'backups/full.qcow2', 'full.qcow2'],
  ['./backups/mon.qcow2', 'backups/full.qcow2', 'full.qcow2'],
  ['backups/mon.qcow2', 'full.qcow2', '../full.qcow2'],
  ['mon.qcow2', 'old/full.qcow2', 'old/full.qcow2'],
  ['/b/1/mon.qcow2', '/b/2/full.qcow2', '../2/full.qcow2'],
  ['mon.qcow2', '/b/full.qcow2', '/b/full.qcow2'],
  ['/b/mon.qcow2', 'full.qcow2', 'full.qcow2'],
  ['mon.qcow2', 'a:b.qcow2', './a:b.qcow2'],
];
for (const [from, to, name] of BACKING)
  test(`${from} names ${to} as ${name}`, () => assert.is(backingName(from, to), name));

test('the file of another name in the same folder', () => {
  assert.is(beside('backups/mon.qcow2', 'full.qcow2'), 'backups/full.qcow2');
  assert.is(beside('mon.qcow2', 'full.qcow2'), 'full.qcow2');
  assert.is(baseName('/a/b.qcow2'), 'b.qcow2');
});

test.run();
