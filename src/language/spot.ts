// Where the cursor stands in a line: at a command's name, an argument's name, or a value, and what the schema
// says may stand there. Completion and hint both ask this.
import type { ObjectType, Schema, Type } from '../schema/model.ts';
import { type Allowed, arrayIn, child, objectIn, type Path, typeAt } from '../schema/walk.ts';
import { isArray, isObject, type Json, type JsonObject } from '../text/json.ts';
import type { Place } from '../text/span.ts';
import { assemble, assembleLiteral } from './assemble.ts';
import type { Value } from './literal.ts';
import { type Argument, type Call, readLine, type Tree } from './tokens.ts';

/** The command (or action of a transaction) that the cursor is in. */
export interface Context {
  readonly name: string;
  /** Undefined: no schema, or the schema does not know the command. */
  readonly type: ObjectType | undefined;
  /** The arguments as far as they are typed. */
  readonly given: JsonObject;
}

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
  const parts = text.slice(tree.restPlace.start, cursor).split(/\s+/);
  const typed = parts.pop() ?? '';
  const [more = ''] = /^\S*/.exec(text.slice(cursor)) ?? [];
  const place = { start: cursor - typed.length, end: cursor + more.length };
  return { kind: 'rest', word: tree.name, before: parts, typed, place };
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

/** The type of a request as it goes over the wire. */
export function messageType(
  schema: Schema | undefined,
  args: ObjectType | undefined,
): ObjectType | undefined {
  if (schema === undefined) return undefined;
  const names: Type = {
    kind: 'enum',
    values: [...schema.commands.values()].map(({ name, features }) => ({ name, features })),
  };
  const any: Type = { kind: 'any' };
  const member = (name: string, type: Type, required: boolean) => ({
    name,
    type: () => type,
    required,
    features: [],
  });
  return {
    kind: 'object',
    members: [
      member('execute', names, true),
      member('arguments', args ?? any, false),
      member('exec-oob', names, false),
      member('id', any, false),
    ],
  };
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
  if (cursor <= tree.open.start) return name(tree.namePlace, text, cursor);
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

/** The union of what a transaction may do, by command name. */
export function actionUnion(schema: Schema | undefined): ObjectType | undefined {
  const own = schema?.commands.get('transaction')?.arguments;
  return own === undefined ? undefined : objectIn(arrayIn(typeAt(own, ['actions'], {}))?.element());
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

export function actionContext(action: Call, union: ObjectType | undefined, text: string): Context {
  const data = union?.variants
    ?.get(action.name)?.()
    .members.find(member => member.name === 'data');
  return contextOf(action.name, objectIn(data?.type()), action.args, text);
}

export function contextOf(
  name: string,
  type: ObjectType | undefined,
  args: readonly Argument[],
  text: string,
): Context {
  return { name, type, given: assemble(text, args, type ?? 'open').value };
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
    if (next !== undefined) (parts.length === path.length + 1 ? taken : begun).add(next);
  }
  const inside = context.type === undefined ? undefined : typeAt(context.type, path, context.given);
  const here = path.reduce<Json | undefined>(child, context.given);
  const rest = { literal: false, quote: '', followed: false } as const;
  return { kind: 'key', context, path, inside, here, taken, begun, typed, place, ...rest };
}

interface Around {
  readonly context: Context;
  readonly path: Path;
  readonly type: Allowed;
}

function insideLiteral(value: Value, text: string, cursor: number, around: Around): Spot {
  const { context } = around;
  if (cursor <= value.place.start) return { kind: 'nothing', context };
  if (value.kind === 'bare' || value.kind === 'string') return scalarSpot(value, text, cursor, around, true);
  if (value.closed && cursor >= value.place.end) return { kind: 'nothing', context };
  if (value.kind === 'array') {
    const index = value.items.findIndex(item => covers(item, cursor));
    const item = value.items[index];
    const next = value.items.filter(({ place }) => place.end <= cursor).length;
    const element = arrayIn(around.type)?.element();
    const type: Allowed = element ?? (around.type === 'open' ? 'open' : undefined);
    const inner: Around = { context, path: [...around.path, item === undefined ? next : index], type };
    if (item !== undefined) return insideLiteral(item, text, cursor, inner);
    return opensItem(text, cursor) ? emptyValue(inner, cursor) : { kind: 'nothing', context };
  }
  return insideObject(value, text, cursor, around);
}

function insideObject(
  value: Extract<Value, { kind: 'object' }>,
  text: string,
  cursor: number,
  around: Around,
): Spot {
  const { context, path } = around;
  const inside = around.type === 'open' ? 'open' : objectIn(around.type);
  const here = path.reduce<Json | undefined>(child, context.given);
  const memberKey = (typed: string, place: Place, quote: Quote, followed: boolean): KeySpot => {
    const taken = new Set(value.entries.filter(({ keyPlace }) => keyPlace !== place).map(({ key }) => key));
    const start = place.start;
    const rest = { begun: new Set<string>(), typed, literal: true, quote, followed };
    return { kind: 'key', context, path, inside, here, taken, ...rest, place: { start, end: place.end } };
  };
  for (const entry of value.entries) {
    const { keyPlace, colon } = entry;
    if (keyPlace.start < cursor && cursor <= keyPlace.end && (colon === undefined || cursor <= colon)) {
      const quote = quoteAt(text, keyPlace.start);
      const closed = quote !== '' && keyPlace.end - keyPlace.start > 1 && text[keyPlace.end - 1] === quote;
      if (closed && cursor === keyPlace.end) return { kind: 'nothing', context };
      const typed = text.slice(keyPlace.start + quote.length, cursor);
      const spot = memberKey(typed, keyPlace, quote, colon !== undefined);
      return closed || quote === '' ? spot : { ...spot, place: { start: keyPlace.start, end: cursor } };
    }
    if (colon === undefined || cursor <= colon) continue;
    const type =
      inside === undefined ? undefined : inside === 'open' ? inside : typeAt(inside, [entry.key], here);
    const inner = { context, path: [...path, entry.key], type };
    if (entry.value === undefined) {
      if (text.slice(colon + 1, cursor).trim() === '') return emptyValue(inner, cursor);
    } else if (covers(entry.value, cursor)) return insideLiteral(entry.value, text, cursor, inner);
    else if (cursor <= entry.value.place.start && cursor > colon) return emptyValue(inner, cursor);
  }
  if (!opensItem(text, cursor)) return { kind: 'nothing', context };
  return memberKey('', { start: cursor, end: cursor }, '', false);
}

function covers(value: Value, cursor: number): boolean {
  return value.place.start < cursor && cursor <= value.place.end;
}

/** Whether an item or member may begin here: only behind an opening bracket or a comma. */
function opensItem(text: string, cursor: number): boolean {
  return /[[{,]$/.test(text.slice(0, cursor).trimEnd());
}

function emptyValue(around: Around, cursor: number): ValueSpot {
  return {
    kind: 'value',
    ...around,
    typed: '',
    place: { start: cursor, end: cursor },
    literal: true,
    quote: '',
  };
}

function scalarSpot(
  value: Extract<Value, { kind: 'bare' | 'string' }>,
  text: string,
  cursor: number,
  around: Around,
  literal: boolean,
): Spot {
  if (value.kind === 'bare') {
    const typed = text.slice(value.place.start, cursor);
    return { kind: 'value', ...around, typed, place: value.place, literal, quote: '' };
  }
  if (value.closed && cursor >= value.place.end) return { kind: 'nothing', context: around.context };
  const quote = quoteAt(text, value.place.start);
  const inner = text.slice(value.place.start + 1, cursor);
  // What is typed in quotes may hold escapes; a name that is completed seldom does.
  const typed = inner.replace(/\\(["'\\/])/g, '$1');
  const end = value.closed ? value.place.end : cursor;
  return { kind: 'value', ...around, typed, place: { start: value.place.start, end }, literal, quote };
}

function quoteAt(text: string, at: number): Quote {
  const c = text[at];
  return c === '"' || c === "'" ? c : '';
}

/** How many items a list has so far, for the index of the next one. */
export function itemsIn(here: Json | undefined): number {
  if (isArray(here)) return here.length;
  return isObject(here) ? Object.keys(here).length : 0;
}
