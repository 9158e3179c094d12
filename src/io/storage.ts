// How much room there is where a file lies.
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** Free bytes of the file system that a file lies on, for those who are not root; undefined where that is not known. */
export function roomAt(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
