// The value of a message by its tokens, or QEMU's sentence for what is wrong with it. What QEMU refuses to read is refused
// here: nothing that a client may not do must look harmless to us and not to QEMU.
import { ESCAPES, exactInteger, type Json, type JsonObject, MAX_DEPTH, setMember } from '../text/json.ts';
import type { Token } from './tokens.ts';

/** A message is none; `desc` is QEMU's sentence. */
class Fault extends Error {}

/** The value, or QEMU's description of the first fault. */
export function readMessage(tokens: readonly Token[]): { readonly value: Json } | { readonly desc: string } {
  try {
    return { value: new Reader(tokens).value(0) };
  } catch (error) {
    if (error instanceof Fault) return { desc: `JSON parse error, ${error.message}` };
    throw error;
  }
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  value(depth: number): Json {
    const token = this.#pop();
    if (depth > MAX_DEPTH) throw new Fault('expecting value');
    switch (token.kind) {
      case 'string':
        return stringOf(token);
      case 'number':
        return numberOf(token.text);
      case 'word':
        return wordOf(token.text);
      default:
        if (token.text === '{') return this.#object(depth);
        if (token.text === '[') return this.#array(depth);
        throw new Fault('expecting value');
    }
  }

  #object(depth: number): JsonObject {
    const object: Record<string, Json> = {};
    if (this.#takes('}')) return object;
    for (;;) {
      const key = this.value(depth + 1);
      if (typeof key !== 'string') throw new Fault('key is not a string in object');
      if (!this.#takes(':')) throw new Fault('missing : in object pair');
      const value = this.value(depth + 1);
      if (Object.hasOwn(object, key)) throw new Fault('duplicate key');
      setMember(object, key, value);
      if (this.#takes('}')) return object;
      if (!this.#takes(',')) throw new Fault('expected separator in dict');
    }
  }

  #array(depth: number): readonly Json[] {
    const array: Json[] = [];
    if (this.#takes(']')) return array;
    for (;;) {
      array.push(this.value(depth + 1));
      if (this.#takes(']')) return array;
      if (!this.#takes(',')) throw new Fault('expected separator in list');
    }
  }

  #pop(): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw new Fault('premature EOI');
    return token;
  }

  #takes(mark: string): boolean {
    const token = this.#tokens[this.#at];
    const found = token?.kind === 'mark' && token.text === mark;
    if (found) this.#at++;
    return found;
  }
}

function wordOf(text: string): Json {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'null') return null;
  throw new Fault(`invalid keyword '${text}'`);
}

function numberOf(text: string): number | bigint {
  if (/^-?\d+$/.test(text)) return exactInteger(BigInt(text));
  const value = Number(text);
  // (QEMU takes it for infinite, and sends an `id` of that kind back as what is no JSON.)
  if (!Number.isFinite(value)) throw new Fault(`the number ${text} is too large`);
  return value;
}

const NO_CHARACTER = /\p{Noncharacter_Code_Point}/u;
const NO_TEXT = /[\ufffd\p{Noncharacter_Code_Point}]/u;

function stringOf({ text, broken }: Token): string {
  const body = text.slice(1, -1);
  const fault = body.search(broken ? NO_TEXT : NO_CHARACTER);
  if (fault >= 0) {
    unescaped(body.slice(0, fault), text.slice(-1)); // the first fault is told
    throw new Fault('invalid UTF-8 sequence in string');
  }
  return body.includes('\\') ? unescaped(body, text.slice(-1)) : body;
}

function unescaped(body: string, quote: string): string {
  let out = '';
  for (let at = 0; at < body.length; ) {
    const stop = body.indexOf('\\', at);
    if (stop < 0) return out + body.slice(at);
    out += body.slice(at, stop);
    const char = body[stop + 1] ?? '';
    const plain = char === "'" ? "'" : ESCAPES.get(char);
    if (plain !== undefined) {
      out += plain;
      at = stop + 2;
    } else if (char === 'u') {
      const point = pointAt(body, stop);
      if (point === undefined)
        throw new Fault(`${(body + quote).slice(stop, stop + 6)} is not a valid Unicode character`);
      out += String.fromCodePoint(point);
      at = stop + (point > 0xffff ? 12 : 6);
    } else throw new Fault('invalid escape sequence in string');
  }
  return out;
}

/** The character of an escape, or of two that are its halves. */
function pointAt(text: string, at: number): number | undefined {
  const first = unitAt(text, at);
  if (first === undefined) return undefined;
  const isLeading = first >= 0xd800 && first <= 0xdbff;
  const second = isLeading ? unitAt(text, at + 6) : undefined;
  const isPair = second !== undefined && second >= 0xdc00 && second <= 0xdfff;
  const point = isPair ? 0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff) : first;
  return /[\p{Surrogate}\p{Noncharacter_Code_Point}]/u.test(String.fromCodePoint(point)) ? undefined : point;
}

function unitAt(text: string, at: number): number | undefined {
  const [, hex] = /^\\u([0-9a-fA-F]{4})$/.exec(text.slice(at, at + 6)) ?? [];
  return hex === undefined ? undefined : Number.parseInt(hex, 16);
}
