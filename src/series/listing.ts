// The points that were found in a folder: whether each can be restored, and why not; as rows of a table, and as JSON.
import type { Json, JsonObject } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import type { StyledLine } from '../text/style.ts';
import { table } from '../text/table.ts';
import { chainProblem, readChain, told } from './chain.ts';
import { byTime, type PointName, pointName, when } from './names.ts';

/** An image that was found, and what is below it; `error` where it, or one below it, cannot be opened. */
interface Found {
  readonly file: string;
  readonly info: Json;
  readonly error?: string;
}

export interface Listed {
  readonly file: string;
  readonly point: PointName;
  readonly parent?: PointName;
  /** The points that were merged into it. */
  readonly held: readonly PointName[];
  readonly consistent: boolean;
  /** The file that its parent is now, where it was found. */
  readonly on?: string;
  readonly size: number;
  readonly takes: number;
  /** Why it cannot be restored, as a sentence; absent where it can. */
  readonly problem?: string;
}

export interface Listing {
  /** By series and time. */
  readonly points: readonly Listed[];
  /** Images that carry no name of a point. */
  readonly others: readonly string[];
  /** What these stand on: an image, and the file that is below it somewhere. */
  readonly needs: readonly (readonly [file: string, below: string])[];
}

export function listPoints(images: readonly Found[]): Listing {
  const points: Listed[] = [];
  const others: string[] = [];
  const needs: (readonly [string, string])[] = [];
  for (const { file, info, error } of images) {
    const chain = readChain(info);
    const [image] = chain;
    if (!image?.point) {
      others.push(file);
      for (const below of chain) if (below.backing !== undefined) needs.push([file, below.backing]);
      continue;
    }
    const { point, parent, held, consistent, size, takes } = image;
    const problem = image.problem ?? (error === undefined ? chainProblem(chain) : lost(file, parent, error));
    points.push({
      file,
      point,
      held,
      consistent,
      size,
      takes,
      ...(parent ? { parent } : {}),
      ...(problem === undefined ? {} : { problem }),
    });
  }
  const files = new Map(points.map(row => [pointName(row.point), row.file]));
  const placed = points.map(row => {
    const on = row.parent && files.get(pointName(row.parent));
    return on === undefined ? row : { ...row, on };
  });
  return { points: placed.sort(inOrder), others, needs };
}

function lost(file: string, parent: PointName | undefined, error: string): string {
  const whose = parent ? `; its parent is ${told(parent)}` : '';
  return `${safe(file)} cannot be opened with those below it: ${safe(error)}${whose}`;
}

function inOrder(one: Listed, other: Listed): number {
  if (one.point.series !== other.point.series) return one.point.series < other.point.series ? -1 : 1;
  return byTime(one.point, other.point) || (one.file < other.file ? -1 : 1);
}

const COLUMNS = [
  { name: 'series', rank: 4 },
  { name: 'when', rank: 3 },
  { name: 'file' },
  { name: 'kind', rank: 1 },
  { name: 'guest', rank: 2 },
  { name: 'disk', rank: 6, align: 'right' },
  { name: 'takes', rank: 5, align: 'right' },
  { name: 'state' },
] as const;

export function listingTable({ points }: Listing, width: number): readonly StyledLine[] {
  const rows = points.map(({ file, point, parent, on, consistent, size, takes, problem }) => [
    safe(point.series),
    when(point),
    safe(file),
    parent ? `since ${safe(on ?? parent.file)}` : 'full',
    consistent ? 'consistent' : 'crash-consistent',
    bytes(size),
    bytes(takes),
    problem === undefined ? 'good' : 'broken',
  ]);
  return table(COLUMNS, rows, { width }).lines;
}

/** What is wrong, and what no point was found in: one sentence each. */
export function listingNotes({ points, others }: Listing): readonly string[] {
  const notes = [...new Set(points.flatMap(({ problem }) => problem ?? []))];
  if (others.length > 0)
    notes.push(
      `without the name of a point, so none or an unfinished one: ${others.map(file => safe(file)).join(', ')}`,
    );
  return notes;
}

/** One object for each point, then one for the images that are none. */
export function listingJson({ points, others }: Listing): readonly JsonObject[] {
  return [
    ...points.map(({ file, point, parent, on, consistent, size, takes, problem }) => ({
      file,
      series: point.series,
      point: pointName(point),
      when: point.stamp,
      parent: parent ? pointName(parent) : null,
      'parent-file': on ?? null,
      consistent,
      size,
      takes,
      problem: problem ?? null,
    })),
    ...others.map(file => ({ file, point: null })),
  ];
}
