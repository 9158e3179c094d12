// The VM's own names, for completion: asked by a short list of queries that cannot harm a VM, kept until an event or a
// command makes them stale, and never asked twice at a time.
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import { type Property, propertiesIn } from '../schema/learned.ts';
import type { NameKind, Wanted } from '../schema/names.ts';
import type { RowSource } from '../schema/world.ts';
import { isArray, type Json, member } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import { type Fact, factsIn, parentPath } from './answers.ts';
import { sourceOf } from './fitting.ts';

export type { Fact } from './answers.ts';

/** Sends a query to the VM; replies to the user's own commands must still reach the user. */
type Ask = (request: Request) => Promise<Reply>;

// The queries that are safe to send though nobody asked for them: asking a type for its properties makes an
// object of it, and that ends some QEMUs.
export const HARMLESS: ReadonlySet<string> = new Set([
  'query-commands',
  'query-qmp-schema',
  'query-named-block-nodes',
  'query-block',
  'query-block-jobs',
  'query-jobs',
  'query-block-exports',
  'query-chardev',
  'query-iothreads',
  'query-status',
  'query-version',
  'qom-list',
  'qom-list-types',
]);

/** The one line of the human monitor that is as harmless: no query of QMP tells the netdevs. */
const NETWORK = 'info network';

/** Whether it may be sent though nobody asked for it. */
export function isHarmless({ execute, arguments: args }: Request): boolean {
  if (execute === 'human-monitor-command') return args['command-line'] === NETWORK;
  return HARMLESS.has(execute);
}

type Source =
  | 'nodes'
  | 'drives'
  | 'devices'
  | 'jobs'
  | 'exports'
  | 'chardevs'
  | 'iothreads'
  | 'objects'
  | 'drivers'
  | 'types'
  | 'netdevs'
  | 'commands'
  | `path ${string}`;

const QUERIES: ReadonlyMap<string, Request> = new Map(
  Object.entries({
    nodes: { execute: 'query-named-block-nodes', arguments: { flat: true } },
    drives: { execute: 'query-block', arguments: {} },
    devices: { execute: 'qom-list', arguments: { path: '/machine/peripheral' } },
    jobs: { execute: 'query-jobs', arguments: {} },
    exports: { execute: 'query-block-exports', arguments: {} },
    chardevs: { execute: 'query-chardev', arguments: {} },
    iothreads: { execute: 'query-iothreads', arguments: {} },
    objects: { execute: 'qom-list', arguments: { path: '/objects' } },
    // With the abstract ones the parents tell which are made to be plugged.
    drivers: { execute: 'qom-list-types', arguments: { implements: 'device', abstract: true } },
    netdevs: { execute: 'human-monitor-command', arguments: { 'command-line': NETWORK } },
    types: { execute: 'qom-list-types', arguments: {} },
    commands: { execute: 'query-commands', arguments: {} },
  }),
);

const SOURCES: Readonly<Partial<Record<NameKind, readonly Source[]>>> = {
  node: ['nodes', 'drives'],
  drive: ['drives'],
  device: ['devices', 'drives'],
  job: ['jobs'],
  bitmap: ['nodes'],
  snapshot: ['nodes'],
  export: ['exports'],
  chardev: ['chardevs'],
  iothread: ['iothreads'],
  object: ['objects'],
  driver: ['drivers'],
  netdev: ['netdevs'],
  'qom-type': ['types'],
  command: ['commands'],
};

// Which commands and events change which answers; what changes nothing here is not listed.
const BLOCK: readonly Source[] = ['nodes', 'drives', 'jobs'];
const AFTER: readonly (readonly [pattern: RegExp, sources: readonly Source[]])[] = [
  [/^(?:x-)?(?:block|blockdev|drive|change-backing|eject|transaction|snapshot)/, [...BLOCK, 'exports']],
  [/^(?:block-export|nbd-server)|^BLOCK_EXPORT/, ['exports', 'nodes']],
  [/^(?:block-)?job-|^JOB_|^BLOCK_JOB/, BLOCK],
  [/^DEVICE_|^device_|^UNPLUG|^FAILOVER/, ['devices', 'drives']],
  [/^chardev-|^VSERPORT|^human-monitor/, ['chardevs']],
  [/^object-/, ['objects', 'iothreads']],
  [/^netdev_|^NETDEV_|^device_|^DEVICE_DELETED|^human-monitor/, ['netdevs']],
  [/^human-monitor|^BLOCK_IMAGE|^migrate-incoming/, [...BLOCK, 'devices', 'objects', 'exports']],
];
const PATHS_AFTER = /^(?:device_|object-|DEVICE_|chardev-|netdev_|human-monitor)/;

interface Entry {
  value: Json | undefined;
  stale: boolean;
  /** Counts changes, so that an answer under way when one comes is known to be old. */
  changes: number;
  running: Promise<void> | undefined;
}

// Kinds whose names do not depend on what else is typed.
const SAME_FOR_ALL: ReadonlySet<NameKind> = new Set([
  'node',
  'drive',
  'device',
  'job',
  'export',
  'chardev',
  'iothread',
  'object',
  'driver',
  'netdev',
  'qom-type',
  'command',
]);

const MAX_PATHS = 64;

/** The facts of one connection. */
export class Facts {
  private readonly entries = new Map<Source, Entry>();
  private readonly ask: Ask;
  private readonly told = new WeakMap<readonly Json[], readonly Property[]>();
  /** Names as they were last read from the answers they stand in: asked for with each key. */
  private readonly read = new Map<
    string,
    { readonly from: readonly (Json | undefined)[]; readonly names: readonly Fact[] }
  >();

  constructor(ask: Ask) {
    this.ask = ask;
  }

  /** Values known now, without asking anybody; undefined when nothing is known yet, or no query can tell. */
  values(wanted: Wanted): readonly Fact[] | undefined {
    const sources = sourcesOf(wanted);
    const known = sources.map(source => this.entries.get(source)?.value);
    if (known.every(value => value === undefined)) return undefined;
    if (!SAME_FOR_ALL.has(wanted.kind)) return factsIn(wanted, known);
    const more =
      wanted.kind === 'job' ? wanted.command : wanted.kind === 'node' ? nodesKey(wanted, known[0]) : '';
    const key = `${wanted.kind} ${wanted.of ?? ''} ${more}`;
    const read = this.read.get(key);
    if (read && read.from.length === known.length && read.from.every((value, i) => value === known[i]))
      return read.names;
    const names = factsIn(wanted, known);
    this.read.set(key, { from: known, names });
    return names;
  }

  /** The properties of the object at a path of the QOM tree, as far as they are known now. */
  properties(path: string): readonly Property[] | undefined {
    const value = this.entries.get(`path ${path}`)?.value;
    if (!isArray(value)) return undefined;
    const known = this.told.get(value) ?? propertiesIn(value);
    this.told.set(value, known);
    return known;
  }

  /** A query's answer as it was last read. */
  answer(source: RowSource): Json | undefined {
    return this.entries.get(source)?.value;
  }

  /** Whether `refresh` would ask the VM. */
  isStale(wanted: Wanted): boolean {
    return sourcesOf(wanted).some(source => this.entries.get(source)?.stale !== false);
  }

  /** Asks for what is stale. Resolves when it is known, also when QEMU refused; rejects when the connection is lost. */
  async refresh(wanted: Wanted): Promise<void> {
    await Promise.all(sourcesOf(wanted).map(source => this.fetch(source)));
  }

  /** An event came: what it may have changed is asked again when it is next wanted. */
  onEvent(event: QmpEvent): void {
    this.changed(event.name);
  }

  /** A command was replied to. What was asked here changes nothing. */
  onCommand(name: string, request?: Request): void {
    if (request === undefined || !isHarmless(request)) this.changed(name);
  }

  /** Everything is stale, as after a new connection. */
  forget(): void {
    this.entries.clear();
  }

  private changed(name: string): void {
    for (const [pattern, sources] of AFTER) if (pattern.test(name)) this.mark(sources);
    if (PATHS_AFTER.test(name))
      this.mark([...this.entries.keys()].filter(source => source.startsWith('path ')));
  }

  private mark(sources: readonly Source[]): void {
    for (const source of sources) {
      const entry = this.entries.get(source);
      if (entry === undefined) continue;
      entry.stale = true;
      entry.changes++;
    }
  }

  private fetch(source: Source): Promise<void> {
    const entry = this.entry(source);
    if (!entry.stale) return Promise.resolve();
    entry.running ??= this.query(source, entry).finally(() => {
      entry.running = undefined;
    });
    return entry.running;
  }

  private async query(source: Source, entry: Entry): Promise<void> {
    const request = requestFor(source);
    if (!isHarmless(request)) throw new Error(`${request.execute} is not sent without being asked for`);
    const changes = entry.changes;
    const reply = await this.ask(request);
    entry.value = reply.kind === 'success' ? reply.value : [];
    // What changed meanwhile is asked again next time.
    entry.stale = entry.changes !== changes;
  }

  private entry(source: Source): Entry {
    const known = this.entries.get(source);
    if (known !== undefined) return known;
    const paths = [...this.entries.keys()].filter(name => name.startsWith('path '));
    const oldest = paths[0];
    if (oldest !== undefined && paths.length >= MAX_PATHS) this.entries.delete(oldest);
    const entry = { value: undefined, stale: true, changes: 0, running: undefined };
    this.entries.set(source, entry);
    return entry;
  }
}

/** What the order of nodes depends on, beside the answers. */
function nodesKey({ fit, given }: Wanted, nodes: Json | undefined): string {
  const source = fit === 'target' ? sourceOf(objectsIn(nodes), given) : undefined;
  const cd = fit === 'free' && /-cd$/.test(String(given['driver'] ?? ''));
  return `${fit ?? ''} ${source === undefined ? '' : text(source, 'node-name')} ${cd}`;
}

function requestFor(source: Source): Request {
  const query = QUERIES.get(source);
  return query ?? { execute: 'qom-list', arguments: { path: source.slice('path '.length) } };
}

function sourcesOf(wanted: Wanted): readonly Source[] {
  switch (wanted.kind) {
    case 'qom-path':
      return [`path ${parentPath(wanted.typed)}`];
    case 'qom-property': {
      const path = member(wanted.given, 'path');
      return typeof path === 'string' && path !== '' ? [`path ${path}`] : [];
    }
    default:
      return SOURCES[wanted.kind] ?? [];
  }
}
