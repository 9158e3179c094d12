// Descriptors of a terminal: whose the one behind standard output is, and whether writing waits.
import { accessSync, constants, fstatSync, readlinkSync, statSync, writeSync } from 'node:fs';

/**
 * Whether the descriptor behind standard output is ours alone. Node opens a terminal anew by its path so that it may
 * change the descriptor's mode; where that fails (after `su`, or with no such path in a container) the descriptor is
 * shared with the shell we were started from, and non-blocking writes would break that one.
 */
export function isOurs(): boolean {
  try {
    const path = readlinkSync('/proc/self/fd/1');
    accessSync(path, constants.R_OK | constants.W_OK);
    const [named, open] = [statSync(path), fstatSync(1)];
    return named.dev === open.dev && named.ino === open.ino;
  } catch {
    return false;
  }
}

/**
 * Node makes writes to a terminal wait until it takes them; one that takes none (a paused window, a slow line) would then
 * stop the whole shell, signals included. There is no public way to change that. Where it fails, writes wait.
 */
export function setBlocking(on: boolean): void {
  const handle: unknown = Reflect.get(process.stdout, '_handle');
  if (typeof handle !== 'object' || handle === null || !('setBlocking' in handle)) return;
  if (typeof handle.setBlocking === 'function') handle.setBlocking(on);
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** Writes to the terminal before it returns, unless that takes no output or has gone. */
export function writeSoon(fd: 1 | 2, text: string): void {
  const bytes = Buffer.from(text);
  let at = 0;
  for (let tries = 0; at < bytes.length && tries < 100; tries++) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EAGAIN') return;
      Atomics.wait(PAUSE, 0, 0, 2);
    }
  }
}
