// Rows at the bottom of a terminal's output that are drawn over and over: the jobs a page waits for.

export class StatusRows {
  readonly #write: (bytes: string) => void;
  #rows: readonly string[] = [];

  constructor(write: (bytes: string) => void) {
    this.#write = write;
  }

  /** Draws rows in the place of those before; none takes them away. */
  draw(rows: readonly string[]): void {
    if (rows.length === 0 && this.#rows.length === 0) return;
    this.#write(erase(this.#rows.length) + rows.map(row => `${row}\n`).join(''));
    this.#rows = rows;
  }

  /** Runs what prints, with the rows out of its way. */
  around(print: () => void): void {
    const rows = this.#rows;
    this.draw([]);
    print();
    this.draw(rows);
  }
}

function erase(count: number): string {
  return '\x1b[1A\x1b[2K'.repeat(count);
}
