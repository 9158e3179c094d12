// Rows of input put together to lines: a row with an unclosed bracket, quote or transaction goes on in the next.
import { completeness } from '../language/tokens.ts';

export interface NumberedLine {
  readonly text: string;
  /** The number of the line's first row, from 1. */
  readonly row: number;
}

export class RowReader {
  #rest = '';
  #rows: string[] = [];
  #row = 0;

  /** Takes a piece of input, cut anywhere; gives the lines that are complete now. */
  push(chunk: string): NumberedLine[] {
    const rows = (this.#rest + chunk).split('\n');
    this.#rest = rows.pop() ?? '';
    return rows.flatMap(row => this.#take(row));
  }

  /** The input is over: whatever is left is a line, open or not. */
  end(): NumberedLine[] {
    const last = this.#rest === '' ? [] : this.#take(this.#rest);
    this.#rest = '';
    return this.#rows.length > 0 ? [...last, this.#finish()] : last;
  }

  #take(row: string): NumberedLine[] {
    this.#row += 1;
    this.#rows.push(row.endsWith('\r') ? row.slice(0, -1) : row);
    return completeness(this.#rows.join('\n')) === 'open' ? [] : [this.#finish()];
  }

  #finish(): NumberedLine {
    const line = { text: this.#rows.join('\n'), row: this.#row - this.#rows.length + 1 };
    this.#rows = [];
    return line;
  }
}
