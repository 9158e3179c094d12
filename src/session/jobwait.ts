// Waits for a job. Its state counts, not an event: the wait is over at once where the job is in that state already.
import type { Clock } from '../qmp/transport.ts';
import { safe } from '../text/safe.ts';
import { noJob } from './failures.ts';
import { type JobOutcome, type Jobs, outcomeOf } from './jobs.ts';
import { type WaitOptions, wait } from './wait.ts';

/** What a wait needs of its session. */
interface JobSource {
  readonly jobs: Jobs;
  readonly clock: Clock;
  /** Whether commands wait for their reply: one of them may start the job. */
  readonly busy: () => boolean;
  /** Asks query-jobs; the answer reaches `jobs`. */
  readonly query: () => Promise<unknown>;
  /** Each gives how to stop. */
  readonly onReply: (listener: () => void) => () => void;
  readonly onEnd: (reject: (error: unknown) => void, what: string) => () => void;
}

/**
 * Resolves when the job is in the state (in one of them), or has ended. The outcome's state is the one that was waited
 * for, else `concluded`: whether QEMU has forgotten the job meanwhile (`null`) is told only to whoever waits for that,
 * and by the outcome's `job`. A job that ended before `since` counts only when no command is under way that could start
 * another of that id. Rejects with a QmpshError: `timeout`, `interrupted`, `lost`, and `refused` when there is no such job.
 */
export function waitForJob(
  source: JobSource,
  id: string,
  states: string | readonly string[],
  options: WaitOptions & { readonly since: number },
): Promise<JobOutcome> {
  const wanted = typeof states === 'string' ? [states] : states;
  const { jobs } = source;
  const { since } = options;
  const [state = 'concluded'] = wanted;
  // Of several states it is not known which one comes.
  const plain = wanted.length > 1 || state === 'concluded';
  const what = plain ? `job ${safe(id)}` : `job ${safe(id)} to be ${safe(state)}`;
  const untilGone = wanted.every(one => one === 'null');
  return wait<JobOutcome>({
    ...options,
    clock: source.clock,
    what,
    standing: () => {
      const now = jobs.get(id);
      return now ? `; it is ${safe(now.state)}` : '';
    },
    start: (resolve, reject) => {
      let asked: 'no' | 'asking' | 'yes' = 'no';
      // For jobs that somebody else started, and for the errors of those that have no events of their own.
      const ask = () => {
        if (asked !== 'no') return;
        asked = 'asking';
        source.query().then(() => {
          asked = 'yes';
          look();
        }, reject);
      };
      const look = () => {
        const job = jobs.get(id);
        const over = job?.ended !== undefined;
        if (!job || (over && job.ended < since)) {
          if (asked === 'yes') {
            if (job) resolve(outcomeOf(job, untilGone ? job.state : 'concluded'));
            else
              reject(
                noJob(
                  id,
                  jobs.list().map(other => other.id),
                ),
              );
          } else if (!source.busy()) ask();
        } else if (over && job.result === undefined && asked !== 'yes') ask();
        else if (over) {
          if (!untilGone || job.state === 'null') resolve(outcomeOf(job, untilGone ? 'null' : 'concluded'));
        } else {
          const reached = wanted.find(one => jobs.reached(id, one, since));
          if (reached !== undefined) resolve({ kind: 'success', id, state: reached, job });
        }
      };
      const stops = [
        jobs.onChange(job => {
          if (job.id === id) look();
        }),
        source.onReply(look),
        source.onEnd(reject, what),
      ];
      look();
      return () => {
        for (const stop of stops) stop();
      };
    },
  });
}
