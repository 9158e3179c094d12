// A file to which rows are appended while we run: a log, an audit.
import { closeSync, fstatSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import { appendWhole, reason } from './files.ts';

interface RowFile {
  /** Appends a row; false once the file could not be written. */
  append(row: string): boolean;
}

/**
 * Opens the file (made with mode 0600); `what` names it in messages. `warn` is told of what its owner should know: that others
 * can read it, or, once, that it could not be written any further, with what follows from that (`after`). Throws a usage error
 * where it cannot be opened.
 */
export function openRows(
  file: string,
  { what, after, warn }: { what: string; after: string; warn: (text: string) => void },
): RowFile {
  const path = resolve(file);
  let fd: number | undefined = attempt(`${what} ${path}`, () => openSync(path, 'a', 0o600));
  const { mode } = fstatSync(fd);
  const isFile = fstatSync(fd).isFile();
  if (isFile && (mode & 0o044) !== 0)
    warn(`${what} ${path} was there, and others may read it: chmod 600 keeps it to yourself`);
  return {
    append(row) {
      if (fd === undefined) return false;
      try {
        appendWhole(fd, `${row}\n`);
      } catch (error) {
        closeSync(fd);
        fd = undefined;
        warn(`cannot write ${what} ${path}: ${reason(error)}; ${after}`);
      }
      return fd !== undefined;
    },
  };
}

function attempt<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new QmpshError('usage', `cannot write ${what}: ${reason(error)}`, { cause: error });
  }
}
