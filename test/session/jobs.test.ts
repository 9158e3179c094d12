import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { QmpshError } from '../../src/qmp/errors.ts';
import { Session } from '../../src/session/client.ts';
import type { JobOutcome } from '../../src/session/jobs.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../../src/text/json.ts';
import { FakeClock, type FakeTransport, fakeMonitor } from '../fake-transport.ts';

const clock = new FakeClock();

/** A session whose query-jobs gives what `listed` holds. */
async function connected(listed: () => readonly JsonObject[] = () => []) {
  const fake = fakeMonitor((message, self) => {
    if (message['execute'] === 'query-jobs') queueMicrotask(() => self.answer([...listed()], message));
  });
  return { fake, session: await Session.open(fake, { clock, address: 'x' }) };
}

/** `job0 running` is a state; `!COMPLETED job0 {...}` a BLOCK_JOB event. */
function told(text: string): Json {
  const [first = '', id = '', ...rest] = text.split(' ');
  const data = parseJson(rest.length > 0 ? rest.join(' ') : '{}');
  if (first.startsWith('!')) {
    const common = { device: id, type: 'mirror', len: 100, offset: 100, speed: 0 };
    return { event: `BLOCK_JOB_${first.slice(1)}`, data: { ...common, ...(isObject(data) ? data : {}) } };
  }
  return { event: 'JOB_STATUS_CHANGE', data: { id: first, status: id } };
}
const tell = (fake: FakeTransport, ...texts: readonly string[]) => fake.tell(...texts.map(told));

async function failure(promise: Promise<unknown>): Promise<QmpshError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof QmpshError) return error;
  }
  throw new Error('it did not fail');
}
const brief = ({ kind, state, error }: JobOutcome) =>
  error === undefined ? `${kind} ${state}` : `${kind} ${state}: ${error}`;

const START = ['job0 created', 'job0 running'];
const END = ['job0 concluded', 'job0 null'];
const RUNS: readonly (readonly [string, string, readonly string[], string])[] = [
  [
    'completed',
    'concluded',
    [...START, 'job0 waiting', 'job0 pending', '!COMPLETED job0', ...END],
    'success concluded',
  ],
  [
    'failed',
    'concluded',
    [...START, 'job0 aborting', '!COMPLETED job0 {"error":"No space left on device"}', ...END],
    'failed concluded: No space left on device',
  ],
  ['cancelled', 'concluded', [...START, 'job0 aborting', '!CANCELLED job0', ...END], 'cancelled concluded'],
  ['ready', 'ready', [...START, 'job0 ready', '!READY job0'], 'success ready'],
  [
    'ready never came, it failed',
    'ready',
    [...START, 'job0 aborting', '!COMPLETED job0 {"error":"x"}', ...END],
    'failed concluded: x',
  ],
  ['pending', 'pending', [...START, 'job0 waiting', 'job0 pending', '!PENDING job0'], 'success pending'],
  ['ready passed, then paused', 'ready', [...START, 'job0 ready', 'job0 standby'], 'success ready'],
  [
    'concluded, not dismissed',
    'concluded',
    [...START, '!COMPLETED job0', 'job0 concluded'],
    'success concluded',
  ],
  [
    'aborted without a word',
    'concluded',
    [...START, 'job0 aborting', ...END],
    'failed concluded: the job was aborted, and QEMU did not say why',
  ],
];
for (const [name, state, events, expected] of RUNS) {
  test(`outcome, told after the wait began: ${name}`, async () => {
    const { fake, session } = await connected();
    const sent = session.send({ execute: 'start', arguments: {} });
    const wait = session.waitForJob('job0', state, { since: sent.mark });
    fake.answer({});
    tell(fake, ...events);
    assert.is(brief(await wait), expected);
  });
  test(`outcome, told before the reply: ${name}`, async () => {
    const { fake, session } = await connected();
    const sent = session.send({ execute: 'start', arguments: {} });
    tell(fake, ...events);
    fake.answer({});
    await sent.reply;
    assert.is(brief(await session.waitForJob('job0', state, { since: sent.mark })), expected);
  });
}

test('since when a job is in its state is known by the event, else by the first reply that told so', async () => {
  const rows = [{ id: 'old', status: 'ready' }];
  const { fake, session } = await connected(() => rows);
  const since = (id: string) => {
    const found = session.jobs.since(id);
    return found && [clock.now() - found.at, found.entered];
  };
  assert.is(since('old'), undefined);
  await session.execute('query-jobs');
  clock.advance(5000);
  await session.execute('query-jobs');
  assert.equal(since('old'), [5000, false]);
  tell(fake, 'job0 created', 'job0 running', 'job0 ready');
  clock.advance(2000);
  rows.push({ id: 'job0', status: 'ready' });
  await session.execute('query-jobs');
  assert.equal(since('job0'), [2000, true]);
  tell(fake, 'old standby', 'old ready');
  clock.advance(1000);
  assert.equal(since('old'), [1000, true]);
});

test('whether QEMU has forgotten the job is told to whoever waits for that', async () => {
  const { fake, session } = await connected();
  const wait = session.waitForJob('job0', 'null', { since: 0 });
  const either = session.waitForJob('job0', ['ready', 'pending'], { since: 0, timeout: 5000 });
  const late = failure(session.waitForJob('job0', ['ready', 'pending'], { since: 0, timeout: 1000 }));
  tell(fake, ...START);
  clock.advance(1000);
  assert.is((await late).message, 'waited 1 s for job job0; it is running');
  tell(fake, 'job0 waiting', 'job0 pending');
  assert.is(brief(await either), 'success pending');
  tell(fake, '!COMPLETED job0', 'job0 concluded');
  assert.is(session.jobs.get('job0')?.state, 'concluded');
  tell(fake, 'job0 null');
  assert.is(brief(await wait), 'success null');
});

test('an earlier job of the same id does not count while its successor is on its way', async () => {
  const { fake, session } = await connected();
  tell(fake, ...START, '!COMPLETED job0', ...END);
  const sent = session.send({ execute: 'start', arguments: {} });
  let done = false;
  const wait = session.waitForJob('job0', 'concluded', { since: sent.mark }).then(outcome => {
    done = true;
    return outcome;
  });
  await new Promise(resolve => setTimeout(resolve, 0));
  assert.is(done, false);
  tell(fake, ...START);
  fake.tell({ return: {}, id: Number(sent.id) });
  tell(fake, 'job0 aborting', '!CANCELLED job0', ...END);
  assert.is((await wait).kind, 'cancelled');
});

test('a job that ended a while ago is told as it ended; one that never was is refused', async () => {
  const { fake, session } = await connected();
  tell(fake, ...START, '!COMPLETED job0', ...END);
  const wait = session.waitForJob('job0', 'concluded', { since: session.events.end });
  assert.is((await wait).kind, 'success');
  const error = await failure(session.waitForJob('job1', 'concluded', { since: 0 }));
  assert.is(error.exit, 1);
  assert.is(error.message, 'there is no job job1');
});

test('a refused start does not leave a wait hanging', async () => {
  const { fake, session } = await connected();
  const sent = session.send({ execute: 'start', arguments: {} });
  const wait = session.waitForJob('job0', 'concluded', { since: sent.mark });
  fake.tell({ error: { class: 'GenericError', desc: 'no' }, id: Number(sent.id) });
  assert.is((await failure(wait)).code, 'no-job');
});

test('a job that somebody else started is found, and waited for', async () => {
  const { fake, session } = await connected(() => [
    { id: 'job7', type: 'commit', status: 'running', 'current-progress': 5, 'total-progress': 10 },
  ]);
  const wait = session.waitForJob('job7', 'concluded', { since: 0, timeout: 60_000 });
  await new Promise(resolve => setTimeout(resolve, 0));
  const { type, state, len, offset } = session.jobs.get('job7') ?? {};
  assert.equal({ type, state, len, offset }, { type: 'commit', state: 'running', len: 10, offset: 5 });
  tell(fake, '!COMPLETED job7', 'job7 concluded', 'job7 null');
  assert.is((await wait).kind, 'success');
});

for (const [error, expected] of [
  [undefined, 'success concluded'],
  ['Could not open backing file', 'failed concluded: Could not open backing file'],
  ['Operation canceled', 'cancelled concluded: Operation canceled'],
] as const) {
  test(`a job without events of its own is asked for its error: ${error ?? 'none'}`, async () => {
    const { fake, session } = await connected(() => [
      {
        id: 'create',
        type: 'create',
        status: 'concluded',
        'current-progress': 1,
        'total-progress': 1,
        ...(error ? { error } : {}),
      },
    ]);
    const wait = session.waitForJob('create', 'concluded', { since: 0 });
    tell(
      fake,
      'create created',
      'create running',
      ...(error ? ['create aborting'] : ['create waiting', 'create pending']),
      'create concluded',
    );
    assert.is(brief(await wait), expected);
  });
}

test('a job that goes without having run is no success', async () => {
  const { fake, session } = await connected();
  const wait = session.waitForJob('job0', 'concluded', { since: 0 });
  tell(fake, 'job0 created', 'job0 null');
  const { kind, error } = await wait;
  assert.is(kind, 'failed');
  assert.match(error ?? '', /refused/);
});

test('a late answer does not bring a job back', async () => {
  const { fake, session } = await connected();
  tell(fake, ...START);
  const query = session.send({ execute: 'query-block-jobs', arguments: {} });
  tell(fake, '!COMPLETED job0', ...END);
  fake.answer([{ device: 'job0', type: 'mirror', status: 'running', len: 10, offset: 5, speed: 0 }]);
  await query.reply;
  assert.equal(session.jobs.list(), []);
  assert.is(session.jobs.get('job0')?.state, 'null');
});

test('the table follows events and replies, and tells of changes', async () => {
  const { fake, session } = await connected();
  const changes: string[] = [];
  const stop = session.jobs.onChange(job => changes.push(`${job.id} ${job.state}`));
  tell(fake, ...START, 'other created');
  const query = session.send({ execute: 'query-block-jobs', arguments: {} });
  fake.answer([{ device: 'job0', type: 'mirror', status: 'running', len: 10n ** 18n, offset: 0, speed: 7 }]);
  await query.reply;
  const { id, type, state, len, offset, speed, started } = session.jobs.list()[0] ?? {};
  assert.equal(
    { id, type, state, len, offset, speed, started },
    { id: 'job0', type: 'mirror', state: 'running', len: 1e18, offset: 0, speed: 7, started: 0 },
  );
  stop();
  tell(fake, 'job0 ready');
  assert.equal(changes, ['job0 created', 'job0 running', 'other created', 'job0 running']);
  assert.equal(
    session.jobs.list().map(job => `${job.id} ${job.state}`),
    ['job0 ready', 'other created'],
  );
});

test('time runs out with the state of the job; an interruption undoes nothing', async () => {
  const { fake, session } = await connected();
  tell(fake, ...START);
  const late = session.waitForJob('job0', 'ready', { since: 0, timeout: 5000 });
  clock.advance(5000);
  const error = await failure(late);
  assert.is(error.exit, 4);
  assert.is(error.message, 'waited 5 s for job job0 to be ready; it is running');
  const stop = new AbortController();
  const wait = session.waitForJob('job0', 'ready', { since: 0, signal: stop.signal });
  const before = fake.sent.length;
  stop.abort();
  assert.is((await failure(wait)).exit, 130);
  assert.is(fake.sent.length, before);
});

test.run();
