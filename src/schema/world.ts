// What the VM is asked for after a refusal, so that what is said about it is true of this VM.

import type { Request } from '../qmp/message.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../text/json.ts';
import { check } from './check.ts';
import type { Schema } from './model.ts';
import { type NameKind, namingAt } from './names.ts';
import { choicesOf, type Path, typeAt } from './walk.ts';

/** A bus on which the device of a device_add could be put. */
export interface Bus {
  readonly name: string;
  /** Nothing sits on it, or it takes many devices. */
  readonly free: boolean;
}

/** A kind of name, or the buses for the request's driver. */
export type Asked = NameKind | 'bus';

export type RowSource = 'nodes' | 'drives' | 'exports' | 'jobs' | 'chardevs';

export interface World {
  readonly schema: Schema | undefined;
  /** The names of a kind; undefined where nobody could tell. `given` are the arguments around the name;
   * with `command`, only what it can be applied to. */
  names(kind: NameKind, given?: JsonObject, of?: string, command?: string): readonly string[] | undefined;
  /** The rows of a query's answer. */
  rows(source: RowSource): readonly JsonObject[];
  /** The buses for the request's driver; undefined where nobody could tell. */
  readonly buses: readonly Bus[] | undefined;
  /** Whether that driver's device goes on PCI buses; false where nobody could tell. */
  readonly isPci: boolean;
}

/** A world of which nothing is known. */
export const UNKNOWN: World = {
  schema: undefined,
  names: () => undefined,
  rows: () => [],
  buses: undefined,
  isPci: false,
};

/** A name for something new, like `base` and with the first number that is free. */
export function freeName(base: string, taken: readonly string[] | undefined): string {
  for (let i = 0; ; i++) if (taken?.includes(`${base}${i}`) !== true) return `${base}${i}`;
}

/** What has to be asked before it can be told whether a request would be accepted. */
export function askedOf(request: Request, schema: Schema | undefined): readonly Asked[] {
  const kinds = namesOf(request, schema).map(({ kind }) => kind);
  return [...new Set(kinds)];
}

/**
 * Whether nothing that is known speaks against a request: the schema, what was learned of types, and the VM's own
 * names. What nobody could tell does not count.
 */
export function acceptable(request: Request, world: World): boolean {
  const command = world.schema?.commands.get(request.execute);
  if (world.schema !== undefined && command === undefined) return false;
  if (
    command !== undefined &&
    check(command, request.arguments).some(({ severity }) => severity === 'problem')
  )
    return false;
  if (isKnownToFail(request) || needsJobId(request, world)) return false;
  return namesOf(request, world.schema).every(({ kind, name, made, given, of }) => {
    // A place in the QOM tree in place of an id.
    if (kind === 'device' && name.startsWith('/')) return true;
    const known = world.names(kind, given, of, made ? undefined : request.execute);
    // An alias such as virtio-rng is no type of its own.
    const there = known?.includes(name) || (kind === 'driver' && known?.includes(`${name}-pci`));
    return known === undefined || there !== made;
  });
}

/** What QEMU's schema allows and QEMU never takes. */
function isKnownToFail({ execute, arguments: args }: Request): boolean {
  const has = (name: string) => Object.hasOwn(args, name);
  switch (execute) {
    case 'blockdev-add':
      return !has('node-name');
    case 'blockdev-snapshot-sync':
      return has('node-name') && !has('snapshot-node-name');
    default:
      // A copy onto itself, or a node on top of itself.
      return ['device target', 'node overlay'].some(pair => {
        const [one = '', other = ''] = pair.split(' ');
        return has(one) && args[one] === args[other];
      });
  }
}

/** Whether a job lacks its name: a drive lends it its own, a node does not. */
export function needsJobId({ execute, arguments: args }: Request, world: World): boolean {
  const type = world.schema?.commands.get(execute)?.arguments;
  const takes = type?.members.some(({ name }) => name === 'job-id') === true;
  if (!takes || Object.hasOwn(args, 'job-id')) return false;
  const drives = world.rows('drives').map(drive => textOf(drive, 'device'));
  return !drives.includes(textOf(args, 'device') || '(none)');
}

interface Named {
  readonly kind: NameKind;
  readonly of?: string;
  readonly name: string;
  /** It names something that the request makes. */
  readonly made: boolean;
  readonly given: JsonObject;
}

// What else names something new has no list.
const MADE: ReadonlyMap<string, NameKind> = new Map<string, NameKind>([
  ['node-name', 'node'],
  ['snapshot-node-name', 'node'],
  ['filter-node-name', 'node'],
  ['job-id', 'job'],
  ['block-export-add.id', 'export'],
  ['device_add.id', 'device'],
  ['object-add.id', 'object'],
  ['chardev-add.id', 'chardev'],
  ['block-dirty-bitmap-add.name', 'bitmap'],
]);

// Names that lie on the host, or of which there are too many to list.
const UNLISTED: ReadonlySet<string> = new Set([
  'file',
  'hmp',
  'qom-path',
  'qom-property',
  'qom-type',
  'snapshot',
]);

function namesOf({ execute, arguments: args }: Request, schema: Schema | undefined): readonly Named[] {
  const found: Named[] = [];
  const root = schema?.commands.get(execute)?.arguments;
  const isText = (path: Path): boolean => {
    const type = root && typeAt(root, path, args);
    return type === undefined || type === 'open' || choicesOf(type).some(choice => choice.kind === 'str');
  };
  const look = (value: Json, path: Path, given: JsonObject): void => {
    if (isArray(value)) for (const [i, item] of value.entries()) look(item, [...path, i], given);
    else if (isObject(value)) {
      const around = { ...given, ...value };
      for (const [key, inner] of Object.entries(value)) look(inner, [...path, key], around);
    } else if (typeof value === 'string' && isText(path)) {
      const naming = namingAt(execute, path, args);
      const last = String(path.at(-1));
      const made = naming?.kind === 'new' ? (MADE.get(`${execute}.${last}`) ?? MADE.get(last)) : undefined;
      if (made !== undefined) found.push({ kind: made, name: value, made: true, given });
      else if (
        naming !== undefined &&
        naming.kind !== 'new' &&
        naming.kind !== 'text' &&
        !UNLISTED.has(naming.kind)
      )
        found.push({
          kind: naming.kind,
          name: value,
          made: false,
          given,
          ...(naming.of === undefined ? {} : { of: naming.of }),
        });
    }
  };
  look(args, [], {});
  return found;
}

/** A text member of a row. */
export function textOf(row: JsonObject | undefined, key: string): string {
  const value = row && member(row, key);
  return typeof value === 'string' ? value : '';
}
