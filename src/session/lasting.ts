// A connection that is made anew when it is lost: a VM that restarts, a link that drops. What was under way then is told as
// lost, as on any connection; nothing is sent twice.
import { QmpshError } from '../qmp/errors.ts';
import type { Reply } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import type { JsonObject } from '../text/json.ts';
import type { Session } from './client.ts';
import type { EventListener } from './feed.ts';
import { Listeners } from './listeners.ts';
import type { Ending } from './options.ts';
import { type WaitOptions, within } from './wait.ts';

/** How long is waited before the monitor is tried again: twice as long each time. In milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;

interface LastingOptions {
  readonly clock: Clock;
  /** Opens a connection; it is called again whenever one was lost. */
  readonly open: () => Promise<Session>;
  /** Milliseconds after which a monitor that does not come back is given up; absent: never. */
  readonly limit?: number;
  /** Ends it for good. */
  readonly signal?: AbortSignal;
}

export class LastingSession {
  /** Resolves when it is over: closed, QEMU has ended by `quit`, or the monitor was given up. */
  readonly ended: Promise<Ending>;
  readonly #options: LastingOptions;
  readonly #eventListeners = new Listeners<Parameters<EventListener>>();
  readonly #connectListeners = new Listeners<[session: Session]>();
  #current: Promise<Session>;
  #session: Session;
  #closed = false;
  #wake = () => {};
  #over: (ending: Ending) => void = () => {};

  private constructor(session: Session, options: LastingOptions) {
    this.#options = options;
    this.#session = session;
    this.#current = Promise.resolve(session);
    this.ended = new Promise(resolve => {
      this.#over = resolve;
    });
    options.signal?.addEventListener('abort', () => void this.close(), { once: true });
    this.#take(session);
  }

  /** Resolves when the first connection is open; that one is tried once. */
  static async open(options: LastingOptions): Promise<LastingSession> {
    return new LastingSession(await options.open(), options);
  }

  /** The connection that is there now, or was the last. */
  get session(): Session {
    return this.#session;
  }

  /** Sends a command as soon as there is a connection, and gives its reply. Rejects as a session's `execute` does. */
  async execute(command: string, args: JsonObject = {}, options: WaitOptions = {}): Promise<Reply> {
    const { clock } = this.#options;
    const session = await within(this.#current, { ...options, clock, what: `a connection for ${command}` });
    return session.execute(command, args, options);
  }

  /** Calls the listener with each event, of this connection and of those to come. */
  onEvent(listener: EventListener): () => void {
    return this.#eventListeners.add(listener);
  }

  /** Calls the listener with each further connection: what was known of the VM may be true no more. */
  onConnect(listener: (session: Session) => void): () => void {
    return this.#connectListeners.add(listener);
  }

  /** Ends it; the VM goes on. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#session.close();
    this.#over({ expected: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #take(session: Session): void {
    this.#session = session;
    session.onEvent((event, position) => this.#eventListeners.tell(event, position));
    void session.ended.then(ending => {
      if (this.#closed || ending.expected) this.#over(ending);
      else this.#again(ending.error);
    });
  }

  /** Tries until there is a connection, or it is given up. */
  #again(cause: QmpshError | undefined): void {
    this.#current = this.#retry(cause).then(session => {
      this.#take(session);
      this.#connectListeners.tell(session);
      return session;
    });
    this.#current.catch(error => {
      this.#over({ expected: this.#closed, ...(error instanceof QmpshError ? { error } : {}) });
    });
  }

  async #retry(cause: QmpshError | undefined): Promise<Session> {
    const { clock, open, limit } = this.#options;
    const began = clock.now();
    let last = cause;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const left = limit === undefined ? LONGEST_PAUSE : began + limit - clock.now();
      if (this.#closed) throw new QmpshError('interrupted', 'the connection was closed');
      if (left <= 0) throw last ?? new QmpshError('connect', 'the monitor did not come back');
      await new Promise<void>(resolve => {
        const stop = clock.after(Math.min(pause, left), resolve);
        this.#wake = () => {
          stop();
          resolve();
        };
      });
      if (this.#closed) continue;
      try {
        const session = await open();
        if (!this.#closed) return session;
        await session.close();
      } catch (error) {
        if (!(error instanceof QmpshError)) throw error;
        last = error;
      }
    }
  }
}
