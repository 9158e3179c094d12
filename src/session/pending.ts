// The commands of a connection that wait for their reply, and those that wait for their turn.
import type { QmpshError } from '../qmp/errors.ts';
import type { Reply, Request, Success } from '../qmp/message.ts';
import type { Protocol } from '../qmp/protocol.ts';
import { isObject, type Json } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { noReply, notSent } from './failures.ts';

/** A command on its way. `reply` gives the answer, a refusal too; it rejects with a QmpshError. */
export interface Sent {
  readonly id: string;
  /** The event log's position when it was sent: what it causes has this position or a later one. */
  readonly mark: number;
  readonly reply: Promise<Reply>;
}

export interface Pending {
  readonly id: string;
  /** The command's name; of a message that names none, its beginning. */
  readonly name: string;
  /** Absent for a raw message. */
  readonly request?: Request;
  /** When it was sent, in milliseconds since 1970. */
  readonly since: number;
}

interface Entry extends Pending, Sent {
  readonly id: string;
  readonly key: string | undefined;
  readonly text: string;
  readonly oob: boolean;
  /** The server ends the connection when it carries this out. */
  readonly leaves: boolean;
  mark: number;
  written: boolean;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: QmpshError) => void;
}

export interface CommandsOptions {
  readonly protocol: Protocol;
  /** Every reply without an id answers the oldest command (an old qemu-ga), errors too. */
  readonly anonymous: boolean;
  readonly write: (text: string) => void;
  readonly now: () => number;
  readonly mark: () => number;
}

/** With out-of-band execution QEMU queues eight commands; at one more it stops reading, oob commands too. */
const IN_FLIGHT = 8;

export class Commands {
  readonly #options: CommandsOptions;
  readonly #entries = new Map<string, Entry>();
  #queue: Entry[] = [];
  #inFlight = 0;
  #serial = 0;
  #leaving: Entry | undefined;

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  /** Whether `quit` was sent, and not refused. */
  get leaving(): boolean {
    return this.#leaving !== undefined;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Oldest first. */
  list(): readonly Pending[] {
    return [...this.#entries.values()];
  }

  send(message: Json, request: Request | undefined): Sent {
    const { protocol, now, mark } = this.#options;
    const { text, key } = protocol.encode(message, taken => this.#entries.has(taken));
    let place = key ?? `?${++this.#serial}`;
    while (this.#entries.has(place)) place = `?${++this.#serial}`; // an id of the user's, in use twice
    let resolve: Entry['resolve'] = () => {};
    let reject: Entry['reject'] = () => {};
    const reply = new Promise<Reply>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    const oob = isObject(message) && message['exec-oob'] !== undefined;
    const entry: Entry = {
      id: place.replace(/^"/, ''),
      name: nameOf(message),
      ...(request === undefined ? {} : { request }),
      since: now(),
      key,
      text,
      oob,
      leaves: leaves(message),
      mark: mark(),
      written: false,
      resolve,
      reject,
      reply,
    };
    this.#entries.set(place, entry);
    if (!oob && protocol.oob && this.#inFlight >= IN_FLIGHT) this.#queue.push(entry);
    else this.#write(entry);
    return entry;
  }

  /** Gives a reply to its command. `key` is absent where the reply has no id. Nothing: it answers no command. */
  reply(key: string | undefined, reply: Reply): (Pending & Sent) | undefined {
    const found = this.#find(key, reply);
    if (!found) return undefined;
    const [place, entry] = found;
    this.#entries.delete(place);
    if (!entry.oob) this.#inFlight--;
    if (this.#inFlight < IN_FLIGHT) {
      const next = this.#queue.shift();
      if (next) this.#write(next);
    }
    if (entry === this.#leaving && reply.kind === 'refusal') this.#leaving = undefined;
    entry.resolve(reply);
    return entry;
  }

  /** The connection is gone. What was sent may have happened, except for `quit`, which has. */
  end(address: string, cause: QmpshError | undefined): void {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    this.#queue = [];
    for (const entry of entries) {
      if (entry.leaves && entry === this.#leaving) {
        entry.resolve(DONE);
        continue;
      }
      const error = entry.written ? noReply(entry.name, address, cause) : notSent(entry.name, address);
      // Whoever sent it may have stopped waiting; that is no fault of the program.
      entry.reply.catch(() => {});
      entry.reject(error);
    }
  }

  #write(entry: Entry): void {
    entry.mark = this.#options.mark();
    entry.written = true;
    if (!entry.oob) this.#inFlight++;
    if (entry.leaves) this.#leaving = entry;
    this.#options.write(entry.text);
  }

  #find(key: string | undefined, reply: Reply): readonly [string, Entry] | undefined {
    if (key !== undefined) {
      const entry = this.#entries.get(key);
      if (entry?.written) return [key, entry];
    }
    let oldest: readonly [string, Entry] | undefined;
    for (const [place, entry] of this.#entries) {
      if (!entry.written) continue;
      if (entry.key === key) return [place, entry]; // also: neither has an id
      oldest ??= [place, entry];
    }
    // A success has no id only where the server knows no ids: it answers in order. An error without one answers
    // a text the server could not read, and so no command of ours.
    return key === undefined && (reply.kind === 'success' || this.#options.anonymous) ? oldest : undefined;
  }
}

const DONE: Success = { kind: 'success', value: {}, raw: { return: {} } };

/** What to call a message. */
export function nameOf(message: Json): string {
  const name = isObject(message) ? (message['execute'] ?? message['exec-oob']) : undefined;
  return typeof name === 'string' ? safe(name) : 'the message';
}

function leaves(message: Json): boolean {
  if (!isObject(message)) return false;
  const { execute, arguments: args } = message;
  if (execute === 'quit') return true;
  const line = execute === 'human-monitor-command' && isObject(args) ? args['command-line'] : undefined;
  return typeof line === 'string' && /^\s*q(?:uit)?\s*$/.test(line);
}
