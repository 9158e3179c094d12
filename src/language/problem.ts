// A problem shown under the row it is in: the row, a caret under the place, what is wrong and what to do.
import { hideIn, withoutValues } from '../schema/notes/secrettext.ts';
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';
import { fit, tail, width } from '../text/width.ts';
import type { Problem } from './line.ts';

interface ProblemOptions {
  /** What the message is called, and its colour. */
  readonly role?: 'error' | 'warning';
  /** The number of the text's first row where it came from a file or a pipe; the message then names the row. */
  readonly row?: number;
  /** Columns there are: of a longer row the part with the place in it is shown. */
  readonly width?: number;
  /** The row stands right above, so many columns further to the right: it is not shown again. */
  readonly under?: number | undefined;
}

/**
 * The rows that show a problem of `text`: the row of the line with the place in it, `^~~~` under the place, the
 * message with the nearest names, and the advice. Secrets in the line are stars: what is shown is read, copied and logged.
 */
export function problemText(
  line: string,
  found: Problem,
  options: ProblemOptions = {},
): readonly StyledLine[] {
  const { role = 'error' } = options;
  const { text, moved } = hideIn(line);
  const problem = { ...discreet(line, found), place: moved(found.place) };
  const start = Math.max(0, Math.min(problem.place.start, text.length));
  const end = Math.max(start, Math.min(problem.place.end, text.length));
  const rowStart = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', rowStart);
  const rowEnd = newline === -1 ? text.length : newline;
  const { before, marked, after } = cut(
    safe(text.slice(rowStart, start)),
    safe(text.slice(start, Math.min(end, rowEnd))),
    safe(text.slice(Math.min(end, rowEnd), rowEnd)),
    options.width ?? Number.POSITIVE_INFINITY,
  );
  const row: Span[] = [{ text: before }, { text: marked, role }, { text: after }];
  const waves = '~'.repeat(Math.max(0, width(marked) - 1));
  const { under } = options;
  return [
    ...(under === undefined ? [row.filter(span => span.text !== '')] : []),
    [{ text: ' '.repeat((under ?? 0) + width(before)) }, { text: `^${waves}`, role }].filter(
      span => span.text !== '',
    ),
    ...explain(
      problem,
      role,
      options.row === undefined ? undefined : options.row + rowsBefore(text, rowStart),
    ),
  ];
}

/** Problems that are shown of one text; who has mended those sees the others. */
export const MOST_PROBLEMS = 20;

/** The problem without the line's secrets in its words; its place is the one in the line as it was typed. */
export function discreet(line: string, problem: Problem): Problem {
  const { secrets } = hideIn(line);
  if (secrets.length === 0) return problem;
  const { message, advice } = problem;
  return {
    ...problem,
    message: withoutValues(message, secrets),
    ...(advice === undefined ? {} : { advice: withoutValues(advice, secrets) }),
  };
}

/** What of a row is shown in so many columns; what is left out is marked by `…`. The place itself comes first. */
function cut(before: string, marked: string, after: string, columns: number) {
  if (width(before) + width(marked) + width(after) <= columns) return { before, marked, after };
  const place = fit(marked, Math.max(1, Math.floor(columns * 0.6)));
  const behind = Math.min(width(after), Math.floor(columns / 5));
  const room = columns - width(place) - behind;
  const front = width(before) <= room ? before : `…${tail(before, room - 1)}`;
  return { before: front, marked: place, after: fit(after, columns - width(front) - width(place)) };
}

function rowsBefore(text: string, end: number): number {
  return text.slice(0, end).split('\n').length - 1;
}

function explain(
  problem: Problem,
  role: 'error' | 'warning',
  row: number | undefined,
): readonly StyledLine[] {
  const where = row === undefined ? '' : ` in line ${row}`;
  const message: StyledLine = [{ text: role, role }, { text: `${where}: ${messageOf(problem)}` }];
  return problem.advice === undefined ? [message] : [message, [{ text: safe(problem.advice), role: 'dim' }]];
}

/** What is wrong, with the names that were perhaps meant. */
export function messageOf({ message, nearest = [] }: Problem): string {
  return `${safe(message)}${meant(nearest)}`;
}

function meant(names: readonly string[]): string {
  const shown = names.map(name => safe(name));
  const last = shown.at(-1);
  if (last === undefined) return '';
  return `; did you mean ${shown.length === 1 ? last : `${shown.slice(0, -1).join(', ')} or ${last}`}?`;
}
