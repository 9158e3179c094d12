// One point of the model: a recipe played on a real QEMU and broken off at one place of its conversation. Afterwards the
// guest's disk must hold what was written to it, no file in use be gone, and the report be what VM and folder show.
import { spawn } from 'node:child_process';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { type Practice, startPractice } from '../../src/io/practice.ts';
import { BIN } from '../command.ts';
import { type Stand, stand } from '../plays.ts';
import { differences, type Report, readReport } from './judge.ts';
import { type Look, look } from './look.ts';
import { type Count, type Phase, proxy } from './proxy.ts';
import type { Scene } from './scenes.ts';

export const KINDS = ['SIGINT', 'lost', 'kill', 'timeout', 'SIGTERM', 'SIGHUP'] as const;
export type Kind = (typeof KINDS)[number];

export interface Point {
  readonly scene: Scene;
  readonly kind: Kind;
  readonly phase: Phase;
  /** Which request of the conversation, from 1, or the first whose text matches. */
  readonly at: number | RegExp;
}

export interface Played {
  /** Each as a sentence; none: all is as it should be. */
  readonly differences: readonly string[];
  /** The requests that were sent. */
  readonly names: readonly string[];
  /** What the shell said, for a reader. */
  readonly said: string;
}

const LIMIT = 60_000;
const TIMEOUT = 700;
const DRAIN = 2000;
/** Bytes the guest has written before the page, and at the moment it is broken off. */
const EARLY = { byte: 0x5a, range: '9M 64k' };
const LATE = { byte: 0xa5, range: '20M 64k' };

export function nameOf({ scene, kind, phase, at }: Point): string {
  return `${scene.name}:${kind}:${phase}:${at instanceof RegExp ? at.source : at}`;
}

/** Plays to the point; without one, to the end. */
export async function playPoint(scene: Scene, point: Point | undefined): Promise<Played> {
  const here = await stand(scene.disks ? { disks: scene.disks } : {});
  let there: Practice | undefined;
  try {
    if (scene.second)
      there = await startPractice({ beside: here.vm, name: 'b', empty: true, args: ['-incoming', 'defer'] });
    return await onStand(here, there, scene, point);
  } finally {
    await there?.close();
    await here.close();
  }
}

async function onStand(
  here: Stand,
  there: Practice | undefined,
  scene: Scene,
  point: Point | undefined,
): Promise<Played> {
  const { vm, guest } = here;
  await scene.before?.(here);
  await guest(`write -P ${EARLY.byte} ${EARLY.range}`);
  await guest('flush');
  const written = [EARLY];
  const before = await look(here, there);
  let atBreak: Look | undefined;
  let child: { readonly pid?: number } = {};
  let acting: Promise<void> = Promise.resolve();
  const act = (monitor: string) => {
    acting = breakOff(monitor);
    return acting;
  };
  const breakOff = async (monitor: string) => {
    // A migration ends its mirror while the machine stands still, and behind migrate-continue the disk belongs to nobody
    // for a moment: no guest writes then.
    const moves =
      there !== undefined && count.names.some(name => /^(block-job-cancel|migrate-continue)$/.test(name));
    if (monitor === vm.address && !moves) {
      await guest(`write -P ${LATE.byte} ${LATE.range}`);
      await guest('flush');
      written.push(LATE);
    }
    if (point?.kind === 'kill') {
      atBreak = await look(here, there);
      const victim = monitor === vm.address ? vm : there;
      if (victim) process.kill(victim.pid, 'SIGKILL');
      await victim?.exited;
      if (victim === vm) await here.session.ended;
    } else if (point && point.kind !== 'timeout' && point.kind !== 'lost') signal(child.pid, point.kind);
  };
  const ends = point?.kind === 'lost' || point?.kind === 'kill';
  const count: Count = {
    seen: 0,
    names: [],
    ...(point
      ? {
          break: {
            at: point.at,
            phase: point.phase,
            act,
            onward: ends ? 'end' : 'go on',
            patience: point.kind === 'timeout' ? 4 * TIMEOUT : 150,
          },
        }
      : {}),
  };
  const servers = [await proxy(join(vm.folder, 'p.sock'), vm.address, count)];
  const args = ['play', ...scene.args, join(vm.folder, 'p.sock'), '--allow-shell', '--json'];
  if (there) {
    servers.push(await proxy(join(vm.folder, 'p2.sock'), there.address, count));
    args.push(`to=${join(vm.folder, 'p2.sock')}`);
  }
  if (point?.kind === 'timeout') args.push('--timeout', `${TIMEOUT}ms`);
  const run = start(args, vm.folder);
  child = run;
  const said = await run.said;
  // What the shell has written last may still be on its way, and be where it is to be broken off.
  await Promise.all(servers.map(drained));
  await acting;
  const report: Report = readReport(said.out);
  const found = await differences({ here, there, before, atBreak, report, written, scene, point });
  return { differences: found, names: count.names, said: `${said.out}${said.err}` };
}

/** Nobody comes any more, and what came has gone through. */
function drained(server: Server): Promise<void> {
  return new Promise(resolve => {
    const late = setTimeout(resolve, DRAIN);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
  });
}

/** The shell may have ended behind its last request. */
function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function start(args: readonly string[], cwd: string) {
  const { QMP_SOCKET: _, ...env } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', chunk => {
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', chunk => {
    err += chunk;
  });
  const said = new Promise<{ readonly out: string; readonly err: string }>(resolve => {
    const late = setTimeout(() => {
      err += `\nthe shell was still running after ${LIMIT / 1000} s\n`;
      child.kill('SIGKILL');
    }, LIMIT);
    child.on('close', () => {
      clearTimeout(late);
      resolve({ out, err });
    });
  });
  return { ...(child.pid === undefined ? {} : { pid: child.pid }), said };
}
