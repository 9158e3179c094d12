// Styled lines as values: measure, cut, pad, wrap. Nothing here knows a colour.
import type { Role, Span, StyledLine } from './style.ts';
import { trimTail } from './trim.ts';
import { fit, head, letters, width } from './width.ts';

/** A span from its text and role, `plain` left out. */
export function span(text: string, role?: Role): Span {
  return role === undefined || role === 'plain' ? { text } : { text, role };
}

/** A line from texts and spans. */
export function line(...parts: readonly (string | Span)[]): StyledLine {
  return parts.map(part => (typeof part === 'string' ? { text: part } : part));
}

/** The text alone. */
export function plain(styled: StyledLine): string {
  return styled.map(part => part.text).join('');
}

/** Cells the line takes. */
export function lineWidth(styled: StyledLine): number {
  return styled.reduce((sum, part) => sum + width(part.text), 0);
}

/** Cuts a line to `columns` cells, with `…` where something was cut. */
export function fitLine(styled: StyledLine, columns: number): StyledLine {
  if (lineWidth(styled) <= columns) return styled;
  const out: Span[] = [];
  let left = columns;
  for (const [i, part] of styled.entries()) {
    const cells = width(part.text);
    const more = styled.slice(i + 1).some(next => next.text !== '');
    if (cells > left || (cells === left && more)) {
      // `fit` leaves a text alone that just fits, but something behind it is cut: the mark must still stand.
      const text = cells > left ? fit(part.text, left) : `${head(part.text, left - 1)}…`;
      if (text !== '' && left > 0) out.push({ ...part, text });
      break;
    }
    out.push(part);
    left -= cells;
  }
  return out;
}

/** Blanks behind the line up to `columns` cells. */
export function padLine(styled: StyledLine, columns: number): StyledLine {
  const missing = columns - lineWidth(styled);
  return missing > 0 ? [...styled, { text: ' '.repeat(missing) }] : styled;
}

/** Two texts at the ends of a row; undefined when they do not fit with a gap of two. */
export function spread(left: StyledLine, right: StyledLine, columns: number): StyledLine | undefined {
  const gap = columns - lineWidth(left) - lineWidth(right);
  return gap < 2 ? undefined : [...left, { text: ' '.repeat(gap) }, ...right];
}

/** Lines joined into one, with a separator between them. */
export function joinLines(lines: readonly StyledLine[], between: string): StyledLine {
  return lines.flatMap((styled, i): Span[] => (i === 0 ? [...styled] : [{ text: between }, ...styled]));
}

/**
 * Wraps a line to rows of at most `columns` cells: at blanks where there are any, else in the middle of a word.
 * Further rows start with `indent` blanks. Blanks at a break are dropped, all others stay.
 */
export function wrapLine(styled: StyledLine, columns: number, indent = 0): readonly StyledLine[] {
  const room = Math.max(1, columns);
  if (lineWidth(styled) <= room) return [styled];
  const hang = indent < room - 4 ? indent : 0;
  const rows: StyledLine[] = [];
  let row: Span[] = [];
  let used = 0;
  const turn = () => {
    rows.push(merge(trimEnd(row)));
    row = hang > 0 ? [{ text: ' '.repeat(hang) }] : [];
    used = hang;
  };
  for (const chunk of chunks(styled)) {
    const cells = lineWidth(chunk);
    const blank = isBlank(chunk);
    if (used + cells <= room) {
      // A blank that would begin a further row is what the break stands for.
      if (blank && rows.length > 0 && used === hang) continue;
      for (const part of chunk) row.push(part);
      used += cells;
    } else if (blank) {
      turn();
    } else {
      // A word that no row can hold is torn where it stands; a row of blanks alone is not worth a break.
      if (cells <= room - hang && !isBlank(row)) turn();
      for (const part of chunk) {
        let text = '';
        for (const letter of lettersWithin(part.text, room - hang)) {
          const take = width(letter);
          if (used + take > room && used > hang) {
            if (text !== '') row.push({ ...part, text });
            text = '';
            turn();
          }
          text += letter;
          used += take;
        }
        if (text !== '') row.push({ ...part, text });
      }
    }
  }
  if (row.length > (hang > 0 ? 1 : 0) || rows.length === 0) rows.push(merge(trimEnd(row)));
  return rows;
}

/** Wraps a line as wrapLine does; further rows go on below its last column that begins in the left half, or as far in as it. */
export function hangLine(styled: StyledLine, columns: number): readonly StyledLine[] {
  if (lineWidth(styled) <= columns) return [styled];
  const start = head(plain(styled), Math.floor(columns / 2));
  const column = /^.* {2}(?=\S)/.exec(start)?.[0] ?? /^ */.exec(start)?.[0] ?? '';
  return wrapLine(styled, columns, width(column));
}

// A letter of several characters that no row can hold (old Hangul) is torn too.
function lettersWithin(text: string, room: number): readonly string[] {
  return letters(text).flatMap(letter => (width(letter) > room ? [...letter] : [letter]));
}

// Words and runs of blanks; a word may go over several spans.
function chunks(styled: StyledLine): readonly Span[][] {
  const out: Span[][] = [];
  let blank: boolean | undefined;
  for (const part of styled) {
    for (const text of part.text.match(/ +|[^ ]+/g) ?? []) {
      const isSpace = text.startsWith(' ');
      const last = out.at(-1);
      if (last !== undefined && blank === isSpace) last.push({ ...part, text });
      else out.push([{ ...part, text }]);
      blank = isSpace;
    }
  }
  return out;
}

// Neighbours that look alike become one span again.
function merge(row: StyledLine): StyledLine {
  const out: Span[] = [];
  for (const part of row) {
    const last = out.at(-1);
    const alike =
      last !== undefined &&
      last.role === part.role &&
      last.underline === part.underline &&
      last.bold === part.bold;
    if (alike) out[out.length - 1] = { ...last, text: last.text + part.text };
    else out.push(part);
  }
  return out;
}

function isBlank(styled: StyledLine): boolean {
  return styled.every(part => part.text.trim() === '');
}

function trimEnd(row: readonly Span[]): StyledLine {
  const out = [...row];
  for (let last = out.at(-1); last !== undefined; last = out.at(-1)) {
    const text = trimTail(last.text, ' ');
    if (text === last.text) break;
    out.pop();
    if (text !== '') {
      out.push({ ...last, text });
      break;
    }
  }
  return out;
}
