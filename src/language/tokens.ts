// The tree of a line, with places. It is tolerant: half-typed text gives a tree too, and parser, completer,
// colour and hint all read this very one. It knows no schema; what it cannot make sense of it puts in `faults`.

import type { Place } from '../text/place.ts';
import { type Key, keyAt } from './dotted.ts';
import { bareEnd, skipBlanks, standsAlone } from './ends.ts';
import type { Completeness, Problem } from './line.ts';
import {
  BLANK,
  COMMENT,
  endOfRow,
  GOES_ON,
  HMP_WORD,
  matches,
  OPENING,
  PROMPT,
  type WordPlace,
  wordAt,
} from './linestarts.ts';
import { hasOpenBracket, readMessage, readValue, type Value } from './literal.ts';

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

/** The tree of a text, whatever the text is. Never throws. */
export function readLine(text: string): Tree {
  return new LineReader(text).line();
}

/** Whether the text goes on in the next row. A line for the host's shell (`$ ls`) is one row, whatever is open in it. */
export function completeness(text: string): Completeness {
  if (/^\s*\$ /.test(text)) return 'complete';
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
    const word = wordAt(this.text, start);
    if (word !== undefined) return this.word(word);
    const arrow = /^->\s*(?=[{[])/.exec(rest);
    if (arrow !== null) {
      this.at += arrow[0].length;
      return this.raw({ start, end: start + 2 });
    }
    // A reply or an event as documents show them: what a transcript says that came, and nothing to send.
    const answer = /^<-\s*(?=[{[])/.exec(rest);
    if (answer !== null) {
      this.at += answer[0].length;
      const tree = this.raw({ start, end: start + 2 });
      return tree.completeness === 'open' ? tree : { ...this.common(), faults: [], kind: 'empty' };
    }
    if (rest.startsWith('{') || rest.startsWith('[')) return this.raw();
    if (OPENING.test(rest)) return this.transaction();
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

  /** Skips blanks, comments, backslashes by which the line goes on, and, where a row begins, prompts. */
  private blanks(): void {
    for (;;) {
      const end = skipBlanks(this.text, this.at);
      if (this.text.slice(this.at, end).includes('\n')) this.startsRow = true;
      this.at = end;
      if (matches(COMMENT, this.text, end)) {
        this.at = endOfRow(this.text, end);
        this.comments.push({ start: end, end: this.at });
      } else if (matches(GOES_ON, this.text, end)) {
        this.at = GOES_ON.lastIndex;
        if (this.at === this.text.length && !this.text.endsWith('\n')) this.nothingBehind(end);
        else this.startsRow = true;
      } else if (this.startsRow && matches(PROMPT, this.text, end)) {
        this.prompts.push({ start: end, end: PROMPT.lastIndex });
        this.at = PROMPT.lastIndex;
      } else {
        this.startsRow = false;
        return;
      }
    }
  }

  private nothingBehind(at: number): void {
    this.unclosed = true;
    const message = 'the backslash says that the line goes on, and nothing follows';
    const advice = 'Take it out, or write the rest in the next row.';
    this.faults.push({ place: { start: at, end: at + 1 }, message, advice, unfinished: true });
  }

  private word({ name, place, restPlace }: WordPlace): Tree {
    const { start, end } = restPlace;
    if (name !== HMP_WORD && hasOpenBracket(this.text, start)) this.unclosed = true;
    return { ...this.common(), kind: 'word', name, place, rest: this.text.slice(start, end), restPlace };
  }

  private raw(arrow?: Place): Tree {
    const value = this.message();
    const end = this.at;
    this.blanks();
    // What stands between messages of a list, or behind the last one, means nothing.
    for (let count = 1; ; count += 1) {
      if (/[;,]/.test(this.text[this.at] ?? '')) this.at += 1;
      this.blanks();
      if (this.text[this.at] !== '{') break;
      if (count === 1)
        this.fault(this.at, this.at + 1, 'another message begins here', 'Send one message a line.');
      this.message();
      this.blanks();
    }
    if (this.at < this.text.length) {
      const start = Math.max(end, this.at);
      const what = 'there is more text behind the end of the JSON value';
      this.fault(start, this.text.length, what, 'Send one message a line.');
    }
    return { ...this.common(), kind: 'raw', value, ...(arrow === undefined ? {} : { arrow }) };
  }

  private message(): Value {
    const read = readMessage(this.text, this.at);
    this.at = read.value.place.end;
    for (const fault of read.faults) this.faults.push(fault);
    if (read.open) this.unclosed = true;
    return read.value;
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
    for (const fault of read.faults) this.faults.push(fault);
    if (read.open) this.unclosed = true;
    return read.value;
  }

  private tokenEnd(from: number): number {
    return bareEnd(this.text, from, this.inTransaction);
  }

  private isTail(): boolean {
    return standsAlone(this.text, this.at, '|') || standsAlone(this.text, this.at, '&');
  }

  private tail(): Tail {
    this.at = skipBlanks(this.text, this.at);
    const start = this.at;
    const place = { start, end: start + 1 };
    if (standsAlone(this.text, this.at, '|')) {
      this.at = skipBlanks(this.text, this.at + 1);
      const text = this.text.slice(this.at).trimEnd();
      if (text === '') {
        const advice = 'Write one, as in: query-block | jq .';
        this.faults.push({ place, message: 'no host command stands behind "|"', advice, unfinished: true });
      }
      const pipe = { bar: place, place: { start: this.at, end: this.at + text.length }, text };
      this.at = this.text.length;
      return { pipe };
    }
    const background = standsAlone(this.text, this.at, '&');
    if (background) this.at = skipBlanks(this.text, this.at + 1);
    // A comment may stand behind it.
    while (matches(COMMENT, this.text, this.at)) {
      const end = endOfRow(this.text, this.at);
      this.comments.push({ start: this.at, end });
      this.at = skipBlanks(this.text, end);
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
