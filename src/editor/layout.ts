// How the text lies on the screen: rows of at most so many cells, and where in them the cursor is.
import { safe } from '../text/safe.ts';
import { letters, width } from '../text/width.ts';

/** One row of the screen: the part of the text it shows. */
export interface Row {
  readonly start: number;
  readonly end: number;
  /** What stands before it: the prompt, the mark of a further row, or nothing where a long row was broken. */
  readonly lead: 'prompt' | 'continuation' | 'none';
}

const PLAIN = /^[\x20-\x7e]*$/;
const TAB = '    ';

/** How a character is drawn: a tab as four blanks, a control character as its escape; `?` where that has no room. */
export function drawn(letter: string, columns: number): string {
  const text = letter === '\t' ? TAB : safe(letter);
  return text.length <= columns || width(text) <= columns ? text : '?';
}

/** The rows of a text. `leads` are the cells that the prompt and the mark of further rows take. */
export function layOut(
  text: string,
  leads: { readonly prompt: number; readonly continuation: number },
  columns: number,
): readonly Row[] {
  const rows: Row[] = [];
  let start = 0;
  for (const [i, line] of text.split('\n').entries()) {
    const lead = i === 0 ? 'prompt' : 'continuation';
    breakRow(rows, line, start, lead, leads[lead], columns);
    start += line.length + 1;
  }
  return rows;
}

function breakRow(
  rows: Row[],
  line: string,
  start: number,
  lead: Row['lead'],
  taken: number,
  columns: number,
): void {
  let from = 0;
  let used = taken;
  let now = lead;
  const turn = (at: number) => {
    rows.push({ start: start + from, end: start + at, lead: now });
    from = at;
    used = 0;
    now = 'none';
  };
  if (PLAIN.test(line)) {
    while (line.length - from > columns - used) turn(from + Math.max(0, columns - used));
  } else {
    let at = 0;
    for (const letter of letters(line)) {
      const cells = width(drawn(letter, columns));
      if (used + cells > columns) turn(at);
      used += cells;
      at += letter.length;
    }
  }
  rows.push({ start: start + from, end: start + line.length, lead: now });
}

/** Cells that a part of the text takes. */
export function cellsOf(text: string, columns: number): number {
  return PLAIN.test(text)
    ? text.length
    : letters(text).reduce((sum, letter) => sum + width(drawn(letter, columns)), 0);
}

/** The row that holds an offset. At a break it is the row that begins there. */
export function rowOf(rows: readonly Row[], offset: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((rows[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
