// How a connection opens: a greeting is waited for so long. A server that says nothing may be a guest agent, which never greets;
// where it may be spoken to as one, that is tried, on the same connection.
import { QmpshError } from '../qmp/errors.ts';
import type { Clock } from '../qmp/transport.ts';

/**
 * What is known of a server that has not greeted: it is a guest agent; it may be one, for all that is known; it is something
 * else, to which nothing must be sent.
 */
export type Guess = 'agent' | 'perhaps' | 'other';

interface OpeningParts {
  readonly clock: Clock;
  /** Milliseconds in which a server has to greet. */
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
  /** Absent: it is not tried as an agent. */
  readonly guess: (() => Promise<Guess>) | undefined;
  /** Whether the server has greeted. */
  readonly greeted: () => boolean;
  /** Speaks to it as to an agent from now on. */
  readonly tryAgent: () => void;
  /** The error of a server that has said nothing. */
  readonly late: () => QmpshError;
}

/** Milliseconds without a greeting after which it is looked up what the server is: QEMU greets at once, if it does. */
const GLANCE = 300;
/** Milliseconds that an agent is given to answer where nobody knew that it is one. */
const AGENT_ANSWERS = 1000;

export class Opening {
  /** Resolves when commands may be sent. */
  readonly done: Promise<void>;
  readonly #parts: OpeningParts;
  #cancel = () => {};
  #over = false;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};
  readonly #interrupt = () => this.reject(new QmpshError('interrupted', 'stopped connecting'));

  constructor(parts: OpeningParts) {
    this.#parts = parts;
    this.done = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Begins to wait. */
  begin(): void {
    const { signal, limit, guess } = this.#parts;
    signal?.addEventListener('abort', this.#interrupt, { once: true });
    if (signal?.aborted) this.#interrupt();
    else if (guess && limit > GLANCE) this.#after(GLANCE, () => void this.#glance(guess, limit - GLANCE));
    else this.#after(limit, () => this.#late());
  }

  resolve(): void {
    this.#end(this.#resolve);
  }

  reject(error: unknown): void {
    this.#end(() => this.#reject(error));
  }

  async #glance(guess: () => Promise<Guess>, left: number): Promise<void> {
    const what = await guess().catch((): Guess => 'other');
    const isSilent = () => !this.#parts.greeted();
    if (what === 'agent' && isSilent()) this.#try(left);
    else this.#after(left, () => (what === 'perhaps' && isSilent() ? this.#try() : this.#late()));
  }

  #try(limit = AGENT_ANSWERS): void {
    this.#parts.tryAgent();
    this.#after(limit, () => this.#late());
  }

  #late(): void {
    this.reject(this.#parts.late());
  }

  #after(ms: number, run: () => void): void {
    if (!this.#over) this.#cancel = this.#parts.clock.after(ms, run);
  }

  #end(settle: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancel();
    this.#parts.signal?.removeEventListener('abort', this.#interrupt);
    settle();
  }
}
