// Where pages are: the recipes that ship with the shell, and the user's own.
import { readdirSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import { reason } from './files.ts';
import { folderPath } from './folders.ts';

export interface PageFile {
  /** The file's name without its ending: `backup`. */
  readonly name: string;
  readonly path: string;
  /** From the user's folder, not shipped. */
  readonly own: boolean;
}

/** The folder with the shipped pages: beside the bundle's folder, or below the current one where there is no bundle. */
export function docsFolder(): string {
  return join(typeof __dirname === 'string' ? dirname(__dirname) : '.', 'docs');
}

/** Where a user's pages become words: `$XDG_DATA_HOME/qmpsh/pages`. */
export function ownFolder(): string {
  return join(folderPath('data'), 'pages');
}

/** All pages that are words, by name; a page of the user's stands before a recipe of the same name. */
export function findPages(): readonly PageFile[] {
  const found = new Map<string, PageFile>();
  for (const [folder, own] of [
    [join(docsFolder(), 'recipes'), false],
    [ownFolder(), true],
  ] as const)
    for (const file of listPages(folder)) {
      const name = basename(file, extname(file));
      found.set(name, { name, path: join(folder, file), own });
    }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function listPages(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(file => /^[A-Za-z][\w-]*\.(md|markdown|txt|rst|qmp)$/.test(file));
  } catch {
    return []; // most users have no folder of their own
  }
}

/** What a path names, if anything. */
export function kindOfPath(path: string): 'file' | 'folder' | 'socket' | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return undefined;
  return stat.isDirectory() ? 'folder' : stat.isSocket() ? 'socket' : 'file';
}

/** A path as typed, from a folder (the one the shell was started in): `~/x` and relative ones made whole. */
export function pathFrom(typed: string, folder: string = process.cwd()): string {
  const home = typed.startsWith('~/') ? join(homedir(), typed.slice(2)) : typed;
  return isAbsolute(home) ? home : join(folder, home);
}

/** Replaces the text of a file the user owns: at once, with its mode kept, links followed. */
export function rewriteFile(path: string, text: string): void {
  try {
    const real = realpathSync(path);
    const draft = `${real}.${process.pid}.new`;
    writeFileSync(draft, text, { mode: statSync(real).mode & 0o7777 });
    renameSync(draft, real);
  } catch (error) {
    throw new QmpshError('usage', `cannot write ${path}: ${reason(error)}`, { cause: error });
  }
}

/** The first bytes of a page, for its title. */
export function pageHead(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, 2000);
  } catch {
    return '';
  }
}
