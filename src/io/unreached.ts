// Why a monitor was not reached: a sentence for the system's error, and what to do about it.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import type { Place } from './address.ts';

/** The sentence for an error of the system's, and what to do. */
export function connectError(to: Place, cause: unknown): QmpshError {
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
        'A monitor serves one client at a time, and a stopped QEMU none; who has given up still stands in its queue. qmpsh list shows who holds it: end that one, or give QEMU a second monitor (-qmp).';
      return make('busy', `${name} is busy: it has not taken the last connections either`, advice);
    }
    case 'ENOTDIR':
      return make('ENOTDIR', `a part of the path ${name} is no folder`, 'Check the path.');
    case 'ECONNREFUSED':
    case 'ENOTSOCK': {
      const kind = kindOf(path);
      if (kind)
        return make('not-a-socket', `${name} is no socket but ${kind}`, 'Name the socket of a QMP monitor.');
      const advice =
        'Whoever made it has ended, or has closed it. QEMU replaces the socket when it is started again.';
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

function tcpError(to: Place & { kind: 'tcp' }, cause: unknown): QmpshError {
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
