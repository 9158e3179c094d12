import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitLine, hangLine, line, lineWidth, plain, span, spread, wrapLine } from '../../src/text/line.ts';
import type { StyledLine } from '../../src/text/style.ts';

const WRAPS: readonly (readonly [StyledLine, number, number, readonly string[]])[] = [
  [line('one two'), 20, 0, ['one two']],
  [line('one two three'), 8, 0, ['one two', 'three']],
  [line('one two three'), 9, 2, ['one two', '  three']],
  [line('    indented text'), 12, 6, ['    indented', '      text']],
  [line('abcdefghij'), 4, 0, ['abcd', 'efgh', 'ij']],
  [line('x ', span('two words', 'key')), 5, 0, ['x two', 'words']],
  [line('漢字漢字'), 5, 0, ['漢字', '漢字']],
  [line('key: abcdefghijklmnop'), 10, 2, ['key: abcde', '  fghijklm', '  nop']],
  [line(''), 5, 0, ['']],
];
for (const [styled, columns, indent, rows] of WRAPS) {
  test(`wrapLine: ${plain(styled)} in ${columns}`, () => {
    assert.equal(wrapLine(styled, columns, indent).map(plain), rows);
  });
}

const HUNG: readonly (readonly [string, number, readonly string[]])[] = [
  ['one two three', 8, ['one two', 'three']],
  ['  one two three', 10, ['  one two', '  three']],
  ['  a  one two three', 14, ['  a  one two', '     three']],
  ['a  on  one two three', 16, ['a  on  one two', '       three']],
  ['a long name indeed  one two', 22, ['a long name indeed', 'one two']],
];
for (const [text, columns, rows] of HUNG)
  test(`hangLine: ${text} in ${columns}`, () =>
    assert.equal(hangLine([span(text)], columns).map(plain), rows));

test('wrapLine: a span keeps its role on each row', () => {
  const rows = wrapLine([span('one two', 'error')], 4);
  assert.equal(rows, [[span('one', 'error')], [span('two', 'error')]]);
});

test('wrapLine: no row is too wide and no letter is lost', () => {
  const spans = fc.array(fc.string({ unit: 'grapheme-ascii' }).map(text => span(text)));
  fc.assert(
    fc.property(spans, fc.integer({ min: 1, max: 40 }), fc.nat(10), (styled, columns, indent) => {
      const rows = wrapLine(styled, columns, indent);
      for (const row of rows) assert.ok(lineWidth(row) <= columns);
      const letters = (text: string) => text.replaceAll(' ', '');
      assert.is(letters(rows.map(plain).join('')), letters(plain(styled)));
    }),
  );
});

test('fitLine: says that it cut, also when the cut falls between spans', () => {
  assert.is(plain(fitLine(line('abc', 'def'), 6)), 'abcdef');
  assert.is(plain(fitLine(line('abc', 'def'), 5)), 'abcd…');
  assert.is(plain(fitLine(line('abc', 'def'), 3)), 'ab…');
  assert.is(plain(fitLine(line('abc'), 0)), '');
});

test('spread: needs a gap of two', () => {
  const both = spread(line('left'), line('right'), 11);
  assert.is(both && plain(both), 'left  right');
  assert.is(spread(line('left'), line('right'), 10), undefined);
});

test.run();
