// Reads the line that plays a page: the page, its values, and the options.

import { splitArguments } from '../language/argument.ts';
import { QmpshError } from '../qmp/errors.ts';
import { nearest } from '../text/fuzzy.ts';
import { safe } from '../text/safe.ts';
import type { Choice } from './choice.ts';

interface PlayOptions {
  readonly choice: Choice;
  readonly step: boolean;
  readonly dryRun: boolean;
  readonly update: boolean;
  /** Replies of queries are not shown. */
  readonly quiet: boolean;
}

const OPTION_NAMES = ['step', 'dry-run', 'from', 'to', 'section', 'update', 'quiet'];

export interface PlayCall {
  readonly name: string;
  readonly given: ReadonlyMap<string, string>;
  readonly options: PlayOptions;
}

/** Reads the arguments of `.play`: `PAGE name=value ... --from 3`. Behind the word of a page they name none. Throws a usage error. */
export function readPlay(args: readonly string[], page?: string): PlayCall {
  const given = new Map<string, string>();
  const found = new Map<string, string>();
  const names: string[] = page === undefined ? [] : [page];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const option = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(arg);
    const pair = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(arg);
    if (option?.[1]) {
      const takes = ['from', 'to', 'section'].includes(option[1]);
      if (!OPTION_NAMES.includes(option[1])) throw unknown(option[1]);
      found.set(option[1], option[2] ?? (takes ? (args[++i] ?? '') : ''));
    } else if (pair?.[1]) {
      if (given.has(pair[1])) throw new QmpshError('usage', `${pair[1]} is given twice`);
      given.set(pair[1], pair[2] ?? '');
    } else names.push(arg);
  }
  const [name, extra] = names;
  if (name === undefined)
    throw new QmpshError('usage', 'which page?', { advice: 'Usage: .play PAGE [name=value ...]' });
  if (extra !== undefined)
    throw new QmpshError('usage', `what is ${safe(extra)}?`, { advice: 'Values are given as name=value.' });
  return {
    name,
    given,
    options: {
      choice: {
        ...pick(found, 'from'),
        ...pick(found, 'to'),
        ...pick(found, 'section'),
      },
      step: found.has('step'),
      dryRun: found.has('dry-run'),
      update: found.has('update'),
      quiet: found.has('quiet'),
    },
  };
}

/** The same for a word inside a page. The page that holds it decides how it is played, so its options cannot be honoured. */
export function readInner(text: string): PlayCall {
  const [word = '', ...args] = splitArguments(text.trim());
  const isPage = !['.play', '.step', '.check'].includes(word);
  const call = readPlay(args, isPage ? word.slice(1) : undefined);
  const { dryRun, update } = call.options;
  const step = call.options.step || word === '.step';
  const check = word === '.check' ? word : undefined;
  const option = dryRun ? '--dry-run' : update ? '--update' : step ? '--step' : check;
  if (option === undefined) return call;
  throw new QmpshError('usage', `${option} cannot be used inside a page`, {
    advice: 'Give it to the page that is played: a page in it is played as that one is.',
  });
}

function pick(found: ReadonlyMap<string, string>, name: 'from' | 'to' | 'section'): Choice {
  const value = found.get(name);
  return value === undefined ? {} : { [name]: value };
}

function unknown(name: string): QmpshError {
  const near = nearest(name, OPTION_NAMES);
  const meant = near.length > 0 ? `; did you mean --${near[0]}?` : '';
  return new QmpshError('usage', `there is no option --${safe(name)}${meant}`, {
    advice: `There are ${OPTION_NAMES.map(option => `--${option}`).join(', ')}.`,
  });
}
