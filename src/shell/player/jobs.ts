// The jobs of a page: which ones a request starts or ends, and waiting for them as a shell does in the foreground.
import { QmpshError } from '../../qmp/errors.ts';
import type { Reply, Request } from '../../qmp/message.ts';
import type { Clock } from '../../qmp/transport.ts';
import type { Session } from '../../session/client.ts';
import type { JobOutcome } from '../../session/jobs.ts';
import { wait } from '../../session/wait.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../../text/json.ts';

/** A job that a page has started. */
export interface OwnJob {
  readonly id: string;
  readonly session: Session;
  /** Where it was started, as a position in the event log. */
  readonly since: number;
  /** QEMU forgets it by itself when it is over. */
  readonly autoDismiss: boolean;
}

export interface JobWait {
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** Jobs of these commands stay until they are dismissed. */
const STAYS = /^(blockdev-create|snapshot-(save|load|delete))$/;
/** Commands that end a job, or let it end. */
const ENDS =
  /^(job-complete|block-job-complete|block-job-cancel|job-cancel|job-finalize|block-job-finalize)$/;
const CANCELS = /^(block-job-cancel|job-cancel)$/;
/** Commands that start a job named like their device when none is given. */
const OLD_STYLE = /^(drive-backup|drive-mirror|block-stream|block-commit|blockdev-backup|blockdev-mirror)$/;

/** The ids of jobs that a request may start. */
export function startedBy({
  execute,
  arguments: args,
}: Request): readonly { id: string; autoDismiss: boolean }[] {
  if (execute === 'transaction') {
    const actions = member(args, 'actions');
    return (isArray(actions) ? actions : []).flatMap(action => {
      if (!isObject(action)) return [];
      const [type, data] = [member(action, 'type'), member(action, 'data')];
      return typeof type === 'string' && isObject(data) ? startedBy({ execute: type, arguments: data }) : [];
    });
  }
  const id = member(args, 'job-id') ?? (OLD_STYLE.test(execute) ? member(args, 'device') : undefined);
  if (typeof id !== 'string') return [];
  return [{ id, autoDismiss: !STAYS.test(execute) && member(args, 'auto-dismiss') !== false }];
}

/** The job that a request lets end, and whether it is to be cancelled. */
export function endedBy({ execute, arguments: args }: Request): { id: string; cancels: boolean } | undefined {
  if (!ENDS.test(execute)) return undefined;
  const id: Json | undefined = member(args, 'id') ?? member(args, 'device');
  return typeof id === 'string' ? { id, cancels: CANCELS.test(execute) } : undefined;
}

/** Waits until a job that was just started is ready or pending, or over and out of the way. */
export async function untilSettled(job: OwnJob, options: JobWait): Promise<JobOutcome> {
  const first = await firstOf(job, ['ready', 'pending'], job.since, options);
  if (first.state !== 'ready' && !(await staysPending(job, first)))
    return untilGone(job, await untilOver(job, job.since, options), job.since, options);
  return first;
}

/** Waits until a job is over and out of the way; `stopAtPending`: a job that waits for job-finalize is as far as it goes. */
export async function untilEnded(
  job: OwnJob,
  since: number,
  stopAtPending: boolean,
  options: JobWait,
): Promise<JobOutcome> {
  if (stopAtPending) {
    const first = await firstOf(job, ['pending'], since, options);
    if (await staysPending(job, first)) return first;
  }
  return untilGone(job, await untilOver(job, since, options), since, options);
}

/** Every job passes through `pending`; one that has no auto-finalize stays there. One question tells them apart. */
async function staysPending({ id, session }: OwnJob, outcome: JobOutcome): Promise<boolean> {
  if (outcome.job.ended !== undefined) return false;
  await session.execute('query-jobs');
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

/** The first of several states; each wait also ends with the job. */
async function firstOf(
  { id, session }: OwnJob,
  states: readonly string[],
  since: number,
  { timeout, signal }: JobWait,
): Promise<JobOutcome> {
  const others = new AbortController();
  const stop = () => others.abort();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  try {
    const limit = timeout === undefined ? {} : { timeout };
    return await Promise.race(
      states.map(state => session.waitForJob(id, state, { since, signal: others.signal, ...limit })),
    );
  } finally {
    signal?.removeEventListener('abort', stop);
    others.abort();
  }
}

/** Ends a job of the page for good: cancelled if it lives, dismissed if it stays. Gives the line that did it. */
export async function removeJob(
  job: OwnJob,
  options: JobWait & { readonly clock: Clock },
): Promise<string | undefined> {
  const now = job.session.jobs.get(job.id);
  if (!now || now.state === 'null') return undefined;
  const over = now.state === 'concluded';
  const line = `${over ? 'job-dismiss' : 'job-cancel'} id=${job.id}`;
  const since = job.session.events.end;
  const reply = await answered(job.session, over ? 'job-dismiss' : 'job-cancel', { id: job.id }, options);
  if (reply.kind === 'refusal') {
    // It may have ended by itself meanwhile.
    if (job.session.jobs.get(job.id)?.state === 'null') return undefined;
    throw new QmpshError('refused', reply.desc);
  }
  if (over) return line;
  await untilEnded(job, since, false, options);
  if (!job.autoDismiss) await answered(job.session, 'job-dismiss', { id: job.id }, options);
  return line;
}

/** The reply to a command of the player's own; a QEMU that hangs does not hold up Ctrl-C or the time limit. */
export function answered(
  session: Session,
  command: string,
  args: JsonObject,
  options: JobWait & { readonly clock: Clock },
): Promise<Reply> {
  return wait<Reply>({
    ...options,
    what: `the reply to ${command}`,
    start: (resolve, reject) => {
      session.execute(command, args).then(resolve, reject);
      return () => {};
    },
  });
}
