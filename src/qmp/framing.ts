// Cuts a stream of bytes into messages, by JSON structure and not by line: a monitor started with pretty=on
// sends a message over many lines, and the others need not end one.
import { QmpshError } from './errors.ts';

interface FramerOptions {
  /** The largest message accepted, in bytes. */
  readonly limit?: number;
  /** qemu-ga: drop everything before the first 0xFF byte, and whatever stands unfinished before a later one. */
  readonly resync?: boolean;
  /** Told the beginning of what is dropped before the first 0xFF byte; bytes beyond ASCII stand as other characters. */
  readonly passedOver?: (text: string) => void;
}

const LIMIT = 256 * 1024 * 1024;
/** A buffer that grew for one large message is not kept beyond this size. */
const KEEP = 1024 * 1024;
const SYNC = 0xff;
/** So much of what is passed over is looked at. */
const BEFORE = 256;

// What a byte means outside of strings.
const BAD = 0;
const PLAIN = 1; // punctuation, numbers, and the letters of true, false and null
const BLANK = 2;
const OPEN = 3;
const CLOSE = 4;
const QUOTE = 5;
const CLASS = new Uint8Array(256);
for (const [chars, kind] of [
  [',:0123456789+-.truefalsnE', PLAIN],
  [' \t\r\n', BLANK],
  ['{[', OPEN],
  ['}]', CLOSE],
  ['"', QUOTE],
] as const) {
  for (const char of chars) CLASS[char.charCodeAt(0)] = kind;
}

export class Framer {
  readonly #deliver: (text: string) => void;
  readonly #limit: number;
  readonly #passedOver: (text: string) => void;
  #resync = false;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** The unfinished message; it doubles as it grows, so that any number of chunks costs linear time. */
  #held = new Uint8Array(0);
  #heldLength = 0;
  #depth = 0;
  #string = false;
  #escape = false;
  /** Right behind the opening brace of a message, where only a name or the end may follow. */
  #first = false;
  #synced = true;
  #before = '';
  #broken = false;

  constructor(deliver: (text: string) => void, options: FramerOptions = {}) {
    this.#deliver = deliver;
    this.#limit = options.limit ?? LIMIT;
    this.#passedOver = options.passedOver ?? (() => {});
    if (options.resync) this.resync();
  }

  /** From now on the server is qemu-ga: see the option. */
  resync(): void {
    this.#resync = true;
    this.#synced = false;
    this.#drop();
  }

  /**
   * Takes the next bytes and delivers each message that they complete, as its text without blanks around it.
   * Throws a QmpshError of kind `protocol` at the first byte that cannot be QMP; nothing is delivered after that.
   */
  push(chunk: Uint8Array): void {
    if (this.#broken) return;
    const texts: string[] = [];
    let fault: { readonly error: unknown } | undefined;
    try {
      this.#scan(chunk, texts);
    } catch (error) {
      this.#broken = true;
      fault = { error };
    }
    // Not while scanning: what a message leads to may fail, or bring the next bytes.
    for (const text of texts) this.#deliver(text);
    if (fault) throw fault.error;
  }

  /** The stream has ended. Throws a QmpshError of kind `protocol` if that is in the middle of a message. */
  end(): void {
    if (this.#broken || this.#depth === 0) return;
    this.#broken = true;
    const start = excerpt(this.#held.subarray(0, this.#heldLength));
    throw new QmpshError('protocol', `the connection ended in the middle of a message: ${start}`, {
      code: 'truncated',
    });
  }

  #scan(chunk: Uint8Array, texts: string[]): void {
    const { length } = chunk;
    let start = 0; // where the current message's part of this chunk begins
    let i = this.#synced ? 0 : this.#sync(chunk, 0);
    if (this.#depth === 0) start = i;
    while (i < length) {
      if (this.#string) {
        i = this.#text(chunk, i);
        continue;
      }
      const byte = chunk[i] ?? 0;
      const kind = CLASS[byte];
      if (this.#depth === 0) {
        if (kind === BLANK) {
          i++;
          start = i;
          continue;
        }
        if (byte === SYNC && this.#resync) {
          i++;
          start = i;
          continue;
        }
        if (byte !== 0x7b) throw this.#garbage(chunk, i, 'where a message should start');
        this.#depth = 1;
        this.#first = true;
        i++;
        continue;
      }
      if (this.#first && kind !== BLANK) {
        if (kind !== QUOTE && byte !== 0x7d) throw this.#garbage(chunk, i, 'inside a message');
        this.#first = false;
      }
      switch (kind) {
        case QUOTE:
          this.#string = true;
          break;
        case OPEN:
          this.#depth++;
          break;
        case CLOSE:
          if (--this.#depth === 0) {
            texts.push(this.#complete(chunk, start, i + 1));
            start = i + 1;
          }
          break;
        case BAD:
          if (byte !== SYNC || !this.#resync) throw this.#garbage(chunk, i, 'inside a message');
          this.#drop();
          start = i + 1;
      }
      i++;
    }
    if (this.#depth > 0) this.#hold(chunk, start, length);
  }

  /** Reads on inside a string; gives where to go on. */
  #text(chunk: Uint8Array, from: number): number {
    const { length } = chunk;
    let i = from;
    if (this.#escape && i < length) {
      this.#escape = false;
      i++;
    }
    for (; i < length; i++) {
      const byte = chunk[i] ?? 0;
      if (byte === 0x22) {
        this.#string = false;
        return i + 1;
      }
      if (byte === 0x5c) {
        if (++i === length) this.#escape = true;
      } else if (byte < 0x20 || byte === SYNC) {
        if (byte === SYNC && this.#resync) {
          this.#string = false; // the caller sees the byte again, outside of a string
          return i;
        }
        throw this.#garbage(chunk, i, 'inside a string');
      }
    }
    return length;
  }

  #sync(chunk: Uint8Array, from: number): number {
    const at = chunk.indexOf(SYNC, from);
    const dropped = chunk.subarray(from, at === -1 ? chunk.length : at);
    if (this.#before.length < BEFORE && dropped.length > 0) {
      this.#before += String.fromCharCode(...dropped.subarray(0, BEFORE));
      this.#passedOver(this.#before);
    }
    if (at === -1) return chunk.length;
    this.#synced = true;
    return at + 1;
  }

  #drop(): void {
    this.#depth = 0;
    this.#string = false;
    this.#escape = false;
    this.#heldLength = 0;
  }

  #complete(chunk: Uint8Array, start: number, end: number): string {
    let bytes = chunk.subarray(start, end);
    if (this.#heldLength > 0) {
      this.#hold(chunk, start, end);
      bytes = this.#held.subarray(0, this.#heldLength);
    } else if (bytes.length > this.#limit) throw this.#tooLarge();
    let text: string;
    try {
      text = this.#decoder.decode(bytes);
    } catch (cause) {
      const message = `the server sent a message that is not UTF-8: ${excerpt(bytes)}`;
      throw new QmpshError('protocol', message, { code: 'not-utf8', cause });
    }
    this.#heldLength = 0;
    if (this.#held.length > KEEP) this.#held = new Uint8Array(0);
    return text;
  }

  #hold(chunk: Uint8Array, start: number, end: number): void {
    const needed = this.#heldLength + end - start;
    if (needed > this.#limit) throw this.#tooLarge();
    if (needed > this.#held.length) {
      const grown = new Uint8Array(Math.max(needed, this.#held.length * 2, 4096));
      grown.set(this.#held.subarray(0, this.#heldLength));
      this.#held = grown;
    }
    this.#held.set(chunk.subarray(start, end), this.#heldLength);
    this.#heldLength = needed;
  }

  #garbage(chunk: Uint8Array, at: number, where: string): QmpshError {
    const from = chunk.subarray(at, at + EXCERPT + 1);
    const advice = 'Is it a QMP monitor? A human monitor (-monitor) and a serial port speak otherwise.';
    return new QmpshError('protocol', `the server does not speak QMP: ${excerpt(from)} ${where}`, {
      code: 'garbage',
      advice,
    });
  }

  #tooLarge(): QmpshError {
    const message = `the server sent a message of more than ${this.#limit} bytes`;
    return new QmpshError('protocol', message, { code: 'too-large' });
  }
}

const EXCERPT = 48;

/** The first bytes as a quoted text that is safe to print: what is no printable ASCII stands as `\xNN`. */
function excerpt(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes.subarray(0, EXCERPT)) {
    const char = String.fromCharCode(byte);
    if (byte === 0x22 || byte === 0x5c) text += `\\${char}`;
    else if (byte >= 0x20 && byte < 0x7f) text += char;
    else text += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `"${text}"${bytes.length > EXCERPT ? ' ...' : ''}`;
}
