import fc from 'fast-check';
import { isLosslessNumber, parse as losslessParse } from 'lossless-json';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  equalJson,
  type Json,
  JsonError,
  MAX_DEPTH,
  member,
  parseJson,
  stringifyJson,
} from '../../src/text/json.ts';
import { anyJson } from '../schema-requests.ts';

const EXACT: readonly (readonly [string, Json])[] = [
  ['9007199254740991', 9007199254740991],
  ['9007199254740993', 9007199254740993n],
  ['-9007199254740993', -9007199254740993n],
  ['18446744073709551615', 18446744073709551615n],
  ['-9223372036854775808', -9223372036854775808n],
  ['{"speed": 9223372036854775807}', { speed: 9223372036854775807n }],
  ['[1,9223372036854775807]', [1, 9223372036854775807n]],
  ['1.5', 1.5],
  ['1234567890123456.5', 1234567890123456.5],
  ['-0.25e3', -250],
  ['"1234567890123456789"', '1234567890123456789'],
  ['":1234567890123456 \\"x\\ud83d\\ude00\\n"', ':1234567890123456 "x😀\n'],
  ['  [ ]\r\n', []],
  [
    '{"a":{},"b":[{}],"n":1234567890123456789,"t":true,"f":false,"z":null}',
    { a: {}, b: [{}], n: 1234567890123456789n, t: true, f: false, z: null },
  ],
];
for (const [text, value] of EXACT) {
  test(`${text} is read exactly`, () => assert.equal(parseJson(text), value));
}

const WRONG: readonly (readonly [string, number, RegExp])[] = [
  ['', 0, /ends where a value/],
  ['{"a":}', 5, /no JSON value starts with "}"/],
  ['{"a" 1}', 5, /":"/],
  ['{a:1}', 1, /double quotes/],
  ['[1 2]', 3, /"," or "\]"/],
  ['[1,]', 3, /no JSON value/],
  ['{"a":1} x', 8, /more text/],
  ['"abc', 4, /not closed/],
  ['"a\nb"', 2, /control character/],
  ['"\\q"', 1, /escape/],
  ['"\\u12g4"', 1, /escape/],
  ['01', 1, /more text/],
  ['[1234567890123456789', 20, /"," or/],
  ['1e999', 0, /too large/],
  ['\u001b', 0, /U\+001B/],
  ['NaN', 0, /no JSON value/],
];
for (const [text, offset, message] of WRONG) {
  test(`${JSON.stringify(text)} is refused at ${offset}`, () => {
    try {
      parseJson(text);
    } catch (error) {
      assert.instance(error, JsonError);
      assert.is(error instanceof JsonError && error.offset, offset);
      assert.match(error instanceof Error ? error.message : '', message);
      return;
    }
    assert.unreachable('it was taken');
  });
}

/** lossless-json's value with our idea of numbers. */
function fromOracle(value: unknown): Json {
  if (isLosslessNumber(value)) {
    const text = value.toString();
    const whole = /^-?\d+$/.test(text);
    return whole && !Number.isSafeInteger(Number(text)) ? BigInt(text) : Number(text);
  }
  if (Array.isArray(value)) return value.map(fromOracle);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromOracle(inner)]));
  }
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

test('what lossless-json reads is read the same, compact or indented', () => {
  const plain = anyJson.filter(value => !stringifyJson(value).includes('__proto__'));
  fc.assert(
    fc.property(plain, fc.constantFrom(0, 4), (value, indent) => {
      const text = stringifyJson(value, indent);
      assert.ok(equalJson(parseJson(text), fromOracle(losslessParse(text))), text);
    }),
  );
});

test('writing and reading gives the value again', () => {
  fc.assert(
    fc.property(anyJson, fc.constantFrom(0, 4), (value, indent) => {
      assert.ok(equalJson(parseJson(stringifyJson(value, indent)), value));
    }),
  );
});

test('any text is read or refused, as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[[\]{}",:0-9 etrufalsn\\-]{0,24}$/)), text => {
      let known = true;
      try {
        JSON.parse(text);
      } catch {
        known = false;
      }
      let taken = true;
      try {
        parseJson(text);
      } catch (error) {
        assert.instance(error, JsonError);
        taken = false;
      }
      assert.is(taken, known || (/e/.test(text) && taken), text);
    }),
  );
});

test('__proto__ is a member like any other, with and without big numbers', () => {
  for (const text of ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1},"n":18446744073709551615}']) {
    const value = parseJson(text);
    assert.is(stringifyJson(value), text);
    assert.not.ok('x' in {});
  }
  assert.is(member({ a: 1 }, 'toString'), undefined);
});

test('nesting as deep as QEMU takes is read, deeper is refused and not a crash', () => {
  const deep = (n: number, inner: string) => '['.repeat(n) + inner + ']'.repeat(n);
  for (const inner of ['1', '12345678901234567890']) {
    assert.ok(Array.isArray(parseJson(deep(MAX_DEPTH, inner))));
    assert.throws(() => parseJson(deep(MAX_DEPTH + 2, inner)), /nested/);
    assert.throws(() => parseJson(deep(200_000, inner)), /nested/);
  }
  assert.is(parseJson(JSON.stringify('['.repeat(5000))), '['.repeat(5000));
});

test('a double beyond 2^53 is not written as an exact integer', () => {
  assert.is(
    stringifyJson([2 ** 60, 1e21, 2 ** 53, -(2 ** 63)]),
    '[1.152921504606847e+18,1e+21,9.007199254740992e+15,-9.223372036854776e+18]',
  );
  assert.is(stringifyJson(2n ** 60n), '1152921504606846976');
});

test('indented by 4 it looks as in QEMU documents', () => {
  const value = { execute: 'x', arguments: { n: 18446744073709551615n, list: [1, {}], empty: [] } };
  const rows = [
    '{',
    '    "execute": "x",',
    '    "arguments": {',
    '        "n": 18446744073709551615,',
    '        "list": [',
    '            1,',
    '            {}',
    '        ],',
    '        "empty": []',
    '    }',
    '}',
  ];
  assert.is(stringifyJson(value, 4), rows.join('\n'));
});

const EQUAL: readonly (readonly [Json, Json, boolean])[] = [
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [[1, 2], [2, 1], false],
  [1, 1n, true],
  [2 ** 64, 2n ** 64n, true],
  [2 ** 53, 2n ** 53n + 1n, false],
  [1.5, 1n, false],
  [1, '1', false],
  [null, {}, false],
  [[], {}, false],
  [{ a: null }, { b: null }, false],
  [{ a: 1 }, { a: 1, b: 2 }, false],
];
for (const [a, b, equal] of EQUAL) {
  test(`${stringifyJson(a)} and ${stringifyJson(b)} are ${equal ? 'the same' : 'different'}`, () => {
    assert.is(equalJson(a, b), equal);
    assert.is(equalJson(b, a), equal);
  });
}
test.run();
