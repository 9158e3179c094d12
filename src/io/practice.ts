// A throw-away VM to practise on: a QEMU that is stopped before its first instruction, with a small disk, in a
// temporary folder. Its disk a.qcow2 is the block node `node-A` behind the virtio-blk device `virtio0`. MiB number n of
// the disk (n = 0 to 7) is filled with the byte 0x11 * (n + 1); the rest is unallocated and reads as zeroes.
import { execFile } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { type Ended, guard } from './guardian.ts';
import { findQemu, findQemuImg } from './qemu.ts';

export interface PracticeOptions {
  /** Use this folder (made when missing) and keep it; an `a.qcow2` that is in it is used as it is. */
  readonly keep?: string;
  /** Size of the disk: a number of bytes, or one with k, M, G or T. Default 39M. */
  readonly disk?: string;
  /** Sizes of further disks, empty ones: `b.qcow2` is node-B behind virtio1, and so on. */
  readonly disks?: readonly string[];
  /** Further arguments of QEMU. */
  readonly args?: readonly string[];
  /** The QEMU program; found on this machine when not given. */
  readonly qemu?: string;
  readonly signal?: AbortSignal;
  /** One VM more in the folder of this one (to migrate to: `name: 'b', empty: true, args: ['-incoming', 'defer']`). */
  readonly beside?: Practice;
  /** Names the disk `NAME.qcow2`, the node `node-NAME`, and the socket of all but `a`. Default `a`. */
  readonly name?: string;
  /** A disk without data in it. */
  readonly empty?: boolean;
}

export interface Practice {
  /** Absolute; QEMU's working folder, so relative file names are below it. */
  readonly folder: string;
  /** The monitor's unix socket. */
  readonly address: string;
  readonly pid: number;
  /** When QEMU has ended, however. The folder stays until `close`. */
  readonly exited: Promise<Ended>;
  /** Ends QEMU and removes the folder (not a kept one). This happens too when this process ends, however. */
  close(): Promise<void>;
}

const MIB = 1024 * 1024;
const FILLED = 8;
/** Bytes that a unix socket's path may have on every system (Linux 107, macOS 103). */
const SOCKET_PATH = 103;
const START_LIMIT = 30_000;

/** Starts a practice VM; resolves when its monitor takes connections. Rejects with a QmpshError and leaves nothing. */
export async function startPractice(options: PracticeOptions = {}): Promise<Practice> {
  const name = options.name ?? 'a';
  if (!/^[a-z][a-z0-9-]{0,15}$/.test(name))
    throw new QmpshError('usage', `${name} cannot name a practice VM`);
  const size = diskSize(options.disk ?? '39M');
  const more = (options.disks ?? []).map((text, i) => ({ letter: LETTERS[i] ?? '', size: diskSize(text) }));
  if (more.length > LETTERS.length)
    throw new QmpshError('usage', `a practice VM takes ${LETTERS.length} further disks at most`);
  const qemu = options.qemu ?? findQemu();
  const shared = options.beside?.folder ?? (options.keep === undefined ? undefined : kept(options.keep));
  const folder = shared ?? temporaryFolder();
  const socketName = name === 'a' ? 'qmp.sock' : `${name}.sock`;
  const fits = Buffer.byteLength(join(folder, socketName)) <= SOCKET_PATH;
  const socketFolder = fits ? folder : temporaryFolder();
  const address = join(socketFolder, socketName);
  // A second VM in a folder must not unlink the socket of the first.
  if (existsSync(address) && (await answers(address))) {
    throw new QmpshError('connect', `a practice VM already runs in ${folder}`, {
      advice: `Connect to it with: qmpsh ${address}`,
    });
  }
  const leftover = fits && shared !== undefined ? address : socketFolder;
  const disks = more.flatMap(({ letter }, i) => furtherDisk(letter, i + 1));
  const guarded = guard(folder, leftover, [
    qemu,
    ...hardware(name, address),
    ...disks,
    ...(options.args ?? []),
  ]);
  try {
    const disk = join(folder, `${name}.qcow2`);
    if (!existsSync(disk)) await makeDisk(disk, size, options.empty ? 0 : FILLED);
    for (const { letter, size: bytes } of more) {
      const path = join(folder, `${letter}.qcow2`);
      if (!existsSync(path)) await makeDisk(path, bytes, 0);
    }
    options.signal?.throwIfAborted();
    const pid = await guarded.start();
    let left: Ended | undefined;
    void guarded.exited.then(ended => {
      left = ended;
    });
    const limit = Date.now() + START_LIMIT;
    while (!(await answers(address))) {
      options.signal?.throwIfAborted();
      if (left) throw notStarted(qemu, left);
      if (Date.now() > limit)
        throw new QmpshError('timeout', `QEMU opened no monitor within ${START_LIMIT / 1000} s`);
      await new Promise(resume => setTimeout(resume, 2));
    }
    return { folder, address, pid, exited: guarded.exited, close: guarded.close };
  } catch (error) {
    await guarded.close();
    if (options.signal?.aborted) throw new QmpshError('interrupted', 'interrupted', { cause: error });
    if (error instanceof QmpshError) throw error;
    throw new QmpshError('connect', `cannot start a practice VM: ${said(error)}`, { cause: error });
  }
}

function hardware(name: string, address: string): readonly string[] {
  const node = `node-${name === 'a' ? 'A' : name}`;
  // A comma in a value of QEMU's options is written twice.
  const path = address.replaceAll(',', ',,');
  return [
    ...['-nodefaults', '-display', 'none', '-S', '-M', 'q35', '-m', '64'],
    ...['-blockdev', `driver=qcow2,node-name=${node},file.driver=file,file.filename=${name}.qcow2`],
    ...['-device', `virtio-blk,id=virtio0,drive=${node}`],
    ...['-chardev', `socket,id=qmp,path=${path},server=on,wait=off`, '-mon', 'chardev=qmp,mode=control'],
  ];
}

const LETTERS = 'bcdefgh';

function furtherDisk(letter: string, number: number): readonly string[] {
  const node = `node-${letter.toUpperCase()}`;
  return [
    ...['-blockdev', `driver=qcow2,node-name=${node},file.driver=file,file.filename=${letter}.qcow2`],
    ...['-device', `virtio-blk,id=virtio${number},drive=${node}`],
  ];
}

function diskSize(text: string): number {
  const found = /^(\d+)([kKMGT]?)$/.exec(text);
  const bytes = Number(found?.[1]) * 1024 ** ' kMGT'.indexOf((found?.[2] || ' ').replace('K', 'k'));
  if (bytes >= 512 && bytes <= 2 ** 50) return Math.ceil(bytes / 512) * 512;
  throw new QmpshError('usage', `${text} is no size of a disk`, { advice: 'Say for instance 39M or 1G.' });
}

/** Made under another name first: an interrupted start leaves no broken disk to be taken for a good one. */
async function makeDisk(path: string, size: number, filled: number): Promise<void> {
  const img = findQemuImg();
  const raw = `${path}.raw`;
  const draft = `${path}.new`;
  try {
    const file = openSync(raw, 'w', 0o600);
    try {
      ftruncateSync(file, size);
      for (let mib = 0; mib < filled && mib * MIB < size; mib += 1) {
        const data = Buffer.alloc(Math.min(MIB, size - mib * MIB), 0x11 * (mib + 1));
        writeSync(file, data, 0, data.length, mib * MIB);
      }
    } finally {
      closeSync(file);
    }
    await promisify(execFile)(img, ['convert', '-q', '-f', 'raw', '-O', 'qcow2', raw, draft]);
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } finally {
    rmSync(raw, { force: true });
    rmSync(draft, { force: true });
  }
}

/** Whether somebody listens at a unix socket. */
function answers(address: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createConnection(address);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** A new folder of mode 0700. $TMPDIR can be too long for a socket's path (macOS); /tmp is not. */
function temporaryFolder(): string {
  const usual = join(tmpdir(), 'qmpsh-');
  const base = Buffer.byteLength(usual) + 6 + '/qmp.sock'.length + 16 <= SOCKET_PATH ? usual : '/tmp/qmpsh-';
  try {
    return mkdtempSync(base);
  } catch (error) {
    throw new QmpshError('connect', `cannot make a temporary folder: ${said(error)}`, {
      advice: 'Set TMPDIR to a folder that can be written.',
      cause: error,
    });
  }
}

function kept(path: string): string {
  const folder = resolve(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new QmpshError('usage', `cannot use the folder ${path}: ${said(error)}`, { cause: error });
  }
  return folder;
}

function notStarted(qemu: string, ended: Ended): QmpshError {
  const last = ended.stderr.trim().split('\n').slice(-5).join('\n');
  const why = last === '' ? `${qemu} says nothing` : safe(last, { keepNewlines: true });
  return new QmpshError('connect', `QEMU did not start (status ${ended.code}): ${why}`);
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
