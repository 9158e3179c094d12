// Which lines overtake the queue because they steer a job (job-resume, say): a line before them may wait for the job.
import { parse } from '../language/parse.ts';
import { actOn } from '../schema/jobs.ts';
import type { Session } from '../session/client.ts';

/** Acts that are meant for the job as it is now. */
const AT_ONCE = /^(pause|resume|cancel|set-speed)$/;
/** Acts that end a job in an orderly way: typed behind a wait for the job, they are meant for after the wait. */
const IN_TURN = /^(complete|finalize|dismiss|end)$/;

/** Whether a line need not wait: it acts on a job that runs, or on one that is paused and does not go on by itself. */
export function passes(text: string, session: Pick<Session, 'jobs'> | undefined): boolean {
  if (!session || !/^\s*(block-)?job-/.test(text)) return false;
  const line = parse(text);
  if (line.kind !== 'command' || line.pipe !== undefined) return false;
  const act = actOn(line.request);
  const job = act && session.jobs.get(act.id);
  if (!job || job.ended !== undefined) return false;
  return AT_ONCE.test(act.does) || (IN_TURN.test(act.does) && /^(paused|standby)$/.test(job.state));
}
