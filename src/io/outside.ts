// Programs that get the terminal for a while: the user's editor, and commands of the host's shell.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import { trimTail } from '../text/trim.ts';
import { statusOf } from './group.ts';

function run(command: string, args: readonly string[], folder: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(statusOf(code, signal)));
  });
}

/** A command line of the host's shell, in a folder; gives its exit status. */
export function runOutside(command: string, folder: string): Promise<number> {
  return run('/bin/sh', ['-c', command], folder);
}

/** The text as it is after the user's editor ($VISUAL, $EDITOR, vi). The draft is readable by the user alone. */
export async function editOutside(text: string): Promise<string> {
  const editor = process.env['VISUAL'] || process.env['EDITOR'] || 'vi';
  const folder = mkdtempSync(join(tmpdir(), 'qmpsh-'));
  const path = join(folder, 'line.qmp');
  try {
    writeFileSync(path, `${text}\n`, { mode: 0o600 });
    // An editor may be given with arguments: `code --wait`. The shell splits them.
    const status = await run('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], process.cwd());
    if (status !== 0)
      throw new QmpshError(
        'usage',
        `the editor ${editor} ended with status ${status}; the line is as it was`,
        {
          advice: '$VISUAL or $EDITOR names the editor.',
        },
      );
    return trimTail(readFileSync(path, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
