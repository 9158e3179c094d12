// How lines of each kind begin, as patterns.
import type { Place } from '../text/place.ts';

export const BLANK = /\s/;
/** A word of the shell's. */
export const WORD = /^\.[A-Za-z]/;
const LONE_WORDS: ReadonlySet<string> = new Set(['help', '?', 'exit']);
const HMP_PROMPT = /^\(qemu\)\s+\S/;
export const HMP_WORD = '.hmp';
/** A line for the human monitor: one row, whatever is open in it. */
export const HMP = /^(?:\.hmp(?:\s|$)|\(qemu\)\s+\S)/;
/** How a transaction begins. */
export const OPENING = /^transaction\s*\(/;
export const PROMPT = /(?:\(QEMU\)|TRANS>)(?=\s|$)/y;
/** What may stand where an argument could: a comment up to the end of the row; a backslash by which the line goes on. */
export const COMMENT = /#|\/\//y;
export const GOES_ON = /\\[ \t\r]*(?:\n|$)/y;

/** Help as other shells have it: `help X`, `? X`, `X --help`. */
const HELP_BEFORE = /^(?:help|\?)[ \t]+[\w.][\w.=*, \t-]*$/;
const HELP_BEHIND = /^(\.?[A-Za-z][\w-]*)[ \t]+--help[ \t]*$/;

/** A word at the line's begin: its name, where that stands, and where its arguments do. */
export interface WordPlace {
  readonly name: string;
  readonly place: Place;
  readonly restPlace: Place;
}

/** The word of a line that begins at `start`; undefined where it is no word's line. */
export function wordAt(text: string, start: number): WordPlace | undefined {
  const line = text.slice(start);
  const asked = HELP_BEHIND.exec(line)?.[1];
  if (asked !== undefined) {
    const at = start + line.indexOf('--help', asked.length);
    const restPlace = { start, end: start + asked.length };
    return { name: '.help', place: { start: at, end: at + '--help'.length }, restPlace };
  }
  const [typed = ''] = /^\S+/.exec(line) ?? [];
  // What stands behind the human monitor's own prompt is for that, as it stands.
  const name = HMP_PROMPT.test(line) ? HMP_WORD : HELP_BEFORE.test(line) ? '.help' : typed;
  if (name === typed && !WORD.test(line) && !LONE_WORDS.has(line.trimEnd())) return undefined;
  const end = start + typed.length;
  const [blanks = ''] = /^\s*/.exec(text.slice(end)) ?? [];
  return { name, place: { start, end }, restPlace: { start: end + blanks.length, end: text.length } };
}

export function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

export function endOfRow(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
