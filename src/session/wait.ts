// Waiting with a limit: for something that happens, until time runs out, the user stops it or the connection ends.
import { QmpshError } from '../qmp/errors.ts';
import type { Clock } from '../qmp/transport.ts';
import { duration } from '../text/size.ts';

export interface WaitOptions {
  /** Milliseconds; absent: no limit. */
  readonly timeout?: number;
  /** Stops the waiting, and nothing else. */
  readonly signal?: AbortSignal;
}

export interface Wait<T> extends WaitOptions {
  readonly clock: Clock;
  /** What is waited for, as it reads behind "waiting for". */
  readonly what: string;
  /** How things stand when time runs out, behind the sentence. */
  readonly standing?: () => string;
  /** Starts; gives how to stop. It may settle at once. */
  readonly start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void;
}

/** Rejects with a QmpshError `timeout` or `interrupted`, or with what `start` rejects with. Leaves nothing behind. */
export function wait<T>(options: Wait<T>): Promise<T> {
  const { clock, what, timeout, signal } = options;
  const waiting = new Promise<T>((resolve, reject) => {
    const undo: (() => void)[] = [];
    let settled = false;
    const settle = (run: () => void) => {
      if (settled) return;
      settled = true;
      for (const stop of undo) stop();
      run();
    };
    const fail = (error: unknown) => settle(() => reject(error));
    const interrupt = () => fail(new QmpshError('interrupted', `stopped waiting for ${what}`));
    if (signal?.aborted) {
      interrupt();
      return;
    }
    signal?.addEventListener('abort', interrupt, { once: true });
    undo.push(() => signal?.removeEventListener('abort', interrupt));
    if (timeout !== undefined) {
      undo.push(
        clock.after(timeout, () => {
          const standing = options.standing?.() ?? '';
          fail(new QmpshError('timeout', `waited ${duration(timeout / 1000)} for ${what}${standing}`));
        }),
      );
    }
    const stop = options.start(value => settle(() => resolve(value)), fail);
    if (settled) stop();
    else undo.push(stop);
  });
  // It may fail while whoever waits is still busy with something else; that is no fault of the program.
  waiting.catch(() => {});
  return waiting;
}
