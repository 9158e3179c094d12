// From the value query-qmp-schema returns to the graph of types. Types are built when first asked for: a
// schema has over a thousand, a session uses a few.
import { isArray, isObject, type Json, type JsonObject, member, stringifyJson } from '../text/json.ts';
import { objectsIn } from '../text/members.ts';
import type { Command, EnumValue, EventType, Feature, Member, ObjectType, Schema, Type } from './model.ts';
import { driversByUse } from './notes/drivers.ts';

/** The value is no schema. The message says what is wrong with it. */
export class SchemaError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SchemaError';
  }
}

// These took any property before QEMU described them by variants; device_add does to this day.
const OPEN_COMMANDS: ReadonlySet<string> = new Set(['device_add', 'netdev_add', 'object-add']);

const BUILTIN: ReadonlyMap<Json | undefined, Type> = new Map(
  Object.entries({
    string: { kind: 'str' },
    int: { kind: 'int' },
    number: { kind: 'number' },
    boolean: { kind: 'bool' },
    null: { kind: 'null' },
    value: { kind: 'any' },
  } as const),
);

const META_TYPES: ReadonlySet<Json | undefined> = new Set(
  'builtin enum array alternate object command event'.split(' '),
);

const NO_MEMBERS: ObjectType = { kind: 'object', members: [] };
const ANY_MEMBERS: ObjectType = { kind: 'object', members: [], open: true };

/**
 * The schema in the reply of query-qmp-schema: its `return` list, or the whole reply around it.
 * Throws `SchemaError` for anything else, dangling references between types included.
 */
export function loadSchema(value: Json): Schema {
  const list = isObject(value) ? member(value, 'return') : value;
  if (isObject(value) && member(value, 'error') !== undefined) {
    throw new SchemaError('this is a refusal by QEMU, not a schema');
  }
  if (!isArray(list)) {
    throw new SchemaError('a schema is a list, or a reply {"return": [...]}, as query-qmp-schema gives it');
  }
  const builder = new Builder(list);
  const commands = new Map<string, Command>();
  const events = new Map<string, EventType>();
  for (const entry of builder.entries.values()) {
    if (entry['meta-type'] === 'command') commands.set(text(entry, 'name'), builder.command(entry));
    else if (entry['meta-type'] === 'event') events.set(text(entry, 'name'), builder.event(entry));
  }
  if (commands.size === 0) throw new SchemaError('the schema describes no command');
  return { commands, events };
}

/** Levels of lists, choices and variants below a type, and types that they lead to; QEMU's own have 4 and 53. */
const DEEPEST = 16;
const WIDEST = 5000;

class Builder {
  // Commands, events and types share one name space.
  readonly entries = new Map<string, JsonObject>();
  private readonly types = new Map<string, Type>();
  private readonly extents = new Map<string, Extent>();

  constructor(list: readonly Json[]) {
    for (const [i, entry] of list.entries()) {
      if (!isObject(entry)) throw new SchemaError(`entry ${i} of the schema is no object`);
      this.entries.set(text(entry, 'name', `entry ${i} of the schema`), entry);
    }
    for (const entry of this.entries.values()) this.checkReferences(entry);
  }

  private checkReferences(entry: JsonObject): void {
    const name = text(entry, 'name');
    const kind = entry['meta-type'];
    if (kind !== undefined && !META_TYPES.has(kind))
      throw new SchemaError(`"${name}" is of the unknown kind ${stringifyJson(kind)}`);
    // Types are built when they are first asked for; what is wrong with one must be known before.
    if (entry['tag'] !== undefined) text(entry, 'tag');
    for (const item of kind === 'alternate' ? [] : objects(entry, 'members')) text(item, 'name', 'a member');
    for (const item of objects(entry, 'variants')) text(item, 'case', 'a variant');
    const references = [entry['arg-type'], entry['ret-type'], entry['element-type']].filter(
      reference => reference !== undefined,
    );
    for (const list of ['members', 'variants']) {
      if (kind === 'enum') break;
      for (const item of objects(entry, list)) references.push(text(item, 'type', `a member of "${name}"`));
    }
    for (const reference of references) {
      if (typeof reference !== 'string' || !this.entries.has(reference)) {
        throw new SchemaError(`"${name}" refers to type ${JSON.stringify(reference)}, which is not there`);
      }
    }
  }

  command(entry: JsonObject): Command {
    const builder = this;
    const name = text(entry, 'name');
    return {
      name,
      get arguments() {
        const type = builder.object(entry['arg-type']);
        return OPEN_COMMANDS.has(name) && type.tag === undefined ? { ...type, open: true } : type;
      },
      get returns() {
        return builder.type(entry['ret-type']);
      },
      features: features(entry),
      oob: entry['allow-oob'] === true,
    };
  }

  event(entry: JsonObject): EventType {
    const builder = this;
    return {
      name: text(entry, 'name'),
      get data() {
        return builder.object(entry['arg-type']);
      },
      features: features(entry),
    };
  }

  private object(reference: Json | undefined): ObjectType {
    const type = this.type(reference);
    if (type.kind === 'any') return ANY_MEMBERS;
    return type.kind === 'object' ? type : NO_MEMBERS;
  }

  private type(reference: Json | undefined): Type {
    if (typeof reference !== 'string') return NO_MEMBERS;
    let type = this.types.get(reference);
    if (type === undefined) {
      const entry = this.entries.get(reference);
      if (entry === undefined) throw new SchemaError(`the schema has no type "${reference}"`);
      const { depth, count } = this.extent(reference, 0);
      type = depth > DEEPEST || count > WIDEST ? { kind: 'any' } : this.build(entry);
      this.types.set(reference, type);
    }
    return type;
  }

  /**
   * How far a type reaches without a member's name between, which is as far as its readers go by themselves. A type that
   * holds itself in this way is endless: no QEMU has one, and what is sent to such a server is left to it.
   */
  private extent(name: string, above: number): Extent {
    const known = this.extents.get(name);
    if (known !== undefined) return known;
    if (above > DEEPEST) return ENDLESS;
    this.extents.set(name, ENDLESS); // should it lead to itself
    let [depth, count] = [1, 1];
    for (const below of directly(this.entries.get(name))) {
      const inner = this.extent(below, above + 1);
      depth = Math.max(depth, 1 + inner.depth);
      count += inner.count;
      if (depth > DEEPEST) break;
    }
    const found = depth > DEEPEST ? ENDLESS : { depth, count };
    // One that was looked at from above may only seem endless from there.
    if (above === 0 || found !== ENDLESS) this.extents.set(name, found);
    else this.extents.delete(name);
    return found;
  }

  private build(entry: JsonObject): Type {
    switch (entry['meta-type']) {
      case 'builtin':
        return BUILTIN.get(entry['json-type']) ?? { kind: 'any' };
      case 'enum':
        return { kind: 'enum', values: enumValues(entry) };
      case 'array':
        return { kind: 'array', element: () => this.type(entry['element-type']) };
      case 'alternate':
        return {
          kind: 'alternate',
          choices: objects(entry, 'members').map(choice => () => this.type(choice['type'])),
        };
      case 'object':
        return this.objectType(entry);
      default:
        return { kind: 'any' }; // a command or an event is no type
    }
  }

  private objectType(entry: JsonObject): ObjectType {
    const members: readonly Member[] = objects(entry, 'members').map(item => ({
      name: text(item, 'name', 'a member'),
      type: () => this.type(item['type']),
      required: !Object.hasOwn(item, 'default'),
      features: features(item),
    }));
    if (entry['tag'] === undefined) return { kind: 'object', members };
    const variants = new Map(
      objects(entry, 'variants').map(item => [
        text(item, 'case', 'a variant'),
        () => this.object(item['type']),
      ]),
    );
    return { kind: 'object', members, tag: text(entry, 'tag'), variants };
  }
}

interface Extent {
  readonly depth: number;
  readonly count: number;
}

const ENDLESS: Extent = { depth: Number.POSITIVE_INFINITY, count: Number.POSITIVE_INFINITY };

/** The types that a value may be of, or its items, or its variants. */
function directly(entry: JsonObject | undefined): readonly string[] {
  const found =
    entry?.['meta-type'] === 'array'
      ? [entry['element-type']]
      : entry?.['meta-type'] === 'alternate'
        ? objects(entry, 'members').map(choice => choice['type'])
        : entry?.['meta-type'] === 'object'
          ? objects(entry, 'variants').map(variant => variant['type'])
          : [];
  return found.filter(name => typeof name === 'string');
}

function enumValues(entry: JsonObject): readonly EnumValue[] {
  const values = enumNames(entry);
  const ofDrivers = ['qcow2', 'file'].every(driver => values.some(({ name }) => name === driver));
  return ofDrivers ? driversByUse(values, ({ name }) => name) : values;
}

function enumNames(entry: JsonObject): readonly EnumValue[] {
  const members = objects(entry, 'members');
  if (members.length > 0) {
    return members.map(item => ({ name: text(item, 'name', 'an enum value'), features: features(item) }));
  }
  // QEMU before 6.2 lists names only.
  const values = entry['values'];
  return isArray(values)
    ? values.filter(value => typeof value === 'string').map(name => ({ name, features: [] }))
    : [];
}

function objects(entry: JsonObject, key: string): readonly JsonObject[] {
  return objectsIn(member(entry, key));
}

function features(entry: JsonObject): readonly Feature[] {
  const list = member(entry, 'features');
  return isArray(list) ? list.filter(feature => typeof feature === 'string') : [];
}

function text(entry: JsonObject, key: string, of = 'an entry of the schema'): string {
  const value = member(entry, key);
  if (typeof value !== 'string') throw new SchemaError(`${of} has no "${key}"`);
  return value;
}
