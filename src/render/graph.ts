// The graph of block nodes and of those who use them: guest devices and exports. Its edges are those that QEMU tells.

import { kindOf, type NodeKind } from '../schema/notes/drivers.ts';
import type { Json, JsonObject } from '../text/json.ts';
import { isObject, member } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import {
  chainEdge,
  debugDevices,
  type EdgeSources,
  type GraphEdge,
  type NodeEdges,
  readEdges,
} from './edges.ts';
import { amount } from './replies.ts';

export interface GraphNode {
  readonly name: string;
  readonly driver: string;
  readonly kind: NodeKind;
  /** The file as QEMU names it; `json:{...}` where a name does not do. */
  readonly file: string;
  readonly readOnly: boolean;
  /** Bytes the guest sees. */
  readonly size?: number;
  /** Bytes on the host's disk. */
  readonly used?: number;
  readonly bitmaps: readonly string[];
  /** Bytes that each of the bitmaps has noted as written to. */
  readonly dirty: readonly number[];
  /** What it stands on, the one that a read falls through to first. Files folded into their format node are left out. */
  readonly children: readonly GraphEdge[];
  /** Roles in which a node stands below that this QEMU does not name. */
  readonly untold: readonly string[];
}

/** Who uses a node from outside the graph: a guest device, or an export. */
export interface GraphUser {
  readonly name: string;
  /** The node it reads and writes; absent for a drive without a medium. */
  readonly node?: string;
  /** What kind of export it is; absent for a device. */
  readonly exports?: string;
  /** A filter that a job has put in may stand between: QEMU does not tell. */
  readonly through?: string;
}

export interface BlockGraph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly devices: readonly GraphUser[];
  readonly exports: readonly GraphUser[];
  /** Files that are drawn as one with the only node that stands on them, by name. */
  readonly folded: ReadonlyMap<string, string>;
}

export interface GraphSources extends EdgeSources {
  /** query-block-exports. */
  readonly exports?: Json;
  /** The node that each of these devices says it stands on, by its path in the QOM tree. */
  readonly drives?: ReadonlyMap<string, string>;
}

/** The graph, from the `return` values of query-named-block-nodes and query-block, and of what else was asked. */
export function readGraph(nodes: Json, block: Json, sources: GraphSources = {}): BlockGraph {
  const all = objectsIn(nodes).filter(node => text(node, 'node-name') !== '');
  const edges = readEdges(all, sources);
  const devices = readDevices(block, new Set(edges.keys()), jobFilters(all, edges), sources);
  const exports = objectsIn(sources.exports).map(one => ({
    name: text(one, 'id'),
    node: text(one, 'node-name'),
    exports: text(one, 'type'),
  }));
  const folded = foldFiles(all, edges, [...devices, ...exports]);
  const shown = all.filter(node => !folded.has(text(node, 'node-name')));
  return {
    nodes: new Map(
      shown.map(node => {
        const name = text(node, 'node-name');
        return [name, graphNode(node, edges.get(name) ?? NOTHING, folded)];
      }),
    ),
    devices,
    exports,
    folded,
  };
}

const NOTHING: NodeEdges = { edges: [], untold: [] };

/** Devices and exports on each node. */
export function usersOn(graph: BlockGraph): ReadonlyMap<string, readonly GraphUser[]> {
  const out = new Map<string, GraphUser[]>();
  for (const user of [...graph.devices, ...graph.exports]) {
    if (user.node === undefined) continue;
    const there = out.get(user.node);
    if (there === undefined) out.set(user.node, [user]);
    else there.push(user);
  }
  return out;
}

/**
 * The paths in the QOM tree of devices above whose node stands a filter of a job: query-block passes such filters
 * over, so that only the device itself can tell whether it stands on the filter.
 */
export function devicesBelowFilters(graph: BlockGraph, block: Json): readonly string[] {
  const unsure = new Set(
    graph.devices.filter(({ through }) => through !== undefined).map(({ name }) => name),
  );
  return objectsIn(block).flatMap(device => {
    const qdev = text(device, 'qdev');
    return qdev !== '' && unsure.has(deviceName(device)) ? [qdev] : [];
  });
}

/** The nodes from a top down to its base. A node is met once, whatever the reply says. */
export function chain(graph: BlockGraph, top: string): readonly GraphNode[] {
  const out = new Set<GraphNode>();
  for (let node = graph.nodes.get(top); node !== undefined && !out.has(node); ) {
    out.add(node);
    node = graph.nodes.get(chainEdge(node)?.node ?? '');
  }
  return [...out];
}

// The filters without a name of their user's, by the node that they stand on.
function jobFilters(
  all: readonly JsonObject[],
  edges: ReadonlyMap<string, NodeEdges>,
): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const node of all) {
    const [name, driver] = [text(node, 'node-name'), text(node, 'drv')];
    if (kindOf(driver) !== 'filter' || !name.startsWith('#')) continue;
    const below = chainEdge({ children: edges.get(name)?.edges ?? [] });
    if (below !== undefined) out.set(below.node, driver);
  }
  return out;
}

// A file below a format that nothing else uses, and that bears no bitmap, is drawn as one with it.
function foldFiles(
  all: readonly JsonObject[],
  edges: ReadonlyMap<string, NodeEdges>,
  users: readonly GraphUser[],
): ReadonlyMap<string, string> {
  const uses = new Map<string, number>();
  const use = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const { edges: own } of edges.values())
    for (const { node, oneOf } of own) for (const name of oneOf ?? [node]) use(name);
  for (const { node } of users) if (node !== undefined) use(node);
  const nodes = new Map(all.map(node => [text(node, 'node-name'), node]));
  const out = new Map<string, string>();
  for (const node of all) {
    if (kindOf(text(node, 'drv')) !== 'format') continue;
    const name = text(node, 'node-name');
    const file = edges.get(name)?.edges.find(({ role }) => role === 'file')?.node ?? '';
    const below = nodes.get(file);
    if (below === undefined || kindOf(text(below, 'drv')) !== 'protocol') continue;
    if (uses.get(file) === 1 && objectsIn(member(below, 'dirty-bitmaps')).length === 0) out.set(file, name);
  }
  return out;
}

function graphNode(node: JsonObject, below: NodeEdges, folded: ReadonlyMap<string, string>): GraphNode {
  const image = member(node, 'image');
  const size = isObject(image) ? amount(image, 'virtual-size') : undefined;
  const used = isObject(image) ? amount(image, 'actual-size') : undefined;
  const bitmaps = objectsIn(member(node, 'dirty-bitmaps')).filter(bitmap => text(bitmap, 'name') !== '');
  return {
    name: text(node, 'node-name'),
    driver: text(node, 'drv'),
    kind: kindOf(text(node, 'drv')),
    file: text(node, 'file'),
    readOnly: member(node, 'ro') === true,
    ...(size === undefined ? {} : { size }),
    ...(used === undefined ? {} : { used }),
    bitmaps: bitmaps.map(bitmap => text(bitmap, 'name')),
    dirty: bitmaps.map(bitmap => amount(bitmap, 'count') ?? 0),
    children: below.edges.filter(edge => !folded.has(edge.node)),
    untold: below.untold,
  };
}

function readDevices(
  block: Json,
  names: ReadonlySet<string>,
  filters: ReadonlyMap<string, string>,
  { debug, drives }: GraphSources,
): readonly GraphUser[] {
  const stands = debug === undefined ? undefined : debugDevices(debug);
  return objectsIn(block).map((device): GraphUser => {
    const [name, drive, qdev] = [deviceName(device), text(device, 'device'), text(device, 'qdev')];
    const inserted = member(device, 'inserted');
    const said = isObject(inserted) ? text(inserted, 'node-name') : '';
    if (said === '') return { name };
    const told = stands?.get(qdev) ?? stands?.get(drive) ?? stands?.get(name) ?? drives?.get(qdev);
    if (told !== undefined && names.has(told)) return { name, node: told };
    const through = filters.get(said);
    return { name, node: said, ...(through === undefined ? {} : { through }) };
  });
}

/** The id the user gave a device, the drive's name, or the end of its path. */
function deviceName(device: JsonObject): string {
  const qdev = text(device, 'qdev');
  const id = /^\/machine\/peripheral\/([^/]+)/.exec(qdev)?.[1];
  if (id !== undefined) return id;
  const drive = text(device, 'device');
  if (drive !== '') return drive;
  return qdev.replace(/^\/machine\//, '').replace(/\/virtio-backend$/, '') || 'device';
}
