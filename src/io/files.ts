// Files of the user's: the schema, the settings, the history, the log.
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
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

/** Replaces a file at once (mode 0600), so that a crash leaves the old or the new text. */
export function replaceFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

/** Appends to a file (made with mode 0600 when it is new). */
export function appendTo(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  appendFileSync(path, text, { mode: 0o600 });
}
