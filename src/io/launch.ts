// Starts a throw-away QEMU: stopped, without a display, its monitor on a unix socket in a folder of its own. It never
// outlives this process.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { CLOCK } from './clock.ts';
import { type Ended, guard } from './guardian.ts';
import { monitorOptions } from './monitoroptions.ts';

export interface Practice {
  /** Absolute; QEMU's working folder, so relative file names are below it. */
  readonly folder: string;
  /** The monitor's unix socket. */
  readonly address: string;
  readonly pid: number;
  /** When QEMU has ended, however. The folder stays until `close`. */
  readonly exited: Promise<Ended>;
  /** Ends QEMU and removes the folder (not a kept one). This happens too when this process ends, however. */
  close(): Promise<void>;
}

/** Bytes that a unix socket's path may have on every system (Linux 107, macOS 103). */
export const SOCKET_PATH = 103;

const START_LIMIT = 30_000;

/** Programs that were found to know no sandbox (macOS, a build without seccomp). */
const withoutSandbox = new Set<string>();

export async function sandboxed(
  qemu: string,
  run: (sandbox: readonly string[]) => Promise<Practice>,
): Promise<Practice> {
  if (withoutSandbox.has(qemu)) return run([]);
  try {
    return await run(['-sandbox', 'on,spawn=deny']);
  } catch (error) {
    // Trying is the cheapest way to ask: a QEMU that has one, as most have, is started once.
    if (!(error instanceof QmpshError) || error.code !== 'no-sandbox') throw error;
    withoutSandbox.add(qemu);
    return run([]);
  }
}

interface BareOptions {
  /** The program. */
  readonly qemu: string;
  /** Makes what QEMU needs in the new folder (mode 0700), and gives the arguments, and the folder below it to run in. */
  readonly prepare: (
    folder: string,
  ) => Promise<{ readonly args: readonly string[]; readonly inside: string }>;
  readonly signal?: AbortSignal;
}

/**
 * Starts a throw-away QEMU that has nothing but a monitor and what `prepare` gives it, stopped, in a folder of its own.
 * Resolves and rejects as `startPractice` does; it can start no program, where QEMU has a sandbox.
 */
export async function startBare(options: BareOptions): Promise<Practice> {
  const { qemu } = options;
  return sandboxed(qemu, sandbox => startIn(temporaryFolder(), options, sandbox));
}

async function startIn(
  folder: string,
  { qemu, prepare, signal }: BareOptions,
  sandbox: readonly string[],
): Promise<Practice> {
  const address = join(folder, 'qmp.sock');
  let made: Awaited<ReturnType<BareOptions['prepare']>> | undefined;
  return launch({
    folder,
    address,
    leftover: folder,
    qemu,
    isSandboxed: sandbox.length > 0,
    signal,
    prepare: async () => {
      made = await prepare(folder);
      // The guardian's command is fixed before the images are there: its arguments come by this file.
      const words = [
        qemu,
        ...sandbox,
        '-nodefaults',
        '-display',
        'none',
        '-S',
        ...(await monitor(qemu, address)),
        ...made.args,
      ];
      writeFileSync(
        join(folder, 'start'),
        `cd ${quoted(made.inside)} && exec ${words.map(quoted).join(' ')}\n`,
      );
    },
    command: ['/bin/sh', join(folder, 'start')],
  });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

interface Launch {
  readonly folder: string;
  readonly address: string;
  /** Removed in the end. */
  readonly leftover: string;
  readonly qemu: string;
  readonly isSandboxed: boolean;
  readonly signal: AbortSignal | undefined;
  readonly command: readonly string[];
  /** Makes what the command needs; what it made goes when it fails. */
  readonly prepare: () => Promise<void>;
}

export async function launch({
  folder,
  address,
  leftover,
  qemu,
  isSandboxed,
  signal,
  command,
  prepare,
}: Launch): Promise<Practice> {
  const guarded = guard(folder, leftover, command);
  try {
    await prepare();
    signal?.throwIfAborted();
    const pid = await guarded.start();
    let left: Ended | undefined;
    void guarded.exited.then(ended => {
      left = ended;
    });
    const limit = CLOCK.now() + START_LIMIT;
    while (!(await answers(address))) {
      signal?.throwIfAborted();
      if (left) throw notStarted(qemu, left, isSandboxed);
      if (CLOCK.now() > limit)
        throw new QmpshError('timeout', `QEMU opened no monitor within ${START_LIMIT / 1000} s`);
      await new Promise(resume => setTimeout(resume, 2));
    }
    return { folder, address, pid, exited: guarded.exited, close: guarded.close };
  } catch (error) {
    await guarded.close();
    if (signal?.aborted) throw new QmpshError('interrupted', 'interrupted', { cause: error });
    if (error instanceof QmpshError) throw error;
    throw new QmpshError('connect', `cannot start a practice VM: ${said(error)}`, { cause: error });
  }
}

export function monitor(qemu: string, address: string): Promise<readonly string[]> {
  // A comma in a value of QEMU's options is written twice.
  const path = address.replaceAll(',', ',,');
  return monitorOptions([qemu], 'qmp', `socket,path=${path},server=on,wait=off`);
}

/** Whether somebody listens at a unix socket. */
export function answers(address: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createConnection(address);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** A new folder of mode 0700. $TMPDIR can be too long for a socket's path (macOS); /tmp is not. */
export function temporaryFolder(): string {
  const usual = join(tmpdir(), 'qmpsh-');
  const base = Buffer.byteLength(usual) + 6 + '/qmp.sock'.length + 16 <= SOCKET_PATH ? usual : '/tmp/qmpsh-';
  try {
    return mkdtempSync(base);
  } catch (error) {
    throw new QmpshError('connect', `cannot make a temporary folder: ${said(error)}`, {
      advice: 'Set TMPDIR to a folder that can be written.',
      cause: error,
    });
  }
}

/** SIGSYS, as an exit status: how the sandbox of QEMU 7.2 stops a fork. That of 10.0 and 11.1 refuses it. */
const BAD_SYSTEM_CALL = 128 + 31;
const FORK_REFUSED = /Failed to fork .*Operation not permitted/;

function notStarted(qemu: string, ended: Ended, isSandboxed: boolean): QmpshError {
  const last = ended.stderr.trim().split('\n').slice(-5).join('\n');
  const why = last === '' ? `${qemu} says nothing` : safe(last, { keepNewlines: true });
  if (isSandboxed && (ended.code === BAD_SYSTEM_CALL || FORK_REFUSED.test(last)))
    return new QmpshError(
      'connect',
      'QEMU did not start: it was to run a program, which a practice VM must not',
      {
        advice: 'With the arguments -sandbox off it may.',
      },
    );
  const code = isSandboxed && /sandbox/i.test(last) ? { code: 'no-sandbox' } : {};
  return new QmpshError('connect', `QEMU did not start (status ${ended.code}): ${why}`, code);
}

export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
