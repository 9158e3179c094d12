// The qcow2 images of a folder, described by qemu-img of this host, which only reads them.
import { execFile } from 'node:child_process';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { QmpshError } from '../qmp/errors.ts';
import { type Json, parseJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { isMerging } from './merge.ts';
import { findQemuImg } from './qemu.ts';

/** An image; `info` is what `--backing-chain` lists, of the image alone where one below it cannot be opened. */
interface Described {
  readonly file: string;
  readonly info: Json;
  /** What qemu-img says where it cannot open the image, or one below it. */
  readonly error?: string;
}

const MAGIC = 'QFI\xfb';
const LIMIT = { timeout: 30_000, maxBuffer: 64 * 1024 * 1024 };

/**
 * The qcow2 files of a folder (one that counts from `here`, or that itself) in the order of their names. A file of another
 * format is never opened as an image.
 */
export async function describeImages(here: string, given = '.'): Promise<readonly Described[]> {
  const folder = resolve(here, given);
  const program = findQemuImg();
  const found: Described[] = [];
  for (const file of filesOf(folder).filter(name => isQcow2(join(folder, name))))
    found.push(await describe(program, folder, file));
  return found;
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => (entry.isFile() || entry.isSymbolicLink()) && !isMerging(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new QmpshError('usage', `the folder ${safe(folder)} cannot be read: ${safe(why)}`);
  }
}

function isQcow2(path: string): boolean {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const head = Buffer.alloc(4);
    readSync(fd, head, 0, 4, 0);
    return head.toString('latin1') === MAGIC;
  } catch {
    return false;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

async function describe(program: string, folder: string, file: string): Promise<Described> {
  const whole = await info(program, folder, file, ['--backing-chain']);
  if (whole.ok) return { file, info: whole.value };
  const alone = await info(program, folder, file, []);
  return { file, info: alone.ok ? [alone.value] : [], error: whole.error };
}

type Told = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly error: string };

/** An image in use is read, too: what is not written yet is not seen. */
async function info(program: string, cwd: string, file: string, more: readonly string[]): Promise<Told> {
  const args = ['info', '-U', '-f', 'qcow2', '--output=json', ...more, '--', file];
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, ...LIMIT });
    return { ok: true, value: parseJson(stdout) };
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    return { ok: false, error: said.replace(/^qemu-img: /, '').split('\n')[0] ?? '' };
  }
}
