// Waiting for replies: how it ends, what has become of the command then, and what a listener's fault does not do.
import { getEventListeners } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Session } from '../../src/session/client.ts';
import { within } from '../../src/session/wait.ts';
import type { Json } from '../../src/text/json.ts';
import { failure } from '../failure.ts';
import { FakeClock, fakeMonitor } from '../fake-transport.ts';

const clock = new FakeClock();

async function connected() {
  const fake = fakeMonitor();
  const session = await Session.open(fake, { clock, address: './fake.sock' });
  const sent = () => fake.sent.slice(1).map(message => message['execute']);
  return { fake, session, sent };
}

const event = (name: string): Json => ({ event: name, data: {} });

test('a reply is waited for so long, or until somebody stops it; what was sent may still happen', async () => {
  const { fake, session } = await connected();
  const late = session.execute('stop', {}, { timeout: 3000 });
  clock.advance(3000);
  const error = await failure(late);
  assert.is(error.message, 'waited 3 s for the reply to stop');
  assert.is(error.exit, 4);
  assert.is(error.advice, 'It was sent and may still happen.');
  const stop = new AbortController();
  const stopped = session.execute('query-status', {}, { signal: stop.signal });
  stop.abort();
  assert.is((await failure(stopped)).message, 'stopped waiting for the reply to query-status');
  assert.is((await failure(stopped)).advice, undefined, 'a query changes nothing');
  const sent = session.send({ execute: 'cont', arguments: {} });
  const given = sent.answer({ signal: stop.signal });
  assert.is((await failure(given)).exit, 130, 'a signal that was given before counts');
  fake.answer({});
  assert.is((await sent.reply).kind, 'success', 'whoever still waits gets it');
});

test('a command that waits for its turn and is given up is never sent', async () => {
  const { fake, session, sent } = await connected();
  const first = Array.from({ length: 8 }, (_, i) => session.send({ execute: `c${i}`, arguments: {} }));
  const stop = new AbortController();
  const backup = session.send({ execute: 'blockdev-backup', arguments: {} });
  const behind = session.send({ execute: 'cont', arguments: {} });
  const given = backup.answer({ signal: stop.signal });
  stop.abort();
  const error = await failure(given);
  assert.is(error.code, 'not-sent');
  assert.is(error.advice, 'It was not sent, and will not be.');
  assert.is((await failure(backup.reply)).code, 'not-sent', 'whoever else waits for it is told');
  for (const one of first) fake.tell({ return: {}, id: Number(one.id) });
  assert.equal(sent().slice(8), ['cont']);
  fake.answer({});
  assert.is((await behind.reply).kind, 'success');
  assert.equal(session.pending, []);
});

test('a second quit that was never sent is not done', async () => {
  const { fake, session } = await connected();
  const quit = session.send({ execute: 'quit', arguments: {} });
  for (let i = 0; i < 7; i++) session.execute(`c${i}`).catch(() => {});
  const again = session.send({ execute: 'quit', arguments: {} });
  fake.tell(event('SHUTDOWN'));
  fake.end();
  assert.is((await quit.reply).kind, 'success');
  assert.is((await failure(again.reply)).code, 'not-sent');
});

test('a wait leaves nothing at its signal, however it ends', async () => {
  const { fake, session } = await connected();
  const { signal } = new AbortController();
  const listeners = () => getEventListeners(signal, 'abort').length;
  const options = { signal, timeout: 1000 };
  const ends: readonly (readonly [string, () => Promise<unknown>, () => void])[] = [
    ['a reply', () => session.execute('stop', {}, options), () => fake.answer({})],
    ['time', () => session.execute('stop', {}, options), () => clock.advance(1000)],
    [
      'an event',
      () => session.waitFor(() => true, { since: session.events.end, ...options }),
      () => fake.tell(event('X')),
    ],
    [
      'a fault',
      () => session.waitFor(() => never(), { since: session.events.end, ...options }),
      () => fake.tell(event('X')),
    ],
    ['a fault at once', () => session.waitFor(() => never(), { since: 0, ...options }), () => {}],
    ['a promise', () => within(Promise.resolve(1), { clock, what: 'it', ...options }), () => {}],
    ['the end', () => session.waitForJob('j', 'ready', { since: 0, ...options }), () => fake.end()],
  ];
  for (const [name, start, end] of ends) {
    const waiting = start();
    if (!name.startsWith('a fault at')) assert.is(listeners(), 1, name);
    end();
    await waiting.catch(() => {});
    assert.is(listeners(), 0, name);
  }
  assert.is(clock.timers, 0);
});

function never(): never {
  throw new Error('a fault of whoever asks');
}

/** Runs, and gives what was thrown by listeners meanwhile. */
async function surfacing(run: () => Promise<void>): Promise<readonly string[]> {
  const seen: string[] = [];
  const note = (error: unknown) => seen.push(error instanceof Error ? error.message : String(error));
  process.on('unhandledRejection', note);
  try {
    await run();
    await new Promise(resolve => setTimeout(resolve, 0));
  } finally {
    process.off('unhandledRejection', note);
  }
  return seen;
}

const FAULTY: readonly (readonly [string, (session: Session) => void])[] = [
  ['an event', session => session.onEvent(() => never())],
  ['a reply', session => session.onReply(() => never())],
  ['a command sent', session => session.onSend(() => never())],
  ['a notice', session => session.onNotice(() => never())],
  ['a job', session => session.jobs.onChange(() => never())],
];
for (const [name, listen] of FAULTY)
  test(`a listener to ${name} that throws: the session goes on, the others hear it, the error surfaces`, async () => {
    const { fake, session } = await connected();
    const heard: string[] = [];
    const surfaced = await surfacing(async () => {
      listen(session);
      session.onEvent(({ name: of }) => heard.push(of));
      session.onReply(({ name: of }) => heard.push(of));
      const first = session.execute('query-status');
      // In one piece, so that what stands behind the faulty one is in the same bytes.
      const status = { event: 'JOB_STATUS_CHANGE', data: { id: 'j', status: 'created' } };
      const rows = [
        event('ONE'),
        status,
        { return: {}, id: 'stranger' },
        { return: {}, id: 1 },
        event('TWO'),
      ];
      fake.tell(rows.map(row => JSON.stringify(row)).join('\n'));
      assert.is((await first).kind, 'success');
      const second = session.execute('query-name');
      fake.answer({});
      assert.is((await second).kind, 'success');
    });
    assert.equal(heard, ['ONE', 'JOB_STATUS_CHANGE', 'query-status', 'TWO', 'query-name']);
    assert.is(session.state, 'open');
    assert.ok(
      surfaced.length > 0 && surfaced.every(text => text === 'a fault of whoever asks'),
      `${surfaced}`,
    );
  });

test('a fault in the log is no fault of the session', async () => {
  const fake = fakeMonitor();
  const surfaced = await surfacing(async () => {
    const session = await Session.open(fake, { clock, address: 'x', log: () => never() });
    const reply = session.execute('stop');
    fake.answer({});
    assert.is((await reply).kind, 'success');
  });
  assert.ok(surfaced.length >= 4);
});

test.run();
