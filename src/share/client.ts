// One client of a shared monitor: it negotiates for itself, its commands are judged and sent on, and it gets its replies
// in the order of its commands, with its own ids. Out-of-band commands overtake, as they do in QEMU.
import type { Reply, Request } from '../qmp/message.ts';
import { requestIn } from '../qmp/protocol.ts';
import { isArray, isObject, type Json, type JsonObject, member, spacedJson } from '../text/json.ts';
import { bytes } from '../text/size.ts';
import type { Row } from './audit.ts';
import { readMessage } from './message.ts';
import type { Judge } from './policy.ts';
import { Tokens } from './tokens.ts';
import type { Wire } from './wire.ts';

/** A message on its way to the monitor. */
export interface Passed {
  /** Drops it where it has not been sent. */
  takeBack(): void;
}

/** Why a message has no reply: the monitor cannot read it, or it is gone, or the client was when its turn came. */
export interface Loss {
  readonly outcome: 'unreadable' | 'not sent' | 'no reply';
  readonly why: string;
}

/** What a client needs of the monitor that is shared. */
interface Upstream {
  readonly greeting: JsonObject;
  readonly capabilities: readonly string[];
  readonly judge: Judge;
  /** Sends on; `answered` gets the reply, `lost` why there will be none. */
  pass(message: JsonObject, answered: (reply: Reply) => void, lost: (loss: Loss) => void): Passed;
  audit(row: Row): void;
  /** The client was cut off: why, as half a sentence. */
  cut(why: string): void;
}

/** A reply that is owed; what comes before it in the list is sent first. */
interface Owed {
  text?: string;
}

/** Commands of one client on their way: more wait for their turn, so that others get theirs. */
const UNDER_WAY = 8;
/** Replies that wait for one before them. */
const MOST_OWED = 64;
/** What one client may leave unread. QEMU itself keeps all of it. */
const MOST_UNREAD = 8 * 1024 * 1024;
/** From so much unread on its commands wait. */
const SLOW = 1024 * 1024;
const ACCEPTED = { return: {} };

export class Client {
  readonly #wire: Wire;
  readonly #upstream: Upstream;
  readonly #tokens: Tokens;
  #state: 'negotiating' | 'asking' | 'running' | 'gone' = 'negotiating';
  #oob = false;
  #ending = false;
  #waiting: (() => void)[] = [];
  readonly #owed: Owed[] = [];
  readonly #passed = new Set<Passed>();
  #underWay = 0;
  /** How many commands it has sent. */
  commands = 0;

  constructor(wire: Wire, upstream: Upstream) {
    this.#wire = wire;
    this.#upstream = upstream;
    this.#tokens = new Tokens({
      message: tokens => {
        const read = readMessage(tokens);
        if ('desc' in read) this.#queue(() => this.#refuse(undefined, read.desc));
        else this.#hear(read.value);
      },
      fault: desc => this.#queue(() => this.#refuse(undefined, desc)),
    });
    this.#send(spacedJson(upstream.greeting));
  }

  /** Bytes came. */
  data(chunk: Uint8Array): void {
    if (this.#state === 'gone') return;
    this.#tokens.push(chunk);
    this.turn();
  }

  /** It sends no more; what it has sent is answered still. */
  ended(): void {
    this.#ending = true;
    this.turn();
  }

  /** It cannot be reached any longer: what was not sent on is dropped. */
  gone(): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    this.#waiting = [];
    for (const one of this.#passed) one.takeBack();
  }

  event(text: string): void {
    if (this.#state === 'running') this.#send(text);
  }

  /** Goes on with what waits, as far as it may. */
  turn(): void {
    while (this.#mayGoOn() && this.#waiting.length > 0) this.#waiting.shift()?.();
    if (this.#state === 'gone') return;
    this.#wire.read(this.#waiting.length < UNDER_WAY && this.#wire.unread < SLOW);
    if (this.#ending && this.#waiting.length === 0 && this.#owed.length === 0) this.#wire.end();
  }

  /** The monitor is gone. */
  close(): void {
    this.gone();
    this.#wire.end();
  }

  #mayGoOn(): boolean {
    return (
      this.#underWay < UNDER_WAY &&
      this.#owed.length < MOST_OWED &&
      this.#wire.unread < SLOW &&
      this.#state !== 'asking' &&
      this.#state !== 'gone'
    );
  }

  #queue(run: () => void): void {
    this.#waiting.push(run);
  }

  #hear(value: Json): void {
    if (!isObject(value)) this.#queue(() => this.#refuse(undefined, 'QMP input must be a JSON object'));
    else if (member(value, 'exec-oob') !== undefined && this.#oob) this.#outOfBand(value);
    else this.#queue(() => this.#inTurn(value));
  }

  #outOfBand(message: JsonObject): void {
    if (member(message, 'execute') === undefined) this.#request(message, {});
    else this.#answer({}, message, refusal("QMP input member 'exec-oob' clashes with 'execute'"));
  }

  #inTurn(message: JsonObject): void {
    if (member(message, 'exec-oob') !== undefined) {
      // (It may have come in the same breath as the negotiation that switches it on.)
      if (this.#oob) this.#outOfBand(message);
      else this.#refuse(message, "QMP input member 'exec-oob' is unexpected");
      return;
    }
    const owed: Owed = {};
    this.#owed.push(owed);
    if (member(message, 'execute') === 'qmp_capabilities') this.#negotiate(message, owed);
    else if (this.#state === 'negotiating' && requestIn(message)) {
      const desc = "Expecting capabilities negotiation with 'qmp_capabilities'";
      this.#answer(owed, message, refusal(desc, 'CommandNotFound'));
    } else this.#request(message, owed);
  }

  /** The monitor was negotiated with long ago: it says what is wrong with the arguments, or that it needs nothing. */
  #negotiate(message: JsonObject, owed: Owed): void {
    const first = this.#state === 'negotiating';
    if (first) this.#state = 'asking';
    this.#pass(message, owed, reply => {
      if (!first) return reply.raw;
      if (this.#state === 'asking') this.#state = 'negotiating';
      if (reply.kind === 'refusal' && reply.class !== 'CommandNotFound') return reply.raw;
      const missing = enabled(message).filter(name => !this.#upstream.capabilities.includes(name));
      if (missing.length > 0) return refusal(`Capability ${missing[0]} not available`);
      if (this.#state === 'negotiating') this.#state = 'running';
      this.#oob = enabled(message).includes('oob');
      return ACCEPTED;
    });
  }

  #request(message: JsonObject, owed: Owed): void {
    const request = requestIn(message);
    // What is no request changes nothing: it is for the monitor to say why not.
    const why = request ? this.#upstream.judge(request) : undefined;
    if (request) this.commands++;
    if (!request || why === undefined) {
      this.#pass(message, owed, reply => reply.raw, request);
      return;
    }
    this.#upstream.audit({ request, outcome: 'denied', why });
    this.#answer(owed, message, refusal(`qmpsh share: ${request.execute} ${why}`));
  }

  #pass(
    message: JsonObject,
    owed: Owed,
    toRaw: (reply: Reply) => JsonObject,
    request?: Request | undefined,
  ): void {
    const { id: _, ...bare } = message;
    const inBand = member(message, 'exec-oob') === undefined;
    if (inBand) this.#underWay++;
    const done = () => {
      if (inBand) this.#underWay--;
      this.#passed.delete(passed);
    };
    const passed: Passed = this.#upstream.pass(
      bare,
      reply => {
        done();
        if (request) this.#audit(request, reply);
        this.#answer(owed, message, toRaw(reply));
        this.turn();
      },
      ({ outcome, why }) => {
        done();
        const unreadable = outcome === 'unreadable';
        if (request) this.#upstream.audit({ request, outcome: unreadable ? 'refused' : outcome, why });
        // A refusal says that nothing has happened: where that is not known, the end of the connection says more.
        if (unreadable) this.#answer(owed, message, refusal(why));
        this.turn();
      },
    );
    this.#passed.add(passed);
  }

  #audit(request: Request, reply: Reply): void {
    if (reply.kind === 'success') this.#upstream.audit({ request, outcome: 'done' });
    else
      this.#upstream.audit({ request, outcome: 'refused', error: { class: reply.class, desc: reply.desc } });
  }

  #refuse(message: JsonObject | undefined, desc: string): void {
    const owed: Owed = {};
    this.#owed.push(owed);
    this.#answer(owed, message, refusal(desc));
  }

  /** Its own id in the place of ours; in the order of its commands. */
  #answer(owed: Owed, message: JsonObject | undefined, raw: JsonObject): void {
    const { id: _, ...bare } = raw;
    const id = message === undefined ? undefined : member(message, 'id');
    // (QEMU writes them in this order.)
    const named = id === undefined ? bare : 'error' in bare ? { id, ...bare } : { ...bare, id };
    owed.text = spacedJson(named);
    if (!this.#owed.includes(owed)) this.#send(owed.text);
    while (this.#owed[0]?.text !== undefined) this.#send(this.#owed.shift()?.text ?? '');
  }

  #send(text: string): void {
    if (this.#state === 'gone') return;
    this.#wire.send(`${text}\r\n`);
    if (this.#wire.unread <= MOST_UNREAD) return;
    const why = `${bytes(this.#wire.unread)} of events and replies were not read`;
    this.gone();
    this.#wire.cut(`${spacedJson(refusal(`qmpsh share: cut off, ${why}`))}\r\n`);
    this.#upstream.cut(why);
  }
}

function refusal(desc: string, name = 'GenericError'): JsonObject {
  return { error: { class: name, desc } };
}

function enabled(message: JsonObject): readonly string[] {
  const args = member(message, 'arguments');
  const list = isObject(args) ? member(args, 'enable') : undefined;
  return isArray(list) ? list.filter(name => typeof name === 'string') : [];
}
