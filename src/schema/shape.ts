// The shapes an object can have, and the arguments that would spell out what was meant by less.
import { isObject, type Json, type JsonObject, stringifyJson } from '../text/json.ts';
import type { Member, ObjectType, Type } from './model.ts';
import { choicesOf, describe, membersAt, objectIn, type Path, showPath } from './walk.ts';

/** An object for one value of its tag, or an object without one. */
export interface Shape {
  readonly tags: { readonly [name: string]: string };
  readonly type: ObjectType;
}

/** The shapes of an object: one for each value of its tag. */
export function shapesOf(type: ObjectType): readonly Shape[] {
  const { tag } = type;
  if (tag === undefined) return [{ tags: {}, type }];
  const own = type.members.filter(({ name }) => name !== tag);
  return [...(type.variants ?? [])].map(([value, variant]) => ({
    tags: { [tag]: value },
    type: { ...variant(), members: [...own, ...variant().members] },
  }));
}

/** A value for an example of an argument. */
export function example(type: Type): string {
  switch (type.kind) {
    case 'enum':
      return describe(type);
    case 'bool':
      return 'true|false';
    case 'array':
      return '[...]';
    case 'object':
      return type.members.some(({ required }) => required) ? '{...}' : '{}';
    default:
      return '...';
  }
}

/** The arguments that put a word into the first item of a list, or into an object, in each way that fits it. */
export function spelledOut(type: Type, value: Json, path: Path): readonly string[] {
  const element = type.kind === 'array' ? type.element() : type;
  const inside = type.kind === 'array' ? [...path, 0] : path;
  if (typeof value !== 'string') return [];
  if (element.kind !== 'object')
    return choicesOf(element).some(choice => fits(choice, value)) ? [pair(inside, value)] : [];
  return shapesOf(element).flatMap(({ tags, type: shape }) => {
    const needed = shape.members.filter(({ required }) => required);
    const place = needed.find(member => choicesOf(member.type()).some(choice => fits(choice, value)));
    if (place === undefined || shape.tag !== undefined) return [];
    return [
      [
        ...Object.entries(tags).map(([name, tag]) => pair([...inside, name], tag)),
        ...needed.map(member =>
          member === place
            ? pair([...inside, member.name], value)
            : `${showPath([...inside, member.name])}=${sample(member)}`,
        ),
      ].join(' '),
    ];
  });
}

/** The members that must be given of a list's first item, or of an object, as arguments with examples. */
export function skeleton(type: Type, path: Path): string | undefined {
  const object = objectIn(type.kind === 'array' ? type.element() : type);
  if (object === undefined) return undefined;
  const inside = type.kind === 'array' ? [...path, 0] : path;
  const [first] = shapesOf(object);
  const needed =
    object.tag === undefined || shapesOf(object).length > 1 ? object.members : first?.type.members;
  const pairs = (needed ?? [])
    .filter(({ required }) => required)
    .map(({ name, type: of }) => `${showPath([...inside, name])}=${example(of())}`);
  return pairs.length === 0 ? undefined : pairs.join(' ');
}

/**
 * The arguments for a name that stands one step too high: a member of an item or object that the command takes
 * (`driver=qcow2` for `options.0.driver=qcow2`), or a value that an item names (`xbzrle=on`).
 */
export function deeper(members: readonly Member[], key: string, value: Json): string | undefined {
  if (typeof value === 'object') return undefined;
  const inOrder = [...members].sort((a, b) => Number(b.required) - Number(a.required));
  for (const member of inOrder) {
    const type = member.type();
    const inside = type.kind === 'array' ? [member.name, 0] : [member.name];
    const object = objectIn(type.kind === 'array' ? type.element() : type);
    if (object === undefined) continue;
    if (membersAt(object).some(({ name }) => name === key)) return pair([...inside, key], value);
    const tags = tagsFor(object, key, member.name);
    if (tags !== undefined)
      return [...Object.entries({ ...tags, [key]: value })]
        .map(([name, one]) => pair([...inside, name], one))
        .join(' ');
    const needed = object.members.filter(({ required }) => required);
    const named = needed.find(({ type: of }) => of().kind === 'enum' && fits(of(), key));
    const other = needed.find(one => one !== named && fits(one.type(), value));
    if (named && other && needed.length === 2)
      return `${pair([...inside, named.name], key)} ${pair([...inside, other.name], value)}`;
  }
  return undefined;
}

/** The tag of the one variant that has a member; of several, that which is called like the object: file.driver=file. */
function tagsFor(object: ObjectType, key: string, name: string): Shape['tags'] | undefined {
  const having = shapesOf(object).filter(({ type }) => type.members.some(one => one.name === key));
  const own = having.find(({ tags }) => Object.values(tags).includes(name));
  return own?.tags ?? (having.length === 1 ? having[0]?.tags : undefined);
}

/** The arguments that stand for an object's members, as they are typed at a path. */
export function flattened(value: JsonObject, path: Path = []): string {
  return Object.entries(value)
    .map(([name, inner]) =>
      isObject(inner) && Object.keys(inner).length > 0
        ? flattened(inner, [...path, name])
        : pair([...path, name], inner),
    )
    .join(' ');
}

function pair(path: Path, value: Json): string {
  const plain = typeof value === 'string' && /^[^\s"'{[|&#][^\s]*$/.test(value);
  return `${showPath(path)}=${plain ? value : stringifyJson(value)}`;
}

function sample({ type }: Member): string {
  const of = type();
  if (of.kind === 'bool') return 'true';
  const [first] = of.kind === 'enum' ? of.values : [];
  return first?.name ?? example(of);
}

function fits(type: Type, value: Json): boolean {
  switch (type.kind) {
    case 'enum':
      return typeof value === 'string' && type.values.some(({ name }) => name === value);
    case 'int':
      return typeof value === 'string' ? /^(?:0x[0-9a-f]+|\d+)$/i.test(value) : typeof value === 'number';
    case 'bool':
      return typeof value === 'boolean' || value === 'on' || value === 'off';
    case 'str':
      return typeof value === 'string' && value !== '';
    default:
      return false;
  }
}
