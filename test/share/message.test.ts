// What a client of a shared monitor writes is read as QEMU reads it, and refused in QEMU's words.
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readMessage } from '../../src/share/message.ts';
import { Tokens } from '../../src/share/tokens.ts';
import { isObject, type Json, member } from '../../src/text/json.ts';
import { withQemu } from '../qemu.ts';
import { RawClient } from '../rawclient.ts';

type Read = { readonly value: Json } | { readonly desc: string };

function readAll(...chunks: readonly Uint8Array[]): readonly Read[] {
  const found: Read[] = [];
  const tokens = new Tokens({
    message: list => found.push(readMessage(list)),
    fault: desc => found.push({ desc }),
  });
  for (const chunk of chunks) tokens.push(chunk);
  return found;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

const values: readonly (readonly [text: string, ...values: readonly Json[]])[] = [
  ['{"a": [1, -2.5e3, true, null, "x"]}', { a: [1, -2500, true, null, 'x'] }],
  ["{'a': 'it\\'s \"so\"'}", { a: 'it\'s "so"' }],
  ['{"n": 18446744073709551615}', { n: 18446744073709551615n }],
  ['{"a":1}{"b":2}', { a: 1 }, { b: 2 }],
  ['{"a":\n1}\n\n[2]', { a: 1 }, [2]],
  ['{"e": "\\u00e9\\ud83d\\ude00\\/"}', { e: 'é😀/' }],
  ['{"e": "é😀"}', { e: 'é😀' }],
  ['{"__proto__": 1}', Object.fromEntries([['__proto__', 1]])],
];
for (const [text, ...wanted] of values)
  test(`reads ${text}`, () => {
    const all = bytesOf(text);
    assert.equal(
      readAll(all),
      wanted.map(value => ({ value })),
    );
    assert.equal(
      readAll(...[...all].map(byte => Uint8Array.of(byte))),
      wanted.map(value => ({ value })),
    );
  });

test('a number that no computer holds is refused, for QEMU answers it with what is no JSON', () => {
  assert.equal(readAll(bytesOf('[1e400]')), [{ desc: 'JSON parse error, the number 1e400 is too large' }]);
});

/** QEMU's faults in a stream of bytes, as its monitor tells them. */
async function faultsOf(client: RawClient, stream: Uint8Array): Promise<readonly string[]> {
  client.write(stream);
  // Ends whatever has begun: a byte that no text holds, and a row.
  client.write(Uint8Array.of(0xff, 0x0a));
  await client.ask({ execute: 'query-name', id: 'end' });
  return client.messages.splice(0).map(({ error }) => {
    const desc = isObject(error) ? String(member(error, 'desc')) : '';
    return desc.startsWith(WHOLE) ? WHOLE : legible(desc);
  });
}

/** What is no fault of JSON. */
const WHOLE = 'QMP input';

/** How many bytes that are no text become one mark is a matter of taste. */
function legible(desc: string): string {
  return desc.replaceAll(/[\ufffd\ufffe\0]+/g, '?');
}

/** The same of what we read; a whole message is no request. */
function ours(stream: Uint8Array): readonly string[] {
  return readAll(stream, Uint8Array.of(0xff, 0x0a)).map(read =>
    'desc' in read ? legible(read.desc) : WHOLE,
  );
}

const pieces = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    "'",
    '\\',
    ' ',
    '\n',
    '\t',
    '-',
    '.',
    '0',
    '12',
    '1.5',
    'e+3',
    '"a"',
    "'b'",
  ],
  ...[
    'true',
    'nul',
    'X',
    '%',
    '\\u0041',
    '"\\ud800"',
    '"\\q"',
    '"\\u12"',
    'é',
    '\u0001',
    '\ufffe',
    '{"a":1}',
    '["b",',
  ],
];
const streams = fc
  .array(
    fc.oneof(
      fc.constantFrom(...pieces).map(bytesOf),
      fc.constantFrom(Uint8Array.of(0xff), Uint8Array.of(0xc3), Uint8Array.of(0xe9)),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map(parts => Uint8Array.from(parts.flatMap(part => [...part])));

test('it finds the faults that QEMU finds, in its words and order', () =>
  withQemu({}, async qemu => {
    const client = await RawClient.open(qemu.address);
    await fc.assert(
      fc.asyncProperty(streams, async stream => {
        assert.equal(ours(stream), await faultsOf(client, stream));
      }),
      { numRuns: 300 },
    );
    client.close();
  }));

test.run();
