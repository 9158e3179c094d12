// The outcome of a line that a reader typed: whether it was carried out, and whether that ended as the step expects.
import { parse, requestOf } from '../language/parse.ts';
import type { Host } from '../line/host.ts';
import type { Step } from '../page/model.ts';
import { badEnd, endedBy } from '../play/jobs.ts';
import { expectsRefusal } from '../play/judge.ts';
import { QmpshError } from '../qmp/errors.ts';
import { expectsJobError, settle } from './act.ts';
import type { Verdict } from './judge.ts';

interface Outcome {
  readonly carriedOut: boolean;
  /** It went as the step means it to: done, or refused where the lesson wants that. */
  readonly asMeant: boolean;
  readonly why?: string;
}

interface Circumstances {
  readonly host: Host;
  /** When the lesson's QEMU has ended. */
  readonly exited: Promise<unknown>;
}

/** The outcome of a line, once the jobs that it started or ended have settled. */
export async function outcomeOf(
  text: string,
  step: Step,
  status: number,
  { kind }: Verdict,
  { host, exited }: Circumstances,
): Promise<Outcome> {
  const { session, schema, mark } = host;
  const request = requestOf(parse(text.trim().replace(/^\(QEMU\)\s+/, ''), schema));
  if (!request) {
    if (step.kind === 'word' && expectsRefusal(step)) {
      const meant = status === 1;
      return { carriedOut: false, asMeant: meant, ...(meant ? {} : { why: 'it was not refused' }) };
    }
    const expects = step.kind === 'shell' && step.expected.length > 0;
    // A word that is right and does not work stumbles over something.
    const stumbles = step.kind === 'word' && kind === 'right' && status !== 0;
    const why = stumbles ? 'something typed before stands in its way' : undefined;
    return { carriedOut: status === 0, asMeant: status === 0 || expects, ...(why ? { why } : {}) };
  }
  if (status !== 0) {
    const meant = status === 1 && expectsRefusal(step);
    const why = status === 1 ? 'QEMU refused it: something typed before stands in its way' : undefined;
    return { carriedOut: false, asMeant: meant, ...(meant || why === undefined ? {} : { why }) };
  }
  if (request.execute === 'quit') {
    await session?.ended;
    await exited;
    return { carriedOut: true, asMeant: true };
  }
  if (expectsRefusal(step)) return { carriedOut: true, asMeant: false, why: 'QEMU took it' };
  // What a mistake has started is taken away again; it may never end by itself. Where it does, its row comes first.
  if (session && kind === 'mistake') await forAMoment(host, signal => settle(request, mark, session, signal));
  const waits = kind !== 'mistake' && !step.background && !/\s&$/.test(text.trimEnd());
  if (!session || !waits) return { carriedOut: true, asMeant: true };
  try {
    const outcomes = await waitQuietly(host, signal => settle(request, mark, session, signal));
    const failed = badEnd(outcomes, endedBy(request));
    const meant = (failed !== undefined) === expectsJobError(step);
    return { carriedOut: true, asMeant: meant, ...(failed !== undefined && !meant ? { why: failed } : {}) };
  } catch (error) {
    if (!(error instanceof QmpshError)) throw error;
    return { carriedOut: true, asMeant: false, why: error.message };
  }
}

async function forAMoment(host: Host, run: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const cancel = host.clock.after(MOMENT, () => over.abort());
  await run(over.signal).catch(() => undefined);
  cancel();
}

/** Milliseconds that the job of a mistake is waited for. */
const MOMENT = 1000;

/** Shows that a job is waited for only where that takes a moment. */
async function waitQuietly<T>(host: Host, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const waiting = run(own.signal);
  let cancel = () => {};
  const late = new Promise<'late'>(resolve => {
    cancel = host.clock.after(300, () => resolve('late'));
  });
  const first = await Promise.race([waiting.then(() => 'soon' as const), late]).finally(() => cancel());
  if (first === 'soon') return waiting;
  return host.foreground('the job', signal => {
    const stop = () => own.abort();
    signal.addEventListener('abort', stop, { once: true });
    return waiting.finally(() => signal.removeEventListener('abort', stop));
  });
}
