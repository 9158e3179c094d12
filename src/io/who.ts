// Who is at the other end of a unix socket: what the kernel noted when the client connected (SO_PEERCRED). Node has no call
// for it, so a program that has one is handed the socket for a moment.
import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { basename } from 'node:path';

interface Peer {
  readonly uid: number;
  readonly pid: number;
  /** Its program's name, where it still ran when it was looked for. */
  readonly program?: string;
}

// On Linux: SOL_SOCKET is 1, SO_PEERCRED 17, and its struct ucred is pid, uid, gid of 32 bits each (socket(7), unix(7)).
const ASKERS: readonly (readonly [string, readonly string[]])[] = [
  ['perl', ['-e', 'open(my $s, "+<&=", 3); print join " ", unpack("iII", getsockopt($s, 1, 17))']],
  [
    'python3',
    [
      '-c',
      'import socket,struct; s=socket.socket(fileno=3); print(*struct.unpack("iII", s.getsockopt(1, 17, 12)))',
    ],
  ],
];
/** Milliseconds for the program. */
const PATIENCE = 5000;

/** The client of a socket; undefined where this host has nothing that could tell. Never rejects. */
export async function peerOf(socket: Socket): Promise<Peer | undefined> {
  if (process.platform !== 'linux') return undefined;
  for (const [program, args] of ASKERS) {
    const [, pid, uid] = /^(\d+) (\d+) \d+\s*$/.exec(await said(program, args, socket)) ?? [];
    if (pid === undefined || uid === undefined) continue;
    const name = programOf(Number(pid));
    return { uid: Number(uid), pid: Number(pid), ...(name === undefined ? {} : { program: name }) };
  }
  return undefined;
}

/** What the program prints; it has the socket as its descriptor 3 (libuv would make one of 0 to 2 block). */
function said(program: string, args: readonly string[], socket: Socket): Promise<string> {
  return new Promise(resolve => {
    let text = '';
    try {
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore', socket], timeout: PATIENCE });
      child.stdout?.setEncoding('utf8').on('data', chunk => {
        text += chunk;
      });
      child.on('error', () => resolve(''));
      child.on('close', () => resolve(text));
    } catch {
      resolve(''); // the client has gone meanwhile
    }
  });
}

function programOf(pid: number): string | undefined {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    // Another user's: its name is there for all to see.
  }
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
