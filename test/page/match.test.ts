import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differences, textDifferences } from '../../src/page/match.ts';
import { readPattern } from '../../src/page/readpattern.ts';
import { parseJson } from '../../src/text/json.ts';

const JSON_TABLE: readonly [expected: string, got: string, differences: readonly string[]][] = [
  ['{"a": 1}', '{"a": 1, "b": 2}', []],
  ['{"a": 1, "b": 2}', '{"a": 1}', ['b: 2 / nothing']],
  [
    '{"arguments": {"device": "node-D"}}',
    '{"arguments": {"device": "node-B"}}',
    ['arguments.device: "node-D" / "node-B"'],
  ],
  ['{"a": ...}', '{"a": [1]}', []],
  ['{"a": "..."}', '{}', ['a: ... / nothing']],
  ['{"a": 1, ...}', '{"a": 1}', []],
  ['{"a": 1\n ...\n}', '{"a": 1}', []],
  ['{...}', '[]', ['whole: {...} / []']],
  ['[1, 2]', '[1, 3]', ['[1]: 2 / 3']],
  ['[1]', '[1, 2]', ['[1]: no further item / 2']],
  ['[1, 2]', '[1]', ['[1]: 2 / nothing']],
  ['[1, ...]', '[1, 2, 3]', []],
  ['[..., 3]', '[1, 2, 3]', []],
  ['[..., 4]', '[1, 2]', ['[1]: 4 / 2']],
  ['["...", 2]', '[1, 2]', []],
  ['18446744073709551615', '18446744073709551615', []],
  ['18446744073709551615', '18446744073709551614', ['whole: 18446744073709551615 / 18446744073709551614']],
  ['"a...z"', '"abcz"', []],
  ['"...No such file"', '"x: No such file"', []],
  ['"a...a"', '"a"', ['whole: "a...a" / "a"']],
  ['{"event": "E", "timestamp": {"seconds": 1}}', '{"event": "E", "timestamp": {"seconds": 2}}', []],
  ['{"timestamp": 1}', '{"timestamp": 2}', ['timestamp: 1 / 2']],
  ['{"__proto__": 1}', '{"__proto__": 2}', ['__proto__: 1 / 2']],
  ['{"toString": ...}', '{}', ['toString: ... / nothing']],
  ["{u'a': True, 'b': None, 'c': 5L}", '{"a": true, "b": null, "c": 5}', []],
];
for (const [expected, got, wanted] of JSON_TABLE) {
  test(`${expected} against ${got}`, () => {
    const result = readPattern(expected);
    assert.ok(result.ok, result.ok ? '' : result.message);
    if (!result.ok) return;
    const found = differences(result.pattern, parseJson(got));
    assert.equal(
      found.map(one => `${one.path || 'whole'}: ${one.expected} / ${one.got ?? 'nothing'}`),
      wanted,
    );
  });
}

const MALFORMED: readonly [text: string, message: RegExp, at: number][] = [
  ['{"a": 1', /'\{' is never closed/, 0],
  ['{"a" 1}', /':' is missing/, 5],
  ['{"a": 1 "b": 2}', /',' or '}' is missing before "/, 8],
  ['[1 2]', /',' or '\]' is missing/, 3],
  ['{a: 1}', /name is missing/, 1],
  ['{"a": 1, "a": 2}', /twice/, 9],
  ['"abc', /quote is never closed/, 0],
  ['nope', /no JSON value/, 0],
  ['', /value is missing/, 0],
];
for (const [text, message, at] of MALFORMED) {
  test(`malformed: ${text}`, () => {
    const result = readPattern(text);
    assert.not(result.ok);
    if (result.ok) return;
    assert.match(result.message, message);
    assert.is(result.at, at);
  });
}

const TEXT_TABLE: readonly [expected: string, got: string, difference?: string][] = [
  ['Images are identical.', 'Images are identical.\n'],
  ['a\nb', 'a  \nb\n\n'],
  ['a\nc', 'a\nb', 'row 2: c / b'],
  ['a\nb', 'a', 'row 2: b / nothing'],
  ['a', 'a\nb', 'row 2: no further row / b'],
  ['...\nend', 'a\nb\nend'],
  ['a\n...', 'a'],
  ['disk size: ... KiB', 'disk size: 196 KiB'],
  ['...', ''],
];
for (const [expected, got, wanted] of TEXT_TABLE) {
  test(`text ${JSON.stringify(expected)} against ${JSON.stringify(got)}`, () => {
    const [found] = textDifferences(expected.split('\n'), got.split('\n'));
    assert.is(found && `${found.path}: ${found.expected} / ${found.got ?? 'nothing'}`, wanted);
  });
}

test.run();
