// The word `.wait`: reads its arguments and waits. The prompt, batch and pages share it.
import { QmpshError } from '../qmp/errors.ts';
import type { QmpEvent } from '../qmp/message.ts';
import type { ObjectType, Schema } from '../schema/model.ts';
import { type Allowed, memberAt } from '../schema/walk.ts';
import type { Session } from '../session/client.ts';
import type { JobOutcome } from '../session/jobs.ts';
import { nearest } from '../text/fuzzy.ts';
import { isObject, type Json, type JsonObject, stringifyJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { parseDuration } from './duration.ts';
import { matchesPattern } from './filter.ts';

export const WAIT_USAGE = 'EVENT | job ID [STATE] [key=value ...] [timeout=30s]';
/** Every state a job can be in, as it goes through them. */
export const WAIT_STATES = [
  'created',
  'running',
  'paused',
  'ready',
  'standby',
  'waiting',
  'pending',
  'aborting',
  'concluded',
  'null',
];

interface Waiting {
  readonly session: Session;
  readonly schema: Schema | undefined;
  /** The position in the event log from which on events count. */
  readonly since: number;
  readonly signal: AbortSignal;
  /** Milliseconds, where the arguments give none. */
  readonly timeout?: number;
}

type Waited =
  | { readonly kind: 'event'; readonly event: QmpEvent; readonly with: Readonly<Record<string, string>> }
  | { readonly kind: 'job'; readonly outcome: JobOutcome };

/** Reads the arguments of a `.wait`. Throws a usage error where they make no sense. */
type WaitGoal =
  | { readonly kind: 'job'; readonly id: string; readonly state: string; readonly timeout?: number }
  | {
      readonly kind: 'event';
      readonly pattern: string;
      readonly members: Readonly<Record<string, string>>;
      readonly timeout?: number;
    };

function readWait(args: readonly string[]): WaitGoal {
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
  checkWait(args, schema);
  const goal = readWait(args);
  const timeout = goal.timeout ?? waiting.timeout;
  const limit = timeout === undefined ? {} : { timeout };
  if (goal.kind === 'job')
    return {
      kind: 'job',
      outcome: await session.waitForJob(goal.id, goal.state, { since, signal, ...limit }),
    };
  const { pattern, members } = goal;
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

/**
 * Throws a usage error where a `.wait` makes no sense: by its arguments, and, with a schema, where there is no such event,
 * or none with such a member or value. `isOpen` tells of arguments that are not known yet.
 */
export function checkWait(
  args: readonly string[],
  schema: Schema | undefined,
  isOpen: (text: string) => boolean = () => false,
): void {
  const known = args.filter(arg => !(arg.startsWith('timeout=') && isOpen(arg)));
  const isStateOpen = known[0] === 'job' && isOpen(known[2] ?? '');
  const goal = readWait(isStateOpen ? known.filter((_, i) => i !== 2) : known);
  if (goal.kind === 'event' && !isOpen(goal.pattern)) checkEvent(goal.pattern, goal.members, schema, isOpen);
}

function checkEvent(
  pattern: string,
  members: Readonly<Record<string, string>>,
  schema: Schema | undefined,
  isOpen: (text: string) => boolean,
): void {
  const all = [...(schema?.events.values() ?? [])];
  if (all.length === 0) return;
  const meant = all.filter(({ name }) => matchesPattern(name, pattern));
  const shown = safe(pattern.toUpperCase());
  if (meant.length === 0) {
    const near = nearest(
      pattern.toUpperCase(),
      all.map(({ name }) => name),
    );
    throw wrong(`no event of this QEMU is called ${safe(pattern)}${meantBy(near)}`);
  }
  for (const [path, value] of Object.entries(members)) {
    const types = meant.map(({ data }) => typeOf(data, path.split('.')));
    if (types.every(type => type === undefined)) {
      const names = [...new Set(meant.flatMap(({ data }) => data.members.map(({ name }) => name)))];
      const has = names.length > 0 ? `it has ${names.join(', ')}` : 'it has none';
      throw wrong(`${shown} has no member ${safe(path)}${meantBy(nearest(path, names)) || `; ${has}`}`);
    }
    const values = types.flatMap(type =>
      type && type !== 'open' && type.kind === 'enum' ? type.values : [],
    );
    const isEnum = types.every(type => type === undefined || (type !== 'open' && type.kind === 'enum'));
    if (isEnum && !isOpen(value) && !values.some(({ name }) => name === value)) {
      const names = [...new Set(values.map(({ name }) => name))];
      throw wrong(`${safe(path)} of ${shown} is never ${safe(value)}${meantBy(nearest(value, names))}`);
    }
  }
}

function meantBy(near: readonly string[]): string {
  return near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
}

/** The type of a member of an event's data; undefined where it never has one. Variants may have any. */
function typeOf(data: ObjectType, path: readonly string[]): Allowed {
  let type: Allowed = data;
  for (const part of path) {
    if (type === undefined || type === 'open' || type.kind !== 'object')
      return type === 'open' ? type : undefined;
    if (type.variants) return 'open';
    const found = memberAt(type, part, undefined);
    type = found === undefined || found === 'open' ? found : found.type();
    if (type !== undefined && type !== 'open' && type.kind === 'any') return 'open';
  }
  return type;
}

/** Whether the event's data has all these members (`a.b` reaches inside), compared as text. */
function holds(data: JsonObject, members: Readonly<Record<string, string>>): boolean {
  return Object.entries(members).every(([path, wanted]) => {
    let value: Json | undefined = data;
    for (const part of path.split('.')) value = isObject(value) ? value[part] : undefined;
    return value !== undefined && (typeof value === 'string' ? value : stringifyJson(value)) === wanted;
  });
}
