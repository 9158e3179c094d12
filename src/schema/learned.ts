// Types that QEMU's schema leaves open and QEMU tells elsewhere: the properties of devices and of objects in the QOM
// tree. A schema that knows them gives them to everything that asks what may stand at a place.
import { isObject, type Json, type JsonObject, member, stringifyJson } from '../text/json.ts';
import { objectsIn } from '../text/members.ts';
import type { Command, Member, ObjectType, Schema, Type } from './model.ts';

/** A property as device-list-properties, qom-list-properties and qom-list tell it; `type` is QEMU's own word. */
export interface Property {
  readonly name: string;
  readonly type: string;
  readonly default?: Json;
  readonly description?: string;
}

/** What has been learned so far; undefined where nothing is known (yet). */
export interface Learned {
  /** The properties of a device type, or of another type of object. */
  ofType(name: string): readonly Property[] | undefined;
  /** Those of the object at a path of the QOM tree. */
  ofObject(path: string): readonly Property[] | undefined;
}

/** What has to be learned for the types of a request: the properties of a type, or of an object in the VM. */
export type Lesson =
  | { readonly of: 'device' | 'object'; readonly type: string }
  | { readonly of: 'path'; readonly path: string };

/** What has to be learned before a request's values can be read; `more`: it names members the schema leaves open. */
export function lessonOf(
  schema: Schema,
  execute: string,
  args: JsonObject,
): { readonly lesson: Lesson; readonly more: boolean } | undefined {
  const row = LEARNING.get(execute);
  const type = schema.commands.get(execute)?.arguments;
  const key = row && member(args, row.key);
  if (!row || !type || typeof key !== 'string' || key === '') return undefined;
  if (row.of === 'path') return { lesson: { of: 'path', path: key }, more: Object.hasOwn(args, 'value') };
  if (type.open !== true) return undefined;
  const more = Object.keys(args).some(name => !type.members.some(own => own.name === name));
  return { lesson: { of: row.of, type: key }, more };
}

// Commands whose arguments the schema leaves open, and the argument that says what they are about.
const LEARNING: ReadonlyMap<string, { readonly key: string; readonly of: Lesson['of'] }> = new Map([
  ['device_add', { key: 'driver', of: 'device' }],
  ['object-add', { key: 'qom-type', of: 'object' }],
  ['qom-set', { key: 'path', of: 'path' }],
]);

/** A schema that also knows what was learned; what is learned later it knows from then on. */
export function withLearned(schema: Schema, learned: Learned): Schema {
  const commands = new Map(schema.commands);
  for (const [name, row] of LEARNING) {
    const command = schema.commands.get(name);
    if (command !== undefined) commands.set(name, teach(command, row, learned));
  }
  return { ...schema, commands };
}

function teach(command: Command, row: { key: string; of: Lesson['of'] }, learned: Learned): Command {
  const type = command.arguments;
  const own = new Set(type.members.map(({ name }) => name));
  const more = (given: Json | undefined): readonly Member[] => {
    const key = isObject(given) ? member(given, row.key) : undefined;
    if (typeof key !== 'string' || !isObject(given)) return [];
    if (row.of !== 'path') return membersOf(learned.ofType(key) ?? []).filter(({ name }) => !own.has(name));
    const property = member(given, 'property');
    const found = membersOf(learned.ofObject(key) ?? []).find(({ name }) => name === property);
    return found === undefined ? [] : [{ ...found, name: 'value', required: true }];
  };
  if (row.of !== 'path' && type.open !== true) return command;
  return { ...command, arguments: { ...type, more } };
}

const members = new WeakMap<readonly Property[], readonly Member[]>();

function membersOf(properties: readonly Property[]): readonly Member[] {
  const known = members.get(properties);
  if (known !== undefined) return known;
  const made = properties.filter(({ type }) => !type.startsWith('child<')).map(toMember);
  members.set(properties, made);
  return made;
}

function toMember(property: Property): Member {
  const type = typeOf(property);
  return { name: property.name, type: () => type, required: false, features: [], told: told(property) };
}

function told({ type, default: value, description }: Property): string {
  return [
    type,
    value === undefined ? '' : `default ${typeof value === 'string' ? value : stringifyJson(value)}`,
    description ?? '',
  ]
    .filter(part => part !== '')
    .join(' · ');
}

const ANY: Type = { kind: 'any' };
const TEXT: Type = { kind: 'str' };
const OBJECT: ObjectType = { kind: 'object', members: [], open: true };
const LIST: Type = { kind: 'array', element: () => ANY };

function typeOf({ name, type, description }: Property): Type {
  if (type === 'bool') return { kind: 'bool' };
  // A PCI address is SLOT.FUNCTION, and a number here would be the function: QEMU before 9 calls it int32 all the same.
  if (name === 'addr' && type === 'int32') return TEXT;
  if (/^u?int\d*(_t)?$|^size$/.test(type)) return { kind: 'int' };
  if (/^(?:double|number|float)$/.test(type)) return { kind: 'number' };
  if (/^(?:str|string)$|^link</.test(type)) return TEXT;
  const values = type === 'OnOffAuto' ? ['on', 'off', 'auto'] : valuesIn(description ?? '');
  // QEMU's own enums are text on the wire. What its description lists may not be all of them.
  const choices = [...(values.length > 0 ? [enumOf(values)] : []), TEXT];
  if (type === 'OnOffAuto') return enumOf(values);
  if (values.length > 0) return { kind: 'alternate', choices: choices.map(choice => () => choice) };
  // A structure, a list, or an enum nobody has described: text, unless it is written as a literal.
  return { kind: 'alternate', choices: [TEXT, OBJECT, LIST].map(choice => () => choice) };
}

function enumOf(names: readonly string[]): Type {
  return { kind: 'enum', values: names.map(name => ({ name, features: [] })) };
}

/** The values that a description lists: "FDC drive type, 144/288/120/none/auto". */
function valuesIn(description: string): readonly string[] {
  const list = /(?:^|[\s(])([\w-]+(?:\/[\w-]+)+)\)?$/.exec(description)?.[1];
  return list?.split('/') ?? [];
}

/** What connects a device with something of the VM's is what it is plugged for. */
export const BACKENDS: readonly string[] = ['drive', 'netdev', 'chardev', 'memdev'];

/** The properties in the reply of a query that lists them: backends first, those for experiments and old machines last. */
export function propertiesIn(value: Json | undefined): readonly Property[] {
  const rows = objectsIn(value).flatMap((row): Property[] => {
    const { name, type, description } = row;
    if (typeof name !== 'string' || typeof type !== 'string') return [];
    const fallback = member(row, 'default-value');
    return [
      {
        name,
        type,
        ...(fallback === undefined ? {} : { default: fallback }),
        ...(typeof description === 'string' ? { description } : {}),
      },
    ];
  });
  const last = ({ name }: Property) => (BACKENDS.includes(name) ? -1 : name.startsWith('x-') ? 1 : 0);
  return rows.sort((a, b) => last(a) - last(b) || (a.name < b.name ? -1 : 1));
}
