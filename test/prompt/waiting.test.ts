// What `.wait` waits for: this event with these members, and nothing that cannot come.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { waitFor } from '../../src/line/waiting.ts';
import { Session } from '../../src/session/client.ts';
import type { Json } from '../../src/text/json.ts';
import { failure } from '../failure.ts';
import { FakeClock, fakeMonitor } from '../fake-transport.ts';
import { recordedSchema } from '../schema/walked.ts';

const clock = new FakeClock();
const schema = recordedSchema('11.1');
const signal = new AbortController().signal;

async function connected() {
  const fake = fakeMonitor();
  return { fake, session: await Session.open(fake, { clock, address: 'x' }) };
}

const EVENTS: readonly Json[] = [
  { event: 'STOP', data: {} },
  { event: 'DEVICE_DELETED', data: { device: 'a', path: '/machine/peripheral/a' } },
  { event: 'DEVICE_DELETED', data: { device: 'b', path: '/machine/peripheral/b' } },
  { event: 'MEMORY_FAILURE', data: { action: 'ignore', flags: { recursive: true } } },
];
const WAITS: readonly (readonly [args: string, position: number])[] = [
  ['DEVICE_DELETED', 1],
  ['DEVICE_DELETED device=b', 2],
  ['device_* device=b path=/machine/peripheral/b', 2],
  ['MEMORY_FAILURE flags.recursive=true timeout=1s', 3],
];
for (const [args, position] of WAITS)
  test(`.wait ${args}: whether it came before or comes`, async () => {
    for (const before of [true, false]) {
      const { fake, session } = await connected();
      if (before) fake.tell(...EVENTS);
      const wait = waitFor(args.split(' '), { session, schema, since: 0, signal });
      if (!before) fake.tell(...EVENTS);
      const came = await wait;
      assert.is(came.kind, 'event');
      if (came.kind === 'event') assert.equal(came.event.raw, EVENTS[position]);
    }
  });

test('what does not come in time is not taken for another', async () => {
  const { fake, session } = await connected();
  const args = ['DEVICE_DELETED', 'device=c'];
  const late = waitFor(args, { session, schema, since: 0, signal, timeout: 1000 });
  fake.tell(...EVENTS);
  clock.advance(1000);
  assert.is((await failure(late)).exit, 4);
});

const WRONG: readonly (readonly [args: string, says: RegExp])[] = [
  ['DEVICE_DELETD', /no event of this QEMU is called DEVICE_DELETD/],
  ['DEVICE_DELETED devcie=a', /DEVICE_DELETED has no member devcie; did you mean device\?/],
  ['DEVICE_* x.y=a', /DEVICE_\* has no member x\.y/],
  ['MEMORY_FAILURE action=ignor', /action of MEMORY_FAILURE is never ignor; did you mean ignore\?/],
  ['STOP now', /now is one word too many/],
  ['job', /which job\?/],
  ['job j done', /not done/],
  ['STOP timeout=soon', /soon is no time/],
];
for (const [args, says] of WRONG)
  test(`.wait ${args} is refused at once`, async () => {
    const { session } = await connected();
    const error = await failure(waitFor(args.split(' '), { session, schema, since: 0, signal, timeout: 1 }));
    assert.match(error.message, says);
    assert.is(error.exit, 2);
  });

test.run();
