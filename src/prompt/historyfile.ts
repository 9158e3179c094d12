// The history file: one entry a row, the rows of a longer entry joined by `\n`. Secrets never get there.
import { mayHoldSecret } from '../schema/notes/secrettext.ts';

const KEPT = 10_000;

/** How entries are stored. The functions may throw; the shell goes on without a history then. */
export interface Store {
  read(): string | undefined;
  append(text: string): void;
  replace(text: string): void;
}

/** The entries on file, oldest first. A file grown far over its bound is cut to the newest. */
export function readHistory(store: Store): readonly string[] {
  const rows = (store.read() ?? '').split('\n').filter(row => row !== '');
  if (rows.length > KEPT * 1.2)
    store.replace(
      rows
        .slice(-KEPT)
        .map(row => `${row}\n`)
        .join(''),
    );
  return rows.slice(-KEPT).map(decode);
}

/** Adds an entry to the file, unless it is blank or may hold a secret; gives whether it did. */
export function keepEntry(store: Store, entry: string): boolean {
  if (entry.trim() === '' || mayHoldSecret(entry)) return false;
  store.append(`${encode(entry)}\n`);
  return true;
}

function encode(entry: string): string {
  return entry.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n');
}

function decode(row: string): string {
  return row.replace(/\\(.)/g, (_, letter: string) =>
    letter === 'n' ? '\n' : letter === 'r' ? '\r' : letter,
  );
}
