// One connection to a monitor. The transport and the clock are given to it; everything else it keeps itself:
// which commands wait for their reply, the events, the jobs, and how it ended.
import { QmpshError } from '../qmp/errors.ts';
import { Framer } from '../qmp/framing.ts';
import type { Greeting, QmpEvent, Reply, Request } from '../qmp/message.ts';
import { beginsGreeting, delimited, type Incoming, Protocol } from '../qmp/protocol.ts';
import type { Transport } from '../qmp/transport.ts';
import type { Schema } from '../schema/model.ts';
import type { Json, JsonObject } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { askSchema } from './askschema.ts';
import type { EventLog } from './events.ts';
import { gone, lostWait, noAgent, notSent, silent } from './failures.ts';
import { type EventListener, type EventWait, Feed } from './feed.ts';
import { type JobOutcome, Jobs } from './jobs.ts';
import { waitForJob } from './jobwait.ts';
import { deliver, Listeners } from './listeners.ts';
import { Notices } from './notices.ts';
import { Opening } from './opening.ts';
import { AGENT_LIMIT, type Ending, greetingLimit, opening, type SessionOptions, telling } from './options.ts';
import { Commands, nameOf, type Pending, type Sent, unsent } from './pending.ts';
import { type WaitOptions, within } from './wait.ts';

export type { Pending, Sent } from './pending.ts';

export class Session {
  /** The events that came, in order; their positions only grow. */
  readonly events: EventLog;
  readonly jobs = new Jobs(() => this.#options.clock.now());
  /** The processor that lines of the human monitor are about, once one was chosen. */
  hmpCpu: number | undefined;
  /** Resolves when the connection is gone; never rejects. */
  readonly ended: Promise<Ending>;

  readonly #transport: Transport;
  readonly #options: SessionOptions;
  readonly #framer: Framer;
  readonly #feed: Feed;
  readonly #protocol: Protocol;
  readonly #commands: Commands;
  readonly #notices = new Notices();
  readonly #told: (direction: 'C' | 'S', text: string) => void;
  readonly #sendListeners = new Listeners<[command: Pending]>();
  readonly #replyListeners = new Listeners<[command: Pending, reply: Reply]>();
  readonly #endListeners = new Listeners<[ending: Ending]>();
  #greeting: Greeting | undefined;
  #closing = false;
  #ending: Ending | undefined;
  #schema: Promise<Schema> | undefined;
  readonly #opening: Opening;

  private constructor(transport: Transport, options: SessionOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#told = telling(options);
    this.#feed = new Feed(options.keep);
    this.events = this.#feed.log;
    this.#protocol = new Protocol(opening(options));
    this.#framer = new Framer(text => this.#receive(text), {
      resync: this.isAgent,
      passedOver: text => this.#passedOver(text),
    });
    this.#commands = new Commands({
      protocol: this.#protocol,
      write: text => this.#write(text),
      clock: options.clock,
      mark: () => this.events.end,
      agent: () => this.isAgent,
    });
    this.#opening = new Opening({
      clock: options.clock,
      limit: greetingLimit(options),
      signal: options.signal,
      guess: typeof options.agent === 'function' ? options.agent : undefined,
      greeted: () => this.#greeting !== undefined,
      tryAgent: () => this.#synchronise(),
      late: () => this.#late(),
    });
    this.ended = new Promise(resolve => this.#endListeners.add(resolve));
  }

  /**
   * Takes over a connected transport; resolves when commands may be sent. Rejects with a QmpshError, the
   * transport closed: `connect` when no greeting comes in time, `protocol` when the server speaks otherwise.
   */
  static async open(transport: Transport, options: SessionOptions): Promise<Session> {
    const session = new Session(transport, options);
    try {
      await session.#open();
    } catch (error) {
      session.#closing = true;
      transport.close();
      throw error;
    }
    return session;
  }

  /** The server's greeting; absent where there was none. */
  get greeting(): Greeting | undefined {
    return this.#greeting;
  }

  /** Whether it is a guest agent: it has no greeting, no events and no jobs, and its schema is what `guest-info` tells. */
  get isAgent(): boolean {
    return this.#protocol.isAgent;
  }

  get state(): 'open' | 'closing' | 'ended' {
    if (this.#ending) return 'ended';
    return this.#closing || this.#commands.leaving ? 'closing' : 'open';
  }

  /** The commands that wait for their reply, oldest first. */
  get pending(): readonly Pending[] {
    return this.#commands.list();
  }

  /**
   * Sends at once. `reply` gives the answer, a refusal too; it rejects with a QmpshError: `lost` where the command
   * may have happened, `connect` or `usage` where it was not sent.
   */
  send(request: Request): Sent {
    const { execute, arguments: args, oob } = request;
    return this.#send(oob ? { 'exec-oob': execute, arguments: args } : { execute, arguments: args }, request);
  }

  /** Sends a message as it stands. An `id` in it is kept; an object without one gets ours. */
  sendRaw(message: Json): Sent {
    return this.#send(message, undefined);
  }

  /** Sends a command and gives its reply, a refusal too, waited for as `Sent.answer` does. */
  execute(command: string, args: JsonObject = {}, options: WaitOptions = {}): Promise<Reply> {
    return this.send({ execute: command, arguments: args }).answer(options);
  }

  // A listener that throws harms nobody else: its error becomes a rejection that is not handled.

  /** Calls the listener with each event from now on; the first one also gets what came before. */
  onEvent(listener: EventListener): () => void {
    return this.#feed.listen(listener);
  }

  /** Calls the listener with each command that is given to be sent, whoever sends it. */
  onSend(listener: (command: Pending) => void): () => void {
    return this.#sendListeners.add(listener);
  }

  /** Calls the listener with each command that was answered, whoever sent it, before its sender sees the answer. */
  onReply(listener: (command: Pending, reply: Reply) => void): () => void {
    return this.#replyListeners.add(listener);
  }

  /** What the server says that belongs to no command: errors without id, replies to nobody. Safe to print. */
  onNotice(listener: (text: string) => void): () => void {
    return this.#notices.listen(listener);
  }

  /** The server's schema, asked for once. Rejects with a QmpshError, `refused` where the server has none. */
  schema(options: WaitOptions = {}): Promise<Schema> {
    this.#schema ??= askSchema(this).catch((error: unknown) => {
      this.#schema = undefined;
      throw error;
    });
    return within(this.#schema, {
      ...(this.isAgent ? { timeout: AGENT_LIMIT } : {}),
      ...options,
      clock: this.#options.clock,
      what: this.isAgent ? 'what the guest agent tells of its commands' : "the server's schema",
    });
  }

  /** The first event at position `since` or later that matches. Rejects with `timeout`, `interrupted` or `lost`. */
  waitFor(match: (event: QmpEvent) => boolean, options: EventWait): Promise<QmpEvent> {
    return this.#feed.waitFor(match, options, this.#options.clock, this.#rejectAtEnd);
  }

  /** Waits until a job is in a state (one of them), or has ended; see `jobwait.ts`. */
  waitForJob(
    id: string,
    state: string | readonly string[],
    options: WaitOptions & { readonly since: number },
  ): Promise<JobOutcome> {
    const source = {
      jobs: this.jobs,
      clock: this.#options.clock,
      busy: () => this.#commands.size > 0,
      query: () => this.execute('query-jobs'),
      onReply: (listener: () => void) => this.#replyListeners.add(listener),
      onEnd: this.#rejectAtEnd,
    };
    return waitForJob(source, id, state, options);
  }

  /** Whether this connection keeps the process alive while nothing happens. */
  hold(on: boolean): void {
    this.#transport.hold(on);
  }

  /** Ends the connection; the VM goes on. Resolves when it has ended. */
  async close(): Promise<void> {
    if (!this.#ending) {
      this.#closing = true;
      this.#transport.close();
    }
    await this.ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #open(): Promise<void> {
    this.#opening.begin();
    if (this.#opening.isOver) return this.#opening.done;
    this.#transport.listen({ data: chunk => this.#data(chunk), end: error => this.#end(error) });
    if (this.isAgent) this.#synchronise();
    if (this.#protocol.phase === 'running') this.#opening.resolve();
    return this.#opening.done;
  }

  /** Speaks to the server as to a guest agent from now on. */
  #synchronise(): void {
    this.#framer.resync();
    const sync = this.#protocol.synchronise(this.#options.clock.time() % 0x40000000);
    this.#told('C', sync);
    this.#transport.send(delimited(sync));
  }

  /** What was not meant for us, before an agent's answer: a monitor's greeting is. */
  #passedOver(text: string): void {
    if (beginsGreeting(text))
      this.#opening.reject(this.#options.agent === true ? noAgent(this.#address) : this.#late());
  }

  #data(chunk: Uint8Array): void {
    if (this.#ending) return;
    try {
      this.#framer.push(chunk);
    } catch (error) {
      if (!(error instanceof QmpshError)) throw error;
      this.#fail(error);
      this.#transport.close();
    }
  }

  #receive(text: string): void {
    if (this.#ending) return;
    this.#told('S', text);
    const incoming = this.#protocol.receive(text);
    if (incoming.kind !== 'event') {
      this.#message(incoming);
      return;
    }
    const position = this.#feed.append(text);
    this.jobs.receive(incoming.event, position);
    this.#feed.publish(incoming.event, position);
  }

  #message(incoming: Exclude<Incoming, { kind: 'event' }>): void {
    switch (incoming.kind) {
      case 'greeting':
        this.#greeting = incoming.greeting;
        if (incoming.answer !== undefined) this.#write(incoming.answer);
        deliver(() => this.#options.greeted?.());
        break;
      case 'ready':
        this.#opening.resolve();
        break;
      case 'notice':
        this.#notices.tell(incoming.text);
        break;
      case 'reply':
        this.#reply(incoming.key, incoming.reply);
    }
  }

  #reply(key: string | undefined, reply: Reply): void {
    const command = this.#commands.reply(key, reply);
    if (!command) {
      this.#notices.stray(key, reply);
      return;
    }
    if (reply.kind === 'success' && (command.name === 'query-jobs' || command.name === 'query-block-jobs')) {
      this.jobs.learn(reply.value, command.mark);
    }
    this.#replyListeners.tell(command, reply);
  }

  #send(message: Json, request: Request | undefined): Sent {
    if (this.#ending || this.#closing)
      return unsent(notSent(nameOf(message), this.#address), this.events.end);
    try {
      const sent = this.#commands.send(message, request);
      this.#sendListeners.tell(sent);
      return sent;
    } catch (error) {
      return unsent(error, this.events.end);
    }
  }

  #write(text: string): void {
    this.#told('C', text);
    this.#transport.send(`${text}\n`);
  }

  /** The other side is gone, or does not speak QMP. */
  #end(cause: Error | undefined): void {
    if (this.#ending) return;
    try {
      if (!cause && !this.#commands.leaving) this.#framer.end();
    } catch (error) {
      if (!(error instanceof QmpshError)) throw error;
      this.#fail(error);
      return;
    }
    // After `quit`, QEMU leaves without reading on, which can end in ECONNRESET as well as in end-of-file.
    if (this.#closing || this.#commands.leaving) this.#finish({ expected: true });
    else this.#fail(gone(this.#address, cause, this.#opening.isOver));
  }

  #fail(error: QmpshError): void {
    this.#finish({ expected: false, error });
  }

  #finish(ending: Ending): void {
    this.#ending = ending;
    this.#protocol.end();
    this.#opening.reject(ending.error ?? new QmpshError('interrupted', 'stopped connecting'));
    this.#endListeners.tell(ending);
    this.#endListeners.clear();
    this.#commands.end(this.#address, ending.error);
  }

  /** Lets a wait fail when the connection ends. */
  readonly #rejectAtEnd = (reject: (error: unknown) => void, what: string): (() => void) => {
    const listener = ({ error }: Ending) => reject(lostWait(this.#address, what, error));
    if (this.#ending) listener(this.#ending);
    return this.#endListeners.add(listener);
  };

  get #address(): string {
    return safe(this.#options.address);
  }

  #late(): QmpshError {
    return silent(this.#options, { greeted: this.#greeting !== undefined, tried: this.isAgent });
  }
}
