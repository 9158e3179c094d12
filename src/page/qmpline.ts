// A QMP line of a page with its values: the names in it are replaced so that the language reads each value as the one text or
// JSON value it is. It is cut as the language cuts it (language/tokens, language/literal); where a name can be no value
// it is refused.
import { stringifyJson } from '../text/json.ts';
import { bindShell } from './hostline.ts';
import type { Piece } from './names.ts';
import { BindFault, nameOf, plain, SAFE, type Value, type Values, valueAt } from './value.ts';

/** Stands for a name in the text that is read; no line that QEMU takes holds it. */
const NAME = '\0';

/** The line with its values; throws `BindFault` where one cannot stand. */
export function bindQmp(parts: readonly Piece[], values: Values): string {
  return new Binder(parts, values).line();
}

/** A JSON literal alone, as behind `.send`. */
export function bindJson(parts: readonly Piece[], values: Values): string {
  return new Binder(parts, values).json();
}

class Binder {
  readonly #parts: readonly Piece[];
  readonly #values: Values;
  readonly #names: readonly Piece[];
  readonly #text: string;
  #at = 0;
  #next = 0;
  #out = '';

  constructor(parts: readonly Piece[], values: Values) {
    this.#parts = parts;
    this.#values = values;
    this.#names = parts.filter(piece => piece.kind !== 'text');
    this.#text = parts.map(piece => (piece.kind === 'text' ? piece.text : NAME)).join('');
    if (parts.some(piece => piece.kind === 'text' && piece.text.includes(NAME)))
      throw new BindFault('the line holds a zero byte', 'QEMU takes none.');
    // All names must have values, whatever their places.
    for (const name of this.#names) valueAt(name, values);
  }

  json(): string {
    this.#copy(/^\s*/);
    if (this.#text[this.#at] === NAME) this.#refuse('where the whole message must stand');
    this.#value();
    while (this.#at < this.#text.length) this.#step();
    return this.#out;
  }

  line(): string {
    if (/^\s*(->\s*)?[{[]/.test(this.#text)) {
      this.#copy(/^\s*(->\s*)?/);
      return this.json();
    }
    const isTransaction = /^\s*transaction\s*\(/.test(this.#text);
    if (isTransaction) this.#copy(/^\s*transaction\s*\(/);
    let closed = !isTransaction;
    let startsRow = true;
    while (this.#at < this.#text.length) {
      const blanks = this.#copy(/^\s*/);
      startsRow ||= blanks.includes('\n');
      const rest = this.#text.slice(this.#at);
      if (startsRow && rest.startsWith('#')) {
        if (/^[^\n]*\0/.test(rest)) this.#refuse('in a comment', 'A comment can hold no value.');
        this.#copy(/^[^\n]*/);
        continue;
      }
      if (/^\|(\s|$)/.test(rest)) return closed ? this.#pipe() : this.#refuseRest();
      startsRow = /^(\(QEMU\)|TRANS>)(\s|$)/.test(rest) && startsRow;
      if (isTransaction && rest.startsWith(')')) closed = true;
      this.#token(isTransaction);
    }
    return this.#out;
  }

  /** `key=value`; anything else is no place for a name. */
  #token(isTransaction: boolean): void {
    const word = /^\S*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    const key = word.slice(0, word.indexOf('=') + 1);
    if (key === '') {
      this.#bare(word, isTransaction, false);
      return;
    }
    if (key.includes(NAME)) this.#refuse('where a name of the language must stand');
    this.#copyLength(key.length);
    if (/["'{[]/.test(this.#text[this.#at] ?? '')) this.#value();
    else this.#bare(word.slice(key.length), isTransaction, true);
  }

  /** Text without quotes, up to the next blank; in a transaction a ")" that closes it is none of it. */
  #bare(word: string, isTransaction: boolean, isValue: boolean): void {
    const depth = [...word].reduce((sum, char) => sum + (char === '(' ? 1 : char === ')' ? -1 : 0), 0);
    const text = isTransaction && depth < 0 && word.endsWith(')') ? word.slice(0, -1) : word;
    if (!text.includes(NAME)) {
      this.#copyLength(Math.max(text.length, 1));
      return;
    }
    if (!isValue) this.#refuse('where a name of the language must stand');
    this.#at += text.length;
    if (text === NAME) {
      this.#out += bare(this.#take().value);
      return;
    }
    let safe = true;
    let isText = false;
    const whole = text.replaceAll(NAME, () => {
      const { value } = this.#take();
      safe &&= SAFE.test(plain(value));
      isText ||= typeof value.json === 'string' && value.loose !== true;
      return plain(value);
    });
    this.#out += safe && !(isText && GUESSED.test(whole)) ? whole : stringifyJson(whole);
  }

  /** A quoted text, or a literal in brackets with all it holds. */
  #value(): void {
    let depth = 0;
    do {
      const char = this.#text[this.#at];
      if (char === undefined) return;
      if (char === '"' || char === "'") this.#string(char, depth > 0);
      else if (char === NAME) this.#item();
      else {
        if (/[{[]/.test(char)) depth += 1;
        else if (/[}\]]/.test(char)) depth -= 1;
        this.#step();
      }
    } while (depth > 0);
    if (/^\S*\0/.test(this.#text.slice(this.#at)))
      this.#refuse('right behind a quote or a bracket', 'Put a blank between.');
  }

  /** A name that is an item or a member's value. */
  #item(): void {
    const [before = '', after = ''] = [this.#text[this.#at - 1], this.#text[this.#at + 1]];
    if (!/[\s,:[{]/.test(before) || !/^[\s,\]}]?$/.test(after) || this.#beforeColon(this.#at + 1))
      this.#refuse('where a whole value must stand', 'Put quotes around it and what it is a part of.');
    this.#at += 1;
    this.#out += literalText(this.#take().value);
  }

  #string(quote: string, inside: boolean): void {
    let holds = false;
    this.#step();
    for (let char = this.#text[this.#at]; char !== undefined; char = this.#text[this.#at]) {
      if (char === NAME) {
        holds = true;
        this.#at += 1;
        this.#out += inQuotes(plain(this.#take().value), quote);
        continue;
      }
      if (char === '\\' && this.#text[this.#at + 1] === NAME)
        this.#refuse('behind a backslash', 'Take it out: a value is quoted as its place asks.');
      // An escape by number would take its digits from the value.
      const [byNumber = ''] = /^\\(x|u|U)[0-9a-fA-F]{0,8}/.exec(this.#text.slice(this.#at)) ?? [];
      if (byNumber !== '' && this.#text[this.#at + byNumber.length] === NAME)
        this.#refuse('behind an escape by number', 'Write the character itself.');
      this.#step();
      if (char === '\\') this.#step();
      else if (char === quote) {
        if (holds && inside && this.#beforeColon(this.#at)) this.#refuse('in the name of a member');
        return;
      }
    }
    if (holds) this.#refuse('in a quote that is not closed', 'Close it.');
  }

  #beforeColon(at: number): boolean {
    return /^\s*:/.test(this.#text.slice(at));
  }

  /** What stands behind "|" is the host's shell's. */
  #pipe(): string {
    this.#copy(/^\|\s*/);
    // The piece in which it begins, and those behind it.
    const rest: Piece[] = [];
    let start = 0;
    for (const piece of this.#parts) {
      const length = piece.kind === 'text' ? piece.text.length : 1;
      const skipped = Math.max(0, this.#at - start);
      if (skipped < length)
        rest.push(piece.kind === 'text' ? { ...piece, text: piece.text.slice(skipped) } : piece);
      start += length;
    }
    return this.#out + bindShell(rest, this.#values);
  }

  #refuseRest(): string {
    if (this.#text.slice(this.#at).includes(NAME)) this.#refuse('behind a "|" inside a transaction');
    this.#copyLength(this.#text.length - this.#at);
    return this.#out;
  }

  #take(): { readonly value: Value } {
    const piece = this.#names[this.#next++];
    if (!piece) throw new BindFault('a name has no place', 'Write it elsewhere.');
    return { value: valueAt(piece, this.#values) };
  }

  #refuse(where: string, advice = 'A parameter can be a value, or a part of one.'): never {
    const piece = this.#names[this.#next];
    throw new BindFault(`$${piece ? nameOf(piece) : ''} stands ${where}`, advice);
  }

  #copy(pattern: RegExp): string {
    const [found = ''] = pattern.exec(this.#text.slice(this.#at)) ?? [];
    this.#copyLength(found.length);
    return found;
  }

  #copyLength(length: number): void {
    this.#out += this.#text.slice(this.#at, this.#at + length);
    this.#at += length;
  }

  #step(): void {
    if (this.#text[this.#at] === NAME) this.#refuse('behind the end of the value');
    this.#copyLength(1);
  }
}

/** Text that the language would take for something else than a string where it knows no type. */
const GUESSED = /^([+-]?\d+|0[xX][0-9a-fA-F]+|[+-]?\d*\.\d+([eE][+-]?\d+)?|true|false|null|none)$/i;

/** A whole bare value. */
function bare({ json, loose }: Value): string {
  if (typeof json !== 'string') return stringifyJson(json);
  return SAFE.test(json) && (loose || !GUESSED.test(json)) ? json : stringifyJson(json);
}

/** A value inside brackets. */
function literalText({ json, loose }: Value): string {
  return loose && typeof json === 'string' && /^(-?(0|[1-9]\d*)|true|false)$/.test(json)
    ? json
    : stringifyJson(json);
}

/** A text inside quotes that are open already. */
function inQuotes(text: string, quote: string): string {
  const body = stringifyJson(text).slice(1, -1);
  return quote === '"' ? body : body.replaceAll('\\"', '"').replaceAll("'", "\\'");
}
