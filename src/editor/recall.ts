// The lines typed before: the list with one more, and the search for an older, a newer or a matching one. It reads no file.

import { comingNear } from '../text/search.ts';

/** A walk: where it is, and what was being typed when it began. */
export interface Walk {
  readonly index: number;
  readonly draft: string;
  /** Only lines that begin so are shown. */
  readonly prefix: string;
}

const LONGEST = 10_000;

/** The list with one more line; the same line twice in a row is kept once, blank ones not at all. */
export function remember(entries: readonly string[], text: string): readonly string[] {
  if (text.trim() === '' || entries.at(-1) === text) return entries;
  return [...entries.slice(-(LONGEST - 1)), text];
}

/** The next older line that begins with the prefix and differs from `shown`; undefined when there is none. */
export function older(entries: readonly string[], walk: Walk, shown: string): number | undefined {
  return seek(entries, walk.index - 1, -1, text => text.startsWith(walk.prefix) && text !== shown);
}

/** The next newer one; undefined when the walk is back at the draft. */
export function newer(entries: readonly string[], walk: Walk, shown: string): number | undefined {
  return seek(entries, walk.index + 1, 1, text => text.startsWith(walk.prefix) && text !== shown);
}

/**
 * The nearest line from `from` on, in a direction, that has the query in it: its index and where in it. An all
 * lower-case query finds upper case too.
 */
export function find(
  entries: readonly string[],
  from: number,
  step: -1 | 1,
  query: string,
): { readonly index: number; readonly at: number } | undefined {
  if (query === '') return undefined;
  const fold = query === query.toLowerCase();
  const place = (text: string) => (fold ? text.toLowerCase() : text).lastIndexOf(query);
  const index = seek(entries, from, step, text => place(text) >= 0);
  return index === undefined ? undefined : { index, at: place(entries[index] ?? '') };
}

/** So many different lines, the newest, are held against a query that none of them has in it. */
const MOST_NEAR = 300;

/**
 * Indices of the lines that come near a query, the nearest first, each line once; none where a line has it in it. Who
 * types a capital letter means it.
 */
export function findNear(entries: readonly string[], query: string): readonly number[] {
  if (query !== query.toLowerCase() || find(entries, entries.length - 1, -1, query)) return [];
  const newest = new Map<string, number>();
  for (let i = entries.length - 1; i >= 0 && newest.size < MOST_NEAR; i--) {
    const text = entries[i] ?? '';
    if (!newest.has(text)) newest.set(text, i);
  }
  return comingNear(query, [...newest], ([text]) => text, MOST_NEAR).map(([, index]) => index);
}

function seek(
  entries: readonly string[],
  from: number,
  step: -1 | 1,
  fits: (text: string) => boolean,
): number | undefined {
  for (let i = from; i >= 0 && i < entries.length; i += step) {
    const text = entries[i];
    if (text !== undefined && fits(text)) return i;
  }
  return undefined;
}
