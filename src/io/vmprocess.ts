// The process of a VM as /proc shows it: its state, its command line, and the files that it has open. Reads, and no more.
import { readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface VmProcess {
  readonly pid: number;
  /** The letter of proc(5): R runs, S sleeps, D waits for a device, T is stopped, t is traced. */
  readonly state: string;
  readonly uid: number;
  readonly gid: number;
  /** The name of its program, as `ps` shows it. */
  readonly name: string;
  readonly argv: readonly string[];
  /** The folder that its relative file names count from; undefined where it is another user's process. */
  readonly folder?: string;
}

export interface OpenFile {
  /** The path that the file has now. */
  readonly path: string;
  /** It has no name any more. */
  readonly deleted: boolean;
  readonly writable: boolean;
  readonly stat: Stats;
  /** The process holds a lock on it, so that others cannot write to it. */
  readonly locked: boolean;
}

/** Undefined where there is no such process, and no /proc. */
export function lookAtProcess(pid: number): VmProcess | undefined {
  try {
    const { name, fields } = statusRow(pid);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const id = (key: string) => Number(new RegExp(`^${key}:\\s+\\d+\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    const folder = linkOf(`/proc/${pid}/cwd`);
    return {
      pid,
      state: fields[0] ?? '',
      uid: id('Uid'),
      gid: id('Gid'),
      name,
      argv: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1),
      ...(folder === undefined ? {} : { folder }),
    };
  } catch {
    return undefined;
  }
}

/**
 * The row of /proc/PID/stat: the program's name, and the fields behind it, the state first. Throws where there is no such
 * process, and no /proc.
 */
export function statusRow(pid: number): { readonly name: string; readonly fields: readonly string[] } {
  const row = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name in brackets may hold anything, brackets too.
  const end = row.lastIndexOf(')');
  return { name: row.slice(row.indexOf('(') + 1, end), fields: row.slice(end + 2).split(' ') };
}

/** Whether a process is stopped, by a signal or by a debugger; false where that cannot be seen. */
export function isStopped(pid: number): boolean {
  try {
    return /^[Tt]$/.test(statusRow(pid).fields[0] ?? '');
  } catch {
    return false; // it has ended, or this host has no /proc
  }
}

/** The processes of this host. */
export function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number);
}

/** The files and devices that a process has open; undefined where it is another user's. */
export function openFilesOf(pid: number): readonly OpenFile[] | undefined {
  let names: readonly string[];
  try {
    names = readdirSync(`/proc/${pid}/fd`);
  } catch {
    return undefined;
  }
  return names.flatMap(fd => {
    const link = linkOf(`/proc/${pid}/fd/${fd}`);
    const stat = statOf(`/proc/${pid}/fd/${fd}`);
    if (link === undefined || !link.startsWith('/') || stat === undefined) return [];
    if (!stat.isFile() && !stat.isBlockDevice()) return [];
    const info = textOf(`/proc/${pid}/fdinfo/${fd}`);
    const flags = Number.parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '0', 8);
    const deleted = stat.nlink === 0;
    return [
      {
        path: deleted ? link.replace(/ \(deleted\)$/, '') : link,
        deleted,
        writable: (flags & 3) !== 0,
        stat,
        locked: /^lock:/m.test(info),
      },
    ];
  });
}

/** What lies at a path, as that process sees it. */
export function seenBy(pid: number, folder: string, path: string): Stats | undefined {
  return statOf(join(`/proc/${pid}/root`, resolve(folder, path)));
}

/** The path by which a file of a process is reached from here: one in a container has other files under the same names. */
export function reachable(pid: number, path: string): string {
  const there = statOf(`/proc/${pid}/root${path}`);
  return there === undefined || isSameFile(there, statOf(path)) ? path : `/proc/${pid}/root${path}`;
}

/** The other processes that have this very file open for writing. */
export function writersOf(file: Stats, but: number): readonly VmProcess[] {
  return processes()
    .filter(pid => pid !== but && pid !== process.pid)
    .filter(pid => openFilesOf(pid)?.some(({ writable, stat }) => writable && isSameFile(stat, file)))
    .flatMap(pid => lookAtProcess(pid) ?? []);
}

export function isSameFile(one: Stats, other: Stats | undefined): boolean {
  return one.dev === other?.dev && one.ino === other.ino;
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // a folder on the way that may not be entered
  }
}

/** The text of a file; empty where it cannot be read. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
