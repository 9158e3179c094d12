import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lineWidth, plain, span } from '../../src/text/line.ts';
import { grid, table } from '../../src/text/table.ts';

const COLUMNS = [
  { name: 'id' },
  { name: 'file', least: 8, cut: 'middle' as const, rank: 2 },
  { name: 'size', align: 'right' as const, rank: 1 },
];
const ROWS = [
  ['job0', '/var/lib/漢字/disk.qcow2', '39 MiB'],
  ['漢字', [span('b', 'key'), span('.raw', 'string')], ''],
];

test('table: columns line up, wide letters and empty cells included', () => {
  const { lines, leftOut, cut } = table(COLUMNS, ROWS, { width: 60 });
  assert.equal(lines.map(plain), [
    'id    file                        size',
    '────  ────────────────────────  ──────',
    'job0  /var/lib/漢字/disk.qcow2  39 MiB',
    '漢字  b.raw',
  ]);
  assert.equal([leftOut, cut], [[], false]);
});

test('table: marks take no cell, whatever cli-table3 counts for them', () => {
  const rows = ['ที่', 'नमस्ते', 'שָׁלוֹם', 'ab\ufe0f', '漢'].map(text => [text, '.', '1']);
  const { lines, cut } = table(COLUMNS, rows, { width: 60 });
  assert.is(cut, false);
  for (const [i, [text = '']] of rows.entries()) assert.ok(plain(lines[i + 2] ?? []).startsWith(text));
  assert.equal(new Set(lines.slice(2).map(lineWidth)), new Set([lineWidth(lines[0] ?? [])]));
});

test('table: narrows what may be narrowed first, and says so', () => {
  const { lines, cut } = table(COLUMNS, ROWS, { width: 26 });
  assert.is(plain(lines[2] ?? []), 'job0  /var…k.qcow2  39 MiB');
  assert.is(cut, true);
});

test('table: then leaves out by rank, and says what', () => {
  assert.equal(table(COLUMNS, ROWS, { width: 20 }).leftOut, ['file']);
  assert.equal(table(COLUMNS, ROWS, { width: 10 }).leftOut, ['file', 'size']);
});

test('table: a styled cell keeps its roles', () => {
  const { lines } = table(COLUMNS, ROWS, { width: 60 });
  assert.ok(lines[3]?.some(part => part.text === 'b' && part.role === 'key'));
});

test('table: never wider than it may be, whatever is in it', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 30 }).map(text => text.replace(/\p{C}/gu, ''));
  const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 5 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 120 }), (some, width) => {
      for (const row of table(COLUMNS, some, { width }).lines) assert.ok(lineWidth(row) <= width);
    }),
  );
});

test('grid: fills downwards and uses the width', () => {
  assert.equal(grid(['a', 'bcd', 'e', 'f', 'ggg'], 14).map(plain), ['a    e    ggg', 'bcd  f']);
  assert.equal(grid(['toolong'], 4).map(plain), ['too…']);
  assert.equal(grid([], 4), []);
});

test.run();
