// A lesson: a page as a row of tasks, each with what is read and set up before it, and the one line to be typed.
import { bind } from '../page/bind.ts';
import type { Page, PageProblem, PracticeSpec, Step } from '../page/model.ts';
import { checkNames } from '../page/names.ts';
import { trimTail } from '../text/trim.ts';

/** What comes before a task: prose to read, or a step that the lesson does by itself. */
export type Passage =
  | { readonly kind: 'prose'; readonly text: string }
  | { readonly kind: 'setup'; readonly step: Step };

export interface Task {
  readonly passages: readonly Passage[];
  /** What the reader is to type. */
  readonly step: Step;
}

export interface Lesson {
  /** From the file's name: `03-backup.md` is lesson 3, `backup`. */
  readonly number: number;
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly practice: PracticeSpec;
  readonly tasks: readonly Task[];
  /** What comes when all is done. */
  readonly closing: readonly Passage[];
  readonly problems: readonly PageProblem[];
}

/** The number and name in a lesson's file name; a file without a number is lesson 0. */
export function lessonName(file: string): { readonly number: number; readonly name: string } {
  const found = /^(?:(\d+)-)?(.+?)(?:\.[^.]*)?$/.exec(file.split('/').at(-1) ?? '');
  return { number: Number(found?.[1] ?? 0), name: found?.[2] ?? file };
}

/** Reads a page as a lesson. What a lesson cannot have is a problem. */
export function lessonOf(page: Page): Lesson {
  const problems: PageProblem[] = [...page.problems, ...checkNames(page)];
  const fault = (row: number, message: string, advice: string) => problems.push({ row, message, advice });
  for (const fence of page.fences) {
    const own = page.steps.filter(step => step.fence === fence);
    if (fence.group === 'on-failure' || fence.when || fence.each || fence.on)
      fault(
        fence.row,
        'a lesson has no conditions, loops and undo fences',
        'Write plain qmp and qmp try fences.',
      );
    if (fence.group === 'try' && own.length !== 1)
      fault(fence.row, `a qmp try fence of a lesson holds one step, not ${own.length}`, 'Part it.');
  }
  if (page.practice?.disks) fault(1, 'a lesson has one disk', 'Let it make further images with qemu-img.');
  for (const param of page.params)
    fault(param.row, 'a lesson has no parameters', 'Write the names into its lines.');
  const tasks: Task[] = [];
  let passages: Passage[] = [];
  for (const raw of page.steps) {
    const step = withoutNames(raw);
    if (step.prose !== '') passages.push({ kind: 'prose', text: step.prose });
    if (step.group !== 'try') {
      passages.push({ kind: 'setup', step });
      continue;
    }
    if (step.hints.length === 0)
      fault(step.row, 'this step has no hint', 'Put a paragraph that begins with hint: below its fence.');
    tasks.push({ passages, step });
    passages = [];
  }
  if (tasks.length === 0) fault(1, 'this page has nothing to try', 'Tag a fence with: qmp try');
  if (page.closing !== '') passages.push({ kind: 'prose', text: page.closing });
  const { number, name } = lessonName(page.name);
  return {
    number,
    name,
    title: page.title ?? name,
    about: page.about ?? '',
    practice: page.practice ?? {},
    tasks,
    closing: passages,
    problems: problems.sort((a, b) => a.row - b.row),
  };
}

/** Whether the lesson has the reader record something. */
export function records({ tasks }: Lesson): boolean {
  return tasks.some(({ step }) => RECORD.test(step.text));
}

const RECORD = /^\.record\s+(?!stop\b)/;

/** The task from which a lesson is resumed to get to task `at`: a recording is begun again from its start. */
export function unitStart({ tasks }: Lesson, at: number): number {
  let start: number | undefined;
  for (const [i, { step }] of tasks.slice(0, at).entries()) {
    if (RECORD.test(step.text)) start = i;
    if (/^\.record\s+stop\b/.test(step.text)) start = undefined;
  }
  return start ?? at;
}

/** A lesson has no names to be filled in, but `$$` is a dollar as in every page. */
function withoutNames(step: Step): Step {
  const bound = bind(step, new Map());
  return bound.ok ? { ...step, text: bound.text } : step;
}

/** A task's line as it is typed. */
export function answerOf({ step }: Task): string {
  // The `&` is for whoever plays the page: at the prompt nothing waits for a job.
  const text = step.background ? trimTail(step.text.trimEnd(), '&').trimEnd() : step.text;
  return step.kind === 'shell' ? `$ ${text}` : text;
}

/** The steps that bring a fresh VM to where a task begins, its own set-up included. */
export function stepsBefore(lesson: Lesson, at: number): readonly Step[] {
  const setup = (passages: readonly Passage[]) =>
    passages.flatMap(passage => (passage.kind === 'setup' ? [passage.step] : []));
  const done = lesson.tasks.slice(0, at).flatMap(task => [...setup(task.passages), task.step]);
  const next = lesson.tasks[at]?.passages ?? lesson.closing;
  return [...done, ...setup(next)];
}
