// A policy: which commands the clients of a shared monitor may send, and with which arguments. One rule a row, the first
// that fits decides, and what none names is refused.
import { QmpshError } from '../qmp/errors.ts';
import type { Request } from '../qmp/message.ts';
import { actionsOf } from '../schema/actions.ts';
import { classOf } from '../schema/notes/asking.ts';
import { isArray, isObject, type Json, spacedJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';

/** Why a request may not be sent, as half a sentence behind the command's name; undefined where it may. */
export type Judge = (request: Request) => string | undefined;

interface Rule {
  readonly row: number;
  readonly allows: boolean;
  readonly command: (name: string) => boolean;
  /** The command that it names, where that is one. */
  readonly name: string | undefined;
  readonly conditions: readonly Condition[];
  /** Arguments that the rule does not name may be there, too. */
  readonly open: boolean;
}

interface Condition {
  readonly key: RegExp;
  readonly value: RegExp;
  readonly optional: boolean;
}

export interface Policy {
  readonly judge: Judge;
  /** The commands that it names, each with its row. */
  readonly names: readonly { readonly name: string; readonly row: number }[];
}

/** Only what asks may be sent. */
export const readOnly: Judge = ({ execute }) =>
  classOf(execute) === 'asks' ? undefined : 'is not allowed: this monitor is shared read-only';

/** Reads a policy. Throws a `usage` error that names the row. */
export function readPolicy(text: string, file: string): Policy {
  const rules = text.split('\n').flatMap((row, i) => {
    const parts = wordsOf(row, () =>
      fault(file, i + 1, 'a quote is not closed', 'Close it in the same row.'),
    );
    return parts.length === 0 ? [] : [ruleOf(parts, i + 1, file)];
  });
  if (rules.length === 0)
    throw new QmpshError('usage', `the policy ${safe(file)} has no rule, so it would allow nothing`, {
      advice: 'Write for instance: allow asks',
    });
  return {
    judge: request => judgeBy(rules, request),
    names: rules.flatMap(({ name, row }) => (name === undefined ? [] : [{ name, row }])),
  };
}

/** The actions of a transaction are judged one by one, each as the command that would do it alone. */
function judgeBy(rules: readonly Rule[], request: Request): string | undefined {
  const whole = decide(rules, request);
  const actions = actionsOf(request);
  if (request.execute !== 'transaction') return whole;
  const denied = rules.some(rule => !rule.allows && rule.name === 'transaction' && fits(rule, request));
  if (denied || actions.length === 0) return whole;
  for (const action of actions) {
    const why = decide(rules, action);
    if (why !== undefined) return `is not allowed: its ${safe(action.execute)} ${why}`;
  }
  return undefined;
}

function decide(rules: readonly Rule[], request: Request): string | undefined {
  const rule = rules.find(one => fits(one, request));
  if (rule?.allows) return undefined;
  if (rule) return `is denied by row ${rule.row} of the policy`;
  const named = rules.some(({ allows, command }) => allows && command(request.execute));
  return named ? 'is not allowed with these arguments by the policy' : 'is not allowed by the policy';
}

function fits({ allows, command, conditions, open }: Rule, { execute, arguments: args }: Request): boolean {
  if (!command(execute)) return false;
  const leaves = leavesOf(args, '');
  const met = conditions.every(({ key, value, optional }) => {
    const found = leaves.filter(([name]) => key.test(name));
    return found.length === 0 ? optional : found.every(([, text]) => value.test(text));
  });
  if (!met || !allows || open || conditions.length === 0) return met;
  return leaves.every(([name]) => conditions.some(({ key }) => key.test(name)));
}

/** Each value that holds no others, with its path: `file.filename`, `devices.0`. */
function leavesOf(value: Json, path: string): readonly (readonly [name: string, text: string])[] {
  const entries = isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : undefined;
  if (entries === undefined || (entries.length === 0 && path !== ''))
    return [[path, typeof value === 'string' ? value : spacedJson(value)]];
  return entries.flatMap(([key, item]) => leavesOf(item, path === '' ? `${key}` : `${path}.${key}`));
}

function ruleOf([verb = '', name, ...rest]: readonly string[], row: number, file: string): Rule {
  if (verb !== 'allow' && verb !== 'deny')
    throw fault(
      file,
      row,
      `a rule begins with allow or deny, not ${safe(verb)}`,
      'Write for instance: deny quit',
    );
  if (name === undefined)
    throw fault(file, row, `${verb} what?`, 'Name a command, asks (all that only asks), or * (all).');
  if (name.includes('='))
    throw fault(file, row, `${safe(name)} is no command`, `Write: ${verb} COMMAND ${safe(name)}`);
  const open = rest.at(-1) === '...';
  const conditions = (open ? rest.slice(0, -1) : rest).map(text => conditionOf(text, row, file));
  const asks = name === 'asks';
  return {
    row,
    allows: verb === 'allow',
    command: asks ? command => classOf(command) === 'asks' : matches(glob(name, '.*', '.*')),
    name: asks || name.includes('*') ? undefined : name,
    conditions,
    open,
  };
}

function conditionOf(text: string, row: number, file: string): Condition {
  const [, key, mark, value] = /^([^=?]+)(\??)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw fault(
      file,
      row,
      `${safe(text)} says nothing of an argument`,
      'Write NAME=VALUE, or ... at the end for any further arguments.',
    );
  return { key: glob(key, '[^.]*', '.*'), value: glob(value, '[^/]*', '.*'), optional: mark === '?' };
}

/** `*` stands for what `one` takes, `**` for what `all` takes. */
function glob(text: string, one: string, all: string): RegExp {
  const parts = text.split(/(\*+)/).map((part, i) => {
    if (i % 2 === 1) return part.length === 1 ? one : all;
    return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 'su');
}

function matches(pattern: RegExp): (text: string) => boolean {
  return text => pattern.test(text);
}

/** The words of a row; double quotes hold blanks together, `#` begins a comment. */
function wordsOf(row: string, unclosed: () => QmpshError): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (const char of row.replace(/\r$/, '')) {
    if (char === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (quoted) word += char;
    else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === '#' && word === undefined) break;
    else word = `${word ?? ''}${char}`;
  }
  if (quoted) throw unclosed();
  return word === undefined ? words : [...words, word];
}

function fault(file: string, row: number, what: string, advice: string): QmpshError {
  return new QmpshError('usage', `${safe(file)}, row ${row}: ${what}`, { advice });
}
