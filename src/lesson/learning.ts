// Beginning and ending lessons at the prompt, and the list of them.

import type { Host } from '../line/host.ts';
import type { Typist } from '../line/person.ts';
import { lineCommands, practiceCommands, stepCommands } from '../play/hostcommands.ts';
import { renderPairs } from '../render/pairs.ts';
import { fitLine, lineWidth, span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { type Lesson, unitStart } from './lesson.ts';
import { nextLesson, type Progress, startIn } from './progress.ts';
import { allLessons, findLesson, loadProgress, type Shelved } from './shelf.ts';
import { LessonTutor } from './tutor.ts';
import { type LessonVm, startLessonVm } from './vm.ts';

/** The lesson asked for, or the one to go on with. */
export async function chooseLesson(wanted: string | undefined): Promise<Shelved> {
  if (wanted !== undefined) return findLesson(wanted);
  const all = await allLessons();
  const rows = all.map(({ lesson }) => ({ name: lesson.name, of: lesson.tasks.length }));
  return findLesson(nextLesson(loadProgress(), rows) ?? '1');
}

/** The task to begin at: `from` counts from 1; without it, where the reader stopped. */
export function firstTask(lesson: Lesson, from?: number): number {
  return from === undefined ? startIn(loadProgress(), lesson.name, lesson.tasks.length) : from - 1;
}

/** Where `qmpsh learn` goes on, by what is kept: a sentence; undefined where it would begin a lesson. */
export async function whereToGoOn(begun: Shelved, wanted: string | undefined): Promise<string | undefined> {
  const isOwn = begun.own && loadProgress().last === begun.lesson.name;
  const { lesson } = isOwn ? begun : await chooseLesson(undefined);
  const at = unitStart(lesson, firstTask(lesson));
  if (at === 0) return undefined;
  const command = isOwn && wanted !== undefined ? `qmpsh learn ${wanted}` : 'qmpsh learn';
  return `Kept: ${safe(command)} goes on at step ${at + 1} of ${safe(lesson.title)}.`;
}

/** All commands of this host that a lesson can run: those that start its VM, those of its lines and of its checks. */
export function hostLines({ practice, tasks, closing }: Lesson): readonly string[] {
  const passages = [...tasks.flatMap(task => task.passages), ...closing];
  const steps = passages.flatMap(passage => (passage.kind === 'setup' ? [passage.step] : []));
  const lines = [...steps, ...tasks.map(task => task.step)].flatMap(step => stepCommands(step, step.text));
  const checks = tasks.flatMap(({ step }) => step.effects.flatMap(({ line }) => lineCommands(line)));
  return [...new Set([...practiceCommands(practice), ...lines, ...checks.map(line => safe(line))])];
}

/** A tutor for the prompt that stands in the lesson's VM (`qmpsh learn`). */
export function tutorFor(
  host: Host,
  typist: Typist,
  { lesson }: Shelved,
  vm: LessonVm,
  at: number,
): LessonTutor {
  const tutor = new LessonTutor(host, lesson, vm, at);
  typist.tutor = tutor;
  return tutor;
}

/** Begins a lesson at the prompt. The monitor that the prompt was connected to before is kept for `leaveLesson`. */
export async function beginLesson(
  host: Host,
  typist: Typist,
  shelved: Shelved,
  at: number,
  above: readonly StyledLine[] = [],
): Promise<void> {
  const lines = shelved.own ? hostLines(shelved.lesson) : [];
  const asked = [
    'This lesson is no part of the shell. It runs on this host:',
    ...lines.map(line => `    ${line}`),
  ];
  if (lines.length > 0 && !host.allowShell && !(await typist.confirm(asked, 'Begin it?'))) return;
  const vm = await host.foreground('a fresh VM', signal => startLessonVm(shelved.lesson, at, signal));
  const before = typist.tutor;
  typist.home ??= { address: host.address, practice: host.practice, folder: host.folder };
  const tutor = tutorFor(host, typist, shelved, vm, at);
  try {
    await tutor.begin(above);
  } finally {
    await before?.close();
  }
}

/** Ends the lesson and its VM; the prompt goes back to where it was, if it was anywhere and is there still. */
export async function leaveLesson(host: Host, typist: Typist): Promise<void> {
  const { tutor, home } = typist;
  typist.tutor = undefined;
  try {
    if (home) {
      typist.home = undefined;
      host.practice = home.practice;
      host.folder = home.folder;
      await host.connect(home.address);
    }
  } catch (error) {
    // The VM from before has ended meanwhile: the prompt is then without one.
    await host.session?.close();
    throw error;
  } finally {
    await tutor?.close();
  }
  if (!home) host.leave(0);
}

/** The lessons, what each teaches, and how far the reader is. */
export async function lessonRows(width: number): Promise<readonly StyledLine[]> {
  const progress = loadProgress();
  const all = await allLessons();
  const rows = all.map(({ lesson }) => {
    const state = standing(lesson, progress);
    return [
      `${String(lesson.number).padStart(2)} ${lesson.name}`,
      `${safe(lesson.about)} · ${state}`,
    ] as const;
  });
  const how = 'qmpsh learn (or .learn) goes on where you stopped; with a number or a name, with that lesson.';
  return [...renderPairs([{ title: 'Lessons', rows }], width), [], ...wrapLine([span(how, 'dim')], width)];
}

/** Rows that the first step of a lesson takes below. */
const STEP_ROWS = 20;

/**
 * The lessons in a row each, with a mark at the one that is gone on with. What does not fit ends in `…`; on a screen too
 * low for all of them and a step it is the marked one only, for whoever reads a task wants to type.
 */
export async function overview(
  next: Lesson,
  width: number,
  height: number | undefined,
): Promise<readonly StyledLine[]> {
  const progress = loadProgress();
  const rows = (await allLessons()).map(({ lesson }) => ({
    lesson,
    name: `${String(lesson.number).padStart(2)} ${lesson.name}`,
    far: standing(lesson, progress),
  }));
  const wide = (texts: readonly string[]) => Math.max(...texts.map(text => lineWidth([span(text)])));
  const fits = height === undefined || rows.length + STEP_ROWS < height;
  const shown = fits ? rows : rows.filter(({ lesson }) => lesson.name === next.name);
  const how = fits
    ? '.learn list tells more of them, .learn and a name begins another one.'
    : `.learn list tells of all ${rows.length}, .learn and a name begins another one.`;
  const [names, fars] = [wide(shown.map(row => row.name)), wide(shown.map(row => row.far))];
  return [
    [span('Lessons', 'title')],
    ...shown.map(({ lesson, name, far }) => {
      const isNext = lesson.name === next.name;
      return fitLine(
        [
          span(isNext ? '> ' : '  ', 'ok'),
          span(name.padEnd(names + 2), 'word'),
          span(far.padEnd(fars + 2), isNext ? 'ok' : 'dim'),
          span(safe(lesson.about)),
        ],
        width,
      );
    }),
    ...wrapLine([span(how, 'dim')], width),
  ];
}

function standing(lesson: Lesson, progress: Progress): string {
  const found = progress.lessons.get(lesson.name);
  const of = lesson.tasks.length;
  if (found && found.at > 0 && found.at < of)
    return `${found.at} of ${of} steps done${found.done ? ', once finished' : ''}`;
  return found?.done ? 'done' : `${of} steps`;
}
