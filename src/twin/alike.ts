// What of a graph a rehearsal compares: nodes, edges, users and bitmaps, in no order, and nothing of the data.
import { toDot } from '../render/dot.ts';
import type { BlockGraph } from '../render/graph.ts';

/** The graph as rows, sorted. */
export function factsOf(graph: BlockGraph): readonly string[] {
  const bitmaps = [...graph.nodes.values()].flatMap(node => node.bitmaps.map(name => `${node.name} ${name}`));
  return [...toDot(graph).split('\n'), ...graph.folded.keys(), ...bitmaps].sort();
}

export function areAlike(one: BlockGraph, other: BlockGraph): boolean {
  return factsOf(one).join('\n') === factsOf(other).join('\n');
}
