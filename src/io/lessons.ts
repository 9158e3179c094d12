// Where the lessons are: pages that ship with the shell, in the order of their numbers.
import { readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { docsFolder } from './pages.ts';

/** The paths of the lessons' pages, `01-first-steps.md` first. */
export function lessonFiles(): readonly string[] {
  const folder = join(docsFolder(), 'lessons');
  try {
    return readdirSync(folder)
      .filter(file => /^\d+-[\w-]+\.md$/.test(file))
      .sort()
      .map(file => join(folder, file));
  } catch {
    return []; // a package without its documents
  }
}

/** The address of a monitor in a VM's folder: a relative path is below it. */
export function inFolder(folder: string, address: string): string {
  return address.includes(':') || isAbsolute(address) ? address : join(folder, address);
}
