// QEMU's own qmp-shell (its Python library qemu.qmp): that of this host, or the one that the set-up has unpacked.
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const UNPACKED = join(
  process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
  'qmpsh/qmp-shell/root/usr/lib/python3/dist-packages',
);

/** The environment in which Python finds it. */
export function qmpShellEnv(): NodeJS.ProcessEnv {
  const { PYTHONPATH = '' } = process.env;
  const path = existsSync(UNPACKED)
    ? [UNPACKED, ...(PYTHONPATH === '' ? [] : [PYTHONPATH])].join(':')
    : PYTHONPATH;
  return { ...process.env, PYTHONPATH: path };
}

/** Throws where it is not there. */
export function needQmpShell(): void {
  if (spawnSync('python3', ['-c', 'import qemu.qmp.qmp_shell'], { env: qmpShellEnv() }).status !== 0)
    throw new Error(
      'qmp-shell is missing: run "npm test", which fetches it on Debian, or install python3-qemu-qmp (elsewhere: pip install qemu.qmp)',
    );
}

function start(args: readonly string[]): ChildProcessByStdio<Writable, Readable, Readable> {
  needQmpShell();
  return spawn('python3', ['-m', 'qemu.qmp.qmp_shell', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: qmpShellEnv(),
  });
}

/** What it says to lines on its standard input; it leaves at their end. */
export async function qmpShell(args: readonly string[], lines: readonly string[]): Promise<string> {
  const child = start(args);
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => {
      out += String(text);
    });
  child.stdin.end(lines.map(line => `${line}\n`).join(''));
  await new Promise(resolve => child.on('close', resolve));
  return out;
}
