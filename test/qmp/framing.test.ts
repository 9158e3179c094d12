import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { QmpshError } from '../../src/qmp/errors.ts';
import { Framer } from '../../src/qmp/framing.ts';
import { parseJson, stringifyJson } from '../../src/text/json.ts';

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, char => char.charCodeAt(0));
}

function frame(chunks: readonly Uint8Array[], options?: ConstructorParameters<typeof Framer>[1]): string[] {
  const out: string[] = [];
  const framer = new Framer(text => out.push(text), options);
  for (const chunk of chunks) framer.push(chunk);
  framer.end();
  return out;
}

/** Runs to the error, and gives it with what was delivered before. */
function failure(
  chunks: readonly Uint8Array[],
  options?: ConstructorParameters<typeof Framer>[1],
): { out: string[]; error: QmpshError } {
  const out: string[] = [];
  const framer = new Framer(text => out.push(text), options);
  try {
    for (const chunk of chunks) framer.push(chunk);
    framer.end();
  } catch (error) {
    if (error instanceof QmpshError) return { out, error };
    throw error;
  }
  throw new Error(`nothing was wrong; delivered ${JSON.stringify(out)}`);
}

const utf8 = (text: string) => new TextEncoder().encode(text);

const GOOD: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['one line, CRLF', ['{"a": 1}\r\n'], ['{"a": 1}']],
  ['one line, LF', ['{"a": 1}\n'], ['{"a": 1}']],
  ['no line end', ['{"a": 1}'], ['{"a": 1}']],
  ['two in a chunk', ['{"a":1}\r\n{"b":2}\r\n'], ['{"a":1}', '{"b":2}']],
  ['two without anything between', ['{"a":1}{"b":2}'], ['{"a":1}', '{"b":2}']],
  ['one in three', ['{"a', '":', ' 1}\r\n'], ['{"a": 1}']],
  [
    'pretty',
    ['{\r\n    "a": [\r\n        1\r\n    ]\r\n}\r\n'],
    ['{\r\n    "a": [\r\n        1\r\n    ]\r\n}'],
  ],
  ['braces in a string', ['{"a":"}{][\\"}"}'], ['{"a":"}{][\\"}"}']],
  ['a backslash at the end of a string', ['{"a":"\\\\"}{}'], ['{"a":"\\\\"}', '{}']],
  ['an escape over two chunks', ['{"a":"\\', '""}'], ['{"a":"\\""}']],
  ['empty object', ['{}', ' ', '{ }'], ['{}', '{ }']],
  ['only blanks', ['\r\n \t\r\n'], []],
  [
    'true, false, null, numbers',
    ['{"a":[true,false,null,-1.5E+3,2e-1]}'],
    ['{"a":[true,false,null,-1.5E+3,2e-1]}'],
  ],
];
for (const [name, chunks, expected] of GOOD) {
  test(`frames: ${name}`, () => assert.equal(frame(chunks.map(utf8)), expected));
}

const BAD: readonly (readonly [string, readonly string[], string, string])[] = [
  ['a text', ['220 mail ready\r\n'], 'garbage', '"220 mail ready\\x0d\\x0a"'],
  ['a human monitor', ['QEMU 7.2.22 monitor - type'], 'garbage', '"QEMU 7.2.22 monitor'],
  ['a list', ['[1]'], 'garbage', '"[1]"'],
  ['a closing brace', ['{"a":1}}'], 'garbage', '"}"'],
  ['the 0xFF of an agent', ['\xff{"return": 1}'], 'garbage', '"\\xff{\\"return'],
  ['a byte order mark', ['\xef\xbb\xbf{}'], 'garbage', '"\\xef\\xbb\\xbf{}"'],
  ['a zero byte', ['\0'], 'garbage', '"\\x00"'],
  ['an escape sequence', ['\x1b[31m{}'], 'garbage', '"\\x1b[31m{}"'],
  ['a control byte in a message', ['{"a":\x07 1}'], 'garbage', '"\\x07 1}"'],
  ['a line end in a string', ['{"a":"b\r\n{"c":1}'], 'garbage', '"\\x0d\\x0a{\\"c'],
  ['words in braces', ['{hello'], 'garbage', '"hello"'],
  ['a telnet server', ['\xff\xfd\x01login: '], 'garbage', '\\xff\\xfd'],
  ['http', ['HTTP/1.1 400 Bad Request\r\n'], 'garbage', 'HTTP/1.1 400'],
  ['the end in a message', ['{"a": [1, '], 'truncated', '"{\\"a\\": [1, "'],
  ['the end in a string', ['{"a'], 'truncated', '"{\\"a"'],
  ['no UTF-8', ['{"a":"\xc3("}'], 'not-utf8', '\\xc3('],
];
for (const [name, chunks, code, excerpt] of BAD) {
  test(`stops at ${name}`, () => {
    for (const cut of [chunks, [...chunks.join('')]]) {
      const { error } = failure(cut.map(bytes));
      assert.is(error.kind, 'protocol');
      assert.is(error.exit, 3);
      assert.is(error.code, code);
      if (cut === chunks) assert.ok(error.message.includes(excerpt), error.message);
      assert.not.match(error.message, /[\x00-\x1f\x7f-\x9f]/);
    }
  });
}

test('delivers what was good before the garbage, and nothing behind it', () => {
  const { out } = failure([utf8('{"a":1}\r\nfoo\r\n{"b":2}')]);
  assert.equal(out, ['{"a":1}']);
});

test('an excerpt is short, however long the garbage', () => {
  const { error } = failure([utf8('x'.repeat(100_000))]);
  assert.ok(error.message.length < 200);
});

test('a message over the limit is an error, in one chunk and in many', () => {
  const text = `{"a":"${'x'.repeat(1000)}"}`;
  assert.is(failure([utf8(text)], { limit: 1000 }).error.code, 'too-large');
  assert.is(failure([...text].map(utf8), { limit: 1000 }).error.code, 'too-large');
  assert.equal(frame([utf8(text)], { limit: 1008 }), [text]);
});

test('an agent: everything before 0xFF is dropped, unfinished messages too', () => {
  const stream = bytes('junk {"old": 1}\n{"half": "\xff{"return": 7}\n{"cut": [\xff{"b":2}');
  const expected = ['{"return": 7}', '{"b":2}'];
  assert.equal(frame([stream], { resync: true }), expected);
  assert.equal(
    frame(
      [...stream].map(byte => Uint8Array.of(byte)),
      { resync: true },
    ),
    expected,
  );
});

test('64 MiB in one message, in chunks of 64 KiB, in one chunk and beside others', () => {
  const size = 64 * 1024 * 1024;
  const big = new Uint8Array(size + 8).fill(0x78);
  big.set(utf8('{"a":"'), 0);
  big.set(utf8('"}'), size + 6);
  const lengths: number[] = [];
  const framer = new Framer(text => lengths.push(text.length));
  for (let at = 0; at < big.length; at += 65_536) framer.push(big.subarray(at, at + 65_536));
  framer.push(big);
  framer.push(utf8('\r\n{}'));
  framer.end();
  assert.equal(lengths, [size + 8, size + 8, 2]);
});

test('however the stream is cut, the same messages come out', () => {
  const message = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 4 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(message, fc.constantFrom(0, 4), fc.constantFrom('\r\n', '\n', '', '  ')), {
        maxLength: 6,
      }),
      fc.array(fc.nat(), { maxLength: 40 }),
      (messages, cuts) => {
        const texts = messages.map(([value, indent]) => JSON.stringify(value, null, indent));
        const stream = utf8(texts.map((text, i) => text + (messages[i]?.[2] ?? '')).join(''));
        const places = [...new Set(cuts.map(cut => cut % (stream.length + 1)))].sort((a, b) => a - b);
        const chunks = [0, ...places].map((from, i) => stream.subarray(from, places[i] ?? stream.length));
        assert.equal(frame(chunks), texts);
        assert.equal(frame(Array.from(stream, byte => Uint8Array.of(byte))), texts);
      },
    ),
    { numRuns: 300 },
  );
});

test('any bytes at all end in messages or in an error, never in another exception', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 5 }), chunks => {
      try {
        for (const text of frame([utf8('{'), ...chunks])) assert.type(text, 'string');
      } catch (error) {
        assert.instance(error, QmpshError);
      }
    }),
  );
});

test('integers beyond 2^53 pass', () => {
  const [text = ''] = frame([utf8('{"return": 18446744073709551615}\r\n')]);
  assert.is(stringifyJson(parseJson(text)), '{"return":18446744073709551615}');
});

test.run();
