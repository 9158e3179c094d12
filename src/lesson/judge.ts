// Compares a typed line with the answer of a lesson's step. Requests are compared, not texts.
import { splitArguments } from '../language/argument.ts';
import { parse, requestOf } from '../language/parse.ts';
import { readRequest } from '../language/request.ts';
import { readLine } from '../language/tokens.ts';
import type { Tutor } from '../line/tutor.ts';
import type { Mistake } from '../page/aids.ts';
import type { Step } from '../page/model.ts';
import { expectsRefusal } from '../play/judge.ts';
import type { Request } from '../qmp/message.ts';
import type { Schema } from '../schema/model.ts';
import { child, type Path } from '../schema/walk.ts';
import { equalJson, isObject, type Json, member } from '../text/json.ts';
import { normal } from './normal.ts';

/** One difference between the request typed and the one asked for. */
export interface Departure {
  readonly path: Path;
  /** Absent: nothing is wanted there. */
  readonly wanted?: Json;
  /** Absent: nothing was given there. */
  readonly given?: Json;
}

export type Verdict =
  /** `way`: in other words, which come to the same. */
  | { readonly kind: 'right'; readonly way?: 'another' }
  /** A mistake that the lesson's page names, with what it says about it. */
  | { readonly kind: 'mistake'; readonly text: string }
  /** The right command with other arguments. */
  | { readonly kind: 'near'; readonly command: string; readonly departures: readonly Departure[] }
  /** A `$` line that begins like the one asked for, or lacks its `$`. */
  | { readonly kind: 'host'; readonly text: string }
  | { readonly kind: 'other' };

/**
 * The verdict on a line for a step: right, wrong and why, or something else. With a schema its types decide what each
 * value is.
 */
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
    return step.kind === 'shell' ? besideHost(text, step.text, schema) : { kind: 'other' };
  }
  const [wanted, given] = [requestIn(step.text, schema), requestIn(text, schema)];
  if (!wanted || !given) return namedMistake(text, step.mistakes) ?? { kind: 'other' };
  if (sameRequest(wanted, given)) return { kind: 'right' };
  const mistakes = step.mistakes.flatMap(({ line, text: says }) => {
    const request = requestIn(line, schema);
    return request ? [{ request, says, isSound: isSound(line, schema) }] : [];
  });
  // Of a line that cannot be understood nobody knows what is missing in it, and what was meant: it is a mistake of the
  // page's only where that one is no sound line either.
  const sound = isSound(text, schema);
  const found =
    mistakes.find(one => one.isSound === sound && sameRequest(one.request, given)) ??
    mistakes.find(({ request }) => sound && isThatMistake(request, given, wanted));
  if (found) return { kind: 'mistake', text: found.says };
  if (wanted.execute !== given.execute) return { kind: 'other' };
  return {
    kind: 'near',
    command: wanted.execute,
    departures: departures(wanted.arguments, given.arguments),
  };
}

/** What of the shell's own explanation of a refusal is left beside what the lesson says of the line. */
export function leaves(text: string, step: Step, schema?: Schema): ReturnType<Tutor['leaves']> {
  const { kind } = judge(text, step, schema);
  if (kind === 'mistake' || kind === 'near') return 'nothing';
  return kind === 'right' && expectsRefusal(step) ? 'all' : 'words';
}

/** The request of a line in its normal form, as far as it can be made out of a line with problems. */
export function requestIn(text: string, schema?: Schema): Request | undefined {
  const found = requestOf(parse(text, schema));
  if (found) return normal(found);
  const tree = readLine(text);
  if (tree.kind !== 'command' && tree.kind !== 'transaction') return undefined;
  return normal(readRequest(tree, schema).request);
}

function isSound(text: string, schema: Schema | undefined): boolean {
  return requestOf(parse(text, schema)) !== undefined;
}

function sameRequest(a: Request, b: Request): boolean {
  return a.execute === b.execute && equalJson(a.arguments, b.arguments);
}

/** Whether the line typed departs from the answer in the same way as the expected mistake does. */
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

function besideHost(text: string, answer: string, schema: Schema | undefined): Verdict {
  if (sameWords(text, answer))
    return shellSaysSo(text, schema)
      ? { kind: 'other' }
      : {
          kind: 'host',
          text: 'This is a command of the host, not of QEMU: put a dollar and a blank before it.',
        };
  if (!text.startsWith('$ ')) return { kind: 'other' };
  const [typed, wanted] = [splitArguments(text.slice(2)), splitArguments(answer)];
  if (typed[0] !== wanted[0] || typed[1] !== wanted[1]) return { kind: 'other' };
  if (sameImageTool(typed, wanted)) return { kind: 'right', way: 'another' };
  const missing = wanted.filter(word => !typed.includes(word));
  const extra = typed.filter(word => !wanted.includes(word));
  const parts = [
    ...(missing.length > 0 ? [`${missing.join(' ')} is missing`] : []),
    ...(extra.length > 0 ? [`${extra.join(' ')} is not asked for`] : []),
  ];
  return { kind: 'host', text: `${parts.join('; ') || 'The words stand in another order than asked for'}.` };
}

/** Options of qemu-img that a value follows. */
const VALUED = ['-f', '-F', '-O', '-o', '-b', '-T', '-t'];

/** Whether two lines of qemu-img differ in the order of their options only, or of the images that are compared. */
function sameImageTool(a: readonly string[], b: readonly string[]): boolean {
  if (a[0] !== 'qemu-img' || a.length !== b.length) return false;
  const parts = (words: readonly string[]) => {
    const options: string[] = [];
    const operands: string[] = [];
    for (const [i, word] of words.slice(2).entries()) {
      const before = words[i + 1] ?? '';
      if (VALUED.includes(before)) options.push(`${before} ${word}`);
      else if (!VALUED.includes(word)) (word.startsWith('-') ? options : operands).push(word);
    }
    return [...options.sort(), '', ...(words[1] === 'compare' ? operands.sort() : operands)].join('\n');
  };
  return parts(a) === parts(b);
}

/** Whether the line itself is refused as one for the host: then nothing more is to be said. */
function shellSaysSo(text: string, schema: Schema | undefined): boolean {
  const line = parse(text, schema);
  return 'problems' in line && line.problems.some(({ isForHost }) => isForHost === true);
}

function sameWords(a: string, b: string): boolean {
  return wordsOf(a).join('\0') === wordsOf(b).join('\0');
}

/** The words of a line; a word of the shell's by its one name, as `help X` and `X --help` are `.help X`. */
function wordsOf(text: string): readonly string[] {
  const line = readLine(text);
  return splitArguments(line.kind === 'word' ? `${line.name} ${line.rest}` : text);
}
