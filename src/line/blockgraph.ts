// Asks a VM for its block graph, in as few questions as this QEMU needs to tell its edges.
import { type BlockGraph, devicesBelowFilters, type GraphSources, readGraph } from '../render/graph.ts';
import { isArray, isObject, type Json, member } from '../text/json.ts';

/** Sends a query; undefined where QEMU refuses it. */
export type AskVm = (command: string, args?: Readonly<Record<string, Json>>) => Promise<Json | undefined>;

/** Stacked filters up to which the chains of devices are asked for: QEMU's answer doubles with each. */
const MOST_FILTERS = 8;
const TRIES = 3;

/**
 * The graph as it is now; undefined where QEMU refuses to tell it. With `unstable` also by a command that QEMU
 * calls unstable, which tells every edge.
 */
export async function askBlockGraph(ask: AskVm, unstable: boolean): Promise<BlockGraph | undefined> {
  return (await askBlocks(ask, unstable))?.graph;
}

/** The graph, and the answers that it is made of. */
interface Blocks {
  readonly graph: BlockGraph;
  /** query-named-block-nodes, and query-block. */
  readonly nodes: Json;
  readonly block: Json;
  readonly sources: GraphSources;
}

/** The same with what QEMU has said; undefined where it refuses to tell it. */
export async function askBlocks(ask: AskVm, unstable: boolean): Promise<Blocks | undefined> {
  // A job that ends between two answers takes its filter with it: asked again, they agree.
  for (let tries = 1; ; tries++) {
    const [nodes, block, exports, debug] = await Promise.all([
      ask('query-named-block-nodes', { flat: true }),
      ask('query-block'),
      ask('query-block-exports'),
      unstable ? ask('x-debug-query-block-graph') : undefined,
    ]);
    if (nodes === undefined || block === undefined) return undefined;
    const told: GraphSources = {
      ...(exports === undefined ? {} : { exports }),
      ...(debug === undefined ? {} : { debug }),
    };
    const { all, sources } =
      debug !== undefined || tellsChildren(nodes)
        ? { all: nodes, sources: told }
        : await askMore(ask, nodes, told);
    let graph = readGraph(all, block, sources);
    if (graph.devices.some(({ through }) => through !== undefined))
      graph = readGraph(all, block, { ...sources, drives: await askDrives(ask, graph, block) });
    if (tries === TRIES || agrees(graph, sources)) return { graph, nodes: all, block, sources };
  }
}

function tellsChildren(nodes: Json): boolean {
  return isArray(nodes) && nodes.every(node => isObject(node) && isArray(member(node, 'children')));
}

// QEMU before 10.1: the nodes with the images behind them, and what their statistics tell of the edges.
async function askMore(
  ask: AskVm,
  flat: Json,
  told: GraphSources,
): Promise<{ all: Json; sources: GraphSources }> {
  const [deep, stats] = await Promise.all([
    ask('query-named-block-nodes'),
    ask('query-blockstats', { 'query-nodes': true }),
  ]);
  const all = deep ?? flat;
  const sources = { ...told, ...(stats === undefined ? {} : { stats }) };
  const { nodes } = readGraph(all, [], sources);
  const list = [...nodes.values()];
  const unclear = list.some(({ children }) => children.some(({ oneOf }) => oneOf !== undefined));
  if (!unclear || list.filter(({ kind }) => kind === 'filter').length > MOST_FILTERS) return { all, sources };
  const chains = await ask('query-blockstats');
  return { all, sources: chains === undefined ? sources : { ...sources, chains } };
}

/** What devices say of the node they stand on, where a filter of a job may be between. */
async function askDrives(ask: AskVm, graph: BlockGraph, block: Json): Promise<ReadonlyMap<string, string>> {
  const told = await Promise.all(
    devicesBelowFilters(graph, block).map(
      async path => [path, await ask('qom-get', { path, property: 'drive' })] as const,
    ),
  );
  return new Map(told.flatMap(([path, node]) => (typeof node === 'string' ? [[path, node] as const] : [])));
}

// Every node that an edge or a user names is one that was listed.
function agrees({ nodes, devices, exports, folded }: BlockGraph, { stats }: GraphSources): boolean {
  const has = (name: string | undefined) =>
    name === undefined || name === '' || nodes.has(name) || folded.has(name);
  const below = [...nodes.values()].flatMap(({ children }) => children.map(({ node }) => node));
  const counted = isArray(stats) ? stats.map(one => (isObject(one) ? member(one, 'node-name') : '')) : [];
  const named = [...below, ...[...devices, ...exports].map(({ node }) => node), ...counted];
  return named.every(name => typeof name !== 'string' || has(name));
}
