// Nodes in the order in which an argument is likely to want them: free ones where something is to be written, those that
// nothing stands on where a disk is meant, those that QEMU named by itself last. It orders and never hides: before QEMU
// 10.1 told every node's children, what stands on what is known by file names only.
import type { Wanted } from '../schema/names.ts';
import { kindOf } from '../schema/notes/drivers.ts';
import { isArray, isObject, type JsonObject, member } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';

/** The rows of query-named-block-nodes, those that fit best first; `attached` are nodes that devices use. */
export function byFit(
  nodes: readonly JsonObject[],
  attached: ReadonlySet<string>,
  { fit, given }: Pick<Wanted, 'fit' | 'given'>,
): readonly JsonObject[] {
  if (fit === undefined) return ownFirst(nodes);
  const below = childrenOf(nodes);
  const source = sourceOf(nodes, given);
  const readsOnly = /-cd$/.test(text(given, 'driver'));
  const weigh = (node: JsonObject): readonly number[] => {
    const name = text(node, 'node-name');
    const [made, used, inside, fixed] = [
      isMade(node),
      attached.has(name),
      below.has(name),
      member(node, 'ro') === true,
    ];
    switch (fit) {
      case 'root':
        return [made, inside, !used, fixed].map(Number);
      case 'below':
        return [made, !inside].map(Number);
      case 'free':
        return [made, used || inside, fixed !== readsOnly].map(Number);
      case 'target':
        return [
          node === source || made,
          used || inside,
          fixed,
          source !== undefined && sizeOf(node) !== sizeOf(source),
        ].map(Number);
      default:
        return fit satisfies never;
    }
  };
  return nodes
    .map(node => ({ node, weight: weigh(node) }))
    .sort((a, b) => compare(a.weight, b.weight))
    .map(({ node }) => node);
}

/** The node that the line copies, where it is typed already; what depends on it depends on nothing else of the line. */
export function sourceOf(nodes: readonly JsonObject[], given: JsonObject): JsonObject | undefined {
  const name = text(given, 'device') || text(given, 'node');
  return name === '' ? undefined : nodes.find(node => text(node, 'node-name') === name);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

function ownFirst(nodes: readonly JsonObject[]): readonly JsonObject[] {
  return [...nodes.filter(node => !isMade(node)), ...nodes.filter(isMade)];
}

/** Names that QEMU made up begin with "#": they can be used, but seldom are. */
function isMade(node: JsonObject): boolean {
  return text(node, 'node-name').startsWith('#');
}

/** The nodes on which others stand. */
function childrenOf(nodes: readonly JsonObject[]): ReadonlySet<string> {
  if (nodes.some(node => isArray(member(node, 'children'))))
    return new Set(
      nodes.flatMap(node => objectsIn(member(node, 'children')).map(row => text(row, 'node-name'))),
    );
  const found = new Set<string>();
  const backing = new Set(nodes.flatMap(node => text(node, 'backing_file') || []));
  const kinds = new Map<string, Set<string>>();
  for (const node of nodes) {
    const file = text(node, 'file');
    kinds.set(file, (kinds.get(file) ?? new Set()).add(kindOf(text(node, 'drv'))));
  }
  for (const node of nodes) {
    const file = text(node, 'file');
    if (file === '') continue;
    const kind = kindOf(text(node, 'drv'));
    const above = kinds.get(file);
    const covered =
      (kind === 'protocol' && (above?.has('format') || above?.has('filter'))) ||
      (kind === 'format' && (above?.has('filter') || backing.has(file)));
    if (covered) found.add(text(node, 'node-name'));
  }
  return found;
}

function sizeOf(node: JsonObject): string {
  const image = member(node, 'image');
  return isObject(image) ? String(member(image, 'virtual-size')) : '';
}
