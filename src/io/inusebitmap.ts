// Marks bitmaps of a qcow2 image as in use, as QEMU leaves them where it is killed: whoever opens the image next calls them
// inconsistent (QEMU's docs/interop/qcow2.txt, "Bitmap directory").
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const EXTENSION = 0x23852875;
/** Bytes of an entry before its extra data and its name. */
const ENTRY = 24;
const IN_USE = 1;

/** The image is of version 3, and has the bitmaps stored. */
export function markInUse(path: string, names: ReadonlySet<string>): void {
  const fd = openSync(path, 'r+');
  try {
    const read = (at: number, length: number) => {
      const bytes = Buffer.alloc(length);
      readSync(fd, bytes, 0, length, at);
      return bytes;
    };
    const directory = directoryOf(read);
    if (directory === undefined) return;
    const entries = read(directory.at, directory.size);
    for (let at = 0; at + ENTRY <= entries.length; ) {
      const [named, extra] = [entries.readUInt16BE(at + 18), entries.readUInt32BE(at + 20)];
      const name = at + ENTRY + extra;
      if (names.has(entries.toString('utf8', name, name + named)))
        entries.writeUInt32BE(entries.readUInt32BE(at + 12) | IN_USE, at + 12);
      at += Math.ceil((ENTRY + extra + named) / 8) * 8;
    }
    writeSync(fd, entries, 0, entries.length, directory.at);
  } finally {
    closeSync(fd);
  }
}

function directoryOf(read: (at: number, length: number) => Buffer): { at: number; size: number } | undefined {
  for (let at = read(100, 4).readUInt32BE(0); ; ) {
    const head = read(at, 8);
    const [type, length] = [head.readUInt32BE(0), head.readUInt32BE(4)];
    if (type === 0) return undefined;
    const data = read(at + 8, length);
    if (type === EXTENSION)
      return { at: Number(data.readBigUInt64BE(16)), size: Number(data.readBigUInt64BE(8)) };
    at += 8 + Math.ceil(length / 8) * 8;
  }
}
