// Mends what a page shows. In QEMU's notation only what is not true is written anew, in its place, so that the layout, the
// indentation and every other byte stay. What is left out by `...` stays so everywhere.

import { isArray, isObject, type Json, member, spacedJson, stringifyJson } from '../text/json.ts';
import type { Edit } from './edit.ts';
import { matches, pairedItems } from './match.ts';
import type { Page, Shown } from './model.ts';
import type { Pattern } from './pattern.ts';

/** The edits that make a shown message be what came. */
export function mendShown(page: Pick<Page, 'text'>, shown: Shown, got: Json): readonly Edit[] {
  const edits: Edit[] = [];
  mend(page.text, shown.pattern, got, shown.kind === 'event' ? TIMESTAMP : NOTHING, edits);
  return edits;
}

/**
 * What came, written anew and indented by 4: what holds stays as the page says it, and what it leaves out stays out. Of a
 * `whole` message only `...` leaves something out.
 */
export function mendedText(pattern: Pattern | undefined, got: Json, whole: boolean): string {
  return print(keeping(pattern, got, { whole }), '', 4);
}

const NOTHING: ReadonlySet<string> = new Set();
/** It is another one each time, and not compared. */
const TIMESTAMP: ReadonlySet<string> = new Set(['timestamp']);

function mend(text: string, pattern: Pattern, got: Json, leave: ReadonlySet<string>, edits: Edit[]): void {
  if (matches(pattern, got)) return;
  if (pattern.kind === 'object' && isObject(got)) {
    const members = [...pattern.members].filter(([name]) => !leave.has(name));
    if (members.every(([name]) => member(got, name) !== undefined)) {
      for (const [name, inner] of members) mend(text, inner, member(got, name) ?? null, NOTHING, edits);
      return;
    }
  }
  if (pattern.kind === 'list' && isArray(got)) {
    const pairs = pairedItems(pattern.items, got);
    if (pairs) {
      for (const { item, index } of pairs) mend(text, item, got[index] ?? null, NOTHING, edits);
      return;
    }
  }
  const { place } = pattern;
  if (!place) return;
  const manyRows = text.slice(place.start, place.end).includes('\n');
  const kept = keeping(pattern, got, { whole: false, text });
  const written = manyRows ? print(kept, marginAt(text, place.start), 2) : inOneRow(kept);
  edits.push({ ...place, text: text.includes('\r\n') ? written.replaceAll('\n', '\r\n') : written });
}

/** A value as it is to be written; `flat`: in one row, as the document has it. */
type Written =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'list'; readonly items: readonly Written[]; readonly flat: boolean }
  | {
      readonly kind: 'object';
      readonly members: readonly (readonly [string, Written])[];
      readonly elided: boolean;
      readonly flat: boolean;
    };

interface Keeping {
  readonly whole: boolean;
  /** The text the pattern was read from, where its layout is to be kept. */
  readonly text?: string;
}

/** What came, with what the document leaves out left out. */
function keeping(pattern: Pattern | undefined, got: Json, how: Keeping): Written {
  if (pattern?.kind === 'any') return { kind: 'value', value: '...' };
  if (pattern?.kind === 'scalar' && matches(pattern, got)) return { kind: 'value', value: pattern.value };
  const place = pattern?.place;
  const flat =
    place !== undefined && how.text !== undefined && !how.text.slice(place.start, place.end).includes('\n');
  if (isObject(got)) {
    const known = pattern?.kind === 'object' ? pattern : undefined;
    const shown = Object.keys(got).filter(name => known?.members.has(name));
    // Of another object than the one that is shown everything is written.
    const all = !known || (how.whole && !known.elided) || (shown.length === 0 && known.members.size > 0);
    const members = (all ? Object.keys(got) : shown).map((name): readonly [string, Written] => [
      name,
      keeping(known?.members.get(name), member(got, name) ?? null, how),
    ]);
    return { kind: 'object', members, elided: known?.elided === true, flat };
  }
  if (!isArray(got)) return { kind: 'value', value: got };
  const items = pattern?.kind === 'list' ? pattern.items.filter(item => item.kind !== 'rest') : [];
  // Further items are shown as the last one is.
  return { kind: 'list', items: got.map((item, i) => keeping(items[i] ?? items.at(-1), item, how)), flat };
}

function inOneRow(written: Written): string {
  switch (written.kind) {
    case 'value':
      return spacedJson(written.value);
    case 'list':
      return `[${written.items.map(inOneRow).join(', ')}]`;
    case 'object': {
      const members = written.members.map(([name, value]) => `${JSON.stringify(name)}: ${inOneRow(value)}`);
      return `{${[...members, ...(written.elided ? ['...'] : [])].join(', ')}}`;
    }
  }
}

function print(written: Written, margin: string, indent: number): string {
  const inner = margin + ' '.repeat(indent);
  if (written.kind === 'value') return stringifyJson(written.value);
  if (written.flat) return inOneRow(written);
  const parts =
    written.kind === 'list'
      ? written.items.map(item => print(item, inner, indent))
      : [
          ...written.members.map(
            ([name, value]) => `${JSON.stringify(name)}: ${print(value, inner, indent)}`,
          ),
          ...(written.elided ? ['...'] : []),
        ];
  const [open, close] = written.kind === 'list' ? '[]' : '{}';
  return parts.length === 0
    ? `${open}${close}`
    : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`;
}

/** What a further row begins with: the comment mark of the row, where it has one, and blanks up to the column. */
function marginAt(text: string, at: number): string {
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  const comment = /^\s*#/.exec(before)?.[0] ?? '';
  const column = /^\s*#?\s*(?:<-\s*)?/.exec(before)?.[0].length ?? 0;
  return comment + ' '.repeat(Math.max(0, column - comment.length));
}
