import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { QmpshError } from '../../src/qmp/errors.ts';
import { idKey } from '../../src/qmp/id.ts';
import { type Opening, Protocol } from '../../src/qmp/protocol.ts';
import { type Json, parseJson, stringifyJson } from '../../src/text/json.ts';

const HELLO =
  '{"QMP": {"version": {"qemu": {"micro": 3, "minor": 1, "major": 11}, "package": "Debian"}, "capabilities": ["oob"]}}';

/** A machine that has been told these messages. */
function after(opening: Opening, ...messages: readonly string[]): Protocol {
  const protocol = new Protocol(opening);
  for (const message of messages) protocol.receive(message);
  return protocol;
}

const running = () => after('qmp', HELLO, '{"return": {}, "id": "qmpsh-open"}');

test('greeting, negotiation, running', () => {
  const protocol = new Protocol();
  assert.is(protocol.phase, 'greeting');
  const hello = protocol.receive(HELLO);
  assert.is(protocol.phase, 'negotiating');
  if (hello.kind !== 'greeting') throw new Error(hello.kind);
  assert.equal(hello.greeting.QMP.version.qemu, { major: 11, minor: 1, micro: 3 });
  assert.equal(parseJson(hello.answer ?? ''), {
    execute: 'qmp_capabilities',
    arguments: { enable: ['oob'] },
    id: 'qmpsh-open',
  });
  assert.is(protocol.receive('{"return": {}, "id": "qmpsh-open"}').kind, 'ready');
  assert.is(protocol.phase, 'running');
  assert.is(protocol.oob, true);
});

test('oob is not asked for where it is not offered', () => {
  const hello = new Protocol().receive('{"QMP": {"version": {}, "capabilities": []}}');
  if (hello.kind !== 'greeting') throw new Error(hello.kind);
  assert.equal(parseJson(hello.answer ?? ''), {
    execute: 'qmp_capabilities',
    arguments: {},
    id: 'qmpsh-open',
  });
});

test('a negotiation may be answered without id; refused, it is an error', () => {
  assert.is(after('qmp', HELLO).receive('{"return": {}}').kind, 'ready');
  for (const id of ['', ', "id": "qmpsh-open"']) {
    const refused = `{"error": {"class": "GenericError", "desc": "no\\u001b"}${id}}`;
    assert.throws(() => after('qmp', HELLO).receive(refused), /refused to negotiate: no\\x1b/);
  }
});

const EVENT = '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP", "data": {"x": 1}}';
for (const [name, protocol] of [
  ['before the greeting', () => new Protocol()],
  ['in negotiation', () => after('qmp', HELLO)],
  ['when running', running],
  ['without negotiation', () => new Protocol('silent')],
] as const) {
  test(`events are events ${name}`, () => {
    const got = protocol().receive(EVENT);
    if (got.kind !== 'event') throw new Error(got.kind);
    const { raw, ...rest } = got.event;
    assert.equal(rest, { name: 'STOP', data: { x: 1 }, time: 1_000_002 });
    assert.equal(raw, parseJson(EVENT));
  });
}

test('an event without data or without a clock', () => {
  const got = running().receive('{"timestamp": {"seconds": -1, "microseconds": -1}, "event": "STOP"}');
  if (got.kind !== 'event') throw new Error(got.kind);
  assert.is(got.event.time, undefined);
  assert.equal(got.event.data, {});
});

const REPLIES: readonly (readonly [string, string, Json])[] = [
  ['a success', '{"return": {"a": 1}, "id": "q1"}', { kind: 'reply', key: '"q1', value: { a: 1 } }],
  ['null is a value', '{"return": null, "id": 5}', { kind: 'reply', key: '5', value: null }],
  [
    'a refusal',
    '{"id": "q1", "error": {"class": "GenericError", "desc": "no"}}',
    { kind: 'reply', key: '"q1', desc: 'no' },
  ],
  ['no id', '{"error": {"class": "GenericError", "desc": "no"}}', { kind: 'reply', key: null, desc: 'no' }],
  ['null as id', '{"return": {}, "id": null}', { kind: 'reply', key: 'null', value: {} }],
  ['neither', '{"foo": 1}', { kind: 'notice' }],
  ['a second greeting', HELLO, { kind: 'notice' }],
];
for (const [name, text, expected] of REPLIES) {
  test(`receives ${name}`, () => {
    const got = running().receive(text);
    const shape =
      got.kind === 'reply'
        ? {
            kind: got.kind,
            key: got.key ?? null,
            ...(got.reply.kind === 'success' ? { value: got.reply.value } : { desc: got.reply.desc }),
          }
        : { kind: got.kind };
    assert.equal(shape, expected);
  });
}

test('what is no QMP monitor is named with what it sent', () => {
  assert.throws(
    () => new Protocol().receive('{"return": 1}'),
    /did not greet as a QMP monitor does, but sent \{"return":1\}/,
  );
  assert.throws(() => running().receive('{"return": {]}'), /not JSON/);
  try {
    running().receive('{"return": nul, "x": "\u202e"}');
    assert.unreachable();
  } catch (error) {
    assert.instance(error, QmpshError);
    if (error instanceof QmpshError) assert.not.match(error.message, /\u202e/);
  }
});

test('an agent is synchronised first, old answers passed over', () => {
  const protocol = new Protocol('agent');
  const opening = protocol.synchronise(77);
  assert.match(opening, /"guest-sync-delimited","arguments":\{"id":77\}/);
  assert.is(protocol.receive('{"return": 76}').kind, 'notice');
  assert.is(protocol.receive('{"return": 77}').kind, 'ready');
});

const IDS: readonly (readonly [string, string, boolean])[] = [
  ['"a"', '"a"', true],
  ['1', '1', true],
  ['1', '"1"', false],
  ['null', '"null"', false],
  ['{"a":1,"b":[{"c":1,"d":2}]}', '{"b":[{"d":2,"c":1}],"a":1}', true],
  ['[1,2]', '[2,1]', false],
  ['18446744073709551615', '18446744073709551614', false],
];
for (const [a, b, same] of IDS) {
  test(`id ${a} is ${same ? '' : 'not '}${b}`, () =>
    assert.is(idKey(parseJson(a)) === idKey(parseJson(b)), same));
}

test('an own id is kept, another is made where none is, and never one in use', () => {
  const protocol = running();
  assert.is(protocol.encode({ execute: 'stop', id: [1] }).text, '{"execute":"stop","id":[1]}');
  const { text, key } = protocol.encode({ execute: 'stop' }, taken => taken === '1');
  assert.is(text, '{"execute":"stop","id":2}');
  assert.is(key, '2');
  assert.equal(protocol.encode([1]), { text: '[1]' });
});

const UNSENDABLE: readonly (readonly [string, Json, RegExp | undefined])[] = [
  ['half a surrogate pair', { x: 'a\ud800b' }, /\\ud800 is half of a character/],
  ['half a pair in a key', { '\udfff': 1 }, /\\udfff is half/],
  ['a backslash before the letters ud800', { x: '\\ud800' }, undefined],
  ['a whole pair', { x: '\u{1f600}' }, undefined],
  ['a noncharacter', { x: '\ufffe' }, /U\+FFFE is not a character/],
  ['a noncharacter far up', { x: '\u{1fffe}' }, /U\+1FFFE/],
  ['a zero byte', { x: '\0' }, undefined],
  ['1024 deep', { x: nested(1023) }, undefined],
  ['1025 deep', { x: nested(1024) }, /nested more than 1024 deep/],
  ['many brackets in a string', { x: '['.repeat(5000) }, undefined],
];
for (const [name, message, problem] of UNSENDABLE) {
  test(`${problem ? 'does not send' : 'sends'} ${name}`, () => {
    if (!problem) return assert.type(running().encode(message).text, 'string');
    try {
      running().encode(message);
      assert.unreachable();
    } catch (error) {
      if (!(error instanceof QmpshError)) throw error;
      assert.is(error.kind, 'usage');
      assert.match(error.message, problem);
    }
  });
}

function nested(depth: number): Json {
  let value: Json = [];
  for (let i = 1; i < depth; i++) value = [value];
  return value;
}

test('exact integers both ways', () => {
  const { text } = running().encode({ execute: 'x', arguments: { speed: 18446744073709551615n } });
  assert.ok(text.includes('"speed":18446744073709551615'));
  const got = running().receive(`{"return": 18446744073709551615, "id": 1}`);
  if (got.kind !== 'reply' || got.reply.kind !== 'success') throw new Error(got.kind);
  assert.is(stringifyJson(got.reply.value), '18446744073709551615');
});

test.run();
