// A prompt that goes from one monitor to another: what was known of the first is not taken for the second.
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Session } from '../../src/session/client.ts';
import { isObject, parseJson } from '../../src/text/json.ts';
import { barePrompt } from '../bare-prompt.ts';
import { FakeClock, fakeMonitor } from '../fake-transport.ts';
import { recordedSchema, type VERSIONS } from '../schema/walked.ts';

const clock = new FakeClock();

function monitor(version: (typeof VERSIONS)[number]): Promise<Session> {
  const file = parseJson(readFileSync(`test/data/schema-${version}.json`, 'utf8'));
  const types = isObject(file) ? (file['return'] ?? file) : file;
  const fake = fakeMonitor((message, self) => {
    if (message['execute'] === 'query-qmp-schema') queueMicrotask(() => self.answer(types, message));
  });
  return Session.open(fake, { clock, address: version });
}

test('its schema is asked for anew', async () => {
  const host = barePrompt(clock, recordedSchema('7.2'), {
    schema: undefined,
    connect: () => monitor('11.1'),
  });
  const first = await monitor('7.2');
  await host.join(first);
  const old = await host.loadSchema();
  await host.connect('another');
  assert.is(first.state, 'ended');
  const now = await host.loadSchema();
  const [there, gone] = [now, old].map(schema => schema?.commands.size);
  assert.ok(there !== undefined && there !== gone);
  assert.is(there, recordedSchema('11.1').commands.size);
});

test('one that cannot be reached leaves the first as it is', async () => {
  const host = barePrompt(clock, recordedSchema('7.2'));
  const first = await monitor('7.2');
  await host.join(first);
  await host.connect('nobody').then(
    () => assert.unreachable('it was reached'),
    () => {},
  );
  assert.is(host.session, first);
  assert.is(first.state, 'open');
});

test.run();
