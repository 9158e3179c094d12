// The jobs of a page: waiting for those that it starts or ends, as a shell does in the foreground.
import { QmpshError } from '../qmp/errors.ts';
import type { Request } from '../qmp/message.ts';
import { actOn, startedBy } from '../schema/jobs.ts';
import type { Session } from '../session/client.ts';
import type { JobOutcome } from '../session/jobs.ts';
import { safe } from '../text/safe.ts';
import type { Deed } from './ledger.ts';

/** A job that a page has started. */
export interface OwnJob {
  readonly id: string;
  readonly session: Session;
  /** Where it was started, as a position in the event log. */
  readonly since: number;
  /** QEMU forgets it by itself when it is over. */
  readonly autoDismiss: boolean;
  /** The request that was to start it: a job of that name is somebody else's where it was refused. */
  readonly deed?: Deed;
}

/** How long a wait of the player's own may take. */
export interface JobWait {
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** What lets a job end. */
const ENDS = /^(complete|cancel|end|finalize)$/;

/** A job that a request lets end, and whether it is to be cancelled. */
export interface Ending {
  readonly id: string;
  readonly cancels: boolean;
}

/** The job that a request lets end; undefined for most requests. */
export function endedBy(request: Request): Ending | undefined {
  const act = actOn(request);
  if (!act || !ENDS.test(act.does)) return undefined;
  return { id: act.id, cancels: act.does === 'cancel' || act.does === 'end' };
}

/** The jobs that a request sent at `since` may have started. */
export function mayRun(request: Request, session: Session, since: number, deed?: Deed): readonly OwnJob[] {
  return startedBy(request).map(job => ({ ...job, session, since, ...(deed ? { deed } : {}) }));
}

/** Whether the job has appeared since its request was sent: one that was there before is somebody else's. */
export function isNew({ id, session, since }: OwnJob): boolean {
  const job = session.jobs.get(id);
  return job !== undefined && job.started >= since;
}

/** Waits for the jobs that a request has started, and for the one that it lets end. */
export async function untilDone(
  own: readonly OwnJob[],
  ending: { readonly job: OwnJob; readonly since: number; readonly stopAtPending: boolean } | undefined,
  options: JobWait,
): Promise<readonly JobOutcome[]> {
  const started = await Promise.all(own.map(job => untilSettled(job, options)));
  if (!ending) return started;
  return [...started, await untilEnded(ending.job, ending.since, ending.stopAtPending, options)];
}

/** How a job did not end well, as a sentence; undefined when all did. One may be cancelled that was to be. */
export function badEnd(outcomes: readonly JobOutcome[], ending?: Ending): string | undefined {
  const bad = outcomes.find(
    ({ kind, id }) =>
      kind === 'failed' || (kind === 'cancelled' && !(ending?.cancels === true && ending.id === id)),
  );
  if (!bad) return undefined;
  const why = bad.error === undefined ? '' : `: ${safe(bad.error)}`;
  return `job ${safe(bad.id)} ${bad.kind === 'failed' ? 'failed' : 'was cancelled'}${why}`;
}

/** Waits until a job that was just started is ready or pending, or over and out of the way. */
async function untilSettled(job: OwnJob, options: JobWait): Promise<JobOutcome> {
  const first = await job.session.waitForJob(job.id, ['ready', 'pending'], { since: job.since, ...options });
  if (first.state !== 'ready' && !(await staysPending(job, first, options)))
    return untilGone(job, await untilOver(job, job.since, options), job.since, options);
  return first;
}

/** Waits until a job is over and out of the way; `stopAtPending`: a job that waits for job-finalize is as far as it goes. */
async function untilEnded(
  job: OwnJob,
  since: number,
  stopAtPending: boolean,
  options: JobWait,
): Promise<JobOutcome> {
  if (stopAtPending) {
    const first = await job.session.waitForJob(job.id, ['pending', 'concluded'], { since, ...options });
    if (await staysPending(job, first, options)) return first;
  }
  return untilGone(job, await untilOver(job, since, options), since, options);
}

/** Every job passes through `pending`; one that has no auto-finalize stays there. One question tells them apart. */
async function staysPending(
  { id, session }: OwnJob,
  outcome: JobOutcome,
  options: JobWait,
): Promise<boolean> {
  if (outcome.job.ended !== undefined) return false;
  await session.execute('query-jobs', {}, options);
  return session.jobs.get(id)?.state === 'pending';
}

function untilOver({ id, session }: OwnJob, since: number, options: JobWait): Promise<JobOutcome> {
  return session.waitForJob(id, 'concluded', { since, ...options });
}

async function untilGone(
  job: OwnJob,
  outcome: JobOutcome,
  since: number,
  options: JobWait,
): Promise<JobOutcome> {
  if (!job.autoDismiss || outcome.state === 'null') return outcome;
  return job.session.waitForJob(job.id, 'null', { since, ...options });
}

/** Ends a job of the page for good: cancelled if it lives, dismissed if it stays. Gives the line that did it. */
export async function removeJob(job: OwnJob, options: JobWait): Promise<string | undefined> {
  const now = job.session.jobs.get(job.id);
  if (!now || now.state === 'null') return undefined;
  const over = now.state === 'concluded';
  const line = `${over ? 'job-dismiss' : 'job-cancel'} id=${job.id}`;
  const since = job.session.events.end;
  const reply = await job.session.execute(over ? 'job-dismiss' : 'job-cancel', { id: job.id }, options);
  if (reply.kind === 'refusal') {
    // It may have ended by itself meanwhile.
    if (job.session.jobs.get(job.id)?.state === 'null') return undefined;
    throw new QmpshError('refused', reply.desc);
  }
  if (over) return line;
  await untilEnded(job, since, false, options);
  if (!job.autoDismiss) await job.session.execute('job-dismiss', { id: job.id }, options);
  return line;
}
