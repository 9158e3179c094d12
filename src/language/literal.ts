// Values as they are typed: bare text, quoted strings, and JSON or Python literals, half-typed ones too.
import { MAX_DEPTH } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import { bareEnd, skip } from './ends.ts';
import { HEX_WIDTH, PYTHON_ESCAPES } from './escapes.ts';
import type { Problem } from './line.ts';

export type Value =
  /** Text without quotes: a word of a line, or a number or word inside a literal. */
  | { readonly kind: 'bare'; readonly place: Place; readonly text: string }
  | { readonly kind: 'string'; readonly place: Place; readonly value: string; readonly closed: boolean }
  | {
      readonly kind: 'object';
      readonly place: Place;
      readonly entries: readonly Entry[];
      readonly closed: boolean;
    }
  | {
      readonly kind: 'array';
      readonly place: Place;
      readonly items: readonly Value[];
      readonly closed: boolean;
    };

/** A member of an object literal; half typed, it has no colon or value yet. */
interface Entry {
  readonly place: Place;
  readonly key: string;
  readonly keyPlace: Place;
  readonly colon?: number;
  readonly value?: Value;
}

interface ReadValue {
  readonly value: Value;
  /** Where the value ends, text glued behind it included: `[::1]:80` is one piece. */
  readonly end: number;
  readonly faults: readonly Problem[];
  /** A bracket or quote is not closed: the text goes on. */
  readonly open: boolean;
}

const GAP = /\s*(?:\\[ \t\r]*\n\s*)*/y;
const BARE_IN_LITERAL = /[^\s,:{}[\]"']*/y;
const PLAIN = /[^"'\\]*/y;

/** Reads one value at an offset where no blank stands. Never throws. */
export function readValue(text: string, at: number, inTransaction = false): ReadValue {
  const reader = new ValueReader(text, at, inTransaction);
  const first = text[at];
  if (first !== '"' && first !== "'" && first !== '{' && first !== '[') return reader.bare();
  const value = reader.value(0);
  return reader.end(value);
}

/** Reads one message at the offset of its bracket; it ends where the bracket is closed. */
export function readMessage(text: string, at: number): Pick<ReadValue, 'value' | 'faults' | 'open'> {
  return new ValueReader(text, at, false).message();
}

/** Whether a literal among the arguments of a word is not closed. Quotes in its prose do not count. */
export function hasOpenBracket(text: string, from: number): boolean {
  const start = /(?:^|[\s=])[{[]/g;
  start.lastIndex = Math.max(0, from - 1);
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    const read = readValue(text, start.lastIndex - 1);
    if (read.open) return true;
    start.lastIndex = read.end;
  }
  return false;
}

class ValueReader {
  private readonly faults: Problem[] = [];
  private open = false;
  private givenUp = false;
  /** What is open around the place being read. */
  private readonly brackets: ('{' | '[')[] = [];
  private readonly text: string;
  private readonly inTransaction: boolean;
  private at: number;

  constructor(text: string, at: number, inTransaction: boolean) {
    this.text = text;
    this.at = at;
    this.inTransaction = inTransaction;
  }

  bare(): ReadValue {
    const start = this.at;
    this.at = bareEnd(this.text, start, this.inTransaction);
    const place = { start, end: this.at };
    const value: Value = { kind: 'bare', place, text: this.text.slice(start, this.at) };
    return { value, end: this.at, faults: [], open: false };
  }

  message(): Pick<ReadValue, 'value' | 'faults' | 'open'> {
    const value = this.value(0);
    return { value, faults: this.telling(), open: this.open };
  }

  end(value: Value): ReadValue {
    const start = this.at;
    if (!this.open) this.at = bareEnd(this.text, start, this.inTransaction);
    if (this.at > start) {
      const what = value.kind === 'string' ? 'the closing quote' : 'the closing bracket';
      this.fault(
        start,
        this.at,
        `there is more text behind ${what}`,
        'Put a blank there, or quotes around the whole value.',
      );
    }
    return { value, end: this.at, faults: this.telling(), open: this.open };
  }

  /** One fault brings others behind it that say nothing new. */
  private telling(): readonly Problem[] {
    const first = this.faults.find(fault => fault.unfinished !== true);
    const unfinished = this.faults.find(fault => fault.unfinished === true);
    return [first, unfinished].filter(fault => fault !== undefined);
  }

  value(depth: number): Value {
    const c = this.text[this.at];
    if (c === '"' || c === "'") return this.string(this.at);
    if ((c === '{' || c === '[') && depth > MAX_DEPTH) return this.tooDeep();
    if (c === '{') return this.object(depth);
    if (c === '[') return this.array(depth);
    return this.word();
  }

  /** QEMU would refuse it, so what is deeper is not looked at. */
  private tooDeep(): Value {
    const place = { start: this.at, end: this.text.length };
    this.fault(
      place.start,
      place.start + 1,
      `the value is nested more than ${MAX_DEPTH} deep`,
      'QEMU takes no deeper one.',
    );
    this.at = this.text.length;
    this.givenUp = true;
    return { kind: 'bare', place, text: 'null' };
  }

  private object(depth: number): Value {
    const start = this.at++;
    this.brackets.push('{');
    const entries: Entry[] = [];
    let closed = false;
    for (;;) {
      this.blanks();
      const c = this.text[this.at];
      if (c === undefined) break;
      if (c === '}') {
        this.at++;
        closed = true;
        break;
      }
      if (c === ']') {
        this.mismatch('"]" does not close "{"', 'Close it with "}".', '[');
        closed = true;
        break;
      }
      if (c === ',' || c === ':') {
        this.stray('a member name should stand here');
        continue;
      }
      entries.push(this.entry(depth));
      this.separator('}', entries.length > 0);
    }
    this.brackets.pop();
    if (!closed) this.unclosed(start, '"{" is not closed', 'Close it with "}".');
    return { kind: 'object', place: { start, end: this.at }, entries, closed };
  }

  private entry(depth: number): Entry {
    const start = this.at;
    const name = this.value(depth + 1);
    const key = name.kind === 'string' ? name.value : this.text.slice(name.place.start, name.place.end);
    if (name.kind !== 'string') {
      this.fault(name.place.start, name.place.end, 'a member name needs quotes', 'Write it as "name".');
    }
    const base = { key, keyPlace: name.place };
    const end = this.at;
    this.blanks();
    if (this.text[this.at] !== ':') {
      if (this.at < this.text.length) {
        this.fault(start, end, '":" and a value are missing behind the member name', 'Write "name": value.');
      } else this.at = end;
      return { place: { start, end }, ...base };
    }
    const colon = this.at++;
    this.blanks();
    const c = this.text[this.at];
    if (c === undefined || c === ',' || c === '}' || c === ']') {
      if (c !== undefined)
        this.fault(colon, colon + 1, 'a value is missing behind ":"', 'Write one, null for none.');
      return { place: { start, end: colon + 1 }, ...base, colon };
    }
    if (c === ':') {
      this.stray('a value should stand here');
      return { place: { start, end: this.at }, ...base, colon };
    }
    const value = this.value(depth + 1);
    return { place: { start, end: value.place.end }, ...base, colon, value };
  }

  private array(depth: number): Value {
    const start = this.at++;
    this.brackets.push('[');
    const items: Value[] = [];
    let closed = false;
    for (;;) {
      this.blanks();
      const c = this.text[this.at];
      if (c === undefined) break;
      if (c === ']') {
        this.at++;
        closed = true;
        break;
      }
      if (c === '}') {
        this.mismatch('"}" does not close "["', 'Close it with "]".', '{');
        closed = true;
        break;
      }
      if (c === ',' || c === ':') {
        this.stray('a value should stand here');
        continue;
      }
      items.push(this.value(depth + 1));
      this.separator(']', items.length > 0);
    }
    this.brackets.pop();
    if (!closed) this.unclosed(start, '"[" is not closed', 'Close it with "]".');
    return { kind: 'array', place: { start, end: this.at }, items, closed };
  }

  /** A comma, or the closing bracket that the caller sees next. A comma before the bracket is fine: Python. */
  private separator(bracket: string, wanted: boolean): void {
    const end = this.at;
    this.blanks();
    const c = this.text[this.at];
    if (c === ',') this.at++;
    else if (c !== undefined && c !== '}' && c !== ']' && c !== ':' && wanted) {
      this.fault(this.at, this.at + 1, `"," or "${bracket}" should stand here`, 'Put one between the two.');
    } else if (c === undefined) this.at = Math.max(end, this.at);
  }

  /** The wrong bracket closes what is open here; it also closes what it fits, if that is further out. */
  private mismatch(message: string, advice: string, opener: '{' | '['): void {
    this.fault(this.at, this.at + 1, message, advice);
    if (!this.brackets.includes(opener)) this.at++;
  }

  private stray(message: string): void {
    this.fault(this.at, this.at + 1, message, 'Take this mark out, or write what is missing before it.');
    this.at++;
  }

  private word(): Value {
    const start = this.at;
    this.at = skip(BARE_IN_LITERAL, this.text, start);
    // Python 2 printed u'...' for a string.
    const quote = this.text[this.at];
    if ((quote === '"' || quote === "'") && this.text.slice(start, this.at) === 'u')
      return this.string(start);
    return { kind: 'bare', place: { start, end: this.at }, text: this.text.slice(start, this.at) };
  }

  /** A quoted string; `start` is where it begins, a `u` before the quote included. */
  private string(start: number): Value {
    const quote = this.text[this.at++];
    let value = '';
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) {
        this.unclosed(start, 'the quote is not closed', `Close it with ${quote === '"' ? "'\"'" : '"\'"'}.`);
        return { kind: 'string', place: { start, end: this.at }, value, closed: false };
      }
      if (c === quote) {
        this.at++;
        return { kind: 'string', place: { start, end: this.at }, value, closed: true };
      }
      if (c === '\\') value += this.escape();
      else {
        const end = Math.max(this.at + 1, skip(PLAIN, this.text, this.at));
        value += this.text.slice(this.at, end);
        this.at = end;
      }
    }
  }

  private escape(): string {
    const start = this.at;
    const c = this.text[start + 1] ?? '';
    const plain = PYTHON_ESCAPES.get(c);
    if (plain !== undefined) {
      this.at += 2;
      return plain;
    }
    const width = HEX_WIDTH.get(c) ?? 0;
    const hex = this.text.slice(start + 2, start + 2 + width);
    const point = Number.parseInt(hex, 16);
    if (width > 0 && /^[0-9a-fA-F]+$/.test(hex) && hex.length === width && point <= 0x10ffff) {
      this.at += 2 + width;
      // \u gives half a pair at a time, \U a whole character.
      return width === 4 ? String.fromCharCode(point) : String.fromCodePoint(point);
    }
    this.at += Math.min(2, this.text.length - start);
    if (point > 0x10ffff && hex.length === width)
      this.fault(
        start,
        start + 2 + width,
        `no character has the number ${hex}`,
        'The last one is \\U0010ffff.',
      );
    else if (c !== '')
      this.fault(
        start,
        this.at,
        `the escape \\${c} is not known`,
        'A backslash itself is written as \\\\; without the quotes it stands for itself.',
      );
    return this.text.slice(start, this.at);
  }

  /** A backslash at the end of a row is one of them. */
  private blanks(): void {
    this.at = skip(GAP, this.text, this.at);
  }

  private unclosed(start: number, message: string, advice: string): void {
    if (this.givenUp) return;
    this.open = true;
    const place = { start, end: Math.min(start + 1, this.text.length) };
    this.faults.push({ place, message, advice, unfinished: true });
  }

  private fault(start: number, end: number, message: string, advice: string): void {
    this.faults.push({
      place: { start, end: Math.min(Math.max(end, start + 1), this.text.length) },
      message,
      advice,
    });
  }
}
