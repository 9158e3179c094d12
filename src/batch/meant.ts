// Counts the lines that would do something: neither blank nor a comment.
import type { NumberedLine } from '../line/rows.ts';

export type BatchLine = Pick<NumberedLine, 'text' | 'leftOut'> & { readonly row: number | undefined };

/** How many of the lines are more than blank or a comment. */
export function meant(lines: readonly BatchLine[]): number {
  return lines.filter(({ text, leftOut }) => leftOut === undefined && !/^\s*(?:#|\/\/|$)/.test(text)).length;
}
