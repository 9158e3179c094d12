// Prose wrapped to a width, by cells.
import { wrapAnsi } from 'fast-wrap-ansi';

/** Wraps plain text to rows of at most `columns` cells; newlines in it stay. Words longer than a row are torn. */
export function wrap(text: string, columns: number): readonly string[] {
  return wrapAnsi(text, Math.max(1, columns), { hard: true, trim: true }).split('\n');
}
