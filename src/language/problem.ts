// A problem shown under the row it is in: the row, a caret under the place, what is wrong and what to do.
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';
import { width } from '../text/width.ts';
import type { Problem } from './line.ts';

/**
 * The rows that show a problem of `text`: the row of the line with the place in it, `^~~~` under the place, the
 * message, and the nearest names or the advice. `severity` is what the message is called.
 */
export function showProblem(
  text: string,
  problem: Problem,
  severity: 'error' | 'warning' = 'error',
): readonly StyledLine[] {
  const start = Math.max(0, Math.min(problem.place.start, text.length));
  const end = Math.max(start, Math.min(problem.place.end, text.length));
  const rowStart = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', rowStart);
  const rowEnd = newline === -1 ? text.length : newline;
  const before = safe(text.slice(rowStart, start));
  const marked = safe(text.slice(start, Math.min(end, rowEnd)));
  const after = safe(text.slice(Math.min(end, rowEnd), rowEnd));
  const row: Span[] = [{ text: before }, { text: marked, role: severity }, { text: after }];
  const tail = '~'.repeat(Math.max(0, width(marked) - 1));
  return [
    row.filter(span => span.text !== ''),
    [{ text: ' '.repeat(width(before)) }, { text: `^${tail}`, role: severity }].filter(
      span => span.text !== '',
    ),
    ...explain(problem, severity),
  ];
}

/** The message without the line above it: for a place where the line is already on the screen. */
export function explain(problem: Problem, severity: 'error' | 'warning' = 'error'): readonly StyledLine[] {
  const lines: StyledLine[] = [
    [
      { text: severity, role: severity },
      { text: `: ${safe(problem.message)}${meant(problem.nearest ?? [])}` },
    ],
  ];
  if (problem.advice !== undefined) lines.push([{ text: safe(problem.advice), role: 'dim' }]);
  return lines;
}

function meant(names: readonly string[]): string {
  const shown = names.map(name => safe(name));
  const last = shown.at(-1);
  if (last === undefined) return '';
  return `; did you mean ${shown.length === 1 ? last : `${shown.slice(0, -1).join(', ')} or ${last}`}?`;
}
