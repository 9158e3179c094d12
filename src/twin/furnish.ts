// What a twin is given once it runs: nodes on others that are in use, bitmaps in memory, exports, and jobs.
import { fitsEmpty, writeEmpty } from '../io/emptyqcow2.ts';
import { join, type Places } from '../io/places.ts';
import { isThere } from '../io/standins.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Session } from '../session/client.ts';
import { isObject, type JsonObject, member } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import type { StandingJob } from './jobs.ts';
import type { Likeness, Remark } from './likeness.ts';
import type { Bitmap } from './node.ts';
import type { Told } from './told.ts';

interface Furnishing {
  readonly session: Session;
  readonly places: Places;
  readonly told: Told;
  readonly likeness: Likeness;
  readonly jobs: readonly StandingJob[];
  /** The VM listens nowhere but for its character devices, as this host shows: no NBD server runs. */
  readonly servesNothing: boolean;
}

/** Milliseconds for each request and each job. */
const LIMIT = { timeout: 20_000 };

/** What cannot be given to QEMU when it starts: some nodes, bitmaps in memory, exports, jobs. */
export async function furnish(furnishing: Furnishing): Promise<readonly Remark[]> {
  const { session, told, likeness, jobs, servesNothing } = furnishing;
  const remarks: Remark[] = [];
  const attempt = async (execute: string, args: JsonObject, what: string, about: readonly string[]) => {
    const reply = await session.execute(execute, args, LIMIT);
    if (reply.kind === 'refusal') remarks.push({ text: `${what} is not on the twin: ${reply.desc}`, about });
    return reply.kind === 'success';
  };
  for (const node of likeness.later) {
    const name = String(node['node-name']);
    await attempt('blockdev-add', node, `the node ${name}`, [name]);
  }
  // QEMU lists the latest first.
  for (const bitmap of likeness.bitmaps.toReversed()) {
    const { node, name, granularity, isDisabled, isPersistent } = bitmap;
    const args = { node, name, granularity, disabled: isDisabled, persistent: isPersistent };
    const isMade = await attempt('block-dirty-bitmap-add', args, `the bitmap ${name}`, [name]);
    if (!isMade || bitmap.noted === 'nothing') continue;
    const why = await note(bitmap, furnishing);
    if (why !== undefined)
      remarks.push({ text: `the bitmap ${name} has noted nothing on the twin: ${why}`, about: [name] });
  }
  if (told.exports.length === 0 && !servesNothing)
    remarks.push({
      text: 'QEMU does not tell whether an NBD server runs that exports nothing',
      about: ['nbd-server-start', 'nbd-server-stop'],
      isQuiet: true,
    });
  if (told.exports.length > 0) {
    await attempt('nbd-server-start', {}, 'the NBD server', ['nbd-server-start', 'nbd-server-stop']);
    for (const one of told.exports) {
      const [id, type] = [text(one, 'id'), text(one, 'type')];
      if (type !== 'nbd')
        remarks.push({ text: `the export ${id} is ${type}: the twin has an NBD export in its place` });
      await attempt(
        'block-export-add',
        { type: 'nbd', id, 'node-name': likeness.below(text(one, 'node-name')) },
        `the export ${id}`,
        [id],
      );
    }
    remarks.push({ text: 'QEMU does not tell whether an export may be written: those of the twin may not' });
  }
  for (const job of jobs) remarks.push(...(await begin(session, job)));
  return remarks;
}

/** A node that is there while a bitmap learns from it. */
const HELPER = 'twin-noted';

/** Lets a bitmap note the last bytes of its disk, or all, as it would by writes; says why it cannot. */
async function note(
  { node, name, granularity, noted }: Bitmap,
  { session, places, told }: Furnishing,
): Promise<string | undefined> {
  const info = told.nodes.find(one => text(one, 'node-name') === node)?.['image'];
  const size = isObject(info) ? Number(member(info, 'virtual-size')) : 0;
  const file = `/stand-in/noted-${noted}-${size}-${granularity}`;
  const bit = { name: 'noted', granularity, isDisabled: true, isInconsistent: false, noted };
  const image = { size, cluster: 65536, bitmaps: [bit] };
  if (!fitsEmpty(image)) return 'it is too large';
  const path = join(places.root, file);
  if (!isThere(path)) writeEmpty(path, image);
  const helper = { driver: 'qcow2', 'node-name': HELPER, 'read-only': true };
  const from = { ...helper, file: { driver: 'file', filename: file } };
  const merge = { node, target: name, bitmaps: [{ node: HELPER, name: 'noted' }] };
  for (const [execute, args] of [
    ['blockdev-add', from],
    ['block-dirty-bitmap-merge', merge],
    ['blockdev-del', { 'node-name': HELPER }],
  ] as const) {
    const reply = await session.execute(execute, args, LIMIT);
    if (reply.kind === 'refusal') return reply.desc;
  }
  return undefined;
}

async function begin(session: Session, job: StandingJob): Promise<readonly Remark[]> {
  const { id, execute, busy, until, standby } = job;
  const mark = session.events.end;
  const args = busy ? { ...job.arguments, speed: SLOWEST } : job.arguments;
  const about = ['*'];
  const reply = await session.execute(execute, args, LIMIT);
  if (reply.kind === 'refusal') return [{ text: `the job ${id} is not on the twin: ${reply.desc}`, about }];
  if (busy?.paused) await session.execute('job-pause', { id }, LIMIT);
  const wanted = [until ?? (busy?.paused ? 'paused' : 'running'), ...(standby ? ['standby'] : [])];
  for (const status of wanted)
    try {
      if (status === 'standby') await session.execute('job-pause', { id }, LIMIT);
      await session.waitFor(
        ({ name, data }) => name === 'JOB_STATUS_CHANGE' && data['id'] === id && data['status'] === status,
        { since: mark, ...LIMIT },
      );
    } catch (error) {
      if (!(error instanceof QmpshError)) throw error;
      return [{ text: `the job ${id} did not become ${status} on the twin`, about }];
    }
  if (busy === undefined) return [];
  // Where there was nothing to hold it up it is further than its VM's.
  const jobs = await session.execute('query-jobs', {}, LIMIT);
  const now = objectsIn(jobs.kind === 'success' ? jobs.value : []).find(one => text(one, 'id') === id);
  return now && /^(?:running|paused)$/.test(text(now, 'status'))
    ? []
    : [{ text: `the job ${id} is further on the twin than on the VM`, about }];
}

/** A byte a second: a job that has anything to copy never ends. */
const SLOWEST = 1;
