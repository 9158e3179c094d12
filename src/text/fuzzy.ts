// Names that were perhaps meant, and how well a name matches what was typed of it. QMP names are words with
// dashes between them, so a word's start counts more than a letter in its middle.
import Fuse from 'fuse.js';

/** How a label matches. The lower the score the better; `matched` are the offsets of the letters that match. */
interface Rank {
  readonly score: number;
  readonly matched: readonly number[];
}

const LONGEST = 200; // no name comes near it
const SEPARATOR = /[-_. :/]/;

/**
 * Whether `typed` leads to `label`, and how well: the whole label 0, a prefix below 1, starts of its words
 * (`qnbn` for query-named-block-nodes) below 2, a part below 3, letters in order below 4. Undefined: no match;
 * what is a typo is for `nearest`.
 */
export function rank(typed: string, label: string): Rank | undefined {
  if (typed.length > label.length) return undefined;
  const want = fold(typed);
  const have = fold(label);
  const tail = (label.length - typed.length) / (label.length + 1); // shorter labels first
  if (have.startsWith(want)) {
    return { score: want.length === have.length ? 0 : tail, matched: range(0, want.length) };
  }
  const starts = have.length > LONGEST ? undefined : wordStarts(want, have);
  if (starts !== undefined) {
    const breaks = starts.filter((at, i) => i > 0 && at !== (starts[i - 1] ?? 0) + 1).length / starts.length;
    return { score: 1 + 0.3 * skipped(have, starts) + 0.4 * breaks + 0.3 * tail, matched: starts };
  }
  const part = have.indexOf(want);
  if (part !== -1) return { score: 2 + tail, matched: range(part, want.length) };
  const letters = subsequence(want, have);
  return letters === undefined ? undefined : { score: 3 + tail, matched: letters };
}

/** A list of names, prepared for many questions. */
interface Index {
  readonly names: readonly string[];
  /** As they are compared: `-` for `_`, small letters. */
  readonly folded: readonly string[];
  readonly fuse: Fuse<string>;
}

/** By the list: whoever keeps a list keeps its index. */
const indexes = new WeakMap<readonly string[], Index>();

function indexOf(list: readonly string[]): Index {
  const known = indexes.get(list);
  if (known) return known;
  const names = [...new Set(list)].filter(name => name.length <= LONGEST);
  const folded = names.map(fold);
  const index = { names, folded, fuse: new Fuse(folded, FUSE) };
  indexes.set(list, index);
  return index;
}

/** Wherever in the name, two of five letters wrong at most; how long a name may be that has so many is `limit`'s business. */
const FUSE = {
  ...{ ignoreLocation: true, ignoreFieldNorm: true, includeScore: true, shouldSort: false },
  threshold: 0.4,
};

/**
 * At most `max` of the names that `typed` is perhaps a misspelling or a part of, the likeliest first. Fuse proposes
 * them and says how many letters are wrong. It cannot know swapped letters (to it two are wrong, half of `qiut`), words
 * in another order, and a name inside what was typed: those are proposed here.
 */
export function nearest(typed: string, names: readonly string[], max = 3): readonly string[] {
  if (typed === '' || typed.length > LONGEST || max <= 0 || names.length === 0) return [];
  const want = fold(typed);
  const index = indexOf(names);
  const limit = want.length <= 3 ? 1 : Math.max(2, Math.floor(want.length / 4));
  const scores = new Map<number, number>();
  const parts = new Map<number, number>();
  const offer = (at: number, score: number) => {
    if (score < (scores.get(at) ?? Number.POSITIVE_INFINITY)) scores.set(at, score);
  };
  for (const { refIndex, score = 1 } of index.fuse.search(want)) {
    const have = index.folded[refIndex] ?? '';
    const wrong = Math.round(score * want.length);
    const longer = Math.abs(have.length - want.length);
    if (Math.max(wrong, longer) <= limit && longer * 2 <= want.length)
      offer(refIndex, Math.max(wrong, longer) / (limit + 1));
    else if (want.length >= 2 && have.startsWith(want))
      offer(refIndex, 0.6 + 0.1 * (1 - want.length / have.length));
    else if (want.length >= 3 && wholeWords(want, have)) offer(refIndex, 0.8);
    else if (want.length >= 4 && score <= 0.35) parts.set(refIndex, score);
  }
  const letters = sorted(want, '');
  const words = sorted(want, '-');
  for (const [at, have] of index.folded.entries()) {
    if (have.length === want.length) {
      if (sorted(have, '-') === words) offer(at, have === want ? 0 : 0.5);
      const swaps = sorted(have, '') === letters ? edits(want, have) : limit + 1;
      if (swaps <= limit && swaps * 2 <= want.length) offer(at, swaps / (limit + 1));
    } else if (have.length >= 3 && have.length < want.length && wholeWords(want, have)) offer(at, 0.8);
  }
  // Of two names one edit away, the one that only goes on; else the one of the same length, since two letters swapped
  // is the commonest slip.
  const name = (at: number) => index.names[at] ?? '';
  const apart = (at: number) =>
    fold(name(at)).startsWith(want) ? -1 : Math.abs(name(at).length - typed.length);
  const likely = scores.size > 0 ? scores : parts;
  const best = [...likely].sort((a, b) => a[1] - b[1] || apart(a[0]) - apart(b[0]));
  return best.slice(0, max).map(([at]) => name(at));
}

function fold(text: string): string {
  return text.toLowerCase().replaceAll('_', '-');
}

function range(start: number, count: number): readonly number[] {
  const out: number[] = [];
  for (let i = 0; i < count; i++) out.push(start + i);
  return out;
}

function isWordStart(label: string, at: number): boolean {
  return at === 0 || SEPARATOR.test(label[at - 1] ?? '');
}

/** Offsets that spell `want` by the first letters of words in `have`, several of a word if need be. */
function wordStarts(want: string, have: string): readonly number[] | undefined {
  const dead = new Set<number>();
  const from = (i: number, at: number): readonly number[] | undefined => {
    if (i === want.length) return [];
    const key = i * (have.length + 1) + at;
    if (dead.has(key)) return undefined;
    for (let j = at; j < have.length; j++) {
      // A letter continues the word that the one before began, or begins a later word.
      const fits = (j === at && at > 0) || isWordStart(have, j) || SEPARATOR.test(want[i] ?? '');
      if (!fits || have[j] !== want[i]) continue;
      const rest = from(i + 1, j + 1);
      if (rest !== undefined) return [j, ...rest];
    }
    dead.add(key);
    return undefined;
  };
  return from(0, 0);
}

/** The share of words before and between the matched ones that were left out. */
function skipped(label: string, matched: readonly number[]): number {
  const words = range(0, label.length).filter(i => isWordStart(label, i));
  const hit = words.filter(i => matched.includes(i)).length;
  return 1 - hit / words.length;
}

function subsequence(want: string, have: string): readonly number[] | undefined {
  const matched: number[] = [];
  let at = 0;
  for (const c of want) {
    const found = have.indexOf(c, at);
    if (found === -1) return undefined;
    for (let i = 0; i < c.length; i++) matched.push(found + i);
    at = found + c.length;
  }
  return matched;
}

/** The pieces of a text in the order of the alphabet. */
function sorted(text: string, separator: string): string {
  return text.split(separator).sort().join(separator);
}

/** Whether one is the other's run of whole words: `mirror` in blockdev-mirror. */
function wholeWords(a: string, b: string): boolean {
  return `-${a}-`.includes(`-${b}-`) || `-${b}-`.includes(`-${a}-`);
}

/** Letters to add, take out, change or swap with the next one (optimal string alignment). */
export function edits(a: string, b: string): number {
  let before: number[] = [];
  let last = range(0, b.length + 1).slice();
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
