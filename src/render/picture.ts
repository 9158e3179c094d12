// The block graph as a picture of letters: a row a chain, base to the left, the guest's device to the right.
import { lineWidth, padLine, span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import type { Role, Span, StyledLine } from '../text/style.ts';
import type { GraphEdge } from './edges.ts';
import { chainEdge, targetOf } from './edges.ts';
import type { BlockGraph, GraphNode, GraphUser } from './graph.ts';
import { chain, usersOn } from './graph.ts';
import type { JobView } from './job.ts';
import { renderJobRow } from './job.ts';
import { type Path, pathsOf } from './paths.ts';
import { optionsOf } from './replies.ts';

interface PictureOptions {
  readonly width: number;
  /** The graph before: what is new or changed since is marked, what is gone is listed. */
  readonly before?: BlockGraph;
  /** Jobs to show below, with source and target where they are known. */
  readonly jobs?: readonly JobView[];
  /** Jobs that tell where a filter of theirs writes, where QEMU does not; those of `jobs` do so without. */
  readonly known?: readonly JobView[];
  /** Only the chains this node or device, or one of these, is in. */
  readonly only?: string | readonly string[];
  /** How many rows the chains may take; what is left out is said. */
  readonly rows?: number;
}

/** The picture. A chain that is too wide for a row is drawn downwards, top first. */
export function renderGraph(graph: BlockGraph, options: PictureOptions): readonly StyledLine[] {
  const only = typeof options.only === 'string' ? [options.only] : options.only;
  const paths = pathsOf(graph, only);
  const context: Context = {
    ...options,
    graph,
    labels: labelsOf(graph),
    users: usersOn(graph),
    parts: partsOf(graph),
    files: new Map([...graph.folded].map(([file, node]) => [node, file])),
  };
  const out: StyledLine[] = [];
  for (const [i, path] of paths.entries()) {
    if (out.length >= MOST_ROWS) {
      out.push([], [span(`and ${paths.length - i} more chains: .graph NODE draws those of one`, 'dim')]);
      break;
    }
    const drawn = drawAcross(path, context) ?? drawDown(path, context);
    if (out.length > 0) out.push([]);
    for (const row of drawn) out.push(row);
  }
  if (out.length === 0) {
    out.push([
      span(only === undefined ? 'no block nodes' : `no node or device ${safe(only.join(', '))}`, 'dim'),
    ]);
  }
  const { rows = out.length } = options;
  if (out.length > rows) {
    const hidden = out.splice(Math.max(1, rows - 1)).filter(row => row.length > 0).length;
    out.push([span(`and ${hidden} more rows: .graph draws all`, 'dim')]);
  }
  const drawnRows = out.length;
  const list = (title: Span, names: readonly string[]) => {
    if (names.length === 0) return;
    // Apart from the picture: it belongs to no node's column.
    if (paths.length > 0 && out.length === drawnRows) out.push([]);
    const row = [
      title,
      span(names.map(name => safe(name)).join(', '), title.role === 'dim' ? 'dim' : undefined),
    ];
    for (const line of wrapLine(row, options.width, 2)) out.push(line);
  };
  const empty = options.only === undefined ? graph.devices.filter(({ node }) => node === undefined) : [];
  list(
    span('no medium: ', 'dim'),
    empty.map(({ name }) => name),
  );
  // Names that begin with # are QEMU's own: nobody misses those.
  const gone = [...namesIn(options.before)].filter(
    name => !graph.nodes.has(name) && !graph.folded.has(name) && !name.startsWith('#'),
  );
  list(span('gone: ', 'warning'), gone);
  const jobs = options.jobs ?? [];
  return jobs.length === 0 ? out : [...out, [], ...jobs.map(job => renderJobRow(job, options.width))];
}

function namesIn(graph: BlockGraph | undefined): Iterable<string> {
  return graph === undefined ? [] : [...graph.nodes.keys(), ...graph.folded.keys()];
}

/** What stands for a node: its file's name, as short as it stays unlike the others; its driver where it has none. */
export function labelsOf(graph: BlockGraph): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  const files = new Set([...graph.nodes.values()].map(node => node.file));
  // The files that end in each of these; two are enough to tell that it is not one's alone.
  const ends = new Map<string, Set<string>>();
  for (const file of files) {
    for (const end of endsOf(file)) {
      const same = ends.get(end) ?? new Set();
      if (same.size < 2) same.add(file);
      ends.set(end, same);
    }
  }
  for (const node of graph.nodes.values()) {
    out.set(node.name, node.kind === 'filter' ? node.driver : safe(shortName(node, ends)));
  }
  return out;
}

interface Context extends PictureOptions {
  readonly graph: BlockGraph;
  readonly labels: ReadonlyMap<string, string>;
  /** Devices and exports on each node. */
  readonly users: ReadonlyMap<string, readonly GraphUser[]>;
  /** What each node is to others that read it beside their chain: `target of X`. */
  readonly parts: ReadonlyMap<string, readonly string[]>;
  /** The file that is drawn as one with each node. */
  readonly files: ReadonlyMap<string, string>;
}

/** Rows of a picture; nobody reads more, and the keys would wait for it. */
const MOST_ROWS = 5000;
/** Names in one place; more than these are counted. */
const MOST_NAMES = 6;

function partsOf(graph: BlockGraph): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const node of graph.nodes.values()) {
    for (const edge of besides(node)) {
      if (edge.node === '') continue;
      const part = `${edge.role} of ${node.name.startsWith('#') ? node.driver : node.name}`;
      const there = out.get(edge.node);
      if (there === undefined) out.set(edge.node, [part]);
      else there.push(part);
    }
  }
  return out;
}

/** What a node stands on beside its chain. */
function besides(node: GraphNode): readonly GraphEdge[] {
  const main = chainEdge(node);
  return node.children.filter(child => child !== main);
}

const ARROW = ' <-- ';

/** Undefined where a row is too narrow for the chain. */
function drawAcross(path: Path, context: Context): readonly StyledLine[] | undefined {
  const { nodes, joins } = path;
  const below = joins === undefined ? oneOfSeveral(nodes.at(-1), context) : undefined;
  const cells: (readonly StyledLine[])[] = [
    ...(joins === undefined ? [] : [[box(joins, context), ...again(joins)]]),
    ...(below === undefined ? [] : [[below.box, below.names]]),
    ...nodes.toReversed().map(node => [box(node, context), ...facts(node, context)]),
  ];
  const users = usersOf(path, context);
  if (users.length > 0) cells.push(users.flat());
  const rows = cells.reduce((most, cell) => Math.max(most, cell.length), 0);
  const wide = cells.map(cell => cell.reduce((most, row) => Math.max(most, lineWidth(row)), 0));
  const whole = wide.reduce((sum, cells) => sum + cells, ARROW.length * (cells.length - 1));
  if (whole > context.width) return undefined;
  return Array.from({ length: rows }, (_, row) => {
    const line = cells.flatMap((cell, i): Span[] => {
      const last = i === cells.length - 1;
      const shown = cell[row] ?? [];
      const between =
        i === 0 ? [] : [row === 0 ? span(ARROW, 'punctuation') : span(' '.repeat(ARROW.length))];
      return [...between, ...(last ? shown : padLine(shown, wide[i] ?? 0))];
    });
    return dropTrailing(line);
  });
}

function drawDown(path: Path, context: Context): readonly StyledLine[] {
  const { nodes, joins } = path;
  const users = usersOf(path, context).map(
    ([name = [], ...does]): StyledLine => [...name, ...does.flatMap((row): Span[] => [span(' '), ...row])],
  );
  const below = joins === undefined ? oneOfSeveral(nodes.at(-1), context) : undefined;
  const boxes: StyledLine[] = [
    ...nodes.map((node): StyledLine => [...box(node, context), ...apart(facts(node, context))]),
    ...(joins === undefined ? [] : [[...box(joins, context), ...apart(again(joins))]]),
    ...(below === undefined ? [] : [[...below.box, ...apart([below.names])]]),
  ];
  const rows = boxes.flatMap((row, i) => {
    const lead = i === 0 ? (users.length > 0 ? 'to ' : '') : 'on ';
    return wrapLine([span(`  ${lead}`, 'dim'), ...row], context.width, 5);
  });
  return [...users.flatMap(user => wrapLine(user, context.width, 2)), ...rows];
}

function apart(facts: readonly StyledLine[]): StyledLine {
  return facts.flatMap((fact): Span[] => [span('  '), ...fact]);
}

/** What stands under a node that an earlier row has told about. */
function again(node: GraphNode): readonly StyledLine[] {
  return [...(node.name.startsWith('#') ? [] : [[span(safe(node.name), 'key')]]), [span('as above', 'dim')]];
}

/** The image below a base, where several nodes have it open and QEMU does not tell which of them is meant. */
function oneOfSeveral(base: GraphNode | undefined, context: Context) {
  const names = base?.children[0]?.oneOf ?? [];
  const [first] = names;
  const node = first === undefined ? undefined : context.graph.nodes.get(first);
  if (node === undefined) return undefined;
  const label = context.labels.get(node.name) ?? safe(node.name);
  return {
    box: [span('[', 'punctuation'), span(label, 'string'), span(']', 'punctuation')],
    names: [span(`one of ${some(names)}`, 'dim')],
  };
}

function some(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  const shown = names.slice(0, MOST_NAMES).map(name => safe(name));
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
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
  const file = context.files.get(node.name) ?? '#';
  if (!file.startsWith('#')) out.push([span(`file: ${safe(file)}`, 'dim')]);
  const others = besides(node).filter(edge => edge.role !== 'backing' || edge.oneOf === undefined);
  for (const edge of others.slice(0, MOST_NAMES)) {
    const below = edge.node.startsWith('#') ? context.labels.get(edge.node) : undefined;
    const named = edge.oneOf === undefined ? (below ?? safe(edge.node)) : `one of ${some(edge.oneOf)}`;
    out.push([span(`${safe(edge.role)}: ${named}`, 'dim')]);
  }
  if (others.length > MOST_NAMES) out.push([span(`and ${others.length - MOST_NAMES} more`, 'dim')]);
  for (const role of node.untold) {
    const target = role === 'target' ? targetOf(node, context.known ?? context.jobs ?? []) : undefined;
    out.push([span(`${safe(role)}: ${target === undefined ? 'not told' : safe(target)}`, 'dim')]);
  }
  const parts = context.parts.get(node.name) ?? [];
  if (parts.length > 0) out.push([span(some(parts), 'dim')]);
  for (const job of context.jobs ?? []) {
    if (job.source === node.name) out.push([span(`${safe(job.id)} reads`, 'event')]);
    if (job.target === node.name) out.push([span(`${safe(job.id)} writes`, 'event')]);
  }
  return out;
}

// The name of the user in the first row, what it does in the second.
function usersOf({ nodes, joins }: Path, context: Context): readonly (readonly StyledLine[])[] {
  // Those of a node further down stand with another row.
  const top = nodes[0] ?? joins;
  const node = context.graph.nodes.get(top?.name ?? '');
  return (context.users.get(top?.name ?? '') ?? []).map(user => [
    [span(safe(user.name), 'command')],
    [
      span(
        user.exports === undefined
          ? node?.readOnly === true
            ? 'reads'
            : 'writes'
          : `${safe(user.exports)} export`,
        'dim',
      ),
    ],
    ...(user.through === undefined ? [] : [[span(`perhaps through ${safe(user.through)}`, 'dim')]]),
    ...moved(user, context),
  ]);
}

function moved(user: GraphUser, { before, graph }: Context): readonly StyledLine[] {
  const list = user.exports === undefined ? before?.devices : before?.exports;
  const was = list?.find(other => other.name === user.name);
  if (before === undefined || was === undefined) return [];
  const image = imageOf(before, was.node);
  if (image === imageOf(graph, user.node)) return [];
  return [[span(image === undefined ? 'was empty' : `was on ${safe(image)}`, 'warning')]];
}

// A filter that a job puts in for a while does not move the device to another image.
function imageOf(graph: BlockGraph, name: string | undefined): string | undefined {
  return chain(graph, name ?? '').find(node => node.kind !== 'filter')?.name ?? name;
}

/** Whether a node is new or changed against the graph before. */
function markOf(node: GraphNode, context: Context): 'new' | 'changed' | undefined {
  if (context.before === undefined) return undefined;
  const was = context.before.nodes.get(node.name);
  if (was === undefined) return context.before.folded.has(node.name) ? undefined : 'new';
  const same =
    was.readOnly === node.readOnly &&
    was.size === node.size &&
    was.file === node.file &&
    was.bitmaps.join('\n') === node.bitmaps.join('\n') &&
    was.dirty.join() === node.dirty.join() &&
    below(was) === below(node);
  return same ? undefined : 'changed';
}

function below({ children }: GraphNode): string {
  return children.map(({ role, node, oneOf = [] }) => [role, node, ...oneOf].join()).join('\n');
}

const MOST_PARTS = 8;

/** The ends of a path at its slashes, the shortest first. */
function endsOf(file: string): readonly string[] {
  const out: string[] = [];
  let at = file.length;
  while (out.length < MOST_PARTS && at > 0) {
    at = file.lastIndexOf('/', at - 1);
    if (at < 0) return [...out, file];
    out.push(file.slice(at + 1));
  }
  return out;
}

function shortName(node: GraphNode, ends: ReadonlyMap<string, ReadonlySet<string>>): string {
  const options = optionsOf(node.file);
  if (options !== undefined || node.file === '') return node.driver;
  if (/^[a-z+]+:\/\//.test(node.file)) return node.file;
  return endsOf(node.file).find(end => ends.get(end)?.size === 1) ?? node.file;
}

function dropTrailing(line: readonly Span[]): StyledLine {
  const out = [...line];
  for (let last = out.at(-1); last !== undefined && last.text.trim() === ''; last = out.at(-1)) out.pop();
  return out;
}
