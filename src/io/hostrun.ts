// A command line of the host's shell whose output is wanted: on a pty where node-pty is there, else through a pipe.
import { spawn } from 'node:child_process';
import type { IPty } from 'node-pty';
import { safe } from '../text/safe.ts';
import { endGroup, statusOf } from './group.ts';

export interface HostRun {
  /** Exit status; 128 + n after signal n. */
  readonly status: number;
  /** Standard output and error in the order in which they came, without what drives a terminal. */
  readonly output: string;
}

interface HostRunOptions {
  readonly folder: string;
  /** Ends the command. */
  readonly signal?: AbortSignal;
}

const COLUMNS = 200;
/** So much output is kept, from the beginning. */
const KEPT = 1024 * 1024;
/** Milliseconds in which what stands in a pipe has been read. */
const DRAINED = 300;

/** Runs `/bin/sh -c` with no input. The signal ends it and what it started. Rejects when the shell itself cannot be started. */
export async function runOnHost(command: string, options: HostRunOptions): Promise<HostRun> {
  const pty = await loadPty();
  return pty ? onPty(pty, command, options) : onPipe(command, options);
}

type Pty = typeof import('node-pty');

/** It is an optional package: where it could not be built, a pipe does. */
async function loadPty(): Promise<Pty | undefined> {
  try {
    return await import('node-pty');
  } catch {
    return undefined;
  }
}

function onPty(pty: Pty, command: string, { folder, signal }: HostRunOptions): Promise<HostRun> {
  return new Promise((resolve, reject) => {
    let child: IPty;
    try {
      child = pty.spawn('/bin/sh', ['-c', `exec </dev/null\n${command}`], {
        cwd: folder,
        cols: COLUMNS,
        rows: 50,
        env: { ...process.env, TERM: 'dumb' },
      });
    } catch (error) {
      reject(error);
      return;
    }
    let output = '';
    child.onData(text => {
      if (output.length < KEPT) output += text;
    });
    // (The leader of a pty's session is also that of the group its commands are in.)
    const ending = endWhen(signal, child.pid);
    child.onExit(({ exitCode, signal: number }) => {
      void ending
        .done()
        .then(() =>
          setImmediate(() => resolve({ status: number ? 128 + number : exitCode, output: tidy(output) })),
        );
    });
  });
}

function onPipe(command: string, { folder, signal }: HostRunOptions): Promise<HostRun> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', `exec 2>&1\n${command}`], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    child.on('error', reject);
    if (child.pid === undefined) return;
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < KEPT) output += text;
    });
    const closed = new Promise(done => child.stdout.on('close', done));
    const ending = endWhen(signal, child.pid);
    child.on('exit', (code, by) => {
      void ending
        .done()
        // What it left in the background may hold the pipe for ever; what was printed before is in it already.
        .then(() => Promise.race([closed, new Promise(late => setTimeout(late, DRAINED))]))
        .then(() => {
          child.stdout.destroy();
          resolve({ status: statusOf(code, by), output: tidy(output) });
        });
    });
  });
}

/** Ends a group when the signal says so. `done` resolves when that has happened, or need not happen any more. */
function endWhen(signal: AbortSignal | undefined, leader: number): { done(): Promise<void> } {
  let ended = Promise.resolve();
  const stop = () => {
    ended = endGroup(leader);
  };
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  return {
    done: () => {
      signal?.removeEventListener('abort', stop);
      return ended;
    },
  };
}

/** Rows as they stand in the end: a progress display overwrites itself with carriage returns. */
function tidy(output: string): string {
  const plain = output.replace(/\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, '');
  const rows = plain.split('\n').map(row => row.replace(/\r+$/, '').split('\r').at(-1) ?? '');
  return safe(rows.join('\n'), { keepNewlines: true });
}
