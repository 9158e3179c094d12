// The library: a connection to a monitor, and the language of the prompt, for programs. Everything else is the shell's own.
import type { Played, PlayOptions } from './batch/played.ts';
import { CLOCK } from './io/clock.ts';
import { connect as connectTransport } from './io/connect.ts';
import type { Problem } from './language/line.ts';
import { problemText } from './language/problem.ts';
import { QmpshError } from './qmp/errors.ts';
import { Session } from './session/client.ts';
import { LastingSession } from './session/lasting.ts';
import type { SessionOptions } from './session/options.ts';
import type { Connection, LastingConnection, QmpTypes } from './session/typed.ts';
import { plain } from './text/line.ts';

export type { Played, PlayOptions } from './batch/played.ts';
export { findMonitors, type Monitor } from './io/monitors.ts';
export { type Practice, type PracticeOptions, startPractice } from './io/practice.ts';
export { type Completion, complete, type Extra, type Offer } from './language/complete.ts';
export type { Candidate, Line, Problem, Warning } from './language/line.ts';
export { parse } from './language/parse.ts';
export { print } from './language/print.ts';
export { type ErrorDetails, type ErrorKind, QmpshError } from './qmp/errors.ts';
export type { Greeting, QmpEvent, Refusal, Reply, Request, Success } from './qmp/message.ts';
export type { Clock, Transport, TransportListener } from './qmp/transport.ts';
export { loadSchema, SchemaError } from './schema/load.ts';
export type { Command, EnumValue, EventType, Member, ObjectType, Schema, Type } from './schema/model.ts';
export { type Pending, type Sent, Session } from './session/client.ts';
export type { EventLog, LoggedEvent } from './session/events.ts';
export type { EventWait } from './session/feed.ts';
export type { Job, JobOutcome, Jobs } from './session/jobs.ts';
export { LastingSession } from './session/lasting.ts';
export type { Ending, SessionOptions } from './session/options.ts';
export type { Connection, LastingConnection, QmpTypes, TypedEvent, TypedReply } from './session/typed.ts';
export type { WaitOptions } from './session/wait.ts';
export { type Json, JsonError, type JsonObject, parseJson, stringifyJson } from './text/json.ts';
export type { Place } from './text/place.ts';

export type ConnectOptions = Omit<SessionOptions, 'clock' | 'address'>;

/** For a connection that is made anew whenever it is lost: `true`, or for how many milliseconds the monitor is looked for. */
export interface ReconnectOptions extends ConnectOptions {
  readonly reconnect: true | number;
}

/** The address of each session that is made here. */
const addresses = new WeakMap<object, string>();

/**
 * Connects to the monitor at an address (`./qmp.sock`, `host:4444`, `[::1]:4444`, `tls:host:4444`, `ssh:host:/run/vm.sock`, `libvirt:DOMAIN`, `exec:COMMAND`
 * ..., as on the command line), reads its greeting and negotiates. Commands may be sent when it resolves; close the session in the end,
 * or take it by `await using`. With the type that `qmpsh types` prints (`connect<Qmp>(...)`) its commands and events are checked.
 * With `reconnect` the connection is made anew when it is lost, with pauses that grow to 5 seconds.
 * Rejects with a QmpshError: `usage` where it is no address; `connect` where nobody answers, or no greeting comes in
 * `greetingTimeout` milliseconds (3000 unless given: a monitor serves one client at a time); `protocol`; `interrupted`.
 */
export function connect(address: string, options: ReconnectOptions): Promise<LastingSession>;
export function connect<Q extends QmpTypes>(
  address: string,
  options: ReconnectOptions,
): Promise<LastingConnection<Q>>;
export function connect(address: string, options?: ConnectOptions): Promise<Session>;
export function connect<Q extends QmpTypes>(
  address: string,
  options?: ConnectOptions,
): Promise<Connection<Q>>;
export async function connect(
  address: string,
  options: ConnectOptions & Partial<ReconnectOptions> = {},
): Promise<unknown> {
  const { signal, reconnect, ...rest } = options;
  const stops = signal ? { signal } : {};
  const open = async () => {
    const transport = await connectTransport(address, stops);
    const session = await Session.open(transport, { ...rest, ...stops, clock: CLOCK, address });
    addresses.set(session, address);
    return session;
  };
  if (reconnect === undefined) return open();
  const limit = reconnect === true ? {} : { limit: reconnect };
  return LastingSession.open({ clock: CLOCK, open, ...limit, ...stops });
}

/**
 * Plays a page on a connection: a recipe by its name (`backup`), or a file. `values` are its parameters. Resolves with the exit
 * status of `qmpsh play` and the rows of its `--json` report; what a failing page has done is undone before. Rejects with a
 * QmpshError where the page cannot begin: there is none, a value is missing, it would run commands on this host unasked.
 */
export async function play<Q extends QmpTypes>(
  connection: Session | Connection<Q>,
  page: string,
  values: Readonly<Record<string, string | number | bigint | boolean>> = {},
  options: PlayOptions = {},
): Promise<Played> {
  if (!(connection instanceof Session))
    throw new QmpshError('usage', 'a page is played on what connect gives');
  const { packed } = await import('./io/packs.ts');
  const playOn = packed('more/play')['playOn'];
  if (typeof playOn !== 'function') throw new QmpshError('usage', 'this qmpsh has no part that plays pages');
  try {
    return await playOn(connection, addresses.get(connection) ?? 'the monitor', page, values, options);
  } catch (error) {
    throw ownError(error);
  }
}

/** The same error, made here: where nobody handles it, Node prints the row that made it. */
function ownError(error: unknown): unknown {
  if (!(error instanceof QmpshError) || error.constructor === QmpshError) return error;
  const { kind, code, advice } = error;
  return new QmpshError(kind, error.message, {
    ...(code === undefined ? {} : { code }),
    ...(advice === undefined ? {} : { advice }),
    cause: error.cause,
  });
}

/** A problem that `parse` found, for a person: the row, a caret under the place, the message and the advice. */
export function explainProblem(text: string, problem: Problem): string {
  return problemText(text, problem).map(plain).join('\n');
}
