// A real QEMU for a test: stopped, without display, its monitor on a unix socket in a folder of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLOCK } from '../src/io/clock.ts';
import { connect } from '../src/io/connect.ts';
import { Session } from '../src/session/client.ts';
import type { SessionOptions } from '../src/session/options.ts';

export interface Qemu {
  readonly pid: number;
  /** Its working directory; it is removed with it. */
  readonly folder: string;
  /** The path of its monitor. */
  readonly address: string;
  readonly exited: Promise<number | undefined>;
  /** Ends it without a word, as a crash would. */
  kill(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

export interface QemuOptions {
  /** Added to QEMU's own options. */
  readonly args?: readonly string[];
  /** The monitor sends each message over many lines. */
  readonly pretty?: boolean;
  /** Disks to make: name and size. */
  readonly disks?: readonly (readonly [string, string])[];
  /** Runs as this user (and group of the same number) where the test is root's. */
  readonly user?: number;
  /** Puts more into its folder before it starts. */
  readonly prepare?: (folder: string) => void;
  /** Starts in the folder of one that has ended, at the same address. */
  readonly folder?: string;
}

export const MISSING =
  'QEMU is missing: run "npm test", which installs it, or install the Debian packages qemu-system-x86 and qemu-utils';

const PROGRAM = process.env['QMPSH_QEMU'] ?? 'qemu-system-x86_64';
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));

/** Starts a QEMU and waits for its monitor. Throws where there is no QEMU. */
export async function startQemu(options: QemuOptions = {}): Promise<Qemu> {
  if (spawnSync(PROGRAM, ['--version']).status !== 0) throw new Error(MISSING);
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'qt-'));
  for (const [name, size] of options.disks ?? []) {
    const made = spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', name, size], { cwd: folder });
    if (made.status !== 0) throw new Error(made.error ? MISSING : `qemu-img: ${made.stderr}`);
  }
  options.prepare?.(folder);
  const user = process.getuid?.() === 0 ? options.user : undefined;
  if (user !== undefined)
    for (const name of ['.', ...readdirSync(folder)]) chownSync(join(folder, name), user, user);
  const address = join(folder, 'm');
  const socket = `socket,id=qmp,path=${address},server=on,wait=off`;
  const pretty = options.pretty ? ',pretty=on' : '';
  const monitor = ['-chardev', socket, '-mon', `chardev=qmp,mode=control${pretty}`];
  const args = ['-S', '-display', 'none', '-nodefaults', '-M', 'q35', '-m', '64', ...monitor];
  const child = spawn(PROGRAM, [...args, ...(options.args ?? [])], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  running.add(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  let gone = false;
  const exited = new Promise<number | undefined>(resolve => {
    child.once('close', code => {
      gone = true;
      running.delete(child);
      resolve(code ?? undefined);
    });
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const close = async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; !listens(address); tries++) {
    if (gone || tries > 1500) {
      await close();
      throw new Error(`QEMU did not start: ${said}`);
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  return { pid: child.pid ?? 0, folder, address, exited, kill, close };
}

/** Whether somebody listens at a socket. Its file comes a moment earlier, and a try would count as a client. */
function listens(path: string): boolean {
  if (!existsSync('/proc/net/unix')) return existsSync(path);
  const rows = readFileSync('/proc/net/unix', 'utf8').split('\n');
  return rows.some(row => row.endsWith(` ${path}`) && row.split(/\s+/)[3] === '00010000');
}

/** A session with the monitor at an address. */
export async function openSession(address: string, options: Partial<SessionOptions> = {}): Promise<Session> {
  return Session.open(await connect(address), { clock: CLOCK, address, ...options });
}

/** Runs a test body with a QEMU that is gone afterwards. */
export async function withQemu(options: QemuOptions, body: (qemu: Qemu) => Promise<void>): Promise<void> {
  const qemu = await startQemu(options);
  try {
    await body(qemu);
  } finally {
    await qemu.close();
  }
}
