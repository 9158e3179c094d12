// Reads names (nodes, devices, jobs ...) from the answers of QEMU's queries, each with a short description.
import { appliesTo } from '../schema/jobs.ts';
import type { Wanted } from '../schema/names.ts';
import { isObject, type Json, type JsonObject, member } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import { bytes } from '../text/size.ts';
import { devicesByUse } from './devices.ts';
import { byFit } from './fitting.ts';

/** A name with a short description. */
export interface Fact {
  readonly text: string;
  readonly note?: string;
}

/** The names that are wanted, each once, from the answers of the queries that tell them. */
export function factsIn(wanted: Wanted, answers: readonly (Json | undefined)[]): readonly Fact[] {
  return unique(read(wanted, answers));
}

/** The object whose children complete a path: `/machine/per` asks `/machine`. */
export function parentPath(typed: string): string {
  const at = typed.lastIndexOf('/');
  return at <= 0 ? '/' : typed.slice(0, at);
}

function read(wanted: Wanted, known: readonly (Json | undefined)[]): readonly Fact[] {
  if (wanted.kind === 'netdev') return netdevs(known[0]);
  const [first, second] = known.map(objectsIn);
  if (first === undefined) return [];
  switch (wanted.kind) {
    case 'node':
      return nodesOf(wanted, first, second ?? []);
    case 'drive':
      return first.map(driveFact);
    case 'device':
      return [
        ...children(first).map(row => fact(text(row, 'name'), childType(row))),
        ...(second ?? []).map(drive => fact(lastPart(text(drive, 'qdev')), 'disk')),
      ];
    case 'job':
      return first
        .filter(job => appliesTo(wanted.command, text(job, 'type'), text(job, 'status')))
        .map(jobFact);
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
      return devicesByUse(first).map(name => fact(name));
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

/** Nodes, and drives where one will do: in front of the nodes that QEMU has named. */
function nodesOf(
  wanted: Wanted,
  nodes: readonly JsonObject[],
  drives: readonly JsonObject[],
): readonly Fact[] {
  const facts = byFit(nodes, new Set(drives.map(insertedName)), wanted).map(node => nodeFact(node, drives));
  if (wanted.of !== 'drive') return facts;
  const named = facts.findIndex(fact => fact.text.startsWith('#'));
  return facts.toSpliced(named < 0 ? facts.length : named, 0, ...drives.map(driveFact));
}

/**
 * The netdevs in the human monitor's list of the network, those that no device uses first. A row is a device or a netdev;
 * its peer stands below it, set in.
 */
function netdevs(list: Json | undefined): readonly Fact[] {
  const found = (typeof list === 'string' ? list.split(/\r?\n/) : []).flatMap(row => {
    const [, inner, name = '', figures = ''] = /^( \\ )?([A-Za-z][\w.-]*)(?:: (.*))?$/.exec(row) ?? [];
    const type = /\btype=([\w-]+)/.exec(figures)?.[1] ?? '';
    if (name === '' || type === 'nic' || (inner === undefined && type === '')) return [];
    return [{ ...fact(name, words(type, inner === undefined ? '' : 'in use')), free: inner === undefined }];
  });
  return [...found.filter(one => one.free), ...found.filter(one => !one.free)].map(
    ({ free: _, ...one }) => one,
  );
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
    // Where a name does not do, QEMU writes all options.
    /^json:/.test(text(node, 'file')) ? '' : lastPart(text(node, 'file')),
    typeof size === 'number' || typeof size === 'bigint' ? bytes(size) : '',
    member(node, 'ro') === true ? 'read-only' : '',
    user === undefined ? '' : `of ${driveName(user)}`,
  ];
  return fact(name, parts.filter(part => part !== '').join(', '));
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

function bitmaps(nodes: readonly JsonObject[], given: JsonObject): readonly Fact[] {
  const wanted = ['node', 'node-name', 'device'].map(key => text(given, key)).find(name => name !== '');
  const own = nodes.filter(node => wanted === undefined || text(node, 'node-name') === wanted);
  return own.flatMap(node =>
    objectsIn(member(node, 'dirty-bitmaps')).map(bitmap => {
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
  return objectsIn(list).map(row => fact(text(row, 'name'), `in ${text(node, 'node-name')}`));
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
