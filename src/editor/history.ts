// The lines typed before, as a list, oldest first, and a place in it while somebody walks through. Files are not its
// business.

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
