// What a text argument names: a node, a job, a file ... QEMU's schema says only "str". One table decides.
import { isObject, type Json, type JsonObject, member } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import { jobArguments } from './jobs.ts';
import { NAMES, TEXT } from './notes/names.ts';
import { parseTable } from './notes/table.ts';
import { isAgentCommand } from './notes.ts';
import { child, isIndex, type Path } from './walk.ts';

/** What the session's facts, the files of the host or a table of the shell can list. */
export type NameKind =
  | 'node'
  | 'drive' // the name of a drive made with -drive, without -blockdev
  | 'device' // the id of a guest device
  | 'job'
  | 'bitmap'
  | 'export'
  | 'chardev'
  | 'iothread'
  | 'object' // an object made with object-add; `Naming.of` says of which types
  | 'qom-path'
  | 'qom-property'
  | 'qom-type'
  | 'driver' // a device type that device_add takes
  | 'bus' // one on which a device of the driver given could be put
  | 'netdev'
  | 'device-property'
  | 'snapshot'
  | 'file'
  | 'hmp'
  | 'event'
  | 'command'
  | 'word';

/** What is wanted at a place of a line, with what was typed of it. */
export interface Wanted {
  readonly kind: NameKind;
  /** For objects: what their type begins with, such as `tls-creds`. For nodes: `drive`, when a drive's name will do too. */
  readonly of?: string;
  /** Which names of the kind come first. */
  readonly fit?: Fit;
  readonly typed: string;
  readonly place: Place;
  /** Arguments already given in the line (the node whose bitmaps are wanted, the driver, ...). */
  readonly given: JsonObject;
  readonly command: string;
}

const FITS = ['root', 'free', 'target', 'below'] as const;

/**
 * What a node (or netdev) is wanted for. `root`: to be read or changed with all that is below it, so one that nothing
 * stands on; `free`: one that nobody uses; `target`: a free one that is written to; `below`: one in a chain.
 */
type Fit = (typeof FITS)[number];

/** `new` is a name that the user makes up, `text` no name of anything here. */
interface Naming {
  readonly kind: NameKind | 'new' | 'text';
  readonly of?: string;
  readonly fit?: Fit;
}

let parsed: ReadonlyMap<string, Naming> | undefined;

function rows(): ReadonlyMap<string, Naming> {
  if (parsed === undefined) {
    const all = new Map<string, Naming>();
    for (const name of TEXT.trim().split(/\s+/)) all.set(name, { kind: 'text' });
    for (const [name, value] of parseTable(NAMES)) all.set(name, toNaming(value));
    for (const [command, argument] of jobArguments()) all.set(`${command}.${argument}`, { kind: 'job' });
    parsed = all;
  }
  return parsed;
}

function toNaming(value: string): Naming {
  const [name = '', wish] = value.split(' ');
  const [kind = '', of] = name.split(':');
  if (!isKind(kind)) return { kind: 'text' };
  const fit = FITS.find(one => one === wish);
  return { kind, ...(of === undefined || of === '' ? {} : { of }), ...(fit === undefined ? {} : { fit }) };
}

const KINDS: ReadonlySet<string> = new Set<Naming['kind']>([
  'node',
  'drive',
  'device',
  'job',
  'bitmap',
  'export',
  'chardev',
  'iothread',
  'object',
  'qom-path',
  'qom-property',
  'qom-type',
  'driver',
  'bus',
  'netdev',
  'snapshot',
  'file',
  'hmp',
  'new',
]);

function isKind(kind: string): kind is Naming['kind'] {
  return KINDS.has(kind);
}

// The members that pick a variant, in QEMU's schemas.
const TAGS = ['driver', 'type', 'qom-type'] as const;

/**
 * What a `str` at a path below a command's arguments names. `given` are the arguments as far as they are
 * known. Undefined: nothing was decided about it.
 */
export function namingAt(command: string, path: Path, given: Json | undefined): Naming | undefined {
  if (command === 'transaction' && path[0] === 'actions' && path.length > 3) {
    const action = child(child(given, 'actions'), path[1] ?? 0);
    const type = isObject(action) ? member(action, 'type') : undefined;
    return typeof type === 'string' ? namingAt(type, path.slice(3), child(action, 'data')) : undefined;
  }
  const names = path.filter(part => !isIndex(part)).map(String);
  const last = names.at(-1);
  // What a guest agent's arguments name is in the guest, and nothing of this host or its QEMU.
  if (last === undefined || isAgentCommand(command)) return undefined;
  const all = rows();
  const near = names.slice(-2).join('.');
  const whole = all.get(`${command}.${names.join('.')}`);
  if (whole !== undefined && names.length > 1) return whole;
  for (const tag of tagsAbove(path, given)) {
    const found = all.get(`[${tag}].${near}`) ?? all.get(`[${tag}].${last}`);
    if (found !== undefined) return found;
  }
  return whole ?? all.get(`${command}.${last}`) ?? all.get(last);
}

/** The values of the tags on the way to a path, the nearest first. */
function tagsAbove(path: Path, given: Json | undefined): readonly string[] {
  const tags: string[] = [];
  let here = given;
  for (const key of path) {
    if (isObject(here)) {
      for (const name of TAGS) {
        const value = member(here, name);
        if (typeof value === 'string') tags.unshift(value);
      }
    }
    here = child(here, key);
  }
  return tags;
}
