// Writes an empty qcow2 image (version 3), as QEMU's docs/interop/qcow2.txt lays it out: the header, a refcount table with
// one block, an L1 table without entries, and bitmaps that have noted nothing, the last bytes of the disk, or all. A process of
// qemu-img for each image of a VM would take longer than all else.
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import {
  AUTO,
  BACKING_FORMAT,
  BITMAPS,
  ENTRY,
  IN_USE,
  MAGIC,
  type Qcow2Bitmap,
  type Qcow2Head,
} from './qcow2head.ts';

const HEADER = 104;
/** Bytes of the extension that leads to the bitmaps, and how many an image can have. */
const EXTENSION = 8 + 24;
const MOST = 65535;

/** Whether the image can be written here: its few clusters are counted in one block, its names fit the first cluster. */
export function fitsEmpty(image: Qcow2Head): boolean {
  const { size, cluster, backing, bitmaps = [] } = image;
  const names = Buffer.byteLength(backing?.file ?? '') + Buffer.byteLength(backing?.format ?? '');
  const isPower = Number.isInteger(Math.log2(cluster)) && cluster >= 4096 && cluster <= 2 ** 21;
  const isCounted = isPower && bitmaps.length <= MOST && layout(image).clusters <= cluster / 2;
  return isCounted && size % 512 === 0 && names < 1024;
}

/** Makes the file; it must not exist. */
export function writeEmpty(path: string, image: Qcow2Head): void {
  const { cluster } = image;
  const { directory, directoryAt, clusters, pieces } = layout(image);
  const counts = Buffer.alloc(cluster);
  for (let i = 0; i < clusters; i++) counts.writeUInt16BE(1, 2 * i);
  const pointer = Buffer.alloc(8);
  pointer.writeBigUInt64BE(BigInt(2 * cluster));
  const fd = openSync(path, 'wx', 0o600);
  try {
    writeSync(fd, headOf(image), 0, cluster, 0);
    writeSync(fd, pointer, 0, 8, cluster);
    writeSync(fd, counts, 0, cluster, 2 * cluster);
    if (directory.length > 0) writeSync(fd, directory, 0, directory.length, directoryAt);
    for (const { at, bytes } of pieces) writeSync(fd, bytes, 0, bytes.length, at);
    ftruncateSync(fd, clusters * cluster);
  } finally {
    closeSync(fd);
  }
}

function headOf(image: Qcow2Head): Buffer {
  const { size, cluster, backing, bitmaps = [] } = image;
  const { directory, directoryAt } = layout(image);
  const head = Buffer.alloc(cluster);
  const file = Buffer.from(backing?.file ?? '', 'utf8');
  const format = Buffer.from(backing?.format ?? '', 'utf8');
  head.writeUInt32BE(MAGIC, 0);
  head.writeUInt32BE(3, 4);
  head.writeUInt32BE(file.length, 16);
  head.writeUInt32BE(Math.log2(cluster), 20);
  head.writeBigUInt64BE(BigInt(size), 24);
  head.writeUInt32BE(tableEntries(size, cluster), 36);
  head.writeBigUInt64BE(BigInt(3 * cluster), 40);
  head.writeBigUInt64BE(BigInt(cluster), 48);
  head.writeUInt32BE(1, 56);
  head.writeUInt32BE(4, 96); // refcounts of 16 bits
  head.writeUInt32BE(HEADER, 100);
  let at = HEADER;
  if (format.length > 0) {
    head.writeUInt32BE(BACKING_FORMAT, at);
    head.writeUInt32BE(format.length, at + 4);
    format.copy(head, at + 8);
    at += 8 + Math.ceil(format.length / 8) * 8;
  }
  if (bitmaps.length > 0) {
    head.writeBigUInt64BE(1n, 88); // who does not know bitmaps clears this, and they count no more
    head.writeUInt32BE(BITMAPS, at);
    head.writeUInt32BE(EXTENSION - 8, at + 4);
    head.writeUInt32BE(bitmaps.length, at + 8);
    head.writeBigUInt64BE(BigInt(directory.length), at + 16);
    head.writeBigUInt64BE(BigInt(directoryAt), at + 24);
    at += EXTENSION;
  }
  head.writeBigUInt64BE(BigInt(file.length === 0 ? 0 : at + 8), 8);
  file.copy(head, at + 8);
  return head;
}

interface Layout {
  readonly clusters: number;
  /** The entries of the bitmaps, and where they lie. */
  readonly directory: Buffer;
  readonly directoryAt: number;
  /** Of bitmaps that have noted something: the table of each, and the byte with the last bit. */
  readonly pieces: readonly { readonly at: number; readonly bytes: Buffer }[];
}

/** Head, refcount table, refcounts and L1 table come first; then the directory, and the table of each bitmap. */
function layout({ size, cluster, bitmaps = [] }: Qcow2Head): Layout {
  const first = 3 + tableClusters(size, cluster);
  const lengths = bitmaps.map(({ name }) => Math.ceil((ENTRY + Buffer.byteLength(name)) / 8) * 8);
  const directory = Buffer.alloc(lengths.reduce((sum, one) => sum + one, 0));
  const pieces: { at: number; bytes: Buffer }[] = [];
  let free = first + Math.ceil(directory.length / cluster);
  let at = 0;
  for (const [i, bitmap] of bitmaps.entries()) {
    const bits = Math.ceil(size / bitmap.granularity);
    const entries = Math.ceil(bits / 8 / cluster);
    const table = free * cluster;
    writeEntry(directory, at, bitmap, table, entries);
    free += Math.ceil((entries * 8) / cluster);
    at += lengths[i] ?? 0;
    if (bitmap.noted === 'nothing' || bits === 0) continue;
    const rows = Buffer.alloc(entries * 8);
    if (bitmap.noted === 'all') for (let i = 0; i < entries; i++) rows.writeBigUInt64BE(1n, i * 8);
    else {
      rows.writeBigUInt64BE(BigInt(free * cluster), (entries - 1) * 8);
      const last = (bits - 1) % (cluster * 8);
      pieces.push({ at: free * cluster + Math.floor(last / 8), bytes: Buffer.from([1 << (last % 8)]) });
      free += 1;
    }
    pieces.push({ at: table, bytes: rows });
  }
  return { clusters: free, directory, directoryAt: first * cluster, pieces };
}

function writeEntry(
  directory: Buffer,
  at: number,
  bitmap: Qcow2Bitmap,
  table: number,
  entries: number,
): void {
  const { name, granularity, isDisabled, isInconsistent } = bitmap;
  directory.writeBigUInt64BE(BigInt(table), at);
  directory.writeUInt32BE(entries, at + 8);
  directory.writeUInt32BE((isDisabled ? 0 : AUTO) | (isInconsistent ? IN_USE : 0), at + 12);
  directory.writeUInt8(1, at + 16); // a dirty bitmap, the only kind
  directory.writeUInt8(Math.log2(granularity), at + 17);
  directory.writeUInt16BE(Buffer.byteLength(name), at + 18);
  directory.write(name, at + ENTRY, 'utf8');
}

/** Each entry of the L1 table leads to a cluster of entries of 8 bytes, each of them for a cluster. */
function tableEntries(size: number, cluster: number): number {
  return Math.ceil(size / (cluster * (cluster / 8)));
}

function tableClusters(size: number, cluster: number): number {
  return Math.max(1, Math.ceil((tableEntries(size, cluster) * 8) / cluster));
}
