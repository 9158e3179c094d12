// The grey text behind the cursor: how the line went last time, or the one way it can go on.
import type { Candidate } from './line.ts';

/**
 * The text to show in grey behind a line, to be taken with one key; undefined when there is none. Only at the
 * end of the line. `history` is oldest first, and only what `fits` of it is shown; `candidates` are those of the
 * completion at the cursor.
 */
export function suggest(
  text: string,
  cursor: number,
  history: readonly string[],
  candidates: readonly Candidate[] = [],
  fits: (entry: string) => boolean = () => true,
): string | undefined {
  if (cursor !== text.length || text.trim() === '') return undefined;
  const before = history.findLast(
    entry => entry.length > text.length && entry.startsWith(text) && fits(entry),
  );
  return before === undefined ? fromCandidates(text, candidates) : before.slice(text.length);
}

function fromCandidates(text: string, candidates: readonly Candidate[]): string | undefined {
  const [first] = candidates;
  if (first === undefined || first.place.end !== text.length) return undefined;
  const typed = text.slice(first.place.start);
  // Only what must come next, or the one way to go on, is worth a suggestion.
  if (
    first.required !== true &&
    (typed === '' || candidates.some((one, i) => i > 0 && one.text.startsWith(typed)))
  )
    return undefined;
  if (!first.text.startsWith(typed)) return undefined;
  const rest = first.text.slice(typed.length) + (first.kind === 'key' ? (first.after ?? '') : '');
  return rest === '' ? undefined : rest;
}
