// A page on a twin, once: which lines are run there, what comes of each, and what its undo leaves.
import { requestOf } from '../language/parse.ts';
import type { Host } from '../line/host.ts';
import type { Step } from '../page/model.ts';
import type { Values } from '../page/value.ts';
import { chooseSteps, stepNumbers } from '../play/choice.ts';
import type { Ending, Failure, Undone } from '../play/outcome.ts';
import { planPage } from '../play/plan.ts';
import type { Policy } from '../play/player.ts';
import { type Output, type PlayRequest, playPage } from '../play/playing.ts';
import type { Report } from '../play/report.ts';
import { QmpshError } from '../qmp/errors.ts';
import { parseJson } from '../text/json.ts';
import { TwinDeputy } from './deputy.ts';
import { TwinHost } from './host.ts';
import { type Permit, permit } from './permit.ts';
import type { Twin } from './twin.ts';

/** A page with its values, as it would be played. */
export interface Subject extends Pick<PlayRequest, 'page' | 'reading' | 'given' | 'choice'> {
  readonly values: Values;
  /** It is a line that somebody typed, made a page. */
  readonly isLine?: true;
}

interface Skipped {
  readonly step?: number;
  readonly text: string;
  readonly why: string;
}

/** How a page went on a twin. */
interface Trial {
  readonly failed?: { readonly step?: number; readonly text: string; readonly failure: Failure };
  readonly skipped: readonly Skipped[];
  /** The numbers of the steps that were come to, in order; a loop comes to its steps more than once. */
  readonly steps: readonly number[];
  readonly left: readonly Undone[];
  readonly stays: readonly string[];
}

interface TrialOptions {
  readonly twin: Twin;
  /** Told what happens. */
  readonly report?: Report;
  readonly output: Output;
  /** The page fails when it comes to its step of this position. */
  readonly failAt?: number;
  /** Told of a line before it runs, and of one that does not run. */
  readonly begins?: (step: Step, text: string, number: number | undefined) => void;
  readonly skips?: (skipped: Skipped) => void;
}

export async function tryPage(subject: Subject, host: Host, options: TrialOptions): Promise<Trial> {
  const { page, reading, given, choice, values } = subject;
  const { twin, failAt, output } = options;
  const numbers = subject.isLine ? new Map<number, number>() : stepNumbers(page);
  const numbered = (step: Step) => {
    const number = numbers.get(step.index);
    return number === undefined ? {} : { step: number };
  };
  const skipped: Skipped[] = [];
  const steps: number[] = [];
  const deputy = new TwinDeputy(twin.places, host.folder);
  let now: Step | undefined;
  const skip = (one: Skipped) => {
    skipped.push(one);
    options.skips?.(one);
  };
  const stage = new TwinHost(host, twin.session, deputy, command =>
    skip({
      ...(now ? numbered(now) : {}),
      text: `| ${command}`,
      why: 'a rehearsal runs no such command of this host',
    }),
  );
  const schema = await stage.loadSchema();
  const policy: Policy = {
    strict: page.markdown,
    patience: page.markdown ? 2_000 : 0,
    guard: 'page',
    next: async (step, text) => {
      now = step;
      if (steps.length === failAt) return { do: 'leave', undo: true };
      steps.push(numbers.get(step.index) ?? 1);
      const why = whyNot(step, text);
      if (why !== undefined) {
        skip({ ...numbered(step), text: step.kind === 'shell' ? `$ ${text}` : text, why });
        return { do: 'skip' };
      }
      options.begins?.(step, text, numbers.get(step.index));
      return { do: 'run' };
    },
  };
  const whyNot = (step: Step, text: string): string | undefined => {
    if (step.kind === 'shell')
      return deputy.understands(text) ? undefined : 'a rehearsal runs no such command of this host';
    if (step.fence.on !== undefined) return 'it is for another VM';
    const request = requestIn(step, text);
    if (!request) return undefined;
    const judged: Permit = permit(request, twin.places, '');
    return judged.kind === 'refuse' ? judged.why : undefined;
  };
  const requestIn = (step: Step, text: string) => {
    if (step.kind === 'qmp') return requestOf(reading.line(text, schema));
    const [, word = '', rest = ''] = /^(\.\w+)\s+([\s\S]*)$/.exec(text) ?? [];
    if (word === '.hmp') return { execute: 'human-monitor-command', arguments: { 'command-line': rest } };
    if (word !== '.send') return undefined;
    try {
      return requestOf({ kind: 'raw', message: parseJson(rest) });
    } catch {
      return undefined; // told when it is performed
    }
  };
  const { seen, report } = watching(options.report, numbered);
  const plan = await planPage({
    ...{ page, values, reading, folder: host.folder },
    chosen: chooseSteps(page, choice),
    given: new Set(given.keys()),
  });
  await playPage(
    {
      ...{ page, reading, given, choice, values, policy },
      step: false,
      verbose: false,
      report,
      agreed: { commands: false, pages: plan.pages, addresses: new Set() },
    },
    stage,
    output,
  );
  if (host.leaving || (failAt === undefined && seen.failed?.failure.exit === 130))
    throw new QmpshError('interrupted', 'the rehearsal was interrupted');
  return {
    ...(seen.failed && failAt === undefined ? { failed: seen.failed } : {}),
    skipped,
    steps,
    left: seen.undone.filter(({ ok }) => !ok),
    stays: seen.ending?.after?.stays ?? [],
  };
}

/** What was seen of a page. */
interface Seen {
  failed?: NonNullable<Trial['failed']>;
  readonly undone: Undone[];
  ending?: Ending;
}

/** Sees how a page ends, and passes on what it sees; where it ends well nothing is said of that: it was no play. */
function watching(
  report: Report | undefined,
  numbered: (step: Step) => { readonly step?: number },
): { readonly seen: Seen; readonly report: Report } {
  const seen: Seen = { undone: [] };
  const failed = (step: Step | undefined, text: string, failure: Failure) => {
    seen.failed ??= { ...(step ? numbered(step) : {}), text, failure };
  };
  return {
    seen,
    report: {
      begin: (step, text) => report?.begin(step, text),
      end: result => {
        if (result.failure) failed(result.step, result.text, result.failure);
        report?.end(result);
      },
      skipped: () => {},
      failed: (step, failure) => {
        failed(step, step?.text ?? '', failure);
        report?.failed(step, failure);
      },
      undoing: () => report?.undoing(),
      undone: undone => {
        seen.undone.push(undone);
        report?.undone(undone);
      },
      over: (page, ending, ms) => {
        seen.ending = ending;
        if (ending.exit !== 0) report?.over(page, ending, ms);
      },
    },
  };
}
