// A text of several rows as the lines it is read as, each with its place; and the words of a line for the host's shell.
import type { Place } from '../text/place.ts';
import type { Role } from '../text/style.ts';
import { transcript } from './transcript.ts';

interface Part {
  readonly text: string;
  readonly start: number;
}

/** The lines in several rows; one where all rows are one line. */
export function partsOf(text: string): readonly Part[] {
  const lines = text.includes('\n') ? transcript(text, { shell: true }) : [];
  const rows = text.split('\n');
  const firsts = lines.map(line => line.row).filter(row => row >= 1 && row <= rows.length);
  if (lines.length < 2 || new Set(firsts).size !== lines.length) return [{ text, start: 0 }];
  const starts: number[] = [];
  let at = 0;
  for (const row of rows) {
    starts.push(at);
    at += row.length + 1;
  }
  return firsts.map((row, i) => {
    const start = i === 0 ? 0 : (starts[row - 1] ?? 0);
    const next = firsts[i + 1];
    const end = next === undefined ? text.length : (starts[next - 1] ?? text.length) - 1;
    return { text: text.slice(start, end), start };
  });
}

/** Whether a line is one for the host's shell. */
export function isHostLine(text: string): boolean {
  return /^\s*\$(?:\s|$)/.test(text);
}

const WORDS =
  /(?<comment>(?<=\s)#.*)|(?<string>'[^']*'?|"(?:\\[\s\S]|[^"\\])*"?)|(?<operator>[|&;<>()]+)|(?<word>(?:\\[\s\S]|[^\s'"|&;<>()\\])+)/g;

/** The words of a line for the host's shell, by what they look like: nothing in it is judged. */
export function colourHost(text: string): readonly (Place & { readonly role: Role })[] {
  const start = text.indexOf('$');
  const out: (Place & { readonly role: Role })[] = [{ start, end: start + 1, role: 'prompt' }];
  let first = true;
  let glued = start + 1;
  for (const found of text.slice(start + 1).matchAll(WORDS)) {
    const from = start + 1 + found.index;
    const end = from + found[0].length;
    const { comment, string, operator, word } = found.groups ?? {};
    const begins = from !== glued || operator !== undefined;
    glued = end;
    if (comment !== undefined) out.push({ start: from, end, role: 'comment' });
    else if (operator !== undefined) {
      out.push({ start: from, end, role: 'punctuation' });
      first = /[|&;(]/.test(operator);
    } else if (string !== undefined) {
      out.push({ start: from, end, role: 'string' });
      first = false;
    } else if (word !== undefined && begins) {
      // An assignment before the program is none.
      if (first && !/^\w+=/.test(word)) {
        out.push({ start: from, end, role: 'command' });
        first = false;
      } else if (/^--?\w/.test(word)) out.push({ start: from, end, role: 'key' });
    }
  }
  return out;
}
