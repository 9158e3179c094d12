// What is known about the VM's own names, for completion. Asked from a short list of queries that cannot harm
// a VM, kept until an event or a command makes it stale, and never asked twice at a time.
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import type { NameKind, Wanted } from '../schema/names.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../text/json.ts';
import { bytes } from '../text/size.ts';

/** A name with a few words about it. */
export interface Fact {
  readonly text: string;
  readonly note?: string;
}

/** Asks the VM; must not throw away replies of commands that the user sent. */
export type Ask = (request: Request) => Promise<Reply>;

// The queries that are safe to send though nobody asked for them: asking a type for its properties makes an
// object of it, and that ends some QEMUs.
const HARMLESS: ReadonlySet<string> = new Set([
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
    drivers: { execute: 'qom-list-types', arguments: { implements: 'device', abstract: false } },
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

const MAX_PATHS = 64;

/** The facts of one connection. */
export class Facts {
  private readonly entries = new Map<Source, Entry>();
  private readonly ask: Ask;

  constructor(ask: Ask) {
    this.ask = ask;
  }

  /** Values known now, without asking anybody; undefined when nothing is known yet, or no query can tell. */
  values(wanted: Wanted): readonly Fact[] | undefined {
    const sources = sourcesOf(wanted);
    const known = sources.map(source => this.entries.get(source)?.value);
    if (known.every(value => value === undefined)) return undefined;
    return unique(read(wanted, known));
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

  /** A command of the user's was replied to. */
  onCommand(name: string): void {
    this.changed(name);
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
    if (!HARMLESS.has(request.execute))
      throw new Error(`${request.execute} is not sent without being asked for`);
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

/** The object whose children complete a path: `/machine/per` asks `/machine`. */
function parentPath(typed: string): string {
  const at = typed.lastIndexOf('/');
  return at <= 0 ? '/' : typed.slice(0, at);
}

function read(wanted: Wanted, known: readonly (Json | undefined)[]): readonly Fact[] {
  const [first, second] = known.map(rowsOf);
  if (first === undefined) return [];
  switch (wanted.kind) {
    case 'node':
      return [
        ...inFront(first.map(node => nodeFact(node, second ?? []))),
        ...(wanted.of === 'drive' ? (second ?? []).map(driveFact) : []),
      ];
    case 'drive':
      return first.map(driveFact);
    case 'device':
      return [
        ...children(first).map(row => fact(text(row, 'name'), childType(row))),
        ...(second ?? []).map(drive => fact(lastPart(text(drive, 'qdev')), 'disk')),
      ];
    case 'job':
      return first.filter(job => appliesTo(wanted.command, job)).map(jobFact);
    case 'bitmap':
      return bitmaps(first, wanted.given);
    case 'snapshot':
      return first.flatMap(snapshots);
    case 'export':
      return first.map(row => fact(text(row, 'id'), words(text(row, 'type'), text(row, 'node-name'))));
    case 'chardev':
      return first.map(row => fact(text(row, 'label'), text(row, 'filename')));
    case 'iothread':
      return first.map(row => fact(text(row, 'id')));
    case 'object':
      return children(first)
        .filter(row => childType(row).startsWith(wanted.of ?? ''))
        .map(row => fact(text(row, 'name'), childType(row)));
    case 'driver':
    case 'qom-type':
    case 'command':
      return first.map(row => fact(text(row, 'name'))).sort((a, b) => (a.text < b.text ? -1 : 1));
    case 'qom-path':
      return paths(first, parentPath(wanted.typed));
    case 'qom-property':
      return first
        .filter(row => !/^(?:child|link)</.test(text(row, 'type')))
        .map(row => fact(text(row, 'name'), text(row, 'type')));
    default:
      return [];
  }
}

function rowsOf(value: Json | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : [];
}

function text(row: JsonObject, key: string): string {
  const value = member(row, key);
  return typeof value === 'string' ? value : '';
}

function words(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join(' ');
}

function fact(name: string, note = ''): Fact {
  return note === '' ? { text: name } : { text: name, note };
}

function nodeFact(node: JsonObject, drives: readonly JsonObject[]): Fact {
  const name = text(node, 'node-name');
  const image = member(node, 'image');
  const size = isObject(image) ? member(image, 'virtual-size') : undefined;
  const user = drives.find(drive => insertedName(drive) === name);
  const parts = [
    text(node, 'drv'),
    lastPart(text(node, 'file')),
    typeof size === 'number' || typeof size === 'bigint' ? bytes(size) : '',
    member(node, 'ro') === true ? 'read-only' : '',
    user === undefined ? '' : `of ${driveName(user)}`,
  ];
  return fact(name, parts.filter(part => part !== '').join(', '));
}

/** Names that QEMU made up begin with "#": they can be used, but seldom are. */
function inFront(facts: readonly Fact[]): readonly Fact[] {
  const own = (fact: Fact) => !fact.text.startsWith('#');
  return [...facts.filter(own), ...facts.filter(fact => !own(fact))];
}

function driveFact(drive: JsonObject): Fact {
  return fact(text(drive, 'device'), words('drive', insertedName(drive)));
}

function insertedName(drive: JsonObject): string {
  const inserted = member(drive, 'inserted');
  return isObject(inserted) ? text(inserted, 'node-name') : '';
}

function driveName(drive: JsonObject): string {
  // A device without a backend of its own is shown by its path, .../virtio0/virtio-backend.
  const path = text(drive, 'qdev').replace(/\/virtio-backend$/, '');
  return lastPart(path) || text(drive, 'device');
}

function lastPart(path: string): string {
  return (
    path
      .replace(/\/virtio-backend$/, '')
      .split('/')
      .at(-1) ?? ''
  );
}

function jobFact(job: JsonObject): Fact {
  return fact(text(job, 'id'), words(text(job, 'type'), text(job, 'status')));
}

// In which states a job takes a command.
const ALIVE = ['created', 'running', 'paused', 'ready', 'standby'];
const STATES: ReadonlyMap<string, readonly string[]> = new Map([
  ['pause', ['created', 'running', 'ready']],
  ['resume', ['paused', 'standby']],
  ['complete', ['ready']],
  ['finalize', ['pending']],
  ['dismiss', ['concluded']],
  ['cancel', [...ALIVE, 'waiting', 'pending']],
  ['set-speed', ALIVE],
  ['change', ALIVE],
]);

function appliesTo(command: string, job: JsonObject): boolean {
  const states = STATES.get(command.replace(/^(?:block-)?job-/, ''));
  if (states !== undefined && !states.includes(text(job, 'status'))) return false;
  if (!/^block-job-(?!dismiss|finalize)/.test(command)) return true;
  // The commands that name a block job by device know no other jobs.
  return !['create', 'amend', 'snapshot-load', 'snapshot-save', 'snapshot-delete'].includes(
    text(job, 'type'),
  );
}

function bitmaps(nodes: readonly JsonObject[], given: JsonObject): readonly Fact[] {
  const wanted = ['node', 'node-name', 'device'].map(key => text(given, key)).find(name => name !== '');
  const own = nodes.filter(node => wanted === undefined || text(node, 'node-name') === wanted);
  return own.flatMap(node =>
    rowsOf(member(node, 'dirty-bitmaps')).map(bitmap => {
      const count = member(bitmap, 'count');
      const size = typeof count === 'number' || typeof count === 'bigint' ? `${bytes(count)} dirty` : '';
      return fact(
        text(bitmap, 'name'),
        [wanted === undefined ? `of ${text(node, 'node-name')}` : '', size]
          .filter(part => part !== '')
          .join(', '),
      );
    }),
  );
}

function snapshots(node: JsonObject): readonly Fact[] {
  const image = member(node, 'image');
  const list = isObject(image) ? member(image, 'snapshots') : undefined;
  return rowsOf(list).map(row => fact(text(row, 'name'), `in ${text(node, 'node-name')}`));
}

function children(rows: readonly JsonObject[]): readonly JsonObject[] {
  return rows.filter(row => text(row, 'type').startsWith('child<'));
}

function childType(row: JsonObject): string {
  return text(row, 'type').replace(/^child<(.*)>$/, '$1');
}

function paths(rows: readonly JsonObject[], parent: string): readonly Fact[] {
  const base = parent === '/' ? '' : parent;
  return children(rows).map(row => fact(`${base}/${text(row, 'name')}`, childType(row)));
}

/** Each name once, nameless things left out. */
function unique(facts: readonly Fact[]): readonly Fact[] {
  const seen = new Set<string>();
  return facts.filter(({ text: name }) => {
    if (name === '' || seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
