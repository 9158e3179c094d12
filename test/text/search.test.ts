import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comingNear, holding } from '../../src/text/search.ts';

const TOPICS: readonly (readonly [name: string, note: string])[] = [
  ['block-job-cancel', 'stop a backup or another job'],
  ['blockdev-backup', 'copy a disk as it is now'],
  ['drive-backup', 'copy a disk, the old way'],
  ['backup', 'a recipe'],
  ['query-jobs', 'list jobs'],
];
const texts = ([name, note]: (typeof TOPICS)[number]) => [name, note];

// wanted, the names found in their order
const HOLDING: readonly (readonly [string, readonly string[]])[] = [
  ['backup', ['backup', 'drive-backup', 'blockdev-backup', 'block-job-cancel']],
  ['BACKUP', ['backup', 'drive-backup', 'blockdev-backup', 'block-job-cancel']],
  ['copy a disk', ['drive-backup', 'blockdev-backup']],
  ['disk copy', ['blockdev-backup', 'drive-backup']],
  ['now copy', ['blockdev-backup']],
  ['bakcup', []],
];
for (const [wanted, names] of HOLDING)
  test(`what holds ${wanted}`, () =>
    assert.equal(
      holding(wanted, TOPICS, texts).map(([name]) => name),
      names,
    ));

test('what is cut for the comparison is found all the same', () => {
  const long = `${'x'.repeat(5000)} end`;
  assert.equal(
    holding('x end', [long], text => [text]),
    [long],
  );
});

const LINES = [
  'query-status',
  'blockdev-add driver=qcow2 node-name=top',
  'quit',
  'blockdev-del node-name=top',
];
// wanted, the lines that come near, the nearest first
const NEAR: readonly (readonly [string, readonly string[]])[] = [
  ['query-sttus', ['query-status']],
  ['blokdev-del', ['blockdev-del node-name=top']],
  ['qu', []],
  ['zzzzzz', []],
];
for (const [wanted, lines] of NEAR)
  test(`what comes near ${wanted}`, () =>
    assert.equal(comingNear(wanted, LINES, text => text, 3).slice(0, Math.max(1, lines.length)), lines));

test.run();
