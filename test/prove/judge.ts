// Holds the shell's report against what VM and folder show after a page was broken off.
import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Practice } from '../../src/io/practice.ts';
import { parse, requestOf } from '../../src/language/parse.ts';
import { removalOf } from '../../src/play/removal.ts';
import type { Session } from '../../src/session/client.ts';
import { isArray, isObject, type Json, parseJson } from '../../src/text/json.ts';
import type { Stand } from '../plays.ts';
import { openSession } from '../qemu.ts';
import { type Look, look } from './look.ts';
import type { Point } from './point.ts';
import type { Scene } from './scenes.ts';

interface Line {
  readonly text: string;
  readonly on: string | undefined;
  readonly status: string;
  readonly why: string;
}

export interface Report {
  readonly exit: number | undefined;
  readonly undone: readonly Line[];
  readonly stays: readonly string[];
  readonly unsure: readonly string[];
  readonly moved: readonly string[];
}

export interface Case {
  readonly here: Stand;
  readonly there: Practice | undefined;
  readonly before: Look;
  /** A look right before QEMU was killed. */
  readonly atBreak: Look | undefined;
  readonly report: Report;
  readonly written: readonly { readonly byte: number; readonly range: string }[];
  readonly scene: Scene;
  readonly point: Point | undefined;
}

/** Reads the rows of `--json`. */
export function readReport(out: string): Report {
  const rows = out
    .split('\n')
    .filter(row => row.startsWith('{'))
    .map(row => parseJson(row))
    .filter(isObject);
  const last = rows.find(row => row['page'] !== undefined && row['exit'] !== undefined) ?? {};
  const texts = (value: Json | undefined) => (isArray(value) ? value.map(String) : []);
  return {
    exit: typeof last['exit'] === 'number' ? last['exit'] : undefined,
    undone: rows
      .filter(row => row['undo'] !== undefined)
      .map(row => ({
        text: String(row['undo']),
        on: typeof row['on'] === 'string' ? row['on'] : undefined,
        status: String(row['status']),
        why: String(row['why'] ?? ''),
      })),
    stays: texts(last['stays']),
    unsure: texts(last['unsure']),
    moved: texts(last['moved']),
  };
}

/** What is not as it should be, each as a sentence. */
export async function differences(one: Case): Promise<readonly string[]> {
  const { here, there, before, report, point } = one;
  const found: string[] = [];
  const after = await look(here, there);
  const dead = after.status === undefined;
  const folder = here.vm.folder;
  for (const file of dead ? (one.atBreak?.open ?? []) : after.open)
    if (!existsSync(resolve(folder, file))) found.push(`${file} is in use and gone`);
  const disk = dead ? one.atBreak?.disk : after.disk;
  if (!disk && point) found.push('the guest has no disk');
  if (report.exit === undefined && point && report.undone.length > 0) found.push('the report has no end');
  if (report.exit !== 0 && report.exit !== undefined) {
    found.push(...told(before, after, report, dead, dead || point?.kind === 'lost'));
    if (!dead) found.push(...(await cleaned(one, after)));
  }
  found.push(...(await holds(one, dead)));
  return found;
}

/** What is there and was not before must be named, and what is named as left must be there. */
function told(before: Look, after: Look, report: Report, dead: boolean, lost: boolean): readonly string[] {
  const left = report.undone.filter(({ status }) => status !== 'undone');
  const texts = [...left.map(({ text }) => text), ...report.stays, ...report.unsure, ...report.moved];
  const said = texts.join('\n');
  const found: string[] = [];
  for (const thing of after.things) {
    if (before.things.has(thing)) continue;
    const name = thing.slice(thing.indexOf(' ') + 1);
    // A bitmap goes with a node that is named.
    const node = after.nodeOf.get(thing);
    if (node !== undefined && !before.things.has(`node ${node}`) && names(said, node)) continue;
    if (!names(said, name)) found.push(`${thing} is there, and the report does not name it`);
  }
  const merges = /block-(commit|stream)|job-complete|migrate/.test(said);
  for (const thing of before.things)
    if (
      !after.things.has(thing) &&
      !(dead && !thing.startsWith('file ')) &&
      !merges &&
      !names([...report.stays, ...report.unsure].join('\n'), thing.slice(thing.indexOf(' ') + 1))
    )
      found.push(`${thing} was there before, and is gone`);
  // Over a lost connection nobody can look: the report says that what is not there is refused.
  if (report.unsure.length > 0 || lost) return found;
  for (const { text, why } of left) {
    // QEMU gave no answer in time.
    if (/^(waited|interrupted)/.test(why)) continue;
    const [, kind, name] =
      /^(job-cancel|job-dismiss|blockdev-del|block-dirty-bitmap-remove|\$ rm) .*?([^ =]+)$/.exec(
        text.replaceAll("'", ''),
      ) ?? [];
    if (kind === undefined || name === undefined) continue;
    if (![...after.things].some(thing => thing.endsWith(` ${name}`)) && !/dismiss|cancel/.test(kind))
      found.push(`${text} is told as left, and ${name} is not there`);
  }
  return found;
}

function names(text: string, name: string): boolean {
  // (A `$` line may quote parts of a name; the names of points have colons in them.)
  const plain = text.replaceAll("'", '');
  return [/[^\w.-]+/, /[^\w.:-]+/].some(between => plain.split(between).includes(name));
}

/** The lines that are told must clean up, run as they stand by somebody who trusts them. */
async function cleaned(
  { here, there, before, report, point }: Case,
  after: Look,
): Promise<readonly string[]> {
  const kept = report.undone.some(({ status }) => status === 'kept');
  let refused = false;
  for (const { text, on, status } of report.undone) {
    if (status !== 'left') continue;
    if (text.startsWith('$ ')) {
      const removal = removalOf(text.slice(2));
      const now = await look(here);
      for (const file of typeof removal === 'object' ? removal.files : [])
        if (!refused || !now.open.includes(file)) rmSync(resolve(here.vm.folder, file), { force: true });
      continue;
    }
    if (!(await runs(on?.endsWith('p2.sock') ? there : here, text))) refused = true;
    // (A mirror that was ready says so until it has seen that it is cancelled.)
    if (text.startsWith('job-cancel')) await settled(here.session, /^(concluded|null)$/);
    if (text.startsWith('block-commit')) await settled(here.session, /^(concluded|ready|null)$/);
  }
  const end = await look(here);
  const permitted = [...report.stays, ...report.unsure, ...report.moved].join('\n');
  const extra = [...end.things].filter(thing => !before.things.has(thing));
  const unnamed = extra.filter(thing => !kept && !names(permitted, thing.slice(thing.indexOf(' ') + 1)));
  const found = unnamed.map(thing => `${thing} is there still after the lines that were told`);
  if (report.moved.length === 0 && report.unsure.length === 0 && report.stays.length === 0) {
    if (end.disk?.node !== before.disk?.node) found.push(`the guest's disk is ${end.disk?.node} at last`);
    if (end.status !== before.status) found.push(`the machine is ${end.status}, and was ${before.status}`);
  }
  if (point && after.disk && report.moved.some(text => text.includes('is node')))
    if (!report.moved.join(' ').includes(`disk is node ${after.disk.node} `))
      found.push(`the guest's disk is ${after.disk.node}, which the report does not say`);
  return found;
}

/** Whether QEMU takes a line. */
async function runs(to: Stand | Practice | undefined, text: string): Promise<boolean> {
  const request = requestOf(parse(text));
  if (!to || !request) return false;
  if ('session' in to)
    return (await to.session.execute(request.execute, request.arguments)).kind === 'success';
  // A QEMU that awaited a machine ends when none comes.
  const session = await openSession(to.address).catch(() => undefined);
  const reply = await session?.execute(request.execute, request.arguments);
  await session?.close();
  return reply?.kind === 'success';
}

/** A job that was told to end takes a moment. */
async function settled(session: Session, wanted: RegExp): Promise<void> {
  for (let looks = 0; looks < 500; looks++) {
    const reply = await session.execute('query-jobs');
    const rows = reply.kind === 'success' && isArray(reply.value) ? reply.value : [];
    if (rows.every(row => isObject(row) && wanted.test(String(row['status'])))) return;
    await new Promise(resume => setTimeout(resume, 20));
  }
}

/** The guest's disk, when QEMU has ended, holds what was written to it. */
async function holds(
  { here, there, atBreak, written, point, scene, report }: Case,
  dead: boolean,
): Promise<string[]> {
  const last = dead ? atBreak : await look(here);
  const moved = there !== undefined && (await completed(here));
  if (!dead) await here.quit();
  let file = last?.disk?.file ?? 'a.qcow2';
  if (moved && there) {
    const other = await openSession(there.address).catch(() => undefined);
    await other?.execute('quit');
    await there.exited;
    file = 'b.qcow2';
  }
  const all = point ? written : written.slice(0, 1);
  const found: string[] = [];
  // QEMU names no backing file any more when a stream is done, before what it copied is safe: a QEMU that is killed then
  // leaves the data in the image below alone.
  const base = dead && scene.name.startsWith('stream') ? 'a.qcow2' : file;
  if (!here.holds(base, 0x11, '0 1M')) found.push(`${base} does not hold 0x11 at 0 1M`);
  const files = scene.switches ? ['a.qcow2', file] : [file];
  for (const { byte, range } of all)
    if (!files.some(one => here.holds(one, byte, range)))
      found.push(`${file} does not hold 0x${byte.toString(16)} at ${range}`);
  if (moved && report.exit !== 0 && report.moved.length === 0)
    found.push('the machine has moved, and the report does not say so');
  return found;
}

async function completed({ session }: Stand): Promise<boolean> {
  if (session.state !== 'open') return false;
  const reply = await session.execute('query-migrate');
  return reply.kind === 'success' && isObject(reply.value) && reply.value['status'] === 'completed';
}
