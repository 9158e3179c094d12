import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nearest, rank } from '../../src/text/fuzzy.ts';
import { schemaOf } from '../schemas.ts';

const COMMANDS = [...schemaOf('11.1').commands.keys()];
const SYNC = ['top', 'full', 'none', 'incremental', 'bitmap'];
const MIRROR = ['job-id', 'device', 'target', 'replaces', 'sync', 'speed', 'granularity'];

// typed, names, the first name meant
const MEANT: readonly (readonly [string, readonly string[], string])[] = [
  ['blockdev-miror', COMMANDS, 'blockdev-mirror'],
  ['blockdevmirror', COMMANDS, 'blockdev-mirror'],
  ['blockdev_mirror', COMMANDS, 'blockdev-mirror'],
  ['mirror-blockdev', COMMANDS, 'blockdev-mirror'],
  ['Query-Status', COMMANDS, 'query-status'],
  ['query_status', COMMANDS, 'query-status'],
  ['query-stauts', COMMANDS, 'query-status'],
  ['query-statu', COMMANDS, 'query-status'],
  ['bock-job-cancl', COMMANDS, 'block-job-cancel'],
  ['mirror', COMMANDS, 'drive-mirror'],
  ['qiut', COMMANDS, 'quit'],
  ['system-reset', COMMANDS, 'system_reset'],
  ['ful', SYNC, 'full'],
  ['incr', SYNC, 'incremental'],
  ['sycn', MIRROR, 'sync'],
  ['jobid', MIRROR, 'job-id'],
  ['taget', MIRROR, 'target'],
];
for (const [typed, names, meant] of MEANT) {
  test(`${typed} is perhaps ${meant}`, () => assert.is(nearest(typed, names)[0], meant));
}

const STRANGERS = ['foo', 'x', '', 'zzzzzzzzzz', '\u0000', '日本語'];
for (const typed of STRANGERS) {
  test(`${JSON.stringify(typed)} is near nothing`, () => assert.equal(nearest(typed, COMMANDS), []));
}

test('half of a short name wrong is another name', () => {
  assert.equal(nearest('x', ['y']), []);
  assert.equal(nearest('no', ['on']), ['on']);
});

test('at most as many names as asked for, each once', () => {
  assert.is(nearest('query-block', COMMANDS, 2).length, 2);
  assert.equal(nearest('sync', ['sync', 'sync'], 5), ['sync']);
});

// typed, label, the letters that match in upper case; undefined: no match
const RANKS: readonly (readonly [string, string, string | undefined])[] = [
  ['query-b', 'query-block', 'QUERY-Block'],
  ['', 'quit', 'quit'],
  ['qnbn', 'query-named-block-nodes', 'Query-Named-Block-Nodes'],
  ['qubl', 'query-block', 'QUery-BLock'],
  ['bm', 'blockdev-mirror', 'Blockdev-Mirror'],
  ['mirror', 'blockdev-mirror', 'blockdev-MIRROR'],
  ['block_job', 'block-job-cancel', 'BLOCK-JOB-cancel'],
  ['ockd', 'blockdev-add', 'blOCKDev-add'],
  ['bdd', 'blockdev-add', 'BlockDev-aDd'],
  ['xyz', 'blockdev-add', undefined],
  ['quitt', 'quit', undefined],
];
for (const [typed, label, marked] of RANKS) {
  test(`${typed} in ${label}`, () => {
    const found = rank(typed, label);
    const shown =
      found && [...label].map((c, i) => (found.matched.includes(i) ? c.toUpperCase() : c)).join('');
    assert.is(shown, marked);
  });
}

test('the whole name comes first, then a prefix, word starts, a part, letters in order', () => {
  const names = ['x-quit', 'aqauaiat', 'quit-now', 'quick-item', 'quit'];
  const sorted = names
    .filter(n => rank('quit', n))
    .sort((a, b) => (rank('quit', a)?.score ?? 9) - (rank('quit', b)?.score ?? 9));
  assert.equal(sorted, ['quit', 'quit-now', 'x-quit', 'quick-item', 'aqauaiat']);
});
test('a name of which more is wrong than a slip of the fingers is no guess', () => {
  assert.equal(nearest('quemadef', ['quemaxyz']), [], '3 of 8 letters');
  assert.equal(nearest('quemadef', ['quemadxy']), ['quemadxy'], '2 of 8 letters');
});

test.run();
