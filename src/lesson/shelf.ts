// The lessons that there are, and the file that keeps how far the reader has come in them.
import { readIfThere, readNamed, replaceFile } from '../io/files.ts';
import { folderPath } from '../io/folders.ts';
import { lessonFiles } from '../io/lessons.ts';
import { kindOfPath } from '../io/pages.ts';
import { toPage } from '../play/load.ts';
import { QmpshError } from '../qmp/errors.ts';
import { nearest } from '../text/fuzzy.ts';
import { safe } from '../text/safe.ts';
import { type Lesson, lessonName, lessonOf } from './lesson.ts';
import { forget, type Progress, reached, readProgress, writeProgress } from './progress.ts';

/** A lesson and where its page is. */
export interface Shelved {
  readonly lesson: Lesson;
  /** Its page's text. */
  readonly text: string;
  /** A page of the reader's own: what it runs on this host is asked about. */
  readonly own: boolean;
}

/** All lessons that ship with the shell, in their order. */
export async function allLessons(): Promise<readonly Shelved[]> {
  return Promise.all(lessonFiles().map(path => read(path, false)));
}

/** A lesson by its number, its name, or the path of its page. Rejects with a usage error that says what there is. */
export async function findLesson(wanted: string): Promise<Shelved> {
  const files = lessonFiles().map(path => ({ path, ...lessonName(path) }));
  const found = files.find(
    ({ number, name }) => name === wanted || (/^\d+$/.test(wanted) && number === Number(wanted)),
  );
  if (found) return read(found.path, false);
  if (/\.(md|markdown)$/.test(wanted) && kindOfPath(wanted) === 'file') return read(wanted, true);
  const names = files.map(({ name }) => name);
  // A number as a word is none of a name's parts: `two` is not two-machines.
  const counted = COUNT.indexOf(wanted.toLowerCase()) + 1;
  const numbered = files.find(({ number }) => number === counted)?.name;
  const near = numbered === undefined ? nearest(wanted, names) : [numbered];
  throw new QmpshError(
    'usage',
    `there is no lesson ${safe(wanted)}${near.length > 0 ? `; did you mean ${near.join(', ')}?` : ''}`,
    { advice: `There are ${files.map(({ number, name }) => `${number} ${name}`).join(', ')}.` },
  );
}

const COUNT = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven'];

async function read(path: string, own: boolean): Promise<Shelved> {
  const text = readNamed(path, 'the lesson');
  const lesson = lessonOf(await toPage(text, path));
  const [problem] = lesson.problems;
  if (!problem) return { lesson, text, own };
  throw new QmpshError('usage', `${safe(path)}:${problem.row}: ${problem.message}`, {
    ...(problem.advice === undefined ? {} : { advice: problem.advice }),
  });
}

/** Undefined where there is no home: then no lesson goes on from where it was left. */
function progressPath(): string | undefined {
  try {
    return `${folderPath('state')}/lessons`;
  } catch {
    return undefined;
  }
}

function write(progress: Progress): void {
  const path = progressPath();
  if (path !== undefined) replaceFile(path, writeProgress(progress));
}

export function loadProgress(): Progress {
  const path = progressPath();
  return readProgress((path === undefined ? undefined : readIfThere(path)) ?? '');
}

/** Keeps that the reader stands at a task. */
export function keepProgress(lesson: Lesson, at: number): void {
  const progress = reached(loadProgress(), lesson.name, at, lesson.tasks.length);
  write(progress);
}

/** Forgets how far the reader is in one lesson, or in all. */
export function forgetProgress(name?: string): void {
  write(forget(loadProgress(), name));
}
