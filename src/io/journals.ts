// The journals of plays: a small file each, beside the history, readable by its owner alone. One that is there though its
// shell is gone tells of a play that was broken off.
import {
  appendFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { CLOCK } from './clock.ts';
import { folderPath } from './folders.ts';
import { statusRow } from './vmprocess.ts';

export interface JournalFile {
  /** Appends a row. It outlives the shell; the host only with `lasting`, and so do the rows before it. */
  append(row: string, lasting: boolean): void;
  /** The play is over, and nothing is to be told of it. */
  remove(): void;
}

const ENDING = '.jsonl';

/** Makes a journal, or goes on with one; undefined where none can be kept (no home, a full disk): the play goes on without. */
export function openJournal(name: string): JournalFile | undefined {
  try {
    const path = pathOf(name);
    mkdirSync(folder(), { recursive: true, mode: 0o700 });
    prune();
    const fd = openSync(path, 'a', 0o600);
    return {
      append: (row, lasting) => {
        try {
          appendFileSync(fd, `${row}\n`);
          if (lasting) fsyncSync(fd);
        } catch {
          // The disk is full: what is on file so far is true.
        }
      },
      remove: () => rmSync(path, { force: true }),
    };
  } catch {
    return undefined;
  }
}

/** Milliseconds after which nobody comes back to a VM to finish what was begun there. */
const KEPT = 90 * 24 * 3600 * 1000;

function prune(): void {
  for (const file of readdirSync(folder())) {
    const path = join(folder(), file);
    if (CLOCK.time() - statSync(path).mtimeMs > KEPT) rmSync(path, { force: true });
  }
}

/** The journals that are there, each with its text. */
export function findJournals(): readonly { readonly name: string; readonly text: string }[] {
  try {
    return readdirSync(folder())
      .filter(file => file.endsWith(ENDING))
      .map(file => {
        const name = file.slice(0, -ENDING.length);
        return { name, text: readFileSync(pathOf(name), 'utf8') };
      });
  } catch {
    return [];
  }
}

export function forgetJournal(name: string): void {
  rmSync(pathOf(name), { force: true });
}

/** A process as nobody can be mistaken for it later: its number, and when it began where the system tells. */
export function processMark(pid = process.pid): string {
  try {
    return `${pid} ${statusRow(pid).fields[19]} ${bootId()}`;
  } catch {
    return String(pid);
  }
}

/** Whether a process with that mark is there. */
export function isThere(mark: string): boolean {
  const pid = Number(mark.split(' ')[0]);
  if (mark.includes(' ')) return processMark(pid) === mark;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function folder(): string {
  return join(folderPath('state'), 'plays');
}

function pathOf(name: string): string {
  return join(folder(), `${name}${ENDING}`);
}
