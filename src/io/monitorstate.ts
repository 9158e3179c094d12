// How a monitor of this host stands, as the system tells: nobody connects to it for that. A monitor serves one client.
import { openTo } from './access.ts';
import { clientOfPort, connectionsAt, farEnds } from './clients.ts';
import type { Monitor } from './monitors.ts';
import { socketsOf } from './peer.ts';
import { versionOf } from './qemuversion.ts';
import { TCP_CONNECTED, tcpRows } from './sockettable.ts';
import { lookAtProcess } from './vmprocess.ts';

export interface MonitorState {
  /** The version of the QEMU that runs. */
  readonly version?: string;
  /**
   * Who may connect beside root: `all`, users and groups by name. For TCP `this host` or `the network`. Absent where it is not
   * known, and where libvirt decides.
   */
  readonly openTo?: readonly string[];
  /** Whether somebody is connected. */
  readonly held?: boolean;
  /** Who. */
  readonly holder?: { readonly pid: number; readonly name: string };
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1)$/;

/** Each monitor with what is known of it. Never throws. */
export function withStates(monitors: readonly Monitor[]): readonly (Monitor & MonitorState)[] {
  const farEnd = farEnds();
  return monitors.map(monitor => {
    const { pid, program, socket, host } = monitor;
    const version = versionOf(pid, program);
    const access = accessTo(monitor);
    const { held, by } =
      orNothing(() => (socket ? unixHeld(monitor, farEnd) : host ? tcpHeld(monitor) : undefined)) ?? {};
    const holder = by === undefined ? undefined : lookAtProcess(by);
    return {
      ...monitor,
      ...(version === undefined ? {} : { version }),
      ...(access === undefined ? {} : { openTo: access }),
      ...(held === undefined ? {} : { held }),
      ...(holder ? { holder: { pid: holder.pid, name: holder.name } } : {}),
    };
  });
}

function accessTo({ address, socket, host }: Monitor): readonly string[] | undefined {
  if (address.startsWith('libvirt:')) return undefined;
  if (socket !== undefined) return openTo(socket);
  return host === undefined ? undefined : [LOOPBACK.test(host) ? 'this host' : 'the network'];
}

interface Held {
  readonly held: boolean | undefined;
  readonly by?: number | undefined;
}

function unixHeld(
  { pid, path, folder }: Monitor,
  farEnd: (inode: string) => number | undefined,
): Held | undefined {
  const inodes = path === undefined ? undefined : connectionsAt(pid, path, folder);
  if (inodes === undefined) return undefined;
  return { held: inodes.length > 0, by: inodes.map(farEnd).find(one => one !== undefined) };
}

function tcpHeld({ pid, port }: Monitor): Held {
  const own = new Set(socketsOf(pid));
  const held = tcpRows().some(
    row => row.port === port && row.state === TCP_CONNECTED && (own.size === 0 || own.has(row.inode)),
  );
  return { held, by: held && port !== undefined ? clientOfPort(port)?.pid : undefined };
}

function orNothing<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined; // no /proc, no ss, or it has ended meanwhile
  }
}
