// Writes an empty qcow2 image (version 3), as QEMU's docs/interop/qcow2.txt lays it out: the header, a refcount table with
// one block, and an L1 table without entries. A process of qemu-img for each image of a VM would take longer than all else.
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

interface EmptyImage {
  /** Bytes, as the guest sees it. */
  readonly size: number;
  /** Bytes; a power of 2. */
  readonly cluster: number;
  readonly backing?: { readonly file: string; readonly format: string };
}

const MAGIC = 0x514649fb;
const BACKING_FORMAT = 0xe2792aca;
const HEADER = 104;

/** Whether the image can be written here: its few clusters are counted in one block, its names fit the first cluster. */
export function fitsEmpty({ size, cluster, backing }: EmptyImage): boolean {
  const names = Buffer.byteLength(backing?.file ?? '') + Buffer.byteLength(backing?.format ?? '');
  const isPower = Number.isInteger(Math.log2(cluster)) && cluster >= 4096 && cluster <= 2 ** 21;
  return isPower && size % 512 === 0 && names < 1024 && 3 + tableClusters(size, cluster) <= cluster / 2;
}

/** Makes the file; it must not exist. */
export function writeEmpty(path: string, image: EmptyImage): void {
  const { size, cluster, backing } = image;
  const entries = tableEntries(size, cluster);
  const table = tableClusters(size, cluster);
  const clusters = 3 + table;
  const head = Buffer.alloc(cluster);
  const file = Buffer.from(backing?.file ?? '', 'utf8');
  const format = Buffer.from(backing?.format ?? '', 'utf8');
  const padded = format.length === 0 ? 0 : 8 + Math.ceil(format.length / 8) * 8;
  const nameAt = HEADER + padded + 8;
  head.writeUInt32BE(MAGIC, 0);
  head.writeUInt32BE(3, 4);
  head.writeBigUInt64BE(BigInt(file.length === 0 ? 0 : nameAt), 8);
  head.writeUInt32BE(file.length, 16);
  head.writeUInt32BE(Math.log2(cluster), 20);
  head.writeBigUInt64BE(BigInt(size), 24);
  head.writeUInt32BE(entries, 36);
  head.writeBigUInt64BE(BigInt(3 * cluster), 40);
  head.writeBigUInt64BE(BigInt(cluster), 48);
  head.writeUInt32BE(1, 56);
  head.writeUInt32BE(4, 96); // refcounts of 16 bits
  head.writeUInt32BE(HEADER, 100);
  if (padded > 0) {
    head.writeUInt32BE(BACKING_FORMAT, HEADER);
    head.writeUInt32BE(format.length, HEADER + 4);
    format.copy(head, HEADER + 8);
  }
  file.copy(head, nameAt);
  const counts = Buffer.alloc(cluster);
  for (let i = 0; i < clusters; i++) counts.writeUInt16BE(1, 2 * i);
  const pointer = Buffer.alloc(8);
  pointer.writeBigUInt64BE(BigInt(2 * cluster));
  const fd = openSync(path, 'wx', 0o600);
  try {
    writeSync(fd, head, 0, cluster, 0);
    writeSync(fd, pointer, 0, 8, cluster);
    writeSync(fd, counts, 0, cluster, 2 * cluster);
    ftruncateSync(fd, clusters * cluster);
  } finally {
    closeSync(fd);
  }
}

/** Each entry of the L1 table leads to a cluster of entries of 8 bytes, each of them for a cluster. */
function tableEntries(size: number, cluster: number): number {
  return Math.ceil(size / (cluster * (cluster / 8)));
}

function tableClusters(size: number, cluster: number): number {
  return Math.max(1, Math.ceil((tableEntries(size, cluster) * 8) / cluster));
}
