// Lines typed before, kept in a file: one entry a row, the rows of a longer entry joined by `\n`. Secrets never get there.
import { mayHoldSecret } from '../schema/notes.ts';

const KEPT = 10_000;

/** How entries are stored. The functions may throw; the shell goes on without a history then. */
export interface Store {
  read(): string | undefined;
  append(text: string): void;
  replace(text: string): void;
}

export function encodeEntry(entry: string): string {
  return entry.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n');
}

export function decodeEntry(row: string): string {
  return row.replace(/\\(.)/g, (_, letter: string) =>
    letter === 'n' ? '\n' : letter === 'r' ? '\r' : letter,
  );
}

/** The entries on file, oldest first. A file grown far over its bound is cut to the newest. */
export function readPast(store: Store): readonly string[] {
  const rows = (store.read() ?? '').split('\n').filter(row => row !== '');
  if (rows.length > KEPT * 1.2)
    store.replace(
      rows
        .slice(-KEPT)
        .map(row => `${row}\n`)
        .join(''),
    );
  return rows.slice(-KEPT).map(decodeEntry);
}

/** Keeps an entry, unless it may hold a secret. */
export function keepEntry(store: Store, entry: string): boolean {
  if (entry.trim() === '' || mayHoldSecret(entry)) return false;
  store.append(`${encodeEntry(entry)}\n`);
  return true;
}
