// The model of backups: random sequences of what happens to a disk and to the images of its series, on a real QEMU. What the
// disk held at each point is kept beside; afterwards every image that is called a point must hold that.
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainProblem, type Image, readChain } from '../../src/series/chain.ts';
import { isArray, parseJson } from '../../src/text/json.ts';
import { BIN } from '../command.ts';
import { type NbdServer, serve } from '../nbd.ts';
import { type Stand, stand } from '../plays.ts';
import type { Deed } from './deeds.ts';

const BLOCK = 65536;
const MIB = 1024 * 1024;
/** The server has so many. */
const EXPORTS = 4;

export interface Outcome {
  /** Each as a sentence; none: all is as it should be. */
  readonly wrong: readonly string[];
  readonly points: number;
  readonly refusals: number;
  readonly log: readonly string[];
}

/** A deed takes a second or two; QEMU is given up after so many milliseconds. */
const PATIENCE = 60_000;

/**
 * Plays deeds on a disk of its own. `seed` also says whether the bitmaps are kept when QEMU ends, and whether backups are made
 * by the recipe for one disk or by that for several.
 */
export async function playDeeds(deeds: readonly Deed[], seed: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'qb-'));
  const world = new World(folder, seed % 2 === 0, seed % 4 > 1);
  try {
    await world.begin();
    for (const deed of deeds) {
      const timer = setTimeout(() => world.giveUp(deed.does), PATIENCE);
      await world.act(deed).finally(() => clearTimeout(timer));
    }
    return await world.judge();
  } finally {
    await world.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A shorter sequence that is wrong, too: one deed after the other is left out. */
export async function shrink(deeds: readonly Deed[], seed: number): Promise<readonly Deed[]> {
  let least = deeds;
  for (let i = least.length - 1; i >= 0; i--) {
    const fewer = least.filter((_, at) => at !== i);
    const found = await playDeeds(fewer, seed).catch(() => undefined);
    if (found && found.wrong.length > 0) least = fewer;
  }
  return least;
}

/** What may be the cause of a refusal, by what has happened. */
const CAUSES = {
  fresh: /no bitmap of the series/,
  ended: /no bitmap of the series/,
  removed: /no bitmap of the series/,
  killed: /inconsistent|no bitmap of the series/,
  resized: /resized/,
  begun: /has begun already/,
  // The shell was killed: a job of its still runs (its filter is on top of the disk then), its image is open or unfinished.
  broken:
    /is in use|inserted|no finished point|Could not open|cannot be opened|Failed to get|Failed to lock|is no point/,
  // It died, or has no room; or a part of an image is on an export.
  server:
    /Input\/output error|No space left|Failed to (connect|read|send)|cannot be opened|Could not open|server|no finished point|is no point|has \d.*the image can take/,
  image:
    /Could not open|cannot be opened|no finished point|is the point made as|lost its parent|stands on|Failed to get|is no point|corrupt|Image is not in qcow2|bitmap/i,
} as const;
type Cause = keyof typeof CAUSES;

interface Backup {
  /** What the point is made as: a file, or the URI of an export. */
  readonly made: string;
  /** The file that holds it. */
  readonly image: string;
  readonly action: 'start' | 'next';
  readonly words: readonly string[];
  /** By the recipe for several disks. */
  readonly falls: boolean;
  readonly compress: boolean;
  readonly patience?: number;
  readonly previous?: string;
}

class World {
  readonly #folder: string;
  readonly #persistent: boolean;
  /** Whether a disk that cannot go on gets a full point. */
  readonly #falls: boolean;
  #stand: Stand | undefined;
  /** What the disk holds: a byte for each block. */
  #disk: number[] = [];
  /** What it held when the backup to a file was asked for. */
  readonly #kept = new Map<string, readonly number[]>();
  readonly #done = new Set<string>();
  readonly #causes = new Set<Cause>(['fresh']);
  readonly #log: string[] = [];
  readonly #wrong: string[] = [];
  #refusals = 0;
  #count = 0;
  #server: NbdServer | undefined;
  /** So many exports were used. */
  #used = 0;
  /** Where the newest point went: the name it was made as. */
  #newest = '';

  constructor(folder: string, persistent: boolean, falls: boolean) {
    this.#folder = folder;
    this.#persistent = persistent;
    this.#falls = falls;
  }

  async begin(): Promise<void> {
    this.#stand = await stand({ keep: this.#folder, disk: '8M' });
    this.#disk = Array.from({ length: (8 * MIB) / BLOCK }, (_, i) => 0x11 * (Math.floor(i / 16) + 1));
  }

  async end(): Promise<void> {
    await this.#server?.kill();
    await this.#stand?.close();
  }

  /** For a QEMU that does not answer: what waits for it fails. */
  giveUp(deed: string): void {
    this.#wrong.push(`${deed}: QEMU gave no answer`);
    process.kill(this.#here.vm.pid, 'SIGKILL');
  }

  get #here(): Stand {
    if (!this.#stand) throw new Error('there is no QEMU');
    return this.#stand;
  }

  async act({ does, at, how }: Deed): Promise<void> {
    this.#log.push(does);
    const files = this.#images();
    const file = files[Math.floor(at * files.length)];
    switch (does) {
      case 'write':
        return this.#write(at, how);
      case 'start':
      case 'next':
        return this.#backup(does);
      case 'next wrong':
        return file === undefined ? undefined : this.#backup('next', file);
      case 'kill the shell':
        return this.#backup(how < 0.2 ? 'start' : 'next', undefined, 120 + at * 900);
      case 'to a server':
        return this.#toServer(how);
      case 'to a server that dies':
        return this.#toServer(how, { dies: 100 + at * 900 });
      case 'to a server without room':
        return this.#toServer(how, { full: Math.floor(at * 9 * MIB) });
      case 'grow':
        await this.#resize(this.#disk.length + 16);
        return this.#causeOfResize();
      case 'shrink and grow': {
        const size = this.#disk.length;
        await this.#resize(size - 16 * (1 + Math.floor(at * 3)));
        await this.#resize(size);
        return this.#causeOfResize();
      }
      case 'snapshot':
        return this.#snapshot(at, how);
      case 'delete':
        if (file !== undefined) this.#harm(() => rmSync(join(this.#folder, file)));
        return;
      case 'rename':
        if (file !== undefined)
          this.#harm(() =>
            renameSync(join(this.#folder, file), join(this.#folder, `r${++this.#count}.qcow2`)),
          );
        return;
      case 'truncate':
        if (file !== undefined)
          this.#harm(() => {
            const path = join(this.#folder, file);
            truncateSync(path, Math.floor(statSync(path).size * how));
          });
        return;
      case 'copy over': {
        const other = files[Math.floor(how * files.length)];
        if (file !== undefined && other !== undefined && file !== other)
          this.#harm(() => copyFileSync(join(this.#folder, other), join(this.#folder, file)));
        return;
      }
      case 'restart':
        await this.#here.quit();
        if (!this.#persistent) this.#causes.add('ended');
        return this.#again();
      case 'kill QEMU':
        process.kill(this.#here.vm.pid, 'SIGKILL');
        await this.#here.vm.exited;
        this.#causes.add('killed');
        return this.#again();
      case 'remove the bitmap':
        for (const name of await this.#bitmaps())
          await this.#here.session.execute('block-dirty-bitmap-remove', { node: 'node-A', name });
        this.#causes.add('removed');
        return;
      case 'restore':
        return file === undefined ? undefined : this.#restore(file);
      case 'keep':
        return this.#keep(1 + Math.floor(at * 3), how < 0.5 ? 100 + how * 1500 : undefined);
    }
  }

  /** Compares every image that is a point, by its own names and those below it, with what the disk held. */
  async judge(): Promise<Outcome> {
    await this.#here.quit();
    if (this.#server) await this.#serve();
    let points = 0;
    for (const file of [...this.#images(), ...this.#exported()]) {
      const made = this.#point(file);
      if (made === undefined) continue;
      points += 1;
      const kept = this.#kept.get(made);
      if (!kept) this.#wrong.push(`${file} says that it was made as ${made}, which was never asked for`);
      else if (!this.#holds(file, kept))
        this.#wrong.push(`${file}, made as ${made}, is not what the disk held`);
    }
    // What was said to be done is a point, unless something has happened to images since.
    if (!this.#causes.has('image'))
      for (const file of this.#done)
        if (this.#point(file) === undefined) this.#wrong.push(`${file} was done, and is no point`);
    return { wrong: this.#wrong, points, refusals: this.#refusals, log: this.#log };
  }

  async #write(at: number, how: number): Promise<void> {
    const block = Math.floor(at * this.#disk.length);
    const many = Math.min(1 + Math.floor(how * 20), this.#disk.length - block);
    const byte = 1 + Math.floor(how * 254);
    await this.#here.guest(`write -P ${byte} ${block * 64}k ${many * 64}k`);
    await this.#here.guest('flush');
    this.#disk.fill(byte, block, block + many);
  }

  /** A server whose exports are as they are in their folder; the one that ran is gone. */
  async #serve(full?: number): Promise<void> {
    await this.#server?.kill();
    const exports = Object.fromEntries(
      Array.from({ length: EXPORTS }, (_, i) => [`node-A-e${i + 1}`, 13 * MIB]),
    );
    const files = join(this.#folder, 'server');
    const again = existsSync(files);
    if (!again) mkdirSync(files);
    this.#server = await serve({
      folder: this.#folder,
      files,
      exports,
      again,
      ...(full === undefined ? {} : { full }),
    });
  }

  async #toServer(
    how: number,
    { dies, full }: { readonly dies?: number; readonly full?: number } = {},
  ): Promise<void> {
    if (this.#used === EXPORTS) return;
    await this.#serve(full);
    const name = `e${++this.#used}`;
    const uri = `nbd+unix:///node-A-${name}?socket=nbd.sock`;
    // An image at a server stands on a file by its whole path.
    const last =
      this.#newest === '' || this.#newest.startsWith('nbd')
        ? []
        : [`previous=${join(this.#folder, this.#newest)}`];
    const start = how < 0.2;
    if (dies !== undefined || full !== undefined) this.#causes.add('server');
    const timer = dies === undefined ? undefined : setTimeout(() => void this.#server?.kill(), dies);
    await this.#play({
      made: uri,
      image: join('server', `node-A-${name}.img`),
      action: start ? 'start' : 'next',
      words: this.#falls
        ? [`name=${name}`, 'target=nbd+unix:///?socket=nbd.sock', `folder=${this.#folder}/`]
        : [`target=${uri}`, ...(start ? [] : last)],
      falls: this.#falls,
      compress: how > 0.6,
    });
    clearTimeout(timer);
    if (dies !== undefined || full !== undefined) await this.#serve();
  }

  async #backup(action: 'start' | 'next', previous?: string, patience?: number): Promise<void> {
    const name = `p${++this.#count}`;
    const falls = this.#falls && previous === undefined;
    const file = falls ? `node-A-${name}.qcow2` : `${name}.qcow2`;
    await this.#play({
      made: file,
      image: file,
      action,
      words: falls
        ? [`name=${name}`]
        : [`file=${file}`, ...(previous === undefined ? [] : [`previous=${previous}`])],
      falls,
      compress: false,
      ...(patience === undefined ? {} : { patience }),
      ...(previous === undefined ? {} : { previous }),
    });
  }

  async #play({ made, image, action, words, falls, compress, patience, previous }: Backup): Promise<void> {
    this.#kept.set(made, [...this.#disk]);
    const what = falls
      ? ['moment', 'nodes=node-A', ...(action === 'start' ? ['full=node-A'] : [])]
      : ['incremental', `action=${action}`, 'node=node-A'];
    const args = [
      ...['play', ...what, ...words, this.#here.vm.address],
      ...(this.#persistent ? ['persistent=yes'] : []),
      ...(compress ? ['compress=yes'] : []),
      '--allow-shell',
    ];
    const before = await this.#here.state();
    const { status, said } = await run(args, this.#folder, patience);
    this.#log.push(`  ${args.slice(1).join(' ')}: ${status === undefined ? 'killed' : `status ${status}`}`);
    if (status === undefined) {
      this.#causes.add('broken');
      await this.#idle();
      return;
    }
    const flat = said.replaceAll(/\s+/g, ' ');
    if (status === 0) {
      this.#done.add(image);
      this.#newest = made;
      const because = /warning: node-A gets a full point: (.*?)\(QEMU\)/.exec(flat)?.[1];
      if (because !== undefined) this.#judgeCause('a full point', because, [...this.#causes]);
      if (this.#chain(image)?.[0]?.parent === undefined)
        for (const cause of ['fresh', 'killed', 'ended', 'removed', 'resized'] as const)
          this.#causes.delete(cause);
      if (!this.#holds(image, this.#kept.get(made) ?? []))
        this.#wrong.push(`${made} is done, and is not what the disk held`);
      return;
    }
    this.#refusals += 1;
    if ((await this.#here.state()) !== before) this.#wrong.push(`a refusal left something behind: ${flat}`);
    const causes = [
      ...this.#causes,
      ...(action === 'start' ? (['begun'] as const) : []),
      ...(previous === undefined ? [] : (['image'] as const)),
    ];
    this.#judgeCause('refused', /failed .*$/.exec(flat)?.[0] ?? flat, causes);
  }

  #judgeCause(what: string, told: string, causes: readonly Cause[]): void {
    if (!causes.some(cause => CAUSES[cause].test(told)))
      this.#wrong.push(`${what} for a cause that is not there (${causes.join(', ') || 'none is'}): ${told}`);
  }

  /** A point becomes an image that holds what the disk did; what is none is refused, and nothing stays. */
  async #restore(file: string): Promise<void> {
    const { vm, state } = this.#here;
    const made = this.#point(file);
    const before = await state();
    const args = ['play', 'restore', vm.address, `point=${file}`, 'to=disk.qcow2', '--allow-shell'];
    const { status, said } = await run(args, this.#folder, undefined);
    const flat = said.replaceAll(/\s+/g, ' ');
    this.#log.push(`  restore ${file}: status ${status}`);
    if (status === 0) {
      if (made === undefined) this.#wrong.push(`${file} is no point, and was restored`);
      else if (!this.#holds('disk.qcow2', this.#kept.get(made) ?? []))
        this.#wrong.push(`${file}, made as ${made}, was restored as something else than the disk held`);
      rmSync(join(this.#folder, 'disk.qcow2'));
    } else if (made !== undefined && !this.#causes.has('broken'))
      this.#wrong.push(`${file} is a point, and was not restored: ${flat}`);
    if ((await state()) !== before) this.#wrong.push(`restoring ${file} left something behind: ${flat}`);
  }

  /** Merges old points; whether it ends or is killed, each image that is left is the point it was. */
  async #keep(count: number, patience: number | undefined): Promise<void> {
    const before = new Map(this.#images().map(file => [file, this.#point(file)]));
    const args = ['points', '--keep-points', String(count), '--yes'];
    const { status, said } = await run(args, this.#folder, patience);
    this.#log.push(`  keep ${count}: ${status === undefined ? 'killed' : `status ${status}`}`);
    const after = this.#images();
    for (const file of this.#done)
      if (!after.includes(file) && !file.startsWith('server/')) this.#done.delete(file);
    for (const file of after) {
      const made = before.get(file);
      if (made !== undefined && this.#point(file) !== made)
        this.#wrong.push(`${file}, made as ${made}, is it no longer when points were merged: ${said}`);
    }
    const left = after.filter(file => before.get(file) !== undefined).length;
    const had = [...before.values()].filter(made => made !== undefined).length;
    if (left < Math.min(count, had))
      this.#wrong.push(`of ${had} points ${left} are left, and ${count} were to stay`);
  }

  /** Until QEMU has ended the jobs of a shell that is gone. */
  async #idle(): Promise<void> {
    for (let looks = 0; looks < 500; looks++) {
      const jobs = await this.#here.value('query-jobs');
      if (isArray(jobs) && !JSON.stringify(jobs).includes('running')) return;
      await new Promise(resume => setTimeout(resume, 20));
    }
  }

  async #resize(blocks: number): Promise<void> {
    if (blocks < 16) return;
    const reply = await this.#here.session.execute('block_resize', {
      'node-name': 'node-A',
      size: blocks * BLOCK,
    });
    if (reply.kind !== 'success') return;
    const old = this.#disk.slice(0, blocks);
    this.#disk = [...old, ...Array.from({ length: blocks - old.length }, () => 0)];
  }

  #causeOfResize(): void {
    this.#causes.add('resized');
  }

  /** An overlay that the guest writes to, and that is committed back. */
  async #snapshot(at: number, how: number): Promise<void> {
    const { session, play, vm } = this.#here;
    const overlay = `o${++this.#count}`;
    const made = await session.execute('blockdev-snapshot-sync', {
      'node-name': 'node-A',
      'snapshot-file': overlay,
      'snapshot-node-name': overlay,
      format: 'qcow2',
    });
    if (made.kind !== 'success') return;
    await this.#write(at, how);
    const file = `p${++this.#count}.qcow2`;
    const below = await play(['incremental', vm.address, 'action=next', 'node=node-A', `file=${file}`]);
    if (below.status === 0) this.#wrong.push(`${file} was made of what is not the guest's disk`);
    const done = await play(['commit', vm.address, `node=${overlay}`, 'base=node-A']);
    if (done.status !== 0) throw new Error(`the snapshot could not be committed: ${done.out}${done.err}`);
  }

  #harm(act: () => void): void {
    act();
    this.#causes.add('image');
  }

  async #again(): Promise<void> {
    await this.#here.close();
    for (const name of readdirSync(this.#folder))
      if (name.endsWith('.sock') && name !== 'nbd.sock') rmSync(join(this.#folder, name));
    const raw = this.#raw('a.qcow2');
    if (!raw) throw new Error('the disk cannot be read');
    this.#disk = Array.from({ length: raw.length / BLOCK }, (_, i) => raw[i * BLOCK] ?? 0);
    this.#stand = await stand({ keep: this.#folder, disk: '8M' });
  }

  async #bitmaps(): Promise<readonly string[]> {
    const text = JSON.stringify(await this.#here.value('query-block'));
    return [...new Set([...text.matchAll(/"name":"(qmpsh:point:[^"]*)"/g)].map(([, name]) => name ?? ''))];
  }

  #images(): readonly string[] {
    return readdirSync(this.#folder)
      .filter(name => /^([pr]|node-A-p)\d+\.qcow2$/.test(name))
      .sort();
  }

  /** The files of the exports that were used. */
  #exported(): readonly string[] {
    return Array.from({ length: this.#used }, (_, i) => `server/node-A-e${i + 1}.img`);
  }

  /** The file that an image was made as, where it is a point that is whole. */
  #point(file: string): string | undefined {
    const chain = this.#chain(file);
    return chain && chainProblem(chain) === undefined ? chain[0]?.point?.file : undefined;
  }

  #chain(file: string): readonly Image[] | undefined {
    const args = ['info', '-U', '-f', 'qcow2', '--backing-chain', '--output=json', file];
    const done = spawnSync('qemu-img', args, { cwd: this.#folder, encoding: 'utf8' });
    if (done.status !== 0) return undefined;
    return readChain(parseJson(done.stdout));
  }

  #raw(file: string): Buffer | undefined {
    const out = join(this.#folder, 'restored');
    const args = ['convert', '-U', '-f', 'qcow2', '-O', 'raw', file, out];
    const done = spawnSync('qemu-img', args, { cwd: this.#folder, encoding: 'utf8' });
    const raw = done.status === 0 && existsSync(out) ? readFileSync(out) : undefined;
    rmSync(out, { force: true });
    return raw;
  }

  #holds(file: string, kept: readonly number[]): boolean {
    const raw = this.#raw(file);
    return raw?.equals(Buffer.concat(kept.map(byte => Buffer.alloc(BLOCK, byte)))) === true;
  }
}

/** Runs the shell; with `patience` it is killed after so many milliseconds: then there is no status. */
function run(
  args: readonly string[],
  cwd: string,
  patience: number | undefined,
): Promise<{ readonly status: number | undefined; readonly said: string }> {
  const { QMP_SOCKET: _, ...env } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  const timer = setTimeout(() => child.kill('SIGKILL'), patience ?? 60_000);
  return new Promise(resolve => {
    child.on('close', code => {
      clearTimeout(timer);
      resolve({ status: code ?? undefined, said });
    });
  });
}
