// What may be sent to a twin: requests of the block layer, with every name of a file led into the twin's folder. All
// else is refused here, so that nothing that a page does can reach anything else of this host.
import { SOCKET_PATH } from '../io/launch.ts';
import type { Places } from '../io/places.ts';
import type { Request } from '../qmp/message.ts';
import { isArray, isObject, type Json, type JsonObject, setMember } from '../text/json.ts';
import { objectsIn } from '../text/members.ts';
import { safe } from '../text/safe.ts';

export type Permit =
  /** `files`: the paths on the VM's host that the request names. */
  | { readonly kind: 'send'; readonly args: JsonObject; readonly files: readonly string[] }
  | { readonly kind: 'refuse'; readonly why: string };

/** What every refusal of a twin begins with, where it is not QEMU's own. */
export const NOT_REHEARSED = 'not rehearsed: ';

/** Commands of the block layer, with the members that name files. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  qmp_capabilities: [],
  'qom-list': [],
  'qom-get': [],
  stop: [],
  cont: [],
  'blockdev-del': [],
  'blockdev-mirror': [],
  'blockdev-backup': [],
  'blockdev-snapshot': [],
  'blockdev-snapshot-sync': ['snapshot-file'],
  'blockdev-snapshot-internal-sync': [],
  'blockdev-snapshot-delete-internal-sync': [],
  'block-commit': ['base', 'top', 'backing-file'],
  'block-stream': ['base', 'backing-file'],
  'change-backing-file': ['backing-file'],
  'drive-backup': ['target'],
  'drive-mirror': ['target'],
  'blockdev-change-medium': ['filename'],
  'blockdev-open-tray': [],
  'blockdev-close-tray': [],
  'blockdev-insert-medium': [],
  'blockdev-remove-medium': [],
  eject: [],
  'job-cancel': [],
  'job-complete': [],
  'job-dismiss': [],
  'job-finalize': [],
  'job-pause': [],
  'job-resume': [],
  'job-change': [],
  'block-job-cancel': [],
  'block-job-change': [],
  'block-job-complete': [],
  'block-job-dismiss': [],
  'block-job-finalize': [],
  'block-job-pause': [],
  'block-job-resume': [],
  'block-job-set-speed': [],
  'block-dirty-bitmap-add': [],
  'block-dirty-bitmap-clear': [],
  'block-dirty-bitmap-disable': [],
  'block-dirty-bitmap-enable': [],
  'block-dirty-bitmap-merge': [],
  'block-dirty-bitmap-remove': [],
  'block-export-del': [],
  'block-latency-histogram-set': [],
  'block-set-write-threshold': [],
  block_resize: [],
  block_set_io_throttle: [],
  'blockdev-set-active': [],
  'nbd-server-add': [],
  'nbd-server-remove': [],
  'nbd-server-stop': [],
  'object-del': [],
  'x-blockdev-change': [],
  'x-blockdev-set-iothread': [],
};

/** Drivers whose nodes the twin can have: they open nothing but a file by its name, or a node. */
const DRIVERS = new Set(
  'file raw qcow2 qcow qed vmdk vdi vpc vhdx parallels throttle copy-on-read null-co null-aio blkdebug quorum compress preallocate copy-before-write snapshot-access'.split(
    ' ',
  ),
);
/** Objects that are part of the block layer and open nothing. */
const OBJECTS = new Set(['throttle-group', 'iothread']);
/** A job of the page's goes to its end at once: nothing is there to be copied. */
const PACED = /^(?:blockdev|drive)-(?:backup|mirror)$|^block-(?:commit|stream)$/;
/** Questions may name anything: QEMU opens nothing for them. */
const ASKS = /^(?:query-|qom-(?:get|list)$)/;

class Refused extends Error {}

/**
 * Judges a request. `nbd` is the socket that stands for whatever address an NBD server is to listen at. Where it is not
 * `paced`, jobs go to their end at once.
 */
export function permit(
  { execute, arguments: args }: Request,
  places: Places,
  nbd: string,
  paced = false,
): Permit {
  const files: string[] = [];
  try {
    const mapped = new Mapping(places, nbd, files, paced).request(execute, args);
    // (The path of qom-set is one of QEMU's own tree.)
    if (!ASKS.test(execute) && execute !== 'qom-set') checkPaths(mapped, places, nbd);
    return { kind: 'send', args: mapped, files };
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refuse', why: error.message };
    throw error;
  }
}

/** Whether a request is one by which the block layer becomes another, so that a twin tells what comes of it. */
export function changesBlocks(request: Request, places: Places): boolean {
  const { execute } = request;
  return !ASKS.test(execute) && !GUEST.has(execute) && permit(request, places, '').kind === 'send';
}

/** Permitted, and about the guest: a twin has none that runs. */
const GUEST = new Set(['stop', 'cont', 'qmp_capabilities']);

class Mapping {
  readonly #places: Places;
  readonly #nbd: string;
  readonly #files: string[];

  readonly #paced: boolean;

  constructor(places: Places, nbd: string, files: string[], paced: boolean) {
    this.#paced = paced;
    this.#places = places;
    this.#nbd = nbd;
    this.#files = files;
  }

  request(execute: string, args: JsonObject): JsonObject {
    switch (execute) {
      case 'blockdev-add':
        return this.#node(args);
      case 'blockdev-reopen':
        return { ...args, options: objectsIn(args['options']).map(one => this.#node(one)) };
      case 'blockdev-create':
        return { ...args, ...(isObject(args['options']) ? { options: this.#image(args['options']) } : {}) };
      case 'transaction':
        return { ...args, actions: objectsIn(args['actions']).map(one => this.#action(one)) };
      case 'nbd-server-start':
        // Whoever is served here sees an empty disk, and nobody outside of this host does.
        return { addr: { type: 'unix', data: { path: this.#socket(args['addr']) } } };
      case 'block-export-add':
        if (args['type'] === 'nbd') return args;
        throw new Refused(`the twin has no ${safe(String(args['type']))} export`);
      case 'qom-set':
        // What a device reads and writes; anything else of it is no business of block nodes.
        if (args['property'] === 'drive') return args;
        throw new Refused(`${safe(String(args['property']))} is no property of the block layer`);
      case 'object-add':
        if (OBJECTS.has(String(args['qom-type']))) return args;
        throw new Refused(`the twin has no ${safe(String(args['qom-type']))} object`);
      case 'human-monitor-command':
        if (/^\s*info\s+[\w-]+(\s+[-\w]+)*\s*$/.test(String(args['command-line']))) return args;
        throw new Refused('a command of the human monitor can reach more than the block layer');
    }
    if (execute.startsWith('query-')) return args;
    const named = Object.hasOwn(COMMANDS, execute) ? COMMANDS[execute] : undefined;
    if (!named) throw new Refused(`${safe(execute)} is no command of the block layer`);
    const out: Record<string, Json> = {};
    for (const [key, value] of Object.entries(args)) {
      const isFile = named.includes(key) && typeof value === 'string';
      const paced =
        !this.#paced && key === 'speed' && PACED.test(execute) && typeof value === 'number' && value > 0;
      setMember(out, key, isFile ? this.#file(value) : paced ? 0 : value);
    }
    return out;
  }

  #action(action: JsonObject): JsonObject {
    const { type, data } = action;
    if (type === 'abort') return action;
    return { ...action, data: this.request(String(type), isObject(data) ? data : {}) };
  }

  /** A node's options, and those of the nodes inside. */
  #node(options: JsonObject): JsonObject {
    const driver = options['driver'];
    if (typeof driver === 'string' && !DRIVERS.has(driver))
      throw new Refused(`the twin has no ${safe(driver)} node`);
    const out: Record<string, Json> = {};
    for (const [key, value] of Object.entries(options)) {
      if (key === 'filename' && typeof value === 'string') setMember(out, key, this.#file(value));
      else if (key === 'config' || key === 'pr-manager')
        throw new Refused(`${key} leads to a file that the twin has not`);
      else if (key === 'aio')
        continue; // (what it needs of the host's file system is not what the twin's has)
      else if (key === 'cache' && isObject(value)) setMember(out, key, { ...value, direct: false });
      else if (isArray(value))
        setMember(
          out,
          key,
          value.map(one => (isObject(one) ? this.#node(one) : one)),
        );
      else setMember(out, key, isObject(value) && isNode(value) ? this.#node(value) : value);
    }
    return out;
  }

  /** What blockdev-create makes, without what would fill this host's disk. */
  #image(options: JsonObject): JsonObject {
    const driver = String(options['driver']);
    if (!DRIVERS.has(driver)) throw new Refused(`the twin makes no ${safe(driver)} image`);
    if (options['encrypt'] !== undefined) throw new Refused('the twin has no secrets');
    const out: Record<string, Json> = {};
    for (const [key, value] of Object.entries(options)) {
      if (key === 'preallocation') continue;
      if ((key === 'filename' || key === 'backing-file') && typeof value === 'string')
        setMember(out, key, this.#file(value));
      else setMember(out, key, isObject(value) && isNode(value) ? this.#node(value) : value);
    }
    return out;
  }

  /** The socket of an NBD server: where its folder is not there, none can be. */
  #socket(addr: Json | undefined): string {
    const data = isObject(addr) ? addr['data'] : undefined;
    const path = isObject(data) && typeof data['path'] === 'string' ? data['path'] : '';
    if (path === '') return this.#nbd;
    const told = this.#file(path);
    return told.length <= SOCKET_PATH ? told : this.#nbd;
  }

  #file(name: string): string {
    if (name === '') return name;
    const real = this.#places.real(name);
    const told = this.#places.told(name);
    if (real === undefined || told === undefined)
      throw new Refused(`${safe(name)} is no plain name of a file`);
    this.#files.push(real);
    return told;
  }
}

function isNode(value: JsonObject): boolean {
  return value['driver'] !== undefined || value['filename'] !== undefined;
}

/** The last look: whatever a member is called, no text that leads to a path outside is let through. */
function checkPaths(value: Json, places: Places, nbd: string): void {
  if (isArray(value)) for (const item of value) checkPaths(item, places, nbd);
  else if (isObject(value)) for (const item of Object.values(value)) checkPaths(item, places, nbd);
  else if (typeof value === 'string' && value.includes('/') && value !== nbd) {
    const inside = value.startsWith(`${places.root}/`) || (!value.startsWith('/') && !PROTOCOL.test(value));
    if (!inside || value.split('/').includes('..'))
      throw new Refused(`${safe(value)} may lead to a file that is not the twin's`);
  }
}

const PROTOCOL = /^[A-Za-z0-9+.-]+:/;
