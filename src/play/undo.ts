// Undoes a page that has failed: ends its jobs, then runs the undo steps of the fences it has reached, the last first.
// What is removed or reported here rests on the ledger of the page and on what the VM says now.

import { requestOf } from '../language/parse.ts';
import type { Fence, Page, Step } from '../page/model.ts';
import type { Value } from '../page/value.ts';
import { holds } from '../page/values.ts';
import type { Request } from '../qmp/message.ts';
import type { Session } from '../session/client.ts';
import { isArray } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { Account } from './account.ts';
import { stepCommands } from './hostcommands.ts';
import { asksOnly, isInverse, takesBack } from './inverse.ts';
import { type JobWait, type OwnJob, removeJob } from './jobs.ts';
import { Ledger, mayStand } from './ledger.ts';
import type { Made } from './made.ts';
import type { Aftermath, Failure, Undone } from './outcome.ts';
import { boundText, failureOf, perform } from './perform.ts';
import type { Performance } from './performance.ts';
import { requestOfPoints } from './pointstep.ts';
import { type Removal, removalOf } from './removal.ts';
import { whyKept } from './removing.ts';
import { staysHere, type Whereabouts, whereabouts } from './whereabouts.ts';

/** An undo fence that the page has reached, so that its steps run. */
export interface Reached {
  readonly fence: Fence;
  /** The steps above it were left in the middle: only what is known to have been done, or may have been, is taken back. */
  readonly partly?: {
    /** The fence of those steps. */
    readonly left: Fence;
    /** So many turns of its loop were begun. */
    readonly turns?: number;
  };
}

interface UndoOptions {
  readonly page: Page;
  readonly fences: readonly Reached[];
  readonly performance: Performance;
  readonly made: Made;
  /** Whether `$` steps may run. */
  readonly shell: boolean;
  readonly report: (undone: Undone) => void;
}

/** The reason for undo lines that were not tried; it is not known whether there was anything to undo. */
export const LOST = 'the connection is lost';
const NOT_ALLOWED = 'commands of this host run only when they are allowed';
export const INTERRUPTED = 'interrupted';

/** Undoes the page. Gives each undo line with whether it was done, or why not. Never throws a QmpshError. */
export async function undo(options: UndoOptions): Promise<Aftermath> {
  return new Undo(options).run();
}

class Undo {
  readonly #options: UndoOptions;
  readonly #limits: JobWait;
  readonly #account: Account;
  /** A performance with a ledger of its own: the undo adds no deeds to that of the page. */
  readonly #performance: Performance;
  readonly #undone: Undone[] = [];
  /** Monitors that gave no answer, and why. */
  readonly #silent = new Map<Session, string>();
  #whereabouts: Whereabouts = { state: 'stayed', sentences: [] };

  constructor(options: UndoOptions) {
    const { signal, timeout, ledger } = options.performance;
    this.#options = options;
    this.#limits = { signal, ...(timeout > 0 ? { timeout } : {}) };
    this.#account = new Account(ledger);
    this.#performance = { ...options.performance, ledger: new Ledger() };
  }

  async run(): Promise<Aftermath> {
    const { page, fences, performance } = this.#options;
    await this.#listen();
    await this.#endJobs();
    this.#whereabouts = await whereabouts(performance, this.#limits);
    const count = performance.jobs.length;
    for (const { fence, partly } of [...fences].reverse()) {
      if (fence.when && !holds(fence.when, performance.values)) continue;
      const steps = page.steps.filter(step => step.fence === fence);
      for (const value of this.#turns(fence, partly?.turns)) {
        if (fence.each && value) performance.values.set(fence.each.name, value);
        for (const step of steps) await this.#step(step, partly?.left);
      }
    }
    this.#tellJobs(count);
    if (performance.ledger.standing.some(({ request }) => request?.execute === 'migrate'))
      this.#whereabouts = await whereabouts(performance, this.#limits);
    return { undone: this.#undone, ...this.#account.close(), moved: this.#whereabouts.sentences };
  }

  /** A command whose reply was not waited for may have happened: its reply comes before that to a question of ours. */
  async #listen(): Promise<void> {
    const { jobs, ledger, stage } = this.#options.performance;
    // After questions alone there is nothing to learn, and a QEMU that hangs need not be waited for once more.
    const asked = ledger.standing.every(({ request }) => request !== undefined && asksOnly(request));
    if (asked && jobs.length === 0) return;
    const open = ledger.deeds.flatMap(({ fate, session }) => (fate === 'open' && session ? [session] : []));
    const sessions = [...jobs.map(job => job.session), ...open, ...stage.monitors.map(one => one.session)];
    for (const session of new Set(sessions)) {
      if (session.state !== 'open') this.#silent.set(session, LOST);
      else
        await session.execute('query-jobs', {}, this.#limits).catch((error: unknown) => {
          this.#silent.set(session, session.state === 'open' ? failureOf(error).message : LOST);
        });
    }
  }

  async #endJobs(): Promise<void> {
    const seen: OwnJob[] = [];
    for (const job of [...this.#options.performance.jobs].reverse()) {
      // A page may use a name twice; the latest job of that name is the one that may be there.
      if (seen.some(({ id, session }) => id === job.id && session === job.session)) continue;
      seen.push(job);
      await this.#endJob(job);
    }
  }

  async #endJob(job: OwnJob): Promise<void> {
    const { session, id, since, autoDismiss, deed } = job;
    if (deed && !mayStand(deed)) return;
    const on = this.#label(session);
    const known = session.jobs.get(id);
    const why = session.state === 'open' ? this.#silent.get(session) : LOST;
    // A job of that name from before the page is not the page's.
    const state = known && known.started >= since ? known.state : why === undefined ? 'null' : 'unknown';
    if (state === 'null') return;
    const told = autoDismiss
      ? ['job-cancel']
      : state === 'concluded'
        ? ['job-dismiss']
        : ['job-cancel', 'job-dismiss'];
    const left = (reason: string) => {
      for (const command of told)
        this.#take({ text: `${command} id=${id}`, ok: false, why: reason, left: 'line', ...on });
    };
    if (why !== undefined) return left(why);
    try {
      const line = await removeJob(job, this.#limits);
      if (line !== undefined) this.#take({ text: line, ok: true, ...on });
    } catch (error) {
      left(failureOf(error).message);
    }
  }

  /** Jobs that the undo itself has begun, and that it was stopped at: they come before all else that is left. */
  #tellJobs(first: number): void {
    for (const { id, session, since } of this.#options.performance.jobs.slice(first)) {
      const now = session.jobs.get(id);
      if (now ? now.started < since || now.state === 'null' : session.state === 'open') continue;
      const undone = {
        text: `job-cancel id=${id}`,
        ok: false,
        why: INTERRUPTED,
        left: 'line',
        ...this.#label(session),
      } as const;
      this.#undone.unshift(undone);
      this.#options.report(undone);
    }
  }

  /** Values of the loop, the last first; one turn where there is no loop. */
  #turns(fence: Fence, turns: number | undefined): readonly (Value | undefined)[] {
    if (!fence.each) return [undefined];
    const list = this.#performance.values.get(fence.each.list)?.json;
    return isArray(list)
      ? list
          .map((json): Value => ({ json }))
          .slice(0, turns)
          .reverse()
      : [];
  }

  async #step(step: Step, partly: Fence | undefined): Promise<void> {
    const text = this.#textOf(step);
    // What it would undo was never named, so it was never made.
    if (text === undefined) return;
    if (step.kind === 'shell') return this.#shellStep(step, text, partly);
    const { signal } = this.#performance;
    const request = this.#requestOf(step, text);
    const monitor = this.#performance.stage.addressOf(step, this.#performance.values);
    const standing = request && this.#standing(request, monitor);
    if (standing === 'nothing' || (partly && standing === undefined && !this.#account.changed(partly)))
      return;
    const shown = { text: safe(text), ...this.#label(undefined, step) };
    const left = (why: string, how: Undone['left'] = 'line') =>
      this.#take({ ...shown, ok: false, why, left: how });
    if (request) this.#account.tell(request, monitor);
    const asks = onlyAsks(step, request);
    if (asks && !NEEDS_NOBODY.test(step.text) && (signal.aborted || this.#isLost(step))) return;
    if (signal.aborted && !asks) return left(INTERRUPTED);
    // (A pipe, or a request that makes QEMU run a program.)
    if (!this.#options.shell && stepCommands(step, text, this.#performance.reading).length > 0)
      return left(NOT_ALLOWED);
    if (this.#isLost(step) && !asks) return left(LOST);
    const { failure } = await perform(step, this.#performance);
    if (asks) return;
    if (failure && !failure.absent) return left(failure.message, this.#inUse(failure) ? 'kept' : 'line');
    if (!failure && request?.execute === 'migrate_cancel' && !(await this.#stopped(step)))
      return left('the migration could not be stopped', 'kept');
    if (!failure) this.#take({ ...shown, ok: true });
  }

  async #stopped(step: Step): Promise<boolean> {
    try {
      const { session } = await this.#performance.stage.monitorOf(step, this.#performance.values);
      return await staysHere(session, this.#performance.stage.host.clock, this.#limits);
    } catch (error) {
      failureOf(error);
      return false;
    }
  }

  /** Whether there is something for the line; nothing where the step that makes it was skipped, or edited. */
  #standing(undo: Request, monitor: string): 'something' | 'nothing' | undefined {
    if (!isInverse(undo)) return undefined;
    const made = this.#account.madeFor(undo, monitor);
    if (made) return made;
    const written = this.#options.page.steps.some(step => {
      if (step.group === 'on-failure') return false;
      const text = this.#textOf(step);
      const request = text === undefined ? undefined : (this.#requestOf(step, text) ?? requestOfPoints(text));
      return request !== undefined && takesBack(undo, request);
    });
    return written ? 'nothing' : undefined;
  }

  /** A second monitor may be connected to anew; the first is not. */
  #isLost({ fence }: Step): boolean {
    return fence.on === undefined && this.#performance.stage.host.session?.state !== 'open';
  }

  /** What QEMU refuses to give away after the guest was moved there will not be given away later. */
  #inUse({ message }: Failure): boolean {
    return this.#whereabouts.state !== 'stayed' && /in use|is busy/.test(message);
  }

  async #shellStep(step: Step, text: string, partly: Fence | undefined): Promise<void> {
    const shown = { text: `$ ${safe(text)}`, ...this.#label(undefined, step) };
    const left = (why: string, how: Undone['left'] = 'line') =>
      this.#take({ ...shown, ok: false, why, left: how });
    const removal = removalOf(text);
    if (removal === undefined && partly && !this.#account.changed(partly)) return;
    if (removal !== undefined) {
      const kept = await this.#whyKept(removal);
      if (removal !== 'unclear') this.#account.tellFiles(removal.files, kept === 'absent');
      if (kept === 'absent') return;
      if (kept) return left(kept, this.#whereabouts.state === 'stayed' ? 'last' : 'kept');
    }
    if (this.#performance.signal.aborted) return left(INTERRUPTED);
    if (removal !== undefined && removal !== 'unclear') {
      const why = this.#performance.stage.remove(removal.files);
      return why === undefined ? this.#take({ ...shown, ok: true }) : left(why);
    }
    if (!this.#options.shell) return left(NOT_ALLOWED);
    const { failure } = await perform(step, this.#performance);
    if (failure) return left(failure.message);
    this.#take({ ...shown, ok: true });
  }

  #whyKept(removal: NonNullable<Removal>): Promise<string | undefined> {
    return whyKept(removal, {
      made: this.#options.made,
      account: this.#account,
      undone: this.#undone,
      moved: this.#whereabouts.state,
      sessions: this.#options.performance.stage.monitors.map(({ session }) => session),
      limits: this.#limits,
    });
  }

  #textOf(step: Step): string | undefined {
    try {
      return boundText(step, this.#performance);
    } catch (error) {
      failureOf(error);
      return undefined;
    }
  }

  /** What the line asks for, as far as it can be read without asking the VM. */
  #requestOf(step: Step, text: string): Request | undefined {
    if (step.kind !== 'qmp') return undefined;
    const { reading, stage } = this.#performance;
    return requestOf(reading.line(text, stage.host.schema));
  }

  /** Which monitor, where the page speaks to several. */
  #label(session: Session | undefined, step?: Step): { readonly on?: string } {
    const { page, performance } = this.#options;
    if (!page.fences.some(fence => fence.on !== undefined) || step?.kind === 'shell') return {};
    const { stage, values } = performance;
    if (step) return { on: safe(stage.addressOf(step, values)) };
    const known = stage.monitors.find(one => one.session === session);
    return known ? { on: safe(known.address) } : {};
  }

  #take(taken: Undone): void {
    const unsure = !taken.ok && this.#silent.size > 0;
    const undone = { ...taken, ...(unsure ? { unsure } : {}) };
    this.#undone.push(undone);
    this.#options.report(undone);
  }
}

/** A part of a value that is known: `.let key = $disk.key`. */
const NEEDS_NOBODY = /^\.let\s+\w+\s*=\s*\$\w+(\.\w+)*\s*$/;

/** A line that looks something up for those that follow. */
function onlyAsks(step: Step, request: Request | undefined): boolean {
  return step.kind === 'word'
    ? /^\.(let|expect)\b/.test(step.text)
    : request !== undefined && asksOnly(request);
}
