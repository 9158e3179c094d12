// The shapes of QMP messages (QMP specification, sections "Protocol Details" and "Asynchronous events").
import type { Json, JsonObject } from '../text/json.ts';

/** What the client sends. `id` is the session's own business and is added on the way out. */
export interface Request {
  readonly execute: string;
  readonly arguments: JsonObject;
  /** Out-of-band: sent as `exec-oob` instead of `execute`. */
  readonly oob?: boolean;
}

export interface Greeting {
  readonly QMP: {
    readonly version: {
      readonly qemu: { readonly major: number; readonly minor: number; readonly micro: number };
      readonly package: string;
    };
    readonly capabilities: readonly string[];
  };
}

/** A command was carried out. `value` is the `return` member. */
export interface Success {
  readonly kind: 'success';
  readonly value: Json;
  readonly raw: JsonObject;
}

/** QEMU refused a command. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly class: string;
  readonly desc: string;
  readonly raw: JsonObject;
}

export type Reply = Success | Refusal;

/** An asynchronous event. `time` is in microseconds since 1970, absent when QEMU had no clock (-1). */
export interface QmpEvent {
  readonly name: string;
  readonly data: JsonObject;
  readonly time?: number;
  readonly raw: JsonObject;
}
