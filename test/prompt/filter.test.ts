// Which events are shown.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filterWords, matchesPattern, QUIET, readFilter, shown } from '../../src/line/filter.ts';

const PATTERNS: readonly (readonly [pattern: string, name: string, matches: boolean])[] = [
  ['STOP', 'STOP', true],
  ['stop', 'STOP', true],
  ['STO', 'STOP', false],
  ['STOPP', 'STOP', false],
  ['BLOCK_JOB_*', 'BLOCK_JOB_READY', true],
  ['BLOCK_JOB_*', 'JOB_STATUS_CHANGE', false],
  ['*_DELETED', 'DEVICE_DELETED', true],
  ['*_DELETED', 'DEVICE_DELETED_NOT', false],
  ['B*J*Y', 'BLOCK_JOB_READY', true],
  ['B*Y*J', 'BLOCK_JOB_READY', false],
  ['STOP*STOP', 'STOP', false],
  ['*', 'ANYTHING', true],
];
for (const [pattern, name, matches] of PATTERNS)
  test(`${pattern} ${matches ? 'is' : 'is not'} ${name}`, () =>
    assert.is(matchesPattern(name, pattern), matches));

const NAMES = ['STOP', 'RESUME', 'BLOCK_JOB_READY', 'BLOCK_JOB_ERROR', 'BLOCK_IO_ERROR', 'JOB_STATUS_CHANGE'];
const ALARMS = ['STOP', 'BLOCK_JOB_ERROR', 'BLOCK_IO_ERROR'];
const FILTERS: readonly (readonly [words: string, shown: readonly string[]])[] = [
  ['quiet', ['RESUME', ...ALARMS]],
  ['on', NAMES],
  ['off', []],
  ['on -JOB_*', NAMES.filter(name => name !== 'JOB_STATUS_CHANGE')],
  ['-RESUME', ALARMS],
  ['-*', ALARMS],
  ['-BLOCK_*', ['RESUME', ...ALARMS]],
  ['-STOP', ['RESUME', 'BLOCK_JOB_ERROR', 'BLOCK_IO_ERROR']],
  ['resume', ['RESUME', ...ALARMS]],
  ['BLOCK_JOB_* -BLOCK_JOB_ERROR', ['BLOCK_JOB_READY', 'STOP', 'BLOCK_IO_ERROR']],
];
for (const [words, names] of FILTERS)
  test(`.events ${words} shows ${names.join(', ') || 'none'}`, () => {
    const filter = readFilter(words.split(' '));
    if (typeof filter === 'string') throw new Error(filter);
    const found = NAMES.filter(name => shown(filter, { name }));
    assert.equal(found.sort(), [...names].sort());
    assert.equal(readFilter(filterWords(filter)), filter);
  });

test('without rows for jobs, what waits for the user is shown as an event', () => {
  assert.ok(shown(QUIET, { name: 'BLOCK_JOB_READY' }, false));
  assert.not.ok(shown(QUIET, { name: 'JOB_STATUS_CHANGE' }, false));
});

const WRONG: readonly (readonly [words: string, wrong: RegExp])[] = [
  ['off STOP', /nothing stands beside off/],
  ['on STOP', /such as -STOP/],
  ['quiet on', /such as -on/],
  ['JOB/X', /no name of an event/],
  ['', /no name of an event/],
];
for (const [words, wrong] of WRONG)
  test(`.events ${words} is refused`, () => {
    const read = readFilter(words.split(' '));
    assert.match(typeof read === 'string' ? read : '', wrong);
  });

test.run();
