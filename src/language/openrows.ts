// Whether a line goes on in the next row, told row by row: each row is read once, however many a line has. It agrees
// with the reader in tokens.ts about every text (test/language/openrows.test.ts).
import { MAX_DEPTH } from '../text/json.ts';
import { bareEnd, skipBlanks } from './ends.ts';
import { BLANK, COMMENT, endOfRow, GOES_ON, HMP, matches, OPENING, PROMPT, WORD } from './linestarts.ts';

/**
 * A function to be told the rows of one line, in order: whether a bracket, a quote or a transaction is still open behind
 * them. Behind a line that is complete only rows that begin with `key=` may follow.
 */
export function openRows(): (row: string) => boolean {
  const line = new OpenLine();
  return row => line.push(row);
}

/** The brackets and quotes that close what is open in a text, in their order; empty where nothing is. */
export function missingIn(text: string): string {
  const line = new OpenLine();
  for (const row of text.split('\n')) line.push(row);
  return line.missing;
}

class OpenLine {
  #mode: 'start' | 'word' | 'arguments' | 'transaction' | 'messages' | 'over' = 'start';
  /** The value that goes on in the next row. */
  #value: OpenValue | undefined;
  #isFirst = true;
  /** Whether an action of the transaction was met: from there on ")" closes it, whatever is glued to it. */
  #acted = false;
  /** A value too deep for QEMU: the reader does not look at what comes behind it. */
  #givenUp = false;
  #text = '';
  #at = 0;
  #startsRow = true;
  /** The row ends in a backslash. */
  #continued = false;

  push(row: string): boolean {
    this.#text = this.#isFirst ? row : `\n${row}`;
    this.#startsRow = this.#isFirst;
    this.#isFirst = false;
    this.#continued = false;
    this.#at = 0;
    if (this.#value !== undefined) this.#go(this.#value);
    if (this.#value === undefined && !this.#givenUp) this.#read();
    return this.#value !== undefined || this.#continued || this.#mode === 'transaction';
  }

  get missing(): string {
    return `${this.#value?.missing ?? ''}${this.#mode === 'transaction' ? ')' : ''}`;
  }

  #read(): void {
    if (this.#mode === 'start') this.#start();
    if (this.#mode === 'word') this.#word();
    if (this.#mode === 'arguments') this.#arguments();
    if (this.#mode === 'transaction') this.#transaction();
    if (this.#mode === 'messages' && this.#value === undefined) this.#messages();
  }

  #start(): void {
    this.#blanks();
    const rest = this.#text.slice(this.#at);
    if (rest === '') return;
    // Behind `<-` stands what came, which is read as far as it goes and then sent nowhere.
    const arrow = /^(?:->|<-)\s*(?=[{[])/.exec(rest)?.[0].length ?? 0;
    if (HMP.test(rest)) this.#mode = 'over';
    else if (WORD.test(rest)) {
      this.#mode = 'word';
      this.#at = Math.max(0, skipBlanks(this.#text, this.#wordEnd()) - 1);
    } else if (arrow > 0 || /^[{[]/.test(rest)) {
      this.#at += arrow;
      this.#mode = 'messages';
      this.#go(new OpenValue());
    } else if (OPENING.test(rest)) {
      this.#at = this.#text.indexOf('(', this.#at) + 1;
      this.#mode = 'transaction';
    } else {
      this.#at = this.#tokenEnd(this.#at);
      this.#mode = 'arguments';
    }
  }

  #wordEnd(): number {
    const blank = this.#text.slice(this.#at).search(BLANK);
    return blank < 0 ? this.#text.length : this.#at + blank;
  }

  /** Literals among the arguments of a word. */
  #word(): void {
    const start = /(?:^|[\s=])[{[]/g;
    for (;;) {
      start.lastIndex = this.#at;
      if (!start.test(this.#text)) return;
      this.#at = start.lastIndex - 1;
      if (!this.#go(new OpenValue())) return;
    }
  }

  /** Messages one behind the other. */
  #messages(): void {
    for (;;) {
      this.#blanks();
      if (/[;,]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
      this.#blanks();
      const next = this.#text[this.#at];
      if (next === undefined) return;
      if (next !== '{') this.#mode = 'over';
      if (next !== '{' || !this.#go(new OpenValue())) return;
    }
  }

  #arguments(): void {
    for (;;) {
      this.#blanks();
      if (this.#at >= this.#text.length) return;
      if (/^[|&](?:\s|$)/.test(this.#text.slice(this.#at, this.#at + 2))) {
        this.#mode = 'over';
        return;
      }
      if (!this.#argument()) return;
    }
  }

  #transaction(): void {
    for (;;) {
      this.#blanks();
      if (this.#at >= this.#text.length) return;
      const end = this.#tokenEnd(this.#at);
      const isPair = this.#text.slice(this.#at, end).indexOf('=') > 0;
      if (this.#text[this.#at] === ')' && (this.#acted || !isPair)) {
        this.#mode = 'over';
        return;
      }
      if (isPair) {
        if (!this.#argument()) return;
      } else {
        this.#acted = true;
        this.#at = end;
      }
    }
  }

  /** `key=value` or a lone token; false when its value goes on in the next row. */
  #argument(): boolean {
    const end = this.#tokenEnd(this.#at);
    const equals = this.#text.slice(this.#at, end).indexOf('=');
    if (equals < 0) {
      this.#at = end;
      return true;
    }
    this.#at += equals + 1;
    const next = this.#text[this.#at];
    if (next === undefined || BLANK.test(next)) return true;
    if (/["'{[]/.test(next)) return this.#go(new OpenValue());
    this.#at = this.#tokenEnd(this.#at);
    return true;
  }

  /** Goes on with a value; true when it ends in this row. */
  #go(value: OpenValue): boolean {
    const end = value.read(this.#text, this.#at);
    this.#value = end === 'open' ? value : undefined;
    if (end === 'open') return false;
    if (end === 'too deep') {
      this.#givenUp = true;
      if (this.#mode !== 'transaction') this.#mode = 'over';
      return false;
    }
    this.#at = this.#mode === 'messages' ? end : this.#tokenEnd(end);
    this.#startsRow = false;
    return true;
  }

  #tokenEnd(from: number): number {
    return bareEnd(this.#text, from, this.#mode === 'transaction');
  }

  /** Skips blanks, comments, a backslash at the end of the row, and, where a row begins, prompts. */
  #blanks(): void {
    for (;;) {
      const end = skipBlanks(this.#text, this.#at);
      if (this.#text[0] === '\n' && this.#at === 0) this.#startsRow = true;
      this.#at = end;
      if (matches(COMMENT, this.#text, end)) this.#at = endOfRow(this.#text, end);
      else if (matches(GOES_ON, this.#text, end)) {
        this.#at = this.#text.length;
        this.#continued = true;
      } else if (this.#startsRow && matches(PROMPT, this.#text, end)) this.#at = PROMPT.lastIndex;
      else {
        this.#startsRow = false;
        return;
      }
    }
  }
}

const IN_QUOTES = { '"': /[^"\\]*/y, "'": /[^'\\]*/y } as const;
const PLAIN = /[^"'{}[\]]*/y;

/** The brackets and quotes of a value; which of them close which is as in literal.ts. */
class OpenValue {
  readonly #brackets: ('{' | '[')[] = [];
  #quote: '"' | "'" | undefined;
  /** A backslash was the last character. */
  #escaped = false;

  get missing(): string {
    const closers = this.#brackets.map(opener => (opener === '{' ? '}' : ']'));
    return `${this.#quote ?? ''}${closers.reverse().join('')}`;
  }

  /** Where the value ends. */
  read(text: string, from: number): number | 'open' | 'too deep' {
    let at = this.#escaped ? from + 1 : from;
    this.#escaped = false;
    while (at < text.length) {
      const pattern = this.#quote === undefined ? PLAIN : IN_QUOTES[this.#quote];
      pattern.lastIndex = at;
      pattern.test(text);
      at = pattern.lastIndex;
      const c = text[at];
      if (c === undefined) break;
      if (c === '\\') {
        this.#escaped = at + 1 >= text.length;
        at += 2;
        continue;
      }
      at += 1;
      if (c === this.#quote) this.#quote = undefined;
      else if (c === '"' || c === "'") this.#quote = c;
      else if (c === '{' || c === '[') {
        if (this.#brackets.length > MAX_DEPTH) return 'too deep';
        this.#brackets.push(c);
      } else if (!this.#close(c === '}' ? '{' : '[')) at -= 1;
      if (this.#quote === undefined && this.#brackets.length === 0) return at;
    }
    return 'open';
  }

  /** Closes what is open here; false where the bracket also closes what it fits, further out. */
  #close(opener: '{' | '['): boolean {
    const fits = this.#brackets.at(-1) === opener || !this.#brackets.includes(opener);
    this.#brackets.pop();
    return fits;
  }
}
