// Arguments of words: what completion types is what the word is given.
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { argumentText, halfTyped, splitArguments } from '../../src/language/argument.ts';
import { complete } from '../../src/language/complete.ts';

const HALVES: readonly (readonly [text: string, before: readonly string[], typed: string, start: number])[] =
  [
    ['', [], '', 0],
    ['a', [], 'a', 0],
    ['a b', ['a'], 'b', 2],
    ['a  b ', ['a', 'b'], '', 5],
    ['  a', [], 'a', 2],
    ['"a b', [], 'a b', 0],
    ['"a b" c', ['a b'], 'c', 6],
    [`'a "b' "c \\" d`, ['a "b'], 'c " d', 7],
    ['file="a b', [], 'file=a b', 0],
    ['"my dir/"x', [], 'my dir/x', 0],
    ['"" b', [''], 'b', 3],
  ];
for (const [text, before, typed, start] of HALVES)
  test(`half typed: ${JSON.stringify(text)}`, () => assert.equal(halfTyped(text), { before, typed, start }));

const TYPED: readonly (readonly [value: string, text: string | undefined])[] = [
  ['plain.qcow2', 'plain.qcow2'],
  ['a b.qcow2', '"a b.qcow2"'],
  ["q'uote", `"q'uote"`],
  ['q"uote', String.raw`"q\"uote"`],
  [String.raw`back\slash`, String.raw`"back\\slash"`],
  ['li\nne', undefined],
  ['e\x1bsc', undefined],
];
for (const [value, text] of TYPED)
  test(`${JSON.stringify(value)} is typed as ${text}`, () => assert.is(argumentText(value), text));

test('whatever is typed for a value is read as that value', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), value => {
      const text = argumentText(value);
      if (text === undefined) return;
      assert.equal(splitArguments(`x ${text} y`), ['x', value, 'y']);
      assert.is(halfTyped(`x ${text}`).typed, value);
    }),
    { numRuns: 2000 },
  );
});

const words = [
  {
    name: '.play',
    complete: () => ['a b.md', 'a c/', 'plain.md', 'zz\nne.md'].map(text => ({ text })),
  },
];
const TABS: readonly (readonly [line: string, becomes: readonly string[]])[] = [
  ['.play a', ['.play "a b.md" ', '.play "a c/"']],
  ['.play "a b', ['.play "a b.md" ']],
  [".play 'a c", ['.play "a c/"']],
  ['.play pl', ['.play plain.md ']],
  ['.play zz', []],
];
for (const [line, becomes] of TABS)
  test(`Tab behind ${line}`, () => {
    const { candidates } = complete(line, line.length, undefined, { words });
    const lines = candidates.map(
      ({ place, text, after }) => line.slice(0, place.start) + text + after + line.slice(place.end),
    );
    assert.equal(lines, becomes);
  });

test.run();
