// Plays a page: its steps in order, each awaited; what fails is undone. How a step is decided on, and what counts as a
// failure, is the policy's business: play, step by step, check.
import type { Fence, Page, Step } from '../page/model.ts';
import type { Value, Values } from '../page/value.ts';
import { holds } from '../page/values.ts';
import { QmpshError } from '../qmp/errors.ts';
import { isArray } from '../text/json.ts';
import type { Host } from './host.ts';
import type { OwnJob } from './player/jobs.ts';
import type { Ending, Failure, StepResult, Undone } from './player/outcome.ts';
import { boundText, failureOf, type Performance, perform } from './player/perform.ts';
import type { Report } from './player/report.ts';
import type { Stage } from './player/stage.ts';
import { undo } from './player/undo.ts';

/** What to do with the step that is next. */
export type Decision =
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
  /** What Ctrl-C guards: the whole page, or (where questions are asked in between) each step. */
  readonly guard: 'page' | 'step';
}

export interface Performing {
  readonly page: Page;
  readonly values: Values;
  /** The steps to play, by index. */
  readonly chosen: ReadonlySet<number>;
  readonly stage: Stage;
  readonly policy: Policy;
  readonly report: Report;
  /** Whether `$` steps of an undo may run. */
  readonly shell: boolean;
  /** Ctrl-C, where somebody else listens for it already. */
  readonly signal?: AbortSignal;
  readonly nested: (text: string, signal: AbortSignal) => Promise<Failure | undefined>;
}

/** Plays; resolves when the page is over, and undone where it failed. */
export async function performPage(performing: Performing): Promise<Ending> {
  const { stage, policy, page, report } = performing;
  const { host } = stage;
  const began = host.clock.now();
  const run = new Run(performing);
  const title = page.title ?? page.name;
  let ending: Ending;
  try {
    ending = performing.signal
      ? await run.main(performing.signal)
      : policy.guard === 'page'
        ? await host.foreground(title, signal => run.main(signal))
        : await run.main(undefined);
    if (ending.exit === 0) await policy.over?.();
    if (ending.exit !== 0 && run.undoes) {
      report.undoing();
      const undone = await host.foreground(`the undo of ${title}`, signal =>
        untilNext(signal, host, next => run.undo(next, ending)),
      );
      ending = { ...ending, undone };
    }
  } finally {
    stage.leaveMarks();
    await stage.close();
  }
  report.over(page, ending, host.clock.now() - began);
  return ending;
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
  readonly #given: Performing;
  readonly #values: Map<string, Value>;
  readonly #jobs: OwnJob[] = [];
  /** Undo fences above the step that is next, of the part that is played. */
  readonly #reached: Fence[] = [];
  #played = 0;
  undoes = true;

  constructor(given: Performing) {
    this.#given = given;
    this.#values = new Map(given.values);
  }

  /** Plays the steps. Without a signal each step is guarded by its own. */
  async main(signal: AbortSignal | undefined): Promise<Ending> {
    const { page } = this.#given;
    const undos = undoFences(page, this.#given.chosen);
    for (const fence of page.fences) {
      if (fence.group === 'on-failure') {
        if (undos.has(fence)) this.#reached.push(fence);
        continue;
      }
      const steps = page.steps.filter(step => step.fence === fence && this.#given.chosen.has(step.index));
      if (steps.length === 0) continue;
      if (fence.when && !holds(fence.when, this.#values)) {
        for (const step of steps) this.#given.report.skipped(step);
        continue;
      }
      for (const value of this.#turns(fence)) {
        if (fence.each && value) this.#values.set(fence.each.name, value);
        for (const step of steps) {
          const ended = await this.#step(step, signal);
          if (ended) return ended;
        }
      }
    }
    return { exit: 0, played: this.#played, undone: [] };
  }

  undo(signal: AbortSignal, ending: Ending): Promise<readonly Undone[]> {
    const { page, report, shell, stage } = this.#given;
    const failure = ending.failed?.failure;
    return undo({
      page,
      fences: this.#reached,
      performance: this.#performance(signal),
      shell,
      lost: failure?.lost === true || stage.host.session?.state !== 'open',
      report: undone => report.undone(undone),
    });
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
    if (outer?.aborted) return this.#interrupted(step);
    const decision = await policy.next?.(step, bound.text, outer ?? new AbortController().signal);
    if (decision?.do === 'skip') {
      report.skipped(step);
      return undefined;
    }
    if (decision?.do === 'leave') {
      this.undoes = decision.undo;
      return { exit: 130, played: this.#played, interrupted: 'left', undone: [] };
    }
    const text = decision && 'text' in decision ? decision.text : undefined;
    // A policy that asks has shown the line already.
    if (!policy.next) report.begin(step, text ?? bound.text);
    const act = (signal: AbortSignal) => perform(step, this.#performance(signal), text);
    const result = outer ? await act(outer) : await stage.host.foreground(text ?? bound.text, act);
    this.#played += 1;
    report.end(result);
    return result.failure ? this.#ended(result) : undefined;
  }

  #bound(step: Step): { readonly text: string; readonly failure?: Failure } {
    try {
      return { text: boundText(step, { values: this.#values }) };
    } catch (error) {
      return { text: step.text, failure: failureOf(error) };
    }
  }

  #interrupted(step: Step): Ending {
    const failure = failureOf(new QmpshError('interrupted', 'interrupted'));
    this.#given.report.failed(step, failure);
    return this.#ended({ ...blank(step), failure });
  }

  #ended(failed: StepResult): Ending {
    return { exit: failed.failure?.exit ?? 1, played: this.#played, failed, undone: [] };
  }

  #performance(signal: AbortSignal): Performance {
    const { stage, policy, nested } = this.#given;
    return {
      stage,
      values: this.#values,
      jobs: this.#jobs,
      signal,
      timeout: stage.host.settings.timeout,
      strict: policy.strict,
      patience: policy.patience,
      nested,
    };
  }
}

function blank(step: Step): StepResult {
  return { step, text: step.text, jobs: [], mismatches: [], warnings: [], ms: 0 };
}
