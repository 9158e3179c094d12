// What must be right before the first step of a page runs: its text, its parameters, its lines, and the consent to run
// commands on this host.
import { bind } from '../../page/bind.ts';
import type { Page, Param, Step } from '../../page/model.ts';
import { checkNames, namesIn } from '../../page/names.ts';
import type { Value, Values } from '../../page/value.ts';
import { fillParams, paramValue } from '../../page/values.ts';
import { QmpshError } from '../../qmp/errors.ts';
import type { Schema } from '../../schema/model.ts';
import { safe } from '../../text/safe.ts';
import type { Host } from '../host.ts';
import { checkStep, isIdle } from './lines.ts';

/** Values for the page's parameters; what is missing is asked for where there is somebody to ask. */
export async function fill(
  page: Page,
  given: ReadonlyMap<string, string>,
  host: Pick<Host, 'dialogue'>,
): Promise<Values> {
  checkText(page);
  const run = runName();
  const filling = fillParams(page, given, run);
  throwFirst(page, filling.problems);
  if (filling.missing.length === 0) return filling.values;
  const fields = filling.missing.map(param => fieldOf(param));
  const answers = await host.dialogue?.form(fields);
  if (!answers && host.dialogue) throw new QmpshError('interrupted', `${page.name} was not played`);
  if (!answers) throw missing(page, filling.missing);
  const again = fillParams(page, new Map([...given, ...answers]), run);
  throwFirst(page, again.problems);
  if (again.missing.length > 0) throw missing(page, again.missing);
  return again.values;
}

/** Throws what is wrong with the page itself. */
export function checkText(page: Page): void {
  throwFirst(page, [...page.problems, ...checkNames(page)]);
}

/** Checks every line that may run; throws the first that cannot be understood. */
export async function checkLines(
  page: Page,
  steps: readonly Step[],
  values: Values,
  schema: Schema | undefined,
  pageWords: ReadonlySet<string>,
): Promise<void> {
  for (const step of steps) {
    if (isIdle(page, step, values)) continue;
    // The other machine may be of another version.
    const { fault } = await checkStep(step, values, {
      schema: step.fence.on ? undefined : schema,
      pageWords,
    });
    if (!fault) continue;
    throw new QmpshError('usage', `${page.name}:${step.row}: ${safe(fault.message)}; nothing was sent`, {
      advice: [safe(firstRow(fault.text ?? step.text)), fault.advice ?? ''].filter(Boolean).join('\n'),
    });
  }
}

/** The `$` lines among the steps, with the values that are known. */
export function shellLines(page: Page, steps: readonly Step[], values: Values): readonly string[] {
  return steps
    .filter(step => step.kind === 'shell' && !isIdle(page, step, values))
    .map(step => `$ ${safe(boundAsFar(step, values))}`);
}

/** A step's line with the values that are known; other names stay as they stand. */
export function boundAsFar(step: Step, values: Values): string {
  const all = new Map<string, Value>(values);
  const later = namesIn(step.text).filter(name => !all.has(name));
  for (const name of later) all.set(name, { json: `\u0001${name}\u0002`, loose: true });
  const bound = bind(step, all);
  if (!bound.ok) return step.text;
  return bound.text.replace(/\\u0001(\w+)\\u0002/g, '$$$1').replace(/'?\u0001(\w+)\u0002'?/g, '$$$1');
}

/** Whether the `$` steps may run: allowed beforehand, or asked once with all of them shown. */
export async function consent(
  host: Host,
  main: readonly string[],
  undo: readonly string[],
): Promise<boolean> {
  if (host.allowShell) return true;
  if (main.length === 0) return host.practice !== undefined;
  const shown = [
    `This page runs on this host, in ${safe(host.folder)}:`,
    ...main.map(line => `    ${line}`),
    ...(undo.length > 0 ? ['and, if it fails:', ...undo.map(line => `    ${line}`)] : []),
  ];
  if (host.dialogue) {
    host.show(shown.map(text => [{ text }]));
    const key = await host.dialogue.key('Run them? [y/N] ', ['n', 'y']);
    if (key === 'y') return true;
  } else if (host.kind === 'prompt') {
    if (await host.confirm(shown, 'Run them?')) return true;
  } else {
    throw new QmpshError(
      'usage',
      `this page runs ${main.length === 1 ? 'a command' : 'commands'} on this host`,
      {
        advice: `${shown.slice(1).join('\n')}\n--allow-shell allows it.`,
      },
    );
  }
  throw new QmpshError('interrupted', 'the page was not played');
}

function fieldOf(param: Param) {
  return {
    name: param.name,
    ...(param.help === undefined ? {} : { help: param.help }),
    ...(param.choices === undefined ? {} : { choices: param.choices }),
    check: (text: string) => {
      const filled = paramValue(param, text);
      return filled.ok ? undefined : `${filled.message}. ${filled.advice}`;
    },
  };
}

function missing(page: Page, params: readonly Param[]): QmpshError {
  const names = params.map(param => param.name);
  const rows = params.map(param => `    ${param.name}=...  ${param.help ?? ''}`.trimEnd());
  return new QmpshError('usage', `${safe(page.name)} needs ${names.join(' and ')}`, {
    advice: `Give it as name=value:\n${rows.join('\n')}`,
  });
}

function throwFirst(
  page: Page,
  problems: readonly { readonly row: number; readonly message: string; readonly advice?: string }[],
): void {
  const [first] = problems;
  if (!first) return;
  throw new QmpshError('usage', `${safe(page.name)}:${first.row}: ${safe(first.message)}`, {
    ...(first.advice === undefined ? {} : { advice: first.advice }),
  });
}

/** A word that no other run has: five letters and digits, a letter first. */
function runName(): string {
  const digits = Math.floor(Math.random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
  return String.fromCharCode(97 + Math.floor(Math.random() * 26)) + digits;
}

function firstRow(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
