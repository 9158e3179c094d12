// Holds a typed line against what a step of a lesson asks for. Requests are compared, not texts.
import { parse, requestOf } from '../../language/parse.ts';
import { readRequest } from '../../language/request.ts';
import { readLine } from '../../language/tokens.ts';
import type { Mistake } from '../../page/aids.ts';
import type { Step } from '../../page/model.ts';
import type { Request } from '../../qmp/message.ts';
import type { Schema } from '../../schema/model.ts';
import { child, type Path } from '../../schema/walk.ts';
import { equalJson, isObject, type Json, member } from '../../text/json.ts';
import { splitArguments } from '../word.ts';
import { normal } from './normal.ts';

/** One place where a request is another than the one asked for. */
export interface Departure {
  readonly path: Path;
  /** Absent: nothing is wanted there. */
  readonly wanted?: Json;
  /** Absent: nothing was given there. */
  readonly given?: Json;
}

export type Verdict =
  | { readonly kind: 'right' }
  /** A mistake that the lesson's page names, with what it says about it. */
  | { readonly kind: 'mistake'; readonly text: string }
  /** The right command with other arguments. */
  | { readonly kind: 'near'; readonly command: string; readonly departures: readonly Departure[] }
  /** A `$` line that begins like the one asked for, or lacks its `$`. */
  | { readonly kind: 'host'; readonly text: string }
  | { readonly kind: 'other' };

/** What a line is for a step. With a schema its types decide what each value is. */
export function judge(
  typed: string,
  step: Pick<Step, 'kind' | 'text' | 'mistakes'>,
  schema?: Schema,
): Verdict {
  const text = typed.trim().replace(/^\(QEMU\)\s+/, '');
  if (step.kind !== 'qmp') {
    const answer = step.kind === 'shell' ? `$ ${step.text}` : step.text;
    if (sameWords(text, answer)) return { kind: 'right' };
    const mistake = step.mistakes.find(({ line }) => sameWords(text, line));
    if (mistake) return { kind: 'mistake', text: mistake.text };
    return step.kind === 'shell' ? besideHost(text, step.text) : { kind: 'other' };
  }
  const [wanted, given] = [requestIn(step.text, schema), requestIn(text, schema)];
  if (!wanted || !given) return namedMistake(text, step.mistakes) ?? { kind: 'other' };
  if (sameRequest(wanted, given)) return { kind: 'right' };
  const mistakes = step.mistakes.flatMap(({ line, text: says }) => {
    const request = requestIn(line, schema);
    return request ? [{ request, says }] : [];
  });
  // Of a line that cannot be understood nobody knows what is missing in it, and what was meant.
  const sound = requestOf(parse(text, schema)) !== undefined;
  const found =
    mistakes.find(({ request }) => sameRequest(request, given)) ??
    mistakes.find(({ request }) => sound && isThatMistake(request, given, wanted));
  if (found) return { kind: 'mistake', text: found.says };
  if (wanted.execute !== given.execute) return { kind: 'other' };
  return {
    kind: 'near',
    command: wanted.execute,
    departures: departures(wanted.arguments, given.arguments),
  };
}

/** The request of a line in its normal form, as far as it can be made out of a line with problems. */
export function requestIn(text: string, schema?: Schema): Request | undefined {
  const found = requestOf(parse(text, schema));
  if (found) return normal(found);
  const tree = readLine(text);
  if (tree.kind !== 'command' && tree.kind !== 'transaction') return undefined;
  return normal(readRequest(tree, schema).request);
}

function sameRequest(a: Request, b: Request): boolean {
  return a.execute === b.execute && equalJson(a.arguments, b.arguments);
}

/** Whether what makes the mistake one, its difference from the answer, is also what is given. */
function isThatMistake(mistake: Request, given: Request, wanted: Request): boolean {
  if (mistake.execute !== given.execute) return false;
  if (mistake.execute !== wanted.execute)
    return Object.entries(mistake.arguments).every(([key, value]) => {
      const other = member(given.arguments, key);
      return other !== undefined && equalJson(value, other);
    });
  const off = departures(wanted.arguments, mistake.arguments);
  return off.length > 0 && off.every(({ path, given: wrong }) => same(wrong, at(given.arguments, path)));
}

export function departures(wanted: Json | undefined, given: Json | undefined, path: Path = []): Departure[] {
  if (same(wanted, given)) return [];
  if (isObject(wanted) && isObject(given)) {
    const keys = new Set([...Object.keys(wanted), ...Object.keys(given)]);
    return [...keys].flatMap(key => departures(member(wanted, key), member(given, key), [...path, key]));
  }
  return [{ path, ...(wanted === undefined ? {} : { wanted }), ...(given === undefined ? {} : { given }) }];
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalJson(a, b);
}

function at(value: Json, path: Path): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path) here = child(here, key);
  return here;
}

function namedMistake(text: string, mistakes: readonly Mistake[]): Verdict | undefined {
  const found = mistakes.find(({ line }) => sameWords(text, line));
  return found && { kind: 'mistake', text: found.text };
}

function besideHost(text: string, answer: string): Verdict {
  if (sameWords(text, answer))
    return {
      kind: 'host',
      text: 'This is a command of the host, not of QEMU: put a dollar and a blank before it.',
    };
  if (!text.startsWith('$ ')) return { kind: 'other' };
  const [typed, wanted] = [splitArguments(text.slice(2)), splitArguments(answer)];
  if (typed[0] !== wanted[0] || typed[1] !== wanted[1]) return { kind: 'other' };
  const missing = wanted.filter(word => !typed.includes(word));
  const extra = typed.filter(word => !wanted.includes(word));
  const parts = [
    ...(missing.length > 0 ? [`${missing.join(' ')} is missing`] : []),
    ...(extra.length > 0 ? [`${extra.join(' ')} is not asked for`] : []),
  ];
  return { kind: 'host', text: `${parts.join('; ') || 'The words stand in another order than asked for'}.` };
}

function sameWords(a: string, b: string): boolean {
  return splitArguments(a).join('\0') === splitArguments(b).join('\0');
}
