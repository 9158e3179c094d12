// One connection to a monitor. The transport and the clock are given to it; everything else it keeps itself:
// which commands wait for their reply, the events, the jobs, and how it ended.
import { QmpshError } from '../qmp/errors.ts';
import { Framer } from '../qmp/framing.ts';
import type { Greeting, QmpEvent, Reply, Request } from '../qmp/message.ts';
import { type Incoming, type Opening, Protocol } from '../qmp/protocol.ts';
import type { Clock, Transport } from '../qmp/transport.ts';
import type { Schema } from '../schema/model.ts';
import type { Json, JsonObject } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { duration } from '../text/size.ts';
import { EventLog, type EventLogOptions } from './events.ts';
import { type JobOutcome, Jobs, outcomeOf } from './jobs.ts';
import { Commands, nameOf, notSent, type Pending, type Sent } from './pending.ts';
import { type WaitOptions, wait } from './wait.ts';

export type { Pending, Sent } from './pending.ts';

export interface SessionOptions {
  readonly clock: Clock;
  /** Where the monitor is, for messages. */
  readonly address: string;
  /** Milliseconds to wait for the greeting and for negotiation. */
  readonly greetingTimeout?: number;
  /** false: expect no greeting and negotiate nothing. */
  readonly negotiate?: boolean;
  /** The server is qemu-ga, which sends no greeting and is synchronised instead. */
  readonly agent?: boolean;
  /** Gives up opening. */
  readonly signal?: AbortSignal;
  /** Sees the text of each message: C from us, S from the server. `time` is the clock's. */
  readonly log?: (direction: 'C' | 'S', text: string, time: number) => void;
  /** How much of the events is kept. */
  readonly keep?: EventLogOptions;
}

/** How a connection ended. Expected: after `quit`, or because we closed it. */
export interface Ending {
  readonly expected: boolean;
  readonly error?: QmpshError;
}

const GREETING_TIMEOUT = 3000;

export class Session {
  readonly events: EventLog;
  readonly jobs = new Jobs();
  /** Resolves when the connection is gone; never rejects. */
  readonly ended: Promise<Ending>;

  readonly #transport: Transport;
  readonly #options: SessionOptions;
  readonly #framer: Framer;
  readonly #protocol: Protocol;
  readonly #commands: Commands;
  readonly #listeners = new Set<(event: QmpEvent, position: number) => void>();
  readonly #noticeListeners = new Set<(text: string) => void>();
  readonly #settleListeners = new Set<() => void>();
  readonly #endListeners = new Set<(ending: Ending) => void>();
  /** Notices nobody has listened to yet. */
  #notices: string[] = [];
  #greeting: Greeting | undefined;
  #closing = false;
  #ending: Ending | undefined;
  #heard = false;
  #schema: Promise<Schema> | undefined;
  #opened: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;

  private constructor(transport: Transport, options: SessionOptions) {
    this.#transport = transport;
    this.#options = options;
    this.events = new EventLog(options.keep);
    this.#protocol = new Protocol(opening(options));
    this.#framer = new Framer(text => this.#receive(text), { resync: options.agent === true });
    this.#commands = new Commands({
      protocol: this.#protocol,
      write: text => this.#write(text),
      now: () => options.clock.now(),
      mark: () => this.events.end,
      anonymous: options.agent === true,
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

  /** What the server said first; absent where there was no greeting. */
  get greeting(): Greeting | undefined {
    return this.#greeting;
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

  /** A query of our own. */
  execute(command: string, args: JsonObject = {}): Promise<Reply> {
    return this.send({ execute: command, arguments: args }).reply;
  }

  /** Calls the listener with each event from now on; the first one also gets what came before. */
  onEvent(listener: (event: QmpEvent, position: number) => void): () => void {
    let next = this.#heard ? this.events.end : this.events.first;
    this.#heard = true;
    if (next === this.events.end) return register(this.#listeners, listener);
    let active = true;
    const forward = (event: QmpEvent, position: number) => {
      for (const before of this.events.from(next)) {
        if (!active || before.position >= position) break;
        listener(before.event, before.position);
      }
      next = position + 1;
      if (active) listener(event, position);
    };
    const stop = register(this.#listeners, forward);
    queueMicrotask(() => {
      for (const before of this.events.from(next)) {
        if (!active) return;
        next = before.position + 1;
        listener(before.event, before.position);
      }
    });
    return () => {
      active = false;
      stop();
    };
  }

  /** What the server says that belongs to no command: errors without id, replies to nobody. Safe to print. */
  onNotice(listener: (text: string) => void): () => void {
    const before = this.#notices;
    this.#notices = [];
    for (const text of before) listener(text);
    return register(this.#noticeListeners, listener);
  }

  /** The server's schema, asked for once. Rejects with a QmpshError, `refused` where the server has none. */
  schema(): Promise<Schema> {
    this.#schema ??= this.#loadSchema().catch((error: unknown) => {
      this.#schema = undefined;
      throw error;
    });
    return this.#schema;
  }

  /** The first event at position `since` or later that matches. Rejects with `timeout`, `interrupted` or `lost`. */
  waitFor(
    match: (event: QmpEvent) => boolean,
    options: WaitOptions & { readonly since: number; readonly what?: string },
  ): Promise<QmpEvent> {
    const { since, what = 'the event' } = options;
    return wait<QmpEvent>({
      ...options,
      clock: this.#options.clock,
      what,
      start: (resolve, reject) => {
        for (const { event } of this.events.from(since)) {
          if (!match(event)) continue;
          resolve(event);
          return () => {};
        }
        if (since < this.events.first) reject(dropped(what, this.events.first - since));
        const stops = [
          register(this.#listeners, event => match(event) && resolve(event)),
          this.#onEnd(() => reject(this.#lostWait(what))),
        ];
        return () => {
          for (const stop of stops) stop();
        };
      },
    });
  }

  /**
   * Waits until a job is in a state, or has ended. A job that ended before `since` counts only when no command
   * is under way that could start another of that id. Rejects as `waitFor` does, and with `refused` when there is
   * no such job.
   */
  waitForJob(
    id: string,
    state: string,
    options: WaitOptions & { readonly since: number },
  ): Promise<JobOutcome> {
    const { since } = options;
    const what = `job ${safe(id)}`;
    return wait<JobOutcome>({
      ...options,
      clock: this.#options.clock,
      what: state === 'concluded' ? what : `${what} to be ${safe(state)}`,
      standing: () => {
        const now = this.jobs.get(id);
        return now ? `; it is ${now.state}` : '';
      },
      start: (resolve, reject) => {
        let asked = false;
        const look = () => {
          const job = this.jobs.get(id);
          const current = job && (job.ended === undefined || job.ended >= since);
          if (current || (job && asked)) {
            if (job.ended !== undefined && job.result === undefined && !asked) ask();
            else if (job.ended !== undefined && (state !== 'null' || job.state === 'null'))
              resolve(outcomeOf(job));
            else if (this.jobs.reached(id, state, since))
              resolve({ kind: 'success', id, state: job.state, job });
          } else if (asked) {
            reject(this.#noJob(id));
          } else if (this.pending.length === 0) ask();
        };
        // The events of a job that somebody else started, or the error of one that has no events of its own.
        const ask = () => {
          asked = true;
          this.execute('query-jobs').then(look, reject);
        };
        const stops = [
          this.jobs.onChange(job => job.id === id && look()),
          register(this.#settleListeners, look),
          this.#onEnd(() => reject(this.#lostWait(what))),
        ];
        look();
        return () => {
          for (const stop of stops) stop();
        };
      },
    });
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

  #open(): Promise<void> {
    const { clock, signal, greetingTimeout: limit = GREETING_TIMEOUT } = this.#options;
    return new Promise<void>((resolve, reject) => {
      const late = clock.after(limit, () => this.#opened?.reject(this.#silent(limit)));
      const interrupt = () => this.#opened?.reject(new QmpshError('interrupted', 'stopped connecting'));
      const settle = (run: () => void) => {
        this.#opened = undefined;
        late();
        signal?.removeEventListener('abort', interrupt);
        run();
      };
      this.#opened = {
        resolve: () => settle(resolve),
        reject: error => settle(() => reject(error)),
      };
      signal?.addEventListener('abort', interrupt, { once: true });
      if (signal?.aborted) return interrupt();
      this.#transport.listen({ data: chunk => this.#data(chunk), end: error => this.#end(error) });
      const first = this.#protocol.opening(clock.now() % 0x40000000);
      if (first !== undefined) this.#transport.send(first);
      if (this.#protocol.phase === 'running') this.#opened?.resolve();
    });
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
    this.#options.log?.('S', text, this.#options.clock.now());
    const incoming = this.#protocol.receive(text);
    if (incoming.kind === 'event') this.#event(incoming.event, text);
    else this.#message(incoming);
  }

  #event(event: QmpEvent, text: string): void {
    const position = this.events.append(text);
    this.jobs.receive(event, position);
    for (const listener of [...this.#listeners]) listener(event, position);
  }

  #message(incoming: Exclude<Incoming, { kind: 'event' }>): void {
    switch (incoming.kind) {
      case 'greeting':
        this.#greeting = incoming.greeting;
        if (incoming.answer !== undefined) this.#write(incoming.answer);
        return;
      case 'ready':
        this.#opened?.resolve();
        return;
      case 'notice':
        this.#notice(incoming.text);
        return;
      case 'reply':
        this.#reply(incoming.key, incoming.reply);
    }
  }

  #reply(key: string | undefined, reply: Reply): void {
    const command = this.#commands.reply(key, reply);
    if (!command) {
      const what = reply.kind === 'refusal' ? `error: ${safe(reply.desc)}` : 'a reply';
      this.#notice(
        key === undefined ? what : `${what}, to a command that was not sent from here (id ${safe(key)})`,
      );
      return;
    }
    if (reply.kind === 'success' && (command.name === 'query-jobs' || command.name === 'query-block-jobs')) {
      this.jobs.learn(reply.value, command.mark);
    }
    for (const listener of [...this.#settleListeners]) listener();
  }

  #notice(text: string): void {
    if (this.#noticeListeners.size === 0) this.#notices.push(text);
    for (const listener of [...this.#noticeListeners]) listener(text);
  }

  #send(message: Json, request: Request | undefined): Sent {
    if (this.#ending || this.#closing)
      return unsent(notSent(nameOf(message), this.#address), this.events.end);
    try {
      return this.#commands.send(message, request);
    } catch (error) {
      return unsent(error, this.events.end);
    }
  }

  #write(text: string): void {
    this.#options.log?.('C', text, this.#options.clock.now());
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
    else this.#fail(this.#lostConnection(cause));
  }

  #fail(error: QmpshError): void {
    this.#finish({ expected: false, error });
  }

  #finish(ending: Ending): void {
    this.#ending = ending;
    this.#protocol.end();
    this.#opened?.reject(ending.error ?? new QmpshError('interrupted', 'stopped connecting'));
    for (const listener of [...this.#endListeners]) listener(ending);
    this.#endListeners.clear();
    this.#commands.end(this.#address, ending.error);
  }

  #onEnd(listener: (ending: Ending) => void): () => void {
    if (this.#ending) listener(this.#ending);
    return register(this.#endListeners, listener);
  }

  async #loadSchema(): Promise<Schema> {
    const reply = await this.execute('query-qmp-schema');
    if (reply.kind === 'refusal') {
      throw new QmpshError('refused', `the server gives no schema: ${safe(reply.desc)}`, {
        code: reply.class,
      });
    }
    const { loadSchema } = await import('../schema/load.ts');
    return loadSchema(reply.value);
  }

  get #address(): string {
    return safe(this.#options.address);
  }

  #silent(limit: number): QmpshError {
    const time = duration(limit / 1000);
    if (this.#greeting || this.#options.agent) {
      return new QmpshError('connect', `${this.#address} did not answer within ${time}`, { code: 'silent' });
    }
    const message = `${this.#address} takes connections, but sent no greeting within ${time}`;
    const advice =
      'A monitor serves one client at a time: most likely another one is connected (virsh, qmp-shell, another qmpsh). ' +
      'End that one, or give QEMU a second monitor (-qmp). A QEMU guest agent never greets: use -N for it.';
    return new QmpshError('connect', message, { code: 'busy', advice });
  }

  #lostConnection(cause: Error | undefined): QmpshError {
    const given = cause instanceof QmpshError ? cause.advice : undefined;
    if (this.#opened) {
      const why = cause ? `: ${safe(cause.message)}` : ' before it had greeted';
      const message = `${this.#address} ended the connection${why}`;
      const advice = given ?? 'Is it a QMP monitor, and is QEMU still running?';
      return new QmpshError('connect', message, { code: codeOf(cause) ?? 'ended', advice, cause });
    }
    const why = cause ? `: ${safe(cause.message)}` : '';
    const message = `the connection to ${this.#address} was lost${why}`;
    const advice = given ?? 'QEMU has most likely ended.';
    return new QmpshError('lost', message, { code: codeOf(cause) ?? 'ended', advice, cause });
  }

  #lostWait(what: string): QmpshError {
    const message = `the connection to ${this.#address} ended while waiting for ${what}`;
    const advice = 'Whether it came is not known.';
    return new QmpshError('lost', message, { code: 'ended', advice, cause: this.#ending?.error });
  }

  #noJob(id: string): QmpshError {
    const others = this.jobs.list().map(job => safe(job.id));
    const advice = others.length > 0 ? `There is: ${others.join(', ')}.` : 'There are no jobs.';
    return new QmpshError('refused', `there is no job ${safe(id)}`, { code: 'no-job', advice });
  }
}

function opening(options: SessionOptions): Opening {
  if (options.agent) return 'agent';
  return options.negotiate === false ? 'silent' : 'qmp';
}

/** Adds to a set; gives how to take it out again. */
function register<T>(set: Set<T>, listener: T): () => void {
  set.add(listener);
  return () => set.delete(listener);
}

function unsent(error: unknown, mark: number): Sent {
  const reply = Promise.reject<Reply>(error);
  reply.catch(() => {}); // whoever sent it need not look
  return { id: '', mark, reply };
}

function dropped(what: string, count: number): QmpshError {
  const message = `${count} events since the command are no longer in the log: ${what} may have been among them`;
  return new QmpshError('lost', message, { code: 'dropped' });
}

function codeOf(error: Error | undefined): string | undefined {
  return error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
