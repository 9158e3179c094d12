// One row a job: when it comes, and what it says.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobEnds } from '../../src/prompt/jobends.ts';
import { Session } from '../../src/session/client.ts';
import type { JsonObject } from '../../src/text/json.ts';
import { plain } from '../../src/text/line.ts';
import { FakeClock, fakeMonitor } from '../fake-transport.ts';

const MIB = 1024 * 1024;

async function watched(listed: readonly JsonObject[] = []) {
  const clock = new FakeClock();
  const fake = fakeMonitor((message, self) => {
    if (message['execute'] === 'query-jobs') queueMicrotask(() => self.answer([...listed], message));
  });
  const session = await Session.open(fake, { clock, address: 'x' });
  const shown: string[] = [];
  const ends = new JobEnds({
    ...{ clock, session, wanted: () => true },
    print: row => shown.push(plain(row)),
    note: text => shown.push(text),
  });
  const at = (ms: number) => ({ timestamp: { seconds: 1, microseconds: ms * 1000 } });
  return {
    ...{ clock, fake, session, ends, shown },
    state: (status: string, ms = 0) =>
      fake.tell({ event: 'JOB_STATUS_CHANGE', data: { id: 'j', status }, ...at(ms) }),
    tell: (event: string, data: JsonObject, ms = 0) =>
      fake.tell({ event, data: { device: 'j', ...data }, ...at(ms) }),
    settle: async () => {
      for (let i = 0; i < 20; i++) await Promise.resolve();
      clock.advance(1);
    },
  };
}

test('a job that goes without having run has no row: the refusal of its command says all', async () => {
  const { state, settle, shown } = await watched();
  state('created');
  state('null');
  await settle();
  assert.equal(shown, []);
  // The next one of that name has.
  for (const status of ['created', 'running', 'waiting', 'pending', 'concluded', 'null']) state(status);
  await settle();
  assert.is(shown.length, 1);
});

const DATA = { type: 'backup', len: 39 * MIB, offset: 39 * MIB, speed: 0 };
const ENDS: readonly (readonly [event: string, data: JsonObject, ms: number, row: string])[] = [
  ['BLOCK_JOB_COMPLETED', DATA, 300, 'j backup done: 39 MiB in 0.3 s'],
  ['BLOCK_JOB_COMPLETED', DATA, 8, 'j backup done: 39 MiB in 8 ms'],
  ['BLOCK_JOB_COMPLETED', { ...DATA, len: 0, offset: 0 }, 300, 'j backup done: nothing to copy in 0.3 s'],
  ['BLOCK_JOB_CANCELLED', { ...DATA, offset: 3 * MIB }, 300, 'j backup cancelled: 3 MiB of 39 MiB in 0.3 s'],
  // A mirror counts what it copied twice as well; a ready one that is ended has copied all.
  [
    'BLOCK_JOB_COMPLETED',
    { ...DATA, len: 39 * MIB + 65536, offset: 39 * MIB + 65536 },
    300,
    'j backup done: 39 MiB in 0.3 s',
  ],
  [
    'BLOCK_JOB_CANCELLED',
    { ...DATA, len: 39 * MIB + 1, offset: 39 * MIB + 1 },
    300,
    'j backup cancelled: 39 MiB in 0.3 s',
  ],
  [
    'BLOCK_JOB_COMPLETED',
    { ...DATA, offset: 3 * MIB, error: 'No space left on device' },
    300,
    'j backup FAILED: No space left on device (3 MiB of 39 MiB in 0.3 s)',
  ],
];
for (const [event, data, ms, row] of ENDS)
  test(row, async () => {
    const { state, tell, settle, shown } = await watched();
    for (const status of ['created', 'running', 'waiting', 'pending']) state(status);
    tell(event, data, ms);
    for (const status of ['concluded', 'null']) state(status, ms);
    await settle();
    assert.equal(shown, [row]);
  });

test('a job whose beginning nobody saw has no time; the next one of that name has a row of its own', async () => {
  const { state, tell, settle, shown } = await watched();
  tell('BLOCK_JOB_COMPLETED', DATA, 300);
  await settle();
  state('created', 400);
  tell('BLOCK_JOB_COMPLETED', DATA, 700);
  await settle();
  assert.equal(shown, ['j backup done: 39 MiB', 'j backup done: 39 MiB in 0.3 s']);
});

test('a job that copies nothing ends with its last state, once', async () => {
  const { state, settle, shown } = await watched();
  for (const status of ['created', 'running', 'waiting', 'pending', 'concluded']) state(status);
  await settle();
  state('null', 5000);
  await settle();
  assert.equal(shown, ['j done']);
});

test('why a job failed that copies nothing is asked for', async () => {
  const { state, settle, shown } = await watched([
    { id: 'j', type: 'create', status: 'concluded', error: 'Is a directory' },
  ]);
  for (const status of ['created', 'running', 'aborting', 'concluded']) state(status, 0);
  await settle();
  await settle();
  assert.equal(shown, ['j create FAILED: Is a directory']);
});

test('the row stands below the reply to the command, whichever comes first, and the explanation below the row', async () => {
  const { fake, session, tell, settle, shown, ends } = await watched();
  const request = { execute: 'blockdev-backup', arguments: { 'job-id': 'j', device: 'a', target: 'b' } };
  const sent = session.send(request);
  void sent.reply.then(() => shown.push('{}'));
  tell('BLOCK_JOB_COMPLETED', { ...DATA, error: 'No' }, 1);
  ends.explain('j', 'which means no');
  await settle();
  assert.equal(shown, []);
  fake.answer({}, fake.sent.at(-1) ?? {});
  await settle();
  assert.equal(shown, ['{}', 'j backup FAILED: No (39 MiB of 39 MiB)', 'which means no']);
});

test.run();
