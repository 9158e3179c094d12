// What a VM tells of its block layer, asked by questions that cannot harm it.
import { type AskVm, askBlocks } from '../line/blockgraph.ts';
import { readEdges } from '../render/edges.ts';
import type { BlockGraph } from '../render/graph.ts';
import type { JobView } from '../render/job.ts';
import { HARMLESS } from '../session/facts.ts';
import { isObject, type Json, type JsonObject, member, parseJson } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import { isOfJob } from './node.ts';

export type Edges = readonly { readonly role: string; readonly node: string }[];

export interface Told {
  /** `status` of query-status; absent where there is no guest. */
  readonly status?: string;
  readonly graph: BlockGraph;
  readonly nodes: readonly JsonObject[];
  readonly block: readonly JsonObject[];
  /** What each node stands on; of what QEMU does not tell for certain, nothing. */
  readonly edges: ReadonlyMap<string, Edges>;
  readonly exports: readonly JsonObject[];
  readonly jobs: readonly JobTold[];
  /** What the character devices are connected to, as QEMU writes it. */
  readonly chardevs: readonly string[];
  readonly iothreads: readonly string[];
  readonly throttleGroups: readonly string[];
  /** Types of the devices that have an id, and of those that have none, in order. */
  readonly devices: ReadonlyMap<string, string>;
  readonly nameless: readonly string[];
  /** Properties of the devices that decide who may use a node: by path. */
  readonly properties: ReadonlyMap<string, DeviceProperties>;
  readonly groupOf: (throttle: JsonObject) => string | undefined;
  /** That QEMU would not tell it for certain. */
  readonly unclear: readonly string[];
}

interface DeviceProperties {
  readonly iothread?: string;
  readonly shares?: true;
}

export interface JobTold {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly isBlockJob: boolean;
  readonly autoDismiss: boolean;
  readonly autoFinalize: boolean;
  /** Where this shell has seen it begin. */
  readonly source?: string;
  readonly target?: string;
}

/** Beside the harmless ones: what `.graph` asks, too. They read what is there. */
const GRAPH_ASKS = new Set(['query-blockstats', 'qom-get', 'x-debug-query-block-graph']);
/** Properties of devices that are asked for. */
const PROPERTIES = new Set(['drive', 'iothread', 'share-rw']);

/** Asks; undefined where QEMU refuses to tell its nodes. `known` are the jobs as this shell has seen them. */
export async function askTold(
  ask: AskVm,
  known: readonly JobView[],
  unstable: boolean,
): Promise<Told | undefined> {
  const careful: AskVm = async (command, args = {}) => {
    const may =
      HARMLESS.has(command) ||
      (GRAPH_ASKS.has(command) && (command !== 'qom-get' || PROPERTIES.has(String(args['property']))));
    return may ? ask(command, args) : undefined;
  };
  // A VM without devices (qemu-storage-daemon) knows no query-block.
  const lenient: AskVm = async (command, args) =>
    (await careful(command, args)) ?? (command === 'query-block' ? [] : undefined);
  const blocks = await askBlocks(lenient, unstable);
  if (!blocks) return undefined;
  const [jobs, blockJobs, iothreads, objects, named, nameless, chardevs, state] = await Promise.all([
    careful('query-jobs'),
    careful('query-block-jobs'),
    careful('query-iothreads'),
    careful('qom-list', { path: '/objects' }),
    careful('qom-list', { path: '/machine/peripheral' }),
    careful('qom-list', { path: '/machine/peripheral-anon' }),
    careful('query-chardev'),
    careful('query-status'),
  ]);
  const nodes = objectsIn(blocks.nodes).filter(node => text(node, 'node-name') !== '');
  const edges = readEdges(nodes, blocks.sources);
  const unclear = [...edges].flatMap(([name, { edges: own, untold }]) =>
    untold.length > 0 || own.some(({ node }) => node === '') ? [name] : [],
  );
  const block = objectsIn(blocks.block);
  const paths = block.flatMap(one => {
    const path = text(one, 'qdev').replace(/\/virtio-backend$/, '');
    return path === '' ? [] : [path];
  });
  const properties = await Promise.all(
    paths.map(async path => [path, await askProperties(careful, path)] as const),
  );
  const devices = childrenIn(named);
  const status = isObject(state) ? text(state, 'status') : '';
  return {
    ...(status === '' ? {} : { status }),
    graph: blocks.graph,
    nodes,
    block,
    edges: new Map(
      [...edges].map(([name, { edges: own }]) => [name, own.filter(({ node }) => node !== '')] as const),
    ),
    exports: objectsIn(blocks.sources.exports),
    jobs: jobsIn(jobs, blockJobs, known, jobNodes(blocks.sources.debug)),
    chardevs: objectsIn(chardevs).map(one => text(one, 'filename')),
    iothreads: objectsIn(iothreads).map(one => text(one, 'id')),
    throttleGroups: childrenIn(objects).flatMap(([name, type]) => (type === 'throttle-group' ? [name] : [])),
    devices: new Map(devices),
    nameless: childrenIn(nameless).map(([, type]) => type),
    properties: new Map(properties),
    groupOf: groupOf,
    unclear,
  };
}

/** The nodes that nothing uses, as far as QEMU tells, and that can be written: each must be there for something untold. */
export function looseNodes(told: Told, below: (node: string) => string): readonly string[] {
  const used = new Set([...told.edges.values()].flatMap(edges => edges.map(({ node }) => node)));
  for (const { node } of [...told.graph.devices, ...told.graph.exports])
    if (node !== undefined) used.add(below(node));
  return told.nodes
    .filter(node => !isOfJob(node) && member(node, 'ro') !== true)
    .map(node => text(node, 'node-name'))
    .filter(name => !used.has(name));
}

async function askProperties(ask: AskVm, path: string): Promise<DeviceProperties> {
  const names = new Set(objectsIn(await ask('qom-list', { path })).map(one => text(one, 'name')));
  const get = async (property: string) =>
    names.has(property) ? ask('qom-get', { path, property }) : undefined;
  const [thread, shares] = await Promise.all([get('iothread'), get('share-rw')]);
  return {
    ...(typeof thread === 'string' && thread !== '' ? { iothread: thread.replace(/^.*\//, '') } : {}),
    ...(shares === true ? { shares: true as const } : {}),
  };
}

function childrenIn(list: Json | undefined): readonly (readonly [name: string, type: string])[] {
  return objectsIn(list).flatMap(one => {
    const type = /^child<(.+)>$/.exec(text(one, 'type'))?.[1];
    return type === undefined ? [] : [[text(one, 'name'), type] as const];
  });
}

function jobsIn(
  jobs: Json | undefined,
  blockJobs: Json | undefined,
  known: readonly JobView[],
  nodes: ReadonlyMap<string, ReadonlyMap<string, string>>,
): readonly JobTold[] {
  const block = new Map(objectsIn(blockJobs).map(job => [text(job, 'device'), job]));
  return objectsIn(jobs).map(job => {
    const id = text(job, 'id');
    const more = block.get(id) ?? {};
    const seen = known.find(one => one.id === id);
    return {
      id,
      type: text(job, 'type'),
      status: text(job, 'status'),
      isBlockJob: block.has(id),
      autoDismiss: member(more, 'auto-dismiss') !== false,
      autoFinalize: member(more, 'auto-finalize') !== false,
      ...pick('source', nodes.get(id)?.get('main node') ?? seen?.source),
      ...pick('target', nodes.get(id)?.get('target') ?? seen?.target),
    };
  });
}

function pick<K extends string>(key: K, value: string | undefined): { readonly [key in K]?: string } {
  const found: { [key in K]?: string } = {};
  if (value !== undefined) found[key] = value;
  return found;
}

/** What the jobs use, as x-debug-query-block-graph tells it: by job, nodes by what they are to it. */
function jobNodes(debug: Json | undefined): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const graph = isObject(debug) ? debug : {};
  const all = new Map(objectsIn(member(graph, 'nodes')).map(node => [String(member(node, 'id')), node]));
  const out = new Map<string, Map<string, string>>();
  for (const edge of objectsIn(member(graph, 'edges'))) {
    const [parent, child] = ['parent', 'child'].map(end => all.get(String(member(edge, end))));
    if (!parent || !child || text(parent, 'type') !== 'block-job') continue;
    const job = out.get(text(parent, 'name')) ?? new Map<string, string>();
    job.set(text(edge, 'name'), text(child, 'name'));
    out.set(text(parent, 'name'), job);
  }
  return out;
}

/** The group of a throttle node stands in its name, which is JSON. */
function groupOf(node: JsonObject): string | undefined {
  const file = text(node, 'file');
  if (!file.startsWith('json:')) return undefined;
  try {
    const options = parseJson(file.slice('json:'.length));
    return isObject(options) && text(options, 'driver') === 'throttle'
      ? text(options, 'throttle-group')
      : undefined;
  } catch {
    return undefined; // cut off at the length that QEMU keeps
  }
}
