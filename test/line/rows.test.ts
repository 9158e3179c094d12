import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RowReader } from '../../src/line/rows.ts';

function lines(...chunks: string[]) {
  const reader = new RowReader();
  return [...chunks.flatMap(chunk => reader.push(chunk)), ...reader.end()];
}

const CASES: readonly (readonly [
  name: string,
  input: string,
  expected: readonly (readonly [number, string])[],
])[] = [
  [
    'rows',
    'a\nb\n',
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    'CRLF, and no newline at the end',
    'a\r\nb',
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    'an open bracket goes on',
    'c x={\n"a": 1\n}\nb\n',
    [
      [1, 'c x={\n"a": 1\n}'],
      [4, 'b'],
    ],
  ],
  [
    'a transaction',
    'transaction(\nabort\n)\nstop',
    [
      [1, 'transaction(\nabort\n)'],
      [4, 'stop'],
    ],
  ],
  ['an open line at the end is still a line', 'c x={\n"a"', [[1, 'c x={\n"a"']]],
  ['nothing', '', []],
];

for (const [name, input, expected] of CASES)
  test(name, () => {
    const got = lines(input).map(line => [line.row, line.text]);
    assert.equal(got, expected);
  });

test('however the input is cut, the lines are the same', () => {
  const text = 'query-status\nblockdev-add file={\n"driver": "file"\n}\nstop\n';
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), cuts => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      const chunks = at.slice(1).map((end, i) => text.slice(at[i], end));
      assert.equal(lines(...chunks), lines(text));
    }),
  );
});

test.run();
