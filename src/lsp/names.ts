// Where the names of a page stand: where each gets its value (a parameter, `.let`, `each=`), and where it is used.
import { findHeader } from '../page/header.ts';
import type { Page } from '../page/model.ts';
import { letOf, pieces } from '../page/names.ts';
import { type Row, rowsOf } from '../page/rows.ts';
import { placeInPage } from '../play/document/place.ts';
import type { Place } from '../text/place.ts';

export interface NamePlace {
  readonly name: string;
  /** The name alone, without `$` and braces. */
  readonly place: Place;
  readonly defines: boolean;
}

/** Every place of every name, in the order of the page. */
export function namePlaces(page: Page): readonly NamePlace[] {
  const rows = rowsOf(page.text);
  const found = [...inHead(page, rows), ...inFences(page, rows), ...inSteps(page)];
  const known = new Set(found.filter(({ defines }) => defines).map(({ name }) => name));
  // What is expected may hold a dollar of its own.
  const shown = inExpected(page).filter(({ name }) => known.has(name));
  return [...found, ...shown].sort((a, b) => a.place.start - b.place.start);
}

/** The name at an offset, its end included. */
export function nameAt(places: readonly NamePlace[], offset: number): NamePlace | undefined {
  return places.find(({ place }) => place.start <= offset && offset <= place.end);
}

/** Where a name gets the value that it has at a place: the last time before it, else the first. */
export function definitionOf(
  places: readonly NamePlace[],
  { name, place }: NamePlace,
): NamePlace | undefined {
  const all = places.filter(one => one.defines && one.name === name);
  return all.findLast(one => one.place.start <= place.start) ?? all[0];
}

function namesOf(text: string, start: number): NamePlace[] {
  return pieces(text).flatMap((piece): NamePlace[] => {
    if (piece.kind !== 'name') return [];
    const from = start + piece.start + (text[piece.start + 1] === '{' ? 2 : 1);
    return [{ name: piece.name, place: { start: from, end: from + piece.name.length }, defines: false }];
  });
}

/** The front matter, or the header in a comment. */
function inHead(page: Page, rows: readonly Row[]): NamePlace[] {
  const own = headRows(page, rows);
  const defined = page.params.flatMap((param): NamePlace[] => {
    const row = rows[param.row - 1];
    const match = row && new RegExp(`(?:^|[\\s{,"'])(${param.name})["']?\\s*:`).exec(row.text);
    if (!row || !match) return [];
    const start = row.start + match.index + match[0].indexOf(param.name);
    return [{ name: param.name, place: { start, end: start + param.name.length }, defines: true }];
  });
  const used = own.flatMap(row => [
    ...namesOf(row.text, row.start),
    ...words(row, /(?<=\b(?:second|vm):\s*["']?)[A-Za-z_]\w*/g),
  ]);
  return [...defined, ...used];
}

function headRows(page: Page, rows: readonly Row[]): readonly Row[] {
  const front = page.blocks.filter(block => block.kind === 'front').at(-1);
  if (front) return rows.filter(row => row.start < front.place.end);
  const header = findHeader(rows, page.markdown);
  return header ? rows.slice(header.row - 1, header.row - 1 + header.yaml.split('\n').length) : [];
}

/** What stands behind the mark of a fence. */
function inFences(page: Page, rows: readonly Row[]): NamePlace[] {
  if (!page.markdown) return [];
  return page.fences.flatMap(fence => {
    const row = rows[fence.row - 1];
    if (!row) return [];
    const loop = words(row, /(?<=\beach=)[A-Za-z_]\w*/g).map(one => ({ ...one, defines: true }));
    const used = words(row, /(?<=\b(?:if=!?|on=|each=\w+:))[A-Za-z_]\w*/g);
    return [...loop, ...used, ...namesOf(row.text, row.start)];
  });
}

function words({ text, start }: Row, pattern: RegExp): NamePlace[] {
  return [...text.matchAll(pattern)].map(match => ({
    name: match[0],
    place: { start: start + match.index, end: start + match.index + match[0].length },
    defines: false,
  }));
}

function inSteps(page: Page): NamePlace[] {
  return [...page.steps, ...page.examples].flatMap(step => {
    const used = namesOf(step.text, 0);
    const given = letOf(step)?.name;
    const at = given === undefined ? -1 : step.text.indexOf(given, '.let'.length);
    const made =
      given === undefined
        ? []
        : [{ name: given, place: { start: at, end: at + given.length }, defines: true }];
    return [...made, ...used].map(one => ({ ...one, place: placeInPage(page, step, one.place) }));
  });
}

function inExpected(page: Page): NamePlace[] {
  const places = [
    ...[...page.steps, ...page.examples].map(step => step.expectedPlace),
    ...page.steps.flatMap(step =>
      step.expected.map(({ place }) => place).filter(place => place.start >= step.expectedPlace.end),
    ),
    ...page.loose.map(({ expected }) => expected.place),
  ];
  const found = places.flatMap(({ start, end }) => namesOf(page.text.slice(start, end), start));
  return [...new Map(found.map(one => [one.place.start, one])).values()];
}
