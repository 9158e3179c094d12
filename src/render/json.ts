// JSON for the eyes: indented as QEMU's documents print it, small things on one row, deep things folded.
import type { Json } from '../text/json.ts';
import { isArray, isObject, stringifyJson } from '../text/json.ts';
import { lineWidth, span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';

interface JsonOptions {
  /** Cells a row may take. A longer one is wrapped, nothing is cut. Without it rows are as long as they are. */
  readonly width?: number;
  /** Containers below this depth show how much is in them instead: 1 folds all members of the outermost. */
  readonly fold?: number;
  readonly indent?: 2 | 4;
  /** Whether a small object or list stays on one row where it fits (default true). */
  readonly compact?: boolean;
}

/** A longer row is spread over several even where it would fit: the eye loses its way in it. */
const INLINE_CELLS = 76;

/**
 * A value as coloured JSON. Strings keep their JSON escapes, and what could act on a terminal is escaped besides.
 * Where something was folded, the last line says how to see it.
 */
export function renderJson(value: Json, given: JsonOptions = {}): readonly StyledLine[] {
  const options = { ...given, indent: given.indent ?? ((given.width ?? 80) < 40 ? 2 : 4) } as const;
  const state = { folded: false, rows: 0, cut: false };
  const lines = block(value, [], '', 0, options, state);
  const columns = options.width;
  const rows =
    columns === undefined
      ? lines
      : lines.flatMap(row => wrapLine(row, columns, Math.min(hang(row) + options.indent, columns >> 1)));
  const notes = [...(state.folded ? [FOLDED] : []), ...(state.cut ? [CUT] : [])];
  return [...rows, ...notes.flatMap(note => (columns === undefined ? [note] : wrapLine(note, columns)))];
}

/** A value as JSON on one row. */
export function jsonSpans(value: Json): StyledLine {
  if (isArray(value)) {
    return [punct('['), ...value.flatMap((item, i) => [...comma(i), ...jsonSpans(item)]), punct(']')];
  }
  if (isObject(value)) {
    const members = Object.entries(value).flatMap(([name, item], i): Span[] => [
      ...comma(i),
      key(name),
      punct(': '),
      ...jsonSpans(item),
    ]);
    return [punct('{'), ...members, punct('}')];
  }
  return [scalar(value)];
}

interface State {
  folded: boolean;
  /** Rows made so far; there is a limit to what is made for the eyes. */
  rows: number;
  cut: boolean;
}

/** No eye reads as many, and making more would keep the keys waiting. */
const MOST_ROWS = 10_000;
const FOLDED: StyledLine = [span('folded: .format json shows it all', 'dim')];
const CUT: StyledLine = [span('not all is shown: | less behind the command shows the rest', 'dim')];

function block(
  value: Json,
  before: StyledLine,
  after: string,
  depth: number,
  options: JsonOptions,
  state: State,
): readonly StyledLine[] {
  const lead = [...pad(depth, options), ...before];
  const end = after === '' ? [] : [punct(after)];
  const count = size(value);
  if (count === 0) return [[...lead, ...jsonSpans(value), ...end]];
  const folds = options.fold !== undefined && options.fold > 0 && depth >= options.fold;
  if ((folds || options.compact !== false) && count <= INLINE_CELLS && flat(value)) {
    const whole = [...lead, ...jsonSpans(value), ...end];
    if (lineWidth(whole) <= Math.min(options.width ?? INLINE_CELLS, INLINE_CELLS)) return [whole];
  }
  if (folds) {
    state.folded = true;
    const [open, close, noun] = isArray(value) ? ['[', ']', 'item'] : ['{', '}', 'member'];
    const amount = `… ${count} ${noun}${count === 1 ? '' : 's'} `;
    return [[...lead, punct(`${open} `), span(amount, 'dim'), punct(close), ...end]];
  }
  const list = isArray(value);
  const items: readonly (readonly [StyledLine, Json])[] = list
    ? value.map(item => [[], item] as const)
    : isObject(value)
      ? Object.entries(value).map(([name, item]) => [[key(name), punct(': ')], item] as const)
      : [];
  const out: StyledLine[] = [[...lead, punct(list ? '[' : '{')]];
  for (const [i, [name, item]] of items.entries()) {
    if (state.rows >= MOST_ROWS) {
      const noun = `${list ? 'item' : 'member'}${i + 1 === items.length ? '' : 's'}`;
      out.push([...pad(depth + 1, options), span(`… ${items.length - i} more ${noun}`, 'dim')]);
      state.cut = true;
      break;
    }
    state.rows += 1;
    for (const row of block(item, name, i === items.length - 1 ? '' : ',', depth + 1, options, state))
      out.push(row);
  }
  out.push([...pad(depth, options), punct(list ? ']' : '}'), ...end]);
  return out;
}

/** The members or items of a container, 0 for a scalar. */
function size(value: Json): number {
  if (isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : 0;
}

// Only scalars inside, or empty containers: such a value reads well on one row.
function flat(value: Json): boolean {
  const items: readonly Json[] = isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return items.every(item => size(item) === 0);
}

function hang(row: StyledLine): number {
  const text = row[0]?.text ?? '';
  return text.length - text.trimStart().length;
}

function pad(depth: number, options: JsonOptions): readonly Span[] {
  return depth === 0 ? [] : [span(' '.repeat(depth * (options.indent ?? 4)))];
}

function comma(index: number): readonly Span[] {
  return index === 0 ? [] : [punct(', ')];
}

function punct(text: string): Span {
  return span(text, 'punctuation');
}

function key(name: string): Span {
  return span(escaped(name), 'key');
}

function scalar(value: Json): Span {
  switch (typeof value) {
    case 'string':
      return span(escaped(value), 'string');
    case 'number':
    case 'bigint':
      return span(stringifyJson(value), 'number');
    default:
      return span(String(value), 'literal');
  }
}

// JSON leaves DEL, C1 and bidi controls as they are; they are written as JSON escapes, so the text stays JSON.
function escaped(text: string): string {
  return stringifyJson(text).replace(/[^\x20-\x7e]/gu, char =>
    safe(char) === char ? char : char.split('').map(unit).join(''),
  );
}

function unit(half: string): string {
  return `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
