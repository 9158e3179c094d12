// Pulls of a disk: what a client has to be told that has the pull before, and what is noted once it has all of this one.
import { isObject, type Json, type JsonObject } from '../text/json.ts';
import { objectsIn } from '../text/members.ts';
import { safe } from '../text/safe.ts';
import { nodeNamed, type Refusal } from './follow.ts';
import {
  byTime,
  endName,
  type PointName,
  pulledName,
  pullingName,
  readEndName,
  readPulledName,
  readPullingName,
  stampOf,
  timeOf,
  when,
} from './names.ts';

interface Found {
  readonly point: PointName;
  readonly row: JsonObject;
}

interface Pulls {
  readonly size: number;
  /** What was written since a pull that a client has, the newest first. */
  readonly pulled: readonly Found[];
  /** The same of a pull that nobody has said to have. */
  readonly pulling: readonly Found[];
  readonly ends: readonly Found[];
}

interface Wanted {
  /** The value of `query-named-block-nodes`. */
  readonly nodes: Json;
  readonly node: string;
  /** The node of the image that takes the old data. */
  readonly target: string;
}

/** Bytes of the disk's last bit. */
const STEP = 65536;

function readPulls(node: JsonObject): Pulls {
  const image = node['image'];
  const rows = objectsIn(node['dirty-bitmaps']);
  const named = (read: (name: string) => PointName | undefined): readonly Found[] =>
    rows
      .flatMap(row => {
        const point = read(String(row['name'] ?? ''));
        return point ? [{ point, row }] : [];
      })
      .sort((a, b) => byTime(b.point, a.point));
  return {
    size: isObject(image) ? Number(image['virtual-size'] ?? 0) : 0,
    pulled: named(readPulledName),
    pulling: named(readPullingName),
    ends: named(readEndName),
  };
}

/** What a new pull does, for a page; `because` where the client has to fetch the whole disk. */
export function planPull(
  wanted: Wanted & {
    /** Empty: nothing is noted. */
    readonly series: string;
    /** The client wants to fetch the whole disk. */
    readonly full: boolean;
    readonly time: number;
    readonly run: string;
  },
): { readonly value: Json; readonly because?: string } | Refusal {
  const { nodes, node, target, series, full, time, run } = wanted;
  const found = nodeNamed(nodes, node);
  if (!found) return { message: `there is no node ${safe(node)}`, advice: '.graph shows them.' };
  if (nodeNamed(nodes, target))
    return {
      message: `there is a node ${safe(target)} already: a pull is being served, or was left by a shell that was killed`,
      advice: `End it: .pull action=done node=${safe(node)} where its client has everything, else action=drop. Or choose another name: target=NAME.`,
    };
  const { size, ...all } = readPulls(found);
  if (series === '')
    return { value: { size, pulling: null, since: null, end: null, tail: 0, length: 0, stale: [] } };
  const own = ({ point }: Found) => point.series === series;
  const pulls = { size, pulled: all.pulled.filter(own), ends: all.ends.filter(own) };
  const pulling = all.pulling.filter(own);
  const known = [...pulls.pulled, ...pulls.ends, ...pulling].map(({ point }) => timeOf(point) + 1);
  const point = { series, stamp: stampOf(Math.max(time, ...known)), run, file: 'pull' };
  const because = full ? '' : whyWhole(pulls, node, series);
  const [newest] = pulls.pulled;
  const tail = size === 0 ? 0 : Math.floor((size - 1) / STEP) * STEP;
  const value = {
    size,
    pulling: pullingName(point),
    since: because === undefined && newest ? String(newest.row['name']) : null,
    end: because === undefined ? null : endName({ ...point, file: String(size) }),
    tail,
    length: size - tail,
    // Of pulls that ended with QEMU.
    stale: removals(node, pulling),
  };
  return because ? { value, because } : { value };
}

/** Why a client cannot go on from what it has, as a sentence; undefined where it can. */
function whyWhole(
  { size, pulled, ends }: Omit<Pulls, 'pulling'>,
  node: string,
  series: string,
): string | undefined {
  const [newest] = pulled;
  if (!newest)
    return `no client has said that it has a pull of the series ${safe(series)} (a bitmap ends with QEMU unless it is persistent)`;
  const { row, point } = newest;
  const since = `the bitmap of what was written since the pull of ${when(point)}`;
  if (row['inconsistent'] === true) return `${since} is inconsistent: QEMU ended without storing it`;
  if (row['recording'] !== true) return `${since} is disabled: it has not noted what was written`;
  const end = endOf(ends, point);
  return end && end.row['inconsistent'] !== true && isSet(end.row) && end.point.file === String(size)
    ? undefined
    : `${safe(node)} was resized since the pull of ${when(point)}, or it is not known that it was not`;
}

/** The newest mark of the disk's end that is not later than a pull. */
function endOf(ends: readonly Found[], point: PointName): Found | undefined {
  return ends.find(({ point: first }) => timeOf(first) <= timeOf(point));
}

function isSet(row: JsonObject): boolean {
  return Number(row['count'] ?? 0) > 0;
}

/** What ends a pull, for a page: `rotate` are the actions of a transaction; `done`: its client has everything. */
export function endPull({ nodes, node, target }: Wanted, done: boolean): { readonly value: Json } | Refusal {
  const found = nodeNamed(nodes, node);
  if (!found) return { message: `there is no node ${safe(node)}`, advice: '.graph shows them.' };
  const there = (name: string) => nodeNamed(nodes, name) !== undefined;
  const pulls = readPulls(found);
  const [last, ...more] = pulls.pulling;
  const parts = {
    access: there(`${target}-access`),
    filter: there(`${target}-filter`),
    image: there(target),
    file: there(`${target}-file`),
  };
  if (!last && !Object.values(parts).includes(true))
    return {
      message: `no pull of ${safe(node)} is being served`,
      advice: `.pull node=${safe(node)} begins one. If it had another name, say it: target=NAME.`,
    };
  if (done && more.length > 0)
    return {
      message: `${safe(node)} has bitmaps of several pulls that nobody has said to have: ${[last, ...more].map(one => safe(String(one?.row['name']))).join(', ')}`,
      advice: 'Drop them: action=drop. The next pull goes on from the last one that a client has.',
    };
  const rotate = done && last ? rotation(node, pulls, last) : dropping(node, pulls);
  return { value: { ...parts, rotate } };
}

/** The pull becomes the one that the next goes on from. The new bitmap records before the old one is read into it. */
function rotation(node: string, { pulled, ends }: Pulls, { point, row }: Found): readonly JsonObject[] {
  const name = pulledName(point);
  const persistent = row['persistent'] === true;
  const granularity = row['granularity'] ?? STEP;
  const end = endOf(ends, point);
  const old = ({ point: { series } }: Found) => series === point.series;
  return [
    { type: 'block-dirty-bitmap-add', data: { node, name, persistent, granularity } },
    {
      type: 'block-dirty-bitmap-merge',
      data: { node, target: name, bitmaps: [{ node, name: String(row['name']) }] },
    },
    ...removals(node, [
      { point, row },
      ...pulled.filter(old),
      ...ends.filter(one => old(one) && one !== end),
    ]),
  ];
}

function dropping(node: string, { pulling, ends }: Pulls): readonly JsonObject[] {
  const begun = ends.filter(({ point }) =>
    pulling.some(one => one.point.stamp === point.stamp && one.point.run === point.run),
  );
  return removals(node, [...pulling, ...begun]);
}

function removals(node: string, found: readonly Found[]): readonly JsonObject[] {
  return found.map(({ row }) => ({
    type: 'block-dirty-bitmap-remove',
    data: { node, name: String(row['name']) },
  }));
}
