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

/** What an error says of a command that is not waited for any longer: whether it was sent, and advice. */
export interface GivenUp {
  readonly advice?: string;
  readonly code?: string;
}

interface Wait<T> extends WaitOptions {
  readonly clock: Clock;
  /** What is waited for, as it reads behind "waiting for". */
  readonly what: string;
  /** How things stand when time runs out, behind the sentence. */
  readonly standing?: () => string;
  /** Adds to the error of a wait that was given up: its advice and code. */
  readonly given?: () => GivenUp;
  /** Starts; gives how to stop. It may settle at once. */
  readonly start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void;
}

/** Waits for a promise, within the limits. Giving up does not end what the promise stands for. */
export function within<T>(promise: Promise<T>, options: Omit<Wait<T>, 'start'>): Promise<T> {
  return wait<T>({
    ...options,
    start: (resolve, reject) => {
      promise.then(resolve, reject);
      return () => {};
    },
  });
}

/**
 * Waits within limits. Rejects with a QmpshError `timeout` or `interrupted`, or as `start` does; removes its listeners.
 */
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
    const interrupt = () =>
      fail(new QmpshError('interrupted', `stopped waiting for ${what}`, options.given?.()));
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
          const message = `waited ${duration(timeout / 1000)} for ${what}${standing}`;
          fail(new QmpshError('timeout', message, options.given?.()));
        }),
      );
    }
    try {
      const stop = options.start(value => settle(() => resolve(value)), fail);
      if (settled) stop();
      else undo.push(stop);
    } catch (error) {
      fail(error);
    }
  });
  // It may fail while whoever waits is still busy with something else; that is no fault of the program.
  waiting.catch(() => {});
  return waiting;
}
