// The version of a QEMU that runs, read from its program without running it.
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { statusRow, textOf } from './vmprocess.ts';

/** What each of its programs prints for --version, up to the package's name. */
const SAYS = /(?:QEMU emulator|qemu-storage-daemon) version (\d+\.\d+\.\d+)/;
/** Bytes that are read at once, and how much of the last ones is looked at again. */
const [CHUNK, OVERLAP] = [4 * 1024 * 1024, 128];

/** Versions of programs by what they are on the disk. */
const known = new Map<string, string | undefined>();

/** The version (`7.2.22`) of the program that a process runs; undefined where that cannot be seen. */
export function versionOf(pid: number, program: string): string | undefined {
  return versionIn(`/proc/${pid}/exe`) ?? (isAsStarted(pid, program) ? versionIn(program) : undefined);
}

function versionIn(path: string): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const { dev, ino, mtimeMs } = fstatSync(fd);
    const key = `${dev}:${ino}:${mtimeMs}`;
    if (!known.has(key)) known.set(key, search(fd));
    return known.get(key);
  } catch {
    return undefined; // another user's process, or it has ended
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function search(fd: number): string | undefined {
  const buffer = Buffer.alloc(CHUNK);
  for (let at = 0; ; at += CHUNK - OVERLAP) {
    const length = readSync(fd, buffer, 0, CHUNK, at);
    const part = buffer.subarray(0, length);
    for (const mark of ['QEMU emulator version ', 'qemu-storage-daemon version ']) {
      for (let i = part.indexOf(mark); i >= 0; i = part.indexOf(mark, i + 1)) {
        const found = SAYS.exec(part.toString('latin1', i, i + 100))?.[1];
        if (found !== undefined) return found;
      }
    }
    if (length < CHUNK) return undefined;
  }
}

/** Whether a program of another user's process, which is known by its command line alone, is older than the process. */
function isAsStarted(pid: number, program: string): boolean {
  try {
    if (!program.startsWith('/')) return false;
    const booted = Number(/^btime (\d+)$/m.exec(textOf('/proc/stat'))?.[1]);
    // (proc(5): starttime is field 22, in ticks of which there are 100 a second.)
    const started = booted + Number(statusRow(pid).fields[19]) / 100;
    return statSync(program).ctimeMs / 1000 < started;
  } catch {
    return false;
  }
}
