// The QMP conversation as a state machine (QMP specification: "Server Greeting", "Capabilities Negotiation",
// "Commands Responses", "Asynchronous events"). Texts go in, what they mean comes out; nothing is sent from here.
import {
  isObject,
  type Json,
  JsonError,
  type JsonObject,
  member,
  parseJson,
  stringifyJson,
} from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { QmpshError } from './errors.ts';
import { idKey } from './id.ts';
import type { Greeting, QmpEvent, Refusal, Reply, Request } from './message.ts';
import { checkSendable } from './sendable.ts';

/**
 * How the conversation begins: `qmp` waits for a greeting and negotiates; `silent` expects neither and takes
 * commands at once (a monitor somebody else has negotiated with); `agent` is qemu-ga, which has to be synchronised.
 */
export type Opening = 'qmp' | 'silent' | 'agent';

/** greeting, negotiating: before commands may be sent. */
type Phase = 'greeting' | 'negotiating' | 'running' | 'ended';

export type Incoming =
  | { readonly kind: 'greeting'; readonly greeting: Greeting; readonly answer?: string }
  | { readonly kind: 'ready' } // negotiated: commands may be sent
  /** `key` names the command as `encode` did; absent where the reply has no `id`. */
  | { readonly kind: 'reply'; readonly key?: string; readonly reply: Reply }
  | { readonly kind: 'event'; readonly event: QmpEvent }
  | { readonly kind: 'notice'; readonly text: string };

interface Outgoing {
  /** What to write to the server, without a line end. */
  readonly text: string;
  /** The `id` in the form in which replies name it; absent where the message is no object and can have none. */
  readonly key?: string;
}

const OPENING_ID = 'qmpsh-open';

export class Protocol {
  #phase: Phase;
  #oob = false;
  #next = 1;
  #token: number | undefined;
  #opening: Opening;

  constructor(opening: Opening = 'qmp') {
    this.#opening = opening;
    this.#phase = opening === 'qmp' ? 'greeting' : opening === 'agent' ? 'negotiating' : 'running';
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Whether out-of-band execution is on: the server then queues commands, eight at most. */
  get oob(): boolean {
    return this.#oob;
  }

  /** Whether the server is spoken to as a guest agent. */
  get isAgent(): boolean {
    return this.#opening === 'agent';
  }

  /** Speaks to the server as to a guest agent from now on; gives what to send, behind the byte 0xFF. An agent sends `token`, a whole number, back. */
  synchronise(token: number): string {
    this.#opening = 'agent';
    this.#phase = 'negotiating';
    this.#token = token;
    return stringifyJson({ execute: 'guest-sync-delimited', arguments: { id: token }, id: OPENING_ID });
  }

  /** The message with an `id` to match its reply by; one it has already is kept. Throws a `usage` error. */
  encode(message: Json, taken: (key: string) => boolean = () => false): Outgoing {
    if (!isObject(message)) return { text: checkSendable(stringifyJson(message)) };
    const own = member(message, 'id');
    if (own !== undefined) return { text: checkSendable(stringifyJson(message)), key: idKey(own) };
    // QEMU reads byte by byte, at about 2 µs each: a short id is a faster command.
    let id = this.#next++;
    while (taken(idKey(id))) id = this.#next++;
    return { text: checkSendable(stringifyJson({ ...message, id })), key: idKey(id) };
  }

  /** What one message from the server means. Throws a QmpshError where it means that we cannot go on. */
  receive(text: string): Incoming {
    const message = parseMessage(text);
    if (typeof message['event'] === 'string')
      return { kind: 'event', event: readEvent(message['event'], message) };
    switch (this.#phase) {
      case 'greeting':
        return this.#greet(message);
      case 'negotiating':
        return this.#negotiated(message);
      default:
        return this.#running(message);
    }
  }

  end(): void {
    this.#phase = 'ended';
  }

  #greet(message: JsonObject): Incoming {
    const greeting = readGreeting(message);
    if (!greeting) {
      const advice =
        'If somebody else has negotiated with this monitor already, -N (--skip-negotiation) goes without a greeting.';
      throw new QmpshError(
        'protocol',
        `the server did not greet as a QMP monitor does, but sent ${brief(message)}`,
        {
          code: 'no-greeting',
          advice,
        },
      );
    }
    this.#phase = 'negotiating';
    this.#oob = greeting.QMP.capabilities.includes('oob');
    const request = { execute: 'qmp_capabilities', arguments: this.#oob ? { enable: ['oob'] } : {} };
    return { kind: 'greeting', greeting, answer: stringifyJson({ ...request, id: OPENING_ID }) };
  }

  #negotiated(message: JsonObject): Incoming {
    const id = member(message, 'id');
    const reply = readReply(message);
    const ours = id === undefined || id === OPENING_ID;
    const stale = this.#token !== undefined && reply?.kind === 'success' && reply.value !== this.#token;
    if (!reply || !ours || stale)
      return { kind: 'notice', text: `unexpected message from the server: ${brief(message)}` };
    if (reply.kind === 'refusal') {
      const what = this.#opening === 'agent' ? 'synchronise' : 'negotiate';
      throw new QmpshError('protocol', `the server refused to ${what}: ${safe(reply.desc)}`, {
        code: 'negotiation',
      });
    }
    this.#phase = 'running';
    return { kind: 'ready' };
  }

  #running(message: JsonObject): Incoming {
    const greeting = readGreeting(message);
    if (greeting && this.#opening === 'silent') return { kind: 'greeting', greeting };
    const reply = readReply(message);
    if (!reply) return { kind: 'notice', text: `unexpected message from the server: ${brief(message)}` };
    const id = member(message, 'id');
    if (id !== undefined) return { kind: 'reply', key: idKey(id), reply };
    return { kind: 'reply', reply };
  }
}

function parseMessage(text: string): JsonObject {
  let value: Json;
  try {
    value = parseJson(text);
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    const near = safe(text.slice(Math.max(0, cause.offset - 20), cause.offset + 20));
    throw new QmpshError(
      'protocol',
      `the server sent a message that is not JSON: ${cause.message}, near "${near}"`,
      {
        code: 'not-json',
        cause,
      },
    );
  }
  if (isObject(value)) return value;
  throw new QmpshError('protocol', 'the server sent a message that is not a JSON object', {
    code: 'not-json',
  });
}

function brief(message: JsonObject): string {
  const text = safe(stringifyJson(message));
  return text.length > 80 ? `${text.slice(0, 76)} ...` : text;
}

/** An event as QEMU sends it; `time` in microseconds. */
export function readEvent(name: string, raw: JsonObject): QmpEvent {
  const data = raw['data'];
  const stamp = raw['timestamp'];
  const event = { name, data: isObject(data) ? data : {}, raw };
  if (!isObject(stamp)) return event;
  const { seconds, microseconds } = stamp;
  if (typeof seconds !== 'number' || typeof microseconds !== 'number' || seconds < 0) return event;
  return { ...event, time: seconds * 1e6 + microseconds };
}

/** A reply, or nothing where the message is none. */
export function readReply(raw: JsonObject): Reply | undefined {
  const value = member(raw, 'return');
  if (value !== undefined) return { kind: 'success', value, raw };
  const error = member(raw, 'error');
  if (!isObject(error)) return undefined;
  const { class: name, desc } = error;
  const refusal: Refusal = {
    kind: 'refusal',
    class: typeof name === 'string' ? name : 'GenericError',
    desc: typeof desc === 'string' ? desc : stringifyJson(error),
    raw,
  };
  return refusal;
}

/** The request that a message stands for; undefined where it is none that QMP knows. */
export function requestIn(message: Json): Request | undefined {
  if (!isObject(message)) return undefined;
  const oob = member(message, 'exec-oob');
  const execute = oob ?? member(message, 'execute');
  const args = member(message, 'arguments') ?? {};
  if (typeof execute !== 'string' || !isObject(args)) return undefined;
  return { execute, arguments: args, ...(oob === undefined ? {} : { oob: true }) };
}

/** A reply as whoever wrote the message knows it: an `id` that was added on the way out is taken off again. */
export function asAsked(reply: Reply, message: Json): Reply {
  if (isObject(message) && member(message, 'id') !== undefined) return reply;
  const { id: _, ...raw } = reply.raw;
  return { ...reply, raw };
}

/** A message as it is sent to a guest agent first: the byte 0xFF ends whatever an earlier client left unfinished. */
export function delimited(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(`?${text}\n`);
  bytes[0] = 0xff;
  return bytes;
}

/** Whether a text begins as a monitor's greeting does. */
export function beginsGreeting(text: string): boolean {
  return /^\s*\{\s*"QMP"\s*:/.test(text);
}

function readGreeting(raw: JsonObject): Greeting | undefined {
  const hello = member(raw, 'QMP');
  if (!isObject(hello)) return undefined;
  const version = hello['version'];
  const qemu = isObject(version) ? version['qemu'] : undefined;
  const packaged = isObject(version) ? version['package'] : undefined;
  const part = (name: string): number => {
    const value = isObject(qemu) ? qemu[name] : undefined;
    return typeof value === 'number' ? value : 0;
  };
  const capabilities = hello['capabilities'];
  return {
    QMP: {
      version: {
        qemu: { major: part('major'), minor: part('minor'), micro: part('micro') },
        package: typeof packaged === 'string' ? packaged : '',
      },
      capabilities: Array.isArray(capabilities)
        ? capabilities.filter((name): name is string => typeof name === 'string')
        : [],
    },
  };
}
