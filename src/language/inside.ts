// The spot inside a value: a literal's members and items, a string, a bare word.
import { type Allowed, arrayIn, child, objectIn, type Path, typeAt } from '../schema/walk.ts';
import type { Json } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import type { Context } from './context.ts';
import type { Value } from './literal.ts';
import type { KeySpot, Quote, Spot, ValueSpot } from './spot.ts';

interface Around {
  readonly context: Context;
  readonly path: Path;
  readonly type: Allowed;
}

/** The spot in a value, which may be half typed. */
export function insideLiteral(value: Value, text: string, cursor: number, around: Around): Spot {
  const { context } = around;
  if (cursor <= value.place.start) return { kind: 'nothing', context };
  if (value.kind === 'bare' || value.kind === 'string') return scalarSpot(value, text, cursor, around, true);
  if (value.closed && cursor >= value.place.end) return { kind: 'nothing', context };
  if (value.kind === 'array') {
    const index = value.items.findIndex(item => covers(item, cursor));
    const item = value.items[index];
    const next = value.items.filter(({ place }) => place.end <= cursor).length;
    const element = arrayIn(around.type)?.element();
    const type: Allowed = element ?? (around.type === 'open' ? 'open' : undefined);
    const inner: Around = { context, path: [...around.path, item === undefined ? next : index], type };
    if (item !== undefined) return insideLiteral(item, text, cursor, inner);
    return opensItem(text, cursor) ? emptyValue(inner, cursor) : { kind: 'nothing', context };
  }
  return insideObject(value, text, cursor, around);
}

function insideObject(
  value: Extract<Value, { kind: 'object' }>,
  text: string,
  cursor: number,
  around: Around,
): Spot {
  const { context, path } = around;
  const inside = around.type === 'open' ? 'open' : objectIn(around.type);
  const here = path.reduce<Json | undefined>(child, context.given);
  const memberKey = (typed: string, place: Place, quote: Quote, followed: boolean): KeySpot => {
    const taken = new Set(value.entries.filter(({ keyPlace }) => keyPlace !== place).map(({ key }) => key));
    const start = place.start;
    const rest = { begun: new Set<string>(), typed, literal: true, quote, followed };
    return { kind: 'key', context, path, inside, here, taken, ...rest, place: { start, end: place.end } };
  };
  for (const entry of value.entries) {
    const { keyPlace, colon } = entry;
    if (keyPlace.start < cursor && cursor <= keyPlace.end && (colon === undefined || cursor <= colon)) {
      const quote = quoteAt(text, keyPlace.start);
      const closed = quote !== '' && keyPlace.end - keyPlace.start > 1 && text[keyPlace.end - 1] === quote;
      if (closed && cursor === keyPlace.end) return { kind: 'nothing', context };
      const typed = text.slice(keyPlace.start + quote.length, cursor);
      const spot = memberKey(typed, keyPlace, quote, colon !== undefined);
      return closed || quote === '' ? spot : { ...spot, place: { start: keyPlace.start, end: cursor } };
    }
    if (colon === undefined || cursor <= colon) continue;
    const type =
      inside === undefined ? undefined : inside === 'open' ? inside : typeAt(inside, [entry.key], here);
    const inner = { context, path: [...path, entry.key], type };
    if (entry.value === undefined) {
      if (text.slice(colon + 1, cursor).trim() === '') return emptyValue(inner, cursor);
    } else if (covers(entry.value, cursor)) return insideLiteral(entry.value, text, cursor, inner);
    else if (cursor <= entry.value.place.start && cursor > colon) return emptyValue(inner, cursor);
  }
  if (!opensItem(text, cursor)) return { kind: 'nothing', context };
  return memberKey('', { start: cursor, end: cursor }, '', false);
}

function covers(value: Value, cursor: number): boolean {
  return value.place.start < cursor && cursor <= value.place.end;
}

/** Whether an item or member may begin here: only behind an opening bracket or a comma. */
function opensItem(text: string, cursor: number): boolean {
  return /[[{,]$/.test(text.slice(0, cursor).trimEnd());
}

function emptyValue(around: Around, cursor: number): ValueSpot {
  return {
    kind: 'value',
    ...around,
    typed: '',
    place: { start: cursor, end: cursor },
    literal: true,
    quote: '',
  };
}

/** The spot in a bare word or a string. */
export function scalarSpot(
  value: Extract<Value, { kind: 'bare' | 'string' }>,
  text: string,
  cursor: number,
  around: Around,
  literal: boolean,
): Spot {
  if (value.kind === 'bare') {
    const typed = text.slice(value.place.start, cursor);
    return { kind: 'value', ...around, typed, place: value.place, literal, quote: '' };
  }
  if (value.closed && cursor >= value.place.end) return { kind: 'nothing', context: around.context };
  const quote = quoteAt(text, value.place.start);
  const inner = text.slice(value.place.start + 1, cursor);
  // What is typed in quotes may hold escapes; a name that is completed seldom does.
  const typed = inner.replace(/\\(["'\\/])/g, '$1');
  const end = value.closed ? value.place.end : cursor;
  return { kind: 'value', ...around, typed, place: { start: value.place.start, end }, literal, quote };
}

function quoteAt(text: string, at: number): Quote {
  const c = text[at];
  return c === '"' || c === "'" ? c : '';
}
