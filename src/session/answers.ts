// The names in QEMU's answers, with a few words about each.
import type { Wanted } from '../schema/names.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../text/json.ts';
import { bytes } from '../text/size.ts';

/** A name with a few words about it. */
export interface Fact {
  readonly text: string;
  readonly note?: string;
}

/** The names that are wanted, each once, from the answers of the queries that tell them. */
export function namesIn(wanted: Wanted, answers: readonly (Json | undefined)[]): readonly Fact[] {
  return unique(read(wanted, answers));
}

/** The object whose children complete a path: `/machine/per` asks `/machine`. */
export function parentPath(typed: string): string {
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
