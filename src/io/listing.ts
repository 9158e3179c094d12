// The files below a half typed path, for completion.
import { type Dirent, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const MOST = 500;

/** What could stand there: folders end in `/`. Names with a dot in front only when the dot is typed. */
export function listFiles(
  typed: string,
  folder: string,
): readonly { readonly text: string; readonly note?: string }[] {
  const at = typed.lastIndexOf('/') + 1;
  const [before, start] = [typed.slice(0, at), typed.slice(at)];
  const home = before.startsWith('~/') ? join(homedir(), before.slice(2)) : before;
  return entries(isAbsolute(home) ? home : join(folder, home))
    .filter(entry => entry.name.startsWith(start) && (start.startsWith('.') || !entry.name.startsWith('.')))
    .slice(0, MOST)
    .map(entry =>
      entry.isDirectory()
        ? { text: `${before}${entry.name}/`, note: 'folder' }
        : { text: before + entry.name },
    );
}

function entries(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name));
  } catch {
    return []; // no such folder, or not ours to read
  }
}
