// A socket that must be connected before time runs out or somebody stops it.
import type { Socket } from 'node:net';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { duration } from '../text/size.ts';

export interface ConnectOptions {
  /** Milliseconds until the other side must have taken the connection. */
  readonly timeout?: number;
  /** Told what its user should know of a connection: that somebody else has to connect first, what it does to the VM. */
  readonly tell?: (text: string) => void;
  readonly signal?: AbortSignal;
  /** Nothing may be asked on the terminal. */
  readonly unattended?: boolean;
}

const TIMEOUT = 10_000;

interface DialOptions extends ConnectOptions {
  /** What a socket says when it can be used. */
  readonly event?: 'connect' | 'secureConnect';
}

/** A connected socket, or the error that it, the clock or the signal gave. */
export function dial(start: () => Socket, address: string, options: DialOptions): Promise<Socket> {
  const { timeout = TIMEOUT, signal, event = 'connect' } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(interrupted());
    const socket = start();
    const settle = (run: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.removeListener('error', fail);
      run();
    };
    const fail = (error: unknown) =>
      settle(() => {
        socket.on('error', () => {});
        socket.destroy();
        reject(error);
      });
    const abort = () => fail(interrupted());
    const timer = setTimeout(() => fail(noAnswer(address, timeout)), timeout);
    signal?.addEventListener('abort', abort, { once: true });
    socket.once('error', fail);
    socket.once(event, () => settle(() => resolve(socket)));
  });
}

export function interrupted(): QmpshError {
  return new QmpshError('interrupted', 'stopped connecting');
}

function noAnswer(address: string, timeout: number): QmpshError {
  const message = `${safe(address)} did not answer within ${duration(timeout / 1000)}`;
  const advice = 'Is the host up, and does a firewall let the port through?';
  return new QmpshError('connect', message, { code: 'ETIMEDOUT', advice });
}
