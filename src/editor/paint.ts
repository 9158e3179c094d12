// From one picture of the live region to the next, in as few bytes as will do, to be sent in one write. Sequences are
// those every terminal of the last thirty years knows: CR, LF, BS, CSI A B C D G J K.
import type { Role, Span, StyledLine } from '../text/style.ts';
import { letters, width } from '../text/width.ts';
import type { View } from './view.ts';

/** How a span is printed: its text, safe to print, with what switches its colours on and off. */
export type Paint = (span: Span) => string;

interface Cell {
  readonly text: string;
  readonly width: number;
  readonly style: Style;
}

interface Style {
  readonly key: string;
  readonly role: Role;
  readonly underline: boolean;
  readonly bold: boolean;
}

/**
 * The bytes that turn `before` into `after`. `above` are lines that scroll away above the region; the terminal breaks
 * those that are too long. Without `before` the cursor stands at the beginning of an empty row.
 */
export function paint(
  before: View | undefined,
  after: View,
  above: readonly StyledLine[],
  look: Paint,
): string {
  if (!before || above.length > 0 || before.columns !== after.columns) {
    return paintWhole(before?.cursor.row ?? 0, before !== undefined, after, above, look);
  }
  const pen = new Pen(before.cursor.row, before.cursor.col, before.columns, look);
  let reach = before.rows.length;
  for (const [i, row] of after.rows.entries()) {
    const old = before.rows[i];
    if (old === row && i < reach) continue;
    if (i >= reach) {
      pen.toNewRow(reach - 1, i);
      reach = i + 1;
    }
    pen.rewrite(i, old ? cells(old) : [], cells(row));
  }
  if (reach > after.rows.length) pen.eraseBelow(after.rows.length);
  pen.moveTo(after.cursor.row, after.cursor.col);
  return pen.bytes;
}

/** Draws the region anew: from a cursor `up` rows below its first one, over what is there. */
export function paintWhole(
  up: number,
  dirty: boolean,
  after: View,
  above: readonly StyledLine[],
  look: Paint,
): string {
  let out = up > 0 ? `\x1b[${up}A` : '';
  if (dirty) out = `\r${out}\x1b[J`;
  for (const line of above) out += `${line.map(look).join('')}\r\n`;
  const pen = new Pen(0, 0, after.columns, look);
  for (const [i, row] of after.rows.entries()) {
    if (i > 0) pen.toNewRow(i - 1, i);
    pen.rewrite(i, [], cells(row));
  }
  pen.moveTo(after.cursor.row, after.cursor.col);
  return out + pen.bytes;
}

/** Takes the region away; the cursor is left at the beginning of its first row. */
export function erase(before: View): string {
  const { row } = before.cursor;
  return `\r${row > 0 ? `\x1b[${row}A` : ''}\x1b[J`;
}

// Where the cursor is, and what was written so far. `col` is undefined where terminals may disagree: behind the last
// cell of a row, and behind characters whose width is a matter of taste.
class Pen {
  bytes = '';
  #row: number;
  #col: number | undefined;
  readonly #columns: number;
  readonly #look: Paint;

  constructor(row: number, col: number, columns: number, look: Paint) {
    this.#row = row;
    this.#col = col;
    this.#columns = columns;
    this.#look = look;
  }

  moveTo(row: number, col: number): void {
    if (row < this.#row) {
      this.bytes += csi(this.#row - row, 'A');
      this.#row = row;
    } else if (row > this.#row) {
      const down = row - this.#row;
      // LF alone would do where the terminal does not add a CR to it; with the CR the column is known.
      if (down <= 2 && (col === 0 || this.#col === undefined)) {
        this.bytes += '\r\n'.repeat(down);
        this.#col = 0;
      } else this.bytes += csi(down, 'B');
      this.#row = row;
    }
    if (col === this.#col) return;
    if (col === 0) this.bytes += '\r';
    else this.bytes += this.#sideways(col);
    this.#col = col;
  }

  #sideways(col: number): string {
    const absolute = col === 0 ? '\r' : `\x1b[${col + 1}G`;
    if (this.#col === undefined) return absolute;
    const by = col - this.#col;
    const relative = by > 0 ? csi(by, 'C') : -by <= 3 ? '\b'.repeat(-by) : csi(-by, 'D');
    return relative.length <= absolute.length ? relative : absolute;
  }

  /** Down from the last row there is to one below, which comes to be. */
  toNewRow(last: number, row: number): void {
    if (this.#row !== last) this.moveTo(last, this.#col ?? 0);
    this.bytes += '\r\n'.repeat(row - last);
    this.#row = row;
    this.#col = 0;
  }

  /** Turns a row into another: what they have in common at both ends stays. */
  rewrite(row: number, old: readonly Cell[], now: readonly Cell[]): void {
    let start = 0;
    // Behind the old row there are blanks.
    while (
      start < now.length &&
      (alike(old[start], now[start]) || (start >= old.length && isBlank(now[start])))
    )
      start++;
    if (start >= old.length && start === now.length) return;
    const from = total(now, 0, start);
    const oldWidth = total(old, 0, old.length);
    const nowWidth = total(now, 0, now.length);
    let end = now.length;
    let oldEnd = old.length;
    // Cells at the end stay where they are only in rows of the same width.
    if (oldWidth === nowWidth && !now.some(isDisputed) && !old.some(isDisputed)) {
      while (end > start && oldEnd > start && alike(old[oldEnd - 1], now[end - 1])) {
        end--;
        oldEnd--;
      }
    }
    this.moveTo(row, from);
    this.#write(now.slice(start, end));
    // Not behind the last cell: there the terminal would erase that one.
    if (nowWidth < oldWidth || old.some(isDisputed) || now.some(isDisputed)) {
      if (nowWidth < this.#columns) {
        if (this.#col === undefined) this.moveTo(row, nowWidth);
        this.bytes += '\x1b[K';
      }
    }
  }

  eraseBelow(row: number): void {
    this.moveTo(row, 0);
    this.bytes += '\x1b[J';
  }

  #write(run: readonly Cell[]): void {
    let at = 0;
    while (at < run.length) {
      const style = run[at]?.style;
      if (!style) break;
      let text = '';
      while (at < run.length && run[at]?.style.key === style.key) {
        const cell = run[at];
        if (!cell) break;
        text += cell.text;
        if (this.#col !== undefined) this.#col += cell.width;
        at++;
        if (isDisputed(cell)) {
          // Put the terminal's cursor where we believe it is before going on.
          const col: number = this.#col ?? 0;
          this.bytes += this.#look(spanOf(text, style));
          text = '';
          if (at < run.length && col < this.#columns) this.bytes += `\x1b[${col + 1}G`;
          else this.#col = undefined;
        }
      }
      if (text !== '') this.bytes += this.#look(spanOf(text, style));
    }
    if (this.#col !== undefined && this.#col >= this.#columns) this.#col = undefined;
  }
}

function csi(count: number, final: string): string {
  return count === 1 ? `\x1b[${final}` : `\x1b[${count}${final}`;
}

function total(row: readonly Cell[], from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += row[i]?.width ?? 0;
  return sum;
}

function alike(one: Cell | undefined, other: Cell | undefined): boolean {
  return (
    one !== undefined && other !== undefined && one.text === other.text && one.style.key === other.style.key
  );
}

// Emoji and whatever else terminals of different ages give different widths.
function isDisputed(cell: Cell): boolean {
  return (
    cell.text.length > 1 ||
    /[\u231a\u231b\u23e9-\u23fa\u2600-\u27bf\u2b00-\u2bff\u3030\u303d\u3297\u3299]/.test(cell.text)
  );
}

function spanOf(text: string, style: Style): Span {
  return {
    text,
    role: style.role,
    ...(style.underline ? { underline: true } : {}),
    ...(style.bold ? { bold: true } : {}),
  };
}

// A row as cells, without the blanks at its end that show nothing.
function cells(row: StyledLine): readonly Cell[] {
  const out: Cell[] = [];
  for (const span of row) {
    const role = span.role ?? 'plain';
    const style: Style = {
      key: `${role}${span.underline ? '_' : ''}${span.bold ? '*' : ''}`,
      role,
      underline: span.underline ?? false,
      bold: span.bold ?? false,
    };
    for (const text of letters(span.text)) {
      const last = out.at(-1);
      const wide = text.length === 1 && text >= ' ' && text <= '~' ? 1 : width(text);
      if (wide === 0 && last) out[out.length - 1] = { ...last, text: last.text + text };
      else out.push({ text, width: wide, style });
    }
  }
  while (isBlank(out.at(-1))) out.pop();
  return out;
}

function isBlank(cell: Cell | undefined): boolean {
  return cell !== undefined && cell.text === ' ' && cell.style.role !== 'selected' && !cell.style.underline;
}
