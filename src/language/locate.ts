// Finds the spot at the cursor in the tree of a line.

import type { Schema } from '../schema/model.ts';
import { child, type Path, typeAt } from '../schema/walk.ts';
import { isObject, type Json } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import { halfTyped } from './argument.ts';
import { assembleLiteral } from './assemble.ts';
import { actionContext, actionUnion, type Context, contextOf, messageType } from './context.ts';
import { insideLiteral, scalarSpot } from './inside.ts';
import type { Value } from './literal.ts';
import type { KeySpot, Spot } from './spot.ts';
import { type Argument, readLine, type Tree } from './tokens.ts';

/** What stands at the cursor. Never throws, whatever the text. */
export function spotAt(text: string, cursor: number, schema: Schema | undefined): Spot {
  const tree = readLine(text);
  if (tree.comments.some(({ start, end }) => start < cursor && cursor <= end)) return { kind: 'nothing' };
  switch (tree.kind) {
    case 'empty':
      return { kind: 'command', typed: '', place: { start: cursor, end: cursor } };
    case 'word':
      return inWord(tree, text, cursor);
    case 'raw':
      return inRaw(tree.value, text, cursor, schema);
    case 'command':
      return inCommand(tree, text, cursor, schema);
    case 'transaction':
      return inTransaction(tree, text, cursor, schema);
  }
}

type TreeOf<K extends Tree['kind']> = Extract<Tree, { readonly kind: K }>;

function inWord(tree: TreeOf<'word'>, text: string, cursor: number): Spot {
  if (cursor <= tree.place.end) return name(tree.place, text, cursor);
  const { start } = tree.restPlace;
  const { before, typed, start: begins } = halfTyped(text.slice(start, cursor));
  const [more = ''] = /^\S*/.exec(text.slice(cursor)) ?? [];
  const place = { start: start + begins, end: cursor + more.length };
  return { kind: 'rest', word: tree.name, before, typed, place };
}

function name(place: Place, text: string, cursor: number): Extract<Spot, { kind: 'command' }> {
  if (cursor <= place.start) return { kind: 'command', typed: '', place: { start: cursor, end: cursor } };
  return { kind: 'command', typed: text.slice(place.start, cursor), place };
}

function inRaw(value: Value, text: string, cursor: number, schema: Schema | undefined): Spot {
  const given = assembleLiteral(text, value).value;
  const execute = isObject(given) ? (given['execute'] ?? given['exec-oob']) : undefined;
  const command = typeof execute === 'string' ? schema?.commands.get(execute) : undefined;
  const context = {
    name: typeof execute === 'string' ? execute : '',
    type: messageType(schema, command?.arguments),
    given: isObject(given) ? given : {},
  };
  return insideLiteral(value, text, cursor, { context, path: [], type: context.type });
}

function inCommand(tree: TreeOf<'command'>, text: string, cursor: number, schema: Schema | undefined): Spot {
  const { call, pipe, background } = tree;
  if (cursor <= call.namePlace.end) return name(call.namePlace, text, cursor);
  const context = contextOf(call.name, schema?.commands.get(call.name)?.arguments, call.args, text);
  const tail = pipe?.bar.start ?? background?.start ?? Number.POSITIVE_INFINITY;
  return cursor > tail ? { kind: 'nothing', context } : inArguments(call.args, context, text, cursor);
}

function inTransaction(
  tree: TreeOf<'transaction'>,
  text: string,
  cursor: number,
  schema: Schema | undefined,
): Spot {
  if (cursor <= tree.namePlace.end) return name(tree.namePlace, text, cursor);
  if (cursor <= tree.open.start) return { kind: 'nothing' }; // between the name and its bracket
  if (tree.close !== undefined && cursor >= tree.close.end) return { kind: 'nothing' };
  const own = schema?.commands.get('transaction')?.arguments;
  const union = actionUnion(schema);
  const actions = union?.variants === undefined ? [] : [...union.variants.keys()];
  const keysOf = (index: number): Spot => {
    const action = tree.actions[index];
    if (action === undefined)
      return inArguments(tree.args, contextOf('transaction', own, tree.args, text), text, cursor);
    return inArguments(action.args, actionContext(action, union, text), text, cursor);
  };
  const index = tree.actions.findLastIndex(action => action.namePlace.start < cursor);
  const action = tree.actions[index];
  if (action !== undefined && cursor <= action.namePlace.end) {
    return beside(name(action.namePlace, text, cursor), keysOf(index - 1), actions, text);
  }
  const spot = keysOf(index);
  // In a gap, an argument of this action may follow as well as the next action.
  if (spot.kind !== 'key' || spot.typed !== '' || spot.path.length > 0 || spot.literal) return spot;
  return beside(name({ start: cursor, end: cursor }, text, cursor), spot, actions, text);
}

function beside(
  spot: Extract<Spot, { kind: 'command' }>,
  key: Spot,
  actions: readonly string[],
  text: string,
): Spot {
  const rowStart = text.lastIndexOf('\n', spot.place.start - 1);
  const sameRow =
    key.kind === 'key' && /\S/.test(text.slice(rowStart + 1, spot.place.start).replace(/^\s*TRANS>/, ''));
  if (key.kind !== 'key' || !sameRow) return { ...spot, actions };
  const dotted = spot.typed.split('.');
  const path = dotted.slice(0, -1);
  const start = spot.place.end - (dotted.at(-1)?.length ?? 0);
  const { type } = key.context;
  return {
    ...spot,
    actions,
    key: {
      ...key,
      path,
      inside: type === undefined ? undefined : typeAt(type, path, key.context.given),
      typed: dotted.at(-1) ?? '',
      place: { start: Math.max(start, spot.place.start), end: spot.place.end },
    },
  };
}

function inArguments(args: readonly Argument[], context: Context, text: string, cursor: number): Spot {
  const at = args.find(arg => arg.place.start < cursor && cursor <= arg.place.end);
  const root = context.type;
  if (at === undefined) return keySpot(args, undefined, context, [], '', { start: cursor, end: cursor });
  if (at.equals === undefined || cursor <= at.equals) {
    const part = at.key.parts.findIndex(({ place }) => cursor <= place.end);
    const last = at.key.parts[part];
    if (last === undefined) return { kind: 'nothing', context };
    const path = at.key.parts.slice(0, part).map(({ name }) => name);
    const typed = text.slice(last.place.start, cursor);
    return {
      ...keySpot(args, at, context, path, typed, { start: last.place.start, end: last.place.end }),
      followed: at.equals !== undefined || part < at.key.parts.length - 1,
    };
  }
  const path = at.key.parts.map(({ name }) => name);
  const type = root === undefined ? undefined : typeAt(root, path, context.given);
  if (at.value === undefined) {
    const place = { start: cursor, end: cursor };
    return { kind: 'value', context, path, type, typed: '', place, literal: false, quote: '' };
  }
  if (at.value.kind === 'object' || at.value.kind === 'array') {
    return insideLiteral(at.value, text, cursor, { context, path, type });
  }
  return scalarSpot(at.value, text, cursor, { context, path, type }, false);
}

function keySpot(
  args: readonly Argument[],
  at: Argument | undefined,
  context: Context,
  path: Path,
  typed: string,
  place: Place,
): KeySpot {
  const taken = new Set<string>();
  const begun = new Set<string>();
  for (const arg of args) {
    if (arg === at || arg.equals === undefined) continue;
    const parts = arg.key.parts.map(part => part.name);
    if (!path.every((name, i) => parts[i] === name)) continue;
    const next = parts[path.length];
    // The same object's members may stand in a literal as well.
    if (next === undefined && arg.value?.kind === 'object')
      for (const { key } of arg.value.entries) taken.add(key);
    if (next !== undefined) (parts.length === path.length + 1 ? taken : begun).add(next);
  }
  const inside = context.type === undefined ? undefined : typeAt(context.type, path, context.given);
  const here = path.reduce<Json | undefined>(child, context.given);
  const rest = { literal: false, quote: '', followed: false } as const;
  return { kind: 'key', context, path, inside, here, taken, begun, typed, place, ...rest };
}
