// A value for a name in a page, and what putting it into a text needs.
import { type Json, stringifyJson } from '../text/json.ts';
import type { Piece } from './names.ts';

/** A value for a name. `loose`: text of no known type; where it lands the schema decides (`size=$size`). */
export interface Value {
  readonly json: Json;
  readonly loose?: boolean;
}
export type Values = ReadonlyMap<string, Value>;

/** A value cannot be put where its name stands. */
export class BindFault extends Error {
  readonly advice: string;
  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

/** Text that neither the language nor a shell reads as anything else than itself. */
export const SAFE = /^[A-Za-z0-9_.:/@+,%-]+$/;

export function valueAt(piece: Piece, values: Values): Value {
  const value = piece.kind === 'name' ? values.get(piece.name) : undefined;
  if (value) return value;
  throw new BindFault(`$${nameOf(piece)} has no value`, 'Give it one, or write $$ for a dollar.');
}

export function nameOf(piece: Piece): string {
  return piece.kind === 'name' ? piece.name : piece.text;
}

export function plain({ json }: Value): string {
  return typeof json === 'string' ? json : stringifyJson(json);
}
