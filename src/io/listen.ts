// A QEMU that connects to us (`-qmp unix:PATH,server=off`): we listen until it comes, and for nobody else.
import { existsSync, lstatSync, unlinkSync } from 'node:fs';
import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import type { Transport } from '../qmp/transport.ts';
import { safe } from '../text/safe.ts';
import { duration } from '../text/size.ts';
import type { Place } from './address.ts';
import type { ConnectOptions } from './dial.ts';
import { SocketTransport } from './socket.ts';

/**
 * Listens at a place and resolves with the first connection; the socket is gone then. A unix socket is for this user
 * alone. Waits as long as it takes, unless there is a limit. Rejects with a QmpshError `connect` where nobody can
 * listen there, or `interrupted`.
 */
export async function acceptOne(at: Place, options: ConnectOptions): Promise<Transport> {
  const { timeout, signal } = options;
  if (signal?.aborted) throw interrupted();
  if (at.kind === 'unix') await makeRoom(at.path, 'To connect to whoever does, leave listen: out:');
  const server = createServer();
  try {
    await listening(server, at);
    const name = nameOf(at);
    const given = at.kind === 'unix' ? `unix:${name}` : `tcp:${name}`;
    options.tell?.(`waiting at ${name} for a QEMU with -qmp ${given},server=off; Ctrl-C gives up`);
    return new SocketTransport(await first(server, name, timeout, signal));
  } finally {
    // Whoever else has come in the meantime is not served.
    server.on('connection', socket => socket.destroy());
    server.close();
  }
}

/**
 * A socket that nobody listens at any more is left over, and makes room; QEMU does the same. Gives whether there was one.
 * `advice` comes before the line that connects to whoever listens there.
 */
export async function makeRoom(path: string, advice: string): Promise<boolean> {
  const name = safe(path);
  // (Node has EACCES for this.)
  if (!existsSync(dirname(path)))
    throw new QmpshError('connect', `cannot listen at ${name}: there is no folder ${safe(dirname(path))}`, {
      code: 'ENOENT',
      advice: 'Make the folder first.',
    });
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return false;
  if (!stat.isSocket())
    throw new QmpshError('connect', `${name} is there already, and no socket`, {
      code: 'EEXIST',
      advice: 'Listen at a path where nothing is: the socket is made there.',
    });
  if (await answers(path))
    throw new QmpshError('connect', `somebody listens at ${name} already`, {
      code: 'EADDRINUSE',
      advice: `${advice} qmpsh ${name}`,
    });
  unlinkSync(path);
  return true;
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = netConnect(path);
    socket.once('error', error => resolve('code' in error && error.code !== 'ECONNREFUSED'));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** A unix socket is there for this user alone, from its first moment on. */
export function listening(server: Server, at: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', cause => reject(cannotListen(at, cause)));
    const mask = at.kind === 'unix' ? process.umask(0o177) : undefined;
    server.listen(at.kind === 'unix' ? { path: at.path } : { host: at.host, port: at.port });
    if (mask !== undefined) process.umask(mask);
    server.once('listening', resolve);
  });
}

function first(
  server: Server,
  name: string,
  timeout: number | undefined,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const settle = (run: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      run();
    };
    const abort = () => settle(() => reject(interrupted()));
    const late = () =>
      settle(() =>
        reject(
          new QmpshError('connect', `nobody connected to ${name} within ${duration((timeout ?? 0) / 1000)}`, {
            code: 'ETIMEDOUT',
            advice: 'Is QEMU started with server=off, and with this very address?',
          }),
        ),
      );
    const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
    signal?.addEventListener('abort', abort, { once: true });
    server.once('connection', socket => settle(() => resolve(socket)));
    if (signal?.aborted) abort();
  });
}

function interrupted(): QmpshError {
  return new QmpshError('interrupted', 'stopped waiting for a QEMU to connect');
}

function nameOf(at: Place): string {
  if (at.kind === 'unix') return safe(at.path);
  return safe(at.host.includes(':') ? `[${at.host}]:${at.port}` : `${at.host}:${at.port}`);
}

function cannotListen(at: Place, cause: Error): QmpshError {
  const code = 'code' in cause ? String(cause.code) : 'listen';
  const name = nameOf(at);
  const [why, advice] =
    code === 'EADDRINUSE'
      ? ['somebody listens there already', 'Take another port, or end whoever has this one.']
      : code === 'EACCES' || code === 'EPERM'
        ? ['you have no permission', 'Take a folder of your own, or a port above 1023.']
        : code === 'EADDRNOTAVAIL'
          ? ['this host has no such address', 'Listen at an address of this host; localhost is one.']
          : [code, 'Check the address.'];
  return new QmpshError('connect', `cannot listen at ${name}: ${why}`, { code, advice, cause });
}
