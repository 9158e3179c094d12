// Reads JSON with `...` in it from the text of a page. Python's notation is read too, since that is what old transcripts of
// qmp-shell hold.
import type { Place } from '../text/place.ts';
import type { Pattern, Slip } from './pattern.ts';

type PatternResult =
  | { readonly ok: true; readonly pattern: Pattern; readonly end: number; readonly slips: readonly Slip[] }
  | { readonly ok: false; readonly message: string; readonly at: number };

const ANY: Pattern = { kind: 'any' };
const WORDS: ReadonlyMap<string, null | boolean> = new Map([
  ['null', null],
  ['None', null],
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
]);
const MAX_DEPTH = 200;
/** What may stand behind `...` in its row: words, and `...` again. */
const REMARK = /[ \t]*[A-Za-z(][^,\]}\n"']*/y;

class Fault extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/**
 * Reads one value from `start`, looking no further than `limit`; `end` is the offset behind it. Never throws.
 * `document`: the notation of QEMU's documents, where Python's is a slip, and a forgotten comma, too.
 */
export function readPattern(text: string, start = 0, limit = text.length, document = false): PatternResult {
  const reader = new Reader(text, start, limit, document);
  try {
    const pattern = reader.value(0);
    return { ok: true, pattern, end: reader.at, slips: reader.slips };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, message: error.message, at: error.at };
    throw error;
  }
}

class Reader {
  at: number;
  readonly slips: Slip[] = [];
  readonly #text: string;
  readonly #limit: number;
  readonly #document: boolean;
  /** Behind the last token: where a comma would stand. */
  #behind: number;
  /** The last token was `...`. */
  #rested = false;
  /** Where the last single quote stood. */
  #quoted = -1;

  constructor(text: string, start: number, limit: number, document: boolean) {
    this.#text = text;
    this.at = start;
    this.#behind = start;
    this.#limit = limit;
    this.#document = document;
  }

  value(depth: number): Pattern {
    if (depth > MAX_DEPTH) throw new Fault(`nested deeper than ${MAX_DEPTH}`, this.at);
    this.#blanks();
    const start = this.at;
    if (this.#elision()) return { kind: 'any', place: this.#from(start) };
    switch (this.#peek()) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#list(depth);
      case '"':
      case "'":
        return this.#quotedText(start);
    }
    if (this.#prefixed()) return this.#quotedText(start);
    return this.#word();
  }

  #from(start: number): Place {
    this.#behind = this.at;
    this.#rested = false;
    return { start, end: this.at };
  }

  #quotedText(start: number): Pattern {
    const pattern = stringPattern(this.#string());
    return { ...pattern, place: this.#from(start) };
  }

  #object(depth: number): Pattern {
    const members = new Map<string, Pattern>();
    const names = new Map<string, Place>();
    const open = this.at;
    let elided = false;
    this.at += 1;
    for (;;) {
      this.#blanks();
      const closed = this.#take('}');
      if (closed)
        return {
          kind: 'object',
          members,
          names,
          place: this.#from(open),
          ...(elided ? { elided: true as const } : {}),
        };
      if (this.#elision()) elided = true;
      else {
        const at = this.at;
        const key = this.#key(open);
        const place = this.#from(at);
        this.#blanks();
        if (!this.#take(':')) throw new Fault(`':' is missing after ${JSON.stringify(key)}`, this.at);
        if (members.has(key)) throw new Fault(`${JSON.stringify(key)} stands here twice`, at);
        members.set(key, this.value(depth + 1));
        names.set(key, place);
      }
      this.#separator('}', open);
    }
  }

  #list(depth: number): Pattern {
    const items: Pattern[] = [];
    const open = this.at;
    this.at += 1;
    for (;;) {
      this.#blanks();
      if (this.#take(']')) return { kind: 'list', items, place: this.#from(open) };
      if (this.#peek() === '}') throw new Fault("']' is missing before '}'", this.at);
      const start = this.at;
      const item = this.#elision() ? undefined : this.value(depth + 1);
      const more = item === undefined || (this.#document && isMore(item));
      items.push(more ? { kind: 'rest', place: { start, end: this.at } } : item);
      this.#separator(']', open);
    }
  }

  /** `...`, also with a remark: `... more of them ...`. */
  #elision(): boolean {
    if (!this.#take('...')) return false;
    REMARK.lastIndex = this.at;
    const found = REMARK.exec(this.#text)?.[0] ?? '';
    const word = /[A-Za-z]*/.exec(found.trimStart())?.[0] ?? '';
    if (this.at + found.length <= this.#limit && !WORDS.has(word) && !/^\s*u?$/.test(found))
      this.at += found.length;
    this.#behind = this.at;
    this.#rested = true;
    return true;
  }

  /** A comma, or (left for the caller) the closing bracket. A bare `...` needs no comma on either side. */
  #separator(close: string, open: number): void {
    const rested = this.#rested;
    this.#blanks();
    const at = this.at;
    if (this.#take(',')) {
      this.#blanks();
      if (this.#peek() === close && !rested)
        this.#slip(at, at + 1, `a comma stands before the closing '${close}'`);
      return;
    }
    if (this.#peek() === close || this.#ahead('...')) return;
    if (rested && this.#peek() !== '') return;
    if (this.#peek() === '') throw new Fault(`'${this.#text[open]}' is never closed`, open);
    const before = excerpt(this.#text, this.at, this.#limit);
    // What is to be mended is the row that lacks the comma.
    const sameRow = !this.#text.slice(this.#behind, this.at).includes('\n');
    if (this.#document && /["'{[]/.test(this.#peek()))
      this.#slip(this.#behind - 1, this.#behind, `',' is missing before ${before}`);
    else
      throw new Fault(`',' or '${close}' is missing before ${before}`, sameRow ? this.at : this.#behind - 1);
  }

  #slip(start: number, end: number, message: string): void {
    this.slips.push({ place: { start, end }, message });
  }

  #key(open: number): string {
    if (this.#peek() === '') throw new Fault(`'{' is never closed`, open);
    if (this.#peek() === '"' || this.#peek() === "'" || this.#prefixed()) return this.#string();
    throw new Fault(
      `a member's name is missing before ${excerpt(this.#text, this.at, this.#limit)}`,
      this.at,
    );
  }

  /** Python 2 wrote `u'text'`. */
  #prefixed(): boolean {
    const quote = this.#text[this.at + 1];
    if (this.at + 1 >= this.#limit || this.#peek() !== 'u' || (quote !== "'" && quote !== '"')) return false;
    this.at += 1;
    return true;
  }

  /** JSON knows double quotes alone; told once a row. */
  #single(open: number): void {
    const sameRow = this.#quoted >= 0 && !this.#text.slice(this.#quoted, open).includes('\n');
    this.#quoted = open;
    if (sameRow) return;
    this.#slip(open, open + 1, 'JSON has double quotes only');
  }

  #string(): string {
    const open = this.at;
    const quote = this.#peek();
    if (quote === "'" && this.#document) this.#single(open);
    let value = '';
    for (let i = open + 1; i < this.#limit; i++) {
      const char = this.#text[i] ?? '';
      if (char === quote) {
        this.at = i + 1;
        return value;
      }
      if (char === '\n') break;
      if (char !== '\\') {
        value += char;
        continue;
      }
      i += 1;
      const letter = this.#text[i] ?? '';
      const hex = { u: 4, x: 2 }[letter];
      if (hex === undefined) {
        value += { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[letter] ?? letter;
        continue;
      }
      const digits = this.#text.slice(i + 1, i + 1 + hex);
      if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length < hex)
        throw new Fault(`'\\${letter}' wants ${hex} hexadecimal digits`, i);
      value += String.fromCharCode(Number.parseInt(digits, 16));
      i += hex;
    }
    throw new Fault('the quote is never closed in its row', open);
  }

  #word(): Pattern {
    const word =
      /^[A-Za-z0-9.+_-]*/.exec(this.#text.slice(this.at, Math.min(this.#limit, this.at + 400)))?.[0] ?? '';
    const known = WORDS.get(word);
    const value = known !== undefined ? known : number(word);
    if (value === undefined) {
      if (this.#peek() === '') throw new Fault('a value is missing at the end', this.at);
      throw new Fault(`${excerpt(this.#text, this.at, this.#limit)} is no JSON value`, this.at);
    }
    const start = this.at;
    this.at += word.length;
    if (this.#document && /^[TFN]/.test(word))
      this.#slip(start, this.at, `${word} is Python; JSON writes ${value}`);
    return { kind: 'scalar', value, place: this.#from(start) };
  }

  /** Blanks, a backslash at the end of a row, and remarks as people put them into examples: the shell's, and both of C's. */
  #blanks(): void {
    for (;;) {
      while (this.at < this.#limit && (/\s/.test(this.#text[this.at] ?? '') || this.#goesOn())) this.at += 1;
      const end = this.#remarkEnd();
      if (end === undefined) return;
      this.at = Math.min(end, this.#limit);
    }
  }

  #goesOn(): boolean {
    if (this.#text[this.at] !== '\\') return false;
    return /^\r?\n/.test(this.#text.slice(this.at + 1, this.at + 3));
  }

  #remarkEnd(): number | undefined {
    const first = this.#peek();
    if (first !== '#' && first !== '/') return undefined;
    if (this.#ahead('/*')) {
      const close = this.#text.indexOf('*/', this.at);
      if (close < 0 || close >= this.#limit) throw new Fault("'/*' is never closed", this.at);
      return close + 2;
    }
    if (first === '/' && !this.#ahead('//')) return undefined;
    const newline = this.#text.indexOf('\n', this.at);
    return newline < 0 ? this.#limit : newline;
  }

  #peek(): string {
    return this.at < this.#limit ? (this.#text[this.at] ?? '') : '';
  }

  #ahead(word: string): boolean {
    return this.at + word.length <= this.#limit && this.#text.startsWith(word, this.at);
  }

  #take(word: string): boolean {
    if (!this.#ahead(word)) return false;
    this.at += word.length;
    return true;
  }
}

/** `{...}` and `[...]` among the items of a document's list: more of them, however many. */
function isMore(item: Pattern): boolean {
  return item.kind === 'object'
    ? item.elided === true && item.members.size === 0
    : item.kind === 'list' && item.items.length > 0 && item.items.every(one => one.kind === 'rest');
}

function stringPattern(value: string): Pattern {
  return value === '...' ? ANY : { kind: 'scalar', value };
}

function number(word: string): number | bigint | undefined {
  if (/^-?\d+L?$/.test(word)) {
    const exact = BigInt(word.replace('L', ''));
    return exact >= Number.MIN_SAFE_INTEGER && exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : exact;
  }
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(word) ? Number(word) : undefined;
}

function excerpt(text: string, at: number, limit: number): string {
  const row = text.slice(at, Math.min(limit, at + 60)).split('\n', 1)[0] ?? '';
  return row === '' ? 'the end' : JSON.stringify(row.length > 20 ? `${row.slice(0, 20)}...` : row);
}
