// The log of a conversation (`-l FILE`): each message with its time and direction, secrets as stars.
import { closeSync, fstatSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import { maskMessage } from '../schema/notes/secrets.ts';
import { mayHoldSecret } from '../schema/notes/secrettext.ts';
import { parseJson, stringifyJson } from '../text/json.ts';
import { safeJson } from '../text/safe.ts';
import { appendWhole, reason } from './files.ts';

type Log = (direction: 'C' | 'S', text: string, time: number) => void;

/**
 * Opens a log (made with mode 0600). `warn` is told of what its owner should know: that others can read it, or, once, that
 * it could not be written any further. Throws a usage error where it cannot be opened.
 */
export function openLog(file: string, warn: (text: string) => void): Log {
  const path = resolve(file);
  let fd: number | undefined = attempt(path, () => openSync(path, 'a', 0o600));
  const { mode } = fstatSync(fd);
  const isFile = fstatSync(fd).isFile();
  if (isFile && (mode & 0o044) !== 0)
    warn(`the log ${path} was there, and others may read it: chmod 600 keeps it to yourself`);
  return (direction, text, time) => {
    if (fd === undefined) return;
    const arrow = direction === 'C' ? '->' : '<-';
    try {
      appendWhole(fd, `${new Date(time).toISOString()} ${arrow} ${rowOf(direction, text)}\n`);
    } catch (error) {
      closeSync(fd);
      fd = undefined;
      warn(`cannot write the log ${path}: ${reason(error)}; it ends there, and the session goes on`);
    }
  };
}

function attempt<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new QmpshError('usage', `cannot write the log ${path}: ${reason(error)}`, { cause: error });
  }
}

/** One row that does nothing to a terminal it is shown on. */
function rowOf(direction: 'C' | 'S', text: string): string {
  const row = text.replace(/\s*\r?\n\s*/g, ' ').trim();
  return safeJson(direction === 'C' && mayHoldSecret(row) ? masked(row) : row);
}

function masked(row: string): string {
  try {
    return stringifyJson(maskMessage(parseJson(row)));
  } catch {
    return row; // not ours: what we send is JSON
  }
}
