// Checks pages: offline each line and each shown request, on a VM everything that comes.
import { rewriteFile } from '../io/pages.ts';
import { replaceAllExpected } from '../page/edit.ts';
import type { Expected, Page, Step } from '../page/model.ts';
import { checkNames } from '../page/names.ts';
import { fillParams } from '../page/values.ts';
import type { Schema } from '../schema/model.ts';
import type { Json } from '../text/json.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import type { Exit, Host } from './host.ts';
import { type Choice, chooseSteps } from './player/choice.ts';
import { judge, mended } from './player/judge.ts';
import { checkStep } from './player/lines.ts';
import type { Ending, Failure, Mismatch, StepResult, Undone } from './player/outcome.ts';
import type { Report } from './player/report.ts';
import { sampleOf } from './player/samples.ts';
import type { StageParts } from './player/stage.ts';
import { type Output, pageWordNames, playPage } from './playing.ts';

/** One place where a page is not true, or cannot be read. */
export interface Fault {
  readonly row: number;
  readonly message: string;
  readonly advice?: string;
  readonly expected?: string;
  readonly got?: string;
}

export interface CheckRequest {
  readonly page: Page;
  readonly given: ReadonlyMap<string, string>;
  readonly choice: Choice;
  /** Writes what came into the page. */
  readonly update: boolean;
  readonly own?: Omit<StageParts, 'host'>;
  /** Where the page was read from, for --update. */
  readonly path?: string;
}

const EVENT_PATIENCE = 10_000;

/** Checks without a VM. Types and names are checked where there is a schema. */
export async function checkOffline(
  { page, given, choice, update, path }: CheckRequest,
  schema: Schema | undefined,
  output: Output,
): Promise<Exit> {
  const faults: Fault[] = [...page.problems, ...checkNames(page), ...malformed(page.steps)];
  const filling = fillParams(page, given, 'run00');
  faults.push(...filling.problems);
  const values = new Map(filling.values);
  for (const param of page.params) if (!values.has(param.name)) values.set(param.name, sampleOf(param));
  const chosen = page.steps.length === 0 ? new Set<number>() : chooseSteps(page, choice);
  const whole = choice.from === undefined && choice.to === undefined && choice.section === undefined;
  const steps = page.steps.filter(step => chosen.has(step.index) || (whole && step.group === 'on-failure'));
  const wrong = new Map<Step, readonly Mismatch[]>();
  const context = { schema, pageWords: pageWordNames() };
  for (const step of steps) {
    const checked = await checkStep(step, values, context);
    if (checked.fault) {
      const { message, advice } = checked.fault;
      // A name without a value is told by the page's own check.
      if (!faults.some(fault => fault.row === step.row && fault.message === message))
        faults.push({ row: step.row, message, ...(advice === undefined ? {} : { advice }) });
      continue;
    }
    const mismatches = certain(
      (checked.requests ?? []).map(one => judge(step, one.values, { request: one.request })),
    );
    if (mismatches.length > 0) wrong.set(step, mismatches);
    faults.push(...mismatches.flatMap(differs));
  }
  if (update && wrong.size > 0) rewrite(page, path, wrong, new Map());
  return tell(page, faults, steps.length, update && wrong.size > 0, output);
}

/** Differences that are there whatever the names that only a run gives values to may hold. */
function certain(trials: readonly (readonly Mismatch[])[]): readonly Mismatch[] {
  const [first = [], ...others] = trials;
  const shown = (all: readonly Mismatch[]) =>
    new Set(all.flatMap(one => one.differences.map(({ path, got }) => `${one.expected.row} ${path} ${got}`)));
  const sets = others.map(shown);
  return first.flatMap((mismatch): Mismatch[] => {
    const differences = mismatch.differences.filter(({ path, got }) =>
      sets.every(set => set.has(`${mismatch.expected.row} ${path} ${got}`)),
    );
    return differences.length === 0 ? [] : [{ ...mismatch, differences }];
  });
}

/** Plays the page on the host's VM and compares everything it shows. */
export async function checkOnline(request: CheckRequest, host: Host, output: Output): Promise<Exit> {
  const { page, given, choice, update, own, path } = request;
  const report = new CheckReport();
  const policy = { strict: false, patience: EVENT_PATIENCE, guard: 'page' } as const;
  const chosen = chooseSteps(page, choice);
  const exit = await playPage(
    { page, given, choice, step: false, verbose: false, policy, report, ...(own ? { own } : {}) },
    host,
    output,
  );
  const steps = page.steps.filter(step => chosen.has(step.index));
  const faults = [...malformed(steps), ...report.faults];
  if (update && (report.wrong.size > 0 || malformed(steps).length > 0))
    rewrite(page, path, report.wrong, report.results);
  const rewritten = update && (report.wrong.size > 0 || malformed(steps).length > 0);
  const told = tell(page, faults, report.played, rewritten, output);
  for (const undone of report.left)
    output.show([[span('left', 'warning'), span(`  ${undone.text}  (${undone.why})`)]]);
  return exit !== 0 && exit !== 1 ? exit : told;
}

/** Takes notes of a play. */
class CheckReport implements Report {
  readonly faults: Fault[] = [];
  readonly wrong = new Map<Step, readonly Mismatch[]>();
  readonly results = new Map<Step, StepResult>();
  readonly left: Undone[] = [];
  played = 0;

  begin(): void {}

  end(result: StepResult): void {
    const { step, mismatches, failure } = result;
    this.played += 1;
    this.results.set(step, result);
    if (mismatches.length > 0) this.wrong.set(step, mismatches);
    this.faults.push(...mismatches.flatMap(differs));
    const told = mismatches.some(({ expected }) => expected.kind === 'reply');
    if (failure && !(told && failure.message.startsWith('QEMU refused'))) this.failed(step, failure);
  }

  skipped(): void {}

  failed(step: Step | undefined, { message, advice }: Failure): void {
    this.faults.push({ row: step?.row ?? 1, message, ...(advice === undefined ? {} : { advice }) });
  }

  undoing(): void {}

  undone(undone: Undone): void {
    if (!undone.ok) this.left.push(undone);
  }

  over(page: Page, ending: Ending): void {
    const row = ending.failed?.step.row;
    const rest = page.steps.filter(
      step => row !== undefined && step.row > row && step.group !== 'on-failure',
    );
    if (row !== undefined && rest.length > 0)
      this.faults.push({
        row: rest[0]?.row ?? row,
        message: `not played, because of row ${row}: ${rest.length} more step${rest.length === 1 ? '' : 's'}`,
      });
  }
}

function malformed(steps: readonly Step[]): readonly Fault[] {
  return steps.flatMap(step =>
    step.expected.flatMap(item =>
      item.kind === 'malformed' ? [{ row: item.row, message: item.message }] : [],
    ),
  );
}

const WHAT: Readonly<Record<Expected['kind'], string>> = {
  request: 'the line makes another request than the page shows',
  reply: 'another reply came than the page shows',
  event: 'the event the page shows did not come so',
  text: 'the command prints something else than the page shows',
  malformed: 'this is no JSON',
};

function differs({ expected, differences }: Mismatch): readonly Fault[] {
  return differences.map(difference => ({
    row: expected.row,
    message: `${WHAT[expected.kind]}${difference.path === '' ? '' : `: ${difference.path}`}`,
    expected: difference.expected,
    got: difference.got ?? 'nothing',
  }));
}

/** Puts what came in the place of what differs; what is true stays as it is written. */
function rewrite(
  page: Page,
  path: string | undefined,
  wrong: ReadonlyMap<Step, readonly Mismatch[]>,
  results: ReadonlyMap<Step, StepResult>,
): void {
  const outputs = new Map<number, string>();
  for (const step of page.steps) {
    const mismatches = wrong.get(step) ?? [];
    const broken = step.expected.some(item => item.kind === 'malformed') && results.has(step);
    if (mismatches.length === 0 && !broken) continue;
    outputs.set(step.index, outputOf(page, step, mismatches, results.get(step)));
  }
  if (outputs.size > 0) rewriteFile(path ?? page.name, replaceAllExpected(page, outputs));
}

function outputOf(
  page: Page,
  step: Step,
  mismatches: readonly Mismatch[],
  result: StepResult | undefined,
): string {
  const hasReply = step.expected.some(item => item.kind === 'reply');
  let replied = hasReply;
  const pieces = step.expected.flatMap(item => {
    const mismatch = mismatches.find(one => one.expected === item);
    if (mismatch) return [mended(mismatch)];
    if (item.kind !== 'malformed' || !result) return [unindented(page, step, item)];
    // In the place of what cannot be read, once: what came.
    if (replied || result.reply === undefined) return [];
    replied = true;
    return [mended({ expected: item, differences: [], got: result.reply })];
  });
  return pieces.filter(piece => piece !== '').join('\n');
}

function unindented(page: Page, step: Step, { place }: Expected): string {
  const text = page.text.slice(place.start, place.end).replace(/\r/g, '').replace(/\n+$/, '');
  return text
    .split('\n')
    .map(row => (row.startsWith(step.indent) ? row.slice(step.indent.length) : row))
    .join('\n');
}

function tell(
  page: Page,
  faults: readonly Fault[],
  steps: number,
  updated: boolean,
  { show, row }: Output,
): Exit {
  const ordered = [...faults].sort((a, b) => a.row - b.row);
  const count = `${steps} step${steps === 1 ? '' : 's'}, ${ordered.length} fault${ordered.length === 1 ? '' : 's'}`;
  if (row) {
    for (const { row: at, ...rest } of ordered) row({ file: page.name, line: at, ...rest } satisfies Json);
    row({ page: page.name, steps, faults: ordered.length, updated });
  } else {
    show(ordered.flatMap(fault => faultLines(page, fault)));
    show([
      [
        span(
          `${safe(page.name)}: ${count}${updated ? ', updated' : ''}`,
          ordered.length > 0 ? 'error' : 'ok',
        ),
      ],
    ]);
  }
  return ordered.length > 0 && !updated ? 1 : 0;
}

function faultLines(page: Page, { row, message, advice, expected, got }: Fault): readonly StyledLine[] {
  return [
    [span(`${safe(page.name)}:${row}: `, 'title'), span(safe(message))],
    ...(expected === undefined ? [] : [[span('    expected ', 'dim'), span(safe(expected))]]),
    ...(got === undefined ? [] : [[span('    got      ', 'dim'), span(safe(got))]]),
    ...(advice === undefined ? [] : [[span(`    ${safe(advice)}`, 'dim')]]),
  ];
}
