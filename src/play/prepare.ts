// Checks that come before the first step of a page: its text, its parameters, its lines, and the consent to run
// commands on this host.

import type { Host } from '../line/host.ts';
import type { Person } from '../line/person.ts';
import { bind } from '../page/bind.ts';
import type { Page, Param, Step } from '../page/model.ts';
import { checkNames, namesIn } from '../page/names.ts';
import type { Value, Values } from '../page/value.ts';
import { fillParams, paramValue } from '../page/values.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Schema } from '../schema/model.ts';
import { namesSecret } from '../schema/notes/secretnames.ts';
import type { Session } from '../session/client.ts';
import { nearest } from '../text/fuzzy.ts';
import { isArray, isObject } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { Discretion } from './discreet.ts';
import { isIdle } from './expand.ts';
import { checkStep } from './lines.ts';
import type { Reading } from './reading.ts';

/** Values for the page's parameters; what is missing is asked for where there is somebody to ask. */
export async function fill(
  page: Page,
  given: ReadonlyMap<string, string>,
  person: Person | undefined,
  nodes?: () => Promise<readonly string[]>,
): Promise<Values> {
  return filled(page, await complete(page, given, person, nodes), runName());
}

/**
 * The parameters given, with answers of the user for those that are missing. `nodes` asks for the nodes there are: an
 * answer that is to be one of them is.
 */
export async function complete(
  page: Page,
  given: ReadonlyMap<string, string>,
  person: Person | undefined,
  nodes?: () => Promise<readonly string[]>,
): Promise<ReadonlyMap<string, string>> {
  checkText(page);
  const filling = fillParams(page, given, 'run00');
  throwFirst(page, filling.problems);
  if (filling.missing.length === 0) return given;
  const names = person && filling.missing.some(({ kind }) => kind === 'node') ? await nodes?.() : [];
  const fields = filling.missing.map(param => fieldOf(param, names ?? []));
  const answers = await person?.dialogue.form(fields);
  if (!answers && person) throw new QmpshError('interrupted', `${page.name} was not played`);
  if (!answers) throw missing(page, filling.missing);
  return new Map([...given, ...answers]);
}

/** The values, where all that is needed was given; throws where not. */
export function filled(page: Page, given: ReadonlyMap<string, string>, run: string): Values {
  const filling = fillParams(page, given, run);
  throwFirst(page, filling.problems);
  if (filling.missing.length > 0) throw missing(page, filling.missing);
  return filling.values;
}

/** Throws the first problem of the page itself. */
function checkText(page: Page): void {
  throwFirst(page, [...page.problems, ...checkNames(page)]);
}

/** Checks every line that may run; throws the first that cannot be understood. */
export async function checkLines(
  page: Page,
  steps: readonly Step[],
  values: Values,
  schema: Schema | undefined,
  reading: Reading,
): Promise<void> {
  for (const step of steps) {
    if (isIdle(page, step, values)) continue;
    // The other machine may be of another version.
    const { fault } = await checkStep(step, values, {
      schema: step.fence.on ? undefined : schema,
      reading,
      every: false,
    });
    if (!fault) continue;
    const hide = new Discretion(values);
    const line = fault.text ?? step.text;
    const message = safe(hide.output(fault.message, line));
    throw new QmpshError('usage', `${page.name}:${step.row}: ${message}; nothing was sent`, {
      advice: [safe(hide.text(firstRow(line))), hide.output(fault.advice ?? '', line)]
        .filter(Boolean)
        .join('\n'),
    });
  }
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

/** The commands that one question of consent covers. */
export interface HostCommands {
  /** Before the page: what its practice VM is started with. */
  readonly start: readonly string[];
  readonly steps: readonly string[];
  readonly undo: readonly string[];
  /** Lines of the undo that need no leave: the player removes what the page has made by itself. */
  readonly removals: ReadonlySet<string>;
}

/**
 * Whether commands of this host may run: allowed beforehand, or asked once with all of them shown. Without somebody to
 * ask, a page that needs them is refused; one that has them in its undo alone is played without them.
 */
export async function consent(
  host: Pick<Host, 'allowShell' | 'person' | 'folder' | 'show'>,
  commands: HostCommands,
): Promise<boolean> {
  const { start, steps, undo, removals } = commands;
  const needed = [...start, ...steps];
  if (needed.length === 0 && undo.every(line => removals.has(line))) return false;
  if (host.allowShell) return true;
  const shown = hostRows(commands, host.folder);
  if (!host.person) {
    if (needed.length === 0) return false;
    throw new QmpshError(
      'usage',
      `this page runs ${needed.length === 1 ? 'a command' : 'commands'} on this host`,
      { advice: `${shown.slice(1).join('\n')}\n--allow-shell allows it.` },
    );
  }
  host.show(shown.map(text => [{ text }]));
  if (needed.length > 0) {
    const key = await host.person.dialogue.key('Run them? [y/N] ', ['n', 'y']);
    if (key === 'y') return true;
  } else {
    const key = await host.person.dialogue.key('Let it? n: play without them [y/N/q] ', ['n', 'y', 'q']);
    if (key === 'y' || key === 'n') return key === 'y';
  }
  throw new QmpshError('interrupted', 'the page was not played');
}

/** What a page runs on this host, in rows. */
export function hostRows({ start, steps, undo }: HostCommands, folder: string): readonly string[] {
  const rows = (list: readonly string[]) =>
    list.flatMap(command => command.split('\n').map(row => `    ${row}`));
  const where = `on this host, in ${safe(folder)}:`;
  const only = start.length + steps.length === 0;
  return [
    only ? `If this page fails, it runs ${where}` : `This page runs ${where}`,
    ...rows(start),
    ...rows(steps),
    ...(only || undo.length === 0 ? [] : ['and, if it fails:']),
    ...rows(undo),
  ];
}

/** The block nodes of a VM that were given a name; none where it does not tell. */
export async function nodeNames(session: Session | undefined): Promise<readonly string[]> {
  if (session?.state !== 'open') return [];
  const reply = await session.execute('query-named-block-nodes').catch(() => undefined);
  const rows = reply?.kind === 'success' && isArray(reply.value) ? reply.value : [];
  const names = rows.flatMap(row => (isObject(row) ? [String(row['node-name'])] : []));
  return names.filter(name => !name.startsWith('#'));
}

function noNode(name: string, nodes: readonly string[]): string {
  const [near] = nearest(name, nodes);
  const instead = near === undefined ? `there are ${nodes.join(', ')}` : `did you mean ${near}?`;
  return safe(`There is no node ${name}; ${instead}`);
}

function fieldOf(param: Param, nodes: readonly string[]) {
  return {
    name: param.name,
    ...(namesSecret(param.name) ? { secret: true } : {}),
    ...(param.help === undefined ? {} : { help: param.help }),
    ...(param.choices === undefined ? {} : { choices: param.choices }),
    check: (text: string) => {
      const filled = paramValue(param, text);
      if (!filled.ok) return `${filled.message}. ${filled.advice}`;
      const isMissing = param.kind === 'node' && nodes.length > 0 && !nodes.includes(text);
      return isMissing ? noNode(text, nodes) : undefined;
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
export function runName(): string {
  const digits = Math.floor(Math.random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
  return String.fromCharCode(97 + Math.floor(Math.random() * 26)) + digits;
}

function firstRow(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
