// The shell's own words: the table, and how one is found and run.

import type { Line, Problem } from '../language/line.ts';
import { nearest } from '../text/fuzzy.ts';
import type { Exit, Host } from './host.ts';
import { pageWords } from './pages.ts';
import { splitArguments, type Word, wordNamed } from './word.ts';
import { CONNECT } from './words/connect.ts';
import { EDIT } from './words/edit.ts';
import { EVENTS } from './words/events.ts';
import { EXIT } from './words/exit.ts';
import { FILL } from './words/fill.ts';
import { GRAPH } from './words/graph.ts';
import { HELP } from './words/help.ts';
import { HISTORY } from './words/history.ts';
import { HMP } from './words/hmp.ts';
import { JOBS } from './words/jobs.ts';
import { LESSON_WORDS } from './words/lesson.ts';
import { EXPECT, LET } from './words/let.ts';
import { CHECK, PLAY, STEP } from './words/play.ts';
import { RECORD } from './words/record.ts';
import { SEND } from './words/send.ts';
import { FORMAT, SET } from './words/set.ts';
import { WAIT } from './words/wait.ts';
import { WATCH } from './words/watch.ts';

type WordLine = Extract<Line, { kind: 'word' }>;

export const WORDS: readonly Word[] = [
  HELP,
  EVENTS,
  WAIT,
  JOBS,
  GRAPH,
  WATCH,
  FILL,
  SEND,
  HMP,
  PLAY,
  STEP,
  CHECK,
  RECORD,
  LET,
  EXPECT,
  CONNECT,
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

/** What is wrong with a line whose word there is not; undefined where there is one. */
export function unknownWord({ name, place }: WordLine): Problem | undefined {
  if (wordOf(name)) return undefined;
  const names = allWords().map(row => row.name);
  return {
    place,
    message: `there is no word ${name}`,
    nearest: nearest(name, names),
    advice: '.help lists them all.',
  };
}

function wordOf(name: string): Word | undefined {
  return wordNamed(name, WORDS) ?? wordNamed(name, pageWords());
}

export async function runWord(line: WordLine, text: string, host: Host, row?: number): Promise<Exit> {
  const word = wordOf(line.name);
  if (!word) {
    const problem = unknownWord(line);
    if (problem) host.problems(text, [problem], 'error', row);
    return 2;
  }
  return word.run(
    {
      line,
      text,
      args: splitArguments(line.rest),
      rest: line.rest.trim(),
      words: allWords(),
      ...(row === undefined ? {} : { row }),
    },
    host,
  );
}
