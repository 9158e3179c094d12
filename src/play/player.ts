// Plays a page: performs its steps in order, and undoes it when one fails. A policy (play, step by step, check) decides
// whether a step runs, and what counts as a failure.

import type { Host } from '../line/host.ts';
import type { Fence, Page, Step } from '../page/model.ts';
import type { Value } from '../page/value.ts';
import { holds } from '../page/values.ts';
import { QmpshError } from '../qmp/errors.ts';
import { isArray, isObject, member } from '../text/json.ts';
import type { Again } from './again.ts';
import { discard } from './discard.ts';
import type { Discretion } from './discreet.ts';
import type { OwnJob } from './jobs.ts';
import type { Journal, Unfinished } from './journal.ts';
import { Ledger } from './ledger.ts';
import { Made } from './made.ts';
import type { Aftermath, Ending, Failure, StepResult } from './outcome.ts';
import { boundText, failureOf, perform } from './perform.ts';
import type { Performance } from './performance.ts';
import type { Reading } from './reading.ts';
import type { Report } from './report.ts';
import type { Stage } from './stage.ts';
import { Steady } from './steady.ts';
import { letGo } from './stillstep.ts';
import { type Reached, undo } from './undo.ts';

/** What the policy decides about the next step. */
type Decision =
  | { readonly do: 'run' }
  /** Another line in its place, values already in it. */
  | { readonly do: 'run'; readonly text: string }
  | { readonly do: 'skip' }
  /** Ends the page; with `undo` as a failure does. */
  | { readonly do: 'leave'; readonly undo: boolean };

export interface Policy {
  /** Decides on a step; absent: every step runs. */
  readonly next?: (step: Step, text: string, signal: AbortSignal) => Promise<Decision>;
  /** Told when the last step has been played. */
  readonly over?: () => Promise<void>;
  /** Whether expected output that differs makes a step fail. */
  readonly strict: boolean;
  /** Milliseconds an expected event may take to come; 0: only those count that came already. */
  readonly patience: number;
  /** Whether the page goes on behind a step that QEMU or the host refused; it has failed all the same. */
  readonly keepGoing?: boolean;
  /** What Ctrl-C ends: the whole page, or (where questions are asked in between) the step. */
  readonly guard: 'page' | 'step';
}

interface Performing {
  readonly page: Page;
  /** Grows with `.let`. */
  readonly values: Map<string, Value>;
  /** Hides secrets in what is shown. */
  readonly hide: Discretion;
  /** The steps to play, by index. */
  readonly chosen: ReadonlySet<number>;
  readonly stage: Stage;
  readonly reading: Reading;
  readonly policy: Policy;
  readonly report: Report;
  /** Whether `$` steps of an undo may run. */
  readonly shell: boolean;
  /** Ctrl-C, where somebody else listens for it already. */
  readonly signal?: AbortSignal;
  readonly nested: (text: string, signal: AbortSignal) => Promise<Failure | undefined>;
  /** Told of each step before it is done; absent where nothing outlives the play. */
  readonly journal?: Journal;
  /** A play of this page that was broken off, and is taken up again. */
  readonly again?: { readonly play: Unfinished; readonly turns: Again } | undefined;
}

/**
 * Plays; resolves when the page is over, and undone where it failed. A report that cannot be written (a full disk, a
 * terminal that has gone) ends the page as a failure does: it is undone all the same, and then this rejects.
 */
export async function performPage(performing: Performing): Promise<Ending> {
  const { host } = performing.stage;
  const report = new Steady(performing.report);
  const act = () => play({ ...performing, report });
  const ending = await (host.keep ? host.keep(act) : act());
  if (report.broken) throw report.broken;
  return ending;
}

async function play(performing: Playing): Promise<Ending> {
  const { stage, policy, page, report } = performing;
  const { host } = stage;
  const began = host.clock.now();
  const run = new Run(performing);
  let ending: Ending;
  try {
    ending = performing.signal
      ? await run.main(performing.signal)
      : policy.guard === 'page'
        ? await host.foreground(wordOf(performing), signal => run.main(signal), stopOf(page))
        : await run.main(undefined);
    // Before anything that may take time.
    const thawed = stage.still && (await letGo(stage));
    if (thawed && (ending.exit !== 0 || !thawed.ok)) report.undone(thawed);
    // It was broken off behind its last step.
    if (ending.exit === 0 && performing.again?.turns.mode === 'undo')
      ending = { exit: 130, played: ending.played, interrupted: 'undone' };
    if (ending.exit === 0) await policy.over?.();
    if (ending.exit !== 0 && run.undoes) {
      report.undoing();
      const after = await host.foreground(
        `the undo of ${wordOf(performing)}`,
        signal => untilNext(signal, host, next => run.undo(next)),
        'gives its line up',
      );
      ending = { ...ending, after: thawed ? { ...after, undone: [thawed, ...after.undone] } : after };
    }
    // A play that could not be taken up again is still there to be undone.
    if (run.undoes || !performing.again) performing.journal?.close();
  } finally {
    stage.leaveMarks();
    await stage.close();
  }
  report.over(page, ending, host.clock.now() - began);
  return ending;
}

/** How the page is called: as the word that it is, or by its file. */
function wordOf({ page: { name }, reading }: Playing): string {
  const word = reading.pages.find(({ path }) => path === name);
  return word ? `.${word.name}` : (name.split('/').at(-1) ?? name);
}

/** What Ctrl-C does to a page. (From a fence with `keep` on nothing is undone.) */
function stopOf({ fences }: Page): string {
  const undoes = fences.some(({ group }) => group === 'on-failure') && !fences.some(({ keep }) => keep);
  return undoes ? 'breaks it off and undoes it' : 'breaks it off';
}

interface Playing extends Performing {
  readonly report: Steady;
}

/** The undo fences of the part that is played: what stands above its first step undoes what others did. */
export function undoFences(page: Page, chosen: ReadonlySet<number>): ReadonlySet<Fence> {
  const first = Math.min(...chosen);
  const whole = !page.steps.some(step => step.group !== 'on-failure' && step.index < first);
  const start = whole ? -1 : (page.steps[first]?.fence.index ?? 0);
  return new Set(page.fences.filter(fence => fence.group === 'on-failure' && fence.index > start));
}

/** In batch one signal serves the whole process: the Ctrl-C that ended the page must not end its undo, too; the next does. */
function untilNext<T>(signal: AbortSignal, host: Host, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  if (!signal.aborted) return act(signal);
  return host.untilNextInterrupt ? host.untilNextInterrupt(act) : act(new AbortController().signal);
}

class Run {
  readonly #given: Playing;
  readonly #values: Map<string, Value>;
  readonly #jobs: OwnJob[] = [];
  readonly #ledger = new Ledger();
  readonly #made: Made;
  readonly #undos: ReadonlySet<Fence>;
  /** Undo fences above the step that is next, of the part that is played. */
  #reached: Reached[] = [];
  /** A step is done, or tried, from which on nothing above is undone. */
  #kept = false;
  #played = 0;
  /** The first step that failed and ended nothing. */
  #failed: StepResult | undefined;
  undoes = true;

  constructor(given: Playing) {
    this.#given = given;
    this.#values = given.values;
    this.#undos = undoFences(given.page, given.chosen);
    this.#made = new Made(given.page, this.#undos, file => given.stage.at(file));
    if (given.again) this.#made.recall(given.again.play.before);
  }

  /** Plays the steps. Without a signal each step is guarded by its own. */
  async main(signal: AbortSignal | undefined): Promise<Ending> {
    const { page } = this.#given;
    for (const fence of page.fences) {
      if (fence.group === 'on-failure') {
        if (this.#undos.has(fence)) this.#reached.push({ fence });
        continue;
      }
      const steps = page.steps.filter(step => step.fence === fence && this.#given.chosen.has(step.index));
      if (steps.length === 0) continue;
      if (fence.when && !holds(fence.when, this.#values)) {
        for (const step of steps) this.#given.report.skipped(step);
        continue;
      }
      for (const [turn, value] of this.#turns(fence).entries()) {
        if (fence.each && value) this.#values.set(fence.each.name, value);
        for (const step of steps) {
          this.#made.look(this.#values);
          const ended = await this.#step(step, signal);
          if (!ended) continue;
          this.#reachBelow(fence, turn + 1);
          return ended;
        }
      }
    }
    return this.#failed ? this.#ended(this.#failed) : { exit: 0, played: this.#played };
  }

  /** The fences directly under one that was left in the middle take back what of it was done. */
  #reachBelow(left: Fence, turns: number): void {
    for (const fence of this.#given.page.fences) {
      if (fence.index <= left.index) continue;
      if (fence.group === 'on-failure') {
        const same = fence.each !== undefined && fence.each.list === left.each?.list;
        if (this.#undos.has(fence)) this.#reached.push({ fence, partly: same ? { left, turns } : { left } });
      } else if (!fence.when || holds(fence.when, this.#values)) return;
    }
  }

  async undo(signal: AbortSignal): Promise<Aftermath> {
    const { page, report, shell } = this.#given;
    const after = await undo({
      page,
      fences: this.#reached,
      performance: this.#performance(signal),
      made: this.#made,
      shell,
      report: undone => report.undone(undone),
    });
    return this.#kept ? { ...after, kept: true } : after;
  }

  #turns(fence: Fence): readonly (Value | undefined)[] {
    if (!fence.each) return [undefined];
    const list = this.#values.get(fence.each.list)?.json;
    return isArray(list) ? list.map((json): Value => ({ json })) : [];
  }

  async #step(step: Step, outer: AbortSignal | undefined): Promise<Ending | undefined> {
    const { policy, report, stage } = this.#given;
    const bound = this.#bound(step);
    if (bound.failure) {
      report.failed(step, bound.failure);
      return this.#ended({ ...blank(step), failure: bound.failure });
    }
    if (report.broken) return this.#ended({ ...blank(step), failure: failureOf(report.broken) });
    if (outer?.aborted) return this.#interrupted(step);
    const decision = await policy.next?.(step, bound.text, outer ?? new AbortController().signal);
    if (decision?.do === 'skip') {
      report.skipped(step);
      return undefined;
    }
    if (decision?.do === 'leave') {
      this.undoes = decision.undo;
      return { exit: 130, played: this.#played, interrupted: 'left' };
    }
    const text = decision && 'text' in decision ? decision.text : undefined;
    if (step.fence.keep) {
      this.#reached = [];
      this.#kept = true;
    }
    const turn = await this.#again(step, text ?? bound.text, outer);
    if (turn !== undefined) return turn.ended;
    this.#given.journal?.begin(step, text ?? bound.text, this.#made.known);
    // A policy that asks has shown the line already.
    if (!policy.next) report.begin(step, text ?? bound.text);
    const act = (signal: AbortSignal) => perform(step, this.#performance(signal), text);
    const result = outer ? await act(outer) : await stage.host.foreground(text ?? bound.text, act);
    this.#played += 1;
    report.end(result);
    if (!result.failure) this.#given.journal?.end(step, isRefused(result));
    if (!result.failure) return undefined;
    if (!policy.keepGoing || result.failure.exit !== 1 || result.failure.lost)
      return this.#ended(this.#failed ?? result);
    this.#failed ??= result;
    return undefined;
  }

  /** Takes up a step of a play that was broken off; undefined where it is to be done now. */
  async #again(
    step: Step,
    text: string,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<{ readonly ended: Ending | undefined } | undefined> {
    const { again, journal, report } = this.#given;
    const turn = await again?.turns.take(step, text, this.#performance(signal));
    if (turn === undefined || turn.do === 'perform') return undefined;
    if (turn.do === 'nothing') {
      journal?.end(step, turn.refused);
      return { ended: undefined };
    }
    this.undoes = turn.undo;
    report.failed(step, turn.failure);
    return { ended: this.#ended({ ...blank(step), failure: turn.failure }) };
  }

  #bound(step: Step): { readonly text: string; readonly failure?: Failure } {
    try {
      return { text: boundText(step, { values: this.#values }) };
    } catch (error) {
      // A secret is not kept; the line that it stood in is, with stars.
      const line = this.#given.again?.turns.lineOf(step);
      return line === undefined ? { text: step.text, failure: failureOf(error) } : { text: line };
    }
  }

  #interrupted(step: Step): Ending {
    const failure = failureOf(new QmpshError('interrupted', 'interrupted'));
    this.#given.report.failed(step, failure);
    return this.#ended({ ...blank(step), failure });
  }

  #ended(failed: StepResult): Ending {
    return { exit: failed.failure?.exit ?? 1, played: this.#played, failed };
  }

  #performance(signal: AbortSignal): Performance {
    const { stage, reading, policy, nested, hide, page } = this.#given;
    const shared: Omit<Performance, 'discard'> = {
      stage,
      reading,
      hide,
      values: this.#values,
      jobs: this.#jobs,
      ledger: this.#ledger,
      params: new Set(page.params.map(({ name }) => name)),
      signal,
      timeout: stage.host.settings.timeout,
      strict: policy.strict,
      patience: policy.patience,
      commands: this.#given.shell,
      nested,
    };
    const made = this.#made;
    return {
      ...shared,
      discard: async (step, text) => discard(step, text, { ...shared, made }),
    };
  }
}

/** A refusal that the page expects there. */
function isRefused({ reply }: StepResult): boolean {
  return isObject(reply) && member(reply, 'error') !== undefined;
}

function blank(step: Step): StepResult {
  return { step, text: step.text, jobs: [], mismatches: [], warnings: [], ms: 0 };
}
