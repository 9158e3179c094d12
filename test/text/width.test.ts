import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fit, head, letters, padEnd, padStart, tail, width } from '../../src/text/width.ts';

const FITS: readonly (readonly [string, number, string])[] = [
  ['job0', 4, 'job0'],
  ['job0', 3, 'jo…'],
  ['job0', 1, '…'],
  ['job0', 0, ''],
  ['漢字漢字', 8, '漢字漢字'],
  ['漢字漢字', 7, '漢字漢…'],
  ['漢字漢字', 6, '漢字…'],
  ['👩‍💻x', 2, '…'],
];
for (const [text, columns, shown] of FITS) {
  test(`fit: ${text} in ${columns}`, () => assert.is(fit(text, columns), shown));
}

test('fit: a path is cut in its middle and keeps its end', () => {
  assert.is(fit('/var/lib/images/disk.qcow2', 16, 'middle'), '/var/…disk.qcow2');
});

test('width: combining marks take no cell, wide letters two', () => {
  assert.is(width('e\u0301'), 1);
  assert.is(width('漢字'), 4);
  assert.is(padEnd('漢', 4), '漢  ');
  assert.is(padStart('漢', 4), '  漢');
});

test('fit: never wider than it may be', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, columns) => {
      for (const shown of [
        fit(text, columns),
        fit(text, columns, 'middle'),
        head(text, columns),
        tail(text, columns),
      ]) {
        assert.ok(width(shown) <= columns, `${JSON.stringify(shown)} in ${columns}`);
      }
    }),
  );
});

test('letters: a long text is cut where a short one is', () => {
  for (const letter of ['漢', 'e\u0301', '👩‍👩‍👧', '🇩🇪', '\r\n'])
    for (let before = 505; before < 515; before++) {
      const text = 'é'.repeat(before) + letter.repeat(400);
      assert.is(letters(text).length, before + 400);
      assert.is(letters(text).join(''), text);
    }
});

test.run();
