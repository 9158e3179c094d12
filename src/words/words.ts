// The table of the shell's words; finds and runs them.

import { splitArguments } from '../language/argument.ts';
import type { Line, Problem } from '../language/line.ts';
import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import type { Word, WordCall } from '../line/word.ts';
import { wordNamed } from '../line/wordfacts.ts';
import { QmpshError } from '../qmp/errors.ts';
import { meantElsewhere } from '../schema/elsewhere.ts';
import type { Schema } from '../schema/model.ts';
import { nearest } from '../text/fuzzy.ts';
import { CONNECT } from './connect.ts';
import { CONSOLE } from './console.ts';
import { DOCTOR } from './doctor.ts';
import { EDIT } from './edit.ts';
import { EVENTS } from './events.ts';
import { EXIT } from './exit.ts';
import { FILL } from './fill.ts';
import { GRAPH } from './graph.ts';
import { HELP } from './help.ts';
import { HISTORY } from './history.ts';
import { HMP } from './hmp.ts';
import { JOBS } from './jobs.ts';
import { LESSON_WORDS } from './lesson.ts';
import { EXPECT, LET } from './let.ts';
import { ON } from './on.ts';
import { OOB } from './oob.ts';
import { pageWords } from './pages.ts';
import { CHECK, PLAY, STEP } from './play.ts';
import { POINTS } from './points.ts';
import { PRACTICE } from './practice.ts';
import { RECORD } from './record.ts';
import { REHEARSE } from './rehearse.ts';
import { SEND } from './send.ts';
import { FORMAT, SET } from './set.ts';
import { TOP } from './top.ts';
import { UNFINISHED } from './unfinished.ts';
import { WAIT } from './wait.ts';
import { WATCH } from './watch.ts';

type WordLine = Extract<Line, { kind: 'word' }>;

export const WORDS: readonly Word[] = [
  HELP,
  EVENTS,
  WAIT,
  JOBS,
  GRAPH,
  DOCTOR,
  WATCH,
  TOP,
  FILL,
  SEND,
  HMP,
  OOB,
  PLAY,
  STEP,
  CHECK,
  UNFINISHED,
  REHEARSE,
  POINTS,
  RECORD,
  LET,
  EXPECT,
  CONNECT,
  ON,
  PRACTICE,
  CONSOLE,
  SET,
  FORMAT,
  EDIT,
  HISTORY,
  ...LESSON_WORDS,
  EXIT,
];

/** The words, and behind them the pages that are words. A page never hides a word. */
export function allWords(): readonly Word[] {
  return [...WORDS, ...pageWords().filter(page => !WORDS.some(word => word.name === page.name))];
}

/** The problem of a line that begins with an unknown word; undefined where the word exists. `schema` is the VM's. */
export function unknownWord(
  { name, place }: WordLine,
  words: readonly Word[] = allWords(),
  schema?: Schema,
): Problem | undefined {
  if (wordNamed(name, words)) return undefined;
  const command = name.slice(1);
  const isCommand = (one: string) => schema?.commands.has(one) === true;
  const meant = isCommand(command) ? [command] : meantElsewhere(isCommand, command)?.nearest;
  if (meant !== undefined)
    return {
      place,
      message: `there is no word ${name}`,
      nearest: meant,
      ...(meant.some(one => one.startsWith('.')) ? {} : { advice: 'Commands of QMP have no dot.' }),
    };
  const names = words.map(row => row.name);
  return {
    place,
    message: `there is no word ${name}`,
    nearest: nearest(name, names),
    advice: '.help lists them all.',
  };
}

export async function runWord(line: WordLine, text: string, host: Host, row?: number): Promise<Exit> {
  const words = allWords();
  const word = wordNamed(line.name, words);
  if (!word) {
    const problem = unknownWord(line, words, await host.loadSchema());
    if (problem) host.problems(text, [problem], 'error', row);
    return 2;
  }
  if (word.ofQemu && host.session?.isAgent)
    throw new QmpshError('usage', `${word.name} is about QEMU, and this is a guest agent`, {
      advice: 'Its commands are those of guest-info; .connect ADDRESS goes to a monitor of QEMU.',
    });
  const call: WordCall = {
    line,
    text,
    args: splitArguments(line.rest),
    rest: line.rest.trim(),
    words,
    ...(row === undefined ? {} : { row }),
  };
  if (word.needs !== 'typist') return word.run(call, host);
  if (host.typist) return word.run(call, host, host.typist);
  throw new QmpshError('usage', `${word.name} is for somebody at a prompt`, { advice: word.otherwise });
}
