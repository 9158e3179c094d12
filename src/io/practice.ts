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
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { QmpshError } from '../qmp/errors.ts';
import {
  answers,
  launch,
  monitor,
  type Practice,
  SOCKET_PATH,
  said,
  sandboxed,
  temporaryFolder,
} from './launch.ts';
import { findQemu, findQemuImg } from './qemu.ts';

export type { Practice } from './launch.ts';

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
  /** Names the node otherwise. */
  readonly node?: string;
  /** Names the nodes of all disks otherwise, in order, and the nodes of their files; names as QEMU takes them. */
  readonly nodes?: readonly string[];
  readonly files?: readonly string[];
  /** Names the images of all disks otherwise, in order: names of files in the folder. */
  readonly images?: readonly string[];
  /** The nodes of disks that no device uses. */
  readonly loose?: readonly string[];
  /** A disk without data in it. */
  readonly empty?: boolean;
  /** A serial port on a pseudo terminal, on which the firmware speaks; where this host has such terminals. */
  readonly console?: boolean;
}

const MIB = 1024 * 1024;
const FILLED = 8;
/**
 * Starts a practice VM; resolves when its monitor takes connections. Rejects with a QmpshError and leaves nothing. Where
 * QEMU has a sandbox it can start no program, unless the arguments have a `-sandbox` of their own.
 */
export async function startPractice(options: PracticeOptions = {}): Promise<Practice> {
  const qemu = options.qemu ?? findQemu();
  const isOwn = options.args?.some(arg => /^--?sandbox$/.test(arg)) === true;
  return isOwn ? start({ ...options, qemu }, []) : sandboxed(qemu, more => start({ ...options, qemu }, more));
}

async function start(
  options: PracticeOptions & { readonly qemu: string },
  sandbox: readonly string[],
): Promise<Practice> {
  const name = options.name ?? 'a';
  if (!/^[a-z][a-z0-9-]{0,15}$/.test(name))
    throw new QmpshError('usage', `${name} cannot name a practice VM`);
  const size = diskSize(options.disk ?? '39M');
  const { nodes = [], files = [], images = [] } = options;
  const more = (options.disks ?? []).map((text, i) => {
    const letter = LETTERS[i] ?? '';
    return { letter, size: diskSize(text), image: images[i + 1] ?? `${letter}.qcow2` };
  });
  if (more.length > LETTERS.length)
    throw new QmpshError('usage', `a practice VM takes ${LETTERS.length} further disks at most`);
  const { qemu } = options;
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
  const ownImage = images[0] ?? `${name}.qcow2`;
  const ownNode = options.node ?? nodes[0] ?? `node-${name === 'a' ? 'A' : name}`;
  const device = (number: number, node: string) => (options.loose?.includes(node) ? undefined : number);
  const disks = more.flatMap(({ letter, image }, i) => {
    const node = nodes[i + 1] ?? `node-${letter.toUpperCase()}`;
    return disk(image, device(i + 1, node), node, files[i + 1]);
  });
  const control = await monitor(qemu, address);
  return launch({
    folder,
    address,
    leftover,
    qemu,
    isSandboxed: sandbox.length > 0,
    signal: options.signal,
    command: [
      qemu,
      ...sandbox,
      ...HARDWARE,
      ...disk(ownImage, device(0, ownNode), ownNode, files[0]),
      ...control,
      ...disks,
      ...(options.console && existsSync('/dev/ptmx') ? CONSOLE : []),
      ...(options.args ?? []),
    ],
    prepare: async () => {
      const first = join(folder, ownImage);
      if (!existsSync(first)) await makeDisk(first, size, options.empty ? 0 : FILLED);
      for (const { image, size: bytes } of more) {
        const path = join(folder, image);
        if (!existsSync(path)) await makeDisk(path, bytes, 0);
      }
    },
  });
}

const HARDWARE = ['-nodefaults', '-display', 'none', '-S', '-M', 'q35', '-m', '64'];

/** (With graphics off the firmware writes to the first serial port.) */
const CONSOLE = ['-chardev', 'pty,id=serial0', '-serial', 'chardev:serial0', '-machine', 'graphics=off'];

const LETTERS = 'bcdefgh';

/** The disk in an image, as a node, behind the device virtioNUMBER, where it has a number. */
function disk(image: string, number: number | undefined, node: string, file = ''): readonly string[] {
  const qcow2 = `driver=qcow2,node-name=${node}`;
  const own = `driver=file,node-name=${file},filename=${image}`;
  return [
    ...(file === ''
      ? ['-blockdev', `${qcow2},file.driver=file,file.filename=${image}`]
      : ['-blockdev', own, '-blockdev', `${qcow2},file=${file}`]),
    ...(number === undefined ? [] : ['-device', `virtio-blk,id=virtio${number},drive=${node}`]),
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

function kept(path: string): string {
  const folder = resolve(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new QmpshError('usage', `cannot use the folder ${path}: ${said(error)}`, { cause: error });
  }
  return folder;
}
