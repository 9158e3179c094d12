// Standard input and output without Node's streams where that saves start-up time.
import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { QmpshError } from '../qmp/errors.ts';
import { reason } from './files.ts';

const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes all of the text to a file descriptor before it returns. False when the reader has gone (EPIPE). Throws a
 * QmpshError when standard output takes no more (a full disk); of standard error that could be told to nobody.
 */
export function writeAll(fd: 1 | 2, text: string): boolean {
  let rest = Buffer.from(text, 'utf8');
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // A non-blocking pipe that is full: the reader is slow, not gone.
      if (code === 'EAGAIN') Atomics.wait(PAUSE, 0, 0, 2);
      else if (code === 'EPIPE') return false;
      else if (fd === 2) return false;
      else
        throw new QmpshError('refused', `cannot write to standard output: ${reason(error)}`, {
          cause: error,
        });
    }
  }
  return true;
}

export function isTerminal(fd: 0 | 1 | 2): boolean {
  return isatty(fd);
}

/** What was a terminal when this process began. */
const TERMINALS = ([0, 1, 2] as const).filter(isTerminal);

/**
 * Ends this process. Where its terminal has gone it dies of SIGHUP, as others do: Node would fail to give the terminal its
 * state back, and abort.
 */
export function endProcess(status: number): never {
  process.once('exit', () => {
    if (TERMINALS.every(isTerminal)) return;
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
  process.exit(status);
}

/** Whether standard input is open at all (it may be closed: `0<&-`). */
function hasInput(): boolean {
  try {
    fstatSync(0);
    return true;
  } catch {
    return false;
  }
}

/** The pieces of standard input as text, as they come. */
export async function* readInput(): AsyncGenerator<string> {
  if (!hasInput()) return;
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) yield String(chunk);
}

/** How many rows the terminal has; undefined where there is none. */
export function rows(): number | undefined {
  return process.stdout.rows;
}

/** How many columns the terminal has; 80 where there is none. */
export function columns(): number {
  return process.stdout.columns ?? 80;
}
