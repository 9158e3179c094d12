// Who may connect to a unix socket, as the modes of the socket and of the folders above it say; root always may. Lists of
// access rights beyond the modes (ACLs) are not looked at.
import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What of a file or folder decides. */
type Owned = Pick<Stats, 'uid' | 'gid' | 'mode'>;

const [WRITE, ENTER] = [0o2, 0o1];

/** `all`, or users and groups by name (`group kvm`); none where that is root alone. Undefined where a folder cannot be seen. */
export function openTo(
  path: string,
  look: (path: string) => Owned = statSync,
  real: (path: string) => string = realpathSync,
): readonly string[] | undefined {
  try {
    const socket = real(path);
    const above: Owned[] = [];
    for (let at = socket; at !== dirname(at); ) {
      at = dirname(at);
      above.push(look(at));
    }
    const { users, groups, all } = mayPass([
      [look(socket), WRITE],
      ...above.map(folder => [folder, ENTER] as const),
    ]);
    if (all) return ['all'];
    return [
      ...users.map(uid => nameIn('/etc/passwd', uid)),
      ...groups.map(gid => `group ${nameIn('/etc/group', gid)}`),
    ];
  } catch {
    return undefined;
  }
}

/** Who passes all of it: where each class of users has the bit. */
function mayPass(steps: readonly (readonly [Owned, bit: number])[]): {
  readonly users: readonly number[];
  readonly groups: readonly number[];
  readonly all: boolean;
} {
  const all = steps.every(([{ mode }, bit]) => has(mode, 0, bit) && has(mode, 3, bit) && has(mode, 6, bit));
  const every = (passes: (owned: Owned, bit: number) => boolean) =>
    steps.every(([owned, bit]) => passes(owned, bit));
  const groups = [...new Set(steps.map(([{ gid }]) => gid))].filter(
    one => one !== 0 && every(({ gid, mode }, bit) => has(mode, gid === one ? 3 : 0, bit)),
  );
  const users = [...new Set(steps.map(([{ uid }]) => uid))].filter(
    one => one !== 0 && every(({ uid, mode }, bit) => has(mode, uid === one ? 6 : 0, bit)),
  );
  return { users, groups, all };
}

function has(mode: number, shift: number, bit: number): boolean {
  return ((mode >> shift) & bit) !== 0;
}

/** The name of a number in a table of users or groups; the number where it has none there. */
function nameIn(table: string, id: number): string {
  try {
    const row = readFileSync(table, 'utf8')
      .split('\n')
      .find(one => one.split(':')[2] === String(id));
    return row?.split(':')[0] ?? String(id);
  } catch {
    return String(id);
  }
}
