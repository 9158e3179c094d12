// The request that QEMU would have taken where it says that a value is of another type than it wants.
import type { Request } from '../qmp/message.ts';
import type { Schema } from '../schema/model.ts';
import type { Path } from '../schema/walk.ts';
import { equalJson, isArray, isObject, type Json, member, stringifyJson } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import { print, printValue } from './print.ts';
import { readRequest } from './request.ts';
import { readBare } from './scalar.ts';
import { readLine } from './tokens.ts';

/** What QEMU says of a value's type: `name` is the member's, `kind` what it must be. */
export interface Mismatch {
  readonly name: string;
  readonly kind: 'str' | 'int' | 'number' | 'bool' | 'null';
}

const KINDS: ReadonlyMap<string, Mismatch['kind']> = new Map([
  ['string', 'str'],
  ['integer', 'int'],
  ['number', 'number'],
  ['boolean', 'bool'],
  ['null', 'null'],
]);

/** Reads a refusal; undefined where it is about something else. */
export function mismatchIn(desc: string): Mismatch | undefined {
  const type = /^Invalid parameter type for '(.*)', expected: (\w+)$/.exec(desc);
  const kind = KINDS.get(type?.[2] ?? '');
  if (kind !== undefined) return { name: type?.[1] ?? '', kind };
  const number = /^Parameter '(.*)' expects (?:u?int\d*|an? (?:u?int\d*|integer|size value|number))\b/.exec(
    desc,
  );
  return number === null ? undefined : { name: number[1] ?? '', kind: 'int' };
}

/** What was meant, as a request and as a line. */
interface Retyped {
  readonly request: Request;
  readonly line: string;
}

/**
 * The request with that value as it was meant. Where the line it comes from is still there, only the value is changed in
 * it: as a number it has lost its leading zeros. Undefined where no reading is known to be right.
 */
export function retyped(
  request: Request,
  { name, kind }: Mismatch,
  line?: string,
  schema?: Schema,
): Retyped | undefined {
  const path = pathOf(request, name);
  const value = path && at(request.arguments, path);
  if (path === undefined || value === undefined) return undefined;
  // true for on or off, or the word itself: only QEMU's type could tell.
  if (kind === 'str' && typeof value === 'boolean') return undefined;
  const typed = line === undefined ? undefined : typedAt(request, path, line, schema);
  const text = typed?.text ?? (typeof value === 'string' ? value : stringifyJson(value));
  const meant = kind === 'null' ? null : readBare(text, { kind });
  if (kind !== 'str' && kind !== 'null' && typeof meant === 'string') return undefined;
  const args = put(request.arguments, path, meant);
  if (equalJson(meant, value) || !isObject(args)) return undefined;
  const other = { ...request, arguments: args };
  if (line === undefined || typed === undefined) return { request: other, line: print(other, schema) };
  const { start, end } = typed.place;
  return { request: other, line: `${line.slice(0, start)}${printValue(meant)}${line.slice(end)}`.trim() };
}

/** Where the member stands that QEMU names: in full, or as the property that a qom-set sets. */
function pathOf({ execute, arguments: args }: Request, name: string): Path | undefined {
  if (execute === 'qom-set' && member(args, 'property') === name) return ['value'];
  const parts = name.replace(/\[(\d+)\]/g, '.$1').split('.');
  if (at(args, parts) !== undefined) return parts;
  const found = pathsTo(args, parts.at(-1) ?? '', []);
  return found.length === 1 ? found[0] : undefined;
}

function pathsTo(value: Json, name: string, above: Path): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key === name ? [[...above, key]] : []),
    ...pathsTo(inner, name, [...above, key]),
  ]);
}

function at(value: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((here, key) => {
    if (isArray(here)) return here[Number(key)];
    return here !== undefined && isObject(here) ? member(here, String(key)) : undefined;
  }, value);
}

function put(value: Json, [key, ...rest]: Path, inner: Json): Json {
  if (key === undefined) return inner;
  if (isArray(value)) return value.map((one, i) => (i === Number(key) ? put(one, rest, inner) : one));
  if (!isObject(value)) return value;
  return { ...value, [key]: put(member(value, String(key)) ?? null, rest, inner) };
}

/** The value in the line that the request comes from: its text without quotes, and where it stands. */
function typedAt(
  request: Request,
  path: Path,
  line: string,
  schema: Schema | undefined,
): { readonly text: string; readonly place: Place } | undefined {
  const tree = readLine(line);
  if (tree.kind !== 'command' || tree.prompts.length > 0) return undefined;
  // The line may have had names in it whose values are in the request only.
  if (!equalJson(readRequest(tree, schema).request.arguments, request.arguments)) return undefined;
  const value = tree.call.args.find(arg => arg.key.text === path.join('.'))?.value;
  if (value?.kind === 'bare') return { text: value.text, place: value.place };
  return value?.kind === 'string' ? { text: value.value, place: value.place } : undefined;
}
