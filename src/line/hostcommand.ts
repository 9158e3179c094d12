// Runs a command of the host's shell for a line or a page, until it ends, the time limit of replies is over, or it is
// aborted.
import { type HostRun, runOnHost } from '../io/hostrun.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Clock } from '../qmp/transport.ts';

interface HostCommandOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** Milliseconds it may take; 0 for ever. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the command. On timeout or abort it ends the command and its children, and rejects with a QmpshError. */
export async function runHostCommand(command: string, options: HostCommandOptions): Promise<HostRun> {
  const { folder, clock, timeout, signal } = options;
  const late = new AbortController();
  const stop = () => late.abort();
  signal?.addEventListener('abort', stop, { once: true });
  const cancel = timeout > 0 ? clock.after(timeout, stop) : () => {};
  try {
    if (signal?.aborted) stop();
    const run = await runOnHost(command, { folder, signal: late.signal });
    if (signal?.aborted) throw new QmpshError('interrupted', 'the command was interrupted');
    if (late.signal.aborted)
      throw new QmpshError('timeout', `the command took longer than ${timeout} ms and was ended`);
    return run;
  } finally {
    cancel();
    signal?.removeEventListener('abort', stop);
  }
}
