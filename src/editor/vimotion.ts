// Where vi's motions lead (POSIX "vi", command descriptions): from the cursor, with a count.
import { left, right, rowEnd, rowStart } from './buffer.ts';
import { viBack, viEnd, viWord } from './motion.ts';
import type { EditorState } from './state.ts';

export interface Motion {
  readonly to: number;
  /** Whether an operator takes the character at the far end too. */
  readonly inclusive?: boolean;
}

const BLANK_KINDS = { W: true, B: true, E: true } as const;

/** Goes on `n` times, or as far as there is something to go to. */
export function times(n: number, from: number, next: (at: number) => number): number {
  let at = from;
  for (let i = 0; i < n; i++) {
    const to = next(at);
    if (to === at) break;
    at = to;
  }
  return at;
}

/** The motion of a letter; undefined where the letter is none, or leads nowhere. */
export function motionFor(state: EditorState, char: string, n: number): Motion | undefined {
  const { text, cursor } = state.buffer;
  const kind = char in BLANK_KINDS ? 'blank' : 'name';
  const start = rowStart(text, cursor);
  const end = rowEnd(text, cursor);
  switch (char) {
    case 'h':
      return {
        to: Math.max(
          start,
          times(n, cursor, at => left(text, at)),
        ),
      };
    case 'l':
    case ' ':
      return {
        to: Math.min(
          end,
          times(n, cursor, at => right(text, at)),
        ),
      };
    case 'w':
    case 'W':
      return { to: times(n, cursor, at => viWord(text, at, kind)) };
    case 'b':
    case 'B':
      return { to: times(n, cursor, at => viBack(text, at, kind)) };
    case 'e':
    case 'E':
      return { to: times(n, cursor, at => viEnd(text, at, kind)), inclusive: true };
    case '0':
      return { to: start };
    case '^':
    case '_':
      return { to: start + (text.slice(start, end).match(/^\s*/)?.[0].length ?? 0) };
    case '$':
      return { to: end };
    case '%': {
      const to = partner(text, cursor);
      return to === undefined ? undefined : { to, inclusive: true };
    }
    case ';':
    case ',': {
      const found = state.vi.found;
      if (!found) return undefined;
      const swap = { f: 'F', F: 'f', t: 'T', T: 't' } as const;
      return letterMotion(text, cursor, char === ';' ? found.kind : swap[found.kind], found.char, n, true);
    }
    default:
      return undefined;
  }
}

/** To the next letter of that kind in the row (f, F, t, T); undefined where there is none. */
export function letterMotion(
  text: string,
  cursor: number,
  kind: 'f' | 'F' | 't' | 'T',
  char: string,
  n: number,
  again = false,
): Motion | undefined {
  const forward = kind === 'f' || kind === 't';
  const till = kind === 't' || kind === 'T';
  // A repeated t must get past the letter it stopped before.
  let at = cursor + (again && till ? (forward ? 1 : -1) : 0);
  for (let i = 0; i < n; i++) {
    at = forward ? text.indexOf(char, at + 1) : at > 0 ? text.lastIndexOf(char, at - 1) : -1;
    if (at < 0) return undefined;
  }
  if (at < rowStart(text, cursor) || at >= rowEnd(text, cursor)) return undefined;
  const to = till ? (forward ? left(text, at) : right(text, at)) : at;
  return { to, inclusive: forward };
}

// The bracket that belongs to the one at or after the cursor.
function partner(text: string, cursor: number): number | undefined {
  const from = text.slice(cursor).search(/[()[\]{}]/);
  if (from < 0) return undefined;
  const open = '([{';
  const close = ')]}';
  const char = text[cursor + from] ?? '';
  const step = open.includes(char) ? 1 : -1;
  const index = Math.max(open.indexOf(char), close.indexOf(char));
  let depth = 0;
  for (let at = cursor + from; at >= 0 && at < text.length; at += step) {
    if (text[at] === open[index]) depth++;
    if (text[at] === close[index]) depth--;
    if (depth === 0) return at;
  }
  return undefined;
}
