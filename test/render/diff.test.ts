import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { markChanges } from '../../src/render/diff.ts';
import { plain, span } from '../../src/text/line.ts';
import type { StyledLine } from '../../src/text/style.ts';

const screen = (rows: readonly string[]): readonly StyledLine[] => rows.map(row => [span(row)]);
// Changed parts in brackets.
const marked = (lines: readonly StyledLine[]) =>
  lines.map(row => row.map(part => (part.underline === true ? `<${part.text}>` : part.text)).join(''));

const CASES: readonly (readonly [string, readonly string[], readonly string[], readonly string[]])[] = [
  ['nothing', ['a', 'b'], ['a', 'b'], ['a', 'b']],
  ['a number', ['offset 99 of 100'], ['offset 100 of 100'], ['offset <100> of 100']],
  ['a row comes', ['a', 'c'], ['a', 'b', 'c'], ['a', '<b>', 'c']],
  ['a row goes', ['a', 'b', 'c'], ['a', 'c'], ['a', 'c']],
  ['a row comes above a changed one', ['x 1', 'end'], ['new', 'x 1', 'end'], ['<new>', 'x 1', 'end']],
  ['all of it', ['a'], ['b'], ['<b>']],
  ['the first look', [], ['a b'], ['<a b>']],
];
for (const [name, before, after, shown] of CASES) {
  test(`diff: ${name}`, () => assert.equal(marked(markChanges(screen(before), screen(after))), shown));
}

test('diff: roles stay, marks go across spans', () => {
  const row = [span('"len": ', 'key'), span('200', 'number'), span(',')];
  assert.equal(markChanges(screen(['"len": 100,']), [row]), [
    [span('"len": ', 'key'), { ...span('200', 'number'), bold: true, underline: true }, span(',')],
  ]);
});

test('diff: the text is the later screen, whatever it is', () => {
  const rows = fc.array(fc.string({ maxLength: 12 }), { maxLength: 12 });
  fc.assert(
    fc.property(rows, rows, (before, after) => {
      assert.equal(markChanges(screen(before), screen(after)).map(plain), after);
      assert.equal(markChanges(screen(after), screen(after)), screen(after));
    }),
  );
});

test.run();
