// Puts things back after a page has failed: its jobs, then the undo steps above the place where it failed.
import type { Fence, Page, Step } from '../../page/model.ts';
import type { Value } from '../../page/value.ts';
import { holds } from '../../page/values.ts';
import type { Session } from '../../session/client.ts';
import { safe } from '../../text/safe.ts';
import { answered, removeJob } from './jobs.ts';
import type { Undone } from './outcome.ts';
import { boundText, failureOf, type Performance, perform } from './perform.ts';

export interface UndoOptions {
  readonly page: Page;
  /** The undo fences that count, those of the part that was played. */
  readonly fences: readonly Fence[];
  readonly performance: Performance;
  /** Whether `$` steps may run. */
  readonly shell: boolean;
  /** The connection is gone: nothing is sent. */
  readonly lost: boolean;
  readonly report: (undone: Undone) => void;
}

const LOST = 'the connection is lost';
/** Why lines are left that were not tried: whether there is anything for them to undo is not known. */
export const INTERRUPTED = 'interrupted';

/** Undoes; gives each line with whether it was done, and why not. Never throws what a user can meet. */
export async function undo(options: UndoOptions): Promise<readonly Undone[]> {
  const done: Undone[] = [];
  const take = (undone: Undone) => {
    done.push(undone);
    options.report(undone);
  };
  await endJobs(options, take);
  for (const fence of [...options.fences].reverse()) {
    if (fence.when && !holds(fence.when, options.performance.values)) continue;
    const steps = options.page.steps.filter(step => step.fence === fence);
    for (const value of loopValues(fence, options.performance.values)) {
      if (fence.each && value) options.performance.values.set(fence.each.name, value);
      for (const step of steps) await undoStep(step, options, take);
    }
  }
  return done;
}

/** Values of the loop, the last first; one turn where there is no loop. */
function loopValues(fence: Fence, values: Performance['values']): readonly (Value | undefined)[] {
  if (!fence.each) return [undefined];
  const list = values.get(fence.each.list)?.json;
  return Array.isArray(list) ? list.map((json): Value => ({ json })).reverse() : [];
}

async function endJobs({ performance, lost }: UndoOptions, take: (undone: Undone) => void): Promise<void> {
  const { jobs, signal, timeout, stage } = performance;
  const limits = { signal, ...(timeout > 0 ? { timeout } : {}) };
  // A command whose reply was not waited for may have started a job: its reply comes before this one.
  const silent = new Map<Session, string>();
  for (const session of new Set(jobs.map(job => job.session))) {
    if (lost || session.state !== 'open') continue;
    const asked = answered(session, 'query-jobs', {}, { clock: stage.host.clock, ...limits });
    await asked.catch((error: unknown) => silent.set(session, failureOf(error).message));
  }
  const seen = new Set<string>();
  for (const job of [...jobs].reverse()) {
    // A page may use a name twice; the latest job of that name is the one that may be there.
    if (seen.has(job.id)) continue;
    seen.add(job.id);
    const known = job.session.jobs.get(job.id);
    const why = lost || job.session.state !== 'open' ? LOST : silent.get(job.session);
    // A job of that name from before the page is not the page's.
    const state = known && known.started >= job.since ? known.state : why === undefined ? 'null' : 'unknown';
    if (state === 'null') continue;
    if (why !== undefined) {
      const line = state === 'concluded' ? 'job-dismiss' : 'job-cancel';
      take({ text: `${line} id=${job.id}`, ok: false, why });
      continue;
    }
    try {
      const line = await removeJob(job, { clock: stage.host.clock, ...limits });
      if (line !== undefined) take({ text: line, ok: true });
    } catch (error) {
      take({ text: `job-cancel id=${job.id}`, ok: false, why: failureOf(error).message });
    }
  }
}

async function undoStep(
  step: Step,
  { performance, shell, lost }: UndoOptions,
  take: (undone: Undone) => void,
): Promise<void> {
  const prompt = step.kind === 'shell' ? '$ ' : '';
  let text = step.text;
  try {
    text = boundText(step, performance);
  } catch (error) {
    // What it would undo was never named, so it was never made.
    failureOf(error);
    return;
  }
  const left = (why: string) => take({ text: `${prompt}${safe(text)}`, ok: false, why });
  if (performance.signal.aborted) return left(INTERRUPTED);
  if (step.kind === 'shell' && !shell) return left('commands of this host run only when they are allowed');
  if (step.kind !== 'shell' && lost) return left(LOST);
  const { failure } = await perform(step, performance);
  if (failure?.absent) return;
  if (failure) left(failure.message);
  else take({ text: `${prompt}${safe(text)}`, ok: true });
}
