// Compares what came with what a page says: JSON by its meaning, text row by row, `...` standing for anything.
import { isArray, isObject, type Json, member, stringifyJson } from '../text/json.ts';
import { type Pattern, showPattern } from './pattern.ts';

/** One place where what came is not what was expected. */
export interface Difference {
  /** `arguments.file.driver`, `return[0].len`; empty: the whole value. For text: `row 2`. */
  readonly path: string;
  readonly expected: string;
  /** Absent: nothing came there. */
  readonly got?: string;
}

const MAX_DIFFERENCES = 5;

/**
 * Where a value differs from a pattern; nothing when it matches. An expected object may leave members out, and the
 * `timestamp` of an event is not compared; lists are compared in order; inside a string `...` stands for any text.
 */
export function differences(pattern: Pattern, got: Json | undefined): Difference[] {
  const found: Difference[] = [];
  compare(pattern, got, '', found);
  return found;
}

export function matches(pattern: Pattern, got: Json | undefined): boolean {
  return differences(pattern, got).length === 0;
}

/** Compares rows of text. A row `...` stands for any number of rows, `...` inside one for any text. */
export function textDifferences(expected: readonly string[], got: readonly string[]): Difference[] {
  const want = trimRows(expected);
  const have = trimRows(got);
  // reach[j]: whether the rows of `want` up to now can match the first j rows of `have`.
  let reach: boolean[] = have.map(() => false);
  reach.unshift(true);
  for (const [i, row] of want.entries()) {
    const next: boolean[] = [];
    for (let j = 0; j <= have.length; j++) {
      const came = have[j - 1];
      next.push(
        row.trim() === '...'
          ? reach[j] === true || next[j - 1] === true
          : came !== undefined && reach[j - 1] === true && glob(row, came),
      );
    }
    if (!next.includes(true)) {
      const at = reach.lastIndexOf(true);
      return [difference(`row ${i + 1}`, row, have[at])];
    }
    reach = next;
  }
  if (reach[have.length]) return [];
  const at = reach.lastIndexOf(true);
  return [difference(`row ${at + 1}`, 'no further row', have[at])];
}

function compare(pattern: Pattern, got: Json | undefined, path: string, found: Difference[]): void {
  if (found.length >= MAX_DIFFERENCES || (pattern.kind === 'any' && got !== undefined)) return;
  const differs = () =>
    found.push(difference(path, showPattern(pattern), got === undefined ? undefined : stringifyJson(got)));
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
        if (!(isEvent && name === 'timestamp')) compare(expected, member(got, name), join(path, name), found);
      }
      return;
    }
    case 'list':
      if (isArray(got)) compareLists(pattern, got, path, found);
      else differs();
  }
}

function compareLists(
  pattern: Pattern & { kind: 'list' },
  got: readonly Json[],
  path: string,
  found: Difference[],
): void {
  if (pattern.items.some(item => item.kind === 'rest')) {
    if (!fits(pattern.items, got)) found.push(difference(path, showPattern(pattern), stringifyJson(got)));
    return;
  }
  for (const [i, item] of pattern.items.entries()) compare(item, got[i], `${path}[${i}]`, found);
  for (const [i, extra] of got.entries()) {
    if (i >= pattern.items.length && found.length < MAX_DIFFERENCES) {
      found.push(difference(`${path}[${i}]`, 'no further item', stringifyJson(extra)));
    }
  }
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

function difference(path: string, expected: string, got: string | undefined): Difference {
  return got === undefined ? { path, expected } : { path, expected, got };
}

function trimRows(rows: readonly string[]): string[] {
  const trimmed = rows.map(row => row.replace(/\s+$/, ''));
  while (trimmed.at(-1) === '') trimmed.pop();
  return trimmed;
}
