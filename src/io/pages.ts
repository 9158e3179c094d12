// Where pages are: the recipes that ship with the shell, and the user's own.
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import { reason, swapIn } from './files.ts';
import { folderPath } from './folders.ts';

export interface PageFile {
  /** The file's name without its ending: `backup`. */
  readonly name: string;
  readonly path: string;
  /** From the user's folder, not shipped. */
  readonly own: boolean;
  /** The recipe of the same name, which it stands before. */
  readonly hides?: string;
}

/** The folder with the shipped pages: beside the bundle's folder, or below the current one where there is no bundle. */
export function docsFolder(): string {
  return join(typeof __dirname === 'string' ? dirname(__dirname) : '.', 'docs');
}

/** Where a user's pages become words: `$XDG_DATA_HOME/qmpsh/pages`; undefined where there is no home. */
function ownFolder(): string | undefined {
  try {
    return join(folderPath('data'), 'pages');
  } catch {
    return undefined;
  }
}

/** All pages that are words, by name; a page of the user's stands before a recipe of the same name. */
export function findPages(): readonly PageFile[] {
  return lookForPages().find();
}

/** What tells whether a page that is a word came, went, or was written anew; and the pages as they were then. */
export function lookForPages(): { readonly stamp: string; readonly find: () => readonly PageFile[] } {
  const folder = ownFolder();
  const own = folder === undefined ? [] : listPages(folder);
  const stamp = (path: string) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat ? `${stat.mtimeMs} ${stat.size}` : '';
  };
  const files = own.map(file => `${file} ${stamp(join(folder ?? '', file))}`);
  return {
    stamp: [stamp(recipesFolder()), ...files].join('\n'),
    find: () => byName(folder ?? '', own),
  };
}

function recipesFolder(): string {
  return join(docsFolder(), 'recipes');
}

function byName(ownFolder: string, ownFiles: readonly string[]): readonly PageFile[] {
  const recipes = recipesFolder();
  const found = new Map<string, PageFile>();
  for (const [folder, files, own] of [
    [recipes, listPages(recipes), false],
    [ownFolder, ownFiles, true],
  ] as const)
    for (const file of files) {
      const name = basename(file, extname(file));
      const hidden = found.get(name);
      const hides = hidden && !hidden.own && own ? { hides: hidden.path } : {};
      found.set(name, { name, path: join(folder, file), own, ...hides });
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
    swapIn(real, text, statSync(real).mode & 0o7777);
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
