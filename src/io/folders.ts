import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';

const KINDS = {
  state: ['XDG_STATE_HOME', '.local/state'],
  config: ['XDG_CONFIG_HOME', '.config'],
  cache: ['XDG_CACHE_HOME', '.cache'],
  data: ['XDG_DATA_HOME', '.local/share'],
} as const;

const NAMES: Readonly<Record<keyof typeof KINDS, string>> = {
  state: 'history is',
  config: 'settings are',
  cache: 'caches are',
  data: 'pages are',
};

type FolderKind = keyof typeof KINDS;

/**
 * The path of a folder of ours, whether it exists or not. A relative $XDG_... is ignored, as the specification says; an
 * empty or relative $HOME is none, since files would go to wherever the shell was started: the account's home counts then.
 * Throws a usage error where the account has none either.
 */
export function folderPath(kind: FolderKind, env: NodeJS.ProcessEnv = process.env): string {
  const [variable, below] = KINDS[kind];
  const base = env[variable];
  if (base && isAbsolute(base)) return join(base, 'qmpsh');
  const isHome = (path: string | undefined) => path !== undefined && isAbsolute(path);
  const home = isHome(env['HOME']) ? env['HOME'] : accountHome();
  if (home !== undefined && isHome(home)) return join(home, below, 'qmpsh');
  throw new QmpshError('usage', `there is no home folder, so no ${NAMES[kind]} kept`, {
    advice: `Set HOME or ${variable} to the path of a folder.`,
  });
}

function accountHome(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined; // a user id without an account
  }
}
