// The one question everything asks: at this path, what may stand here?
import { isArray, isObject, type Json, member } from '../text/json.ts';
import type { Member, ObjectType, Type } from './model.ts';

/** Member names and list indexes from the arguments down. An index may also be a text of digits. */
export type Path = readonly (string | number)[];

/** What may stand at a place: a type, 'open' where anything goes, or undefined where nothing may. */
export type Allowed = Type | 'open' | undefined;

/**
 * The members an object may have: its own, those its variant brings once the tag's value is known, and those that
 * were learned. `given` is what is already there; it may be half typed, and it is no error if it is wrong.
 */
export function membersAt(type: ObjectType, given: Json | undefined = undefined): readonly Member[] {
  const tag = type.tag !== undefined && isObject(given) ? member(given, type.tag) : undefined;
  const variant = typeof tag === 'string' ? type.variants?.get(tag) : undefined;
  const own = variant === undefined ? type.members : [...type.members, ...membersAt(variant(), given)];
  const more = type.more?.(given) ?? [];
  if (more.length === 0) return own;
  const names = new Set(more.map(({ name }) => name));
  return [...own.filter(({ name }) => !names.has(name)), ...more];
}

/** Whether an object's tag (or that of a variant in it) is still to be given, so that more members may come. */
export function isTagMissing(type: ObjectType, given: Json | undefined): boolean {
  if (type.tag === undefined) return false;
  const tag = isObject(given) ? member(given, type.tag) : undefined;
  const variant = typeof tag === 'string' ? type.variants?.get(tag) : undefined;
  return variant === undefined || isTagMissing(variant(), given);
}

/** The names of all members that some variant of the object has, with the tag values that bring each. */
export function variantsWith(type: ObjectType, name: string): readonly string[] {
  return [...(type.variants ?? [])]
    .filter(
      ([, variant]) =>
        variant().members.some(m => m.name === name) || variantsWith(variant(), name).length > 0,
    )
    .map(([value]) => value);
}

/** One step down: what may stand as this member or item of `type`. */
export function memberAt(
  type: Type,
  key: string | number,
  given: Json | undefined,
): Member | 'open' | undefined {
  switch (type.kind) {
    case 'any':
      return 'open';
    case 'array':
      return isIndex(key)
        ? { name: String(key), type: type.element, required: false, features: [] }
        : undefined;
    case 'alternate': {
      for (const choice of type.choices) {
        const found = memberAt(choice(), key, given);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    case 'object': {
      const found = membersAt(type, given).find(m => m.name === key);
      return found ?? (type.open === true ? 'open' : undefined);
    }
    default:
      return undefined;
  }
}

/**
 * What may stand at a path below `root` (a command's arguments, say). `given` is the value of `root` as far as
 * it is known: tags in it, at each level, pick the variants. Alternates are looked through: a member name picks
 * the object, an index the list.
 */
export function typeAt(root: Type, path: Path, given: Json | undefined): Allowed {
  let type = root;
  let here = given;
  for (const key of path) {
    const found = memberAt(type, key, here);
    if (found === undefined || found === 'open') return found;
    type = found.type();
    here = child(here, key);
  }
  return type.kind === 'any' ? 'open' : type;
}

/** The value at one step down, if it is there. */
export function child(value: Json | undefined, key: string | number): Json | undefined {
  if (isArray(value)) return isIndex(key) ? value[Number(key)] : undefined;
  return isObject(value) ? member(value, String(key)) : undefined;
}

/** The object a type is or holds: an alternate's object choice. */
export function objectIn(type: Allowed): ObjectType | undefined {
  if (type === undefined || type === 'open') return undefined;
  if (type.kind === 'object') return type;
  return type.kind === 'alternate' ? find(type.choices, 'object') : undefined;
}

/** The list a type is or holds. */
export function arrayIn(type: Allowed): Extract<Type, { kind: 'array' }> | undefined {
  if (type === undefined || type === 'open') return undefined;
  if (type.kind === 'array') return type;
  return type.kind === 'alternate' ? find(type.choices, 'array') : undefined;
}

/** All types that a value may be of: the choices of an alternate, else the type itself. */
export function choicesOf(type: Type): readonly Type[] {
  return type.kind === 'alternate' ? type.choices.flatMap(choice => choicesOf(choice())) : [type];
}

function find<K extends Type['kind']>(
  choices: readonly (() => Type)[],
  kind: K,
): Extract<Type, { kind: K }> | undefined {
  const is = (type: Type): type is Extract<Type, { kind: K }> => type.kind === kind;
  return choices.map(choice => choice()).find(is);
}

export function isIndex(key: string | number): boolean {
  return typeof key === 'number' || /^(?:0|[1-9]\d{0,8})$/.test(key);
}

/** A path as it is typed: `children.0.node-name`. */
export function showPath(path: Path): string {
  return path.join('.');
}

const NAMES = { str: 'str', int: 'int', number: 'number', bool: 'bool', null: 'null', any: 'any value' };

/** A short name of a type for people: "int", "on|off|auto", "list of str", "str or object". */
export function describe(type: Type): string {
  switch (type.kind) {
    case 'enum':
      return describeEnum(type.values.map(value => value.name));
    case 'array':
      return `list of ${describe(type.element())}`;
    case 'alternate':
      return type.choices.map(choice => describe(choice())).join(' or ');
    case 'object':
      return 'object';
    default:
      return NAMES[type.kind];
  }
}

function describeEnum(names: readonly string[]): string {
  return names.length <= 4 ? names.join('|') : `${names.slice(0, 3).join('|')}|... (${names.length} values)`;
}
