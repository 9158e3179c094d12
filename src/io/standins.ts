// Files of a twin: images without data, and what of the VM's host has to be there for a request to go as it would.
import { execFile } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { QmpshError } from '../qmp/errors.ts';
import { fitsEmpty, writeEmpty } from './emptyqcow2.ts';
import { reason } from './files.ts';
import type { Places } from './places.ts';
import { type Qcow2Head, readHead } from './qcow2head.ts';
import { findQemuImg } from './qemu.ts';

const run = promisify(execFile);

/** The file that a name means, made to be there with the folders above it, empty and sparse. */
export function makeSparse(path: string, size: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a', 0o600);
  try {
    ftruncateSync(file, size);
  } catch (error) {
    throw new QmpshError('usage', `the twin cannot have a file of ${size} bytes: ${reason(error)}`);
  } finally {
    closeSync(file);
  }
}

export function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true });
}

/** An image without data; `options` are those of qemu-img's -o. What it stands on is not looked at. */
export async function makeImage(
  path: string,
  format: string,
  size: number,
  options: Readonly<Record<string, string>>,
  { backing, bitmaps = [] }: Pick<Qcow2Head, 'backing' | 'bitmaps'>,
): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const { cluster_size: cluster = '65536', compat = '1.1', ...others } = options;
  const image = { size, cluster: Number(cluster), bitmaps, ...(backing ? { backing } : {}) };
  if (format === 'qcow2' && compat === '1.1' && Object.keys(others).length === 0 && fitsEmpty(image)) {
    writeEmpty(path, image);
    return;
  }
  const list = Object.entries(options).map(([key, value]) => `${key}=${value.replaceAll(',', ',,')}`);
  const below = backing ? ['-u', '-b', backing.file, '-F', backing.format] : [];
  const more = list.length > 0 ? ['-o', list.join(',')] : [];
  await run(findQemuImg(), ['create', '-q', '-f', format, ...below, ...more, path, String(size)]);
  for (const { name, granularity, isDisabled } of bitmaps) {
    const off = isDisabled ? ['--disable'] : [];
    await run(findQemuImg(), [
      'bitmap',
      '--add',
      '-g',
      String(granularity),
      ...off,
      '-f',
      format,
      path,
      name,
    ]);
  }
}

/** Runs qemu-img with these arguments, in a folder; what it prints, and how it ended. */
export async function runQemuImg(
  args: readonly string[],
  folder: string,
): Promise<{ readonly output: string; readonly status: number }> {
  return new Promise(resolve => {
    execFile(findQemuImg(), [...args], { cwd: folder, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ output: stdout + stderr, status: error ? 1 : 0 });
    });
  });
}

/** Writes something that a job has to copy into an image. Whether that went well. */
export async function ballast(path: string, format: string, size: number): Promise<boolean> {
  const program = join(dirname(findQemuImg()), 'qemu-io');
  const bytes = Math.min(size, 4 * 1024 * 1024);
  try {
    await run(program, ['-f', format, '-c', `write -q 0 ${bytes}`, path]);
    return true;
  } catch {
    return false; // not installed
  }
}

/** What there is of a path on this host. */
type Here = 'nothing' | 'folder' | { readonly size: number };

function here(path: string): Here {
  try {
    const found = statSync(path);
    return found.isDirectory() ? 'folder' : { size: found.isFile() ? found.size : 0 };
  } catch {
    return 'nothing';
  }
}

/**
 * Gives the twin what is around a path of the VM's host: its folder where that is there, and where a file is there a likeness
 * of it: of a qcow2 image one of the same size, bitmaps and images below, as its head tells them; else an empty file of its
 * size. Of another host nothing is known but that names of folders stand there. Nothing is made outside of `places`. `stood`: a
 * file is there that the twin has only empty.
 */
export function surround(real: string, places: Places, isHere = true): { readonly stood: boolean } {
  const path = join(places.root, real);
  if (!isHere) {
    mkdirSync(dirname(path), { recursive: true });
    return { stood: false };
  }
  if (here(dirname(real)) === 'folder') mkdirSync(dirname(path), { recursive: true });
  const there = here(real);
  if (typeof there !== 'object' || existsSync(path)) return { stood: false };
  const found = likenessOf(real, places);
  if (found === undefined) {
    makeSparse(path, there.size);
    return { stood: true };
  }
  writeEmpty(path, found.image);
  if (found.below !== undefined) surround(found.below, places);
  return { stood: false };
}

interface Found {
  readonly image: Qcow2Head;
  /** The path of what it stands on. */
  readonly below?: string;
}

/** What an empty image has to be like to stand for one of this host; undefined where none can. */
function likenessOf(real: string, places: Places): Found | undefined {
  try {
    const head = readHead(real);
    const { backing } = head ?? {};
    if (head === undefined || backing === undefined)
      return head !== undefined && fitsEmpty(head) ? { image: head } : undefined;
    const file = places.below(real, backing.file);
    if (file === undefined) return undefined;
    const image = { ...head, backing: { ...backing, file } };
    const below = backing.file.startsWith('/') ? backing.file : join(dirname(real), backing.file);
    return fitsEmpty(image) ? { image, below } : undefined;
  } catch {
    return undefined; // it may not be read
  }
}

/** Whether something lies at a path, a link that leads nowhere too. */
export function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Removes files of the twin; says why one of them could not be removed. */
export function removePlaces(paths: readonly string[]): string | undefined {
  for (const path of paths)
    try {
      unlinkSync(path);
    } catch (error) {
      if (isThere(path)) return `it cannot be removed: ${basename(path)}: ${reason(error)}`;
    }
  return undefined;
}

/** The files below a folder, by their paths in it, sorted. */
export function filesBelow(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return names
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length))
    .sort();
}
