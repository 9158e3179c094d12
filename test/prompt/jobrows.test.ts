// The rows under the prompt while jobs run, on a clock of the test's own: what they ask the VM for, and when.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobRows } from '../../src/prompt/jobrows.ts';
import { Session } from '../../src/session/client.ts';
import type { JsonObject } from '../../src/text/json.ts';
import { plain } from '../../src/text/line.ts';
import { FakeClock, type FakeTransport, fakeMonitor } from '../fake-transport.ts';

const job = (more: JsonObject = {}): JsonObject => ({
  id: 'job0',
  type: 'backup',
  status: 'running',
  'current-progress': 10,
  'total-progress': 100,
  ...more,
});

/** The same job with its limit. */
const SLOW = { device: 'job0', type: 'backup', status: 'running', offset: 10, len: 100, speed: 65536 };

/** Rows of a session whose query-jobs gives what `listed` holds. */
async function watched(listed: () => readonly JsonObject[]) {
  const clock = new FakeClock();
  const fake = fakeMonitor((message, self) => {
    if (message['execute'] === 'query-jobs') queueMicrotask(() => self.answer([...listed()], message));
    if (message['execute'] === 'query-block-jobs') queueMicrotask(() => self.answer([SLOW], message));
    if (message['execute'] === 'block-job-set-speed') queueMicrotask(() => self.answer({}, message));
  });
  const session = await Session.open(fake, { clock, address: 'x' });
  let shown: readonly string[] = [];
  const rows = new JobRows(
    clock,
    session,
    () => 80,
    lines => {
      shown = lines.map(plain);
    },
  );
  return {
    clock,
    fake,
    session,
    rows,
    shown: () => shown,
    asked: () => fake.sent.filter(message => message['execute'] === 'query-jobs').length,
  };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function states(fake: FakeTransport, ...names: readonly string[]): void {
  for (const status of names) fake.tell({ event: 'JOB_STATUS_CHANGE', data: { id: 'job0', status } });
}

/** The clock moves on in small steps, and what comes of each is done. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let i = 0; i < ms; i += 50) {
    clock.advance(50);
    await settled();
  }
}

test('a job that stands still is asked for its limit, once each time that it does', async () => {
  let offset = 10;
  const { clock, fake, shown } = await watched(() => [job({ 'current-progress': offset })]);
  const limits = () => fake.sent.filter(message => message['execute'] === 'query-block-jobs').length;
  states(fake, 'created', 'running');
  await pass(clock, 4000);
  assert.match(shown().join('\n'), /max 64 KiB\/s/);
  assert.not.match(shown().join('\n'), /no progress/);
  assert.is(limits(), 1);
  offset = 20;
  await pass(clock, 2000);
  assert.is(limits(), 1);
  await pass(clock, 15_000);
  assert.is(limits(), 2);
});

test('the limit of a job is known from its beginning, and a new one at once', async () => {
  let offset = 10;
  const { clock, fake, session, shown } = await watched(() => [job({ 'current-progress': offset })]);
  states(fake, 'created', 'running');
  await pass(clock, 200);
  assert.match(shown().join('\n'), /max 64 KiB\/s/);
  offset += 5;
  await pass(clock, 1000);
  const asked = () => fake.sent.filter(message => message['execute'] === 'query-block-jobs').length;
  const before = asked();
  await session.execute('block-job-set-speed', { device: 'job0', speed: 0 });
  await settled();
  assert.is(asked(), before + 1);
});

test('nothing is asked while nothing runs', async () => {
  const { clock, asked } = await watched(() => []);
  await pass(clock, 10_000);
  assert.is(asked(), 0);
});

test('one query a second at most, however many changes are told', async () => {
  const { clock, fake, asked, shown } = await watched(() => [job()]);
  states(fake, 'created', 'running');
  for (let i = 0; i < 100; i++) {
    await pass(clock, 50);
    states(fake, 'paused', 'running');
    await settled();
  }
  assert.ok(asked() >= 4 && asked() <= 6, `${asked()} in 5 s`);
  assert.match(shown().join('\n'), /^job0 .* 10%/);
});

test('a job that has come to stand still is not said to be where it was when last looked at', async () => {
  for (const state of ['ready', 'pending']) {
    let told = job();
    const { clock, fake, shown } = await watched(() => [told]);
    states(fake, 'created', 'running');
    await pass(clock, 1000);
    assert.match(shown().join('\n'), / 10%/);
    told = job({ status: state, 'current-progress': 100 });
    states(fake, state);
    clock.advance(1);
    await settled();
    assert.not.match(shown().join('\n'), / 10%/, state);
    await pass(clock, 1000);
    await pass(clock, 1000);
    assert.match(shown().join('\n'), new RegExp(`100%.*${state}`), shown().join());
  }
});

test('a job that waits for the user is asked about no more than once', async () => {
  const { clock, fake, asked, shown } = await watched(() => [job({ status: 'pending' })]);
  states(fake, 'created', 'running', 'waiting', 'pending');
  await pass(clock, 5000);
  assert.is(asked(), 1);
  assert.match(shown().join('\n'), /^job0 .*job-finalize/);
});

test('what an event tells of a job stands in its row at once, and a job that is gone has none', async () => {
  const { clock, fake, asked, shown } = await watched(() => [job()]);
  states(fake, 'created', 'running');
  await pass(clock, 1000);
  const before = asked();
  states(fake, 'ready');
  await pass(clock, 50);
  assert.match(shown().join('\n'), /^job0 .*ready/);
  states(fake, 'concluded', 'null');
  await pass(clock, 50);
  assert.equal(shown(), []);
  assert.is(asked(), before);
  await pass(clock, 5000);
  assert.is(asked(), before);
});

test('a job that is over between two looks never has a row', async () => {
  const { clock, fake, asked, shown } = await watched(() => []);
  states(fake, 'created', 'running', 'waiting', 'pending', 'concluded', 'null');
  await pass(clock, 5000);
  assert.equal(shown(), []);
  assert.is(asked(), 0);
});

test.run();
