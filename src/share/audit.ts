// The rows of an audit: one JSON a command, with when, who, what and the outcome. Secrets are masked, in what QEMU says of
// them, too. `qmpsh record` makes a page of it.
import type { Request } from '../qmp/message.ts';
import { maskSecrets, secretsIn } from '../schema/notes/secrets.ts';
import { MASK } from '../schema/notes/secrettext.ts';
import type { JsonObject } from '../text/json.ts';
import type { Who } from './wire.ts';

/** What became of a command of a client's. */
export interface Row {
  readonly request: Request;
  /** `not sent`: the client had gone, or the monitor; `no reply`: it may have happened. */
  readonly outcome: 'done' | 'refused' | 'denied' | 'no reply' | 'not sent';
  readonly why?: string;
  readonly error?: { readonly class: string; readonly desc: string };
}

/** The row of a command. `time` is in milliseconds since 1970. */
export function commandRow(time: number, client: JsonObject, row: Row): JsonObject {
  const { request, outcome, why, error } = row;
  const { execute, oob } = request;
  const clean = (text: string) =>
    secretsIn(request).reduce(
      (shown, secret) => (secret === '' ? shown : shown.replaceAll(secret, MASK)),
      text,
    );
  return {
    when: new Date(time).toISOString(),
    who: client,
    [oob ? 'exec-oob' : 'execute']: execute,
    arguments: maskSecrets(request),
    outcome,
    ...(why === undefined ? {} : { why }),
    ...(error === undefined ? {} : { error: { class: error.class, desc: clean(error.desc) } }),
  };
}

/** The row of a client that comes or goes. */
export function clientRow(time: number, client: JsonObject, outcome: string): JsonObject {
  return { when: new Date(time).toISOString(), who: client, outcome };
}

/** Who a client is, in a row: its number, and what the system says of it. */
export function clientOf(number: number, who: Who): JsonObject {
  return { client: number, uid: who.uid ?? null, pid: who.pid ?? null, program: who.program ?? null };
}
