// Where the shell keeps its own files (XDG Base Directory Specification): state (history, progress), settings, caches.
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const KINDS = {
  state: ['XDG_STATE_HOME', '.local/state'],
  config: ['XDG_CONFIG_HOME', '.config'],
  cache: ['XDG_CACHE_HOME', '.cache'],
  data: ['XDG_DATA_HOME', '.local/share'],
} as const;

export type FolderKind = keyof typeof KINDS;

/** The path of a folder of ours, whether it exists or not. A relative $XDG_... is ignored, as the specification says. */
export function folderPath(kind: FolderKind, env: NodeJS.ProcessEnv = process.env): string {
  const [variable, below] = KINDS[kind];
  const base = env[variable];
  return join(base && isAbsolute(base) ? base : join(env['HOME'] || homedir(), below), 'qmpsh');
}

/** The path of a folder of ours, made (mode 0700) when it is missing. Throws what `mkdir` throws. */
export function makeFolder(kind: FolderKind, env: NodeJS.ProcessEnv = process.env): string {
  const path = folderPath(kind, env);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}
