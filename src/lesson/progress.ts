// How far the reader is in each lesson: one small file, a row a lesson.

interface Standing {
  /** Tasks done. */
  readonly at: number;
  /** Whether it was done to its end at some time. */
  readonly done: boolean;
}

export interface Progress {
  readonly lessons: ReadonlyMap<string, Standing>;
  /** The lesson that was worked on last. */
  readonly last?: string;
}

const NO_PROGRESS: Progress = { lessons: new Map() };

const HEAD =
  '# How far qmpsh learn has come: lesson, steps done, whether it was finished. The last one worked on stands last.';

/** Reads the file's text; rows that make no sense are left out. */
export function readProgress(text: string): Progress {
  const lessons = new Map<string, Standing>();
  for (const row of text.split('\n')) {
    const found = /^([\w-]+) (\d{1,4})( done)?$/.exec(row.trim());
    if (!found?.[1]) continue;
    lessons.delete(found[1]);
    lessons.set(found[1], { at: Number(found[2]), done: found[3] !== undefined });
  }
  return withLast(lessons);
}

export function writeProgress({ lessons }: Progress): string {
  const rows = [...lessons].map(([name, { at, done }]) => `${name} ${at}${done ? ' done' : ''}`);
  return `${[HEAD, ...rows].join('\n')}\n`;
}

/** The reader stands at task `at` of a lesson with `of` tasks. A lesson once finished stays so. */
export function reached(progress: Progress, name: string, at: number, of: number): Progress {
  const lessons = new Map(progress.lessons);
  const done = at >= of || lessons.get(name)?.done === true;
  lessons.delete(name);
  lessons.set(name, { at, done });
  return withLast(lessons);
}

/** Forgets one lesson, or all. */
export function forget(progress: Progress, name?: string): Progress {
  if (name === undefined) return NO_PROGRESS;
  const lessons = new Map(progress.lessons);
  lessons.delete(name);
  return withLast(lessons);
}

/** Where to begin in a lesson: where the reader stopped, or at the start again once it was gone through. */
export function startIn(progress: Progress, name: string, of: number): number {
  const at = progress.lessons.get(name)?.at ?? 0;
  return at >= of ? 0 : at;
}

/** The lesson to go on with: the last one if it is under way, else the next that was not finished. */
export function nextLesson(
  progress: Progress,
  lessons: readonly { readonly name: string; readonly of: number }[],
): string | undefined {
  const lastAt = lessons.findIndex(({ name }) => name === progress.last);
  const last = lessons[lastAt];
  if (last && (progress.lessons.get(last.name)?.at ?? 0) < last.of) return last.name;
  const isOpen = ({ name }: { readonly name: string }) => progress.lessons.get(name)?.done !== true;
  const next = lessons.slice(lastAt + 1).find(isOpen) ?? lessons.find(isOpen);
  return (next ?? lessons[0])?.name;
}

function withLast(lessons: ReadonlyMap<string, Standing>): Progress {
  const last = [...lessons.keys()].at(-1);
  return { lessons, ...(last === undefined ? {} : { last }) };
}
