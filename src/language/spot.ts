// Where the cursor stands in a line: at a command's name, an argument's name, or a value, and what the schema
// says may stand there. Completion and hint both read this.
import type { Allowed, Path } from '../schema/walk.ts';
import { isArray, isObject, type Json } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import type { Context } from './context.ts';

export type Quote = '' | '"' | "'";

export interface KeySpot {
  readonly kind: 'key';
  readonly context: Context;
  /** Leads to the object whose member is named here. */
  readonly path: Path;
  /** What that object (or list, or the object in an alternate) is. */
  readonly inside: Allowed;
  /** What stands there already. */
  readonly here: Json | undefined;
  /** Members that are given elsewhere in the line, whole or in part. */
  readonly taken: ReadonlySet<string>;
  readonly begun: ReadonlySet<string>;
  readonly typed: string;
  readonly place: Place;
  readonly literal: boolean;
  readonly quote: Quote;
  /** A "=" or ":" stands behind it. */
  readonly followed: boolean;
}

export interface ValueSpot {
  readonly kind: 'value';
  readonly context: Context;
  readonly path: Path;
  readonly type: Allowed;
  readonly typed: string;
  readonly place: Place;
  readonly literal: boolean;
  readonly quote: Quote;
}

export type Spot =
  | { readonly kind: 'nothing'; readonly context?: Context }
  /** `actions`: inside a transaction; `key`: an argument of the action before may stand here as well. */
  | {
      readonly kind: 'command';
      readonly typed: string;
      readonly place: Place;
      readonly actions?: readonly string[];
      readonly key?: KeySpot;
    }
  | KeySpot
  | ValueSpot
  | {
      readonly kind: 'rest';
      readonly word: string;
      readonly before: readonly string[];
      readonly typed: string;
      readonly place: Place;
    };

/** How many items a list has so far, for the index of the next one. */
export function itemsIn(here: Json | undefined): number {
  if (isArray(here)) return here.length;
  return isObject(here) ? Object.keys(here).length : 0;
}
