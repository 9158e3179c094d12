// What of a graph a rehearsal compares: nodes, edges, users and bitmaps, in no order, and nothing of the data.
import { toDot } from '../render/dot.ts';
import type { BlockGraph } from '../render/graph.ts';
import type { Remark } from './likeness.ts';

/** The graph as rows, sorted. */
export function factsOf(graph: BlockGraph): readonly string[] {
  const bitmaps = [...graph.nodes.values()].flatMap(node => node.bitmaps.map(name => `${node.name} ${name}`));
  return [...toDot(graph).split('\n'), ...graph.folded.keys(), ...bitmaps].sort();
}

export function areAlike(one: BlockGraph, other: BlockGraph): boolean {
  return factsOf(one).join('\n') === factsOf(other).join('\n');
}

/** The nodes that hold an image of a format: how large they are depends on what is in it. */
function holdersIn({ nodes }: BlockGraph): ReadonlySet<string> {
  const held = [...nodes.values()].filter(({ kind, driver }) => kind === 'format' && driver !== 'raw');
  const holders = new Set<string>();
  for (let node = held.pop(); node !== undefined; node = held.pop())
    for (const { node: name, role } of node.children) {
      const below = nodes.get(name);
      if (below?.kind === 'format' || role === 'backing' || holders.has(name)) continue;
      holders.add(name);
      if (below) held.push(below);
    }
  return holders;
}

/** In what a twin's graph is another one than its VM's, as a remark. */
export function differences(real: BlockGraph, twin: BlockGraph | undefined): readonly Remark[] {
  const holders = holdersIn(real);
  const facts = (graph: BlockGraph | undefined, name: string) => {
    const node = graph?.nodes.get(name);
    const user = [...(graph?.devices ?? []), ...(graph?.exports ?? [])].find(one => one.name === name);
    if (!node && !user) return undefined;
    const size = holders.has(name) ? undefined : node?.size;
    return JSON.stringify([node?.readOnly, size, node?.bitmaps.toSorted(), node?.children, user?.node]);
  };
  const users = [...real.devices, ...real.exports].map(({ name }) => name);
  const other = [...new Set([...real.nodes.keys(), ...users])].filter(
    name => facts(real, name) !== facts(twin, name),
  );
  if (other.length === 0) return [];
  return [{ text: `on the twin these are not as on the VM: ${other.join(', ')}`, about: other }];
}
