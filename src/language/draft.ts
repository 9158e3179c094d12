// A candidate before it is known whether it matches what was typed, and the choice among them.
import type { Wanted } from '../schema/names.ts';
import { nearest, rank } from '../text/fuzzy.ts';
import type { Place } from '../text/place.ts';
import type { Candidate } from './line.ts';
import type { Completion } from './offer.ts';

/** A candidate before it is known whether it matches. `label` is what is typed for it, without quotes. */
export type Draft = Omit<Candidate, 'matched' | 'place' | 'label'> & {
  readonly label: string;
  readonly place?: Place;
};

/** Drafts that match, the best first. Weaker kinds of match show only where no stronger one is found. */
export function pick(drafts: readonly Draft[], typed: string, place: Place): readonly Candidate[] {
  const finish = ({ label, ...draft }: Draft, matched: readonly number[]): Candidate => ({
    place,
    ...draft,
    ...(label === draft.text ? {} : { label }),
    ...(matched.length > 0 ? { matched } : {}),
  });
  if (typed === '') return drafts.map(draft => finish(draft, []));
  const ranked = drafts.flatMap((draft, index) => {
    const found = rank(typed, draft.label);
    return found === undefined ? [] : [{ draft, index, ...found }];
  });
  if (ranked.length === 0) {
    const labels = new Set(nearest(typed, [...new Set(drafts.map(({ label }) => label))], 5));
    return [...labels].flatMap(name =>
      drafts.filter(({ label }) => label === name).map(draft => finish(draft, [])),
    );
  }
  const best = ranked.filter(({ score }) => score < 1);
  const shown = best.length > 0 ? best : ranked;
  const weight = ({ draft, score, index }: (typeof shown)[number]): readonly number[] => [
    score === 0 ? -1 : Math.floor(score),
    // "_" finds "-" and small letters find large ones, but what is spelled as typed comes first.
    score < 1 && !draft.label.startsWith(typed) ? 1 : 0,
    draft.required === true ? 0 : 1,
    draft.deprecated === true ? 1 : 0,
    score < 1 ? index : score,
  ];
  return shown
    .map(item => ({ item, weight: weight(item) }))
    .sort((a, b) => compare(a.weight, b.weight))
    .map(({ item }) => finish(item.draft, item.matched));
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

export function withWanted(candidates: readonly Candidate[], wanted: Wanted | undefined): Completion {
  return wanted === undefined ? { candidates } : { candidates, wanted };
}

/** A blank behind what is taken, unless one stands there. */
export function blankUnless(text: string, place: Place): string {
  return /^\s/.test(text.slice(place.end)) ? '' : ' ';
}

export function notes(
  parts: readonly string[],
  features: readonly string[],
): { note?: string; deprecated?: boolean } {
  const marks = features.filter(feature => feature === 'deprecated' || feature === 'unstable');
  const note = [...parts, ...marks].join(' · ');
  return {
    ...(note === '' ? {} : { note }),
    ...(marks.includes('deprecated') ? { deprecated: true } : {}),
  };
}
