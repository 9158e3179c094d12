// What the head of a qcow2 image says of it: its size, what it stands on, and its bitmaps (QEMU's docs/interop/qcow2.txt,
// "Header", "Header extensions" and "Bitmaps extension"). Nothing that the image holds is read.
import { closeSync, openSync, readSync } from 'node:fs';

export interface Qcow2Bitmap {
  readonly name: string;
  /** Bytes that a bit stands for; a power of 2. */
  readonly granularity: number;
  /** It does not note what is written. */
  readonly isDisabled: boolean;
  /** It was in use when its QEMU was killed: whoever opens the image calls it inconsistent. */
  readonly isInconsistent: boolean;
  /** How much of the disk it has noted. */
  readonly noted: 'nothing' | 'something' | 'all';
}

export interface Qcow2Head {
  /** Bytes, as the guest sees it. */
  readonly size: number;
  /** Bytes; a power of 2. */
  readonly cluster: number;
  /** The format is empty where the image does not say it. */
  readonly backing?: { readonly file: string; readonly format: string };
  readonly bitmaps?: readonly Qcow2Bitmap[];
}

export const MAGIC = 0x514649fb;
export const BACKING_FORMAT = 0xe2792aca;
export const BITMAPS = 0x23852875;
/** Flags of a bitmap, and bytes of its entry before extra data and name. */
export const IN_USE = 1;
export const AUTO = 2;
export const ENTRY = 24;
/** Bytes of the head of version 3 that is always there. */
const HEAD = 104;
/** Incompatible features that change nothing of what an image is: not closed cleanly, the type of compression. */
const HARMLESS = 0b1001n;
/** Bytes of extensions, and of a directory of bitmaps, that are looked at. */
const MOST = 1 << 20;

/** Undefined for what is no image of version 3, or one whose data lies elsewhere, is encrypted, corrupt, or has snapshots. */
export function readHead(path: string): Qcow2Head | undefined {
  const fd = openSync(path, 'r');
  try {
    const read = (at: number, length: number) => {
      const bytes = Buffer.alloc(length);
      return readSync(fd, bytes, 0, length, at) === length ? bytes : undefined;
    };
    const head = read(0, HEAD);
    if (head === undefined || head.readUInt32BE(0) !== MAGIC || head.readUInt32BE(4) !== 3) return undefined;
    const isOther = (head.readBigUInt64BE(72) & ~HARMLESS) !== 0n;
    if (isOther || head.readUInt32BE(32) !== 0 || head.readUInt32BE(60) !== 0) return undefined;
    const extensions = extensionsOf(read, head.readUInt32BE(100));
    const format = extensions.get(BACKING_FORMAT)?.toString('utf8') ?? '';
    const file = read(Number(head.readBigUInt64BE(8)), Math.min(head.readUInt32BE(16), 1023))?.toString(
      'utf8',
    );
    const bitmaps = bitmapsIn(read, extensions.get(BITMAPS));
    return {
      size: Number(head.readBigUInt64BE(24)),
      cluster: 2 ** head.readUInt32BE(20),
      ...(file ? { backing: { file, format } } : {}),
      ...(bitmaps.length > 0 ? { bitmaps } : {}),
    };
  } finally {
    closeSync(fd);
  }
}

type Read = (at: number, length: number) => Buffer | undefined;

function extensionsOf(read: Read, from: number): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = from; at < MOST; ) {
    const mark = read(at, 8);
    const [type, length] = [mark?.readUInt32BE(0) ?? 0, mark?.readUInt32BE(4) ?? 0];
    const data = type === 0 || length > MOST ? undefined : read(at + 8, length);
    if (data === undefined) break;
    found.set(type, data);
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return found;
}

function bitmapsIn(read: Read, extension: Buffer | undefined): readonly Qcow2Bitmap[] {
  if (extension === undefined || extension.length < 24) return [];
  const [size, from] = [Number(extension.readBigUInt64BE(8)), Number(extension.readBigUInt64BE(16))];
  const entries = size > MOST ? undefined : read(from, size);
  const found: Qcow2Bitmap[] = [];
  for (let at = 0; entries !== undefined && at + ENTRY <= entries.length; ) {
    const [table, length] = [Number(entries.readBigUInt64BE(at)), entries.readUInt32BE(at + 8) * 8];
    const flags = entries.readUInt32BE(at + 12);
    const [named, extra] = [entries.readUInt16BE(at + 18), entries.readUInt32BE(at + 20)];
    const name = at + ENTRY + extra;
    found.push({
      name: entries.toString('utf8', name, name + named),
      granularity: 2 ** entries.readUInt8(at + 17),
      isDisabled: (flags & AUTO) === 0,
      isInconsistent: (flags & IN_USE) !== 0,
      noted: notedIn(read(table, Math.min(length, MOST))),
    });
    at += Math.ceil((ENTRY + extra + named) / 8) * 8;
  }
  return found;
}

/** By the table that leads to what is stored: an entry is 0 where nothing is set, and 1 where all is, with nothing stored. */
function notedIn(table: Buffer | undefined): Qcow2Bitmap['noted'] {
  if (table?.some(byte => byte !== 0) !== true) return 'nothing';
  for (let at = 0; at + 8 <= table.length; at += 8) if (table.readBigUInt64BE(at) !== 1n) return 'something';
  return 'all';
}
