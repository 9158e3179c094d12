// Where what stands at a place of a text ends: blanks, a word, what a pattern takes.
import { BLANK } from './linestarts.ts';

const BLANKS = /\s*/y;
const WORD = /\S*/y;

/** Where what a sticky pattern takes at a place ends; it takes nothing, too. */
export function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  pattern.test(text);
  return pattern.lastIndex;
}

/** Where the blanks that may stand here end. */
export function skipBlanks(text: string, from: number): number {
  return skip(BLANKS, text, from);
}

/** Where a word that starts here ends. In a transaction a ")" that nothing opened closes it, glued or not. */
export function bareEnd(text: string, from: number, inTransaction: boolean): number {
  const end = skip(WORD, text, from);
  if (!inTransaction || text[end - 1] !== ')') return end;
  let depth = 0;
  for (const c of text.slice(from, end)) depth += c === '(' ? 1 : c === ')' ? -1 : 0;
  return depth < 0 ? Math.max(from, end - 1) : end;
}

/** Whether the mark stands there as a word of its own. */
export function standsAlone(text: string, at: number, mark: string): boolean {
  const next = text[at + 1];
  return text[at] === mark && (next === undefined || BLANK.test(next));
}
