// The library: a connection to a monitor, and the language of the prompt, for programs. Everything else is the shell's own.
import { CLOCK } from './io/clock.ts';
import { connect as connectTransport } from './io/connect.ts';
import type { Problem } from './language/line.ts';
import { problemText } from './language/problem.ts';
import { Session } from './session/client.ts';
import type { SessionOptions } from './session/options.ts';

import { plain } from './text/line.ts';

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
export type { Ending, SessionOptions } from './session/options.ts';
export type { WaitOptions } from './session/wait.ts';
export { type Json, JsonError, type JsonObject, parseJson, stringifyJson } from './text/json.ts';
export type { Place } from './text/place.ts';

export type ConnectOptions = Omit<SessionOptions, 'clock' | 'address'>;

/**
 * Connects to the monitor at an address (`./qmp.sock`, `host:4444`, `[::1]:4444`, `tls:host:4444`, `ssh:host:/run/vm.sock`, `exec:COMMAND`
 * ..., as on the command line), reads its greeting and negotiates. Commands may be sent when it resolves; close the session in the end.
 * Rejects with a QmpshError: `usage` where it is no address; `connect` where nobody answers, or no greeting comes in
 * `greetingTimeout` milliseconds (3000 unless given: a monitor serves one client at a time); `protocol`; `interrupted`.
 */
export async function connect(address: string, options: ConnectOptions = {}): Promise<Session> {
  const { signal } = options;
  const transport = await connectTransport(address, signal ? { signal } : {});
  return Session.open(transport, { ...options, clock: CLOCK, address });
}

/** A problem that `parse` found, for a person: the row, a caret under the place, the message and the advice. */
export function explainProblem(text: string, problem: Problem): string {
  return problemText(text, problem).map(plain).join('\n');
}
