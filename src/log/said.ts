// What a log holds, row by row: messages and typed lines, whatever program wrote it.
import { openRows } from '../language/openrows.ts';
import { parse } from '../language/parse.ts';
import { marked } from '../language/rowmarks.ts';
import { describeCommand } from '../schema/notes.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../text/json.ts';
import { Cutter } from './cutter.ts';
import { shownMessage } from './screen.ts';
import { isSocat, joinPieces } from './socat.ts';

export type Said = {
  /** Its row in the log, from 1. */
  readonly row: number;
  /** Which of several monitors, where the log tells them apart. */
  readonly monitor?: string;
} & (
  | { readonly kind: 'message'; readonly message: JsonObject; readonly passes?: boolean }
  | { readonly kind: 'line'; readonly text: string }
);

interface Log {
  readonly said: readonly Said[];
  /** Rows where a message was to begin, and could not be read. */
  readonly broken: readonly number[];
}

/** Reads a log of any of the known forms. */
export function readLog(text: string): Log {
  const rows = text.split('\n').map(row => (row.endsWith('\r') ? row.slice(0, -1) : row));
  return new Reader(isSocat(rows) ? joinPieces(rows) : rows).read();
}

// libvirtd's rows; a `fd` of its own is passed along with a message.
const LIBVIRT = /QEMU_MONITOR_(\w+): mon=(\S+) (?:msg|reply|event|buf)=(?=\{)/;
const LIBVIRT_TOLD = /^(SEND_MSG|RECV_REPLY|RECV_EVENT)$/;
const PASSED = /^\s*fd=\d/;
// The library qemu.qmp, below whatever its program's log puts before a row; its forerunner wrote ">>>" and "<<<".
const PYTHON = /^.*?(?:^|[\s:])(?:-->|<--|>>>|<<<) (?=\{)/;
/** A client of the library that was given a name has a logger of its own. */
const CLIENT = /\bqemu\.qmp\.\w+\.([\w.#@-]+)/;
const PROMPT = /^\s*\((?:QEMU|qemu)\)(?:\s|$)/;
const WORD = /^\.(?:wait|let|expect|send|hmp)\b/;
const TYPED = /^\s*([A-Za-z][\w-]*)(?:\s|$|\()/;

class Reader {
  readonly #rows: readonly string[];
  readonly #prompted: boolean;
  readonly #said: Said[] = [];
  readonly #broken: number[] = [];
  readonly #cutter = new Cutter();
  #begun = 0;
  #monitor: string | undefined;

  constructor(rows: readonly string[]) {
    this.#rows = rows;
    this.#prompted = rows.some(row => PROMPT.test(marked(row).unquoted));
  }

  read(): Log {
    for (let i = 0; i < this.#rows.length; ) i = this.#take(i);
    this.#breakOff();
    return { said: this.#said, broken: this.#broken };
  }

  /** Reads what begins at row `i`, or goes on there; gives the row behind it. */
  #take(i: number): number {
    const raw = this.#rows[i] ?? '';
    const libvirt = raw.includes('QEMU_MONITOR_') ? LIBVIRT.exec(raw) : null;
    if (libvirt) {
      this.#breakOff();
      if (LIBVIRT_TOLD.test(libvirt[1] ?? ''))
        this.#libvirt(raw.slice(libvirt.index + libvirt[0].length), libvirt[2], i);
      return i + 1;
    }
    const { text, unquoted } = marked(raw);
    const python = unquoted.includes('{') ? PYTHON.exec(unquoted)?.[0] : undefined;
    const begins = python === undefined ? text : unquoted.slice(python.length);
    const hasMark = python !== undefined || text !== unquoted;
    if (this.#cutter.isOpen && !hasMark) {
      this.#message(this.#cutter.push(unquoted));
      return i + 1;
    }
    if (/^\s*\{/.test(begins)) {
      this.#breakOff();
      this.#begun = i;
      this.#monitor = python === undefined ? undefined : CLIENT.exec(python)?.[1];
      this.#message(this.#cutter.push(begins.trimStart()));
      return i + 1;
    }
    if (hasMark) this.#breakOff();
    const shown = this.#prompted ? shownMessage(unquoted.trimEnd()) : undefined;
    if (shown) this.#said.push({ kind: 'message', message: shown, row: i + 1 });
    return shown ? i + 1 : this.#line(i, unquoted, text);
  }

  /** A message of libvirt's stands in one row. */
  #libvirt(text: string, monitor: string | undefined, i: number): void {
    const whole = new Cutter().push(text);
    const message = whole === undefined ? undefined : readMessage(whole);
    if (!message) {
      this.#broken.push(i + 1);
      return;
    }
    const passes = PASSED.test(this.#rows[i + 1] ?? '');
    this.#said.push({
      kind: 'message',
      message,
      row: i + 1,
      ...on(monitor),
      ...(passes ? { passes } : {}),
    });
  }

  #message(text: string | undefined): void {
    if (text === undefined) {
      if (!this.#cutter.isOpen) this.#broken.push(this.#begun + 1);
      return;
    }
    const message = readMessage(text);
    const told = message && isAudit(message) ? fromAudit(message) : message;
    if (told) this.#said.push({ kind: 'message', message: told, row: this.#begun + 1, ...on(this.#monitor) });
    else if (!message && LOOKS.test(text)) this.#broken.push(this.#begun + 1);
  }

  /** A line as it was typed: behind a prompt, or, in a text without any, one that begins with a command's name. */
  #line(i: number, unquoted: string, text: string): number {
    if (this.#prompted ? !PROMPT.test(unquoted) : !isTyped(text)) return i + 1;
    const isOpen = openRows();
    const lines = [text];
    let next = i + 1;
    while (isOpen(lines.at(-1) ?? '') && next < this.#rows.length) {
      const { text: more, unquoted: row } = marked(this.#rows[next] ?? '');
      if (PROMPT.test(row)) break;
      lines.push(more.replace(/^\s*(?:TRANS>|\.\.\.)(?:\s|$)/, ''));
      next += 1;
    }
    const whole = lines.join('\n').trim();
    const parsed = parse(whole);
    const isLine = parsed.kind === 'command' || (parsed.kind === 'word' && WORD.test(whole));
    if (isLine) this.#said.push({ kind: 'line', text: whole, row: i + 1 });
    else if (parsed.kind === 'wrong' && this.#prompted) this.#broken.push(i + 1);
    return isLine ? next : i + 1;
  }

  /** What has begun does not go on. */
  #breakOff(): void {
    if (this.#cutter.isOpen) this.#broken.push(this.#begun + 1);
    this.#cutter.drop();
  }
}

/** A row of the audit of `qmpsh share`. */
function isAudit(message: JsonObject): boolean {
  return typeof message['outcome'] === 'string' && isObject(message['who']);
}

/** The command with its reply, as far as the audit has it; undefined for one that never reached QEMU. */
function fromAudit({ when: _, who: __, outcome, why: ___, ...said }: JsonObject): JsonObject | undefined {
  if (outcome === 'done') return { ...said, return: {} };
  return outcome === 'denied' || outcome === 'not sent' ? undefined : said;
}

/** What must have been meant as a message. */
const LOOKS = /^\{\s*["'](?:execute|exec-oob|return|error|event)["']\s*:/;

/** A message of the protocol; undefined for any other value, and for what is no JSON. */
function readMessage(text: string): JsonObject | undefined {
  const value = valueIn(text);
  const isMessage =
    isObject(value) &&
    ['execute', 'exec-oob', 'return', 'error', 'event', 'QMP'].some(key => Object.hasOwn(value, key));
  return isMessage ? value : undefined;
}

function valueIn(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    // As Python prints a dictionary.
    const line = parse(`x v=${text}`);
    return line.kind === 'command' ? line.request.arguments['v'] : undefined;
  }
}

function on(monitor: string | undefined): { readonly monitor?: string } {
  return monitor === undefined ? {} : { monitor };
}

function isTyped(text: string): boolean {
  if (WORD.test(text)) return true;
  const name = TYPED.exec(text)?.[1];
  return (
    name !== undefined &&
    describeCommand(name) !== undefined &&
    /^\s*[\w-]+(?:\s+[\w.-]+=|\s*$|\()/.test(text)
  );
}
