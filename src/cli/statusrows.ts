// Rows at the bottom of a terminal's output that are drawn over and over: the jobs a page waits for, and below them a
// question that is open.

export class StatusRows {
  readonly #write: (bytes: string) => void;
  #rows: readonly string[] = [];
  #question: readonly string[] = [];
  #drawn = 0;
  /** What is printed while others have the screen. */
  #held: (() => void)[] | undefined;

  constructor(write: (bytes: string) => void) {
    this.#write = write;
  }

  /** Draws rows in the place of those before; none takes them away. */
  draw(rows: readonly string[]): void {
    this.#rows = rows;
    this.#redraw();
  }

  /** Runs what prints, with the rows out of its way. */
  around(print: () => void): void {
    if (this.#held) {
      this.#held.push(print);
      return;
    }
    this.#erase();
    print();
    this.#redraw();
  }

  /** Shows a question under the rows until it is answered. */
  async asking<T>(question: readonly string[], answer: () => Promise<T>): Promise<T> {
    this.#question = question;
    // The answer is waited for first: a key pressed as soon as the question stands would be echoed between the rows.
    const answered = answer();
    this.#redraw();
    try {
      return await answered;
    } finally {
      this.#question = [];
      this.#redraw();
    }
  }

  /** Leaves the screen to somebody else: what comes meanwhile waits. */
  async aside<T>(run: () => Promise<T>): Promise<T> {
    this.#erase();
    this.#held = [];
    try {
      return await run();
    } finally {
      const held = this.#held;
      this.#held = undefined;
      for (const print of held) print();
      this.#redraw();
    }
  }

  #redraw(): void {
    const rows = [...this.#rows, ...this.#question];
    if (this.#held || rows.length + this.#drawn === 0) return;
    this.#write(erase(this.#drawn) + rows.map(row => `${row}\n`).join(''));
    this.#drawn = rows.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#write(erase(this.#drawn));
    this.#drawn = 0;
  }
}

function erase(count: number): string {
  return '\x1b[1A\x1b[2K'.repeat(count);
}
