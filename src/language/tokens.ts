// The tree of a line, with places. It is tolerant: half-typed text gives a tree too, and parser, completer,
// colour and hint all read this very one. It knows no schema; what it cannot make sense of it puts in `faults`.
import type { Place } from '../text/span.ts';
import type { Completeness, Problem } from './line.ts';
import { bareEnd, readValue, skipBlanks, type Value } from './literal.ts';

/** `file.driver`: the parts lie without the dots between them. */
export interface Key {
  readonly place: Place;
  readonly text: string;
  readonly parts: readonly { readonly name: string; readonly place: Place }[];
}

/** `key=value`, or what was typed of it: a lone name has neither `equals` nor `value`. */
export interface Argument {
  readonly place: Place;
  readonly key: Key;
  /** Offset of the "=". */
  readonly equals?: number;
  /** Absent when nothing stands behind the "=". */
  readonly value?: Value;
}

/** A command with its arguments: a whole line, or one action of a transaction. */
export interface Call {
  readonly place: Place;
  readonly name: string;
  readonly namePlace: Place;
  readonly args: readonly Argument[];
}

interface Common {
  readonly text: string;
  /** Prompts of a pasted transcript, and comment rows: skipped. */
  readonly prompts: readonly Place[];
  readonly comments: readonly Place[];
  readonly faults: readonly Problem[];
  readonly completeness: Completeness;
}

/** What may stand behind a command. `pipe.place` is the text behind the bar, `background` the "&". */
interface Tail {
  readonly pipe?: { readonly bar: Place; readonly place: Place; readonly text: string };
  readonly background?: Place;
}

export type Tree = Common &
  (
    | { readonly kind: 'empty' }
    | {
        readonly kind: 'word';
        readonly name: string;
        readonly place: Place;
        readonly rest: string;
        readonly restPlace: Place;
      }
    | { readonly kind: 'raw'; readonly arrow?: Place; readonly value: Value }
    | ({ readonly kind: 'command'; readonly call: Call } & Tail)
    | ({
        readonly kind: 'transaction';
        readonly namePlace: Place;
        readonly open: Place;
        /** Arguments of the transaction itself: those before its first action. */
        readonly args: readonly Argument[];
        readonly actions: readonly Call[];
        readonly close?: Place;
      } & Tail)
  );

const BLANK = /\s/;
const WORD = /^\.[A-Za-z]/;
const LONE_WORDS: ReadonlySet<string> = new Set(['help', '?', 'exit']);
const PROMPT = /(?:\(QEMU\)|TRANS>)(?=\s|$)/y;

/** The tree of a text, whatever the text is. Never throws. */
export function readLine(text: string): Tree {
  return new LineReader(text).line();
}

/** Whether the text goes on in the next row. */
export function completeness(text: string): Completeness {
  return readLine(text).completeness;
}

class LineReader {
  private at = 0;
  private readonly prompts: Place[] = [];
  private readonly comments: Place[] = [];
  private readonly faults: Problem[] = [];
  private unclosed = false;
  /** Whether only blanks and prompts stand before this place in its row. */
  private startsRow = true;
  private inTransaction = false;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  line(): Tree {
    this.blanks();
    const start = this.at;
    const rest = this.text.slice(start);
    if (rest === '') return { ...this.common(), kind: 'empty' };
    if (WORD.test(rest) || LONE_WORDS.has(rest.trimEnd())) return this.word();
    const arrow = /^->\s*(?=[{[])/.exec(rest);
    if (arrow !== null) {
      this.at += arrow[0].length;
      return this.raw({ start, end: start + 2 });
    }
    if (rest.startsWith('{') || rest.startsWith('[')) return this.raw();
    if (/^transaction\s*\(/.test(rest)) return this.transaction();
    return this.command();
  }

  private common(): Common {
    return {
      text: this.text,
      prompts: this.prompts,
      comments: this.comments,
      faults: this.faults,
      completeness: this.unclosed ? 'open' : 'complete',
    };
  }

  /** Skips blanks and, where a row begins, prompts and comment rows. */
  private blanks(): void {
    for (;;) {
      const end = skipBlanks(this.text, this.at);
      if (this.text.slice(this.at, end).includes('\n')) this.startsRow = true;
      this.at = end;
      if (!this.startsRow) return;
      PROMPT.lastIndex = this.at;
      const prompt = PROMPT.exec(this.text);
      if (prompt !== null) {
        this.prompts.push({ start: this.at, end: PROMPT.lastIndex });
        this.at = PROMPT.lastIndex;
      } else if (this.text[this.at] === '#') {
        const start = this.at;
        this.at = endOfRow(this.text, start);
        this.comments.push({ start, end: this.at });
      } else {
        this.startsRow = false;
        return;
      }
    }
  }

  private word(): Tree {
    const start = this.at;
    const [name = ''] = /^\S+/.exec(this.text.slice(start)) ?? [];
    const rest = skipBlanks(this.text, start + name.length);
    if (hasOpenBracket(this.text, rest)) this.unclosed = true;
    return {
      ...this.common(),
      kind: 'word',
      name,
      place: { start, end: start + name.length },
      rest: this.text.slice(rest),
      restPlace: { start: rest, end: this.text.length },
    };
  }

  private raw(arrow?: Place): Tree {
    const value = this.value();
    this.blanks();
    if (this.at < this.text.length) {
      this.fault(
        this.at,
        this.text.length,
        'there is more text behind the end of the JSON value',
        'Send one message a line.',
      );
    }
    return { ...this.common(), kind: 'raw', value, ...(arrow === undefined ? {} : { arrow }) };
  }

  private command(): Tree {
    const call = this.call(() => false);
    const tail = this.tail();
    return { ...this.common(), kind: 'command', call, ...tail };
  }

  private transaction(): Tree {
    const start = this.at;
    const bar = this.text.indexOf('(', start);
    this.at = bar + 1;
    this.inTransaction = true;
    const base = {
      namePlace: { start, end: start + 'transaction'.length },
      open: { start: bar, end: bar + 1 },
    };
    const args = this.args(() => !this.isPair());
    const actions: Call[] = [];
    for (;;) {
      this.blanks();
      if (this.at >= this.text.length) {
        this.unclosed = true;
        const place = { start: bar, end: bar + 1 };
        const advice = 'Close it with ")".';
        this.faults.push({ place, message: 'the transaction is not closed', advice, unfinished: true });
        return { ...this.common(), kind: 'transaction', ...base, args, actions };
      }
      if (this.closesTransaction()) {
        const close = { start: this.at, end: this.at + 1 };
        this.at++;
        const tail = this.tail();
        return { ...this.common(), kind: 'transaction', ...base, args, actions, close, ...tail };
      }
      actions.push(this.call(() => this.closesTransaction() || !this.isPair()));
    }
  }

  /** ")" closes where an argument or an action could begin, whatever is typed behind it. */
  private closesTransaction(): boolean {
    return this.text[this.at] === ')';
  }

  /** Whether what stands here is `name=...`; inside a transaction any other token begins the next action. */
  private isPair(): boolean {
    return this.text.slice(this.at, this.tokenEnd(this.at)).indexOf('=') > 0;
  }

  private call(stop: () => boolean): Call {
    const start = this.at;
    const namePlace = { start, end: this.tokenEnd(start) };
    this.at = namePlace.end;
    const args = this.args(stop);
    const end = args.at(-1)?.place.end ?? namePlace.end;
    return { place: { start, end }, name: this.text.slice(start, namePlace.end), namePlace, args };
  }

  /** Arguments up to the end, the tail of the line, or where `stop` says so. */
  private args(stop: () => boolean): readonly Argument[] {
    const args: Argument[] = [];
    for (;;) {
      this.blanks();
      if (this.at >= this.text.length || this.isTail() || stop()) return args;
      args.push(this.argument());
    }
  }

  private argument(): Argument {
    const start = this.at;
    const stop = this.tokenEnd(start);
    const found = this.text.slice(start, stop).indexOf('=');
    if (found === -1) {
      this.at = stop;
      return { place: { start, end: stop }, key: keyAt(this.text, start, stop) };
    }
    const equals = start + found;
    const key = keyAt(this.text, start, equals);
    this.at = equals + 1;
    const next = this.text[this.at];
    if (next === undefined || BLANK.test(next)) return { place: { start, end: this.at }, key, equals };
    const value = this.value();
    return { place: { start, end: this.at }, key, equals, value };
  }

  private value(): Value {
    const read = readValue(this.text, this.at, this.inTransaction);
    this.at = read.end;
    this.faults.push(...read.faults);
    if (read.open) this.unclosed = true;
    return read.value;
  }

  private tokenEnd(from: number): number {
    return bareEnd(this.text, from, this.inTransaction);
  }

  private isTail(): boolean {
    return this.standsAlone('|') || this.standsAlone('&');
  }

  private standsAlone(mark: string): boolean {
    const next = this.text[this.at + 1];
    return this.text[this.at] === mark && (next === undefined || BLANK.test(next));
  }

  private tail(): Tail {
    this.blanks();
    const start = this.at;
    const place = { start, end: start + 1 };
    if (this.standsAlone('|')) {
      this.at++;
      this.blanks();
      const text = this.text.slice(this.at).trimEnd();
      if (text === '') {
        const advice = 'Write one, as in: query-block | jq .';
        this.faults.push({ place, message: 'no host command stands behind "|"', advice, unfinished: true });
      }
      const pipe = { bar: place, place: { start: this.at, end: this.at + text.length }, text };
      this.at = this.text.length;
      return { pipe };
    }
    const background = this.standsAlone('&');
    if (background) {
      this.at++;
      this.blanks();
    }
    if (this.at < this.text.length) {
      const what = background
        ? '"&" must be the last thing in the line'
        : 'there is more text behind the end of the transaction';
      this.fault(this.at, this.text.trimEnd().length, what, 'Take it out, or put it in a line of its own.');
      this.at = this.text.length;
    }
    return background ? { background: place } : {};
  }

  private fault(start: number, end: number, message: string, advice: string): void {
    this.faults.push({ place: { start, end }, message, advice });
  }
}

/** Whether a literal among the arguments of a word is not closed. Quotes in its prose do not count. */
function hasOpenBracket(text: string, from: number): boolean {
  const start = /(?:^|[\s=])[{[]/g;
  start.lastIndex = Math.max(0, from - 1);
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    const read = readValue(text, start.lastIndex - 1);
    if (read.open) return true;
    start.lastIndex = read.end;
  }
  return false;
}

function endOfRow(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function keyAt(text: string, start: number, end: number): Key {
  const whole = text.slice(start, end);
  let at = start;
  const parts = whole.split('.').map(name => {
    const place = { start: at, end: at + name.length };
    at = place.end + 1;
    return { name, place };
  });
  return { place: { start, end }, text: whole, parts };
}
