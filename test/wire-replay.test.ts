// Whole conversations with real QEMU (7.2, 10.0 and 11.1), recorded on the wire: the server's side is played to a
// session again. A reply waits until its request was sent; everything else comes as it came.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Session } from '../src/session/client.ts';
import { isObject, type Json, type JsonObject, parseJson, stringifyJson } from '../src/text/json.ts';
import { FakeClock, FakeTransport } from './fake-transport.ts';

const FOLDER = 'test/data/wire';

type Entry =
  | {
      readonly kind: 'request' | 'reply' | 'event' | 'greeting';
      readonly message: JsonObject;
      readonly raw: string;
    }
  | { readonly kind: 'eof' };

function read(file: string): Entry[] {
  const rows = readFileSync(join(FOLDER, file), 'utf8').split('\n');
  return rows
    .filter(row => row !== '')
    .map(row => {
      const entry = object(parseJson(row));
      if (entry['eof'] === true) return { kind: 'eof' };
      const raw = String(entry['raw']);
      const message = object(parseJson(raw));
      if (entry['dir'] === 'C') return { kind: 'request', message, raw };
      return { kind: 'event' in message ? 'event' : 'QMP' in message ? 'greeting' : 'reply', message, raw };
    });
}

function object(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new Error('the recording holds something else than objects');
  return value;
}

function withoutId(message: JsonObject): JsonObject {
  const { id: _, ...rest } = message;
  return rest;
}

/** How each recipe's job ends, in every version: the event, and what a wait for the job tells. */
const ENDS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['backup', ['BLOCK_JOB_COMPLETED', 'success']],
  ['backup-manual', ['BLOCK_JOB_COMPLETED', 'success']],
  ['backup-slow-cancel', ['BLOCK_JOB_CANCELLED', 'cancelled']],
  ['mirror-complete', ['BLOCK_JOB_COMPLETED', 'success']],
  ['mirror-cancel', ['BLOCK_JOB_COMPLETED', 'success']],
  ['mirror-jobcomplete', ['BLOCK_JOB_COMPLETED', 'success']],
  ['mirror-jobcancel', ['BLOCK_JOB_CANCELLED', 'cancelled']],
  ['mirror-force', ['BLOCK_JOB_CANCELLED', 'cancelled']],
  ['mirror-slow-cancel', ['BLOCK_JOB_CANCELLED', 'cancelled']],
]);
const VERSIONS = ['7.2', '10.0', '11.1'];

test('there is a recording of each recipe by each version', () => {
  const expected = VERSIONS.flatMap(version => [...ENDS.keys()].map(recipe => `${version}-${recipe}.jsonl`));
  assert.equal(readdirSync(FOLDER).sort(), expected.sort());
});

for (const version of VERSIONS) {
  for (const [recipe, [end, outcome]] of ENDS) {
    // In one chunk a message, cut anywhere, and as a monitor with pretty=on sends it.
    for (const [manner, wire] of [
      ['as sent', (text: string) => [`${text}\r\n`]],
      ['in pieces of 7 bytes', (text: string) => `${text}\r\n`.match(/[\s\S]{1,7}/g) ?? []],
      ['pretty', (text: string) => [`${stringifyJson(parseJson(text), 4).replaceAll('\n', '\r\n')}\r\n`]],
    ] as const) {
      test(`${version} ${recipe}, ${manner}`, () => replay(`${version}-${recipe}.jsonl`, wire, end, outcome));
    }
  }
}

async function replay(
  file: string,
  wire: (text: string) => readonly string[],
  end: string,
  outcome: string,
): Promise<void> {
  const script = read(file);
  const fake = new FakeTransport();
  const opening = Session.open(fake, { clock: new FakeClock(), address: file });
  const ids: Json[] = [];
  const replies: (Json | Promise<Json>)[] = [];
  const events: JsonObject[] = [];
  let session: Session | undefined;
  let wait: Promise<string> | undefined;
  for (const entry of script) {
    if (entry.kind === 'eof') {
      fake.end();
      continue;
    }
    if (entry.kind === 'request') {
      const command = String(entry.message['execute']);
      const args = object(entry.message['arguments']);
      if (command === 'qmp_capabilities') {
        await Promise.resolve();
      } else {
        session ??= await opening;
        if (replies.length === 0) session.onEvent(event => events.push(event.raw));
        const sent = session.send({ execute: command, arguments: args });
        if (typeof args['job-id'] === 'string') {
          wait = session
            .waitForJob(args['job-id'], 'concluded', { since: sent.mark })
            .then(({ kind }) => kind);
        }
        replies.push(sent.reply.then(({ raw }) => withoutId(raw)));
      }
      assert.equal(withoutId(fake.sent.at(-1) ?? {}), withoutId(entry.message), 'the same request');
      ids.push(fake.sent.at(-1)?.['id'] ?? null);
      continue;
    }
    const message = entry.kind === 'reply' ? { ...entry.message, id: ids.shift() ?? null } : entry.message;
    const text = entry.kind === 'reply' ? stringifyJson(message) : entry.raw;
    for (const piece of wire(text)) fake.tell(new TextEncoder().encode(piece));
  }
  if (!session) throw new Error('the recording has no commands');
  const recorded = script.flatMap(entry => (entry.kind === 'reply' ? [withoutId(entry.message)] : []));
  assert.equal(await Promise.all(replies), recorded.slice(1), 'each reply, once, to its own command');
  const sent = script.flatMap(entry => (entry.kind === 'event' ? [entry.message] : []));
  assert.equal(events, sent, 'each event, once and in order');
  assert.equal(
    [...session.events.from(0)].map(({ event }) => event.raw),
    sent,
    'the log is complete',
  );
  assert.equal(await session.ended, { expected: true });
  const last = sent.filter(event => String(event['event']).startsWith('BLOCK_JOB_')).at(-1);
  assert.is(last?.['event'], end);
  assert.is(await wait, outcome);
  const { state, result } = session.jobs.get('job0') ?? {};
  assert.equal({ state, result }, { state: 'null', result: outcome });
  assert.equal(session.jobs.list(), []);
  assert.equal(session.pending, []);
}

test.run();
