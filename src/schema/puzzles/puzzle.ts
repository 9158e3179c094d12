// The shape of an explained refusal, and the ways in which a request is changed into one that would work.
import type { Request } from '../../qmp/message.ts';
import { edits } from '../../text/fuzzy.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../text/json.ts';
import type { Asked, World } from '../world.ts';

/** What a refusal means; `instead` is a request that would do what was meant, or that shows what there is. */
export interface Explanation {
  readonly text: string;
  readonly instead?: Request;
}

export interface Puzzle {
  readonly match: RegExp;
  /** The commands it is about. */
  readonly only?: RegExp;
  /** What has to be asked from the VM before it can be explained. */
  readonly asks?: readonly Asked[] | ((request: Request) => readonly Asked[]);
  /** What it means for this request; undefined where it means something else. */
  readonly explain: (request: Request, match: RegExpExecArray, world: World) => Explanation | undefined;
}

/** A puzzle whose meaning is always the same. */
export function plain(match: RegExp, text: string, instead?: Request, only?: RegExp): Puzzle {
  const explanation = instead === undefined ? { text } : { text, instead };
  return { match, ...(only === undefined ? {} : { only }), explain: () => explanation };
}

export const LIST_NODES: Request = { execute: 'query-named-block-nodes', arguments: { flat: true } };
export const LIST_JOBS: Request = { execute: 'query-jobs', arguments: {} };
export const LIST_DRIVES: Request = { execute: 'query-block', arguments: {} };

export function withArguments(request: Request, more: JsonObject): Request {
  return { ...request, arguments: { ...request.arguments, ...more } };
}

export function without(request: Request, name: string): Request {
  const { [name]: _, ...rest } = request.arguments;
  return { ...request, arguments: rest };
}

/** The request with another value wherever this text stands as a whole value; undefined where it does not. */
export function replacing(request: Request, text: string, by: Json): Request | undefined {
  let found = false;
  const change = (value: Json): Json => {
    if (value === text) {
      found = true;
      return by;
    }
    if (isArray(value)) return value.map(change);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]));
  };
  const args = change(request.arguments);
  return found && isObject(args) ? { ...request, arguments: args } : undefined;
}

// What takes something away is not offered for another thing than the one that was named.
const TAKES_AWAY = /del|remove|clear|eject|dismiss|cancel|close|unplug/;

/** The one name that was perhaps mistyped; undefined where none is as near, or where a guess could do harm. */
export function mistyped(request: Request, name: string, names: readonly string[]): string | undefined {
  return TAKES_AWAY.test(request.execute) ? undefined : closest(name, names);
}

/** The one name that is as near as a slip; undefined where none or several are. */
export function closest(name: string, names: readonly string[]): string | undefined {
  const most = name.length < 4 ? 1 : 1 + Math.floor(name.length / 6);
  const all = names.map(one => ({ one, away: edits(one.toLowerCase(), name.toLowerCase()) }));
  const least = Math.min(...all.map(({ away }) => away));
  const near = all.filter(({ away }) => away === least);
  return least <= most && near.length === 1 ? near[0]?.one : undefined;
}
