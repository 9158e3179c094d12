// Expected output as a pattern: JSON in which `...` stands for anything. Python's notation is read too, since that
// is what old transcripts of qmp-shell hold.
import type { Json } from '../text/json.ts';

export type Pattern =
  | { readonly kind: 'any' }
  /** In a list: any number of items. */
  | { readonly kind: 'rest' }
  | { readonly kind: 'scalar'; readonly value: null | boolean | number | bigint | string }
  | { readonly kind: 'list'; readonly items: readonly Pattern[] }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, Pattern> };

export type PatternResult =
  | { readonly ok: true; readonly pattern: Pattern; readonly end: number }
  | { readonly ok: false; readonly message: string; readonly at: number };

const ANY: Pattern = { kind: 'any' };
const REST: Pattern = { kind: 'rest' };
const WORDS: ReadonlyMap<string, null | boolean> = new Map([
  ['null', null],
  ['None', null],
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
]);
const MAX_DEPTH = 200;

class Fault extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Reads one value from `start`, looking no further than `limit`; `end` is the offset behind it. Never throws. */
export function readPattern(text: string, start = 0, limit = text.length): PatternResult {
  const reader = new Reader(text, start, limit);
  try {
    const pattern = reader.value(0);
    return { ok: true, pattern, end: reader.at };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, message: error.message, at: error.at };
    throw error;
  }
}

/** The pattern that a JSON value is, `"..."` standing for anything. */
export function patternOf(value: Json): Pattern {
  if (value === '...') return ANY;
  if (Array.isArray(value)) return { kind: 'list', items: value.map(patternOf) };
  if (value !== null && typeof value === 'object') {
    return {
      kind: 'object',
      members: new Map(Object.entries(value).map(([key, item]) => [key, patternOf(item)])),
    };
  }
  return { kind: 'scalar', value };
}

/** The pattern as text, compact. */
export function showPattern(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'any':
    case 'rest':
      return '...';
    case 'scalar':
      return typeof pattern.value === 'bigint' ? pattern.value.toString() : JSON.stringify(pattern.value);
    case 'list':
      return `[${pattern.items.map(showPattern).join(', ')}]`;
    case 'object':
      return `{${[...pattern.members].map(([key, item]) => `${JSON.stringify(key)}: ${showPattern(item)}`).join(', ')}}`;
  }
}

class Reader {
  at: number;
  readonly #text: string;
  readonly #limit: number;

  constructor(text: string, start: number, limit: number) {
    this.#text = text;
    this.at = start;
    this.#limit = limit;
  }

  value(depth: number): Pattern {
    if (depth > MAX_DEPTH) throw new Fault(`nested deeper than ${MAX_DEPTH}`, this.at);
    this.#blanks();
    if (this.#take('...')) return ANY;
    switch (this.#peek()) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#list(depth);
      case '"':
      case "'":
        return stringPattern(this.#string());
    }
    if (this.#prefixed()) return stringPattern(this.#string());
    return this.#word();
  }

  #object(depth: number): Pattern {
    const members = new Map<string, Pattern>();
    const open = this.at;
    this.at += 1;
    for (;;) {
      this.#blanks();
      if (this.#take('}')) return { kind: 'object', members };
      if (!this.#take('...')) {
        const at = this.at;
        const key = this.#key(open);
        this.#blanks();
        if (!this.#take(':')) throw new Fault(`':' is missing after ${JSON.stringify(key)}`, this.at);
        if (members.has(key)) throw new Fault(`${JSON.stringify(key)} stands here twice`, at);
        members.set(key, this.value(depth + 1));
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
      if (this.#take(']')) return { kind: 'list', items };
      items.push(this.#take('...') ? REST : this.value(depth + 1));
      this.#separator(']', open);
    }
  }

  /** A comma, or (left for the caller) the closing bracket. A bare `...` needs no comma on either side. */
  #separator(close: string, open: number): void {
    this.#blanks();
    if (this.#take(',') || this.#peek() === close || this.#ahead('...')) return;
    if (this.#text.slice(0, this.at).trimEnd().endsWith('...') && this.#peek() !== '') return;
    if (this.#peek() === '') throw new Fault(`'${this.#text[open]}' is never closed`, open);
    throw new Fault(
      `',' or '${close}' is missing before ${excerpt(this.#text, this.at, this.#limit)}`,
      this.at,
    );
  }

  #key(open: number): string {
    if (this.#peek() === '') throw new Fault("'{' is never closed", open);
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

  #string(): string {
    const open = this.at;
    const quote = this.#peek();
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
    this.at += word.length;
    return { kind: 'scalar', value };
  }

  #blanks(): void {
    while (this.at < this.#limit && /\s/.test(this.#text[this.at] ?? '')) this.at += 1;
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
  const row = text.slice(at, limit).split('\n', 1)[0] ?? '';
  return row === '' ? 'the end' : JSON.stringify(row.length > 20 ? `${row.slice(0, 20)}...` : row);
}
