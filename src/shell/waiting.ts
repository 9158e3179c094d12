// What `.wait` does: reads its arguments and waits, on whatever connection it is given.
import { QmpshError } from '../qmp/errors.ts';
import type { QmpEvent } from '../qmp/message.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';
import type { JobOutcome } from '../session/jobs.ts';
import { isObject, type Json, type JsonObject, stringifyJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { parseDuration } from './duration.ts';
import { matchesPattern } from './filter.ts';

export const WAIT_USAGE = 'EVENT | job ID [STATE] [key=value ...] [timeout=30s]';
export const WAIT_STATES = ['running', 'ready', 'pending', 'concluded'];

export interface Waiting {
  readonly session: Session;
  readonly schema: Schema | undefined;
  /** The position in the event log from which on events count. */
  readonly since: number;
  readonly signal: AbortSignal;
  /** Milliseconds, where the arguments give none. */
  readonly timeout?: number;
}

export type Waited =
  | { readonly kind: 'event'; readonly event: QmpEvent; readonly with: Readonly<Record<string, string>> }
  | { readonly kind: 'job'; readonly outcome: JobOutcome };

/** What the arguments of a `.wait` name; throws a usage error where they make no sense. */
export type WaitGoal =
  | { readonly kind: 'job'; readonly id: string; readonly state: string; readonly timeout?: number }
  | {
      readonly kind: 'event';
      readonly pattern: string;
      readonly members: Readonly<Record<string, string>>;
      readonly timeout?: number;
    };

export function readWait(args: readonly string[]): WaitGoal {
  const words = args.filter(arg => !arg.includes('='));
  const { timeout, members } = options(args.filter(arg => arg.includes('=')));
  const limit = timeout === undefined ? {} : { timeout };
  const [first, id, state = 'concluded', ...rest] = words;
  if (first === 'job') {
    if (id === undefined) throw wrong('which job? Its id is missing');
    if (!WAIT_STATES.includes(state))
      throw wrong(`a job is waited for until ${WAIT_STATES.join(', ')}, not ${safe(state)}`);
    if (rest.length > 0 || Object.keys(members).length > 0) throw wrong('a job has an id and a state');
    return { kind: 'job', id, state, ...limit };
  }
  if (first === undefined) throw wrong('what for? Name an event or a job');
  if (id !== undefined) throw wrong(`${safe(id)} is one word too many`);
  return { kind: 'event', pattern: first, members, ...limit };
}

/** Waits for what the arguments name. Rejects with a QmpshError: usage, `timeout`, `interrupted`, `lost`. */
export async function waitFor(args: readonly string[], waiting: Waiting): Promise<Waited> {
  const { session, schema, since, signal } = waiting;
  const goal = readWait(args);
  const timeout = goal.timeout ?? waiting.timeout;
  const limit = timeout === undefined ? {} : { timeout };
  if (goal.kind === 'job')
    return {
      kind: 'job',
      outcome: await session.waitForJob(goal.id, goal.state, { since, signal, ...limit }),
    };
  const { pattern, members } = goal;
  checkName(pattern, schema);
  const event = await session.waitFor(
    event => matchesPattern(event.name, pattern) && holds(event.data, members),
    { since, signal, what: pattern.toUpperCase(), ...limit },
  );
  return { kind: 'event', event, with: members };
}

function wrong(what: string): QmpshError {
  return new QmpshError('usage', what, { advice: `Usage: .wait ${WAIT_USAGE}` });
}

function options(pairs: readonly string[]): { timeout?: number; members: Record<string, string> } {
  const members: Record<string, string> = {};
  let timeout: number | undefined;
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const [key, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (key !== 'timeout') {
      members[key] = value;
      continue;
    }
    timeout = parseDuration(value);
    if (timeout === undefined) throw wrong(`${safe(value)} is no time; write 500ms, 30s or 2m`);
  }
  return timeout === undefined ? { members } : { members, timeout };
}

function checkName(name: string, schema: Schema | undefined): void {
  const names = [...(schema?.events.keys() ?? [])];
  if (names.length > 0 && !names.some(known => matchesPattern(known, name)))
    throw wrong(`no event of this QEMU is called ${safe(name)}`);
}

/** Whether the event's data has all these members (`a.b` reaches inside), compared as text. */
function holds(data: JsonObject, members: Readonly<Record<string, string>>): boolean {
  return Object.entries(members).every(([path, wanted]) => {
    let value: Json | undefined = data;
    for (const part of path.split('.')) value = isObject(value) ? value[part] : undefined;
    return value !== undefined && (typeof value === 'string' ? value : stringifyJson(value)) === wanted;
  });
}
