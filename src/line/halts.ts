// Watches for jobs that an I/O error has stopped (on-target-error=stop or =enospc): they wait for ever and say no more.
import type { Session } from '../session/client.ts';
import type { Job } from '../session/jobs.ts';
import { objectsIn } from '../text/members.ts';
import { safe } from '../text/safe.ts';

/** Milliseconds that the reason is waited for. */
const PATIENCE = 2000;

/**
 * Calls `tell` each time an error stops a job, with what has happened and what makes it go on. Gives how to stop
 * watching.
 */
export function watchHalts(session: Session, tell: (sentence: string, advice: string) => void): () => void {
  const told = new Set<string>();
  return session.jobs.onChange(job => {
    if (job.halted === undefined || job.ended !== undefined) told.delete(job.id);
    else if (!told.has(job.id)) {
      told.add(job.id);
      void halted(session, job, tell);
    }
  });
}

async function halted(
  session: Session,
  job: Job,
  tell: (sentence: string, advice: string) => void,
): Promise<void> {
  const full = (await statusOf(session, job.id)) === 'nospace';
  const id = safe(job.id);
  const where = job.halted === 'write' ? 'in its target' : '';
  const why = full ? `: there is no room left ${where}`.trimEnd() : '';
  const first = full ? 'Make room there, then' : 'Mend what is wrong there, then';
  tell(
    `job ${id} has met a ${safe(job.halted ?? '')} error and stopped${why}`,
    `${first} job-resume id=${id} lets it go on; job-cancel id=${id} gives it up.`,
  );
}

/** What QEMU says of the job's input and output; the event does not tell. */
async function statusOf(session: Session, id: string): Promise<unknown> {
  try {
    const reply = await session.execute('query-block-jobs', {}, { timeout: PATIENCE });
    const rows = objectsIn(reply.kind === 'success' ? reply.value : undefined);
    return rows.find(row => row['device'] === id)?.['io-status'];
  } catch {
    return undefined; // it does without
  }
}
