// The canonical text of a request: parsing it gives the request again. Recordings and macros are made of it.
import type { Request } from '../qmp/message.ts';
import type { Schema } from '../schema/model.ts';
import { type Allowed, arrayIn, memberAt, objectIn, typeAt } from '../schema/walk.ts';
import {
  equalJson,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  member,
  stringifyJson,
} from '../text/json.ts';
import { readRequest } from './request.ts';
import { readBare } from './scalar.ts';
import { readLine } from './tokens.ts';

/**
 * A line of one row that parses back into the request, given the same schema: `key=value` where that can say
 * it, else the JSON message. Out-of-band requests are always JSON.
 */
export function print(request: Request, schema?: Schema): string {
  for (const text of candidates(request, schema)) {
    if (says(text, request, schema)) return text;
  }
  const { execute, arguments: args, oob } = request;
  return visible(
    stringifyJson(oob === true ? { 'exec-oob': execute, arguments: args } : { execute, arguments: args }),
  );
}

function* candidates(request: Request, schema: Schema | undefined): Generator<string> {
  if (request.oob === true) return;
  const type = schema?.commands.get(request.execute)?.arguments;
  if (request.execute === 'transaction') yield* transaction(request.arguments, type);
  yield [request.execute, ...pairs(request.arguments, type ?? 'open', '', false)].join(' ');
  // Without dotted keys, for members whose names have dots in them.
  yield [request.execute, ...pairs(request.arguments, type ?? 'open', '', true)].join(' ');
}

/** Whether the text is one command that reads as this request. What the schema thinks of it does not matter. */
function says(text: string, request: Request, schema: Schema | undefined): boolean {
  const tree = readLine(text);
  if ((tree.kind !== 'command' && tree.kind !== 'transaction') || tree.completeness === 'open') return false;
  if (tree.pipe !== undefined || tree.background !== undefined) return false;
  const read = readRequest(tree, schema);
  return (
    read.sound &&
    read.request.execute === request.execute &&
    equalJson(read.request.arguments, request.arguments)
  );
}

/** `transaction( TYPE key=value ... TYPE ... )`, when every action is a type and its data. */
function* transaction(args: JsonObject, type: Allowed): Generator<string> {
  const actions = member(args, 'actions');
  if (!isArray(actions) || actions.length === 0) return;
  const parts: string[] = ['transaction('];
  const { actions: _, ...rest } = args;
  parts.push(...pairs(rest, type ?? 'open', '', false));
  for (const action of actions) {
    if (!isObject(action)) return;
    const { type: name, data, ...more } = action;
    if (typeof name !== 'string' || !isObject(data) || Object.keys(more).length > 0) return;
    const inner =
      type === undefined || type === 'open'
        ? 'open'
        : typeAt(type, ['actions', 0, 'data'], { actions: [{ type: name }] });
    parts.push(name, ...pairs(data, inner ?? 'open', '', false));
  }
  yield [...parts, ')'].join(' ');
}

const NAME = /^[^\s.="'{}[\]()|&#]+$/;

function* pairs(object: JsonObject, type: Allowed, prefix: string, flat: boolean): Generator<string> {
  for (const [key, value] of Object.entries(object)) {
    const found = type === undefined || type === 'open' ? 'open' : memberAt(type, key, object);
    const inner = found === undefined || found === 'open' ? 'open' : found.type();
    yield* pair(prefix + key, value, inner, flat);
  }
}

function* pair(key: string, value: Json, type: Allowed, flat: boolean): Generator<string> {
  if (!flat && isObject(value) && isDotted(value, type))
    yield* pairs(value, objectIn(type) ?? 'open', `${key}.`, flat);
  else yield `${key}=${printValue(value, type)}`;
}

/** Whether an object can be written member by member. */
function isDotted(value: JsonObject, type: Allowed): boolean {
  const keys = Object.keys(value);
  // All indexes would read as a list.
  const list = (type === 'open' || arrayIn(type) !== undefined) && keys.every(key => /^\d+$/.test(key));
  return keys.length > 0 && !list && keys.every(key => NAME.test(key));
}

/** A value as it stands behind "=". */
export function printValue(value: Json, type: Allowed = 'open'): string {
  if (value !== null && typeof value === 'object') return visible(stringifyJson(value));
  if (typeof value === 'string') {
    const bare = isBare(value) && readBare(value, type) === value;
    return bare ? value : visible(stringifyJson(value));
  }
  return value === null ? 'null' : stringifyJson(value);
}

// Text that needs no quotes: it holds nothing that looks like quoting, a literal, an end or a shell's business.
let bareText: RegExp | undefined; // tables of letters cost a millisecond: made when first needed
function isBare(value: string): boolean {
  // A comma at its end is taken for a slip.
  bareText ??= /^(?!["'{[]|[|&#]$)[\p{L}\p{N}\p{M}\p{S}\p{P}]+(?<!,)$/u;
  return bareText.test(value);
}

/** JSON in which characters that cannot be seen are escapes: pasted elsewhere, nothing gets lost. */
function visible(json: string): string {
  return json.replace(
    /[\u007f-\u00a0\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    c => {
      return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}
