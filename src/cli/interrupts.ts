// SIGINT, SIGTERM and SIGHUP as AbortSignals: the first stops the run, the next one its undo.
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Listens to the signals of the process. The first aborts `signal`, the second the undo; the third ends the process.
 */
export class Interrupts {
  readonly #first = new AbortController();
  readonly #next = new AbortController();
  readonly signal = this.#first.signal;

  readonly #heard = (name: NodeJS.Signals) => {
    if (!this.signal.aborted) return this.#first.abort();
    // A window that is closed sends it more than once, and means one thing.
    if (name === 'SIGHUP') return;
    // It may come before the undo begins, which is then told as left.
    process.off('SIGINT', this.#heard);
    process.off('SIGTERM', this.#heard);
    this.#next.abort();
  };

  constructor() {
    for (const name of SIGNALS) process.on(name, this.#heard);
  }

  /** Gives `run` the signal of the interruption after the first. */
  readonly untilNext = <T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> => run(this.#next.signal);

  /** Leaves signals to somebody else. */
  readonly release = (): void => {
    for (const name of SIGNALS) process.off(name, this.#heard);
  };
}
