// An image with those below it, as QEMU and qemu-img describe them: which points they are, and what is wrong with them.
import { isArray, isObject, type Json, type JsonObject } from '../text/json.ts';
import { objectsIn } from '../text/members.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import {
  afterName,
  type PointName,
  readAfterName,
  readConsistentName,
  readHeldName,
  readPointName,
  samePoint,
  when,
} from './names.ts';

/** One image of a chain. */
export interface Image {
  readonly file: string;
  /** Absent where it carries no name of a point. */
  readonly point?: PointName;
  readonly parent?: PointName;
  /** The points that were merged into it. */
  readonly held: readonly PointName[];
  /** Whether the guest was still when it was taken. */
  readonly consistent: boolean;
  /** The image that it names as the one below it. */
  readonly backing?: string;
  /** Bytes of the disk that it holds, and bytes it takes itself. */
  readonly size: number;
  readonly takes: number;
  /** Why it alone is no point to be trusted, as a sentence. */
  readonly problem?: string;
}

/** The images of a chain, the newest first, of an ImageInfo with its `backing-image`, or of the list `--backing-chain` prints. */
export function readChain(info: Json): readonly Image[] {
  const found: Image[] = [];
  const rows = isArray(info) ? info : nested(info);
  for (const row of rows) if (isObject(row)) found.push(readImage(row));
  return found;
}

function nested(info: Json | undefined): Json[] {
  return isObject(info) ? [info, ...nested(info['backing-image'])] : [];
}

function readImage(info: JsonObject): Image {
  const file = String(info['filename'] ?? '');
  const data = objectAt(objectAt(info, 'format-specific'), 'data');
  const rows = objectsIn(data['bitmaps']);
  const found = {
    points: [] as PointName[],
    parents: [] as PointName[],
    held: [] as PointName[],
    still: [] as PointName[],
    unsafe: false,
  };
  for (const row of rows) {
    const name = String(row['name']);
    const point = readPointName(name);
    const parent = readAfterName(name);
    const held = readHeldName(name);
    if (point) found.points.push(point);
    if (parent) found.parents.push(parent);
    if (held) found.held.push(held);
    const still = readConsistentName(name);
    if (still) found.still.push(still);
    // On a disk such a bitmap records; in an image it never does.
    const flags = row['flags'];
    if ((point || parent) && isArray(flags) && flags.length > 0) found.unsafe = true;
  }
  const [point] = found.points;
  const [parent] = found.parents;
  const backing = info['backing-filename'];
  const image = {
    file,
    held: found.held,
    consistent: found.still.some(one => point && samePoint(one, point)),
    size: amount(info['virtual-size']),
    takes: amount(info['actual-size']),
    ...(typeof backing === 'string' ? { backing } : {}),
  };
  if (found.unsafe)
    return { ...image, problem: `${safe(file)} is a disk that a series is made of, no point of it` };
  if (!point)
    return { ...image, problem: `${safe(file)} ${info['format'] === 'qcow2' ? NO_NAME : NO_QCOW2}` };
  const named = { ...image, point, ...(parent ? { parent } : {}) };
  const problem =
    found.points.length > 1 || found.parents.length > 1
      ? `${safe(file)} says that it is several points`
      : data['corrupt'] === true
        ? `${safe(file)} is marked as corrupt`
        : undefined;
  return problem === undefined ? named : { ...named, problem };
}

const NO_NAME =
  'is no finished point: it carries no name of one (a backup that was broken off, one of an earlier recipe, or another image)';
const NO_QCOW2 = 'is no point: only a qcow2 image carries the name of one';

/** The first thing that is wrong with an image or one below it, as a sentence; undefined for a point that can be restored. */
export function chainProblem(chain: readonly Image[]): string | undefined {
  for (const [i, image] of chain.entries()) {
    const problem = image.problem ?? standingProblem(image, chain[i + 1]);
    if (problem !== undefined) return problem;
    if (!image.parent) return undefined;
  }
  return chain.length === 0 ? 'there is no image' : undefined;
}

/** What is wrong between an image and the one below it. */
function standingProblem(image: Image, below: Image | undefined): string | undefined {
  const { file, parent } = image;
  if (!parent)
    return image.backing === undefined
      ? undefined
      : `${safe(file)} says that it is a full point, and stands on ${safe(image.backing)}`;
  if (!below) return `${safe(file)} has lost its parent, ${told(parent)}`;
  if (below.problem !== undefined) return below.problem;
  if (!below.point || !samePoint(below.point, parent))
    return `${safe(file)} stands on ${safe(below.file)}, which is ${below.point ? told(below.point) : 'no point'}; its parent is ${told(parent)}`;
  if (below.size !== image.size)
    return `${safe(file)} holds a disk of ${bytes(image.size)}, and its parent ${safe(below.file)} one of ${bytes(below.size)}`;
  return undefined;
}

/** A point for a reader: its file when it was made, and when. */
export function told(point: PointName): string {
  return `the point made as ${safe(point.file)} at ${when(point)}`;
}

/** The bitmap by which an image says what its parent is; for a full point none. */
export function markOfParent(parent: PointName | undefined): string | null {
  return parent ? afterName(parent) : null;
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return isObject(found) ? found : {};
}

function amount(value: Json | undefined): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
}
