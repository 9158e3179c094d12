// What a `.points` step is given and gives, its arguments, and what becomes of a refusal.
import { splitArguments } from '../language/argument.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Refusal } from '../series/follow.ts';
import type { Json } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import type { Ask } from './pointwalk.ts';

export interface Known {
  /** The value of `query-named-block-nodes`. */
  readonly nodes: Json;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** A word that no other run has. */
  readonly run: string;
  /** Asks the VM; throws a QmpshError where it refuses. */
  readonly ask: Ask;
}

export interface Points {
  /** For `.let` and `.expect`. */
  readonly value: Json;
  /** What a reader has to know, a sentence each. */
  readonly notes?: readonly string[];
}

export function seriesOf(given: ReadonlyMap<string, string>): string {
  const series = wanted(given, 'series');
  if (series.includes(':')) throw new QmpshError('usage', 'the name of a series has no colon in it');
  return series;
}

export function accept<T extends object>(found: T | Refusal): T {
  if ('message' in found && 'advice' in found) throw refusalOf(found);
  return found;
}

/** A flag as a page's value is written. */
export function isYes(text: string | undefined): boolean {
  return text === 'true' || text === 'yes';
}

export function refuse(refusal: Refusal | undefined): void {
  if (refusal) throw refusalOf(refusal);
}

export function refusalOf({ message, advice }: Refusal): QmpshError {
  return new QmpshError('refused', message, { advice });
}

export function readArguments(rest: string): ReadonlyMap<string, string> {
  return new Map(
    splitArguments(rest).map(text => {
      const cut = text.indexOf('=');
      if (cut < 1) throw new QmpshError('usage', `.points in a page takes NAME=VALUE, not ${safe(text)}`);
      return [text.slice(0, cut), text.slice(cut + 1)] as const;
    }),
  );
}

export function wanted(given: ReadonlyMap<string, string>, name: string): string {
  const value = given.get(name);
  if (value === undefined || value === '') throw new QmpshError('usage', `.points wants ${name}=`);
  return value;
}
