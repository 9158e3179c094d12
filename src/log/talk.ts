// A log as conversations: each request with its reply, and the events between them, in their order.

import { parse, requestOf } from '../language/parse.ts';
import { print } from '../language/print.ts';
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import { readEvent, readReply, requestIn } from '../qmp/protocol.ts';
import { type JsonObject, member, stringifyJson } from '../text/json.ts';
import type { Said } from './said.ts';

export interface Asked {
  readonly kind: 'asked';
  readonly row: number;
  readonly message: JsonObject;
  readonly request: Request;
  /** As it was typed; absent for a message. */
  readonly text?: string;
  /** Absent where the log has none. */
  readonly reply?: Reply;
  /** Request and reply are one object, as qmp-shell logs them. */
  readonly joined?: true;
  /** A file descriptor was passed along with it. */
  readonly passes?: boolean;
}

export type Item =
  | Asked
  | { readonly kind: 'event'; readonly row: number; readonly event: QmpEvent }
  /** A line for the shell itself. */
  | { readonly kind: 'word'; readonly row: number; readonly text: string };

/** What was said on one monitor. */
export interface Talk {
  /** How the log names the monitor; empty where it does not. */
  readonly monitor: string;
  readonly items: readonly Item[];
}

/** The conversations in what a log holds, in the order in which they begin. */
export function talksIn(said: readonly Said[]): readonly Talk[] {
  const talks = new Map<string, Listener>();
  for (const one of said) {
    const monitor = one.monitor ?? '';
    const talk = talks.get(monitor) ?? new Listener();
    talks.set(monitor, talk);
    talk.hear(one);
  }
  return [...talks].map(([monitor, talk]) => ({ monitor, items: talk.items }));
}

class Listener {
  readonly items: Item[] = [];
  /** The places of requests that wait for their reply. */
  #pending: number[] = [];

  hear(said: Said): void {
    const { row } = said;
    if (said.kind === 'line') {
      const line = parse(said.text);
      const request = requestOf(line);
      if (!request) this.items.push({ kind: 'word', row, text: said.text });
      else {
        // What came of it was not for a program of this host.
        const isPlain = !(line.kind === 'command' && (line.pipe !== undefined || line.background));
        const text = isPlain ? said.text : print(request);
        this.#ask({ kind: 'asked', row, request, message: toMessage(request), text });
      }
      return;
    }
    const { message } = said;
    const request = requestIn(message);
    const reply = readReply(message);
    if (request) {
      const passes = said.passes ? { passes: true } : {};
      const asked = { kind: 'asked', row, request, message, ...passes } as const;
      if (reply) this.items.push({ ...asked, joined: true, reply: { ...reply, raw: answerOf(message) } });
      else this.#ask(asked);
    } else if (reply) this.#answer(reply);
    else {
      const name = member(message, 'event');
      if (typeof name === 'string') this.items.push({ kind: 'event', row, event: readEvent(name, message) });
      // Another connection begins.
      else this.#pending = [];
    }
  }

  #ask(asked: Asked): void {
    this.#pending.push(this.items.length);
    this.items.push(asked);
  }

  /**
   * A reply is that of the request with its id, and without one that of the oldest that waits: of typed lines, whose
   * replies a transcript need not show as JSON, that of the last.
   */
  #answer(reply: Reply): void {
    const id = member(reply.raw, 'id');
    const key = id === undefined ? undefined : stringifyJson(id);
    const last = this.items[this.#pending.at(-1) ?? -1];
    const typed = id === undefined && last?.kind === 'asked' && last.text !== undefined;
    const at = typed
      ? this.#pending.length - 1
      : this.#pending.findIndex(place => key === undefined || key === this.#idAt(place));
    const place = this.#pending[at];
    const asked = place === undefined ? undefined : this.items[place];
    if (place === undefined || asked?.kind !== 'asked') return;
    this.#pending.splice(at, 1);
    this.items[place] = { ...asked, reply };
  }

  #idAt(place: number): string | undefined {
    const asked = this.items[place];
    const id = asked?.kind === 'asked' ? member(asked.message, 'id') : undefined;
    return id === undefined ? undefined : stringifyJson(id);
  }
}

function toMessage({ execute, arguments: args, oob }: Request): JsonObject {
  return { [oob ? 'exec-oob' : 'execute']: execute, arguments: args };
}

function answerOf(message: JsonObject): JsonObject {
  const { execute: _, 'exec-oob': __, arguments: ___, ...raw } = message;
  return raw;
}
