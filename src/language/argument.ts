// Arguments of the shell's own words: parted by blanks, which quotes hold together.
import { isSafe } from '../text/safe.ts';

interface Half {
  /** The arguments before the one at the end, quotes taken off. */
  readonly before: readonly string[];
  /** The one at the end, as far as it is typed, quotes taken off; empty behind a blank. */
  readonly typed: string;
  /** Where it begins. */
  readonly start: number;
}

/** Splits at blanks; '...' and "..." hold blanks and are taken off. A quote that is not closed is a letter like others. */
export function splitArguments(text: string): string[] {
  return read(text, false).map(({ value }) => value);
}

/** What is typed of a word's arguments up to the cursor, which stands at the text's end; an open quote holds all behind it. */
export function halfTyped(text: string): Half {
  const all = read(text, true);
  const last = all.at(-1);
  const isOpen = last !== undefined && last.end === text.length;
  return {
    before: all.slice(0, isOpen ? -1 : undefined).map(({ value }) => value),
    typed: isOpen ? last.value : '',
    start: isOpen ? last.start : text.length,
  };
}

interface Argument {
  readonly start: number;
  readonly end: number;
  /** Without its quotes. */
  readonly value: string;
}

const BLANKS = /\s*/y;
const PLAIN = /[^\s"']+/y;
/** In double quotes a backslash takes the next character as it is. The quote behind is missing where the text ends first. */
const QUOTED = /"((?:\\[\s\S]|[^"\\])*\\?)("|$)|'([^']*)('|$)/y;

/** The arguments of a text; `holds`: a quote that is not closed holds all that stands behind it. */
function read(text: string, holds: boolean): readonly Argument[] {
  const found: Argument[] = [];
  const take = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  let at = take(BLANKS, 0)?.[0].length ?? 0;
  while (at < text.length) {
    const start = at;
    let value = '';
    for (;;) {
      const [plain] = take(PLAIN, at) ?? [];
      const quoted = plain === undefined ? take(QUOTED, at) : null;
      if (plain === undefined && quoted === null) break;
      const [whole = '', double, closing, single = '', otherClosing] = quoted ?? [];
      if (plain !== undefined || (!holds && (closing ?? otherClosing) === '')) {
        const letters = plain ?? whole.slice(0, 1);
        value += letters;
        at += letters.length;
      } else {
        value += double?.replace(/\\([\s\S])/g, '$1') ?? single;
        at += whole.length;
      }
    }
    found.push({ start, end: at, value });
    at += take(BLANKS, at)?.[0].length ?? 0;
  }
  return found;
}

/** An argument as it must be typed; undefined for one with line breaks and their like, which no line can hold. */
export function argumentText(value: string): string | undefined {
  if (!isSafe(value)) return undefined;
  if (!/[\s"'\\]/.test(value)) return value;
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
