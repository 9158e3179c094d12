// Jobs looked at more than once: whether each gets on, and since when it is known to be as it is.
import type { Clock } from '../qmp/transport.ts';
import { amount } from '../render/replies.ts';
import type { Session } from '../session/client.ts';
import { within } from '../session/wait.ts';
import type { Json } from '../text/json.ts';
import { objectsIn, text } from '../text/members.ts';
import type { JobLook, Lasting } from './chart.ts';

/** Milliseconds between two looks, and looks at most where nobody says for how long. */
const PAUSE = 500;
const LOOKS = 7;
/** Looks in a longer time, and milliseconds between them at most. */
const MANY = 60;
const LONGEST = 2000;

interface Watch {
  readonly clock: Clock;
  /** Milliseconds; absent: until each job that runs was seen to get on, or for some seconds. */
  readonly time?: number;
  readonly signal?: AbortSignal;
}

type Ask = (command: string) => Promise<Json | undefined>;

/** The jobs at each look, the first look first. Rejects where a question does, and where the signal comes. */
export async function lookAtJobs(ask: Ask, watch: Watch): Promise<readonly (readonly JobLook[])[]> {
  const { clock, time } = watch;
  const begun = clock.now();
  const looks = [await lookAtOnce(ask)];
  const [first = []] = looks;
  const left = () => (time ?? 0) - (clock.now() - begun);
  while (first.length > 0 && (time === undefined ? looks.length < LOOKS : left() > 0)) {
    const pause = time === undefined ? PAUSE : Math.min(left(), LONGEST, Math.max(PAUSE, time / MANY));
    await pass(pause, watch);
    const now = await lookAtOnce(ask);
    looks.push(now);
    const isWaitedFor = time === undefined ? isSlow : isStill;
    if (!now.some(job => isWaitedFor(job, first))) break;
  }
  return looks;
}

/** Lets time pass. */
async function pass(ms: number, { clock, signal }: Watch): Promise<void> {
  const over = new Promise<void>(resolve => void clock.after(ms, resolve));
  await within(over, { clock, what: 'the next look at the jobs', ...(signal ? { signal } : {}) });
}

function isSlow(job: JobLook, first: readonly JobLook[]): boolean {
  const then = first.find(({ id }) => id === job.id);
  if (then === undefined || job.status !== 'running') return false;
  return job.length - job.offset >= then.length - then.offset;
}

/** Whether it is in the state that it was in first; nothing is to be told of any other. */
function isStill(job: JobLook, first: readonly JobLook[]): boolean {
  return first.some(({ id, status }) => id === job.id && status === job.status);
}

async function lookAtOnce(ask: Ask): Promise<readonly JobLook[]> {
  const [jobs, block] = [await ask('query-jobs'), objectsIn(await ask('query-block-jobs'))];
  return objectsIn(jobs).map(job => {
    const id = text(job, 'id');
    const more = block.find(one => text(one, 'device') === id);
    const [speed, io] = [more && amount(more, 'speed'), more && text(more, 'io-status')];
    const error = text(job, 'error');
    return {
      id,
      type: text(job, 'type'),
      status: text(job, 'status'),
      length: amount(job, 'total-progress') ?? 0,
      offset: amount(job, 'current-progress') ?? 0,
      ...(speed === undefined ? {} : { speed }),
      ...(io === undefined ? {} : { io }),
      ...(error === '' ? {} : { error }),
    };
  });
}

/** How long each of the jobs is known to be in its state: QEMU does not tell, its events and earlier replies do. */
export function lasting(
  jobs: readonly JobLook[],
  session: Pick<Session, 'jobs'>,
  clock: Clock,
): ReadonlyMap<string, Lasting> {
  return new Map(
    jobs.flatMap(({ id, status }) => {
      const since = session.jobs.get(id)?.state === status ? session.jobs.since(id) : undefined;
      return since === undefined
        ? []
        : [[id, { ms: clock.now() - since.at, entered: since.entered }] as const];
    }),
  );
}
