// The kernel's tables of this host's sockets (proc(5), /proc/net): whose they are is told by their inodes.
import { readFileSync } from 'node:fs';

/** `flags` of a unix socket that listens, `state` of one that is connected. */
export const UNIX_LISTENS = '00010000';
export const UNIX_CONNECTED = '03';
/** `state` of a TCP socket. */
export const TCP_LISTENS = '0A';
export const TCP_CONNECTED = '01';

interface UnixRow {
  readonly inode: string;
  readonly flags: string;
  readonly state: string;
  /** The path as its process gave it: relative to the folder that process was in. */
  readonly bound: string;
}

interface TcpRow {
  readonly inode: string;
  readonly port: number;
  /** The port at the other end. */
  readonly far: number;
  readonly state: string;
}

/** The unix sockets that have a path, in the network of a process (a container has its own). Throws where there is no /proc. */
export function unixRows(pid?: number): readonly UnixRow[] {
  return readFileSync(`/proc/${pid ?? 'self'}/net/unix`, 'utf8')
    .split('\n')
    .flatMap(row => {
      const [, flags, state, inode, bound] = /^\S+ \S+ \S+ (\S+) \S+ (\S+) +(\d+) (.+)$/.exec(row) ?? [];
      return flags && state && inode && bound ? [{ flags, state, inode, bound }] : [];
    });
}

/** The TCP sockets of both families; none of one that the kernel has no table of. */
export function tcpRows(): readonly TcpRow[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(table => {
    try {
      return tcpRowsOf(table);
    } catch {
      return []; // a kernel without IPv6
    }
  });
}

/** The TCP sockets in one table. Throws where it is not there. */
function tcpRowsOf(table: string): readonly TcpRow[] {
  const portOf = (end: string) => Number.parseInt(end.slice(end.lastIndexOf(':') + 1), 16);
  return readFileSync(table, 'utf8')
    .split('\n')
    .slice(1)
    .flatMap(row => {
      const [, near = '', far = '', state = '', , , , , , inode] = row.trim().split(/\s+/);
      return inode ? [{ inode, port: portOf(near), far: portOf(far), state }] : [];
    });
}
