// Which block node stands on which, and no more than is known of it. QEMU from 10.1 tells every node's children.
// Before, query-blockstats names the node below each filter and the file below each format; the backing image is
// described in words, which name it where they fit one node alone. x-debug-query-block-graph tells all, but unstable.

import { kindOf } from '../schema/notes/drivers.ts';
import type { Json, JsonObject } from '../text/json.ts';
import { isArray, isObject, member, stringifyJson } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import { optionsOf } from './replies.ts';

export interface GraphEdge {
  readonly role: string;
  /** The node below; empty where it is one of several and QEMU does not tell which. */
  readonly node: string;
  readonly oneOf?: readonly string[];
}

export interface NodeEdges {
  readonly edges: readonly GraphEdge[];
  /** Roles in which a node stands below that this QEMU does not name. */
  readonly untold: readonly string[];
}

/** Replies that tell of edges, beside query-named-block-nodes. */
export interface EdgeSources {
  /** query-blockstats with query-nodes=true. */
  readonly stats?: Json;
  /** query-blockstats: the chains below devices, without the filters of jobs. */
  readonly chains?: Json;
  /** x-debug-query-block-graph. */
  readonly debug?: Json;
}

/** The edges of every node of query-named-block-nodes, the one a read falls through to first. */
export function readEdges(all: readonly JsonObject[], sources: EdgeSources): ReadonlyMap<string, NodeEdges> {
  const debug = sources.debug === undefined ? undefined : debugEdges(sources.debug);
  const known = new Known(all, sources);
  return new Map(
    all.map(node => {
      const name = text(node, 'node-name');
      const told = debug?.get(name) ?? toldEdges(node);
      return [name, told === undefined ? known.edgesOf(node) : { edges: told.toSorted(byRole), untold: [] }];
    }),
  );
}

interface Parent {
  readonly children: readonly GraphEdge[];
}

/** The edge that makes the chain: what a read falls through to. */
export function chainEdge({ children }: Parent): GraphEdge | undefined {
  const [first] = children;
  return first !== undefined && first.node !== '' && CHAIN.includes(first.role) ? first : undefined;
}

const CHAIN = ['backing', 'file', 'image', 'raw'];

/** A job as far as it tells of edges: what it reads and writes. */
interface Copier {
  readonly type?: string;
  readonly source?: string;
  readonly target?: string;
}

/** The target of the one backup that reads what a filter stands on; of several none is known to have put it in. */
export function targetOf(node: Parent, jobs: readonly Copier[]): string | undefined {
  const source = chainEdge(node)?.node;
  const own = jobs.filter(job => job.type === 'backup' && source !== undefined && job.source === source);
  return own.length === 1 ? own[0]?.target : undefined;
}

function byRole(a: GraphEdge, b: GraphEdge): number {
  const [first, second] = [CHAIN.indexOf(a.role), CHAIN.indexOf(b.role)];
  if (first >= 0 || second >= 0)
    return (first < 0 ? CHAIN.length : first) - (second < 0 ? CHAIN.length : second);
  const [one, other] = [a.role, b.role].map(role => Number(/\d+$/.exec(role)?.[0] ?? 0));
  return (one ?? 0) - (other ?? 0) || (a.role < b.role ? -1 : 1);
}

function toldEdges(node: JsonObject): readonly GraphEdge[] | undefined {
  const told = member(node, 'children');
  if (!isArray(told)) return undefined;
  return objectsIn(told).map(child => ({ role: text(child, 'child'), node: text(child, 'node-name') }));
}

/** Edges between nodes as x-debug-query-block-graph tells them; every node has a list, be it empty. */
function debugEdges(debug: Json): ReadonlyMap<string, readonly GraphEdge[]> {
  const graph = isObject(debug) ? debug : {};
  const drivers = objectsIn(member(graph, 'nodes')).filter(node => text(node, 'type') === 'block-driver');
  const names = new Map(drivers.map(node => [String(member(node, 'id')), text(node, 'name')]));
  const out = new Map<string, GraphEdge[]>([...names.values()].map(name => [name, []]));
  for (const edge of objectsIn(member(graph, 'edges'))) {
    const parent = names.get(String(member(edge, 'parent')));
    const node = names.get(String(member(edge, 'child')));
    if (parent !== undefined && node !== undefined) out.get(parent)?.push({ role: text(edge, 'name'), node });
  }
  return out;
}

/** The node that each device stands on, by its path and by its id, as x-debug-query-block-graph tells it. */
export function debugDevices(debug: Json): ReadonlyMap<string, string> {
  const graph = isObject(debug) ? debug : {};
  const nodes = new Map(objectsIn(member(graph, 'nodes')).map(node => [String(member(node, 'id')), node]));
  const out = new Map<string, string>();
  for (const edge of objectsIn(member(graph, 'edges'))) {
    const [parent, child] = ['parent', 'child'].map(end => nodes.get(String(member(edge, end))));
    if (parent === undefined || child === undefined || text(parent, 'type') !== 'block-backend') continue;
    if (text(child, 'type') === 'block-driver') out.set(text(parent, 'name'), text(child, 'name'));
  }
  out.delete('');
  return out;
}

// How the one child of a filter is called, where that is not `file`.
const ROLES: ReadonlyMap<string, string> = new Map([
  ['mirror_top', 'backing'],
  ['commit_top', 'backing'],
  ['blkdebug', 'image'],
  ['blkreplay', 'image'],
  ['blkverify', 'raw'],
]);

// What else stands below a driver's nodes.
const SECONDS: ReadonlyMap<string, string> = new Map([
  ['copy-before-write', 'target'],
  ['blklogwrites', 'log'],
  ['blkverify', 'test'],
  ['quorum', 'child'],
]);

/** What is alike to this extent is not told apart anyway. */
const MOST_ALIKE = 64;

/** What QEMU before 10.1 tells. */
class Known {
  readonly #nodes = new Map<string, JsonObject>();
  readonly #files = new Map<string, string[]>();
  readonly #options = new Map<string, string[]>();
  readonly #images = new Map<string, string[]>();
  readonly #below: ReadonlyMap<string, string> | undefined;
  readonly #backing: ReadonlyMap<string, string>;

  constructor(all: readonly JsonObject[], { stats, chains }: EdgeSources) {
    for (const node of all) {
      const [name, driver, file] = [text(node, 'node-name'), text(node, 'drv'), text(node, 'file')];
      const image = member(node, 'image');
      this.#nodes.set(name, node);
      if (kindOf(driver) === 'protocol') note(this.#files, file, name);
      note(this.#options, sorted(optionsOf(file) ?? [driver, file]), name);
      if (isObject(image)) note(this.#images, chainSignature(image), name);
    }
    this.#below = stats === undefined ? undefined : new Map(statsEdges(stats, 'parent'));
    this.#backing = new Map(chains === undefined ? [] : statsEdges(chains, 'backing'));
  }

  edgesOf(node: JsonObject): NodeEdges {
    const [name, driver, file] = [text(node, 'node-name'), text(node, 'drv'), text(node, 'file')];
    const kind = kindOf(driver);
    if (kind === 'protocol') return { edges: [], untold: [] };
    const edges = kind === 'filter' ? this.#filterEdges(node) : this.#formatEdges(node);
    const others = this.#others(optionsOf(file), edges, name);
    const second = SECONDS.get(driver);
    const untold =
      others.untold.length > 0
        ? others.untold
        : second !== undefined && others.edges.length === 0
          ? [second]
          : [];
    return { edges: [...edges, ...others.edges].toSorted(byRole), untold };
  }

  #filterEdges(node: JsonObject): readonly GraphEdge[] {
    const [name, driver] = [text(node, 'node-name'), text(node, 'drv')];
    if (driver === 'quorum') return []; // all of its children are alike
    const role = ROLES.get(driver) ?? 'file';
    const below = this.#below?.get(name);
    if (below !== undefined) return [{ role, node: below }];
    return this.#image(node, role);
  }

  #formatEdges(node: JsonObject): readonly GraphEdge[] {
    const [name, driver, file] = [text(node, 'node-name'), text(node, 'drv'), text(node, 'file')];
    const backing = this.#image(node, 'backing');
    const below = this.#below?.get(name);
    // QEMU counts what goes to the file that holds the guest's data.
    const role = hasDataFile(node) ? 'data-file' : driver === 'vmdk' ? 'extents.0' : 'file';
    const data = below === undefined ? [] : [{ role, node: below }];
    if (this.#below !== undefined && role === 'file') return [...backing, ...data];
    const own = optionsOf(file);
    const inner = own === undefined ? undefined : member(own, 'file');
    const fits =
      inner === undefined ? (this.#files.get(file) ?? []) : isObject(inner) ? this.#described(inner) : [];
    const files = fits.filter(other => other !== name);
    return [...backing, ...(files.length === 0 ? [] : [edge('file', files)]), ...data];
  }

  /** The node below, by the image that is described: it fits one node, or several that look the same. */
  #image(node: JsonObject, role: string): readonly GraphEdge[] {
    const image = member(node, 'image');
    const below = isObject(image) ? member(image, 'backing-image') : undefined;
    if (!isObject(below)) return [];
    const name = text(node, 'node-name');
    const fits = (this.#images.get(chainSignature(below)) ?? []).filter(other => other !== name);
    const told = this.#backing.get(name);
    if (told !== undefined && fits.includes(told)) return [{ role, node: told }];
    return fits.length === 0 ? [] : [edge(role, fits)];
  }

  /** Children of other roles, which only a file name of options describes. */
  #others(own: JsonObject | undefined, edges: readonly GraphEdge[], name: string): NodeEdges {
    const out: GraphEdge[] = [];
    const untold = new Set<string>();
    const had = new Set(['file', 'backing', ...edges.map(({ role }) => role)]);
    const described = Object.entries(own ?? {}).flatMap(([key, value]) =>
      had.has(key)
        ? []
        : isArray(value)
          ? objectsIn(value).map(item => ['child', item] as const)
          : isObject(value)
            ? [[key, value] as const]
            : [],
    );
    for (const [role, options] of described) {
      if (text(options, 'driver') === '') continue;
      const fits = this.#described(options).filter(other => other !== name);
      if (fits.length === 1) out.push(edge(role, fits));
      else untold.add(role);
    }
    return { edges: out, untold: [...untold] };
  }

  /** The nodes that options describe: by options of their own, or by driver and file name. */
  #described(options: JsonObject): readonly string[] {
    const own = this.#options.get(sorted(options)) ?? [];
    const leaf = leafOf(options);
    const named =
      leaf === undefined ? [] : (this.#options.get(sorted([text(options, 'driver'), leaf])) ?? []);
    return [...own, ...named];
  }
}

function edge(role: string, fits: readonly string[]): GraphEdge {
  const [only = '', ...more] = fits;
  return more.length === 0 ? { role, node: only } : { role, node: '', oneOf: fits };
}

/** The file name that a node with these options bears, where it is as plain as that. */
function leafOf(options: JsonObject): string | undefined {
  const plain = new Set(['driver', 'filename', 'file']);
  if (Object.keys(options).some(key => !plain.has(key))) return undefined;
  const file = member(options, 'file');
  return isObject(file) ? leafOf(file) : text(options, 'filename') || undefined;
}

/** `node` and the one below it in a tree of query-blockstats, along `parent` or `backing`. */
function* statsEdges(stats: Json, along: 'parent' | 'backing'): Generator<[string, string]> {
  const open = [...objectsIn(stats)];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const below = member(at, along);
    if (isObject(below)) {
      const [name, child] = [text(at, 'node-name'), text(below, 'node-name')];
      if (name !== '' && child !== '') yield [name, child];
      // With query-nodes each node is in the list itself: the rest of the tree says the same again.
      if (along === 'backing') open.push(below);
    }
  }
}

function hasDataFile(node: JsonObject): boolean {
  const image = member(node, 'image');
  const specific = isObject(image) ? member(image, 'format-specific') : undefined;
  const data = isObject(specific) ? member(specific, 'data') : undefined;
  return isObject(data) && text(data, 'data-file') !== '';
}

function chainSignature(image: JsonObject): string {
  const rows: string[] = [];
  for (let at: Json | undefined = image; isObject(at); at = member(at, 'backing-image'))
    rows.push(`${text(at, 'format')} ${text(at, 'filename')}`);
  return rows.join('\n');
}

function note(map: Map<string, string[]>, key: string, name: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [name]);
  else if (list.length < MOST_ALIKE) list.push(name);
}

/** A value as text that does not depend on the order of its members. */
function sorted(value: Json): string {
  if (isArray(value)) return `[${value.map(sorted).join()}]`;
  if (!isObject(value)) return stringifyJson(value);
  const members = Object.entries(value).map(([key, item]) => `${stringifyJson(key)}:${sorted(item)}`);
  return `{${members.sort().join()}}`;
}
