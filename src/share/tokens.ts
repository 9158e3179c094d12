// A client's bytes cut into messages as QEMU's monitor cuts them: strings in single quotes count, too, and what is no JSON
// is told in QEMU's words, after which reading goes on where QEMU's does. So a client meets the monitor that it knows.

export interface Token {
  readonly kind: 'mark' | 'string' | 'number' | 'word';
  readonly text: string;
  /** It is no UTF-8. */
  readonly broken?: true;
}

interface TokenListener {
  /** The tokens of one message. Brackets that do not match may be among them. */
  message(tokens: readonly Token[]): void;
  /** `desc` is QEMU's sentence. */
  fault(desc: string): void;
}

/** QEMU's own limits. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_TOKENS = 2 * 1024 * 1024;
const DEEPEST = 1024;

/** The buffer for a token: its first size, and the largest that is kept. */
const LEAST = 256;
const KEEP = 65_536;

// Where the reader stands.
const START = 0;
const BLANK = 1;
const WORD = 2;
const STRING = 3;
const ESCAPED = 4;
const MINUS = 5;
const ZERO = 6;
const DIGITS = 7;
const POINT = 8;
const FRACTION = 9;
const EXPONENT = 10;
const SIGN = 11;
const POWER = 12;
const LOST = 13;

// What comes of a byte: a state to go on in, or one of these.
const BAD = -1;
/** The token has ended before this byte. */
const BEFORE = -2;
/** The token ends with this byte. */
const WITH = -3;

const MARKS = new Set([...'{}[]:,'].map(char => char.charCodeAt(0)));
const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
const isLetter = (byte: number) => byte >= 0x61 && byte <= 0x7a;
const isBlank = (byte: number) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
const isE = (byte: number) => byte === 0x65 || byte === 0x45;
/** Control characters and bytes that no UTF-8 has: nothing but the end of a token. */
const isForeign = (byte: number) => byte < 0x20 || byte > 0xfd;

export class Tokens {
  readonly #listener: TokenListener;
  #state = START;
  #quote = 0;
  #held = new Uint8Array(LEAST);
  #length = 0;
  #tokens: Token[] = [];
  #bytes = 0;
  #braces = 0;
  #brackets = 0;

  constructor(listener: TokenListener) {
    this.#listener = listener;
  }

  push(chunk: Uint8Array): void {
    for (const byte of chunk) this.#take(byte);
  }

  #take(byte: number): void {
    let next = this.#next(byte);
    if (next === BEFORE) {
      this.#end();
      next = this.#next(byte);
    }
    if (next !== BLANK && next !== LOST) this.#hold(byte);
    if (next === BAD) {
      const [text = ''] = readable(this.#bytesHeld).split('\0');
      this.#fault(`JSON parse error, stray '${text}'`);
      this.#state = LOST;
    } else if (next === WITH) this.#end();
    else {
      this.#state = next;
      if (this.#length > MOST_BYTES) this.#fault('JSON token size limit exceeded');
    }
  }

  #next(byte: number): number {
    switch (this.#state) {
      case LOST:
        if (!((isForeign(byte) && byte !== 0x09) || MARKS.has(byte))) return LOST;
        this.#state = START;
        return this.#begin(byte);
      case START:
        return this.#begin(byte);
      case BLANK:
        return isBlank(byte) ? BLANK : BEFORE;
      case WORD:
        return isLetter(byte) ? WORD : BEFORE;
      case STRING:
        if (byte === this.#quote) return WITH;
        return isForeign(byte) ? BAD : byte === 0x5c ? ESCAPED : STRING;
      case ESCAPED:
        return isForeign(byte) ? BAD : STRING;
      default:
        return numberNext(this.#state, byte);
    }
  }

  #begin(byte: number): number {
    if (MARKS.has(byte)) return WITH;
    if (isBlank(byte)) return BLANK;
    if (byte === 0x22 || byte === 0x27) {
      this.#quote = byte;
      return STRING;
    }
    if (byte === 0x2d) return MINUS;
    if (byte === 0x30) return ZERO;
    if (isDigit(byte)) return DIGITS;
    return isLetter(byte) ? WORD : BAD;
  }

  /** A token is whole. */
  #end(): void {
    const state = this.#state;
    this.#state = START;
    if (state === BLANK) return;
    const text = readable(this.#bytesHeld);
    this.#bytes += this.#length;
    const broken = text.includes('\ufffd') && !isUtf8(this.#bytesHeld);
    this.#drop();
    const kind = state === START ? 'mark' : state === STRING ? 'string' : state === WORD ? 'word' : 'number';
    this.#tokens.push(broken ? { kind, text, broken } : { kind, text });
    if (kind === 'mark') this.#count(text);
    if (this.#braces < 0 || this.#brackets < 0 || (this.#braces === 0 && this.#brackets === 0)) {
      const tokens = this.#tokens;
      this.#reset();
      this.#listener.message(tokens);
    } else if (this.#bytes > MOST_BYTES) this.#fault('JSON token size limit exceeded');
    else if (this.#tokens.length > MOST_TOKENS) this.#fault('JSON token count limit exceeded');
    else if (this.#braces + this.#brackets > DEEPEST) this.#fault('JSON nesting depth limit exceeded');
  }

  #count(mark: string): void {
    if (mark === '{') this.#braces++;
    else if (mark === '}') this.#braces--;
    else if (mark === '[') this.#brackets++;
    else if (mark === ']') this.#brackets--;
  }

  get #bytesHeld(): Uint8Array {
    return this.#held.subarray(0, this.#length);
  }

  #hold(byte: number): void {
    if (this.#length === this.#held.length) {
      const grown = new Uint8Array(2 * this.#length);
      grown.set(this.#held);
      this.#held = grown;
    }
    this.#held[this.#length++] = byte;
  }

  /** A buffer that grew for one large token is not kept. */
  #drop(): void {
    this.#length = 0;
    if (this.#held.length > KEEP) this.#held = new Uint8Array(LEAST);
  }

  #fault(desc: string): void {
    this.#reset();
    this.#state = START;
    this.#listener.fault(desc);
  }

  #reset(): void {
    this.#drop();
    this.#tokens = [];
    this.#bytes = 0;
    this.#braces = 0;
    this.#brackets = 0;
  }
}

function numberNext(state: number, byte: number): number {
  const digit = isDigit(byte);
  switch (state) {
    case MINUS:
      return byte === 0x30 ? ZERO : digit ? DIGITS : BAD;
    case ZERO:
      return digit ? BAD : byte === 0x2e ? POINT : BEFORE;
    case DIGITS:
      return digit ? DIGITS : byte === 0x2e ? POINT : isE(byte) ? EXPONENT : BEFORE;
    case POINT:
      return digit ? FRACTION : BAD;
    case FRACTION:
      return digit ? FRACTION : isE(byte) ? EXPONENT : BEFORE;
    case EXPONENT:
      return digit ? POWER : byte === 0x2b || byte === 0x2d ? SIGN : BAD;
    case SIGN:
      return digit ? POWER : BAD;
    default:
      return digit ? POWER : BEFORE;
  }
}

const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

function readable(bytes: Uint8Array): string {
  return lenient.decode(bytes);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
