// Several disks at one moment: what each gets, a full point or an increment, and why a full one.
import type { Json, JsonObject } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { isBusy, nextTime, nodeNamed, outdated, type Refusal, readDisk, stuck, usable } from './follow.ts';
import { consistentName, type PointName, pointName, stampOf, wholeName } from './names.ts';
import { baseName } from './paths.ts';

interface Wanted {
  /** The value of `query-named-block-nodes`. */
  readonly nodes: Json;
  readonly disks: readonly string[];
  /** Those that get a full point in any case. */
  readonly full: readonly string[];
  readonly series: string;
  /** They are to be copies outside of the series. */
  readonly copies?: boolean;
  /** What the image of a node is called. */
  readonly fileOf: (node: string) => string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly run: string;
}

interface DiskPlan {
  readonly node: string;
  readonly file: string;
  readonly size: number;
  readonly point: PointName;
  /** The name of the bitmap that tells whether the disk was made smaller, for a full point. */
  readonly whole: string;
  /** The point it stands on; absent for a full one. */
  readonly parent?: PointName;
  /** The bitmaps that a full point makes superfluous. */
  readonly outdated: readonly string[];
  /** Why it gets a full point, as a sentence. */
  readonly because?: string;
}

/** What each disk gets, in their order. The moment has one time and one word for all of them. */
export function planMoment(wanted: Wanted): readonly DiskPlan[] | Refusal {
  const { nodes, series, run, fileOf } = wanted;
  const names = [...new Set([...wanted.disks, ...wanted.full])];
  if (wanted.disks.length === 0)
    return { message: 'no disk was named', advice: 'Name the root nodes of the disks: nodes=node-A,node-B.' };
  const twice = wanted.disks.find((name, i) => wanted.disks.indexOf(name) !== i);
  if (twice !== undefined)
    return { message: `${safe(twice)} is named twice`, advice: 'Name each disk once.' };
  for (const name of names) {
    if (!nodeNamed(nodes, name))
      return { message: `there is no node ${safe(name)}`, advice: '.graph shows them.' };
    if (!wanted.disks.includes(name))
      return {
        message: `${safe(name)} is to get a full point, and is not among the disks`,
        advice: 'Name it there, too.',
      };
  }
  const disks = wanted.disks.map(name => readDisk(nodeNamed(nodes, name) ?? {}, series));
  const busy = disks.find(isBusy);
  const refused = busy && !wanted.copies && stuck(busy, series);
  if (refused) return refused;
  const stamp = stampOf(Math.max(...disks.map(disk => nextTime(disk, wanted.time))));
  return disks.map(disk => {
    const file = fileOf(disk.node);
    const point = { series, stamp, run, file: baseName(file) };
    const [newest] = usable(disk);
    const why = wanted.full.includes(disk.node) ? undefined : stuck(disk, series)?.message;
    const goesOn = newest !== undefined && !wanted.copies && !wanted.full.includes(disk.node);
    return {
      node: disk.node,
      file,
      size: disk.size,
      point,
      whole: wholeName(point),
      ...(goesOn ? { parent: newest } : {}),
      outdated: goesOn || wanted.copies ? [] : outdated(disk, point, newest),
      ...(why === undefined || wanted.copies ? {} : { because: why }),
    };
  });
}

/** A plan as the value that a page works on; `key` is a short word for the names of nodes. */
export function planJson(
  { node, file, size, point, whole }: DiskPlan,
  i: number,
  parent: string | null,
): JsonObject {
  return {
    key: String(i + 1),
    node,
    file,
    size,
    point: pointName(point),
    whole,
    still: consistentName(point),
    parent,
    advice: `Bring it back under its name, or let ${safe(node)} have a full point: full=${safe(node)}.`,
  };
}
