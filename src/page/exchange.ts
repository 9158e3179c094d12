// Requests, replies and events as QEMU's documents show them: `-> {...}` and `<- {...}` over any number of rows, with
// text between them.
import { arrowMark, isMark } from './marks.ts';
import type { Expected, Loose } from './model.ts';
import { classify } from './output.ts';
import { readPattern } from './readpattern.ts';
import type { Row } from './rows.ts';
import { type FoundStep, stepPrompt } from './steps.ts';

/** A message that stands behind an arrow. Rows by their index, `to` excluded. */
interface Arrowed {
  readonly from: number;
  readonly to: number;
  readonly expected: Expected;
  /** Set for a greeting, which is neither asked for nor compared. */
  readonly greeting?: true;
  /** It has no arrow: a reply or event that stands below prose, in a text of `(QEMU)` lines. */
  readonly bare?: true;
}

/** A step with the rows of what belongs to it but stands further down. */
export type Joined = FoundStep & { readonly later: readonly Arrowed[] };

/**
 * Finds what stands behind arrows in rows, and with `bare` replies and events without one; `taken` are the rows that
 * belong to steps already.
 */
export function findArrows(
  text: string,
  rows: readonly Row[],
  taken: (index: number) => boolean,
  bare = false,
): readonly Arrowed[] {
  const found: Arrowed[] = [];
  const marks = bare ? nextMarks(rows, taken) : [];
  let i = 0;
  while (i < rows.length) {
    const row = rows[i];
    if (!row || taken(i)) i += 1;
    else if (arrowMark(row.text)) {
      const one = readArrow(text, rows, i, taken);
      found.push(one);
      i = one.to;
    } else if (bare && /^\s*\{/.test(row.text)) {
      const { one, next } = readBare(text, rows, i, marks[i] ?? rows.length);
      if (one) found.push(one);
      i = next;
    } else i += 1;
  }
  return found;
}

/** For each row the next one that has a mark of its own, or belongs to a step. */
function nextMarks(rows: readonly Row[], taken: (index: number) => boolean): readonly number[] {
  const marks: number[] = new Array<number>(rows.length).fill(rows.length);
  let next = rows.length;
  for (let i = rows.length - 1; i >= 0; i--) {
    marks[i] = next;
    if (taken(i) || hasMark(rows[i])) next = i;
  }
  return marks;
}

function hasMark(row: Row | undefined): boolean {
  return !row || isMark(row.text) || stepPrompt(row.text) !== undefined || /^\s*(`{3}|~{3})/.test(row.text);
}

const MESSAGE = /^\s*\{\s*"(return|error|event|timestamp)"\s*:/;

/** A reply or event at a row that begins with a brace; what is no JSON counts only where it must have been meant so. */
function readBare(
  text: string,
  rows: readonly Row[],
  from: number,
  last: number,
): { readonly one?: Arrowed; readonly next: number } {
  const row = rows[from];
  if (!row) return { next: from + 1 };
  const limit = rows[last - 1]?.end ?? row.end;
  const start = row.start + row.text.length - row.text.trimStart().length;
  const read = readPattern(text, start, limit);
  const until = read.ok ? read.end : read.at;
  let to = from + 1;
  while (to < last && (rows[to]?.start ?? limit) < until) to += 1;
  if (!read.ok) {
    const meant = MESSAGE.test(row.text);
    const { arrow: _, ...expected } = broken(
      text,
      row,
      start,
      rows[to - 1]?.end ?? limit,
      `${NO_JSON}${read.message}`,
      read.at,
    );
    return meant ? { one: { from, to, expected, bare: true }, next: to } : { next: to };
  }
  const expected = classify(text, read, row.number, { start, end: read.end });
  const isAnswer = expected.kind === 'reply' || expected.kind === 'event';
  return isAnswer ? { one: { from, to, expected, bare: true }, next: to } : { next: to };
}

function readArrow(
  text: string,
  rows: readonly Row[],
  from: number,
  taken: (index: number) => boolean,
): Arrowed {
  const row = rows[from];
  const mark = row && arrowMark(row.text);
  if (!row || !mark) throw new RangeError(`row ${from} has no arrow`);
  let last = from + 1;
  while (last < rows.length && !taken(last) && !ends(rows[last], rows[last - 1], mark.at)) last += 1;
  const limit = rows[last - 1]?.end ?? row.end;
  const start = row.start + mark.value;
  const read = readPattern(text, start, limit, true);
  const behind = read.ok ? restOfRow(text, read.end, limit) : '';
  if (!read.ok || !/^\s*($|#|\/\/)/.test(behind)) {
    const at = read.ok ? read.end + behind.length - behind.trimStart().length : read.at;
    const message = read.ok ? 'there is more text behind the end of the value' : read.message;
    return { from, to: last, expected: broken(text, row, start, limit, NO_JSON + message, at) };
  }
  let to = from + 1;
  while (to < last && (rows[to]?.start ?? limit) < read.end) to += 1;
  const place = { start, end: read.end };
  const shown = classify(text, read, row.number, place);
  const expected: Expected = shown.kind === 'text' ? shown : { ...shown, arrow: true };
  const isGreeting = read.pattern.kind === 'object' && read.pattern.members.has('QMP');
  if (isGreeting && mark.direction === 'in') return { from, to, expected, greeting: true };
  const isRequest = expected.kind === 'request';
  if (expected.kind === 'malformed' || isRequest === (mark.direction === 'out'))
    return { from, to, expected };
  const message = isRequest
    ? 'this is a request, and stands behind <-'
    : `this is ${expected.kind === 'event' ? 'an event' : 'a reply'}, and stands behind ->`;
  return { from, to, expected: broken(text, row, start, read.end, message, start - 1) };
}

const NO_JSON = 'not well-formed JSON: ';

function broken(
  text: string,
  row: Row,
  start: number,
  end: number,
  message: string,
  at: number,
): Extract<Expected, { kind: 'malformed' }> {
  return {
    kind: 'malformed',
    text: text.slice(start, end).trimEnd(),
    message,
    row: row.number,
    place: { start, end },
    at,
    arrow: true,
  };
}

/** Whether a row cannot belong to the value above it: a mark of its own, a fence's end, or prose further out. */
function ends(row: Row | undefined, before: Row | undefined, arrow: number): boolean {
  if (!row || hasMark(row)) return true;
  const depth = row.text.length - row.text.trimStart().length;
  return depth < arrow && before?.text.trim() === '' && /^\s*[^\s{}[\]"',]/.test(row.text);
}

function restOfRow(text: string, from: number, limit: number): string {
  const newline = text.indexOf('\n', from);
  return text.slice(from, newline < 0 ? limit : Math.min(limit, newline));
}

/** A message with the step it belongs to, by its place in the list, as long as steps are found and not yet made. */
type Owned = Omit<Loose, 'step'> & { readonly owner?: number };

interface Joining {
  readonly step: FoundStep;
  readonly later: Arrowed[];
}

/**
 * Puts arrows and steps together, in the order of the text: replies belong to the last requests above them, as many as
 * there are replies, an event to the last one. `begins` tells where another subject begins, over which nothing is put
 * together.
 */
export function joinArrows(
  steps: readonly FoundStep[],
  arrows: readonly Arrowed[],
  text: string,
  rows: readonly Row[],
  begins: (row: Row) => boolean,
): { readonly steps: readonly Joined[]; readonly loose: readonly Owned[] } {
  const joined: Joining[] = [];
  const loose: Owned[] = [];
  const pieces = [...steps.map(step => ({ step, from: step.from })), ...arrows].sort(
    (a, b) => a.from - b.from,
  );
  let scope = 0; // the first step of this subject
  let open: Joining[] = []; // the requests of this subject that have no reply, behind the last reply
  let replies: Arrowed[] = [];
  let row = 0;
  /** Another request or subject: the replies since the last one find theirs. */
  const settle = () => {
    const first = Math.max(0, open.length - replies.length);
    for (const [i, reply] of replies.entries()) {
      const owner = open[first + i];
      if (owner) owner.later.push(reply);
      else loose.push(joined.length > scope ? { ...bare(reply), owner: joined.length - 1 } : bare(reply));
    }
    if (replies.length > 0) open = [];
    replies = [];
  };
  for (const piece of pieces) {
    for (; row < piece.from; row += 1) {
      const here = rows[row];
      if (!here || !begins(here)) continue;
      settle();
      scope = joined.length;
      open = [];
    }
    if ('step' in piece || (!piece.bare && isOut(rows[piece.from]))) {
      settle();
      const step = 'step' in piece ? piece.step : toStep(piece, text, rows);
      const made: Joining = { step, later: [] };
      joined.push(made);
      if (step.expected.some(({ kind }) => kind === 'reply')) open = [];
      else if (step.kind === 'qmp') open.push(made);
      continue;
    }
    const above = joined.length > scope ? joined.at(-1) : undefined;
    const foreign = piece.bare && (above?.step.kind !== 'qmp' || above.step.shown);
    if (piece.greeting || foreign) continue;
    if (piece.expected.kind !== 'event') replies.push(piece);
    else if (above) above.later.push(piece);
    else loose.push(bare(piece));
  }
  settle();
  return {
    steps: joined.map(({ step, later: unordered }) => {
      const later = [...unordered].sort((a, b) => a.from - b.from);
      return { ...step, later, expected: [...step.expected, ...later.map(one => one.expected)] };
    }),
    loose,
  };
}

function bare({ expected }: Arrowed): Owned {
  return { expected };
}

function isOut(row: Row | undefined): boolean {
  return row !== undefined && arrowMark(row.text)?.direction === 'out';
}

function toStep({ from, to, expected }: Arrowed, text: string, rows: readonly Row[]): FoundStep {
  const row = rows[from];
  const { start, end } = expected.place;
  const column = row ? start - row.start : 0;
  // Further rows are put to the left as far as the first one is.
  const lines = text.slice(start, end).trimEnd().split('\n');
  const margin = new RegExp(`^[ \\t]{0,${column}}`);
  const own = lines.map((line, i) => (i === 0 ? line : line.replace(margin, '')).trimEnd());
  return {
    kind: 'qmp',
    text: own.join('\n'),
    indent: row?.text.slice(0, column).replace(/\S/g, ' ') ?? '',
    background: false,
    row: row?.number ?? 1,
    from,
    to,
    outputFrom: to,
    outputTo: to,
    expected: [],
    shown: expected,
  };
}
