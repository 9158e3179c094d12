// Which program serves a monitor of this host, asked of the kernel: whoever holds the socket, never whoever says so on
// its command line.
import { readdirSync, readFileSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Address, parseAddress } from './address.ts';
import { onlyOurs } from './rights.ts';

const LISTENS_UNIX = '00010000';
const LISTENS_TCP = '0A';
const HERE = /^(?:localhost|127(?:\.\d+){3}|::1)$/;

/**
 * The program of the QEMU that listens at an address. Undefined where that is not known for certain, and where somebody
 * besides root and this user could have put another file in its place.
 */
export function servingProgram(address: string): string | undefined {
  try {
    const to = parseAddress(address);
    const programs = new Set(servers(to).flatMap(pid => qemuOf(pid) ?? []));
    const [program] = programs;
    return programs.size === 1 && program !== undefined && onlyOurs(program) ? program : undefined;
  } catch {
    return undefined; // no address of this host's, or no /proc
  }
}

/** The process that serves an address of this host; undefined where it is not known for certain. */
export function servingProcess(address: string): number | undefined {
  try {
    const [pid, ...more] = new Set(servers(parseAddress(address)));
    return more.length === 0 ? pid : undefined;
  } catch {
    return undefined; // no address of this host's, or no /proc
  }
}

/** The folder that the process listening at an address runs in; undefined where that cannot be seen. */
export function servingFolder(address: string): string | undefined {
  try {
    const folders = new Set(servers(parseAddress(address)).map(pid => readlinkSync(`/proc/${pid}/cwd`)));
    const [folder] = folders;
    return folders.size === 1 ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** The processes that hold a socket listening at an address. */
function servers(to: Address): readonly number[] {
  if (to.kind !== 'unix' && to.kind !== 'tcp') return [];
  if (to.kind === 'tcp') {
    if (!HERE.test(to.host)) return [];
    const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap(table => listeningAt(table, to.port)));
    return processes().filter(pid => socketsOf(pid).some(inode => inodes.has(inode)));
  }
  const path = realpathSync(resolve(to.path));
  const socket = statSync(path);
  // A row holds the path as its process gave it: relative to the folder that process is in.
  const rows = new Map(listeningUnix().filter(([, bound]) => basename(bound) === basename(path)));
  return processes().filter(pid =>
    socketsOf(pid).some(inode => {
      const bound = rows.get(inode);
      return bound !== undefined && sameFile(socket, statOf(resolve(folderOf(pid), bound)));
    }),
  );
}

function listeningUnix(): readonly (readonly [string, string])[] {
  const rows = readFileSync('/proc/net/unix', 'utf8').split('\n');
  return rows.flatMap(row => {
    const [, flags, inode, path] = /^\S+ \S+ \S+ (\S+) \S+ \S+ +(\d+) (.+)$/.exec(row) ?? [];
    return flags === LISTENS_UNIX && inode && path ? [[inode, path] as const] : [];
  });
}

function listeningAt(table: string, port: number): readonly string[] {
  const rows = textOf(table).split('\n').slice(1);
  return rows.flatMap(row => {
    const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/);
    const at = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16);
    return at === port && state === LISTENS_TCP && inode ? [inode] : [];
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // a kernel without IPv6
  }
}

/** The processes of this host. */
export function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number);
}

/** The inodes of a process's sockets; none where it is another user's. */
export function socketsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    });
  } catch {
    return [];
  }
}

function folderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '/';
  }
}

/** A process's program where it is a system emulator and its path leads to the very file that runs. */
function qemuOf(pid: number): string | undefined {
  try {
    const path = readlinkSync(`/proc/${pid}/exe`);
    const isQemu = /^qemu-(?:system-.|kvm$)/.test(basename(path));
    return isQemu && sameFile(statSync(`/proc/${pid}/exe`), statOf(path)) ? path : undefined;
  } catch {
    return undefined; // it ended, or it is another user's
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function sameFile(one: Stats, other: Stats | undefined): boolean {
  return one.dev === other?.dev && one.ino === other.ino;
}
