// A command line of the host's shell whose output is wanted: on a pty where node-pty is there, else through a pipe.
import { spawn } from 'node:child_process';
import type { IPty } from 'node-pty';
import { safe } from '../text/safe.ts';

export interface HostRun {
  /** Exit status; 128 + n after signal n. */
  readonly status: number;
  /** Standard output and error in the order in which they came, without what drives a terminal. */
  readonly output: string;
}

export interface HostRunOptions {
  readonly folder: string;
  /** Ends the command. */
  readonly signal?: AbortSignal;
}

const COLUMNS = 200;
/** So much output is kept, from the beginning. */
const KEPT = 1024 * 1024;

/** Runs `/bin/sh -c` with no input. Rejects when the shell itself cannot be started. */
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
    const stop = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    child.onExit(({ exitCode, signal: number }) => {
      signal?.removeEventListener('abort', stop);
      const status = number ? 128 + number : exitCode;
      setImmediate(() => resolve({ status, output: tidy(output) }));
    });
  });
}

function onPipe(command: string, { folder, signal }: HostRunOptions): Promise<HostRun> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', `exec 2>&1\n${command}`], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < KEPT) output += text;
    });
    const stop = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    child.on('error', reject);
    child.on('close', (code, by) => {
      signal?.removeEventListener('abort', stop);
      resolve({ status: code ?? (by === null ? 1 : 143), output: tidy(output) });
    });
  });
}

/** Rows as they stand in the end: a progress display overwrites itself with carriage returns. */
function tidy(output: string): string {
  const plain = output.replace(/\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, '');
  const rows = plain.split('\n').map(row => row.replace(/\r+$/, '').split('\r').at(-1) ?? '');
  return safe(rows.join('\n'), { keepNewlines: true });
}
