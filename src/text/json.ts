// JSON as QMP needs it: integers of any size stay exact. A whole number that a double cannot hold is a bigint.

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A text is not JSON. `offset` is where it stops being so, in UTF-16 units. */
export class JsonError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'JsonError';
    this.offset = offset;
  }
}

/** The deepest nesting accepted, the same as QEMU's own parser has. */
export const MAX_DEPTH = 1024;

// A text without 16 digits in a row holds no integer beyond 2^53, and JSON.parse is right about it.
const BIG_NUMBER = /(?:^|[:[,\s])-?\d{16}|\d[eE]\+?\d{3}/;

/**
 * The value of a JSON text. Whole numbers beyond 2^53 are bigint, all other numbers number.
 * Throws `JsonError`. A `__proto__` member is an ordinary member.
 */
export function parseJson(text: string): Json {
  if (!BIG_NUMBER.test(text) && !mayBeTooDeep(text)) {
    try {
      const value: Json = JSON.parse(text);
      return value;
    } catch {
      // The exact parser says what is wrong, and where.
    }
  }
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.blanks();
  if (reader.at < text.length) throw reader.error('there is more text behind the end of the JSON value');
  return value;
}

/** Counts brackets as if there were no strings: too high is harmless, the exact parser then decides. */
function mayBeTooDeep(text: string): boolean {
  if (text.length <= MAX_DEPTH) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i) & 0xdf; // [ and {, ] and } differ in one bit
    if (c === 0x5b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (c === 0x5d) depth--;
  }
  return false;
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
/** What stands behind a backslash in a JSON string, `u` apart. */
export const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

class Reader {
  at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  error(message: string): JsonError {
    return new JsonError(message, Math.min(this.at, this.text.length));
  }

  blanks(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
      this.at++;
    }
  }

  value(depth: number): Json {
    if (depth > MAX_DEPTH) throw this.error(`the value is nested more than ${MAX_DEPTH} deep`);
    this.blanks();
    switch (this.text[this.at]) {
      case undefined:
        throw this.error('the JSON text ends where a value should stand');
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      default:
        return this.scalar();
    }
  }

  private scalar(): Json {
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null) throw this.error(`no JSON value starts with ${visible(this.text, this.at)}`);
    const value = wholeOrDouble(match[0], match[1] === undefined && match[2] === undefined);
    if (value === undefined) throw this.error('the number is too large');
    this.at = NUMBER.lastIndex;
    return value;
  }

  private object(depth: number): JsonObject {
    const object: Record<string, Json> = {};
    this.at++;
    this.blanks();
    if (this.text[this.at] === '}') {
      this.at++;
      return object;
    }
    for (;;) {
      this.blanks();
      if (this.text[this.at] !== '"') throw this.error('a member name in double quotes should stand here');
      const key = this.string();
      this.blanks();
      if (this.text[this.at] !== ':') throw this.error('":" should stand behind the member name');
      this.at++;
      setMember(object, key, this.value(depth + 1));
      if (this.closes('}')) return object;
    }
  }

  private array(depth: number): Json[] {
    const array: Json[] = [];
    this.at++;
    this.blanks();
    if (this.text[this.at] === ']') {
      this.at++;
      return array;
    }
    for (;;) {
      array.push(this.value(depth + 1));
      if (this.closes(']')) return array;
    }
  }

  private closes(bracket: string): boolean {
    this.blanks();
    const c = this.text[this.at];
    if (c !== ',' && c !== bracket) throw this.error(`"," or "${bracket}" should stand here`);
    this.at++;
    return c === bracket;
  }

  private string(): string {
    let out = '';
    this.at++;
    for (;;) {
      PLAIN.lastIndex = this.at;
      PLAIN.test(this.text);
      out += this.text.slice(this.at, PLAIN.lastIndex);
      this.at = PLAIN.lastIndex;
      const c = this.text[this.at];
      if (c === '"') {
        this.at++;
        return out;
      }
      if (c === undefined) throw this.error('the string is not closed');
      if (c !== '\\') throw this.error('a control character must be written as an escape in a string');
      out += this.escape();
    }
  }

  private escape(): string {
    const c = this.text[this.at + 1] ?? '';
    const plain = ESCAPES.get(c);
    if (plain !== undefined) {
      this.at += 2;
      return plain;
    }
    const hex = this.text.slice(this.at + 2, this.at + 6);
    if (c !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex)) throw this.error('this escape is not known in JSON');
    this.at += 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }
}

const WORDS: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

function visible(text: string, at: number): string {
  const point = text.codePointAt(at) ?? 0;
  return point > 0x20 && point !== 0x7f && (point < 0x80 || point > 0x9f)
    ? JSON.stringify(String.fromCodePoint(point))
    : `the character U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}

function wholeOrDouble(text: string, whole: boolean): number | bigint | undefined {
  const value = Number(text);
  if (whole) return Number.isSafeInteger(value) ? value : BigInt(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The shortest exact form of an integer: number up to 2^53, bigint beyond. */
export function exactInteger(value: bigint): number | bigint {
  const double = Number(value);
  return Number.isSafeInteger(double) ? double : value;
}

/** Sets a member under any name, `__proto__` included. */
export function setMember(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else object[key] = value;
}

/** A member of an object, never one it inherits. */
export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The JSON text of a value. Without `indent` compact; with it one member a row, as QEMU's documents print. */
export function stringifyJson(value: Json, indent = 0): string {
  try {
    const text = JSON.stringify(value, null, indent);
    // A double beyond 2^53 must not be written as if it were that exact integer.
    return BIG_NUMBER.test(text) ? write(value, indent, '') : text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // a bigint: only ours writes those
    return write(value, indent, '');
  }
}

function writeNumber(value: number): string {
  return Number.isInteger(value) && !Number.isSafeInteger(value)
    ? value.toExponential()
    : JSON.stringify(value);
}

function write(value: Json, indent: number, margin: string): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return writeNumber(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = margin + ' '.repeat(indent);
  const parts = isArray(value)
    ? value.map(v => write(v, indent, inner))
    : Object.entries(value).map(
        ([k, v]) => `${JSON.stringify(k)}:${indent > 0 ? ' ' : ''}${write(v, indent, inner)}`,
      );
  const [open, close] = isArray(value) ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  if (indent === 0) return open + parts.join(',') + close;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`;
}

/** The JSON text of a value in one row with a blank behind `:` and `,`, as QEMU itself writes it. */
export function spacedJson(value: Json): string {
  if (isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (!isObject(value)) return stringifyJson(value);
  const members = Object.entries(value).map(([k, v]) => `${JSON.stringify(k)}: ${spacedJson(v)}`);
  return `{${members.join(', ')}}`;
}

/** Whether two values are the same JSON: the order of members does not matter, 1 and 1n are equal. */
export function equalJson(a: Json, b: Json): boolean {
  if (isNumeric(a) && isNumeric(b)) return !(a < b) && !(a > b); // exact across number and bigint
  if (isArray(a)) {
    return isArray(b) && a.length === b.length && a.every((v, i) => equalJson(v, b[i] ?? null));
  }
  if (!isObject(a)) return a === b;
  if (!isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && equalJson(a[key] ?? null, b[key] ?? null))
  );
}

function isNumeric(v: Json): v is number | bigint {
  return typeof v === 'bigint' || typeof v === 'number';
}

/** Array.isArray does not narrow a readonly array away from the union; this does. */
export function isArray(v: Json | undefined): v is readonly Json[] {
  return Array.isArray(v);
}

export function isObject(v: Json | undefined): v is JsonObject {
  return typeof v === 'object' && v !== null && !Array.isArray(v);
}
