// Who is connected to a server of this host, as the kernel tells: /proc for TCP, and for unix sockets `ss`, where it is
// installed, for /proc does not tell which two ends belong together.
import { execFileSync } from 'node:child_process';
import { basename, isAbsolute, resolve } from 'node:path';
import { parseAddress } from './address.ts';
import { socketsOf } from './peer.ts';
import {
  TCP_CONNECTED,
  TCP_LISTENS,
  tcpRows,
  UNIX_CONNECTED,
  UNIX_LISTENS,
  unixRows,
} from './sockettable.ts';
import { lookAtProcess, processes, type VmProcess } from './vmprocess.ts';

/** Whether somebody is connected to the monitor that a process of this host serves; undefined where that cannot be told. */
export function isTaken(address: string, server: number): boolean | undefined {
  try {
    const to = parseAddress(address);
    const own = new Set(socketsOf(server));
    if (to.kind === 'tcp')
      return tcpRows().some(row => row.port === to.port && row.state === TCP_CONNECTED && own.has(row.inode));
    if (to.kind !== 'unix') return undefined;
    const name = basename(to.path);
    return unixRows().some(
      ({ inode, flags, bound }) => flags !== UNIX_LISTENS && own.has(inode) && basename(bound) === name,
    );
  } catch {
    return undefined;
  }
}

/** A process that is connected to the monitor that another one serves; undefined where it is not known. */
export function clientOf(address: string, server: number): VmProcess | undefined {
  try {
    const to = parseAddress(address);
    if (to.kind === 'tcp') return clientOfPort(to.port);
    return to.kind === 'unix' ? clientOfSocket(basename(to.path), server) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether somebody listens at a unix socket of this host; undefined where that cannot be told. */
export function isServed(path: string): boolean | undefined {
  try {
    return unixRows().some(({ bound, flags }) => bound === path && flags === UNIX_LISTENS);
  } catch {
    return undefined;
  }
}

interface Listener {
  /** The path of a unix socket, or the port. */
  readonly at: string;
  /** How many clients are connected. */
  readonly clients: number;
}

/** The sockets at which a process listens, each with the number of its clients; undefined where that is not known. */
function listenersOf(pid: number): readonly Listener[] | undefined {
  try {
    const own = new Set(socketsOf(pid));
    if (own.size === 0) return undefined; // another user's process
    const [unix, tcp] = [unixRows(), tcpRows()];
    return [
      ...unix
        .filter(({ inode, flags }) => flags === UNIX_LISTENS && own.has(inode))
        .map(({ bound }) => ({
          at: bound,
          clients: unix.filter(one => one.bound === bound && one.flags !== UNIX_LISTENS).length,
        })),
      ...tcp
        .filter(({ inode, state }) => state === TCP_LISTENS && own.has(inode))
        .map(({ port }) => ({
          at: String(port),
          clients: tcp.filter(one => one.port === port && one.state === TCP_CONNECTED).length,
        })),
    ];
  } catch {
    return undefined;
  }
}

/** Those of the listeners that no character device of the QEMU explains; `filenames` are as query-chardev tells them. */
export function otherListeners(pid: number, filenames: readonly string[]): readonly Listener[] | undefined {
  return listenersOf(pid)?.filter(({ at }) => !filenames.some(name => namesSocket(name, at)));
}

/** `disconnected:unix:/run/vm.sock,server=on` and `tcp:127.0.0.1:4444,server=on` name the sockets of chardevs. */
function namesSocket(filename: string, at: string): boolean {
  return /^\d+$/.test(at)
    ? filename.includes(`:${at},server`) || filename.includes(`:${at} `)
    : filename.includes(`:${at},`);
}

/** Whether anybody on this host listens at a TCP port, as far as that can be told. */
export function isListenedAt(port: number): boolean {
  try {
    return tcpRows().some(row => row.port === port && row.state === TCP_LISTENS);
  } catch {
    return false; // no /proc
  }
}

/** Whether a process has a connection to that port of another; undefined where that is not known. */
export function isConnected(pid: number, port: number): boolean | undefined {
  try {
    const own = new Set(socketsOf(pid));
    if (own.size === 0) return undefined;
    return tcpRows().some(row => row.far === port && row.state === TCP_CONNECTED && own.has(row.inode));
  } catch {
    return undefined;
  }
}

export function clientOfPort(port: number): VmProcess | undefined {
  const ends = tcpRows().filter(row => row.far === port && row.state === TCP_CONNECTED);
  const inodes = new Set(ends.map(({ inode }) => inode));
  const pid = processes().find(one => one !== process.pid && socketsOf(one).some(inode => inodes.has(inode)));
  return pid === undefined ? undefined : lookAtProcess(pid);
}

function clientOfSocket(name: string, server: number): VmProcess | undefined {
  const pairs = unixPairs();
  const client = pairs
    .filter(({ at, pid }) => pid === server && basename(at) === name)
    .map(({ peer }) => pairs.find(({ inode }) => inode === peer)?.pid)
    .find(pid => pid !== undefined && pid > 0 && pid !== process.pid);
  return client === undefined ? undefined : lookAtProcess(client);
}

interface Pair {
  /** The path that the socket was given. */
  readonly at: string;
  readonly inode: string;
  /** The inode of its other end. */
  readonly peer: string;
  /** NaN where it is not known. */
  readonly pid: number;
}

/** The ends of connected unix sockets of this network, by `ss`. Throws where that is not installed. */
function unixPairs(): readonly Pair[] {
  const told = execFileSync('ss', ['-x', '-n', '-p'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return told.split('\n').flatMap(row => {
    const [, at = '', inode = '', peer = '', pid] =
      /^u_str\s+ESTAB\s+\d+\s+\d+\s+(\S+)\s+(\d+)\s+\S+\s+(\d+)(?:.*?pid=(\d+))?/.exec(row) ?? [];
    return inode === '' ? [] : [{ at, inode, peer, pid: Number(pid) }];
  });
}

/** Tells the process at the other end of a connected unix socket; undefined where it is not known. `ss` runs at most once. */
export function farEnds(): (inode: string) => number | undefined {
  let pairs: readonly Pair[] | undefined;
  return inode => {
    try {
      pairs ??= unixPairs();
    } catch {
      pairs = []; // no ss
    }
    const peer = pairs.find(one => one.inode === inode)?.peer;
    const pid = pairs.find(one => one.inode === peer)?.pid;
    return pid !== undefined && pid > 0 ? pid : undefined;
  };
}

/**
 * The inodes of the connections that a process has taken at a unix socket, whose path is the process's own. Undefined where they
 * cannot be told from those of a socket of the same name in another folder.
 */
export function connectionsAt(
  server: number,
  path: string,
  folder: string | undefined,
): readonly string[] | undefined {
  const rows = unixRows(server).filter(({ bound }) => isBound(bound, path, folder));
  const own = new Set(socketsOf(server));
  const names = new Set(rows.map(({ bound }) => bound));
  const isOne = rows.filter(({ flags }) => flags === UNIX_LISTENS).length <= 1;
  // (Another user's sockets are seen by name alone.)
  if (own.size === 0 && !isOne && [...names].some(bound => !isAbsolute(bound))) return undefined;
  return rows
    .filter(({ inode, state }) => state === UNIX_CONNECTED && (own.size === 0 || own.has(inode)))
    .map(({ inode }) => inode);
}

/** A socket is listed by the name that its process gave it, which may be relative to the folder it was in. */
function isBound(bound: string, path: string, folder: string | undefined): boolean {
  if (isAbsolute(bound)) return bound === path;
  return folder === undefined
    ? path.endsWith(`/${bound.replace(/^\.\//, '')}`)
    : resolve(folder, bound) === path;
}
