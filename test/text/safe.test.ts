import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isSafe, safe, safeJson } from '../../src/text/safe.ts';

const CASES: readonly (readonly [string, string])[] = [
  ['plain text, ümläut, 漢字, 👩‍💻', 'plain text, ümläut, 漢字, 👩‍💻'],
  ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
  ['\x1b]0;title\x07', '\\x1b]0;title\\x07'],
  ['a\tb\r\nc', 'a\\tb\\r\\nc'],
  ['\x00\x7f\x9b', '\\x00\\x7f\\x9b'],
  ['file\u202egnp.exe', 'file\\u202egnp.exe'],
  ['half \ud800 pair', 'half \\ud800 pair'],
  ['\udc00', '\\udc00'],
  ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
  ['tag\u{e0041}', 'tag\\u{e0041}'],
  ['a\u2066b\u2067c\u2068d\u2069', 'a\\u2066b\\u2067c\\u2068d\\u2069'],
  ['\u180e\u115f\u1160\u3164\uffa0\u034f', '\\u180e\\u115f\\u1160\\u3164\\uffa0\\u034f'],
  ['\ufe00\u{e0100}\u2065', '\\ufe00\\u{e0100}\\u2065'],
  ['❤\ufe0f stays, and so do e\u0301 and x\u200dy', '❤\ufe0f stays, and so do e\u0301 and x\u200dy'],
  [`a${'\u0301'.repeat(18)}b`, `a${'\u0301'.repeat(16)}\\u0301\\u0301b`],
];
for (const [text, shown] of CASES) {
  test(`safe: ${JSON.stringify(text)}`, () => assert.is(safe(text), shown));
}

test('safe: newlines can be kept, and tabs then align', () => {
  assert.is(safe('a\tb\r\n\x07c', { keepNewlines: true }), 'a       b\n\\x07c');
});

test('safe: nothing unsafe is left of any text, and safe text stays', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      assert.ok(isSafe(safe(text)));
      assert.is(safe(safe(text)), safe(text));
    }),
  );
});

test('safeJson: a JSON text stays the same value and holds nothing unsafe', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      const json = safeJson(JSON.stringify([value, text], null, 4));
      assert.equal(JSON.parse(json), JSON.parse(JSON.stringify([value, text])));
      assert.ok(isSafe(json.replaceAll('\n', '')));
    }),
  );
});

test.run();
