// Addresses of monitors, and the way to each.
import { statSync } from 'node:fs';
import { connect as netConnect } from 'node:net';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import type { Transport } from '../qmp/transport.ts';
import { safe } from '../text/safe.ts';
import { type ConnectOptions, dial } from './dial.ts';
import { SocketTransport } from './socket.ts';

export type Address =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'ssh'; readonly host: string; readonly port?: number; readonly path: string };

/** The room for a path in a socket address, without its final zero byte (Linux; the BSDs have 103). */
const MAX_PATH = process.platform === 'linux' ? 107 : 103;

/**
 * Connects to the monitor at an address: a path (`./qmp.sock`, `unix:/run/vm.sock`), `host:port`, `[::1]:port`,
 * `:port`, `tcp:host:port` or `ssh:host:/path`. Rejects with a QmpshError: `usage` where it is no address,
 * `connect` where nobody answers, `interrupted`.
 */
export async function connect(address: string, options: ConnectOptions = {}): Promise<Transport> {
  const to = parseAddress(address);
  if (to.kind === 'ssh') return (await import('./ssh.ts')).connectSsh(to, options);
  if (to.kind === 'unix' && Buffer.byteLength(to.path) > MAX_PATH) throw tooLong(to.path);
  const target = to.kind === 'unix' ? { path: to.path } : { host: to.host, port: to.port, noDelay: true };
  try {
    return new SocketTransport(await dial(() => netConnect(target), address, options));
  } catch (error) {
    if (error instanceof QmpshError) throw error;
    throw connectError(to, error);
  }
}

/** Reads an address. Throws a `usage` error where it is none. */
export function parseAddress(address: string): Address {
  const ssh = /^ssh:(?:\/\/)?(?<host>\[[^\]]+\]|[^:/]+)(?::(?<port>\d+))?:?(?<path>\/.*)$/.exec(
    address,
  )?.groups;
  if (ssh?.['host'] && ssh['path']) {
    const port = ssh['port'] === undefined ? {} : { port: Number(ssh['port']) };
    return { kind: 'ssh', host: ssh['host'].replace(/^\[|\]$/g, ''), path: ssh['path'], ...port };
  }
  if (address.startsWith('ssh:'))
    throw wrong(address, 'Over ssh an address is ssh:HOST:/PATH/OF/THE/SOCKET.');
  const unix = /^unix:(?<path>.*)$/.exec(address)?.groups?.['path'];
  if (unix !== undefined) return { kind: 'unix', path: path(unix, address) };
  const tcp = /^tcp:(?:\/\/)?(?<rest>.*)$/.exec(address)?.groups?.['rest'];
  const found = /^(?:\[(?<v6>[^\]]*)\]|(?<host>[^:/]*)):(?<port>\d+)$/.exec(tcp ?? address)?.groups;
  if (found) {
    const port = Number(found['port']);
    if (port < 1 || port > 65_535) throw wrong(address, 'A TCP port is between 1 and 65535.');
    return { kind: 'tcp', host: found['v6'] || found['host'] || 'localhost', port };
  }
  if (tcp !== undefined)
    throw wrong(address, 'Over TCP an address is HOST:PORT, or [ADDRESS]:PORT for IPv6.');
  return { kind: 'unix', path: path(address, address) };
}

function path(text: string, address: string): string {
  if (text === '') throw wrong(address, 'Write a socket (./qmp.sock) or HOST:PORT.');
  if (text.includes('\0')) throw wrong(address, 'A path holds no zero byte.');
  return text.startsWith('~/') ? homedir() + text.slice(1) : text;
}

function wrong(address: string, advice: string): QmpshError {
  return new QmpshError('usage', `"${safe(address)}" is no address of a monitor`, {
    code: 'address',
    advice,
  });
}

function tooLong(path: string): QmpshError {
  const length = Buffer.byteLength(path);
  const message = `the path of the socket is ${length} bytes long, and the system takes ${MAX_PATH}: ${safe(path)}`;
  const advice =
    'Go to its folder and use a relative path, or make a symbolic link to the folder with a short name.';
  return new QmpshError('connect', message, { code: 'path-too-long', advice });
}

/** The sentence for an error of the system's, and what to do. */
export function connectError(to: Exclude<Address, { kind: 'ssh' }>, cause: unknown): QmpshError {
  return to.kind === 'unix' ? unixError(to.path, cause) : tcpError(to, cause);
}

function unixError(path: string, cause: unknown): QmpshError {
  const name = safe(path);
  const make = (code: string, message: string, advice: string) =>
    new QmpshError('connect', message, { code, advice, cause });
  switch (codeOf(cause)) {
    case 'ENOENT': {
      const place = path.startsWith('/') ? '' : ` (in ${safe(resolve('.'))})`;
      const advice = `Is the path right, and was QEMU started with -qmp unix:${name},server=on,wait=off?`;
      return make('ENOENT', `there is no socket ${name}${place}`, advice);
    }
    case 'EACCES':
    case 'EPERM': {
      const advice =
        'Be the user QEMU runs as (sudo -u USER qmpsh ...), or let that user open the socket to you.';
      return make('EACCES', `you have no permission to use the socket ${name}`, advice);
    }
    case 'EAGAIN': {
      const advice =
        'A monitor serves one client. End the one that is connected, or give QEMU a second monitor (-qmp).';
      return make('busy', `${name} is busy: other clients are waiting for it already`, advice);
    }
    case 'ENOTDIR':
      return make('ENOTDIR', `a part of the path ${name} is no folder`, 'Check the path.');
    case 'ECONNREFUSED':
    case 'ENOTSOCK': {
      const kind = kindOf(path);
      if (kind)
        return make('not-a-socket', `${name} is no socket but ${kind}`, 'Name the socket of a QMP monitor.');
      const advice = 'The QEMU that made it has most likely ended. Start it again; it replaces the socket.';
      return make('ECONNREFUSED', `nobody listens at the socket ${name}`, advice);
    }
    default:
      return make(
        codeOf(cause) ?? 'connect',
        `cannot connect to ${name}: ${reason(cause)}`,
        'Check the path.',
      );
  }
}

/** What a path is, if it is something else than a socket. */
function kindOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat || stat.isSocket()) return undefined;
  return stat.isDirectory() ? 'a folder' : stat.isFile() ? 'a regular file' : 'something else';
}

function tcpError(to: Address & { kind: 'tcp' }, cause: unknown): QmpshError {
  const name = safe(to.host.includes(':') ? `[${to.host}]:${to.port}` : `${to.host}:${to.port}`);
  const make = (code: string, message: string, advice: string) =>
    new QmpshError('connect', message, { code, advice, cause });
  const code = codeOf(cause) ?? 'connect';
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA': {
      const advice = `Check its spelling. A socket of that name is written ./${safe(to.host)}:${to.port}.`;
      return make(code, `no host is called ${safe(to.host)}`, advice);
    }
    case 'ECONNREFUSED': {
      const advice = `Is the port right, and was QEMU started with -qmp tcp:HOST:${to.port},server=on,wait=off?`;
      return make(code, `nobody listens at ${name}`, advice);
    }
    case 'ETIMEDOUT':
      return make(
        code,
        `${name} did not answer`,
        'Is the host up, and does a firewall let the port through?',
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return make(code, `there is no way to ${name} from here`, 'Check the network and the address.');
    default:
      return make(code, `cannot connect to ${name}: ${reason(cause)}`, 'Check the address.');
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function reason(error: unknown): string {
  return safe(error instanceof Error ? error.message : String(error));
}
