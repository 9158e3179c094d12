// What a disk can go on from, by its bitmaps; and whether an image is that point. All refusals of a wrong parent are here.
import { isObject, type Json, type JsonObject } from '../text/json.ts';
import { objectsIn } from '../text/members.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import { chainProblem, type Image, told } from './chain.ts';
import {
  byTime,
  type PointName,
  pointName,
  readPointName,
  readWholeName,
  samePoint,
  timeOf,
  wholeName,
} from './names.ts';

/** A bitmap on a disk that says what was written since a point. */
interface Mark {
  readonly point: PointName;
  /** It has noted every write since, and can be read. */
  readonly state: 'good' | 'inconsistent' | 'disabled' | 'busy';
}

interface Disk {
  readonly node: string;
  readonly size: number;
  /** Those of the series, the newest first. */
  readonly marks: readonly Mark[];
  /** By each series' beginning: whether the disk has never been made smaller since. */
  readonly wholes: readonly { readonly first: PointName; readonly intact: boolean }[];
  /** It has a bitmap of the series' name, as an earlier recipe made it. */
  readonly old: boolean;
}

export interface Refusal {
  readonly message: string;
  readonly advice: string;
}

/** A node of query-named-block-nodes, as the disk of a series. */
export function readDisk(node: JsonObject, series: string): Disk {
  const image = node['image'];
  const size = isObject(image) ? Number(image['virtual-size'] ?? 0) : 0;
  const rows = objectsIn(node['dirty-bitmaps']);
  const marks: Mark[] = [];
  const wholes: { first: PointName; intact: boolean }[] = [];
  for (const row of rows) {
    const name = String(row['name'] ?? '');
    const point = readPointName(name);
    if (point?.series === series) marks.push({ point, state: stateOf(row) });
    const first = readWholeName(name);
    if (first?.series === series)
      wholes.push({ first, intact: row['inconsistent'] !== true && isFull(row, size) });
  }
  return {
    node: String(node['node-name'] ?? ''),
    size,
    marks: marks.sort((a, b) => byTime(b.point, a.point)),
    wholes: wholes.sort((a, b) => byTime(b.first, a.first)),
    old: rows.some(row => row['name'] === series),
  };
}

function stateOf(row: JsonObject): Mark['state'] {
  if (row['inconsistent'] === true) return 'inconsistent';
  if (row['busy'] === true) return 'busy';
  return row['recording'] === true ? 'good' : 'disabled';
}

function isFull(row: JsonObject, size: number): boolean {
  const step = Number(row['granularity'] ?? 0);
  return step > 0 && Number(row['count'] ?? 0) === Math.ceil(size / step) * step;
}

const AFRESH = 'Begin a new series: action=start.';

/** Why nothing can go on from this disk's bitmaps; undefined where something can. */
export function stuck(disk: Disk, series: string): Refusal | undefined {
  const node = safe(disk.node);
  const [newest] = disk.marks;
  if (!newest)
    return disk.old
      ? {
          message: `the bitmap ${safe(series)} on ${node} is one of an earlier recipe, whose images do not say which point they are`,
          advice: `Begin a new series: action=start with another series=, or after block-dirty-bitmap-remove node=${node} name=${safe(series)}.`,
        }
      : {
          message: `${node} has no bitmap of the series ${safe(series)}: nothing has noted what was written since a point`,
          advice: `${AFRESH} (A bitmap ends with QEMU unless it is persistent, and an overlay does not have those of the disk below it.)`,
        };
  const busy = disk.marks.find(({ state }) => state === 'busy');
  if (busy)
    return {
      message: `the bitmap of ${told(busy.point)} is in use: a backup of ${node} is being made`,
      advice: 'Wait until it is over (.jobs), or cancel it.',
    };
  const good = disk.marks.filter(({ state }) => state === 'good');
  if (good.length === 0)
    return newest.state === 'inconsistent'
      ? {
          message: `the bitmap of ${told(newest.point)} is inconsistent: QEMU ended without storing it, and what was written since is not known`,
          advice: AFRESH,
        }
      : {
          message: `the bitmap of ${told(newest.point)} is disabled: it has not noted what was written`,
          advice: AFRESH,
        };
  if (!good.some(mark => isWhole(disk, mark.point)))
    return {
      message: `${node} was resized since the series began, or it is not known that it was not: what was cut off or added is in no bitmap`,
      advice: AFRESH,
    };
  return undefined;
}

/** Whether a backup of the series is being made. */
export function isBusy(disk: Disk): boolean {
  return disk.marks.some(({ state }) => state === 'busy');
}

/** Why a new series cannot begin; undefined where it can. */
export function begun(disk: Disk, series: string): Refusal | undefined {
  if (isBusy(disk)) return stuck(disk, series);
  if (stuck(disk, series)) return undefined;
  const point = usable(disk)[0];
  if (!point) return undefined;
  const drop = `block-dirty-bitmap-remove node=${safe(disk.node)} name=${quoted(pointName(point))}`;
  return {
    message: `the series ${safe(series)} of ${safe(disk.node)} has begun already; it goes on from ${told(point)}`,
    advice: `Go on with action=next, begin another one with series=NAME, or end this one: ${drop}`,
  };
}

/** A time for a new point of the disk: behind all that it knows of, also where clocks differ or one was set back. */
export function nextTime(disk: Disk, now: number): number {
  const known = [...disk.marks.map(({ point }) => point), ...disk.wholes.map(({ first }) => first)];
  return Math.max(now, ...known.map(point => timeOf(point) + 1));
}

/** The points that the disk can go on from, the newest first. */
export function usable(disk: Disk): readonly PointName[] {
  return disk.marks
    .filter(({ point, state }) => state === 'good' && isWhole(disk, point))
    .map(({ point }) => point);
}

/** Why an image with those below it is not what the disk can go on from; undefined where it is. */
export function mismatch(disk: Disk, series: string, chain: readonly Image[]): Refusal | undefined {
  const none = stuck(disk, series);
  if (none) return none;
  const [image] = chain;
  const points = usable(disk);
  const right = points[0];
  if (!image || !right) return { message: 'there is no image', advice: AFRESH };
  const advice = `${safe(disk.node)} goes on from ${points.map(told).join(', or from ')}: previous= is the file that is it now.`;
  if (!image.point || image.problem !== undefined)
    return { message: image.problem ?? `${safe(image.file)} is no point`, advice };
  const own = image.point;
  const point = points.find(one => samePoint(one, own));
  if (!point) return { message: `${safe(image.file)} is ${told(own)}, ${relation(own, right)}`, advice };
  if (image.size !== disk.size)
    return {
      message: `${safe(image.file)} holds a disk of ${bytes(image.size)}, and ${safe(disk.node)} has ${bytes(disk.size)}: it was resized`,
      advice: AFRESH,
    };
  const problem = chainProblem(chain);
  return problem === undefined
    ? undefined
    : {
        message: `${problem}: no point can be made on top of it`,
        advice: `Bring the right image back, or begin a new series: action=start.`,
      };
}

function relation(own: PointName, right: PointName): string {
  if (own.series !== right.series) return `of another series, ${safe(own.series)}`;
  return byTime(own, right) < 0
    ? 'an earlier one than the last, or one of another disk'
    : 'a later one than this disk knows of, or one of another disk';
}

/**
 * The bitmaps of the series that a new point makes superfluous. That of the point before, `stays`, does not go: where the new
 * image is lost, or the recipe is broken off at its very end, the disk still goes on from there.
 */
export function outdated(disk: Disk, now: PointName, stays: PointName | undefined): readonly string[] {
  const kept = stays ? [now, stays] : [now];
  const marks = disk.marks.filter(
    ({ point, state }) => state !== 'busy' && !kept.some(one => samePoint(one, point)),
  );
  // What tells of the disk's size stays for as long as something goes on from that beginning.
  const first = stays && beginningOf(disk, stays)?.first;
  const wholes = disk.wholes.filter(whole =>
    stays
      ? first && byTime(whole.first, first) < 0 && !samePoint(whole.first, first)
      : !samePoint(whole.first, now),
  );
  return [...marks.map(({ point }) => pointName(point)), ...wholes.map(whole => wholeName(whole.first))];
}

/** Whether the disk was not made smaller since the series of a point began. */
function isWhole(disk: Disk, point: PointName): boolean {
  return beginningOf(disk, point)?.intact === true;
}

/** The newest beginning that is not later than a point. */
function beginningOf(disk: Disk, point: PointName): Disk['wholes'][number] | undefined {
  return disk.wholes.find(({ first }) => samePoint(first, point) || byTime(first, point) < 0);
}

function quoted(text: string): string {
  return /^[\w.:-]+$/.test(text) ? text : JSON.stringify(text);
}

/** The node of that name in what query-named-block-nodes replied. */
export function nodeNamed(nodes: Json, name: string): JsonObject | undefined {
  return objectsIn(nodes).find(node => node['node-name'] === name);
}
