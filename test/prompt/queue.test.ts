// Lines typed one behind the other: what is typed behind a word waits for its end, a command for no reply.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Queue } from '../../src/prompt/queue.ts';
import { Session } from '../../src/session/client.ts';
import { barePrompt } from '../bare-prompt.ts';
import { FakeClock, fakeMonitor } from '../fake-transport.ts';
import { recordedSchema } from '../schema/walked.ts';

async function typing() {
  const clock = new FakeClock();
  const fake = fakeMonitor();
  const host = barePrompt(clock, recordedSchema('11.1'));
  await host.join(await Session.open(fake, { clock, address: 'x' }));
  const outside: string[] = [];
  const queue = new Queue(host, {
    hmp: false,
    yes: true,
    ask: async () => 'n',
    echo: () => {},
    outside: async command => {
      outside.push(command);
      return 0;
    },
  });
  const sent = () => fake.sent.slice(1).map(message => message['execute']);
  return { fake, queue, sent, outside };
}

/** Time for all that does not wait. */
const settled = () => new Promise(resolve => setTimeout(resolve, 50));

test('commands and lines for the host wait for the word before them', async () => {
  const { fake, queue, sent, outside } = await typing();
  const all = ['.wait STOP', 'query-name', '$ true', 'query-uuid'].map(line => queue.add(line));
  await settled();
  assert.equal(sent(), []);
  assert.equal(outside, []);
  fake.tell({ event: 'STOP', data: {} });
  await settled();
  assert.equal(sent(), ['query-name', 'query-uuid']);
  assert.equal(outside, ['true']);
  for (const message of fake.sent.slice(1)) fake.answer({}, message);
  await Promise.all(all);
});

test('a command does not wait for the reply to the one before', async () => {
  const { fake, queue, sent } = await typing();
  const all = ['query-name', 'query-uuid'].map(line => queue.add(line));
  await settled();
  assert.equal(sent(), ['query-name', 'query-uuid']);
  for (const message of fake.sent.slice(1)) fake.answer({}, message);
  await Promise.all(all);
});

test.run();
