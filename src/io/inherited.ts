// A monitor's connection that whoever started us has opened, and passed on as a file descriptor.
import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { QmpshError } from '../qmp/errors.ts';
import type { Transport } from '../qmp/transport.ts';
import { SocketTransport } from './socket.ts';

/** The connection at a descriptor. Throws a QmpshError `connect` where there is none, or something else. */
export function connectInherited(fd: number): Transport {
  const kind = kindOf(fd);
  if (kind !== 'socket')
    throw new QmpshError(
      'connect',
      kind === undefined
        ? `file descriptor ${fd} is not open`
        : `file descriptor ${fd} is no socket but ${kind}`,
      {
        code: 'fd',
        advice: `Who starts qmpsh passes a connected socket on, in Python for instance by pass_fds. A connection that was closed cannot be opened again.`,
      },
    );
  try {
    return new SocketTransport(new Socket({ fd, readable: true, writable: true }));
  } catch (cause) {
    throw new QmpshError('connect', `file descriptor ${fd} cannot be used`, {
      code: 'fd',
      advice: 'It must be a stream socket (unix or TCP) that is connected.',
      cause,
    });
  }
}

function kindOf(fd: number): string | undefined {
  try {
    const stat = fstatSync(fd);
    if (stat.isSocket()) return 'socket';
    return stat.isFile()
      ? 'a regular file'
      : stat.isFIFO()
        ? 'a pipe'
        : stat.isDirectory()
          ? 'a folder'
          : 'something else';
  } catch {
    return undefined;
  }
}
