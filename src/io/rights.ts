// Who may put other bytes at a path.
import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseAddress } from './address.ts';

/** What the rule below asks of a file or folder. */
interface Rights {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

const [BY_GROUP, BY_OTHERS, ENTER_OTHERS, STICKY] = [0o020, 0o002, 0o001, 0o1000];

/**
 * Whether nobody but root and this user can put other bytes at a path: it and each folder above it belong to one of the
 * two, and no other may write there. In a sticky folder (/tmp) others cannot replace what is not theirs.
 */
export function onlyOurs(
  path: string,
  look: (path: string) => Rights = lstatSync,
  user: number | undefined = process.getuid?.(),
): boolean {
  const { uid, gid, mode } = look(path);
  if (uid !== 0 && uid !== user) return false;
  const open = (mode & BY_OTHERS) !== 0 || ((mode & BY_GROUP) !== 0 && gid !== 0);
  const isFolder = (mode & 0o170000) === 0o040000;
  if (open && !(isFolder && (mode & STICKY) !== 0)) return false;
  const above = dirname(path);
  return above === path || onlyOurs(above, look, user);
}

/** The path of a monitor's socket to which every user of this host may connect; undefined where that is not so. */
export function openToAll(address: string): string | undefined {
  try {
    const to = parseAddress(address);
    if (to.kind !== 'unix') return undefined;
    const path = realpathSync(to.path);
    if ((lstatSync(path).mode & BY_OTHERS) === 0) return undefined;
    for (let at = dirname(path); at !== dirname(at); at = dirname(at))
      if ((lstatSync(at).mode & ENTER_OTHERS) === 0) return undefined;
    return path;
  } catch {
    return undefined;
  }
}
