// Rows as they are pasted or piped, put together to lines: bare lines, and transcripts of qmp-shell, nc, socat and telnet
// with what stands around the lines in mails, wikis, logs and here-documents.

import { openRows } from './openrows.ts';
import { marked, type Row } from './rowmarks.ts';
import { linesIn, type PastedLine } from './several.ts';

interface PasteOptions {
  /** Only what stands behind a prompt is a line. */
  readonly prompted?: boolean;
  /** Among prompts `$` steps are lines, too. */
  readonly shell?: boolean;
  /** A row that begins with `key=` goes on with the line above. */
  readonly pairs?: boolean;
  /** Lines are the human monitor's: each row is one. */
  readonly hmp?: boolean;
}

export const PROMPT = /^\s*(?:\((?:QEMU|qemu)\)(?:\s|$)|(?:(?:--?|=)>|\u2192|(?:QMP|qmp)>|C:)\s*(?=[{[]))/;
// What other shells and our own editor print where a line goes on.
const CONTINUATION = /^\s*(?:TRANS>|\.\.\.)(?:\s|$)/;
const STEP = /^\s*\$ \S/;
const PAIR = /^\s*[A-Za-z_][\w.-]*=/;
const HERE = /<<-?\s*(["']?)(\w+)\1/;
const HERE_READER =
  /^\s*(?:\S*[$#%]\s+)?(?:sudo\s+)?(?:\S*\/)?(?:cat|nc|ncat|socat|telnet|qmp-shell|qmpsh)\s/;

/** Takes rows one by one and gives lines. Each row is read once, however many a line has. */
export class PastedLines {
  readonly #options: PasteOptions;
  #rows: string[] = [];
  #begun: Row | undefined;
  #goesOn = openRows();
  #isOpen = false;
  /** The line is complete; only a row that begins with `key=` could still belong to it. */
  #held = false;
  #row = 0;
  #start = 0;
  /** The row that ends the here-document under way. */
  #end: string | undefined;

  constructor(options: PasteOptions = {}) {
    this.#options = options;
  }

  /** Takes the next row; gives the lines that are complete now. */
  push(raw: string): readonly PastedLine[] {
    this.#row += 1;
    const row = marked(raw);
    if (this.#belongs(row)) {
      const text = (this.#begun?.quoted ? row.unquoted : row.whole).replace(CONTINUATION, '');
      this.#rows.push(text);
      this.#isOpen = this.#goesOn(text);
      return this.#isOpen ? [] : this.#complete();
    }
    const before = this.end();
    this.#begin(row);
    return this.#isOpen ? before : [...before, ...this.#complete()];
  }

  /** Whether the line that the last row belongs to goes on in the next one. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** No more rows come: whatever is left is a line, complete or not. */
  end(): readonly PastedLine[] {
    const begun = this.#begun;
    if (begun === undefined) return [];
    const text = this.#rows.join('\n');
    this.#begun = undefined;
    this.#rows = [];
    this.#held = false;
    this.#isOpen = false;
    if (begun.leftOut !== undefined) return [{ text, row: this.#start, leftOut: begun.leftOut }];
    return begun.alone ? [{ text, row: this.#start }] : linesIn(text, this.#start);
  }

  #belongs({ unquoted }: Row): boolean {
    if (this.#begun === undefined) return false;
    if (this.#held) return PAIR.test(unquoted);
    return this.#isOpen && !(this.#options.prompted && this.#prompts(unquoted));
  }

  #prompts(row: string): boolean {
    return PROMPT.test(row) || (this.#options.shell === true && STEP.test(row));
  }

  #begin(row: Row): void {
    const { prompted, hmp } = this.#options;
    this.#start = this.#row;
    this.#goesOn = openRows();
    const among = prompted && !this.#prompts(row.unquoted);
    if (hmp) this.#begun = monitorRow(row, among);
    else this.#begun = among || this.#isHere(row) ? { ...row, leftOut: 'around' } : row;
    const { text, alone, leftOut } = this.#begun;
    this.#rows = [text];
    this.#isOpen = !alone && leftOut !== 'around' && this.#goesOn(text);
  }

  /** Whether the row begins or ends a here-document for a program that talks to a monitor. */
  #isHere({ unquoted }: Row): boolean {
    if (this.#end !== undefined && unquoted.trim() === this.#end) {
      this.#end = undefined;
      return true;
    }
    const word = HERE_READER.test(unquoted) ? HERE.exec(unquoted)?.[2] : undefined;
    if (word !== undefined) this.#end = word;
    return word !== undefined;
  }

  #complete(): readonly PastedLine[] {
    const mayGoOn = this.#options.pairs && !this.#begun?.alone && this.#begun?.leftOut === undefined;
    if (mayGoOn && this.#rows.some(row => row.trim() !== '')) {
      this.#held = true;
      return [];
    }
    return this.end();
  }
}

/** A row for the human monitor is a line as it stands; words of the shell among them may go on. */
function monitorRow(row: Row, among: boolean | undefined): Row {
  const { whole, unquoted, text } = row;
  const prompted = PROMPT.test(unquoted);
  const alone = !whole.trimStart().startsWith('.');
  const plain = { whole, unquoted, quoted: false, text: prompted ? text : whole, alone };
  return among ? { ...plain, leftOut: 'around' } : plain;
}
