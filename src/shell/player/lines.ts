// The lines of a page checked before any of them runs: names, queries, words, and (with a schema) types.
import type { Problem } from '../../language/line.ts';
import { parse, requestOf } from '../../language/parse.ts';
import { bind, bindQuery, type Values } from '../../page/bind.ts';
import { readExpectation } from '../../page/expect.ts';
import type { Page, Step } from '../../page/model.ts';
import { letOf } from '../../page/names.ts';
import { holds } from '../../page/values.ts';
import type { Schema } from '../../schema/model.ts';
import type { Json } from '../../text/json.ts';
import { queryFault } from './query.ts';
import { laterNames, trials } from './samples.ts';

export interface LineFault {
  readonly step: Step;
  readonly message: string;
  readonly advice?: string;
  /** The line with its values and the place in it, where the fault has one. */
  readonly text?: string;
  readonly problem?: Problem;
}

/** Words a page may hold besides those that are pages themselves. */
export const PAGE_WORDS = ['.let', '.expect', '.wait', '.send', '.hmp', '.play'];

export interface LineContext {
  readonly schema: Schema | undefined;
  /** Words that are pages. */
  readonly pageWords: ReadonlySet<string>;
}

export interface CheckedLine {
  readonly fault?: LineFault;
  /** The requests it may stand for, and the values each was made with: one, where every name has its value. */
  readonly requests?: readonly { readonly request: Json; readonly values: Values }[];
  readonly warnings: readonly string[];
}

/** Checks one step. Names without a value are tried with samples of each kind. */
export async function checkStep(step: Step, values: Values, context: LineContext): Promise<CheckedLine> {
  if (step.kind === 'word') return checkWord(step, values, context);
  let first: LineFault | undefined;
  let warnings: readonly string[] = [];
  const requests: { request: Json; values: Values }[] = [];
  for (const trial of trials(step, values)) {
    const bound = bind(step, trial);
    if (!bound.ok) return { fault: { step, message: bound.message, advice: bound.advice }, warnings };
    if (step.kind === 'shell') return { warnings };
    const line = parse(bound.text, context.schema);
    if (line.kind === 'wrong') {
      first ??= faultOf(step, bound.text, telling(line.problems));
      continue;
    }
    const request = requestOf(line);
    if (line.kind === 'command') warnings = line.warnings.map(warning => warning.message);
    if (!request) return { warnings };
    requests.push({ request: wire(request.execute, request.arguments, request.oob), values: trial });
  }
  if (requests.length > 0) return { warnings, requests };
  return first ? { fault: first, warnings } : { warnings };
}

function faultOf(step: Step, text: string, problem: Problem): LineFault {
  const near = problem.nearest?.length ? `; did you mean ${problem.nearest.join(' or ')}?` : '';
  return {
    step,
    message: `${problem.message}${near}`,
    text,
    problem,
    ...(problem.advice === undefined ? {} : { advice: problem.advice }),
  };
}

/** Of several problems the one that knows what was meant: a misspelt name is also a missing one. */
export function telling(problems: readonly [Problem, ...Problem[]]): Problem {
  return problems.find(problem => problem.nearest && problem.nearest.length > 0) ?? problems[0];
}

/** The request as it goes over the wire, without its id. */
export function wire(execute: string, args: Json, oob = false): Json {
  return { [oob ? 'exec-oob' : 'execute']: execute, arguments: args };
}

/** Whether it is known before the page starts that a step will not run. */
export function isIdle(page: Page, step: Step, values: Values): boolean {
  const { when } = step.fence;
  return when !== undefined && !laterNames(page).has(when.name) && !holds(when, values);
}

async function checkWord(step: Step, values: Values, context: LineContext): Promise<CheckedLine> {
  const fault = (message: string, advice?: string): CheckedLine => ({
    fault: { step, message, ...(advice === undefined ? {} : { advice }) },
    warnings: [],
  });
  const name = /^\.[\w-]*/.exec(step.text)?.[0] ?? '';
  // The reader of a lesson types what a prompt takes.
  if (step.group !== 'try' && !PAGE_WORDS.includes(name) && !context.pageWords.has(name))
    return fault(
      `${name} is no word for a page`,
      `A page may hold ${PAGE_WORDS.join(', ')} and the pages that are words.`,
    );
  const query = letOf(step)?.query ?? (name === '.expect' ? step.text.slice(name.length) : undefined);
  for (const trial of trials(step, values)) {
    const bound = query === undefined ? bind(step, trial) : bindQuery(query, trial);
    if (!bound.ok) return fault(bound.message, bound.advice);
    if (query === undefined) return { warnings: [] };
    const expectation = name === '.expect' ? readExpectation(bound.text) : undefined;
    if (expectation && !expectation.ok) return fault(expectation.message, expectation.advice);
    const wrong = await queryFault(expectation?.ok ? expectation.query : bound.text);
    return wrong === undefined ? { warnings: [] } : fault(wrong, 'Queries are JMESPath.');
  }
  return { warnings: [] };
}
