// `qmpsh learn`: lists and prints lessons, forgets progress, or begins a lesson at a prompt on its own VM.

import { columns, isTerminal, rows, writeAll } from '../io/stdio.ts';
import {
  chooseLesson,
  firstTask,
  hostLines,
  lessonRows,
  overview,
  tutorFor,
  whereToGoOn,
} from '../lesson/learning.ts';
import type { Lesson } from '../lesson/lesson.ts';
import { lessonScript } from '../lesson/script.ts';
import { findLesson, forgetProgress, type Shelved } from '../lesson/shelf.ts';
import type { LessonTutor } from '../lesson/tutor.ts';
import { type LessonVm, startLessonVm } from '../lesson/vm.ts';
import type { Exit } from '../line/exit.ts';
import type { PromptHost } from '../prompt/prompt.ts';
import { QmpshError } from '../qmp/errors.ts';
import { renderMarkdown } from '../render/page.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { converse } from './converse.ts';
import type { Invocation } from './invocation.ts';
import { colours, painter } from './paint.ts';

/** What the command needs of the machine. */
interface LearnTools {
  /** Somebody sits at a terminal, both ways. */
  readonly terminal: boolean;
  /** Whether standard output is a terminal. */
  readonly output: boolean;
  readonly width: number;
  readonly height: number | undefined;
  readonly write: (text: string) => void;
  readonly show: (lines: readonly StyledLine[]) => void;
  readonly confirm: (sentences: readonly string[], question: string) => Promise<boolean>;
  /** Runs the prompt on the lesson's VM until the reader leaves. */
  readonly prompt: (
    vm: LessonVm,
    tutor: (host: PromptHost) => LessonTutor,
    /** What stands above the first task. */
    above: readonly StyledLine[],
  ) => Promise<Exit>;
}

async function learnTools(invocation: Invocation): Promise<LearnTools> {
  const paint = await painter(colours(invocation, 1));
  const show = (lines: readonly StyledLine[]) => {
    writeAll(1, lines.map(line => `${paint(line)}\n`).join(''));
  };
  return {
    terminal: isTerminal(0) && isTerminal(1),
    output: isTerminal(1),
    width: columns(),
    height: rows(),
    write: text => writeAll(1, text),
    show,
    confirm: async (sentences, question) => {
      if (invocation.switches.has('yes')) return true;
      show(sentences.map(text => [{ text: safe(text) }]));
      const { askKey } = await import('../io/form.ts');
      return (await askKey(`${question} [n/y] `, ['n', 'y'])) === 'y';
    },
    prompt: (vm, tutor, above) =>
      converse(invocation, vm.address, {
        practice: vm.practice,
        tutor,
        above,
        ...(vm.gone ? { gone: true } : {}),
      }),
  };
}

export async function learnCommand(invocation: Invocation): Promise<Exit> {
  const tools = await learnTools(invocation);
  const { switches, values, positionals } = invocation;
  const [wanted, ...extra] = positionals;
  if (extra.length > 0) throw usage(`one lesson at a time; what is ${safe(extra[0] ?? '')}?`);
  const only = ['list', 'script', 'reset'].filter(name => switches.has(name));
  if (only.length > 1) throw usage(`--${only[0]} and --${only[1]} do not go together`);
  if (only.length > 0 && values['from'] !== undefined) throw usage(`--from does not go with --${only[0]}`);
  switch (only[0]) {
    case 'list':
      if (wanted !== undefined) throw usage('--list lists all lessons and takes no name');
      tools.show(await lessonRows(tools.width));
      return 0;
    case 'script':
      return script(await chooseLesson(wanted), tools);
    case 'reset':
      return reset(wanted, tools);
    default:
      return learn(await chooseLesson(wanted), invocation, tools, wanted);
  }
}

async function script({ lesson }: Shelved, tools: LearnTools): Promise<Exit> {
  const text = lessonScript(lesson);
  if (tools.output) tools.show(await renderMarkdown(text, tools.width));
  else tools.write(text);
  return 0;
}

async function reset(wanted: string | undefined, tools: LearnTools): Promise<Exit> {
  const one = wanted === undefined ? undefined : (await findLesson(wanted)).lesson;
  forgetProgress(one?.name);
  const what = one ? `lesson ${one.number}, ${one.title},` : 'every lesson';
  tools.show([[span(`Forgotten: ${safe(what)} begins at its first step.`)]]);
  return 0;
}

async function learn(
  shelved: Shelved,
  { values, switches }: Invocation,
  tools: LearnTools,
  wanted: string | undefined,
): Promise<Exit> {
  const { lesson } = shelved;
  const at = firstTask(lesson, stepNumber(values['from'], lesson));
  if (!tools.terminal)
    throw usage('a lesson wants a terminal', 'qmpsh learn --script LESSON prints one, with all answers.');
  const lines = shelved.own ? hostLines(lesson) : [];
  if (lines.length > 0 && !switches.has('allow-shell')) {
    const asked = [
      'This lesson is no part of the shell. It runs on this host:',
      ...lines.map(line => `    ${line}`),
    ];
    if (!(await tools.confirm(asked, 'Begin it?'))) return 130;
  }
  const above = wanted === undefined ? await overview(lesson, tools.width, tools.height) : [];
  const vm = await startLessonVm(lesson, at);
  let tutor: LessonTutor | undefined;
  try {
    const lead = (host: PromptHost) => {
      tutor = tutorFor(host, host.typist, shelved, vm, at);
      return tutor;
    };
    return await tools.prompt(vm, lead, above);
  } finally {
    await (tutor ?? vm).close();
    // By what is kept, as the lesson that was left need not be the one that was begun.
    const kept = tutor && (await whereToGoOn(shelved, wanted));
    if (kept !== undefined) tools.show([[span(kept)]]);
  }
}

function stepNumber(text: string | undefined, { tasks, title }: Lesson): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= tasks.length) return Number(text);
  throw usage(`--from ${safe(text)}: ${title} has the steps 1 to ${tasks.length}`);
}

function usage(message: string, advice = 'qmpsh learn --list shows the lessons.'): QmpshError {
  return new QmpshError('usage', message, { advice });
}
