// The faults of a page as they can be told without a VM: one function, a value with places, for every report.
import type { Line, Problem } from '../../language/line.ts';
import { bind, type Values } from '../../page/bind.ts';
import { commandOf } from '../../page/exemptions.ts';
import type { Expected, Page, PageProblem, Shown, Step } from '../../page/model.ts';
import { checkNames } from '../../page/names.ts';
import { readPattern } from '../../page/readpattern.ts';
import { fillParams } from '../../page/values.ts';
import type { Schema } from '../../schema/model.ts';
import type { Place } from '../../text/place.ts';
import { type Choice, chooseSteps, isWhole } from '../choice.ts';
import { Discretion } from '../discreet.ts';
import { judge } from '../judge.ts';
import { checkStep, type LineContext, schemaFor } from '../lines.ts';
import type { Mismatch } from '../outcome.ts';
import type { Reading } from '../reading.ts';
import { sampleOf } from '../samples.ts';
import { type Fault, type Rule, rowsIn } from './fault.ts';
import { lineInPage, placeInPage } from './place.ts';
import { judgeEvent, judgeReply, judgeRequest, type Located, type ShapeOptions } from './shape.ts';

export interface Examination {
  readonly faults: readonly Fault[];
  /** How many steps, examples and messages by themselves were looked at. */
  readonly steps: number;
  /** Shown requests that the lines do not make. */
  readonly wrong: ReadonlyMap<Step, readonly Mismatch[]>;
}

export interface ExamineOptions {
  readonly given?: ReadonlyMap<string, string>;
  readonly choice?: Choice;
  readonly reading: Reading;
}

/** What is wrong with a page, as far as it can be told from its text and a schema; in the order of the page. */
export async function pageFaults(
  page: Page,
  schema: Schema | undefined,
  { given = new Map(), choice = {}, reading }: ExamineOptions,
): Promise<Examination> {
  const whole = isWhole(choice);
  const chosen = page.steps.length === 0 && whole ? new Set<number>() : chooseSteps(page, choice, true);
  const steps = page.steps.filter(step => chosen.has(step.index) || (whole && step.group === 'on-failure'));
  const shown = whole ? page.examples : [];
  const loose = page.loose.filter(one => whole || (one.step && chosen.has(one.step.index)));
  const exam = new Exam(page, { schema, reading, every: true }, given);
  for (const step of [...steps, ...shown]) await exam.step(step);
  for (const one of loose) exam.loose(one.expected, one.step && commandOf(one.step));
  return {
    faults: inOrder(exam.discreet()),
    steps: steps.length + shown.length + loose.filter(one => !one.step).length,
    wrong: exam.wrong,
  };
}

export function inOrder(faults: readonly Fault[]): readonly Fault[] {
  const start = (fault: Fault) => fault.place?.start ?? -1;
  return [...faults].sort((a, b) => a.row - b.row || start(a) - start(b));
}

class Exam {
  readonly faults: Fault[] = [];
  readonly wrong = new Map<Step, readonly Mismatch[]>();
  readonly #page: Page;
  readonly #context: LineContext;
  readonly #values: Values;
  readonly #hide: Discretion;
  readonly #rowed: (fault: Fault) => Fault;
  /** Told by the page's own check: `row message`. */
  readonly #told = new Set<string>();

  constructor(page: Page, context: LineContext, given: ReadonlyMap<string, string>) {
    this.#page = page;
    this.#context = context;
    const filling = fillParams(page, given, 'run00');
    this.#hide = new Discretion(filling.values);
    const values = new Map(filling.values);
    for (const param of page.params) if (!values.has(param.name)) values.set(param.name, sampleOf(param));
    this.#values = values;
    this.#rowed = rowsIn(page);
    this.#problems('page', page.problems);
    this.#problems('name', [...checkNames(page), ...filling.problems]);
    for (const note of page.notes) this.#add({ rule: 'page', severity: 'note', ...note });
  }

  async step(step: Step): Promise<void> {
    const { shown } = step;
    const command = shown ? this.#shown(step, shown) : await this.#line(step);
    for (const expected of step.expected) this.#message(expected, command, step);
  }

  loose(expected: Expected, command: string | undefined): void {
    this.#message(expected, command, undefined);
  }

  /** The faults without the secrets that the page was given. */
  discreet(): readonly Fault[] {
    return this.faults.map(fault => {
      const { message, advice, expected, got, step } = fault;
      const hidden = (text: string) => this.#hide.output(text, step?.text);
      return {
        ...fault,
        message: hidden(message),
        ...(advice === undefined ? {} : { advice: hidden(advice) }),
        ...(expected === undefined ? {} : { expected: hidden(expected) }),
        ...(got === undefined ? {} : { got: hidden(got) }),
      };
    });
  }

  #add(fault: Fault): void {
    this.faults.push(this.#rowed(fault));
  }

  #problems(rule: Rule, problems: readonly PageProblem[]): void {
    for (const problem of problems) {
      this.#told.add(`${problem.row} ${problem.message}`);
      this.#add({ rule, severity: 'error', ...problem });
    }
  }

  /** A request behind an arrow; gives its command. */
  #shown(step: Step, shown: Expected): string | undefined {
    this.#text(shown, step);
    if (shown.kind === 'request') this.#located(judgeRequest(shown, this.#shape(true, step)), step);
    return commandOf(step);
  }

  /** A line behind a prompt; gives the command it sends. */
  async #line(step: Step): Promise<string | undefined> {
    const checked = await checkStep(step, this.#values, this.#context);
    if (checked.fault) {
      const { message, advice, text, problems = [] } = checked.fault;
      if (this.#told.has(`${step.row} ${message}`)) return undefined;
      if (text !== undefined && problems.length > 0)
        for (const one of problems) this.#problem(step, text, one);
      else
        this.#add({
          rule: 'line',
          severity: 'error',
          row: step.row,
          message,
          ...(advice === undefined ? {} : { advice }),
          step,
        });
      return undefined;
    }
    const bound = bind(step, this.#values);
    const text = bound.ok ? bound.text : ''; // a name that only the run gives a value to: the whole line is meant
    for (const warning of checked.warnings) this.#problem(step, text, warning, 'warning');
    const requests = checked.requests ?? [];
    const mismatches = certain(requests.map(one => judge(step, one.values, { request: one.request })));
    if (mismatches.length > 0) this.wrong.set(step, mismatches);
    for (const mismatch of mismatches) for (const fault of differing(mismatch, step)) this.#add(fault);
    if (step.kind !== 'qmp' || !bound.ok) return undefined;
    const line = this.#context.reading.line(bound.text);
    if (line.kind === 'raw') this.#raw(step, bound.text);
    return nameOf(line);
  }

  /** JSON behind a prompt, which goes out as it stands. */
  #raw(step: Step, text: string): void {
    const start = text.indexOf('{');
    const read = readPattern(text, start);
    if (!read.ok) return;
    const request: Shown = {
      kind: 'request',
      pattern: read.pattern,
      row: step.row,
      place: { start, end: read.end },
    };
    const own = (place: Place) => this.#placeOf(step, text, place);
    const shape = judgeRequest(request, this.#shape(true, step)).map(({ finding, place }) => {
      // What goes out as it stands cannot leave anything out.
      const { advice: _, ...bare } = finding;
      return { finding: finding.rule === 'missing-member' ? bare : finding, place: own(place) };
    });
    this.#located(shape, step);
    for (const { place, message } of read.slips) this.#slip(own(place), message, step);
  }

  #problem(step: Step, text: string, problem: Problem, severity: Fault['severity'] = 'error'): void {
    const place = this.#placeOf(step, text, problem.place);
    this.#add({
      rule: problem.rule ?? 'line',
      severity,
      row: step.row,
      place,
      message: problem.message,
      ...(problem.advice === undefined ? {} : { advice: problem.advice }),
      ...(problem.nearest === undefined ? {} : { nearest: problem.nearest }),
      step,
    });
  }

  /** Behind a name's value places of the line are not those of the page: then it is the whole line. */
  #placeOf(step: Step, text: string, place: Place): Place {
    const same = text.slice(0, place.end) === step.text.slice(0, place.end);
    return same ? placeInPage(this.#page, step, place) : lineInPage(this.#page, step);
  }

  #message(expected: Expected, command: string | undefined, step: Step | undefined): void {
    this.#text(expected, step);
    if (expected.kind === 'reply')
      this.#located(judgeReply(expected, command, this.#shape(expected.arrow === true, step)), step);
    else if (expected.kind === 'event')
      this.#located(judgeEvent(expected, this.#shape(expected.arrow === true, step)), step);
  }

  /** What is wrong with a message as text. */
  #text(expected: Expected, step: Step | undefined): void {
    const own = step ? { step } : {};
    if (expected.kind === 'malformed') {
      const { at, message, row, place } = expected;
      const from = at ?? place.start;
      this.#add({
        rule: 'malformed',
        severity: 'error',
        row,
        place: { start: from, end: from + 1 },
        message,
        ...own,
      });
    } else if (expected.kind !== 'text')
      for (const { place, message } of expected.slips ?? []) this.#slip(place, message, step);
  }

  #slip(place: Place, message: string, step: Step | undefined): void {
    this.#add({ rule: 'slip', severity: 'error', row: 1, place, message, ...(step ? { step } : {}) });
  }

  #located(found: readonly Located[], step: Step | undefined): void {
    for (const { finding, place } of found) {
      const { rule, severity, message, advice, nearest } = finding;
      this.#add({
        rule,
        severity: severity === 'problem' ? 'error' : 'warning',
        row: 1,
        place,
        message,
        ...(advice === undefined ? {} : { advice }),
        ...(nearest === undefined || nearest.length === 0 ? {} : { nearest }),
        ...(step ? { step } : {}),
      });
    }
  }

  #shape(whole: boolean, step: Step | undefined): ShapeOptions {
    const { schema: own } = this.#context;
    const schema = step ? schemaFor(step, own) : own;
    return { schema, whole, isOpen: text => /\.\.\.|\$/.test(text) };
  }
}

/** The faults that a difference between the page and what came is. */
export function differing({ expected, differences }: Mismatch, step: Step): readonly Fault[] {
  return differences.map(({ path, expected: wanted, got, place }) => ({
    rule: KINDS[expected.kind].rule,
    severity: 'error',
    row: expected.row,
    ...(place ? { place } : {}),
    message: `${KINDS[expected.kind].message}${path === '' ? '' : `: ${path}`}`,
    expected: wanted,
    got: got ?? 'nothing',
    step,
  }));
}

const KINDS: Readonly<Record<Expected['kind'], { readonly rule: Rule; readonly message: string }>> = {
  request: { rule: 'request', message: 'the line makes another request than the page shows' },
  reply: { rule: 'reply', message: 'another reply came than the page shows' },
  event: { rule: 'event', message: 'the event the page shows did not come so' },
  text: { rule: 'output', message: 'the command prints something else than the page shows' },
  malformed: { rule: 'malformed', message: 'this is no JSON' },
};

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

function nameOf(line: Line): string | undefined {
  if (line.kind === 'command') return line.request.execute;
  if (line.kind !== 'raw' || typeof line.message !== 'object' || line.message === null) return undefined;
  const name: unknown = Object.entries(line.message).find(([key]) => /^exec(ute|-oob)$/.test(key))?.[1];
  return typeof name === 'string' ? name : undefined;
}
