// The completion menu: which candidates, which one is chosen, and how they lie on the screen.
import type { Candidate } from '../language/line.ts';
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';
import { fit, letters, padEnd, width } from '../text/width.ts';
import type { Buffer } from './buffer.ts';
import { replace } from './buffer.ts';

export interface Menu {
  readonly candidates: readonly Candidate[];
  /** Index of the chosen one, whose text then stands in the line; -1 while none is. */
  readonly selected: number;
  /** The line before a candidate was chosen. */
  readonly base: Buffer;
  /** Whether the user asked for it: then the arrows are the menu's. One that came by typing leaves them alone. */
  readonly active: boolean;
}

const GAP = 2;
const MOST_ROWS = 10;
/** A menu that nobody asked for takes less of the screen. */
const MOST_ROWS_UNASKED = 5;
/** Cells of the column that says what kind of thing a candidate is, at most. */
const NOTE_CELLS = 28;
/** Less of a description says nothing. */
const LEAST_ABOUT = 12;

export function openMenu(candidates: readonly Candidate[], base: Buffer, active: boolean): Menu {
  return { candidates, selected: -1, base, active };
}

/** The line with a candidate taken. A mark behind it (`after`) that is there already is stepped over. */
export function take(base: Buffer, candidate: Candidate, withAfter: boolean): Buffer {
  const { start, end } = candidate.place;
  const taken = replace(base, start, end, candidate.text);
  const after = withAfter ? (candidate.after ?? '') : '';
  if (after === '') return taken;
  if (taken.text.startsWith(after, taken.cursor))
    return { text: taken.text, cursor: taken.cursor + after.length };
  return replace(taken, taken.cursor, taken.cursor, after);
}

/** The line with the longest beginning that all candidates share, when that goes on from what is typed. */
export function extend(base: Buffer, candidates: readonly Candidate[]): Buffer | undefined {
  const first = candidates[0];
  if (!first) return undefined;
  const { start, end } = first.place;
  let common = first.text;
  for (const { text, place } of candidates) {
    if (place.start !== start || place.end !== end) return undefined;
    let same = 0;
    while (same < common.length && common[same] === text[same]) same++;
    common = common.slice(0, same);
  }
  // Half a surrogate pair is no text.
  if (/[\ud800-\udbff]$/.test(common)) common = common.slice(0, -1);
  const typed = base.text.slice(start, end);
  if (common.length <= typed.length || !common.startsWith(typed)) return undefined;
  return replace(base, start, end, common);
}

/** How many candidates stand beside each other: one a row where they carry notes, else as many as fit. */
function gridColumns(menu: Menu, columns: number): number {
  if (menu.candidates.some(one => one.note || one.about)) return 1;
  return Math.max(1, Math.floor((columns + GAP - 2) / (labelWidth(menu) + GAP)));
}

/** The menu with another candidate chosen: `by` steps on, around the ends. */
export function select(menu: Menu, by: number): Menu {
  const count = menu.candidates.length;
  const from = menu.selected < 0 && by < 0 ? 0 : menu.selected;
  return { ...menu, selected: (((from + by) % count) + count) % count };
}

/** The next one in a direction of the grid. Down a column and on at the top of the next; sideways by rows. */
export function selectToward(menu: Menu, key: 'Up' | 'Down' | 'Left' | 'Right', columns: number): Menu {
  if (menu.selected < 0) return select(menu, key === 'Up' || key === 'Left' ? -1 : 1);
  if (key === 'Down' || key === 'Up') return select(menu, key === 'Down' ? 1 : -1);
  const height = Math.ceil(menu.candidates.length / gridColumns(menu, columns));
  const next = menu.selected + (key === 'Right' ? height : -height);
  return next < 0 || next >= menu.candidates.length ? menu : { ...menu, selected: next };
}

/** The candidate chosen, if any. */
export function chosen(menu: Menu): Candidate | undefined {
  return menu.candidates[menu.selected];
}

/** The menu as rows that fit the width, at most `most` of them; says what it does not show. */
export function menuRows(menu: Menu, columns: number, most: number): readonly StyledLine[] {
  const mostRows = menu.active ? MOST_ROWS : MOST_ROWS_UNASKED;
  const limit = Math.max(1, Math.min(most, mostRows + 1));
  const across = gridColumns(menu, columns);
  const height = Math.ceil(menu.candidates.length / across);
  // The last row is for the count when not all fit.
  const whole = height <= Math.min(limit, mostRows);
  const shown = whole ? height : Math.max(1, Math.min(limit - 1, mostRows));
  const row = menu.selected < 0 ? 0 : menu.selected % height;
  const top = Math.max(0, Math.min(row - Math.floor(shown / 2), height - shown));
  // One below the other they are as wide as those that are shown; in a grid a name out of sight stands beside others.
  const sight =
    across === 1 && !whole ? sizes(menu.candidates.slice(top, top + shown)) : measure(menu.candidates);
  const label = Math.min(sight.labels, Math.max(1, columns - 2));
  const { notes } = sight;
  const rows: StyledLine[] = [];
  for (let y = top; y < top + shown; y++) {
    const line: Span[] = [];
    for (let x = 0; x < across; x++) {
      const index = x * height + y;
      const candidate = menu.candidates[index];
      if (!candidate) continue;
      const lead = line.length > 0 ? GAP : columns > 4 ? 1 : 0;
      // The chosen one has a mark, for terminals that cannot show it otherwise.
      const mark = index === menu.selected && lead > 0 ? '>' : '';
      line.push({ text: mark.padStart(lead) });
      const last =
        across === 1 ? !candidate.note && !candidate.about : index + height >= menu.candidates.length;
      line.push(...labelSpans(candidate, index === menu.selected, label, !last));
      if (across === 1) line.push(...noteSpans(candidate, notes, columns - 1 - label));
    }
    rows.push(line);
  }
  if (!whole && limit > 1) {
    const first = across === 1 ? `${top + 1}-${top + shown} of ` : '';
    rows.push([{ text: fit(` ${first}${menu.candidates.length}, Tab goes on`, columns), role: 'dim' }]);
  }
  return rows;
}

const labelOf = (candidate: Candidate) => safe(candidate.label ?? candidate.text);

function labelWidth(menu: Menu): number {
  return measure(menu.candidates).labels;
}

interface Measures {
  readonly labels: number;
  readonly notes: number;
}

// A menu of a thousand names is drawn again with each key that moves in it.
const measured = new WeakMap<readonly Candidate[], Measures>();

function measure(candidates: readonly Candidate[]): Measures {
  const found = measured.get(candidates) ?? sizes(candidates);
  measured.set(candidates, found);
  return found;
}

function sizes(candidates: readonly Candidate[]): Measures {
  let labels = 0;
  let notes = 0;
  for (const one of candidates) {
    labels = Math.max(labels, width(labelOf(one)));
    if (one.note) notes = Math.max(notes, width(safe(one.note)));
  }
  return { labels, notes: Math.min(NOTE_CELLS, notes) };
}

function labelSpans(candidate: Candidate, selected: boolean, columns: number, pad: boolean): readonly Span[] {
  const raw = candidate.label ?? candidate.text;
  // Names that begin alike differ at their ends.
  const text = fit(labelOf(candidate), columns, 'middle');
  const behind = pad ? padEnd('', columns - width(text)) : '';
  if (selected) return [{ text: text + behind, role: 'selected' }];
  // Offsets hold for the label as it was given: where it had to be changed, none is marked.
  const marks = text === raw ? new Set(candidate.matched) : new Set<number>();
  const out: Span[] = [];
  let at = 0;
  for (const letter of marks.size === 0 ? [text] : letters(text)) {
    const role = marks.has(at) ? 'match' : candidate.deprecated === true ? 'dim' : 'plain';
    const last = out.at(-1);
    if (last && last.role === role) out[out.length - 1] = { text: last.text + letter, role };
    else out.push({ text: letter, role });
    at += letter.length;
  }
  return behind === '' ? out : [...out, { text: behind }];
}

// What kind of thing it is in a column of its own, and behind it, where there is room, what it means.
function noteSpans(candidate: Candidate, noteColumns: number, columns: number): readonly Span[] {
  const room = columns - GAP;
  if (room < 4) return [];
  const note = fit(safe(candidate.note ?? ''), room);
  const role = candidate.deprecated === true ? 'warning' : 'dim';
  const left = room - Math.max(width(note), noteColumns) - (noteColumns > 0 ? GAP : 0);
  const about = candidate.about && left >= LEAST_ABOUT ? fit(safe(candidate.about), left) : '';
  const spans: Span[] = [{ text: ' '.repeat(GAP) }];
  if (about === '') return note === '' ? [] : [...spans, { text: note, role }];
  if (noteColumns > 0) spans.push({ text: padEnd(note, noteColumns), role }, { text: ' '.repeat(GAP) });
  return [...spans, { text: about }];
}
