// Where words begin and end. A QMP name (`blockdev-mirror`, `node_name`) is one word; a dot parts the names of a path.
import { left, right } from './buffer.ts';

type WordKind = 'name' | 'blank';

// Made when it is first needed: tables of letters take V8 a millisecond, and no prompt needs to wait for it.
let name: RegExp | undefined;
function isName(char: string): boolean {
  name ??= /[\p{L}\p{N}\p{M}_-]/u;
  return name.test(char);
}

// What a character is to a motion: 0 blank, 1 a word's, 2 punctuation (only vi tells it from blanks).
function classOf(char: string, kind: WordKind): 0 | 1 | 2 {
  if (/^\s/.test(char)) return 0;
  return kind === 'blank' || isName(char) ? 1 : 2;
}

function after(text: string, at: number, kind: WordKind): 0 | 1 | 2 {
  return classOf(text.slice(at, right(text, at)), kind);
}

function before(text: string, at: number, kind: WordKind): 0 | 1 | 2 {
  return classOf(text.slice(left(text, at), at), kind);
}

/** Behind the word at or after the offset (emacs M-f). */
export function wordRight(text: string, from: number, kind: WordKind = 'name'): number {
  let at = from;
  while (at < text.length && after(text, at, kind) !== 1) at = right(text, at);
  while (at < text.length && after(text, at, kind) === 1) at = right(text, at);
  return at;
}

/** The beginning of the word at or before the offset (emacs M-b). */
export function wordLeft(text: string, from: number, kind: WordKind = 'name'): number {
  let at = from;
  while (at > 0 && before(text, at, kind) !== 1) at = left(text, at);
  while (at > 0 && before(text, at, kind) === 1) at = left(text, at);
  return at;
}

/** The beginning of the next word, runs of punctuation being words too (vi w, W). */
export function viWord(text: string, from: number, kind: WordKind): number {
  let at = from;
  const start = at < text.length ? after(text, at, kind) : 0;
  while (at < text.length && start !== 0 && after(text, at, kind) === start) at = right(text, at);
  while (at < text.length && after(text, at, kind) === 0) at = right(text, at);
  return at;
}

/** The beginning of this word or the one before (vi b, B). */
export function viBack(text: string, from: number, kind: WordKind): number {
  let at = from;
  while (at > 0 && before(text, at, kind) === 0) at = left(text, at);
  const here = at > 0 ? before(text, at, kind) : 0;
  while (at > 0 && before(text, at, kind) === here) at = left(text, at);
  return at;
}

/** The last character of this word or the next (vi e, E). */
export function viEnd(text: string, from: number, kind: WordKind): number {
  let at = right(text, from);
  while (at < text.length && after(text, at, kind) === 0) at = right(text, at);
  if (at >= text.length) return Math.max(from, left(text, text.length));
  const here = after(text, at, kind);
  for (let next = right(text, at); next < text.length && after(text, next, kind) === here; ) {
    at = next;
    next = right(text, at);
  }
  return at;
}
