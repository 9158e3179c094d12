import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonSpans, renderJson } from '../../src/render/json.ts';
import { equalJson, parseJson, stringifyJson } from '../../src/text/json.ts';
import { plain } from '../../src/text/line.ts';
import { anyJson } from '../schema-requests.ts';
import { recorded, texts, widest } from './replies.ts';

test('json: indented by 4 as QEMU prints it', () => {
  const value = { a: 1, b: [true, null], c: {} };
  assert.equal(texts(renderJson(value, { compact: false })), stringifyJson(value, 4).split('\n'));
});

test('json: small things stay on one row', () => {
  assert.equal(texts(renderJson(recorded('query-version'), { width: 80 })), [
    '{',
    '    "qemu": {"micro": 22, "minor": 2, "major": 7},',
    '    "package": "Debian 1:7.2+dfsg-7+deb12u18+b3"',
    '}',
  ]);
});

test('json: integers beyond 2^53 are exact', () => {
  assert.is(plain(jsonSpans(parseJson('[18446744073709551615]'))), '[18446744073709551615]');
});

test('json: deep parts are folded, and the last line says how to see them', () => {
  assert.equal(texts(renderJson({ a: { b: { c: [1, 2, 3], d: { e: [1] } } } }, { fold: 2 })), [
    '{',
    '    "a": {',
    '        "b": { … 2 members }',
    '    }',
    '}',
    'folded: .format json shows it all',
  ]);
});

test('json: what acts on a terminal is escaped, and the text stays JSON', () => {
  const value = '\x1b[31m\u009b\u202e\u{e0041}漢';
  const text = plain(jsonSpans(value));
  assert.is(text, '"\\u001b[31m\\u009b\\u202e\\udb40\\udc41漢"');
  assert.is(parseJson(text), value);
});

test('json: reads back as the same value, whatever it is', () => {
  fc.assert(
    fc.property(anyJson, fc.boolean(), (value, compact) => {
      assert.ok(equalJson(parseJson(texts(renderJson(value, { compact })).join('\n')), value));
    }),
  );
});

test('json: rows keep to the width', () => {
  for (const width of [20, 40, 80])
    assert.ok(widest(renderJson(recorded('query-block'), { width })) <= width);
});

test.run();
