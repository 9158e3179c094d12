// Compares what came with what a page says: JSON by its meaning, text row by row, `...` standing for anything.
import { isArray, isObject, type Json, type JsonObject, member, stringifyJson } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import { type Pattern, showPattern } from './pattern.ts';

/** One place where what came is not what was expected. */
export interface Difference {
  /** `arguments.file.driver`, `return[0].len`; empty: the whole value. For text: `row 2`. */
  readonly path: string;
  readonly expected: string;
  /** Absent: nothing came there. */
  readonly got?: string;
  /** Where the page says so, where the pattern was read from it. */
  readonly place?: Place;
}

const MAX_DIFFERENCES = 5;

/**
 * Where a value differs from a pattern; nothing when it matches. An expected object may leave members out, and the
 * `timestamp` of an event is not compared; lists are compared in order; inside a string `...` stands for any text.
 */
export function differences(pattern: Pattern, got: Json | undefined): Difference[] {
  const found: Difference[] = [];
  compare(pattern, got, '', found, false);
  return found;
}

/** The same for a request, which is whole as it is shown unless it has `...`. The shell gives it an id of its own. */
export function requestDifferences(pattern: Pattern, got: Json): Difference[] {
  const found: Difference[] = [];
  if (pattern.kind !== 'object' || !isObject(got)) return differences(pattern, got);
  const members = new Map(pattern.members);
  members.delete('id');
  const sent = Object.fromEntries(Object.entries(got).filter(([name]) => name !== 'id'));
  const args = member(got, 'arguments');
  if (isObject(args) && Object.keys(args).length === 0 && !members.has('arguments'))
    members.set('arguments', { kind: 'object', members: new Map() });
  compare({ ...pattern, members }, sent, '', found, true);
  return found;
}

export function matches(pattern: Pattern, got: Json | undefined): boolean {
  return differences(pattern, got).length === 0;
}

/** Compares rows of text. A row `...` stands for any number of rows, `...` inside one for any text. */
export function textDifferences(expected: readonly string[], got: readonly string[]): Difference[] {
  const want = trimRows(expected);
  const have = trimRows(got);
  // How many rows of `have` the rows of `want` up to now can match, in order.
  let reach: readonly number[] = [0];
  for (const [i, row] of want.entries()) {
    const [least = 0] = reach;
    const next =
      row.trim() === '...'
        ? Array.from({ length: have.length - least + 1 }, (_, more) => least + more)
        : reach.flatMap(count => {
            const came = have[count];
            return came !== undefined && glob(row, came) ? [count + 1] : [];
          });
    if (next.length === 0) return [difference(`row ${i + 1}`, row, have[reach.at(-1) ?? 0])];
    reach = next;
  }
  const at = reach.at(-1) ?? 0;
  return at === have.length ? [] : [difference(`row ${at + 1}`, 'no further row', have[at])];
}

function compare(
  pattern: Pattern,
  got: Json | undefined,
  path: string,
  found: Difference[],
  whole: boolean,
): void {
  if (found.length >= MAX_DIFFERENCES || (pattern.kind === 'any' && got !== undefined)) return;
  const differs = () => {
    const came = got === undefined ? undefined : stringifyJson(got);
    found.push(difference(path, showPattern(pattern), came, pattern.place));
  };
  switch (pattern.kind) {
    case 'any':
    case 'rest':
      differs();
      return;
    case 'scalar':
      if (!sameScalar(pattern.value, got)) differs();
      return;
    case 'object': {
      if (!isObject(got)) {
        differs();
        return;
      }
      const isEvent = path === '' && pattern.members.has('event');
      for (const [name, expected] of pattern.members) {
        if (!(isEvent && name === 'timestamp'))
          compare(expected, member(got, name), join(path, name), found, whole);
      }
      if (whole && !pattern.elided) notShown(pattern, got, path, found);
      return;
    }
    case 'list':
      if (isArray(got)) compareLists(pattern, got, path, found, whole);
      else differs();
  }
}

function notShown(
  pattern: Extract<Pattern, { kind: 'object' }>,
  got: JsonObject,
  path: string,
  found: Difference[],
): void {
  const { place, members } = pattern;
  const brace = place && { start: place.start, end: place.start + 1 };
  for (const [name, value] of Object.entries(got))
    if (!members.has(name) && found.length < MAX_DIFFERENCES)
      found.push(difference(join(path, name), 'no such member', stringifyJson(value), brace));
}

function compareLists(
  pattern: Extract<Pattern, { kind: 'list' }>,
  got: readonly Json[],
  path: string,
  found: Difference[],
  whole: boolean,
): void {
  const pairs = pairedItems(pattern.items, got);
  if (pairs) {
    for (const { item, index } of pairs) compare(item, got[index], `${path}[${index}]`, found, whole);
    return;
  }
  if (pattern.items.some(item => item.kind === 'rest')) {
    if (!fits(pattern.items, got))
      found.push(difference(path, showPattern(pattern), stringifyJson(got), pattern.place));
    return;
  }
  for (const [i, item] of pattern.items.entries()) compare(item, got[i], `${path}[${i}]`, found, whole);
  for (const [i, extra] of got.entries()) {
    if (i >= pattern.items.length && found.length < MAX_DIFFERENCES) {
      found.push(difference(`${path}[${i}]`, 'no further item', stringifyJson(extra), pattern.place));
    }
  }
}

/**
 * The items of a list with those of what came that they stand for: where nothing is left out, or at one place only, that
 * is certain. Undefined where it is not, and where the lengths do not allow it.
 */
export function pairedItems(
  items: readonly Pattern[],
  got: readonly Json[],
): readonly { readonly item: Pattern; readonly index: number }[] | undefined {
  const rest = items.findIndex(item => item.kind === 'rest');
  if (rest < 0)
    return items.length === got.length ? items.map((item, index) => ({ item, index })) : undefined;
  const behind = items.slice(rest + 1);
  const first = got.length - behind.length;
  if (first < rest || behind.some(item => item.kind === 'rest')) return undefined;
  return [
    ...items.slice(0, rest).map((item, index) => ({ item, index })),
    ...behind.map((item, i) => ({ item, index: first + i })),
  ];
}

/** Whether items with `...` among them fit a list. */
function fits(items: readonly Pattern[], got: readonly Json[]): boolean {
  let reach: boolean[] = [true, ...got.map(() => false)];
  for (const item of items) {
    const next: boolean[] = [];
    for (let j = 0; j <= got.length; j++) {
      next.push(
        item.kind === 'rest'
          ? reach[j] === true || next[j - 1] === true
          : j > 0 && reach[j - 1] === true && matches(item, got[j - 1]),
      );
    }
    reach = next;
  }
  return reach[got.length] === true;
}

function sameScalar(expected: null | boolean | number | bigint | string, got: Json | undefined): boolean {
  if (typeof expected === 'string') return typeof got === 'string' && glob(expected, got);
  if (typeof expected === 'number' || typeof expected === 'bigint') {
    // biome-ignore lint/suspicious/noDoubleEquals: 5 and 5n are the same number
    return (typeof got === 'number' || typeof got === 'bigint') && expected == got;
  }
  return expected === got;
}

/** Whether a text matches one in which `...` stands for any text. */
function glob(pattern: string, text: string): boolean {
  const [first = '', ...parts] = pattern.split('...');
  const last = parts.pop();
  if (last === undefined) return first === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

function join(path: string, name: string): string {
  const step = /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
  return path === '' ? step : `${path}.${step}`;
}

function difference(path: string, expected: string, got: string | undefined, place?: Place): Difference {
  return { path, expected, ...(got === undefined ? {} : { got }), ...(place ? { place } : {}) };
}

function trimRows(rows: readonly string[]): string[] {
  const trimmed = rows.map(row => row.trimEnd());
  while (trimmed.at(-1) === '') trimmed.pop();
  return trimmed;
}
