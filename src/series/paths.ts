// File names as QEMU takes them: those of backing files count from the folder of the image that names them. An export of an
// NBD server has a URI, which is the same wherever it is named.
import type { JsonObject } from '../text/json.ts';
import { isExport, readExport } from './export.ts';

/** The part behind the last slash; a URI as it is. */
export function baseName(path: string): string {
  if (isExport(path)) return path;
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A name put into the folder of another file. A URI has no folder, and is in none. */
export function beside(path: string, name: string): string {
  if (isExport(path) || isExport(name)) return name;
  return path.slice(0, path.lastIndexOf('/') + 1) + name;
}

/** How an image at `from` has to name a file at `to`: relative where both are of one kind, so that a folder can be moved. */
export function backingName(from: string, to: string): string {
  if (isExport(from) || isExport(to)) return to;
  if (from.startsWith('/') !== to.startsWith('/')) return to;
  const here = parts(from).slice(0, -1);
  const there = parts(to);
  let same = 0;
  while (same < here.length && same < there.length - 1 && here[same] === there[same]) same += 1;
  // Where a name leads out of a folder that is not known, nothing relative can be said.
  if (here.slice(same).includes('..')) return to;
  const path = [...here.slice(same).map(() => '..'), ...there.slice(same)].join('/');
  // A colon would make a protocol of what stands before it.
  return path.includes(':') && !path.startsWith('.') ? `./${path}` : path;
}

function parts(path: string): readonly string[] {
  return path.split('/').filter((part, i) => part !== '.' && (part !== '' || i === 0));
}

/** How QEMU opens what a file name or a URI names: the value of `file=`. A URI that cannot be read is left to QEMU to refuse. */
export function opened(path: string): JsonObject {
  const found = isExport(path) ? readExport(path) : undefined;
  return found && 'options' in found ? found.options : { driver: 'file', filename: path };
}
