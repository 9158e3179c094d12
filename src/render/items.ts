// A list of alike objects as a table: members become columns, nested ones too, the telling ones first.
import type { Json, JsonObject } from '../text/json.ts';
import { isArray, isObject, member, stringifyJson } from '../text/json.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';
import type { Column } from '../text/table.ts';
import { grid, table } from '../text/table.ts';
import { readable } from './amount.ts';
import { notShown } from './notshown.ts';

// What people look for first, by command. All other members follow, those that say nothing last.
const PREFERRED: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'query-named-block-nodes':
      'node-name drv file image.virtual-size ro backing_file image.actual-size dirty-bitmaps image.cluster-size',
    'query-block':
      'qdev inserted.node-name inserted.drv inserted.file inserted.image.virtual-size device io-status inserted.ro',
    'query-block-jobs': 'device type status offset len speed ready error paused io-status busy',
    'query-jobs': 'id type status current-progress total-progress error',
    'query-block-exports': 'id type node-name shutting-down',
    'query-chardev': 'label filename frontend-open',
    'query-iothreads': 'id thread-id poll-max-ns',
    'query-cpus-fast': 'cpu-index thread-id target qom-path',
    'query-memdev': 'id size policy share host-nodes',
    'query-machines': 'name alias is-default cpu-max default-cpu-type deprecated',
    'query-mice': 'index name current absolute',
    'query-fdsets': 'fdset-id fds',
    'qom-list': 'name type description',
  }).map(([command, names]) => [command, names.split(' ')]),
);
const GENERIC =
  'id name device node-name label index type driver drv status state error filename file size'.split(' ');
/** What is as good as nothing where every item says it. */
const USUAL: ReadonlyMap<string, Json> = new Map([['active', true]]);
/** Said again by the nodes' own rows (`children`: which of them stand below one, as `.graph` draws). */
const REDUNDANT = new Set(['backing-image', 'children']);
const DEPTH = 2;
/** Added to the rank of a column that people look for, and that has nothing in any row: it leaves first. */
const SAYS_NOTHING = 5000;

interface Leaf {
  readonly path: string;
  readonly value: Json;
  readonly owner: JsonObject;
}

/**
 * A table of the items, with a note on what it does not show; a grid of names where each item is only a name.
 * Undefined where a table would hide most of what the items hold, or has no room for two columns.
 */
export function renderItems(
  items: readonly JsonObject[],
  options: { readonly width: number; readonly command: string },
): readonly StyledLine[] | undefined {
  const alone = nameOnly(items);
  if (alone !== undefined) return nameGrid(alone, options.width);
  const rows = items.map(item => new Map(leavesOf(item, '', 0).map(leaf => [leaf.path, leaf])));
  const paths = [...new Set(rows.flatMap(row => [...row.keys()]))];
  if (paths.length > MOST_COLUMNS || !worthATable(rows, paths)) return undefined;
  const preferred = PREFERRED.get(options.command) ?? [];
  const byUse = new Map(paths.map((path, i) => [path, rank(path, preferred, rows) + i / 1000]));
  const names = naming(
    paths.toSorted((a, b) => (byUse.get(a) ?? 0) - (byUse.get(b) ?? 0)),
    rows,
  );
  const ranked = new Map([...byUse, ...names.map((path, i) => [path, i / 1000] as const)]);
  const told = paths.filter(path => preferred.includes(path) || !isEcho(path, preferred, rows));
  const sorted = told.toSorted((a, b) => (ranked.get(a) ?? 0) - (ranked.get(b) ?? 0));
  const idle = sorted.filter(path => !preferred.includes(path) && isIdle(path, rows));
  const shown = sorted.filter(path => !idle.includes(path));
  const columns = shown.map((path): Column => {
    const some = rows.map(row => row.get(path)?.value).find(value => value !== undefined);
    const isNumber = typeof some === 'number' || typeof some === 'bigint';
    const isText = typeof some === 'string' || isArray(some);
    const isName = names.includes(path);
    const place = preferred.indexOf(path);
    const least = names.length > 1 && isName ? LEAST_NAME : place === 0 ? 32 : place > 0 ? 20 : 10;
    return {
      name: path,
      title: title(path, shown),
      rank: (ranked.get(path) ?? 0) + (place > 1 && !isName && isIdle(path, rows) ? SAYS_NOTHING : 0),
      ...(isNumber ? { align: 'right' as const } : {}),
      ...(isText ? { least, cut: cutOf(path) } : {}),
    };
  });
  const fitted = table(
    columns,
    rows.map(row => shown.map(path => cell(row.get(path)))),
    { width: options.width },
  );
  if (columns.length > 1 && columns.length - fitted.leftOut.length < 2) return undefined;
  if (names.some(path => fitted.leftOut.includes(path))) return undefined;
  const nothing = fitted.leftOut.filter(path => isIdle(path, rows));
  const leftOut = fitted.leftOut.filter(path => !nothing.includes(path));
  return [
    ...fitted.lines,
    ...notes([...nothing, ...idle], rows, { leftOut, cut: fitted.cut }, options.width, path =>
      title(path, paths),
    ),
  ];
}

/** Members that say which thing a row is about. */
const NAMES = new Set(['id', 'name', 'device', 'node-name', 'label', 'qdev']);
/** Cells that a name keeps where several columns are needed to name every row. */
const LEAST_NAME = 16;

/** The columns that together name the rows: the first that has names, and one more for rows that are without one till then. */
function naming(paths: readonly string[], rows: readonly ReadonlyMap<string, Leaf>[]): readonly string[] {
  let unnamed = rows;
  return paths.filter(path => {
    if (!NAMES.has(path.slice(path.lastIndexOf('.') + 1))) return false;
    const left = unnamed.filter(row => (row.get(path)?.value ?? '') === '');
    const more = left.length < unnamed.length;
    unnamed = left;
    return more;
  });
}

// What identifies a file or a device stands at the end of its path.
function cutOf(path: string): 'end' | 'middle' {
  return /file|path|qdev/.test(path) ? 'middle' : 'end';
}

/** What the table does not show, in one row: columns that had no room, what is cut, and last what says nothing. */
function notes(
  idle: readonly string[],
  rows: readonly ReadonlyMap<string, Leaf>[],
  fitted: { readonly leftOut: readonly string[]; readonly cut: boolean },
  columns: number,
  titled: (path: string) => string,
): readonly StyledLine[] {
  const nested = [
    ...new Set(rows.flatMap(row => [...row.values()].filter(isShortened).map(leaf => leaf.path))),
  ].filter(path => !fitted.leftOut.includes(path) && !idle.includes(path));
  const values = idle.map(path => `${safe(path)} ${text(rows.find(row => row.has(path))?.get(path))}`);
  const hides = fitted.leftOut.length + nested.length > 0 || fitted.cut;
  const lists = [
    { what: 'left out', names: fitted.leftOut.map(titled), matters: true },
    { what: 'shortened', names: nested.map(titled), matters: true },
    { what: rows.length > 1 ? 'in every row' : 'also', names: values, matters: false },
  ];
  return notShown(lists, { columns, hides, cut: fitted.cut });
}

function leavesOf(object: JsonObject, prefix: string, depth: number): readonly Leaf[] {
  return Object.entries(object).flatMap(([name, value]): readonly Leaf[] => {
    if (REDUNDANT.has(name)) return [];
    const path = `${prefix}${name}`;
    return isObject(value) && Object.keys(value).length > 0 && depth < DEPTH
      ? leavesOf(value, `${path}.`, depth + 1)
      : [{ path, value, owner: object }];
  });
}

// A column that says nothing but what a preferred one says: `image.format` beside `drv`.
function isEcho(
  path: string,
  preferred: readonly string[],
  rows: readonly ReadonlyMap<string, Leaf>[],
): boolean {
  return preferred.some(other =>
    rows.every(row => {
      const value = row.get(path)?.value;
      return value === undefined || (typeof value === 'string' && value === row.get(other)?.value);
    }),
  );
}

// A column that is zero, off or empty throughout tells nothing that a word below the table does not.
function isIdle(path: string, rows: readonly ReadonlyMap<string, Leaf>[]): boolean {
  const first = rows[0]?.get(path)?.value;
  const nothing =
    (first !== undefined && first === USUAL.get(path)) ||
    first === false ||
    first === 0 ||
    first === '' ||
    first === 'off' ||
    first === null ||
    (isArray(first) && first.length === 0);
  return nothing && first !== undefined && rows.every(row => sameNothing(row.get(path)?.value, first));
}

function sameNothing(value: Json | undefined, first: Json): boolean {
  return value === first || (isArray(value) && isArray(first) && value.length === 0);
}

function rank(
  path: string,
  preferred: readonly string[],
  rows: readonly ReadonlyMap<string, Leaf>[],
): number {
  const own = preferred.indexOf(path);
  // An error is worth its room wherever there is one, a preferred column that says nothing is not.
  if (own >= 0) return isIdle(path, rows) && own > 1 ? 20 + own : own;
  const parts = path.split('.');
  const generic = GENERIC.indexOf(parts.at(-1) ?? '');
  const nested = rows.some(row => isObject(row.get(path)?.value ?? null));
  return 100 * parts.length + (generic >= 0 ? generic : 50) + (nested ? 500 : 0);
}

// The last part of the path where that says enough.
function title(path: string, all: readonly string[]): string {
  const last = path.slice(path.lastIndexOf('.') + 1);
  const same = all.filter(other => other === last || other.endsWith(`.${last}`));
  return safe(same.length > 1 ? path : last);
}

function cell(leaf: Leaf | undefined): StyledLine {
  if (leaf === undefined) return [];
  const { value } = leaf;
  const role: Span['role'] =
    typeof value === 'number' || typeof value === 'bigint'
      ? 'number'
      : typeof value === 'boolean' || value === null
        ? 'literal'
        : leaf.path === 'error'
          ? 'error'
          : undefined;
  return [span(text(leaf), role)];
}

function text(leaf: Leaf | undefined): string {
  if (leaf === undefined) return '';
  const { value } = leaf;
  const amount = readable(leaf.path, value, leaf.owner);
  if (amount !== undefined) return amount;
  if (typeof value === 'string') return value === '' ? '""' : safe(deviceId(leaf) ?? value);
  if (isObject(value)) return Object.keys(value).length === 0 ? '{}' : '{…}';
  if (!isArray(value)) return safe(stringifyJson(value));
  if (value.length === 0) return '[]';
  return value.map(item => safe(itemName(item))).join(' ');
}

// `virtio0` for `/machine/peripheral/virtio0/virtio-backend`: the name the user gave.
function deviceId(leaf: Leaf): string | undefined {
  if (typeof leaf.value !== 'string' || !/(^|\.)qdev$/.test(leaf.path)) return undefined;
  return /^\/machine\/peripheral\/([^/]+)(\/virtio-backend)?$/.exec(leaf.value)?.[1];
}

function itemName(item: Json): string {
  if (!isObject(item)) return typeof item === 'string' ? item : stringifyJson(item);
  for (const name of ['name', 'id', 'node-name', 'device', 'fd', 'qdev_id', 'ip-address']) {
    const value = member(item, name);
    if (typeof value === 'string' ? value !== '' : typeof value === 'number') return String(value);
  }
  return '(unnamed)';
}

/** Whether the cell of this leaf holds less than the leaf. */
function isShortened(leaf: Leaf): boolean {
  if (deviceId(leaf) !== undefined) return true;
  if (isObject(leaf.value)) return Object.keys(leaf.value).length > 0;
  return isArray(leaf.value) && leaf.value.some(item => isObject(item) && Object.keys(item).length > 1);
}

function worthATable(rows: readonly ReadonlyMap<string, Leaf>[], paths: readonly string[]): boolean {
  const alike = paths.some(path => rows.every(row => row.has(path)));
  let shown = 0;
  let hidden = 0;
  for (const leaf of rows.flatMap(row => [...row.values()])) {
    if (isShortened(leaf)) hidden += scalars(leaf.value);
    else shown += 1;
  }
  return alike && hidden <= 3 * shown;
}

function scalars(value: Json): number {
  const inside: readonly Json[] = isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return inside.length === 0 ? 1 : inside.reduce((sum: number, item) => sum + scalars(item), 0);
}

/** No screen has room for nearly as many. */
const MOST_COLUMNS = 200;

function nameOnly(items: readonly JsonObject[]): readonly string[] | undefined {
  const out: string[] = [];
  for (const item of items) {
    const name = member(item, 'name');
    if (typeof name !== 'string' || Object.keys(item).length !== 1) return undefined;
    out.push(safe(name));
  }
  return out;
}

/** Names side by side, sorted, with their number below. */
export function nameGrid(names: readonly string[], columns: number): readonly StyledLine[] {
  const sorted = names.map(name => safe(name)).toSorted();
  return [
    ...grid(sorted, columns),
    [span(`${names.length} name${names.length === 1 ? '' : 's'}, sorted`, 'dim')],
  ];
}
