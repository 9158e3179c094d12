import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  forget,
  nextLesson,
  reached,
  readProgress,
  startIn,
  writeProgress,
} from '../../src/lesson/progress.ts';

const NO_PROGRESS = { lessons: new Map() };

const LESSONS = [
  { name: 'one', of: 2 },
  { name: 'two', of: 3 },
  { name: 'three', of: 1 },
];

const NEXT: readonly [file: string, next: string][] = [
  ['', 'one'],
  ['one 1', 'one'],
  ['one 2 done', 'two'],
  ['two 3 done', 'three'],
  ['one 2 done\ntwo 3 done\nthree 1 done', 'one'],
  ['three 1 done', 'one'],
  ['two 1\none 2 done', 'two'],
  ['two 3 done\none 1', 'one'],
  ['gone 3', 'one'],
];
for (const [file, next] of NEXT)
  test(`after ${JSON.stringify(file)} comes ${next}`, () => {
    assert.is(nextLesson(readProgress(file), LESSONS), next);
  });

test('a file is read as it was written; rows that make no sense are left out', () => {
  let progress = reached(NO_PROGRESS, 'one', 1, 2);
  progress = reached(progress, 'two', 3, 3);
  progress = reached(progress, 'one', 2, 2);
  assert.equal(readProgress(writeProgress(progress)), progress);
  assert.is(progress.last, 'one');
  assert.equal(
    [...readProgress('one x\n__proto__ 1\ntwo 2 perhaps\n\n# one 2\n').lessons.keys()],
    ['__proto__'],
  );
});

test('a lesson goes on where it was left, begins again when it was done, and stays done', () => {
  let progress = reached(NO_PROGRESS, 'two', 2, 3);
  assert.is(startIn(progress, 'two', 3), 2);
  progress = reached(progress, 'two', 3, 3);
  assert.is(startIn(progress, 'two', 3), 0);
  progress = reached(progress, 'two', 1, 3);
  assert.equal(progress.lessons.get('two'), { at: 1, done: true });
  assert.is(startIn(progress, 'one', 2), 0);
  // The lesson has become shorter.
  assert.is(startIn(readProgress('two 7'), 'two', 3), 0);
});

test('progress is forgotten in one lesson, or in all', () => {
  const progress = readProgress('one 1\ntwo 2\n');
  assert.equal([...forget(progress, 'one').lessons.keys()], ['two']);
  assert.equal(forget(progress), NO_PROGRESS);
});

test.run();
