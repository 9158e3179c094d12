// Files of the user's: the schema, the settings, the history, the log.
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';

function code(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  EPERM: 'the system does not allow it',
  EFBIG: 'the file would be larger than is allowed',
  EDQUOT: 'the disk quota is used up',
};

/** Why a file operation failed, as half a sentence. */
export function reason(error: unknown): string {
  const known = REASONS[code(error) ?? ''];
  return known ?? (error instanceof Error ? error.message : String(error));
}

/** The text of a file the user named; what is wrong becomes a usage error. */
export function readNamed(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new QmpshError('usage', `cannot read ${what} ${path}: ${reason(error)}`, { cause: error });
  }
}

/** The text of a file that need not be there. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (code(error) === 'ENOENT') return undefined;
    throw new QmpshError('usage', `cannot read ${path}: ${reason(error)}`, { cause: error });
  }
}

/** Replaces a file at once (mode 0600), so that a crash leaves the old or the new text. Throws a usage error. */
export function replaceFile(path: string, text: string): void {
  writing(path, () => {
    makeFolders(dirname(path));
    swapIn(path, text, 0o600);
  });
}

/** Puts a new file in the place of another at once. Throws what writing throws, and leaves no draft then. */
export function swapIn(path: string, text: string | Uint8Array, mode: number): void {
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, text, { mode });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new QmpshError('usage', `cannot write ${path}: ${reason(error)}`, { cause: error });
  }
}

/** Makes a file (mode 0600) with a text in it, or none; a file that is there already is a usage error. */
export function createFile(path: string, text: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'wx', 0o600);
    writeFileSync(fd, text);
  } catch (error) {
    if (fd !== undefined) rmSync(path, { force: true });
    const why = code(error) === 'EEXIST' ? 'it exists already' : reason(error);
    throw new QmpshError('usage', `cannot make ${path}: ${why}`, { cause: error });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * Writes a document into a folder and gives its full path. A file that is there is replaced only if it begins as such
 * documents do (`ours`): a name mistyped must not cost anybody a disk.
 */
export function writeDocument(path: string, folder: string, text: string, ours: RegExp): string {
  const full = resolve(folder, path);
  try {
    const fd = existsSync(full) ? openSync(full, 'r') : undefined;
    if (fd !== undefined) {
      const head = Buffer.alloc(256);
      const length = readSync(fd, head, 0, head.length, 0);
      closeSync(fd);
      if (length > 0 && !ours.test(head.toString('utf8', 0, length)))
        throw new QmpshError('usage', `${path} exists and is another kind of file; it is left alone`);
    }
    writeFileSync(full, text);
  } catch (error) {
    if (error instanceof QmpshError) throw error;
    throw new QmpshError('usage', `cannot write ${path}: ${reason(error)}`, { cause: error });
  }
  return full;
}

/** Appends to a file (made with mode 0600 when it is new): all of the text or nothing. Throws a usage error. */
export function appendTo(path: string, text: string): void {
  writing(path, () => {
    makeFolders(dirname(path));
    const fd = openSync(path, 'a', 0o600);
    try {
      appendWhole(fd, text);
    } finally {
      closeSync(fd);
    }
  });
}

/** Appends all of the text to an open file; where the disk gets full in the middle, none of it stays. Throws what `write` throws. */
export function appendWhole(fd: number, text: string): void {
  const before = fstatSync(fd);
  try {
    writeFileSync(fd, text);
  } catch (error) {
    if (before.isFile()) ftruncateSync(fd, before.size);
    throw error;
  }
}

/** Makes a folder of ours and those above it (mode 0700). */
function makeFolders(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    // On a read-only file system Node says "no such file" here; the folder that cannot be made gives the reason.
    for (let at = path; code(error) === 'ENOENT' && at !== dirname(at); at = dirname(at))
      if (existsSync(dirname(at))) mkdirSync(at, { mode: 0o700 });
    throw error;
  }
}
