// Joins rows of input to lines: a row with an unclosed bracket, quote or transaction goes on in the next.
import { PastedLines } from '../language/pasted.ts';
import type { PastedLine } from '../language/several.ts';

export type NumberedLine = PastedLine;

export class RowReader {
  readonly #lines: PastedLines;
  /** Pieces of a row whose end has not come yet. */
  #rest: string[] = [];

  /** With `hmp` each row is a line of the human monitor, but for the shell's own words. */
  constructor(hmp = false) {
    this.#lines = new PastedLines({ hmp });
  }

  /** Takes a piece of input, cut anywhere; gives the lines that are complete now. */
  push(chunk: string): NumberedLine[] {
    const [first = '', ...more] = chunk.split('\n');
    this.#rest.push(first);
    const last = more.pop();
    if (last === undefined) return [];
    const rows = [this.#rest.join(''), ...more];
    this.#rest = [last];
    return rows.flatMap(row => this.#lines.push(row));
  }

  /** The input is over: whatever is left is a line, open or not. */
  end(): NumberedLine[] {
    const rest = this.#rest.join('');
    this.#rest = [];
    return [...(rest === '' ? [] : this.#lines.push(rest)), ...this.#lines.end()];
  }
}

/** What is said of messages among the lines that QEMU sends and nobody sends to it. */
export function leftOutNote(count: number): string {
  const what = count === 1 ? '1 message is' : `${count} messages are`;
  return `left out: ${what} what QEMU says (a reply, an event, a greeting), nothing to send`;
}
