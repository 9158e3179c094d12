// From a terminal's bytes to keys (xterm's "ctlseqs", ECMA-48 control sequences, the kitty keyboard protocol, and
// what rxvt and the Linux console do otherwise). What is not a key (mouse, focus, reports) is swallowed whole: a
// sequence never turns up as typed text.
import type { TerminalInput } from './input.ts';

const ESC = '\x1b';
const PASTE_END = '\x1b[201~';
// A report that never ends must not eat the keyboard for ever, nor grow without bound.
const LONGEST_SEQUENCE = 256;

const CSI_LETTERS: ReadonlyMap<string, string> = new Map([
  ['A', 'Up'],
  ['B', 'Down'],
  ['C', 'Right'],
  ['D', 'Left'],
  ['H', 'Home'],
  ['F', 'End'],
  ['P', 'F1'],
  ['Q', 'F2'],
  ['R', 'F3'],
  ['S', 'F4'],
  ['Z', 'S-Tab'],
  // rxvt, with Shift
  ['a', 'S-Up'],
  ['b', 'S-Down'],
  ['c', 'S-Right'],
  ['d', 'S-Left'],
]);

const CSI_NUMBERS: ReadonlyMap<number, string> = new Map([
  [1, 'Home'],
  [2, 'Insert'],
  [3, 'Delete'],
  [4, 'End'],
  [5, 'PageUp'],
  [6, 'PageDown'],
  [7, 'Home'],
  [8, 'End'],
  [11, 'F1'],
  [12, 'F2'],
  [13, 'F3'],
  [14, 'F4'],
  [15, 'F5'],
  [17, 'F6'],
  [18, 'F7'],
  [19, 'F8'],
  [20, 'F9'],
  [21, 'F10'],
  [23, 'F11'],
  [24, 'F12'],
]);

// The keypad in application mode: ESC O letter.
const SS3_LETTERS: ReadonlyMap<string, string> = new Map([
  ...[...CSI_LETTERS].filter(([letter]) => letter !== 'Z' && letter < 'a'),
  ['M', 'Enter'],
  ['I', 'Tab'],
  ['a', 'C-Up'], // rxvt
  ['b', 'C-Down'],
  ['c', 'C-Right'],
  ['d', 'C-Left'],
]);
const SS3_TEXT: ReadonlyMap<string, string> = new Map(
  [...'jklmnopqrstuvwxyX'].map((letter, i) => [letter, [...'*+,-./0123456789='][i] ?? '']),
);

// The kitty protocol's private codes for the keypad.
const KITTY_TEXT = '0123456789./*-+';
const KITTY_KEYS: ReadonlyMap<number, string> = new Map([
  [57414, 'Enter'],
  [57417, 'Left'],
  [57418, 'Right'],
  [57419, 'Up'],
  [57420, 'Down'],
  [57421, 'PageUp'],
  [57422, 'PageDown'],
  [57423, 'Home'],
  [57424, 'End'],
  [57425, 'Insert'],
  [57426, 'Delete'],
]);

const SHIFT = 1;
const ALT = 2;
const CTRL = 4;

/** Turns chunks of terminal input, cut anywhere, into keys, text and pastes. */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder('utf-8');
  #rest = '';
  // The pieces of a paste that has not ended yet.
  #paste: string[] | undefined;
  // Inside an OSC, DCS, SOS, PM or APC string, whose end has not come yet.
  #inString = false;

  /** Whether bytes wait for more: call `flush` after some 25 ms without any. */
  get pending(): boolean {
    return this.#rest !== '' && this.#paste === undefined;
  }

  feed(chunk: Uint8Array | string): readonly TerminalInput[] {
    this.#rest += typeof chunk === 'string' ? chunk : this.#utf8.decode(chunk, { stream: true });
    return this.#take();
  }

  /** Nothing more came: a lone ESC is the key Escape, `ESC [` is Alt-[; half a sequence is dropped. */
  flush(): readonly TerminalInput[] {
    if (this.#paste !== undefined || this.#rest === '') return [];
    const rest = this.#rest;
    this.#rest = '';
    if (this.#inString) return [];
    if (/^\x1b[[O\]PX^_]$/.test(rest)) return [key(chord(ALT, rest.slice(1)))];
    if (/^\x1b+$/.test(rest)) return [...rest].map(() => key('Escape'));
    return [];
  }

  #take(): readonly TerminalInput[] {
    const out: TerminalInput[] = [];
    while (this.#rest !== '') {
      if (this.#paste !== undefined) {
        if (!this.#takePaste(this.#paste, out)) break;
      } else if (this.#inString) {
        if (!this.#endString()) break;
      } else if (!this.#takeOne(out)) break;
    }
    return out;
  }

  // Gives false when more is needed.
  #takePaste(pieces: string[], out: TerminalInput[]): boolean {
    const end = this.#rest.indexOf(PASTE_END);
    if (end < 0) {
      // What could be the beginning of the end stays.
      let keep = Math.min(PASTE_END.length - 1, this.#rest.length);
      while (!this.#rest.endsWith(PASTE_END.slice(0, keep))) keep--;
      pieces.push(this.#rest.slice(0, this.#rest.length - keep));
      this.#rest = this.#rest.slice(this.#rest.length - keep);
      return false;
    }
    pieces.push(this.#rest.slice(0, end));
    this.#rest = this.#rest.slice(end + PASTE_END.length);
    this.#paste = undefined;
    out.push({ type: 'paste', text: pieces.join('').replace(/\r\n?/g, '\n') });
    return true;
  }

  // A string ends with BEL or ST. Such a string holds no other control characters: one means that it was cut off
  // (or that it was Alt-] typed fast), and is a key again.
  #endString(): boolean {
    const end = this.#rest.search(/[\x00-\x1f\x9c]/);
    if (end < 0) {
      this.#rest = '';
      return false;
    }
    const char = this.#rest[end];
    if (char === ESC && end + 1 === this.#rest.length) {
      this.#rest = ESC;
      return false;
    }
    this.#inString = false;
    if (char === '\x07' || char === '\x9c') this.#rest = this.#rest.slice(end + 1);
    else if (char === ESC && this.#rest[end + 1] === '\\') this.#rest = this.#rest.slice(end + 2);
    else this.#rest = this.#rest.slice(end);
    return true;
  }

  // Takes one key or run of text from the front. Gives false when more is needed to tell what it is.
  #takeOne(out: TerminalInput[]): boolean {
    const rest = this.#rest;
    const control = rest.search(/[\x00-\x1f\x7f-\x9f]/);
    if (control !== 0) {
      const text = control < 0 ? rest : rest.slice(0, control);
      const typed = text.replaceAll('\ufffd', '');
      if (typed !== '') out.push({ type: 'text', text: typed });
      this.#rest = rest.slice(text.length);
      return true;
    }
    if (rest[0] !== ESC) {
      const name = controlKey(rest);
      if (name !== undefined) out.push(key(name));
      this.#rest = rest.slice(1);
      return true;
    }
    return this.#takeEscape(rest, out);
  }

  #takeEscape(rest: string, out: TerminalInput[]): boolean {
    // ESC ESC [ A is Alt-Up in rxvt and others.
    const alt = /^\x1b\x1b[[O]/.test(rest);
    const at = alt ? 1 : 0;
    const second = rest[at + 1];
    if (second === undefined) return false;
    if (second === '[') return this.#takeCsi(rest, at, alt, out);
    if (second === 'O') return this.#takeSs3(rest, at, alt, out);
    if (second === ESC) {
      if (rest.length === 2) return false;
      out.push(key('Escape'));
      this.#rest = rest.slice(1);
      return true;
    }
    if (/[\]PX^_]/.test(second)) {
      if (rest.length === 2) return false;
      this.#inString = true;
      this.#rest = rest.slice(2);
      return true;
    }
    const char = String.fromCodePoint(rest.codePointAt(1) ?? 0);
    const name = controlKey(char) ?? (char === ' ' ? 'Space' : char);
    out.push(key(withAlt(name)));
    this.#rest = rest.slice(1 + char.length);
    return true;
  }

  #takeCsi(rest: string, at: number, alt: boolean, out: TerminalInput[]): boolean {
    const from = at + 2;
    // The Linux console's F1 to F5, and the old mouse report with its three bytes.
    if (rest[from] === '[' || rest[from] === 'M') {
      const length = rest[from] === '[' ? 2 : 4;
      if (rest.length < from + length) return false;
      const index = 'ABCDE'.indexOf(rest[from + 1] ?? '');
      if (rest[from] === '[' && index >= 0) out.push(key(`F${index + 1}`));
      this.#rest = rest.slice(from + length);
      return true;
    }
    const body = rest.slice(from, from + LONGEST_SEQUENCE);
    // rxvt ends a key with Shift in `$`, which everywhere else stands before the final letter.
    const found = /^()(\d+)()(\$)/.exec(body) ?? /^([<=>?]?)([0-9;:]*)([ -/]*)(.?)/s.exec(body);
    const [whole = '', prefix = '', params = '', between = '', final = ''] = found ?? [];
    if (final === '' && whole.length < LONGEST_SEQUENCE) return false;
    if (!/[$@-~]/.test(final)) {
      // Cut off by something that is not part of it: that stands for itself.
      this.#rest = rest.slice(from + whole.length - final.length);
      return true;
    }
    this.#rest = rest.slice(from + whole.length);
    if (prefix !== '' || between !== '') return true;
    if (final === '~' && params === '200') this.#paste = [];
    else for (const one of csiKey(params, final, alt)) out.push(one);
    return true;
  }

  #takeSs3(rest: string, at: number, alt: boolean, out: TerminalInput[]): boolean {
    const found = /^([0-9;]*)(.?)/s.exec(rest.slice(at + 2, at + 2 + LONGEST_SEQUENCE));
    const [whole = '', params = '', final = ''] = found ?? [];
    if (final === '') return false;
    const known = SS3_LETTERS.get(final);
    const text = SS3_TEXT.get(final);
    if (known === undefined && text === undefined) {
      // Alt-O followed by something else.
      if (whole.length === 1) out.push(key('M-O'));
      this.#rest = rest.slice(at + 2 + whole.length - final.length);
      return true;
    }
    this.#rest = rest.slice(at + 2 + whole.length);
    const bits = modifiers(params.split(';').at(-1) ?? '') | (alt ? ALT : 0);
    if (known !== undefined) out.push(key(chord(bits, known)));
    else if (text !== undefined) out.push({ type: 'text', text });
    return true;
  }
}

function csiKey(params: string, final: string, alt: boolean): readonly TerminalInput[] {
  const fields = params.split(';').map(field => field.split(':'));
  const number = (i: number) => Number(fields[i]?.[0] || '0');
  const extra = alt ? ALT : 0;
  // Kitty: `:3` behind the modifiers is a key let go.
  if (fields[1]?.[1] === '3') return [];
  if (final === '~' && number(0) === 27 && fields.length >= 3) {
    return coded(number(2), modifiers(fields[1]?.[0] ?? '') | extra);
  }
  if (final === 'u') return coded(number(0), modifiers(fields[1]?.[0] ?? '') | extra);
  const rxvt = ({ '^': CTRL, $: SHIFT, '@': CTRL | SHIFT } as const)[final];
  if (final === '~' || rxvt !== undefined) {
    const name = CSI_NUMBERS.get(number(0));
    const bits = (rxvt ?? modifiers(fields[1]?.[0] ?? '')) | extra;
    return name === undefined || fields.length > 2 ? [] : [key(chord(bits, name))];
  }
  const name = CSI_LETTERS.get(final);
  // `CSI row ; column R` answers a question for the cursor; `CSI ... c` one for the terminal's kind.
  if (name === undefined || ((final === 'R' || (final >= 'a' && final <= 'd')) && params !== '')) return [];
  return [key(chord(modifiers(fields[1]?.[0] ?? '') | extra, name))];
}

// modifyOtherKeys and kitty: a code point with its modifiers.
function coded(code: number, bits: number): readonly TerminalInput[] {
  const known = KITTY_KEYS.get(code);
  if (known !== undefined) return [key(chord(bits, known))];
  if (code >= 57399 && code <= 57413) return [{ type: 'text', text: KITTY_TEXT[code - 57399] ?? '' }];
  if (code === 57415) return [{ type: 'text', text: '=' }];
  // Keys for volume, lone modifiers and the like.
  if ((code >= 0xe000 && code <= 0xf8ff) || code > 0x10ffff || code === 0) return [];
  if (code >= 0xd800 && code <= 0xdfff) return []; // half of a character
  const char = String.fromCodePoint(code);
  if (code < 32 || code === 127) {
    const name = controlKey(char);
    return name === undefined ? [] : [key(chord(bits, name))];
  }
  if ((bits & (ALT | CTRL)) === 0) {
    // Kitty reports the key without Shift; only for letters is it known what Shift makes of it.
    return [{ type: 'text', text: bits & SHIFT ? char.toUpperCase() : char }];
  }
  const name = char === ' ' ? 'Space' : char;
  if ((bits & CTRL) === 0) return [key(chord(ALT, bits & SHIFT ? name.toUpperCase() : name))];
  const same = { i: 'Tab', m: 'Enter', '[': 'Escape', h: 'Backspace' }[name.toLowerCase()];
  return [key(same === undefined ? chord(bits & ~SHIFT, name.toLowerCase()) : chord(bits & ALT, same))];
}

function controlKey(text: string): string | undefined {
  const code = text.codePointAt(0) ?? 0;
  if (code === 0) return 'C-Space';
  if (code === 8 || code === 127) return 'Backspace';
  if (code === 9) return 'Tab';
  if (code === 13) return 'Enter';
  if (code === 27) return 'Escape';
  if (code < 27) return `C-${String.fromCharCode(code + 96)}`;
  if (code < 32) return `C-${'\\]^_'[code - 28]}`;
  return undefined;
}

// xterm's modifier parameter is 1 + bits; Caps Lock, Num Lock and Super make no difference here.
function modifiers(field: string): number {
  const value = Number(field);
  return value > 1 ? (value - 1) & (SHIFT | ALT | CTRL) : 0;
}

function chord(bits: number, name: string): string {
  const shift = bits & SHIFT && !name.startsWith('S-') ? 'S-' : '';
  return `${bits & CTRL && !name.startsWith('C-') ? 'C-' : ''}${bits & ALT ? 'M-' : ''}${shift}${name}`;
}

function withAlt(name: string): string {
  return name.startsWith('C-') ? `C-M-${name.slice(2)}` : `M-${name}`;
}

function key(name: string): TerminalInput {
  return { type: 'key', key: name };
}
