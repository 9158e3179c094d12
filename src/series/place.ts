// Where an image is to go, and what kind it is: what the parameters of a recipe ask for, and what of it cannot be.
import type { JsonObject } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import { isExport, readExport, room } from './export.ts';
import type { Refusal } from './follow.ts';

interface Wanted {
  readonly file: string;
  /** The URI of an export. */
  readonly target: string;
  readonly format: string;
  readonly compress: boolean;
  /** It is to be a point of a series. */
  readonly point: boolean;
}

interface Place {
  /** A file name or a URI. */
  readonly where: string;
  /** How QEMU opens an export; absent for a file. */
  readonly nbd?: JsonObject;
}

/** Where one image goes. */
export function placeOf({ file, target, format, compress, point }: Wanted): Place | Refusal {
  const kind = kindRefusal({ format, compress, point });
  if (kind) return kind;
  if (target === '') {
    if (isExport(file))
      return { message: `${safe(file)} is no file`, advice: `An NBD server: target=${safe(file)}` };
    if (file !== '') return { where: file };
    return {
      message: 'it is not said where the backup goes',
      advice: 'Name a file (file=) or an export of an NBD server (target=nbd://HOST:PORT/EXPORT).',
    };
  }
  if (file !== '')
    return {
      message: 'the backup cannot go to a file and to an NBD server',
      advice: 'Give file= or target=.',
    };
  const found = readExport(target);
  return 'message' in found ? found : { where: found.uri, nbd: found.options };
}

/** Why an image cannot be what is wanted. */
export function kindRefusal({
  format,
  compress,
  point,
}: Omit<Wanted, 'file' | 'target'>): Refusal | undefined {
  if (format !== 'raw') return undefined;
  if (point)
    return {
      message: 'a raw image cannot say which point it is, so it can be none of a series',
      advice: 'A point is qcow2, at an NBD server, too; action=copy makes a copy outside of the series.',
    };
  return compress
    ? { message: 'a raw image cannot be compressed', advice: 'format=qcow2 can be.' }
    : undefined;
}

/** Why an export has no room for an image; undefined where it has, whatever the image's clusters hold. */
export function roomRefusal(
  name: string,
  has: number,
  { format, size, copied }: { readonly format: string; readonly size: number; readonly copied: number },
): Refusal | undefined {
  const needs = format === 'raw' ? size : room(size, copied);
  if (has >= needs) return undefined;
  return {
    message: `the export ${safe(name)} has ${bytes(has)}, and the image can take ${bytes(needs)}`,
    advice:
      'Make it larger on its server. A backup that finds no room fails, and until it does QEMU fails writes of the guest with it.',
  };
}

/** The export of one image of several, whose names all begin as the URI's does. */
export function exportBelow(uri: string, name: string): string {
  const cut = uri.search(/[?#]|$/);
  const [head, tail] = [uri.slice(0, cut), uri.slice(cut)];
  return `${head}${/^[^/]*\/\/[^/]*$/.test(head) ? '/' : ''}${name}${tail}`;
}
