// One word where a list is wanted: `hostfwd=tcp::2222-:22` for a list of objects that need only this one text. It is
// taken where it can be read in one way.
import type { Type } from '../schema/model.ts';
import { type Shape, shapesOf } from '../schema/shape.ts';
import { type Allowed, choicesOf } from '../schema/walk.ts';
import type { Json } from '../text/json.ts';
import { readBare } from './scalar.ts';

/**
 * The list that a word stands for; undefined where no list is wanted, or none or more than one would fit. What was typed
 * in quotes is no number.
 */
export function itemsOf(text: string, type: Allowed, quoted = false): Json | undefined {
  if (type === undefined || type === 'open' || text === '') return undefined;
  // What takes the word as it stands takes it so.
  if (type.kind !== 'array') return undefined;
  const element = type.element();
  const item = oneOf(text, element, quoted ? TEXTS : SCALARS);
  if (item !== undefined) return [item];
  // `ctrl-alt-delete`, as the human monitor takes keys.
  const [mark, kinds]: Separated = text.includes(',')
    ? [',', quoted ? ['enum'] : ['enum', 'int']]
    : ['-', ['enum']];
  const parts = text.split(mark);
  const items = parts.flatMap(part => oneOf(part, element, kinds) ?? []);
  return parts.length > 1 && items.length === parts.length ? items : undefined;
}

// Text of any kind may have such a mark in it; a value from a list and a number have none.
type Separated = readonly [mark: string, kinds: readonly Type['kind'][]];

/** The words that stand for a list of one item each. */
export function wordsFor(type: Extract<Type, { kind: 'array' }>): readonly string[] {
  const element = type.element();
  const types = element.kind === 'object' ? shapesOf(element).map(needed) : [element];
  const names = types.flatMap(one => (one?.kind === 'enum' ? one.values.map(({ name }) => name) : []));
  return names.filter(name => itemsOf(name, type) !== undefined);
}

/** The type of the one member that an object needs. */
function needed({ type }: Shape): Type | undefined {
  const [only, ...more] = type.members.filter(({ required }) => required);
  return more.length === 0 ? only?.type() : undefined;
}

/** The object that a word stands for as an item of a list; undefined where it cannot be told. */
export function itemOf(text: string, element: Allowed, quoted = false): Json | undefined {
  return element === undefined || element === 'open' || element.kind !== 'object'
    ? undefined
    : oneOf(text, element, quoted ? TEXTS : SCALARS);
}

const TEXTS: readonly Type['kind'][] = ['enum', 'str'];
const SCALARS: readonly Type['kind'][] = ['enum', 'bool', 'int', 'number', 'str'];

function oneOf(text: string, element: Type, kinds: readonly Type['kind'][]): Json | undefined {
  const all = readings(text, element, kinds);
  return all.length === 1 ? all[0] : undefined;
}

/** Every way in which a word is an item: itself, or the one member that an object needs. */
function readings(text: string, element: Type, kinds: readonly Type['kind'][]): readonly Json[] {
  if (element.kind === 'object') return shapesOf(element).flatMap(one => asMember(text, one, kinds));
  return fits(text, element, kinds);
}

function asMember(text: string, { tags, type }: Shape, kinds: readonly Type['kind'][]): readonly Json[] {
  const needed = type.members.filter(({ required }) => required);
  const [only] = needed;
  if (only === undefined || needed.length > 1 || type.tag !== undefined) return [];
  return fits(text, only.type(), kinds).map(value => ({ ...tags, [only.name]: value }));
}

function fits(text: string, type: Type, kinds: readonly Type['kind'][]): readonly Json[] {
  return choicesOf(type).flatMap(choice => {
    if (!kinds.includes(choice.kind)) return [];
    const value = readBare(text, choice);
    return choice.kind === 'str' || !isText(value, choice) ? [value] : [];
  });
}

/** Whether a word came back as text because it does not fit. */
function isText(value: Json, type: Type): boolean {
  if (typeof value !== 'string') return false;
  return type.kind !== 'enum' || !type.values.some(({ name }) => name === value);
}
