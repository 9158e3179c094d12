// The commands of a connection that wait for their reply, and those that wait for their turn.
import { QmpshError } from '../qmp/errors.ts';
import type { Reply, Request, Success } from '../qmp/message.ts';
import { type Protocol, requestIn } from '../qmp/protocol.ts';
import type { Clock } from '../qmp/transport.ts';
import { hmpLeaves, hmpLineOf } from '../schema/hmp.ts';
import { isObject, type Json } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { noReply, notSent } from './failures.ts';
import { type GivenUp, type WaitOptions, within } from './wait.ts';

/** A command on its way. `reply` gives the answer, a refusal too; it rejects with a QmpshError. */
export interface Sent {
  readonly id: string;
  /** The event log's position when it was sent: what it causes has this position or a later one. */
  readonly mark: number;
  readonly reply: Promise<Reply>;
  /**
   * The reply, waited for so long and until then. Rejects with a QmpshError `timeout` or `interrupted`, too: what was
   * sent may still happen; what waited for its turn is taken back, is never sent, and has the code `not-sent`.
   */
  answer(options?: WaitOptions): Promise<Reply>;
}

export interface Pending {
  readonly id: string;
  /** The command's name; of a message that names none, its beginning. */
  readonly name: string;
  /** Absent for a raw message. */
  readonly request?: Request;
  /** When it was sent, by the clock's `now`. */
  readonly since: number;
}

interface Entry extends Pending, Sent {
  readonly id: string;
  /** Its key among the entries. */
  readonly place: string;
  readonly key: string | undefined;
  readonly text: string;
  readonly oob: boolean;
  /** The server ends the connection when it carries this out. */
  readonly endsConnection: boolean;
  mark: number;
  written: boolean;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: QmpshError) => void;
}

interface CommandsOptions {
  readonly protocol: Protocol;
  /** The server is a guest agent: every reply without an id (an old one knows none) answers the oldest command, errors too. */
  readonly agent: () => boolean;
  readonly write: (text: string) => void;
  readonly clock: Clock;
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

  /**
   * How many commands may be under way. What has no out-of-band execution may be a proxy that takes one at a time, and
   * never answers a second one. A guest agent does not answer all it does: waiting for it would be waiting for ever.
   */
  get #most(): number {
    const { protocol, agent } = this.#options;
    if (protocol.oob) return IN_FLIGHT;
    return agent() ? Number.POSITIVE_INFINITY : 1;
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

  send(message: Json, request: Request | undefined): Pending & Sent {
    const { protocol, clock, mark } = this.#options;
    const { text, key } = protocol.encode(message, taken => this.#entries.has(taken));
    let place = key ?? `?${++this.#serial}`;
    while (this.#entries.has(place)) place = `?${++this.#serial}`; // an id of the user's, in use twice
    let resolve: Entry['resolve'] = () => {};
    let reject: Entry['reject'] = () => {};
    const reply = new Promise<Reply>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    // (Elsewhere it would be a second command under way.)
    const oob = protocol.oob && isObject(message) && message['exec-oob'] !== undefined;
    const entry: Entry = {
      place,
      id: place.replace(/^"/, ''),
      name: nameOf(message),
      ...(request === undefined ? {} : { request }),
      since: clock.now(),
      key,
      text,
      oob,
      endsConnection: endsConnection(message),
      mark: mark(),
      written: false,
      resolve,
      reject,
      reply,
      answer: (options = {}) => this.#answer(entry, options),
    };
    this.#entries.set(place, entry);
    if (!oob && this.#inFlight >= this.#most) this.#queue.push(entry);
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
    if (this.#inFlight < this.#most) {
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
      if (entry.endsConnection && entry === this.#leaving) {
        entry.resolve(DONE);
        continue;
      }
      const error = entry.written ? noReply(entry.name, address, cause) : notSent(entry.name, address);
      // Whoever sent it may have stopped waiting; that is no fault of the program.
      entry.reply.catch(() => {});
      entry.reject(error);
    }
  }

  #answer(entry: Entry, options: WaitOptions): Promise<Reply> {
    if (options.signal === undefined && options.timeout === undefined) return entry.reply;
    return within(entry.reply, {
      ...options,
      clock: this.#options.clock,
      what: `the reply to ${entry.name}`,
      given: () => (this.#takeBack(entry) ? NEVER_SENT : READS.test(entry.name) ? {} : MAY_HAPPEN),
    });
  }

  /** Takes a command back that waits for its turn; false when it was sent. */
  #takeBack(entry: Entry): boolean {
    if (entry.written || !this.#queue.includes(entry)) return false;
    this.#queue = this.#queue.filter(other => other !== entry);
    this.#entries.delete(entry.place);
    entry.reply.catch(() => {});
    entry.reject(
      new QmpshError('interrupted', `${entry.name} was taken back before it was sent`, NEVER_SENT),
    );
    return true;
  }

  #write(entry: Entry): void {
    entry.mark = this.#options.mark();
    entry.written = true;
    if (!entry.oob) this.#inFlight++;
    if (entry.endsConnection) this.#leaving = entry;
    this.#options.write(entry.text);
    if (this.#options.agent() && isUnanswered(entry.name)) this.#seesThatTaken(entry);
  }

  /** An agent does one command after the other: when it answers a later one, it has not refused this one. */
  #seesThatTaken(entry: Entry): void {
    const taken = () => {
      if (this.#entries.get(entry.place) !== entry) return;
      this.#entries.delete(entry.place);
      this.#inFlight--;
      entry.resolve(DONE);
    };
    this.send({ execute: 'guest-ping' }, undefined).answer({ timeout: UNREFUSED }).then(taken, taken);
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
    // a text the server could not read: where one is under way at a time it is that.
    const inOrder = reply.kind === 'success' || this.#options.agent() || !this.#options.protocol.oob;
    return key === undefined && inOrder ? oldest : undefined;
  }
}

/** Commands that change nothing: after a timeout it need not be said that they may still happen. */
const READS = /^(x-)?query-|^qom-list|^guest-(?:get|network-get|info|ping|sync|fsfreeze-status|exec-status)/;
/** What a guest agent answers only to refuse it. */
const UNANSWERED = /^guest-(?:shutdown|suspend-(?:disk|ram|hybrid))$/;
/** Milliseconds after which such a command counts as taken. */
const UNREFUSED = 3000;
const MAY_HAPPEN: GivenUp = { advice: 'It was sent and may still happen.' };
const NEVER_SENT: GivenUp = { advice: 'It was not sent, and will not be.', code: 'not-sent' };
const DONE: Success = { kind: 'success', value: {}, raw: { return: {} } };

/** Whether a guest agent answers a command only to refuse it: what it has done leaves nobody to say so. */
export function isUnanswered(command: string): boolean {
  return UNANSWERED.test(command);
}

/** The name of a message in sentences: its command, safe to print, or "the message". */
export function nameOf(message: Json): string {
  const name = isObject(message) ? (message['execute'] ?? message['exec-oob']) : undefined;
  return typeof name === 'string' ? safe(name) : 'the message';
}

function endsConnection(message: Json): boolean {
  const request = requestIn(message);
  if (request?.execute === 'quit') return true;
  const line = hmpLineOf(request);
  return line !== undefined && hmpLeaves(line);
}

/** A command that could not be sent: its reply rejects with the error. */
export function unsent(error: unknown, mark: number): Sent {
  const reply = Promise.reject<Reply>(error);
  reply.catch(() => {}); // whoever sent it need not look
  return { id: '', mark, reply, answer: () => reply };
}
