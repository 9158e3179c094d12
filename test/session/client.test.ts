import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { QmpEvent } from '../../src/qmp/message.ts';
import { Session } from '../../src/session/client.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { isObject, type Json, type JsonObject } from '../../src/text/json.ts';
import { failure } from '../failure.ts';
import { FakeClock, FakeTransport, fakeMonitor, GREETING } from '../fake-transport.ts';

const clock = new FakeClock();
const open = (fake: FakeTransport, options: Partial<SessionOptions> = {}) =>
  Session.open(fake, { clock, address: './fake.sock', ...options });
const event = (name: string, data: JsonObject = {}): Json => ({
  event: name,
  data,
  timestamp: { seconds: 1, microseconds: 0 },
});
const turn = () => new Promise(resolve => setTimeout(resolve, 0));

async function connected(answer?: (message: JsonObject, self: FakeTransport) => void) {
  const fake = fakeMonitor(answer);
  const session = await open(fake);
  return { fake, session };
}

const names = (session: Session) => {
  const seen: string[] = [];
  session.onEvent((got, position) => seen.push(`${position} ${got.name}`));
  return seen;
};

test('opens: greeting, negotiation, and the events that came before and between', async () => {
  const fake = new FakeTransport();
  const opening = open(fake);
  fake.tell(event('EARLY'), GREETING, event('BETWEEN'));
  fake.tell({ return: {}, id: 'qmpsh-open' }, event('LATE'));
  const session = await opening;
  assert.is(session.greeting?.QMP.version.qemu.major, 7);
  assert.is(session.state, 'open');
  const seen = names(session);
  await turn();
  assert.equal(seen, ['0 EARLY', '1 BETWEEN', '2 LATE']);
  assert.is(clock.timers, 0);
});

test('replies out of order reach their own commands, refusals too', async () => {
  const { fake, session } = await connected();
  const [a, b, c] = ['a', 'b', 'c'].map(name => session.send({ execute: name, arguments: {} }));
  if (!a || !b || !c) throw new Error('three were sent');
  assert.equal(
    session.pending.map(({ name }) => name),
    ['a', 'b', 'c'],
  );
  fake.tell(
    { return: 'C', id: Number(c.id) },
    { error: { class: 'DeviceNotFound', desc: 'no' }, id: Number(a.id) },
    { return: 'B', id: Number(b.id) },
  );
  const [ra, rb, rc] = await Promise.all([a.reply, b.reply, c.reply]);
  assert.is(ra.kind === 'refusal' && ra.class, 'DeviceNotFound');
  assert.is(rb.kind === 'success' && rb.value, 'B');
  assert.is(rc.kind === 'success' && rc.value, 'C');
  assert.equal(session.pending, []);
});

test('an error without id, an unknown id and nonsense are notices; the pending command waits on', async () => {
  const { fake, session } = await connected();
  const sent = session.send({ execute: 'stop', arguments: {} });
  const notices: string[] = [];
  fake.tell({ error: { class: 'GenericError', desc: 'JSON parse error\x1b[2J' } });
  session.onNotice(text => notices.push(text));
  fake.tell({ return: {}, id: 'stranger' }, { what: 1 });
  assert.equal(session.pending.length, 1);
  fake.answer({});
  assert.is((await sent.reply).kind, 'success');
  assert.is(notices.length, 3);
  assert.match(notices[0] ?? '', /JSON parse error\\x1b/);
  assert.match(notices[1] ?? '', /not sent from here \(id "stranger"\)/);
});

test('a server that knows no ids answers in order', async () => {
  const { fake, session } = await connected();
  const first = session.execute('a');
  const second = session.execute('b');
  fake.tell({ return: 1 }, { return: 2 });
  const replies = await Promise.all([first, second]);
  assert.equal(
    replies.map(reply => reply.kind === 'success' && reply.value),
    [1, 2],
  );
});

test('a raw message keeps its id, whatever it is, also twice; one that is no object gets the error without id', async () => {
  const { fake, session } = await connected();
  const id = { b: [1], a: null };
  const sent = [1, 2].map(n => session.sendRaw({ execute: 'x', arguments: { n }, id }));
  assert.equal(fake.sent.at(-1), { execute: 'x', arguments: { n: 2 }, id });
  fake.tell({ return: 1, id: { a: null, b: [1] } }, { return: 2, id: { a: null, b: [1] } });
  const replies = await Promise.all(sent.map(one => one.reply));
  assert.equal(
    replies.map(reply => reply.kind === 'success' && reply.value),
    [1, 2],
  );
  const list = session.sendRaw([1]);
  const other = session.send({ execute: 'stop', arguments: {} });
  fake.tell({ error: { class: 'GenericError', desc: 'QMP input must be a JSON object' } });
  assert.is((await list.reply).kind, 'refusal');
  fake.answer({});
  assert.is((await other.reply).kind, 'success');
});

test('what QEMU could not read is not sent', async () => {
  const { fake, session } = await connected();
  const before = fake.sent.length;
  const error = await failure(session.execute('x', { y: '\ud800' }));
  assert.is(error.kind, 'usage');
  assert.is(fake.sent.length, before);
});

test('with oob eight commands are in flight at most, and an oob command passes the queue', async () => {
  const { fake, session } = await connected();
  const sent = Array.from({ length: 20 }, (_, i) => session.send({ execute: `c${i}`, arguments: {} }));
  const urgent = session.send({ execute: 'migrate-pause', arguments: {}, oob: true });
  const out = () => fake.sent.slice(1).map(message => message['execute'] ?? message['exec-oob']);
  assert.equal(out(), ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'migrate-pause']);
  fake.tell(event('TICK'), { return: {}, id: Number(urgent.id) });
  assert.is(out().length, 9);
  fake.tell({ return: {}, id: Number(sent[3]?.id) });
  assert.is(out().at(-1), 'c8');
  assert.is(sent[8]?.mark, 1, 'what was sent after the event is marked behind it');
  assert.is(sent[7]?.mark, 0);
  for (const one of sent) if (one !== sent[3]) fake.tell({ return: {}, id: Number(one.id) });
  await Promise.all([...sent.map(one => one.reply), urgent.reply]);
  assert.is(out().length, 21);
});

test('without oob one command is under way at a time, and an error without an id answers it', async () => {
  const fake = new FakeTransport();
  const opening = open(fake);
  fake.tell({ QMP: { version: { qemu: { major: 7, minor: 2, micro: 0 }, package: '' }, capabilities: [] } });
  fake.tell({ return: {}, id: 'qmpsh-open' });
  const session = await opening;
  const out = () => fake.sent.slice(1).map(message => message['execute'] ?? 'raw');
  const one = session.send({ execute: 'a', arguments: {} });
  const raw = session.sendRaw({ nonsense: true });
  const urgent = session.sendRaw({ 'exec-oob': 'y' });
  const last = session.send({ execute: 'b', arguments: {} });
  assert.equal(out(), ['a']);
  fake.tell({ return: 1, id: Number(one.id) });
  assert.equal(out(), ['a', 'raw']);
  fake.tell({ error: { class: 'GenericError', desc: 'QMP input must be a JSON object' } });
  assert.is((await raw.reply).kind, 'refusal');
  assert.equal(out(), ['a', 'raw', 'raw'], 'there is no way past the queue');
  fake.tell({ error: { class: 'GenericError', desc: 'no' }, id: Number(urgent.id) });
  assert.equal(out(), ['a', 'raw', 'raw', 'b']);
  fake.tell({ return: 2, id: Number(last.id) });
  assert.is((await last.reply).kind, 'success');
});

for (const [name, error, pattern] of [
  ['end-of-file', undefined, /stop was sent to \.\/fake\.sock, but no reply came/],
  ['ECONNRESET', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), /ECONNRESET/],
] as const) {
  test(`${name} with commands pending: each may have happened`, async () => {
    const { fake, session } = await connected();
    const replies = [session.execute('stop'), session.execute('cont')];
    const wait = session.waitFor(() => true, { since: 0, what: 'STOP' });
    const job = session.waitForJob('job0', 'ready', { since: 0 });
    fake.end(error);
    for (const reply of replies) {
      const lost = await failure(reply);
      assert.is(lost.kind, 'lost');
      assert.is(lost.exit, 3);
      assert.match(lost.advice ?? '', /may have happened/);
    }
    assert.match((await failure(replies[0] ?? wait)).message, pattern);
    assert.match((await failure(wait)).message, /ended while waiting for STOP/);
    assert.is((await failure(job)).kind, 'lost');
    const ending = await session.ended;
    assert.is(ending.expected, false);
    assert.is(ending.error?.kind, 'lost');
    assert.is(session.state, 'ended');
    const late = await failure(session.execute('stop'));
    assert.is(late.code, 'not-sent');
  });
}

for (const [name, end, answered] of [
  ['end-of-file', undefined, true],
  ['ECONNRESET', new Error('read ECONNRESET'), true],
  ['end-of-file before the reply', undefined, false],
] as const) {
  test(`quit, then ${name}: a normal end`, async () => {
    const { fake, session } = await connected();
    const quit = session.send({ execute: 'quit', arguments: {} });
    const other = session.execute('query-status');
    other.catch(() => {});
    fake.tell(event('SHUTDOWN'));
    if (answered) fake.tell({ return: {}, id: Number(quit.id) });
    fake.end(end);
    assert.is((await quit.reply).kind, 'success');
    assert.equal(await session.ended, { expected: true });
    assert.is((await failure(other)).kind, 'lost');
  });
}

test('quit over the human monitor is quit; a refused quit is none', async () => {
  const { fake, session } = await connected();
  session.execute('human-monitor-command', { 'command-line': ' q ' });
  assert.is(session.state, 'closing');
  fake.tell({ error: { class: 'GenericError', desc: 'no' }, id: fake.sent.at(-1)?.['id'] ?? null });
  assert.is(session.state, 'open');
  fake.end();
  assert.is((await session.ended).expected, false);
});

test('close: expected, and nothing is left', async () => {
  const { fake, session } = await connected();
  await session.close();
  assert.is(fake.closed, true);
  assert.equal(await session.ended, { expected: true });
  await session.close();
});

test('no greeting in time: a busy monitor', async () => {
  const fake = new FakeTransport();
  const opening = open(fake, { greetingTimeout: 3000 });
  clock.advance(2999);
  fake.tell(event('STOP'));
  clock.advance(1);
  const error = await failure(opening);
  assert.is(error.code, 'busy');
  assert.is(error.exit, 3);
  assert.match(error.message, /\.\/fake\.sock takes connections, but sent no greeting within 3 s/);
  assert.match(error.advice ?? '', /one client at a time/);
  assert.is(fake.closed, true);
});

const STARTS: readonly (readonly [string, (fake: FakeTransport) => void, string, RegExp])[] = [
  ['the end', fake => fake.end(), 'connect', /ended the connection before it had greeted/],
  [
    'the end, with a reason',
    fake => fake.end(new Error('QEMU ended with status 1: bad\x1b')),
    'connect',
    /status 1: bad\\x1b/,
  ],
  ['garbage', fake => fake.tell('SSH-2.0-OpenSSH\r\n'), 'protocol', /does not speak QMP: "SSH-2\.0/],
  ['another JSON', fake => fake.tell({ hello: 1 }), 'protocol', /did not greet/],
  [
    'half a greeting',
    fake => {
      fake.tell('{"QMP": {');
      fake.end();
    },
    'protocol',
    /in the middle of a message/,
  ],
];
for (const [name, act, kind, message] of STARTS) {
  test(`instead of a greeting ${name}`, async () => {
    const fake = new FakeTransport();
    const opening = open(fake);
    act(fake);
    const error = await failure(opening);
    assert.is(error.kind, kind);
    assert.is(error.exit, 3);
    assert.match(error.message, message);
    assert.is(fake.closed, true);
    assert.is(clock.timers, 0);
  });
}

test('opening can be interrupted', async () => {
  const stop = new AbortController();
  const opening = open(new FakeTransport(), { signal: stop.signal });
  stop.abort();
  assert.is((await failure(opening)).exit, 130);
});

test('garbage in the middle ends the session with its own error', async () => {
  const { fake, session } = await connected();
  const reply = session.execute('stop');
  fake.tell('{"return": {}}\r\nSegmentation fault\r\n'.slice(16));
  assert.is((await session.ended).error?.kind, 'protocol');
  assert.is((await failure(reply)).kind, 'lost');
  assert.is(fake.closed, true);
});

test('without negotiation nothing is expected and nothing sent', async () => {
  const fake = new FakeTransport();
  const session = await open(fake, { negotiate: false });
  assert.equal(fake.sent, []);
  const reply = session.execute('guest-ping');
  assert.equal(fake.sent, [{ execute: 'guest-ping', arguments: {}, id: 1 }]);
  fake.answer({});
  assert.is((await reply).kind, 'success');
});

test('an agent is synchronised, and may answer without ids', async () => {
  const fake = new FakeTransport();
  const opening = open(fake, { agent: true });
  const [sync] = fake.sent;
  assert.is(sync?.['execute'], 'guest-sync-delimited');
  const args = sync?.['arguments'];
  const token = isObject(args) ? args['id'] : undefined;
  fake.tell('{"return": 1}\n{"unfini', Uint8Array.of(0xff), {
    return: typeof token === 'number' ? token : -1,
  });
  const session = await opening;
  const reply = session.execute('guest-nothing');
  fake.tell({ error: { class: 'CommandNotFound', desc: 'no' } });
  assert.is((await reply).kind, 'refusal');
});

test('the log sees both directions, exactly as on the wire', async () => {
  const rows: string[] = [];
  const fake = fakeMonitor();
  const session = await open(fake, {
    log: (direction, text, time) => rows.push(`${direction} ${text} ${time === clock.time()}`),
  });
  session.execute('stop');
  fake.tell('{"event": "STOP",\r\n  "data": {}}\r\n');
  assert.equal(rows.slice(-2), [
    'C {"execute":"stop","arguments":{},"id":1} true',
    'S {"event": "STOP",\r\n  "data": {}} true',
  ]);
});

test('a wait counts from the mark of its command, and sees what came before the reply', async () => {
  const { fake, session } = await connected();
  fake.tell(event('DONE', { n: 1 }));
  const sent = session.send({ execute: 'go', arguments: {} });
  fake.tell(event('DONE', { n: 2 }), { return: {}, id: Number(sent.id) }, event('DONE', { n: 3 }));
  const n = async (since: number) => (await session.waitFor(e => e.name === 'DONE', { since })).data['n'];
  assert.equal([await n(0), await n(sent.mark), await n(sent.mark + 1)], [1, 2, 3]);
  const later = n(session.events.end);
  fake.tell(event('OTHER'), event('DONE', { n: 4 }));
  assert.is(await later, 4);
});

test('waits end by time, by interruption, and leave nothing behind', async () => {
  const { session } = await connected();
  const late = session.waitFor(() => true, { since: 0, timeout: 30_000, what: 'STOP' });
  clock.advance(30_000);
  const error = await failure(late);
  assert.is(error.exit, 4);
  assert.is(error.message, 'waited 30 s for STOP');
  const stop = new AbortController();
  const stopped = session.waitFor(() => true, { since: 0, timeout: 1000, signal: stop.signal });
  stop.abort();
  assert.is((await failure(stopped)).exit, 130);
  assert.is((await failure(session.waitFor(() => true, { since: 0, signal: stop.signal }))).exit, 130);
  assert.is(clock.timers, 0);
});

test('a wait says so when what it should have seen was dropped', async () => {
  const fake = fakeMonitor();
  const session = await open(fake, { keep: { events: 10 } });
  for (let n = 0; n < 25; n++) fake.tell(event('TICK', { n }));
  assert.is(session.events.first, 15);
  const found = await session.waitFor(e => e.data['n'] === 20, { since: 0 });
  assert.is(found.data['n'], 20);
  const error = await failure(session.waitFor(e => e.name === 'DONE', { since: 5, what: 'DONE' }));
  assert.match(error.message, /^10 events since the command are no longer in the log: DONE may/);
});

test('100,000 events in one burst: none lost to listener, log or wait, and in order', async () => {
  const { fake, session } = await connected();
  const seen: number[] = [];
  session.onEvent((got: QmpEvent) => seen.push(Number(got.data['n'])));
  const last = session.waitFor(e => e.data['n'] === 99_999, { since: session.events.end });
  const text = Array.from({ length: 100_000 }, (_, n) => `{"event": "TICK", "data": {"n": ${n}}}\r\n`).join(
    '',
  );
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 65_536) fake.tell(bytes.subarray(at, at + 65_536));
  await last;
  assert.is(seen.length, 100_000);
  assert.ok(seen.every((n, i) => n === i));
  assert.is(session.events.size, 100_000);
  assert.equal(
    [...session.events.from(99_990)].map(({ event: e }) => e.data['n']),
    [90, 91, 92, 93, 94, 95, 96, 97, 98, 99].map(n => 99_900 + n),
  );
  assert.is((await session.waitFor(e => e.data['n'] === 3, { since: 0 })).data['n'], 3);
});

test('the schema is asked for once, and again after a failure', async () => {
  let refuse = true;
  const { fake, session } = await connected((message, self) => {
    if (refuse) self.tell({ error: { class: 'CommandNotFound', desc: 'no' }, id: message['id'] ?? null });
    else
      self.answer([
        { name: 'query-x', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0' },
        { name: '0', 'meta-type': 'object', members: [] },
      ]);
  });
  assert.is((await failure(session.schema())).kind, 'refused');
  refuse = false;
  const [a, b] = await Promise.all([session.schema(), session.schema()]);
  assert.is(a, b);
  assert.equal([...a.commands.keys()], ['query-x']);
  assert.is(fake.sent.filter(message => message['execute'] === 'query-qmp-schema').length, 2);
});

test.run();
