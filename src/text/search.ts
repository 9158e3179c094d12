// Texts that are looked for by a part of them: those that hold it, and those that come near it, ranked by Fuse.
import Fuse from 'fuse.js';

/** Longer than any name or description; of a longer line the beginning counts. */
const LONGEST = 200;
/** So much of what is looked for is compared: Fuse's unit. */
const MOST = 32;

/** Something with a text, by which it is found. */
interface Entry<T> {
  readonly item: T;
  readonly text: string;
}

/**
 * Those that hold the wanted text, or (where none does) all of its words; small letters find large ones. An item has
 * several texts, a name and its description say: first come those whose name holds it, the nearer to its beginning and
 * the shorter the sooner.
 */
export function holding<T>(
  wanted: string,
  items: readonly T[],
  textsOf: (item: T) => readonly string[],
): readonly T[] {
  const folded = wanted.trim().toLowerCase();
  const all = items.map(item => ({ item, texts: textsOf(item).map(text => text.toLowerCase()) }));
  const places = Math.max(0, ...all.map(({ texts }) => texts.length));
  const taken = new Set<T>();
  for (let at = 0; at < places; at++) {
    const entries = all.flatMap(({ item, texts }): Entry<T>[] => {
      const text = texts[at];
      return text?.includes(folded) && !taken.has(item) ? [{ item, text }] : [];
    });
    for (const item of ranked(folded, entries)) taken.add(item);
  }
  if (taken.size > 0) return [...taken];
  const words = folded.split(/\s+/);
  return all.filter(({ texts }) => words.every(word => texts.join('\n').includes(word))).map(one => one.item);
}

/** At most `most` of those whose text comes near the wanted one without holding it, the nearest first. */
export function comingNear<T>(
  wanted: string,
  items: readonly T[],
  textOf: (item: T) => string,
  most: number,
): readonly T[] {
  const folded = wanted.trim().toLowerCase();
  if (folded.length < 3 || folded.length > LONGEST) return [];
  const entries = items.map((item): Entry<T> => ({ item, text: textOf(item).slice(0, LONGEST) }));
  const options = { keys: ['text'], threshold: 0.3, ignoreLocation: true, ignoreFieldNorm: true };
  const found = new Fuse(entries, options).search(folded.slice(0, MOST), { limit: most });
  return found.map(({ item }) => item.item);
}

/** All of them, the best first: to Fuse the place of a match counts, and the length by words. */
function ranked<T>(wanted: string, entries: readonly Entry<T>[]): readonly T[] {
  const cut = entries.map(({ item, text }) => ({ item, text: text.slice(0, LONGEST) }));
  const fuse = new Fuse(cut, { keys: ['text'], threshold: 1, distance: 2 * LONGEST });
  const found = fuse.search(wanted.slice(0, MOST)).map(({ item }) => item.item);
  return [...new Set([...found, ...entries.map(({ item }) => item)])];
}
