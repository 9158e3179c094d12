// An NBD server for tests: the real qemu-nbd or qemu-storage-daemon, on a unix socket of the folder, with raw files as its exports.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Exports {
  readonly folder: string;
  /** Name and size in bytes; the file is `NAME.img`, slashes as dashes. */
  readonly exports: Readonly<Record<string, number>>;
  /** By qemu-nbd, which has one export and one client. */
  readonly single?: boolean;
  /** The folder of the files, where it is another one. */
  readonly files?: string;
  /** Writes to this byte of each export find no room. */
  readonly full?: number;
  /** Files that are there stay as they are. */
  readonly again?: boolean;
}

export interface NbdServer {
  /** The address of an export, of all their beginning, or of one that is none. */
  uri(name: string): string;
  file(name: string): string;
  /** As a crash of the server does. */
  kill(): Promise<void>;
}

export async function serve(given: Exports): Promise<NbdServer> {
  const { folder, exports, single = false, again = false, files = folder, full } = given;
  const socket = join(folder, 'nbd.sock');
  rmSync(socket, { force: true });
  const file = (name: string) => join(files, `${name.replaceAll('/', '-')}.img`);
  const names = Object.entries(exports);
  for (const [name, size] of names) {
    if (again) continue;
    writeFileSync(file(name), '');
    truncateSync(file(name), size);
  }
  const [first = ''] = names.map(([name]) => name);
  const child = single
    ? start('qemu-nbd', ['-f', 'raw', '-x', first, '-k', socket, file(first)])
    : start('qemu-storage-daemon', [
        ...names.flatMap(([name], i) => ['--blockdev', nodeOf(file(name), `f${i}`, full)]),
        ...['--nbd-server', `addr.type=unix,addr.path=${socket}`],
        ...names.flatMap(([name], i) => [
          '--export',
          `type=nbd,id=x${i},node-name=f${i},name=${name},writable=on`,
        ]),
      ]);
  await listening(child, socket);
  return {
    uri: name => `nbd+unix:///${name}?socket=nbd.sock`,
    file,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function nodeOf(file: string, name: string, full: number | undefined): string {
  if (full === undefined) return `driver=file,node-name=${name},filename=${file}`;
  const rule = `inject-error.0.event=none,inject-error.0.iotype=write,inject-error.0.sector=${Math.floor(full / 512)}`;
  return `driver=blkdebug,node-name=${name},image.driver=file,image.filename=${file},${rule},inject-error.0.errno=28`;
}

function start(program: string, args: readonly string[]): ChildProcess {
  return spawn(program, args, { stdio: 'ignore' });
}

async function listening(child: ChildProcess, path: string): Promise<void> {
  let why: string | undefined;
  child.on('error', error => {
    why = error.message;
  });
  child.on('exit', code => {
    why = `it ended with ${code}`;
  });
  for (let tries = 0; !existsSync(path); tries++) {
    if (why !== undefined || tries > 2000) throw new Error(`the NBD server: ${why ?? 'it does not listen'}`);
    await new Promise(resume => setTimeout(resume, 10));
  }
}
