// QEMU's own reference manual where this host has it installed, as the man page it comes as.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

const PAGE = 'qemu-qmp-ref';
const FOLDERS = ['/usr/share/man/man7', '/usr/local/share/man/man7'];
let found: Promise<string | undefined> | undefined;

/** The page's source (troff), read once; undefined where there is none. */
export function manualSource(): Promise<string | undefined> {
  found ??= read();
  return found;
}

async function read(): Promise<string | undefined> {
  const asked = await promisify(execFile)('man', ['-w', PAGE], { timeout: 5000 }).then(
    ({ stdout }) => stdout.trim().split('\n').slice(0, 1),
    () => [],
  );
  for (const path of [
    ...asked,
    ...FOLDERS.flatMap(folder => [`${folder}/${PAGE}.7.gz`, `${folder}/${PAGE}.7`]),
  ]) {
    try {
      const bytes = readFileSync(path);
      return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
    } catch {
      // Not there, or packed in a way of its own: as if there were none.
    }
  }
  return undefined;
}
