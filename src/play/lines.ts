// The lines of a page checked before any of them runs: names, queries, words, and (with a schema) types.
import type { Problem, Warning } from '../language/line.ts';
import { requestOf } from '../language/parse.ts';
import { queryFault } from '../line/query.ts';
import { bind, bindQuery, type Values } from '../page/bind.ts';
import { readExpectation } from '../page/expect.ts';
import type { Expected, Step } from '../page/model.ts';
import { letOf } from '../page/names.ts';
import { hasElision } from '../page/pattern.ts';
import { QmpshError } from '../qmp/errors.ts';
import { anyAgent } from '../schema/agent.ts';
import type { Schema } from '../schema/model.ts';
import type { Json } from '../text/json.ts';
import { pointStepFault } from './pointstep.ts';
import type { Reading } from './reading.ts';
import { trials } from './samples.ts';
import { judgeWord } from './wordlines.ts';

interface LineFault {
  readonly step: Step;
  readonly message: string;
  readonly advice?: string;
  /** The line with its values and the place in it, where the fault has one. */
  readonly text?: string;
  readonly problem?: Problem;
  /** All that is worth mainProblem of it. */
  readonly problems?: readonly Problem[];
}

/** Words a page may hold besides those that are pages themselves. */
const PAGE_WORDS = ['.let', '.expect', '.points', '.freeze', '.thaw', '.wait', '.send', '.hmp', '.play'];

/** Those that a word of their own checks; all others name a page. */
const JUDGED = ['.freeze', '.thaw', '.wait', '.send', '.hmp'];

export interface LineContext {
  readonly schema: Schema | undefined;
  readonly reading: Reading;
  /** What it stands for with every set of values that fits; else the first is enough. */
  readonly every: boolean;
}

interface CheckedLine {
  readonly fault?: LineFault;
  /** The requests it may stand for, and the values each was made with: one, where every name has its value. */
  readonly requests?: readonly { readonly request: Json; readonly values: Values }[];
  readonly warnings: readonly Warning[];
}

/** The schema to check a step by: in a fence for another monitor, that one may be a guest agent, or QEMU where this one is. */
export function schemaFor({ fence, text }: Step, schema: Schema | undefined): Schema | undefined {
  if (!schema || fence.on === undefined) return schema;
  const isForAgent = /^\s*guest-|"execute"\s*:\s*"guest-/.test(text);
  if (isForAgent === (schema.agent !== undefined)) return schema;
  return isForAgent ? anyAgent() : undefined;
}

/** Checks one step. Names without a value are tried with samples of each kind. */
export async function checkStep(step: Step, values: Values, context: LineContext): Promise<CheckedLine> {
  if (step.kind === 'word') return checkWord(step, values, context);
  const partial = step.shown && notWhole(step.shown);
  if (partial) return { fault: { step, ...partial }, warnings: [] };
  let wrong: string | undefined;
  let warnings: readonly Warning[] = [];
  const requests: { request: Json; values: Values }[] = [];
  for (const trial of trials(step, values)) {
    const bound = bind(step, trial);
    if (!bound.ok) return { fault: { step, message: bound.message, advice: bound.advice }, warnings };
    if (step.kind === 'shell') return { warnings };
    const line = context.reading.attempt(bound.text, schemaFor(step, context.schema));
    if (line.kind === 'wrong') {
      wrong ??= bound.text;
      continue;
    }
    const request = requestOf(line);
    if (line.kind === 'command') warnings = line.warnings;
    if (!request) return { warnings };
    requests.push({ request: wire(request.execute, request.arguments, request.oob), values: trial });
    if (!context.every) break;
  }
  if (requests.length > 0) return { warnings, requests };
  const told = wrong === undefined ? undefined : context.reading.line(wrong, schemaFor(step, context.schema));
  if (wrong === undefined || told?.kind !== 'wrong') return { warnings };
  return { fault: faultOf(step, wrong, told.problems), warnings };
}

function faultOf(step: Step, text: string, problems: readonly [Problem, ...Problem[]]): LineFault {
  const problem = mainProblem(problems);
  const misspelt = problems.some(one => one.nearest && one.nearest.length > 0);
  const near = problem.nearest?.length ? `; did you mean ${problem.nearest.join(' or ')}?` : '';
  return {
    step,
    message: `${problem.message}${near}`,
    text,
    problem,
    // A misspelt name is also a missing one.
    problems: problems.filter(one => !(misspelt && one.rule === 'missing-member')),
    ...(problem.advice === undefined ? {} : { advice: problem.advice }),
  };
}

/** Why a request cannot be sent as its document shows it. */
function notWhole(shown: Expected): { readonly message: string; readonly advice?: string } | undefined {
  if (shown.kind === 'malformed') return { message: shown.message };
  if (!('pattern' in shown) || !hasElision(shown.pattern)) return undefined;
  return {
    message: 'this request is not whole: ... stands for what the document leaves out',
    advice: '--section, --from and --to choose other steps.',
  };
}

/** Of several problems the one that knows what was meant: a misspelt name is also a missing one. */
export function mainProblem(problems: readonly [Problem, ...Problem[]]): Problem {
  return problems.find(problem => problem.nearest && problem.nearest.length > 0) ?? problems[0];
}

/** A warning in one row, with what to use instead. */
export function remark({ message, advice }: Warning): string {
  return advice === undefined ? message : `${message}. ${advice}`;
}

/** The request as it goes over the wire, without its id. */
export function wire(execute: string, args: Json, oob = false): Json {
  return { [oob ? 'exec-oob' : 'execute']: execute, arguments: args };
}

function isPage(word: string, { reading }: LineContext): boolean {
  return reading.pages.some(({ name }) => word === `.${name}`);
}

async function checkWord(step: Step, values: Values, context: LineContext): Promise<CheckedLine> {
  const fault = (message: string, advice?: string): CheckedLine => ({
    fault: { step, message, ...(advice === undefined ? {} : { advice }) },
    warnings: [],
  });
  const name = /^\.[\w-]*/.exec(step.text)?.[0] ?? '';
  // The reader of a lesson types what a prompt takes.
  if (step.group !== 'try' && !PAGE_WORDS.includes(name) && !isPage(name, context))
    return fault(
      `${name} is no word for a page`,
      `A page may hold ${PAGE_WORDS.join(', ')} and the pages that are words.`,
    );
  const query = letOf(step)?.query ?? (name === '.expect' ? step.text.slice(name.length) : undefined);
  const checkInner = (text: string): CheckedLine | undefined => {
    if (step.group === 'try') return undefined;
    if (name === '.points') {
      const wrong = pointStepFault(text.slice(name.length));
      return wrong === undefined ? undefined : fault(wrong);
    }
    if (JUDGED.includes(name)) {
      const rest = step.text.slice(name.length);
      const { wrong, warnings } = judgeWord({ name, rest, bound: text, ...context });
      return wrong ? fault(wrong.message, wrong.advice) : { warnings };
    }
    try {
      context.reading.call(text);
      return undefined;
    } catch (error) {
      if (!(error instanceof QmpshError)) throw error;
      return fault(error.message, error.advice);
    }
  };
  for (const trial of trials(step, values)) {
    const bound = query === undefined ? bind(step, trial) : bindQuery(query, trial);
    if (!bound.ok) return fault(bound.message, bound.advice);
    if (query === undefined) return checkInner(bound.text) ?? { warnings: [] };
    const expectation = name === '.expect' ? readExpectation(bound.text) : undefined;
    if (expectation && !expectation.ok) return fault(expectation.message, expectation.advice);
    const wrong = await queryFault(expectation?.ok ? expectation.query : bound.text);
    return wrong === undefined ? { warnings: [] } : fault(wrong, 'Queries are JMESPath.');
  }
  return { warnings: [] };
}
