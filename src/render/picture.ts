// The block graph as a picture of letters: a row a chain, base to the left, the guest's device to the right.
import { lineWidth, padLine, span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import type { Role, Span, StyledLine } from '../text/style.ts';
import type { BlockGraph, GraphNode } from './graph.ts';
import { chain, chainEdge, optionsOf, roots } from './graph.ts';
import type { JobView } from './job.ts';
import { renderJobRow } from './job.ts';

export interface PictureOptions {
  readonly width: number;
  /** The graph before: what is new or changed since is marked, what is gone is listed. */
  readonly before?: BlockGraph;
  /** Jobs to show below, with source and target where they are known. */
  readonly jobs?: readonly JobView[];
  /** Only the chains this node or device is in. */
  readonly only?: string;
}

/** The picture. A chain that is too wide for a row is drawn downwards, top first. */
export function renderGraph(graph: BlockGraph, options: PictureOptions): readonly StyledLine[] {
  const tops = roots(graph).filter(top => options.only === undefined || concerns(graph, top, options.only));
  const labels = labelsOf(graph);
  const out: StyledLine[] = [];
  for (const top of tops) {
    const nodes = chain(graph, top);
    const context = { graph, labels, ...options };
    const across = drawAcross(nodes, context);
    const drawn = across.every(row => lineWidth(row) <= options.width) ? across : drawDown(nodes, context);
    out.push(...(out.length > 0 ? [[]] : []), ...drawn);
  }
  if (out.length === 0) {
    out.push([
      span(options.only === undefined ? 'no block nodes' : `no node or device ${safe(options.only)}`, 'dim'),
    ]);
  }
  const empty = graph.devices.filter(device => device.node === undefined);
  if (empty.length > 0 && options.only === undefined) {
    out.push(
      ...wrapLine(
        [span(`no medium: ${empty.map(device => safe(device.name)).join(', ')}`, 'dim')],
        options.width,
        2,
      ),
    );
  }
  // Names that begin with # are QEMU's own: nobody misses those.
  const gone = [...(options.before?.nodes.keys() ?? [])].filter(
    name => !graph.nodes.has(name) && !name.startsWith('#'),
  );
  if (gone.length > 0) {
    out.push(
      ...wrapLine(
        [span('gone: ', 'warning'), span(gone.map(name => safe(name)).join(', '))],
        options.width,
        2,
      ),
    );
  }
  const jobs = options.jobs ?? [];
  if (jobs.length > 0) out.push([], ...jobs.map(job => renderJobRow(job, options.width)));
  return out;
}

/** What stands for a node: its file's name, as short as it stays unlike the others; its driver where it has none. */
export function labelsOf(graph: BlockGraph): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  const files = [...graph.nodes.values()].map(node => node.file);
  for (const node of graph.nodes.values()) {
    out.set(node.name, node.kind === 'filter' ? node.driver : safe(shortName(node, files)));
  }
  return out;
}

interface Context extends PictureOptions {
  readonly graph: BlockGraph;
  readonly labels: ReadonlyMap<string, string>;
}

const ARROW = ' <-- ';

function drawAcross(nodes: readonly GraphNode[], context: Context): readonly StyledLine[] {
  const cells: (readonly StyledLine[])[] = nodes
    .toReversed()
    .map(node => [box(node, context), ...facts(node, context)]);
  const devices = devicesOf(nodes, context);
  if (devices.length > 0) cells.push(devices.flat());
  const rows = Math.max(...cells.map(cell => cell.length));
  return Array.from({ length: rows }, (_, row) => {
    const line = cells.flatMap((cell, i): Span[] => {
      const last = i === cells.length - 1;
      const wide = Math.max(...cell.map(lineWidth));
      const shown = cell[row] ?? [];
      const between =
        i === 0 ? [] : [row === 0 ? span(ARROW, 'punctuation') : span(' '.repeat(ARROW.length))];
      return [...between, ...(last ? shown : padLine(shown, wide))];
    });
    return dropTrailing(line);
  });
}

function drawDown(nodes: readonly GraphNode[], context: Context): readonly StyledLine[] {
  const devices = devicesOf(nodes, context).map(
    ([name = [], does = []]): StyledLine => [...name, span(' '), ...does],
  );
  const rows = nodes.flatMap((node, i) => {
    const lead = i === 0 ? (devices.length > 0 ? 'to ' : '') : 'on ';
    const more = facts(node, context).flatMap((fact): Span[] => [span('  '), ...fact]);
    return wrapLine([span(`  ${lead}`, 'dim'), ...box(node, context), ...more], context.width, 5);
  });
  return [...devices.flatMap(device => wrapLine(device, context.width, 2)), ...rows];
}

function box(node: GraphNode, context: Context): StyledLine {
  const label = context.labels.get(node.name) ?? safe(node.name);
  const mark = markOf(node, context);
  const role: Role | undefined = mark === 'new' ? 'ok' : mark === 'changed' ? 'warning' : undefined;
  const [open, close] = node.kind === 'filter' ? ['(', ')'] : ['[', ']'];
  return [
    span(open, 'punctuation'),
    { ...span(label, role ?? 'string'), bold: mark !== undefined },
    span(close, 'punctuation'),
  ];
}

function facts(node: GraphNode, context: Context): readonly StyledLine[] {
  const mark = markOf(node, context);
  const out: StyledLine[] = [];
  // Names that begin with # are QEMU's own, and no command takes them for long.
  if (!node.name.startsWith('#')) out.push([span(safe(node.name), 'key')]);
  if (mark !== undefined) out.push([span(mark, mark === 'new' ? 'ok' : 'warning')]);
  if (node.kind !== 'filter') {
    if (node.size !== undefined) out.push([span(bytes(node.size), 'number')]);
    if (node.used !== undefined && node.used > 0) out.push([span(`${bytes(node.used)} used`, 'dim')]);
    if (node.readOnly) out.push([span('read-only', 'dim')]);
  }
  for (const [i, bitmap] of node.bitmaps.entries()) {
    const dirty = node.dirty[i] ?? 0;
    out.push([span(`bitmap ${safe(bitmap)}${dirty > 0 ? `: ${bytes(dirty)}` : ''}`, 'dim')]);
  }
  const main = chainEdge(node);
  for (const edge of node.children.filter(child => child !== main)) {
    out.push([span(`${safe(edge.role)}: ${context.labels.get(edge.node) ?? safe(edge.node)}`, 'dim')]);
  }
  for (const job of context.jobs ?? []) {
    if (job.source === node.name) out.push([span(`${safe(job.id)} reads`, 'event')]);
    if (job.target === node.name) out.push([span(`${safe(job.id)} writes`, 'event')]);
  }
  return out;
}

// The name of the device in the first row, what it does in the second.
function devicesOf(nodes: readonly GraphNode[], context: Context): readonly (readonly StyledLine[])[] {
  const [top] = nodes;
  const names = nodes.map(node => node.name);
  return context.graph.devices
    .filter(device => device.node !== undefined && holds(device.node, top, names, context.graph))
    .map(device => {
      const node = context.graph.nodes.get(device.node ?? '');
      const was = context.before?.devices.find(other => other.name === device.name);
      const moved =
        context.before !== undefined &&
        was !== undefined &&
        imageOf(context.before, was.node) !== imageOf(context.graph, device.node);
      const onTop = node === top || node === undefined || filtersOnly(nodes, node);
      const verb = node?.readOnly === true ? 'reads' : 'writes';
      return [
        [span(safe(device.name), 'command')],
        [span(onTop ? verb : `${verb} ${safe(device.node ?? '')}`, 'dim')],
        ...(moved
          ? [[span(was.node === undefined ? 'was empty' : `was on ${safe(was.node)}`, 'warning')]]
          : []),
      ];
    });
}

// A filter that a job puts in for a while does not move the device to another image.
function imageOf(graph: BlockGraph, name: string | undefined): string | undefined {
  return chain(graph, name ?? '').find(node => node.kind !== 'filter')?.name ?? name;
}

// A base that several chains share: its device is drawn with the first of them only when it is their top.
function holds(
  name: string,
  top: GraphNode | undefined,
  names: readonly string[],
  graph: BlockGraph,
): boolean {
  if (!names.includes(name)) return false;
  const first = roots(graph).find(root => chain(graph, root).some(node => node.name === name));
  return first === top?.name;
}

function filtersOnly(nodes: readonly GraphNode[], node: GraphNode): boolean {
  return nodes.slice(0, nodes.indexOf(node)).every(above => above.kind === 'filter');
}

/** Whether a node is new or changed against the graph before. */
function markOf(node: GraphNode, context: Context): 'new' | 'changed' | undefined {
  if (context.before === undefined) return undefined;
  const was = context.before.nodes.get(node.name);
  if (was === undefined) return 'new';
  const same =
    was.readOnly === node.readOnly &&
    was.size === node.size &&
    was.file === node.file &&
    was.bitmaps.join('\n') === node.bitmaps.join('\n') &&
    was.dirty.join() === node.dirty.join() &&
    chainEdge(was)?.node === chainEdge(node)?.node;
  return same ? undefined : 'changed';
}

function concerns(graph: BlockGraph, top: string, only: string): boolean {
  const names = chain(graph, top).map(node => node.name);
  return (
    names.includes(only) ||
    graph.devices.some(device => device.name === only && names.includes(device.node ?? ''))
  );
}

function shortName(node: GraphNode, files: readonly string[]): string {
  const options = optionsOf(node.file);
  if (options !== undefined || node.file === '') return node.driver;
  if (/^[a-z+]+:\/\//.test(node.file)) return node.file;
  const parts = node.file.split('/');
  for (let n = 1; n < parts.length; n++) {
    const short = parts.slice(-n).join('/');
    const same = files.filter(other => other === short || other.endsWith(`/${short}`));
    if (same.every(other => other === node.file)) return short;
  }
  return node.file;
}

function dropTrailing(line: readonly Span[]): StyledLine {
  const out = [...line];
  for (let last = out.at(-1); last !== undefined && last.text.trim() === ''; last = out.at(-1)) out.pop();
  return out;
}
