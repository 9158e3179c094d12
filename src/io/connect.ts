// The way to a monitor: from an address to a connection, or the sentence that says why there is none.
import { connect as netConnect } from 'node:net';
import { QmpshError } from '../qmp/errors.ts';
import type { Transport } from '../qmp/transport.ts';
import { safe } from '../text/safe.ts';
import { parseAddress } from './address.ts';
import { type ConnectOptions, dial } from './dial.ts';
import { SocketTransport } from './socket.ts';
import { connectError } from './unreached.ts';

/** The room for a path in a socket address, without its final zero byte (Linux; the BSDs have 103). */
const MAX_PATH = process.platform === 'linux' ? 107 : 103;

/**
 * Connects to the monitor at an address: a path (`./qmp.sock`, `unix:/run/vm.sock`), `host:port`, `[::1]:port`,
 * `:port`, `tcp:host:port`, `tls:host:port`,
 * `ssh:host:/path`, `libvirt:domain`, `exec:command`, `fd:3` or `listen:` with a path or port. Rejects with a QmpshError: `usage` where it is no address,
 * `connect` where nobody answers, `interrupted`.
 */
export async function connect(address: string, options: ConnectOptions = {}): Promise<Transport> {
  const to = parseAddress(address);
  if (to.kind === 'ssh') return (await import('./ssh.ts')).connectSsh(to, options);
  if (to.kind === 'exec') return (await import('./exec.ts')).connectExec(to.command);
  if (to.kind === 'fd') return (await import('./inherited.ts')).connectInherited(to.fd);
  if (to.kind === 'libvirt') return (await import('./libvirt.ts')).connectLibvirt(to, options);
  if (to.kind === 'tls') return (await import('./tls.ts')).connectTls(to, options);
  const at = to.kind === 'listen' ? to.at : to;
  if (at.kind === 'unix') checkLength(at.path);
  if (to.kind === 'listen') return (await import('./listen.ts')).acceptOne(to.at, options);
  const target = to.kind === 'unix' ? { path: to.path } : { host: to.host, port: to.port, noDelay: true };
  try {
    return new SocketTransport(await dial(() => netConnect(target), address, options));
  } catch (error) {
    if (error instanceof QmpshError) throw error;
    throw connectError(to, error);
  }
}

/** Throws a QmpshError `connect` where a socket's path is longer than the system takes. */
export function checkLength(path: string): void {
  const length = Buffer.byteLength(path);
  if (length <= MAX_PATH) return;
  const message = `the path of the socket is ${length} bytes long, and the system takes ${MAX_PATH}: ${safe(path)}`;
  const advice =
    'Go to its folder and use a relative path, or make a symbolic link to the folder with a short name.';
  throw new QmpshError('connect', message, { code: 'path-too-long', advice });
}
