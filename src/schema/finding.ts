// What a check of arguments finds.
import { type Json, stringifyJson } from '../text/json.ts';
import type { Path } from './walk.ts';

/** What a finding is about. */
export type Rule =
  | 'unknown-command'
  | 'unknown-event'
  | 'unknown-member'
  | 'missing-member'
  | 'wrong-type'
  | 'wrong-value'
  | 'too-large'
  | 'deprecated'
  | 'disabled'
  | 'unstable';

/** How the findings are worded: about a typed line, or about JSON as it is shown. */
export type Wording = 'line' | 'json';

/** Something the schema says about a place in the arguments. `at` is the member's name or its value. */
export interface Finding {
  readonly rule: Rule;
  /** Of an unknown member: the member that picks the variants of its object. */
  readonly tag?: string;
  /** The members that are missing. */
  readonly missing?: readonly string[];
  readonly severity: 'problem' | 'warning';
  readonly path: Path;
  readonly at: 'name' | 'value';
  readonly message: string;
  readonly advice?: string;
  readonly nearest?: readonly string[];
}

/** A finding that is a problem. */
export function problem(
  rule: Rule,
  path: Path,
  at: Finding['at'],
  message: string,
  more: Pick<Finding, 'advice' | 'nearest' | 'tag' | 'missing'>,
): Finding {
  return { rule, severity: 'problem', path, at, message, ...more };
}

/** A value as a finding shows it: JSON, cut to 40 characters. */
export function show(value: Json): string {
  const text = stringifyJson(value);
  return text.length <= 40 ? text : `${text.slice(0, 37)}...`;
}

/** A piece of a line as messages name it: in quotes, or as it stands where it has some itself. */
export function mention(piece: string): string {
  return piece.includes('"') ? piece : JSON.stringify(piece);
}
