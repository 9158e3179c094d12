// The log of a conversation (`-l FILE`): each message with its time and direction, secrets as stars.
import { maskMessage } from '../schema/notes/secrets.ts';
import { mayHoldSecret } from '../schema/notes/secrettext.ts';
import { parseJson, stringifyJson } from '../text/json.ts';
import { safeJson } from '../text/safe.ts';
import { openRows } from './rowfile.ts';

type Log = (direction: 'C' | 'S', text: string, time: number) => void;

/**
 * Opens a log (made with mode 0600). `warn` is told of what its owner should know: that others can read it, or, once, that
 * it could not be written any further. Throws a usage error where it cannot be opened.
 */
export function openLog(file: string, warn: (text: string) => void): Log {
  const rows = openRows(file, { what: 'the log', after: 'it ends there, and the session goes on', warn });
  return (direction, text, time) => {
    const arrow = direction === 'C' ? '->' : '<-';
    rows.append(`${new Date(time).toISOString()} ${arrow} ${rowOf(direction, text)}`);
  };
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
