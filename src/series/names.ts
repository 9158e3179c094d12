// The names of points: what a bitmap is called that says which backup an image is, and which one a disk goes on from.
//
// A disk has a recording bitmap with the point's name: what was written since. The image of the point has a disabled,
// persistent one of the same name: it is that point; and, unless it is a full one, a second one with its parent's.

export interface PointName {
  readonly series: string;
  /** When it was taken, to the millisecond: `20261126T191733.042Z`. */
  readonly stamp: string;
  /** What no other point has. */
  readonly run: string;
  /** The name the image was given when it was made: that of the file without its folder, or the URI of an export. */
  readonly file: string;
}

const SHAPE = /^([^:]+):(\d{8}T\d{6}(?:\.\d{3})?Z)-([a-z0-9]+):(.+)$/s;
const POINT = 'qmpsh:point:';
const AFTER = 'qmpsh:after:';
const WHOLE = 'qmpsh:whole:';
const HELD = 'qmpsh:held:';
const PULLING = 'qmpsh:pulling:';
const PULLED = 'qmpsh:pulled:';
const END = 'qmpsh:end:';
const CONSISTENT = 'qmpsh:consistent:';

/** The bitmap's name that says: this image is that point; on a disk: this was written since that point. */
export function pointName(name: PointName): string {
  return `${POINT}${text(name)}`;
}

/** The bitmap's name that says which point is the parent of an image. */
export function afterName(parent: PointName): string {
  return `${AFTER}${text(parent)}`;
}

/** The bitmap's name that says: the guest's agent held its file systems still when that point was taken, and this image is it. */
export function consistentName(point: PointName): string {
  return `${CONSISTENT}${text(point)}`;
}

/** The bitmap's name that says: this full point was made of one that stood on that point, whose image is needed no longer. */
export function heldName(point: PointName): string {
  return `${HELD}${text(point)}`;
}

/**
 * The name of the bitmap on a disk that has every bit set from the beginning of a series on. QEMU cuts the bitmaps of a disk
 * that is made smaller, and sets no bits when it grows again: then this one has gaps.
 */
export function wholeName(first: PointName): string {
  return `${WHOLE}${text(first)}`;
}

/** The bitmap's name on a disk that says: this was written since a pull began, of which it is not known whether its client has all. */
export function pullingName(name: PointName): string {
  return `${PULLING}${text(name)}`;
}

/** The same once the client has said that it has everything: the next pull goes on from there. */
export function pulledName(name: PointName): string {
  return `${PULLED}${text(name)}`;
}

/**
 * The name of the bitmap on a disk whose only bit is that of the disk's last bytes: it is cut off when the disk is made smaller.
 * `file` is the disk's size, in bytes.
 */
export function endName(first: PointName): string {
  return `${END}${text(first)}`;
}

/** Undefined for a bitmap that is something else. */
export function readPointName(bitmap: string): PointName | undefined {
  return read(bitmap, POINT);
}

export function readAfterName(bitmap: string): PointName | undefined {
  return read(bitmap, AFTER);
}

export function readHeldName(bitmap: string): PointName | undefined {
  return read(bitmap, HELD);
}

export function readConsistentName(bitmap: string): PointName | undefined {
  return read(bitmap, CONSISTENT);
}

export function readWholeName(bitmap: string): PointName | undefined {
  return read(bitmap, WHOLE);
}

export function readPullingName(bitmap: string): PointName | undefined {
  return read(bitmap, PULLING);
}

export function readPulledName(bitmap: string): PointName | undefined {
  return read(bitmap, PULLED);
}

export function readEndName(bitmap: string): PointName | undefined {
  return read(bitmap, END);
}

/** A time as a stamp, from milliseconds since 1970. */
export function stampOf(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]/g, '');
}

/** `2026-11-26 19:17:33 UTC` */
export function when({ stamp }: PointName): string {
  return stamp.replace(/^(....)(..)(..)T(..)(..)(..)(?:\.\d+)?Z$/, '$1-$2-$3 $4:$5:$6 UTC');
}

export function samePoint(one: PointName, other: PointName): boolean {
  return text(one) === text(other);
}

/** When a point was taken, in milliseconds since 1970. */
export function timeOf({ stamp }: PointName): number {
  return Date.parse(stamp.replace(/^(....)(..)(..)T(..)(..)/, '$1-$2-$3T$4:$5:'));
}

/** Order of time; points of one moment keep some order. */
export function byTime(one: PointName, other: PointName): number {
  return (
    timeOf(one) - timeOf(other) || (text({ ...one, series: '' }) < text({ ...other, series: '' }) ? -1 : 1)
  );
}

function text({ series, stamp, run, file }: PointName): string {
  return `${series}:${stamp}-${run}:${file}`;
}

function read(bitmap: string, prefix: string): PointName | undefined {
  if (!bitmap.startsWith(prefix)) return undefined;
  const [, series, stamp, run, file] = SHAPE.exec(bitmap.slice(prefix.length)) ?? [];
  if (!series || !stamp || !run || !file) return undefined;
  const found = { series, stamp, run, file };
  return Number.isNaN(timeOf(found)) ? undefined : found;
}
