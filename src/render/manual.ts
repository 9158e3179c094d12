// A section of QEMU's reference manual for the screen. The manual is a man page made by Sphinx; this reads the few
// troff requests and escapes that such pages are made of, and leaves out what it does not know.
import { lineWidth, span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { Role, Span, StyledLine } from '../text/style.ts';

interface ManualSection {
  /** The version of QEMU that the manual is for. */
  readonly version: string | undefined;
  readonly lines: readonly StyledLine[];
}

/** What the manual says of a command or an event; undefined where it has nothing under that name. */
export function manualSection(source: string, name: string, width: number): ManualSection | undefined {
  const rows = source.split(/\r?\n/);
  const start = rows.findIndex(row => row.startsWith('.SS ') && isHeading(plainText(row.slice(4)), name));
  if (start < 0) return undefined;
  const length = rows.slice(start + 1).findIndex(row => row.startsWith('.SH') || startsThing(row));
  const body = rows.slice(start + 1, length < 0 ? undefined : start + 1 + length);
  const version = /^\.TH(?: "[^"]*"){3} "([^"]+)"/m.exec(source)?.[1];
  const lines = new Layout(width).read(body);
  return lines.length === 0 ? undefined : { version, lines };
}

const KINDS = 'Command|Event|Object|Enum|Alternate|If';

// `blockdev-mirror (Command)` up to QEMU 9, `Command blockdev-mirror (Since: 2.6)` after it.
function isHeading(text: string, name: string): boolean {
  return (
    text === `${name} (Command)` ||
    text === `${name} (Event)` ||
    new RegExp(`^(?:Command|Event) ${name.replace(/[^\w-]/g, '\\$&')}(?: \\(Since.*\\))?$`).test(text)
  );
}

function startsThing(row: string): boolean {
  if (!row.startsWith('.SS ')) return false;
  const text = plainText(row.slice(4));
  return new RegExp(`\\((?:${KINDS})\\)$|^(?:${KINDS}) \\S+(?: \\(Since.*\\))?$`).test(text);
}

class Layout {
  readonly #width: number;
  readonly #out: StyledLine[] = [];
  readonly #outer: number[] = [];
  #indent = 2;
  /** How far the text below a term or a bullet stands in. */
  #hang = 0;
  #words: Span[] = [];
  #verbatim = false;
  /** The next row is a term. */
  #term = false;

  constructor(width: number) {
    this.#width = width;
  }

  read(rows: readonly string[]): readonly StyledLine[] {
    for (const row of rows) this.#row(row);
    this.#flush();
    while (this.#out.length > 0 && lineWidth(this.#out.at(-1) ?? []) === 0) this.#out.pop();
    return this.#out;
  }

  #row(row: string): void {
    const [, request, rest = ''] = /^\.\s*([A-Za-z]+) ?(.*)$/.exec(row) ?? [];
    if (request === undefined) {
      if (!row.startsWith('.')) this.#text(row);
      return;
    }
    switch (request) {
      case 'SS':
        this.#gap();
        this.#hang = 0;
        this.#out.push([span(' '.repeat(this.#indent)), span(plainText(rest), 'title')]);
        return;
      case 'sp':
        this.#gap();
        return;
      case 'TP':
        this.#flush();
        this.#hang = 0;
        this.#term = true;
        return;
      case 'B':
        this.#text(rest);
        return;
      case 'IP':
        this.#flush();
        this.#hang = 2;
        this.#out.push([span(`${' '.repeat(this.#indent)}${plainText(rest.split(' ')[0] ?? '')} `)]);
        return;
      case 'INDENT':
        this.#flush();
        this.#outer.push(this.#indent);
        this.#indent += this.#hang > 0 ? this.#hang : rest.startsWith('0') ? 0 : 2;
        this.#hang = 0;
        return;
      case 'UNINDENT':
        this.#flush();
        this.#indent = this.#outer.pop() ?? 2;
        this.#hang = 0;
        return;
      case 'nf':
        this.#flush();
        this.#verbatim = true;
        return;
      case 'fi':
        this.#verbatim = false;
        return;
    }
  }

  #text(row: string): void {
    const spans = readEscapes(row);
    if (this.#verbatim) {
      this.#out.push([
        span(' '.repeat(this.#indent)),
        ...spans.map(part => ({ ...part, role: 'comment' as const })),
      ]);
    } else if (this.#term) {
      this.#term = false;
      this.#add(wrapLine([span(' '.repeat(this.#indent)), ...spans], this.#width, this.#indent + 4));
      this.#hang = 4;
    } else {
      if (this.#words.length > 0) this.#words.push(span(' '));
      for (const part of spans) this.#words.push(part);
    }
  }

  #add(rows: readonly StyledLine[]): void {
    for (const row of rows) this.#out.push(row);
  }

  #gap(): void {
    this.#flush();
    if (this.#out.length > 0 && lineWidth(this.#out.at(-1) ?? []) > 0) this.#out.push([]);
  }

  #flush(): void {
    if (this.#words.length === 0) return;
    const before = this.#indent + this.#hang;
    const last = this.#out.at(-1);
    // The text of a bullet goes on in the bullet's own row.
    const bullet = this.#hang === 2 && last !== undefined && lineWidth(last) === before;
    const lead: StyledLine = bullet ? last : [span(' '.repeat(before))];
    if (bullet) this.#out.pop();
    this.#add(wrapLine([...lead, ...this.#words], this.#width, before));
    this.#words = [];
  }
}

const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ['dq', '"'],
  ['aq', "'"],
  ['bu', '-'],
  ['ga', '`'],
  ['ha', '^'],
  ['ti', '~'],
  ['em', '-'],
  ['en', '-'],
  ['rs', '\\'],
  ['lq', '"'],
  ['rq', '"'],
]);

/** A row of text with its fonts: bold is a name, italic a title. */
function readEscapes(row: string): readonly Span[] {
  const out: Span[] = [];
  let role: Role = 'plain';
  for (const [piece] of row.matchAll(/\\f(?:\[\w*\]|\(..|.)|\\\(..|\\\[[^\]]*\]|\\.|[^\\]+/g)) {
    const font = /^\\f\[?(\w*)/.exec(piece)?.[1];
    if (font !== undefined) role = font.includes('B') ? 'key' : font === 'I' ? 'enum' : 'plain';
    else out.push(span(piece.startsWith('\\') ? character(piece) : safe(piece), role));
  }
  return out;
}

function character(code: string): string {
  const name = /^\\[([]([^\]]+)/.exec(code)?.[1];
  if (name !== undefined) return CHARACTERS.get(name) ?? '?';
  const letter = code[1] ?? '';
  return letter === '-' || letter === '.' || letter === "'"
    ? letter
    : letter === 'e'
      ? '\\'
      : letter === ' '
        ? ' '
        : '';
}

function plainText(row: string): string {
  return readEscapes(row.replace(/^"|"$/g, ''))
    .map(part => part.text)
    .join('')
    .trim();
}
