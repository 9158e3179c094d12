// Files of the user's: the schema, the settings, the history, the log.
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
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
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}.new`;
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, path);
  });
}

function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new QmpshError('usage', `cannot write ${path}: ${reason(error)}`, { cause: error });
  }
}

/** Makes an empty file (mode 0600); a file that is there already is a usage error. */
export function createFile(path: string): void {
  try {
    writeFileSync(path, '', { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const why = code(error) === 'EEXIST' ? 'it exists already' : reason(error);
    throw new QmpshError('usage', `cannot make ${path}: ${why}`, { cause: error });
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

/** Appends to a file (made with mode 0600 when it is new). Throws a usage error. */
export function appendTo(path: string, text: string): void {
  writing(path, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    appendFileSync(path, text, { mode: 0o600 });
  });
}
