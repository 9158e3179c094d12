// The text being edited and the cursor in it: an immutable value. Offsets are UTF-16; the cursor never stands inside a
// user-perceived character.
import { letters } from '../text/width.ts';

export interface Buffer {
  readonly text: string;
  readonly cursor: number;
}

export const EMPTY: Buffer = { text: '', cursor: 0 };

// Long enough for any cluster that people type; a longer one is walked in pieces.
const CLUSTER = 64;

/** A buffer with its cursor within the text and not inside a character. */
export function buffer(text: string, cursor: number = text.length): Buffer {
  const at = Math.max(0, Math.min(cursor, text.length));
  return { text, cursor: isBoundary(text, at) ? at : left(text, at) };
}

/** The offset one character to the right. */
export function right(text: string, at: number): number {
  if (at >= text.length) return text.length;
  // Two ASCII letters in a row are two characters, except CR LF, which no buffer holds.
  if (isAscii(text, at) && (at + 1 >= text.length || isAscii(text, at + 1))) return at + 1;
  return at + (letters(text.slice(at, at + CLUSTER))[0]?.length ?? 1);
}

/** The offset one character to the left. */
export function left(text: string, at: number): number {
  if (at <= 0) return 0;
  if (isAscii(text, at - 1)) return at - 1;
  // Back to a place where a character surely begins.
  let from = Math.max(0, at - CLUSTER);
  for (let i = at - 2; i > from; i--) {
    if (isAscii(text, i)) {
      from = i;
      break;
    }
  }
  const last = letters(text.slice(from, at)).at(-1)?.length ?? 1;
  return at - last;
}

/** Puts a text at the cursor, which then stands behind it. */
export function insert(at: Buffer, text: string): Buffer {
  return replace(at, at.cursor, at.cursor, text);
}

/** Replaces a part of the text; the cursor goes behind what was put there. */
export function replace(at: Buffer, start: number, end: number, text: string): Buffer {
  return { text: at.text.slice(0, start) + text + at.text.slice(end), cursor: start + text.length };
}

/** Where the row of text (between newlines) that holds this offset begins. */
export function rowStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** Where that row ends: its newline, or the end of the text. */
export function rowEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** The same distance from the row's start, `rows` further down (or up, when negative); undefined beyond the text. */
export function vertical(text: string, at: number, rows: number, goal: number): number | undefined {
  let start = rowStart(text, at);
  for (let i = 0; i < Math.abs(rows); i++) {
    if (rows < 0) {
      if (start === 0) return undefined;
      start = rowStart(text, start - 1);
    } else {
      const end = rowEnd(text, start);
      if (end === text.length) return undefined;
      start = end + 1;
    }
  }
  return buffer(text, Math.min(start + goal, rowEnd(text, start))).cursor;
}

function isAscii(text: string, at: number): boolean {
  return text.charCodeAt(at) < 0x80;
}

function isBoundary(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length || (isAscii(text, at) && isAscii(text, at - 1))) return true;
  if (isAscii(text, at)) return true;
  let from = at - 1;
  while (from > 0 && at - from < CLUSTER && !isAscii(text, from)) from--;
  let end = from;
  while (end < at) end = right(text, end);
  return end === at;
}
