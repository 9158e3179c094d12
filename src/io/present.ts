// What lies at a path now, for one who must not remove the wrong file.
import { lstatSync, realpathSync, statSync, unlinkSync } from 'node:fs';
import { basename, isAbsolute, resolve } from 'node:path';
import { reason } from './files.ts';

export interface Present {
  /** Absolute. */
  readonly path: string;
  /** `unknown`: it cannot be looked at. */
  readonly there: boolean | 'unknown';
}

/** Looks at a path, which counts from the folder. A link is there even if it leads nowhere. */
export function lookAt(folder: string, name: string): Present {
  const path = resolve(folder, name);
  try {
    lstatSync(path);
    return { path, there: true };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return { path, there: code === 'ENOENT' || code === 'ENOTDIR' ? false : 'unknown' };
  }
}

/** Removes files, whose names count from the folder. Says why one of them could not be removed; the others are gone. */
export function removeFiles(folder: string, names: readonly string[]): string | undefined {
  const failed: string[] = [];
  for (const name of names)
    try {
      unlinkSync(resolve(folder, name));
    } catch (error) {
      const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isGone) failed.push(`${name}: ${reason(error)}`);
    }
  return failed.length === 0 ? undefined : `it cannot be removed: ${failed.join('; ')}`;
}

/**
 * Whether a file name as QEMU tells it may mean the file at this path. A relative one counts from QEMU's folder, which
 * is not known, and one that is not here may lie behind another root: then the last part of the name decides.
 */
export function mayMean(told: string, path: string): boolean {
  if (isAbsolute(told)) {
    const same = areSame(told, path);
    if (same !== undefined) return same;
  }
  return [path, real(path)].some(one => {
    const name = basename(one);
    if (told.startsWith('json:')) return told.includes(JSON.stringify(name).slice(1, -1));
    const before = told.at(-name.length - 1) ?? '/';
    return told.endsWith(name) && !/[\w.-]/.test(before);
  });
}

/** Whether two paths lead to one file, by another name or a link too; undefined where that cannot be seen. */
function areSame(one: string, other: string): boolean | undefined {
  try {
    const [a, b] = [statSync(one), statSync(other)];
    return a.dev === b.dev && a.ino === b.ino;
  } catch {
    return undefined;
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
