// Which program serves a monitor of this host, asked of the kernel: whoever holds the socket, never whoever says so on
// its command line.
import { readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Address, parseAddress } from './address.ts';
import { onlyOurs } from './rights.ts';
import { TCP_LISTENS, tcpRows, UNIX_LISTENS, unixRows } from './sockettable.ts';
import { isSameFile, processes } from './vmprocess.ts';

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
    const listening = tcpRows().filter(({ port, state }) => port === to.port && state === TCP_LISTENS);
    const inodes = new Set(listening.map(({ inode }) => inode));
    return processes().filter(pid => socketsOf(pid).some(inode => inodes.has(inode)));
  }
  const path = realpathSync(resolve(to.path));
  const socket = statSync(path);
  const listening = unixRows().filter(
    ({ flags, bound }) => flags === UNIX_LISTENS && basename(bound) === basename(path),
  );
  const rows = new Map(listening.map(({ inode, bound }) => [inode, bound]));
  return processes().filter(pid =>
    socketsOf(pid).some(inode => {
      const bound = rows.get(inode);
      return bound !== undefined && isSameFile(socket, statOf(resolve(folderOf(pid), bound)));
    }),
  );
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
    return isQemu && isSameFile(statSync(`/proc/${pid}/exe`), statOf(path)) ? path : undefined;
  } catch {
    return undefined; // it ended, or it is another user's
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
