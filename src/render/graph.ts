// The graph of block nodes, read from query-named-block-nodes and query-block. QEMU before 10.1 does not say which
// node stands on which; it is told by the images' own chains, and by file names where those are not given.
import type { Json, JsonObject } from '../text/json.ts';
import { equalJson, isArray, isObject, JsonError, member, parseJson } from '../text/json.ts';

export interface GraphNode {
  readonly name: string;
  readonly driver: string;
  readonly kind: 'format' | 'filter' | 'protocol';
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
  /** What it stands on, `backing` or `file` first. Files folded into their format node are left out. */
  readonly children: readonly GraphEdge[];
}

export interface GraphEdge {
  readonly role: string;
  readonly node: string;
}

export interface GraphDevice {
  readonly name: string;
  /** The node it reads and writes; absent for a drive without a medium. */
  readonly node?: string;
}

export interface BlockGraph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly devices: readonly GraphDevice[];
}

const PROTOCOLS = new Set(
  'file host_device host_cdrom nbd http https ftp ftps ssh iscsi nfs rbd gluster nvme null-co null-aio vvfat io_uring nvme-io_uring virtio-blk-vhost-user virtio-blk-vhost-vdpa virtio-blk-vfio-pci'.split(
    ' ',
  ),
);
const FILTERS = new Set(
  'throttle copy-on-read mirror_top commit_top copy-before-write snapshot-access blkdebug blkreplay blklogwrites blkverify preallocate quorum replication compress'.split(
    ' ',
  ),
);

/**
 * The graph, from the `return` values of query-named-block-nodes and query-block. `flat` is how the former was
 * asked: then an image tells only the name of its backing file.
 */
export function readGraph(nodes: Json, block: Json, options: { readonly flat?: boolean } = {}): BlockGraph {
  const all = objects(nodes).filter(node => text(node, 'node-name') !== '');
  const edges = new Map(
    all.map(node => [text(node, 'node-name'), edgesOf(node, all, options.flat === true)]),
  );
  const folded = new Set(
    all.flatMap(node => {
      if (kindOf(text(node, 'drv')) !== 'format') return [];
      const children = edges.get(text(node, 'node-name')) ?? [];
      return children
        .filter(edge => edge.role === 'file' && isProtocol(all, edge.node))
        .map(edge => edge.node);
    }),
  );
  const shown = all.filter(node => !folded.has(text(node, 'node-name')));
  return {
    nodes: new Map(
      shown.map(node => {
        const name = text(node, 'node-name');
        const children = (edges.get(name) ?? []).filter(edge => !folded.has(edge.node));
        return [name, graphNode(node, children)];
      }),
    ),
    devices: objects(block).map(device => {
      const inserted = member(device, 'inserted');
      const name = deviceName(device);
      const node = isObject(inserted) ? text(inserted, 'node-name') : '';
      return node === '' ? { name } : { name, node };
    }),
  };
}

/** Nodes that no other stands on, those of devices first. */
export function roots(graph: BlockGraph): readonly string[] {
  const below = new Set([...graph.nodes.values()].flatMap(node => chainEdge(node)?.node ?? []));
  const tops = [...graph.nodes.keys()].filter(name => !below.has(name));
  const held = new Set(graph.devices.map(device => device.node));
  const weight = (name: string) => (chain(graph, name).some(node => held.has(node.name)) ? 0 : 1);
  return tops.toSorted((a, b) => weight(a) - weight(b));
}

/** The nodes from a top down to its base. A node is met once, whatever the reply says. */
export function chain(graph: BlockGraph, top: string): readonly GraphNode[] {
  const out: GraphNode[] = [];
  for (let node = graph.nodes.get(top); node !== undefined && !out.includes(node); ) {
    out.push(node);
    node = graph.nodes.get(chainEdge(node)?.node ?? '');
  }
  return out;
}

/** The edge that makes the chain: what a read falls through to. */
export function chainEdge(node: GraphNode): GraphEdge | undefined {
  return (
    node.children.find(edge => edge.role === 'backing') ?? node.children.find(edge => edge.role === 'file')
  );
}

function graphNode(node: JsonObject, children: readonly GraphEdge[]): GraphNode {
  const image = member(node, 'image');
  const size = isObject(image) ? amount(image, 'virtual-size') : undefined;
  const used = isObject(image) ? amount(image, 'actual-size') : undefined;
  const bitmaps = objects(member(node, 'dirty-bitmaps') ?? []).filter(bitmap => text(bitmap, 'name') !== '');
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
    children,
  };
}

function kindOf(driver: string): GraphNode['kind'] {
  return PROTOCOLS.has(driver) ? 'protocol' : FILTERS.has(driver) ? 'filter' : 'format';
}

function isProtocol(all: readonly JsonObject[], name: string): boolean {
  const node = all.find(other => text(other, 'node-name') === name);
  return node !== undefined && kindOf(text(node, 'drv')) === 'protocol';
}

function edgesOf(node: JsonObject, all: readonly JsonObject[], flat: boolean): readonly GraphEdge[] {
  const told = member(node, 'children');
  if (isArray(told)) {
    const edges = objects(told).map(child => ({
      role: text(child, 'child'),
      node: text(child, 'node-name'),
    }));
    // Backing first, and `file` before the rest (the target of a copy-before-write filter, say).
    const order = (edge: GraphEdge) => (edge.role === 'backing' ? 0 : edge.role === 'file' ? 1 : 2);
    return edges.toSorted((a, b) => order(a) - order(b));
  }
  const kind = kindOf(text(node, 'drv'));
  if (kind === 'protocol') return [];
  const others = all.filter(other => other !== node);
  const below = flat ? belowByName(node, others) : belowByImage(node, others);
  const edges: GraphEdge[] = [];
  if (below !== undefined) edges.push({ role: kind === 'filter' ? 'file' : 'backing', node: below });
  if (kind === 'format') {
    const inner = innerFile(text(node, 'file'));
    const file =
      others.find(
        other => kindOf(text(other, 'drv')) === 'protocol' && text(other, 'file') === text(node, 'file'),
      ) ??
      (inner && others.find(other => isDescribed(other, inner)));
    if (file !== undefined) edges.push({ role: 'file', node: text(file, 'node-name') });
  }
  return edges;
}

// The image below, as the node's own image describes it, is the image of exactly one node (or of several that are
// the same to the eye).
function belowByImage(node: JsonObject, others: readonly JsonObject[]): string | undefined {
  const image = member(node, 'image');
  const below = isObject(image) ? member(image, 'backing-image') : undefined;
  if (!isObject(below)) return undefined;
  const signature = chainSignature(below);
  const found = others.find(other => {
    const own = member(other, 'image');
    return isObject(own) && chainSignature(own) === signature;
  });
  return found === undefined ? undefined : text(found, 'node-name');
}

function chainSignature(image: JsonObject): string {
  const below = member(image, 'backing-image');
  const own = `${text(image, 'format')} ${text(image, 'filename')}`;
  return isObject(below) ? `${own}\n${chainSignature(below)}` : own;
}

function belowByName(node: JsonObject, others: readonly JsonObject[]): string | undefined {
  const image = member(node, 'image');
  const driver = text(node, 'drv');
  const name = (found: JsonObject | undefined) =>
    found === undefined ? undefined : text(found, 'node-name');
  if (kindOf(driver) === 'filter') {
    const inner = innerFile(text(node, 'file'));
    if (inner !== undefined) return name(others.find(other => isDescribed(other, inner)));
    // A filter that QEMU put in by itself bears the file name of what it filters.
    const same = others.filter(
      other => text(other, 'file') === text(node, 'file') && text(other, 'drv') !== driver,
    );
    return name(same.find(other => kindOf(text(other, 'drv')) === 'format') ?? same[0]);
  }
  const backing = isObject(image) ? text(image, 'full-backing-filename') || text(node, 'backing_file') : '';
  if (backing === '') return undefined;
  const named = others.filter(other => text(other, 'file') === backing);
  return name(named.find(other => kindOf(text(other, 'drv')) === 'format') ?? named[0]);
}

/** The options in a `json:{...}` file name. */
export function optionsOf(file: string): JsonObject | undefined {
  if (!file.startsWith('json:')) return undefined;
  try {
    const value = parseJson(file.slice('json:'.length));
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

function innerFile(file: string): JsonObject | undefined {
  const inner = member(optionsOf(file) ?? {}, 'file');
  return isObject(inner) ? inner : undefined;
}

/** Whether a node is the one that options describe: by its own options, or by its driver and file name. */
function isDescribed(node: JsonObject, options: JsonObject): boolean {
  const file = text(node, 'file');
  return equalJson(optionsOf(file) ?? { driver: text(node, 'drv'), filename: file }, options);
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

function objects(value: Json): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : [];
}

function text(object: JsonObject, key: string): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : '';
}

function amount(object: JsonObject, key: string): number | undefined {
  const value = member(object, key);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}
