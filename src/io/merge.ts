// Makes a full point of one that stands on others, and removes images that nothing stands on. At any time, also when this
// process is killed, each file is a point that is whole: the new image is made beside, and takes the place of the old at once.
import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { QmpshError } from '../qmp/errors.ts';
import { chainProblem, readChain } from '../series/chain.ts';
import { consistentName, heldName, type PointName, pointName, samePoint } from '../series/names.ts';
import { parseJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { findQemuImg } from './qemu.ts';

/** What an image is called while it is made. */
export function isMerging(name: string): boolean {
  return /^\..*\.merging$/.test(name);
}

/** Removes what a run that was killed has left. */
export function clearMerging(folder: string): void {
  for (const name of readdirSync(folder).filter(isMerging)) rmSync(join(folder, name));
}

/**
 * Puts a full point in the place of a file; `held` are the points that it held by standing on them. Throws a QmpshError where
 * something is not as it should be; the file is as it was then.
 */
export async function makeFull(
  folder: string,
  file: string,
  point: PointName,
  held: readonly PointName[],
): Promise<void> {
  const path = join(resolve(folder), file);
  const made = join(resolve(folder), `.${file}.merging`);
  if (lstatSync(path).isSymbolicLink())
    throw new QmpshError('refused', `${safe(file)} is a link to an image, and is left as it is`);
  const before = statSync(path);
  try {
    rmSync(made, { force: true });
    await qemuImg('convert', '-f', 'qcow2', '-O', 'qcow2', path, made);
    const [was] = readChain(parseJson(await qemuImg('info', '-f', 'qcow2', '--output=json', path)));
    const still = was?.consistent ? [consistentName(point)] : [];
    for (const name of [pointName(point), ...held.map(heldName), ...still])
      await qemuImg('bitmap', '--add', '--disable', '-g', '1G', '-f', 'qcow2', made, name);
    await qemuImg('compare', '-f', 'qcow2', '-F', 'qcow2', path, made);
    const info = await qemuImg('info', '-f', 'qcow2', '--backing-chain', '--output=json', made);
    const chain = readChain(parseJson(info));
    const [image] = chain;
    const problem = chainProblem(chain);
    if (problem !== undefined || !image?.point || image.parent || !samePoint(image.point, point))
      throw new QmpshError('refused', problem ?? `${safe(made)} is not the point that was made`);
    keepRights(made, before);
    sync(made);
    const now = statSync(path);
    if (now.ino !== before.ino || now.size !== before.size || now.mtimeMs !== before.mtimeMs)
      throw new QmpshError('refused', `${safe(file)} was changed meanwhile`, { advice: 'Try again.' });
    renameSync(made, path);
    sync(resolve(folder));
  } catch (error) {
    rmSync(made, { force: true });
    throw error;
  }
}

/** Removes an image. Throws a QmpshError where some QEMU of this host writes to it. */
export async function removeImage(folder: string, file: string): Promise<void> {
  const path = join(resolve(folder), file);
  await qemuImg('info', '-f', 'qcow2', path);
  rmSync(path);
}

/** The QEMU that reads the old image has to be let in by the new one. */
function keepRights(made: string, { mode, uid, gid }: Stats): void {
  chmodSync(made, mode);
  const own = statSync(made);
  if (own.uid !== uid || own.gid !== gid) chownSync(made, uid, gid);
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

async function qemuImg(...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(findQemuImg(), args, { maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const told = (key: 'stdout' | 'stderr') =>
      error instanceof Error && key in error ? String(Reflect.get(error, key)).trim() : '';
    const said = (told('stderr') || told('stdout') || String(error)).replace(/^qemu-img: /, '');
    throw new QmpshError('refused', `qemu-img ${args[0]}: ${safe(said.split('\n')[0] ?? '')}`);
  }
}
