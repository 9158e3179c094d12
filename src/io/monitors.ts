// The QMP monitors of this host's QEMU processes, and the sockets of their guests' agents, read from their command lines. Nobody
// connects to anything for that.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { connectionsAt, farEnds } from './clients.ts';
import { libvirtAddress } from './managed.ts';
import { libvirtFolder, type Manager, managerOf } from './manager.ts';
import { fieldsOf, type Listening, listeningOf, optionsOf } from './qemuargs.ts';
import { UNIX_LISTENS, unixRows } from './sockettable.ts';
import { lookAtProcess, processes, reachable, textOf } from './vmprocess.ts';

export interface Monitor {
  /** As `qmpsh` takes it: a socket's path, host:port, or a domain of libvirt's. */
  readonly address: string;
  readonly what: 'monitor' | 'storage daemon' | 'guest agent';
  readonly pid: number;
  /** The program that serves it, as its command line names it. */
  readonly program: string;
  /** The VM's name (`-name`), else the program's. */
  readonly name: string;
  /** The file of its first disk on the command line, without its folders. */
  readonly disk?: string;
  /** Who has started the VM, where that is one of these. */
  readonly manager?: Manager;
  /** Its unix socket, as it is reached from here. */
  readonly socket?: string;
  /** Its unix socket, as the program sees it, and the folder that the program is in. */
  readonly path?: string;
  readonly folder?: string;
  readonly host?: string;
  readonly port?: number;
}

type FarEnd = ReturnType<typeof farEnds>;

interface Running {
  readonly pid: number;
  readonly uid: number;
  readonly argv: readonly string[];
  readonly folder: string | undefined;
}

/** All that is found; those of other users' VMs too, where their command line can be read. */
export function findMonitors(): readonly Monitor[] {
  const running = existsSync('/proc/self/cmdline') ? fromProc() : fromPs();
  const farEnd = farEnds();
  return running.filter(({ argv }) => isQemu(argv[0] ?? '')).flatMap(one => monitorsOf(one, farEnd));
}

function isQemu(program: string): boolean {
  return /^(?:qemu-(?:system-|kvm|storage-daemon)|kvm$)/.test(basename(program));
}

function monitorsOf(running: Running, farEnd: FarEnd): readonly Monitor[] {
  const { pid, argv, folder } = running;
  const program = argv[0] ?? '';
  const name = vmName(argv);
  const disk = firstDisk(argv);
  const isDaemon = basename(program).startsWith('qemu-storage-daemon');
  const read = (file: string) => readIn(running, file);
  return listeningOf(argv, read).flatMap(listening => {
    const path = pathOf(listening, running);
    const socket = path === undefined ? undefined : reachable(pid, path);
    const manager = managerOf(argv, path);
    const address = addressOf({ running, listening, socket, path, name, farEnd });
    if (address === undefined) return [];
    return [
      {
        ...{ address, pid, program, name },
        what: listening.what === 'agent' ? 'guest agent' : isDaemon ? 'storage daemon' : 'monitor',
        ...(disk === undefined ? {} : { disk }),
        ...(manager ? { manager } : {}),
        ...(socket === undefined ? {} : { socket }),
        ...(path === undefined ? {} : { path }),
        ...(folder === undefined ? {} : { folder }),
        ...(listening.host === undefined ? {} : { host: listening.host }),
        ...(listening.port === undefined ? {} : { port: Number(listening.port) }),
      } satisfies Monitor,
    ];
  });
}

interface Found {
  readonly running: Running;
  readonly listening: Listening;
  readonly socket: string | undefined;
  readonly path: string | undefined;
  readonly name: string;
  readonly farEnd: FarEnd;
}

function addressOf({ running, listening, socket, path, name, farEnd }: Found): string | undefined {
  const { host, port, tls, what } = listening;
  const folder = what === 'monitor' ? libvirtFolder(running.argv) : undefined;
  // (A further monitor, by the XML's qemu:commandline, is nobody's.)
  if (folder !== undefined && (path === undefined || path === join(folder, 'monitor.sock')))
    return libvirtAddress({ process: running, name, folder, holder: holderOf(running, path, farEnd) });
  if (socket !== undefined) return socket;
  if (port === undefined) return undefined;
  const at = host === '' || host === undefined ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'tls:' : ''}${at}:${port}`;
}

/** A socket's path as its program sees it, not relative; undefined where it has none that is known. */
function pathOf({ path, fd }: Listening, running: Running): string | undefined {
  const { pid, folder } = running;
  const given = path ?? (fd === undefined ? undefined : boundAt(pid, fd));
  if (given === undefined || isAbsolute(given)) return given;
  return folder === undefined ? given : join(folder, given);
}

/** The path of a socket that was handed to a process. */
function boundAt(pid: number, fd: number): string | undefined {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
    return unixRows(pid).find(row => row.inode === inode && row.flags === UNIX_LISTENS)?.bound;
  } catch {
    return undefined; // another user's process
  }
}

function holderOf({ pid, folder }: Running, path: string | undefined, farEnd: FarEnd): number | undefined {
  try {
    const [inode] = (path === undefined ? undefined : connectionsAt(pid, path, folder)) ?? [];
    return inode === undefined ? undefined : farEnd(inode);
  } catch {
    return undefined; // it has ended
  }
}

/** A file that a command line names, as the process sees it. */
function readIn({ pid, folder }: Running, file: string): string | undefined {
  try {
    const path = isAbsolute(file) ? file : join(folder ?? '/', file);
    return readFileSync(reachable(pid, path), 'utf8');
  } catch {
    return undefined;
  }
}

function fromProc(): readonly Running[] {
  return processes()
    .filter(pid => isQemu(textOf(`/proc/${pid}/cmdline`).split('\0')[0] ?? ''))
    .flatMap(pid => {
      const { argv, uid, folder } = lookAtProcess(pid) ?? {};
      return argv && uid !== undefined ? [{ pid, uid, argv, folder }] : []; // it ended meanwhile
    });
}

// Where there is no /proc (macOS). Arguments with blanks in them come apart; paths of sockets seldom have any.
function fromPs(): readonly Running[] {
  const rows = execFileSync('ps', ['-axo', 'pid=,uid=,args='], { encoding: 'utf8' }).split('\n');
  return rows.map(row => {
    const [pid = '', uid = '', ...argv] = row.trim().split(/\s+/);
    return { pid: Number(pid), uid: Number(uid), argv, folder: undefined };
  });
}

function vmName(argv: readonly string[]): string {
  const [, given] = [...optionsOf(argv)].find(([name]) => name === 'name') ?? [];
  if (given === undefined) return basename(argv[0] ?? '');
  return fieldsOf(given, 'guest')['guest'] ?? given;
}

function firstDisk(argv: readonly string[]): string | undefined {
  for (const [name, value] of optionsOf(argv)) {
    if (!/^(?:drive|blockdev|hda|sda)$/.test(name)) continue;
    if (/^[hs]da$/.test(name)) return basename(value);
    const json = /"filename"\s*:\s*"([^"]+)"/.exec(value)?.[1];
    const fields = fieldsOf(value, 'driver');
    const file =
      json ??
      fields['file.filename'] ??
      fields['filename'] ??
      (name === 'drive' ? fields['file'] : undefined);
    if (file) return basename(file);
  }
  return undefined;
}
