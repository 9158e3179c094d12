// The block graph as the rows that are drawn of it: each a path from a user, or from a node on which none stands, down
// to the base, or to where an earlier row is met.
import { chainEdge } from './edges.ts';
import type { BlockGraph, GraphNode } from './graph.ts';
import { usersOn } from './graph.ts';

export interface Path {
  /** Top first; each node of the graph is in one path. Empty where only a user is new. */
  readonly nodes: readonly GraphNode[];
  /** A node of an earlier path, on which this one stands. */
  readonly joins?: GraphNode;
}

/** Every node of the graph in a path; with `only` the paths from whatever stands on these nodes, devices or exports. */
export function pathsOf(graph: BlockGraph, only?: readonly string[]): readonly Path[] {
  const below = (node: GraphNode) => graph.nodes.get(chainEdge(node)?.node ?? '');
  const users = usersOn(graph);
  const all = [...graph.nodes.values()];
  const held = all.filter(({ name }) => users.has(name));
  const beneath = new Set<GraphNode>();
  for (const top of held) {
    for (let at = below(top); at !== undefined && !beneath.has(at); at = below(at)) beneath.add(at);
  }
  const lower = new Set(all.flatMap(node => below(node) ?? []));
  const starts = [
    ...held.filter(node => !beneath.has(node)),
    ...held.filter(node => beneath.has(node)),
    ...all.filter(node => !lower.has(node) && !users.has(node.name)),
    ...all, // a loop, which no start leads into
  ];
  const wanted = only === undefined ? undefined : new Set(only.flatMap(name => [...standingOn(graph, name)]));
  const drawn = new Set<GraphNode>();
  const out: Path[] = [];
  for (const [i, start] of starts.entries()) {
    if (wanted !== undefined && !wanted.has(start)) continue;
    const rest = i >= starts.length - all.length;
    if (rest && drawn.has(start)) continue;
    const nodes: GraphNode[] = [];
    let at: GraphNode | undefined = start;
    for (; at !== undefined && !drawn.has(at); at = below(at)) {
      drawn.add(at);
      nodes.push(at);
    }
    out.push(at === undefined ? { nodes } : { nodes, joins: at });
  }
  return out;
}

/** The nodes that a name means, and all that stand on them in any role. */
function standingOn(graph: BlockGraph, name: string): ReadonlySet<GraphNode> {
  const own = graph.nodes.get(graph.folded.get(name) ?? name);
  const used = [...graph.devices, ...graph.exports].filter(user => user.name === name);
  const above = new Map<string, GraphNode[]>();
  for (const node of graph.nodes.values()) {
    for (const edge of node.children) {
      for (const child of edge.oneOf ?? [edge.node]) {
        const there = above.get(child);
        if (there === undefined) above.set(child, [node]);
        else there.push(node);
      }
    }
  }
  const out = new Set<GraphNode>();
  const open = own === undefined ? used.flatMap(({ node }) => graph.nodes.get(node ?? '') ?? []) : [own];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (out.has(at)) continue;
    out.add(at);
    open.push(...(above.get(at.name) ?? []));
  }
  return out;
}
