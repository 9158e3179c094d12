// The terminal's keys while nobody asks for one: nothing that is typed is echoed, and nothing answers a later question.
// What the terminal makes of Ctrl-C, Ctrl-\ and Ctrl-Z it makes of them still.

const SIGNALS: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [0x03, 'SIGINT'],
  [0x1c, 'SIGQUIT'],
]);
const CTRL_Z = 0x1a;

/** Standard input is a terminal. */
export class Hush {
  readonly #stdin = process.stdin;
  #on = false;

  begin(): void {
    if (this.#on) return;
    this.#on = true;
    this.#stdin.setRawMode(true);
    this.#listen();
    this.#stdin.resume();
  }

  end(): void {
    if (!this.#on) return;
    this.#on = false;
    this.#deafen();
    this.#stdin.setRawMode(false);
    this.#stdin.pause();
  }

  /** Leaves the terminal to somebody else. */
  async aside<T>(run: () => Promise<T>): Promise<T> {
    this.end();
    try {
      return await run();
    } finally {
      this.begin();
    }
  }

  /** Leaves the next keys to somebody who does not want them echoed either. */
  async listening<T>(run: () => Promise<T>): Promise<T> {
    this.#deafen();
    try {
      return await run();
    } finally {
      if (this.#on) this.#listen();
    }
  }

  #listen(): void {
    this.#stdin.on('data', this.#take).on('error', this.#gone);
  }

  #deafen(): void {
    this.#stdin.off('data', this.#take).off('error', this.#gone);
  }

  readonly #take = (chunk: Buffer | string) => {
    for (const byte of Buffer.from(chunk)) {
      const signal = SIGNALS.get(byte);
      // To all that run in the foreground, as from the terminal.
      if (signal) process.kill(0, signal);
      else if (byte === CTRL_Z) this.#stop();
    }
  };

  /** The terminal is as it was for as long as the job is stopped. */
  #stop(): void {
    this.#stdin.setRawMode(false);
    process.once('SIGCONT', () => {
      if (this.#on) this.#stdin.setRawMode(true);
    });
    process.kill(0, 'SIGTSTP');
  }

  /** It was closed: SIGHUP says so. */
  readonly #gone = () => {};
}
