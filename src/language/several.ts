// One text, several lines: JSON messages one behind the other, commands parted by ";".
import { readMessage } from './literal.ts';
import type { Row } from './rowmarks.ts';
import { readLine } from './tokens.ts';

/** A line of a text and the number of its first row, from 1. */
export interface PastedLine {
  readonly text: string;
  readonly row: number;
  /** Nothing to run: QEMU said it, or another program, or it is a mark around code. */
  readonly leftOut?: Row['leftOut'];
}

/** The lines in the text of one; `row` is the number of its first row. What QEMU says is marked as such. */
export function linesIn(text: string, row: number): readonly PastedLine[] {
  if (/^\s*[{[]/.test(text)) return messagesIn(text, row);
  return text.includes(';') ? commandsIn(text, row) : [{ text, row }];
}

function messagesIn(text: string, row: number): readonly PastedLine[] {
  const found: PastedLine[] = [];
  let at = text.search(/\S/);
  for (let rows = row; ; ) {
    const { value, open } = readMessage(text, at);
    const end = value.place.end;
    const next = end + (/^\s*[;,]?\s*/.exec(text.slice(end, end + LONGEST_GAP))?.[0].length ?? 0);
    const more = !open && text[next] === '{';
    const answer = value.kind === 'object' && isAnswer(value.entries.map(({ key }) => key));
    // Behind the last one may stand a comment, or what does not belong there.
    const one = text.slice(at, more ? end : text.length);
    found.push({ text: one, row: rows, ...(answer ? { leftOut: 'answer' } : {}) });
    if (!more) return found;
    rows += text.slice(at, next).split('\n').length - 1;
    at = next;
  }
}

const LONGEST_GAP = 200;

/** Whether the members of a message make it one that QEMU sends. */
export function isAnswer(members: readonly string[]): boolean {
  if (members.includes('execute') || members.includes('exec-oob')) return false;
  return ['return', 'error', 'event', 'QMP'].some(key => members.includes(key));
}

/** A ";" parts two commands only before a lone name, which is nothing else in a line: a value may end in one. */
function commandsIn(text: string, row: number): readonly PastedLine[] {
  const tree = readLine(text);
  if (tree.kind !== 'command') return [{ text, row }];
  const { namePlace, args } = tree.call;
  const found: PastedLine[] = [];
  let start = 0;
  let before = namePlace.end;
  let rows = row;
  const cut = (end: number, next: number) => {
    found.push({ text: text.slice(start, end).trim(), row: rows });
    rows += text.slice(start, next).split('\n').length - 1;
    start = next;
  };
  for (const { place, equals, key } of args) {
    const parts = text[before - 1] === ';' && equals === undefined && /^[A-Za-z][\w-]*;?$/.test(key.text);
    if (parts) cut(before - 1, place.start);
    before = place.end;
  }
  const last = text.slice(start).trimEnd();
  // Behind a lone name it parts nothing.
  const alone = /^[\w-]+\s*;$/.test(last.trim().replace(/^\(QEMU\)\s+/, ''));
  return [...found, { text: alone ? last.replace(/\s*;$/, '') : text.slice(start), row: rows }];
}
