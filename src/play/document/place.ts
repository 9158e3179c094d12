// Where a place in a step's line lies in its page. A step's text is its rows without what stands before them.
import type { Page, Step } from '../../page/model.ts';
import type { Place } from '../../text/place.ts';

/** The place in the page of a place in the step's own text. */
export function placeInPage(page: Pick<Page, 'text'>, step: Step, { start, end }: Place): Place {
  const rows = rowsOf(page, step);
  const from = offsetIn(rows, start);
  return { start: from, end: Math.max(from + 1, offsetIn(rows, Math.max(start, end - 1)) + 1) };
}

/** The whole line, without its prompt. */
export function lineInPage(page: Pick<Page, 'text'>, step: Step): Place {
  return placeInPage(page, step, { start: 0, end: step.text.length });
}

/** The step's text with the blanks up to `offset`, and where that offset of the page is in it; undefined outside of it. */
export function textUpTo(
  page: Pick<Page, 'text'>,
  step: Step,
  offset: number,
): { readonly text: string; readonly cursor: number } | undefined {
  const rows = rowsOf(page, step);
  const at = rows.findLastIndex(row => row.page <= offset);
  const row = rows[at];
  if (!row) return undefined;
  const over = offset - row.page - row.length;
  if (over <= 0) return { text: step.text, cursor: row.own + offset - row.page };
  const end = row.own + row.length;
  const blanks = page.text.slice(row.page + row.length, offset);
  if (blanks.trim() !== '' || at < rows.length - 1) return { text: step.text, cursor: end };
  return { text: step.text + blanks, cursor: end + over };
}

interface StepRow {
  /** Offset in the step's text, offset in the page, and how long the row is in both. */
  readonly own: number;
  readonly page: number;
  readonly length: number;
}

function rowsOf(page: Pick<Page, 'text'>, step: Step): readonly StepRow[] {
  const source = page.text.slice(step.place.start, step.place.end).split('\n');
  // In a document without parameters a dollar stands for itself, and is doubled in the step.
  const rows = (step.shown ? step.text.replaceAll('$$', '$') : step.text).split('\n');
  let own = 0;
  let start = step.place.start;
  return rows.map((row, i): StepRow => {
    const line = source[i] ?? '';
    const kept = row.trimEnd();
    const at = Math.max(0, line.lastIndexOf(kept));
    const made = { own, page: start + at, length: row.length };
    own += row.length + 1;
    start += line.length + 1;
    return made;
  });
}

function offsetIn(rows: readonly StepRow[], offset: number): number {
  const row = rows.findLast(one => one.own <= offset) ?? rows[0];
  return row ? row.page + Math.min(offset - row.own, row.length) : 0;
}
