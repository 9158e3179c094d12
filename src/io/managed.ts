// The address by which libvirt leads to a domain whose QEMU runs on this host.
import { readlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { socketsOf } from './peer.ts';
import { UNIX_LISTENS, unixRows } from './sockettable.ts';
import { lookAtProcess, processes, reachable, statusRow, type VmProcess } from './vmprocess.ts';

/** libvirt's folder of a domain of the system; a session's lies in its user's home. */
const SYSTEM = /^\/var\/lib\/libvirt\/qemu\/domain-/;
/** The sockets of libvirt's daemons: the one for QEMU alone, and the one for all. */
const SOCKETS = ['virtqemud-sock', 'libvirt-sock'];
const DAEMONS = /^(?:virtqemud|libvirtd)$/;

interface DomainProcess {
  readonly process: Pick<VmProcess, 'pid' | 'uid'>;
  readonly name: string;
  /** The folder that libvirt has made for it. */
  readonly folder: string;
  /** Who is connected to its monitor, where that is known. */
  readonly holder: number | undefined;
}

/** `libvirt:URI#NAME`; the URI names the daemon's socket where that is not where libvirt looks by itself. */
export function libvirtAddress({ process: vm, name, folder, holder }: DomainProcess): string {
  const isSystem = SYSTEM.test(folder);
  const socket = socketOf(holder) ?? fallback(vm, isSystem);
  const usual = usualSockets(vm.uid, isSystem);
  const isOurs = isSystem || vm.uid === process.getuid?.();
  if (isOurs && (socket === undefined || usual.includes(plain(socket))))
    return `libvirt:qemu:///${isSystem ? 'system' : 'session'}#${name}`;
  const to = socket ?? usual[0] ?? '';
  return `libvirt:qemu+unix:///${isSystem ? 'system' : 'session'}?socket=${to}#${name}`;
}

/** /var/run leads to /run. */
function plain(path: string): string {
  return path.replace(/^\/var\/run\//, '/run/');
}

function usualSockets(uid: number, isSystem: boolean): readonly string[] {
  if (isSystem) return SOCKETS.map(name => `/run/libvirt/${name}`);
  const { XDG_RUNTIME_DIR: run, XDG_CACHE_HOME: cache } = uid === process.getuid?.() ? process.env : {};
  const folders = [run ?? `/run/user/${uid}`, cache ?? join(homedir(), '.cache')];
  return folders.flatMap(folder => SOCKETS.map(name => plain(join(folder, 'libvirt', name))));
}

/** Where a daemon of libvirt's listens, as it is reached from here; undefined for another program, and one that cannot be seen. */
function socketOf(pid: number | undefined): string | undefined {
  try {
    if (pid === undefined || !DAEMONS.test(statusRow(pid).name)) return undefined;
    const own = new Set(socketsOf(pid));
    const found = unixRows(pid).find(
      ({ inode, flags, bound }) =>
        flags === UNIX_LISTENS && own.has(inode) && SOCKETS.some(name => bound.endsWith(`/${name}`)),
    );
    return found && reachable(pid, found.bound);
  } catch {
    return undefined; // it has ended
  }
}

/** The same of the daemon that must have started a VM: of its user, in its network. */
function fallback(vm: Pick<VmProcess, 'pid' | 'uid'>, isSystem: boolean): string | undefined {
  for (const pid of processes()) {
    const socket = isSame(pid, vm, isSystem) ? socketOf(pid) : undefined;
    if (socket !== undefined) return socket;
  }
  return undefined;
}

function isSame(pid: number, vm: Pick<VmProcess, 'pid' | 'uid'>, isSystem: boolean): boolean {
  try {
    if (!DAEMONS.test(statusRow(pid).name)) return false;
    const uid = lookAtProcess(pid)?.uid;
    const network = (one: number) => readlinkSync(`/proc/${one}/ns/net`);
    return uid === (isSystem ? 0 : vm.uid) && network(pid) === network(vm.pid);
  } catch {
    return false;
  }
}
