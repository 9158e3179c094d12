// Checks pages: offline each line and each message shown, on a VM also every reply, event and output.
import { rewriteFile } from '../io/pages.ts';
import type { Host } from '../line/host.ts';
import { applyEdits, type Edit, expectedEdit } from '../page/edit.ts';
import { mendShown } from '../page/mend.ts';
import type { Expected, Page, Step } from '../page/model.ts';
import type { Values } from '../page/value.ts';
import { isObject, type Json, member } from '../text/json.ts';
import { trimTail } from '../text/trim.ts';
import { type Choice, chooseSteps, isWhole } from './choice.ts';
import { type Fault, rowsIn } from './document/fault.ts';
import { differing, inOrder, pageFaults } from './document/faults.ts';
import { heeding, noStep, type PageCheck } from './document/result.ts';
import { faultsIn, type Version } from './document/versions.ts';
import { mended } from './judge.ts';
import { toPage } from './load.ts';
import type { Ending, Failure, Mismatch, StepResult, Undone } from './outcome.ts';
import { type Agreed, type Output, playPage } from './playing.ts';
import type { Reading } from './reading.ts';
import type { Report } from './report.ts';
import type { StageParts } from './stage.ts';

export interface CheckRequest {
  readonly page: Page;
  readonly reading: Reading;
  readonly given: ReadonlyMap<string, string>;
  /** What was asked for and agreed to before there was a VM. */
  readonly values?: Values;
  readonly agreed?: Agreed;
  readonly choice: Choice;
  /** Writes what came into the page. */
  readonly update: boolean;
  readonly own?: Omit<StageParts, 'host'>;
  /** A page without a step is no fault. */
  readonly allowEmpty: boolean;
  /** A step that fails ends nothing. */
  readonly keepGoing: boolean;
  /** Where the page was read from, for --update. */
  readonly path?: string;
}

const EVENT_PATIENCE = 10_000;

/** Checks without a VM. Types and names are checked where there is a schema; with several, against each. */
export async function checkOffline(request: CheckRequest, versions: readonly Version[]): Promise<PageCheck> {
  const { page, reading, given, choice, update, path, allowEmpty } = request;
  const options = { given, choice, reading };
  const [only, ...more] = versions;
  const several = more.length > 0 ? await faultsIn(page, versions, options) : undefined;
  const found = several ?? (await pageFaults(page, only?.schema, options));
  const rewritten = update && found.wrong.size > 0;
  const unwritten = rewritten ? await rewrite(page, path, found.wrong, new Map()) : [];
  const empty = found.steps === 0 && !allowEmpty ? [noStep(page)] : [];
  const { faults, known, skipped } = heeding(
    page,
    inOrder([...found.faults, ...unwritten, ...empty]),
    isWhole(choice) && versions.length > 0,
  );
  return {
    page,
    steps: found.steps,
    checked: [...stepsOf(page, choice), ...(isWhole(choice) ? page.examples : [])],
    faults,
    known,
    skipped,
    updated: rewritten && unwritten.length === 0,
    left: [],
    ...(several ? { holdings: several.holdings } : {}),
  };
}

function stepsOf(page: Page, choice: Choice): readonly Step[] {
  if (page.steps.length === 0) return [];
  const chosen = chooseSteps(page, choice, true);
  return page.steps.filter(step => chosen.has(step.index));
}

/** Plays the page on the host's VM and compares everything it shows. */
export async function checkOnline(request: CheckRequest, host: Host, output: Output): Promise<PageCheck> {
  const { page, reading, given, choice, update, own, path, values, agreed } = request;
  if (page.steps.length === 0) return checkOffline(request, []);
  const before = { ...(values ? { values } : {}), ...(agreed ? { agreed } : {}) };
  const chosen = chooseSteps(page, choice);
  const report = new CheckReport(page, chosen);
  const { keepGoing } = request;
  const policy = { strict: false, patience: EVENT_PATIENCE, guard: 'page', keepGoing } as const;
  const exit = await playPage(
    {
      ...{ page, reading, given, choice, policy, report, step: false, verbose: false },
      ...before,
      ...(own ? { own } : {}),
    },
    host,
    output,
  );
  const shapes = await shapeFaults(request, host, report);
  const broken = page.steps.some(
    step => report.results.has(step) && step.expected.some(item => item.kind === 'malformed'),
  );
  const rewritten = update && (report.wrong.size > 0 || broken);
  const unwritten = rewritten ? await rewrite(page, path, report.wrong, report.results) : [];
  const all = inOrder([...shapes, ...report.faults.map(rowsIn(page)), ...unwritten]);
  const { faults, known, skipped } = heeding(page, all, isWhole(choice));
  return {
    page,
    steps: report.played,
    checked: page.steps.filter(step => chosen.has(step.index)),
    faults,
    known,
    skipped,
    updated: rewritten && unwritten.length === 0,
    left: report.left,
    ...(exit !== 0 && exit !== 1 ? { exit } : {}),
  };
}

/** What can be told from the text: of the steps that were not played everything, of the others what no play shows. */
async function shapeFaults(
  { page, reading, given, choice }: CheckRequest,
  host: Host,
  report: CheckReport,
): Promise<readonly Fault[]> {
  const { faults } = await pageFaults(page, host.schema, { given, choice, reading });
  return faults.filter(
    ({ step, rule, severity }) =>
      severity !== 'error' || !step || !report.results.has(step) || rule === 'malformed' || rule === 'slip',
  );
}

/** A report that collects what differs while the page is played. */
class CheckReport implements Report {
  readonly faults: Fault[] = [];
  readonly wrong = new Map<Step, readonly Mismatch[]>();
  readonly results = new Map<Step, StepResult>();
  readonly left: Undone[] = [];
  played = 0;
  readonly #page: Page;
  readonly #chosen: ReadonlySet<number>;
  /** Played, or left out by a condition; by index. */
  readonly #seen = new Set<number>();

  constructor(page: Page, chosen: ReadonlySet<number>) {
    this.#page = page;
    this.#chosen = chosen;
  }

  begin(): void {}

  end(result: StepResult): void {
    const { step, failure } = result;
    this.played += 1;
    this.results.set(step, result);
    this.#seen.add(step.index);
    const refusal = failure && refusalIn(result.reply);
    const reply = step.expected.find(({ kind }) => kind === 'reply');
    // Of a step that QEMU refused no event comes, and the reply is another one: one fault, with QEMU's own words.
    const mismatches = result.mismatches.filter(
      ({ expected }) => !refusal || (expected.kind !== 'event' && expected.kind !== 'reply'),
    );
    if (result.mismatches.length > 0) this.wrong.set(step, result.mismatches);
    for (const mismatch of mismatches) this.faults.push(...differing(mismatch, step));
    if (refusal && reply) this.#refused(step, reply, failure);
    else if (failure) this.failed(step, failure, result);
  }

  #refused(step: Step, reply: Expected, { message, advice }: Failure): void {
    this.faults.push({
      rule: 'refused',
      severity: 'error',
      row: reply.row,
      place: reply.place,
      message: `${message}; the page shows another reply`,
      ...(advice === undefined ? {} : { advice }),
      step,
    });
  }

  skipped(step: Step): void {
    this.#seen.add(step.index);
  }

  failed(step: Step | undefined, { message, advice }: Failure, result?: StepResult): void {
    const printed =
      result?.output === undefined || result.mismatches.length > 0 ? '' : lastRows(result.output);
    this.faults.push({
      rule: 'failed',
      severity: 'error',
      row: step?.row ?? 1,
      message,
      ...(advice === undefined ? {} : { advice }),
      ...(printed === '' ? {} : { got: printed }),
      ...(step ? { step } : {}),
    });
  }

  undoing(): void {}

  undone(undone: Undone): void {
    if (!undone.ok) this.left.push(undone);
  }

  over(_page: Page, ending: Ending): void {
    const failed = ending.failed?.step;
    if (!failed) return;
    const rest = this.#page.steps.filter(
      step => step.index > failed.index && this.#chosen.has(step.index) && !this.#seen.has(step.index),
    );
    const [first] = rest;
    if (first)
      this.faults.push({
        rule: 'not-played',
        severity: 'error',
        row: first.row,
        message: `not played, because of row ${failed.row}: ${rest.length} more step${rest.length === 1 ? '' : 's'}`,
      });
  }
}

function refusalIn(reply: Json | undefined): boolean {
  return isObject(reply) && member(reply, 'error') !== undefined;
}

/** So many rows of what a command printed are told. */
const TOLD_ROWS = 8;

function lastRows(output: string): string {
  return output.trimEnd().split('\n').slice(-TOLD_ROWS).join('\n');
}

/**
 * Replaces expected output that differs by what came; the rest of the page stays as it is written. Output of a command
 * of this host is any text: rows that the page would take for steps or fences of its own become `...`, which stands for
 * them. Gives a fault for what cannot be written even so.
 */
async function rewrite(
  page: Page,
  path: string | undefined,
  wrong: ReadonlyMap<Step, readonly Mismatch[]>,
  results: ReadonlyMap<Step, StepResult>,
): Promise<readonly Fault[]> {
  const left: Fault[] = [];
  const edits: Edit[] = [];
  for (const step of page.steps) {
    const mismatches = wrong.get(step) ?? [];
    const broken = step.expected.some(item => item.kind === 'malformed') && results.has(step);
    if (mismatches.length === 0 && !broken) continue;
    const own: Edit[] = [];
    for (const { expected, got } of mismatches)
      if ('pattern' in expected && !inRows(step, expected) && got !== undefined && typeof got !== 'string')
        for (const edit of mendShown(page, expected, got)) own.push(edit);
    const output = step.expected.some(item => inRows(step, item))
      ? outputOf(page, step, mismatches, results.get(step))
      : undefined;
    const withOutput = (text: string) => [...own, expectedEdit(page, step, text)];
    const tries = output === undefined ? [own] : [withOutput(output), withOutput(masked(output))];
    const fits = await firstThat(tries, one => keepsSteps(page, one));
    if (fits) for (const edit of fits) edits.push(edit);
    else
      left.push({
        rule: 'not-written',
        severity: 'error',
        row: step.row,
        message: 'what came was not written into the page: it would be read as steps of its own',
        step,
      });
  }
  if (edits.length > 0) rewriteFile(path ?? page.name, applyEdits(page.text, edits));
  return left;
}

async function firstThat<T>(
  items: readonly T[],
  isSo: (item: T) => Promise<boolean>,
): Promise<T | undefined> {
  for (const item of items) if (await isSo(item)) return item;
  return undefined;
}

/** Whether the page has the very same steps, and shows no more messages, with those edits in it. */
async function keepsSteps(page: Page, edits: readonly Edit[]): Promise<boolean> {
  const after = await toPage(applyEdits(page.text, edits), page.name);
  const shape = (one: Page) =>
    JSON.stringify([
      one.steps.map(({ kind, text, fence, group }) => [kind, text, fence.index, group]),
      one.fences.map(({ group, when, on, each }) => [group, when, on, each]),
      one.practice ?? null,
      ...[one.params, one.problems, one.notes, one.examples, one.exemptions].map(({ length }) => length),
    ]);
  return shape(after) === shape(page) && after.loose.length <= page.loose.length;
}

function masked(output: string): string {
  const isMark = (row: string) =>
    /^\s*((\(QEMU\)|\(qemu\)|\$|TRANS>)(\s|$)|(->|<-)\s*([{[]|$)|\.\.\s*qmpsh:|#|<!--|`{3}|~{3}|---\s*$)/.test(
      row,
    );
  return output
    .split('\n')
    .map(row => (isMark(row) ? '...' : row))
    .join('\n');
}

/** Whether it stands in the rows below its step, which are written anew as a whole. */
function inRows(step: Step, { place }: Expected): boolean {
  return place.start >= step.expectedPlace.start && place.end <= step.expectedPlace.end;
}

function outputOf(
  page: Page,
  step: Step,
  mismatches: readonly Mismatch[],
  result: StepResult | undefined,
): string {
  const shown = step.expected.filter(item => inRows(step, item));
  let replied = shown.some(item => item.kind === 'reply');
  const pieces = shown.flatMap(item => {
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
  const text = trimTail(page.text.slice(place.start, place.end).replace(/\r/g, ''));
  return text
    .split('\n')
    .map(row => (row.startsWith(step.indent) ? row.slice(step.indent.length) : row))
    .join('\n');
}
