import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { colour, problemsWhileTyping } from '../../src/language/colour.ts';
import { recordedSchema } from '../schema/walked.ts';

const schema = recordedSchema('11.1');

/** `text:role` of every coloured run, punctuation left out. */
function roles(text: string, known?: typeof schema): string {
  return colour(text, known)
    .filter(({ role }) => role !== 'punctuation')
    .map(({ start, end, role }) => `${text.slice(start, end)}:${role}`)
    .join(' ');
}

const COLOURS: readonly (readonly [text: string, roles: string])[] = [
  ['query-block', 'query-block:command'],
  ['query-bl', ''],
  ['quiit', 'quiit:unknown'],
  ['.help quit', '.help:word'],
  ['# note', '# note:comment'],
  ['(QEMU) query-block', '(QEMU):prompt query-block:command'],
  ['blockdev-mirror sync=full', 'blockdev-mirror:command sync:key full:enum'],
  ['blockdev-mirror syn', 'blockdev-mirror:command'],
  ['blockdev-mirror sycn=full', 'blockdev-mirror:command sycn:unknown full:string'],
  ['blockdev-mirror sync=fu', 'blockdev-mirror:command sync:key'],
  ['blockdev-mirror sync=fx', 'blockdev-mirror:command sync:key fx:unknown'],
  ['blockdev-mirror device=node-A', 'blockdev-mirror:command device:key node-A:string'],
  ['blockdev-mirror speed=39M', 'blockdev-mirror:command speed:key 39M:number'],
  ['blockdev-mirror speed=x', 'blockdev-mirror:command speed:key x:unknown'],
  ['blockdev-mirror device=12', 'blockdev-mirror:command device:key 12:string'],
  ['blockdev-mirror auto-dismiss=off', 'blockdev-mirror:command auto-dismiss:key off:literal'],
  ['blockdev-mirror auto-dismiss=o', 'blockdev-mirror:command auto-dismiss:key'],
  [
    'blockdev-add driver=qcow2 file.driver=file',
    'blockdev-add:command driver:key qcow2:enum file:key driver:key file:enum',
  ],
  ['blockdev-add file.driver=x', 'blockdev-add:command x:string'],
  [
    'blockdev-add driver=qcow2 backing=null',
    'blockdev-add:command driver:key qcow2:enum backing:key null:literal',
  ],
  [
    'blockdev-add driver=qcow2 file={"driver":"file","read-only":true,"nope":1}',
    'blockdev-add:command driver:key qcow2:enum file:key "driver":key "file":enum "read-only":key true:literal "nope":unknown 1:number',
  ],
  [
    'transaction( blockdev-backup sync=full x=1 )',
    'transaction:command blockdev-backup:command sync:key full:enum x:unknown 1:number',
  ],
  [
    '{"execute":"query-block","arguments":{"x":1}}',
    '"execute":key "query-block":enum "arguments":key "x":unknown 1:number',
  ],
  [
    'device_add driver=x foo=12 bar=a',
    'device_add:command driver:key x:string foo:key 12:number bar:key a:string',
  ],
  ['query-block | jq .', 'query-block:command'],
];

for (const [text, expected] of COLOURS) {
  test(`colours of ${text}`, () => assert.is(roles(text, schema), expected));
}

test('without a schema nothing is unknown', () => {
  assert.is(
    roles('foo a=1 b=x c="y" d=true'),
    'foo:command a:key 1:number b:key x:string c:key "y":string d:key true:literal',
  );
});

test('punctuation is marked too', () => {
  const text = 'transaction( a b={"c": [1, 2]} ) | jq';
  const marks = colour(text).filter(({ role }) => role === 'punctuation');
  assert.is(marks.map(({ start, end }) => text.slice(start, end)).join(''), '(={:[,]})|');
});

// The problems, each as the text under it; the cursor is at ▏, else at the end.
const PROBLEMS: readonly (readonly [text: string, wrong: readonly string[]])[] = [
  ['quiit', []],
  ['quiit ', ['quiit']],
  ['blockdev-mirror ', []],
  ['blockdev-mirror syc▏n=full', []],
  ['blockdev-mirror sycn=full', ['sycn']],
  ['blockdev-mirror sycn=full ', ['sycn']],
  ['blockdev-mirror sy▏cn=full device=x', []],
  ['blockdev-mirror sync=foo ', ['foo']],
  ['blockdev-mirror sync=foo speed=', ['foo']],
  ['blockdev-mirror speed=12x device=a', ['12x']],
  ['blockdev-mirror device=a device=b ', ['device']],
  ['blockdev-mirror device=a loose ', ['loose']],
  ['blockdev-mirror device=a loose', []],
  ['blockdev-add driver=qcow2 file={"driver":"file", "nope": 1, "filename": "x', []],
  ['blockdev-add driver=qcow2 file={"driver":"file", "nope": 1} node-name=', ['"nope"']],
  ['blockdev-mirror sync=foo target="un', ['foo']],
  ['blockdev-add file.filename=x ', []],
  ['blockdev-add file.filename=x driver=qc', []],
  ['blockdev-add filename=x driver=qcow2 ', ['filename']],
  ['blockdev-add driver=qcow2 file.driver=file file.nope=1 ', ['file.nope']],
  ['transaction( blockdev-backup sync=foo ', ['foo']],
  ['transaction( query-block abort ', ['query-block']],
  ['transaction(', []],
  ['query-block | ', []],
  ['{"execute": "x", "arguments": {"a": tru}} ', ['tru']],
  ['.help nothing', []],
];

for (const [line, wrong] of PROBLEMS) {
  test(`wrong while typing ${line}: ${wrong.join(' ') || 'nothing'}`, () => {
    const text = line.replace('▏', '');
    const cursor = line.includes('▏') ? line.indexOf('▏') : text.length;
    assert.equal(
      problemsWhileTyping(text, cursor, schema).map(({ place }) => text.slice(place.start, place.end)),
      wrong,
    );
  });
}

const PIECES = [
  'blockdev-add',
  'transaction(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  ' ',
  '\n',
  '=',
  '.',
  ',',
  ':',
  'driver',
  'qcow2',
  'file',
  '.help',
  '#',
  '|',
  '&',
  '-> ',
  'execute',
  '0',
  '\\',
  '__proto__',
];

test('any text: runs are in order, apart, not empty and inside the text', () => {
  const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map(parts => parts.join(''));
  fc.assert(
    fc.property(texts, fc.nat(100), (text, n) => {
      let end = 0;
      for (const span of colour(text, schema)) {
        assert.ok(span.start >= end && span.end > span.start && span.end <= text.length, text);
        end = span.end;
      }
      for (const { place } of problemsWhileTyping(text, Math.min(n, text.length), schema)) {
        assert.ok(place.start >= 0 && place.start <= place.end && place.end <= text.length, text);
      }
    }),
    { numRuns: 1500 },
  );
});

test.run();
