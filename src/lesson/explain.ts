// The texts of the tutor as styled lines: tasks, verdicts on typed lines, explanations, advice.
import { splitArguments } from '../language/argument.ts';
import { printValue } from '../language/print.ts';
import type { WordFacts } from '../line/wordfacts.ts';
import { wordNamed } from '../line/wordfacts.ts';
import { renderMarkdown } from '../render/page.ts';
import { renderPairs } from '../render/pairs.ts';
import type { Schema } from '../schema/model.ts';
import { describeArgument, describeCommand } from '../schema/notes.ts';
import { showPath } from '../schema/walk.ts';
import { isObject, type Json } from '../text/json.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { hostNotes } from './hostnotes.ts';
import { type Departure, requestIn, type Verdict } from './judge.ts';
import { answerOf, type Lesson, type Task } from './lesson.ts';

/** The row above a task. */
export function taskHead(lesson: Lesson, at: number, width: number): StyledLine {
  const left = `── ${safe(lesson.title)} · step ${at + 1} of ${lesson.tasks.length} `;
  const room = Math.min(width, 88) - left.length;
  return [span(left, 'title'), span('─'.repeat(Math.max(0, room)), 'dim')];
}

/** What differs, a row each: what was typed, what the step needs, and of what is missing what it means. */
function departureLines(command: string, found: readonly Departure[]): readonly StyledLine[] {
  return found.map((departure): StyledLine => {
    const name = safe(showPath(departure.path));
    const means = departure.given === undefined ? describeArgument(command, departure.path) : undefined;
    return [
      span(name, 'key'),
      span(` ${sentence(departure, FILES.has(departure.path.at(-1) ?? ''))}`),
      ...(means === undefined ? [] : [span(` (${name}: ${means})`, 'dim')]),
    ];
  });
}

/** Arguments that name a file: the steps to come, and programs of the host, know it by that name. */
const FILES: ReadonlySet<string | number> = new Set(['filename', 'snapshot-file']);

function sentence({ wanted, given }: Departure, isFile: boolean): string {
  if (given === undefined) return `is missing: this step needs ${shown(wanted)}`;
  if (wanted === undefined) return `is not asked for in this step, and you gave ${shown(given)}`;
  return `is ${shown(given)}, and ${isFile ? 'the lesson goes on with' : 'this step needs'} ${shown(wanted)}`;
}

function shown(value: Json | undefined): string {
  return value === undefined ? 'nothing' : safe(printValue(value));
}

/** Why a line is not what the step asks for; nothing where nothing can be said. */
export async function verdictLines(verdict: Verdict, width: number): Promise<readonly StyledLine[]> {
  switch (verdict.kind) {
    case 'right':
    case 'other':
      return [];
    case 'mistake':
      return lead('not quite', await renderMarkdown(verdict.text, Math.max(20, width - 11)));
    case 'host':
      return lead('not quite', wrapLine([span(safe(verdict.text))], Math.max(20, width - 11)));
    case 'near': {
      const rows = departureLines(verdict.command, verdict.departures);
      return lead(
        'not quite',
        rows.flatMap(row => wrapLine(row, Math.max(20, width - 11))),
      );
    }
  }
}

/** Lines with a mark before the first. */
export function lead(mark: string, lines: readonly StyledLine[]): readonly StyledLine[] {
  return lines.map(
    (line, i): StyledLine => [
      i === 0 ? span(`${mark}  `, 'warning') : span(' '.repeat(mark.length + 2)),
      ...line,
    ],
  );
}

/** A task's line, and what each piece of it means. */
export function showTask(
  task: Task,
  schema: Schema | undefined,
  words: readonly WordFacts[],
  width: number,
): readonly StyledLine[] {
  const answer = answerOf(task);
  // Behind no prompt: nobody has typed it.
  const line: StyledLine = [span('    '), span(safe(answer), 'command')];
  const explained = (rows: readonly (readonly [string, string])[]) => [
    ...wrapLine(line, width, 6),
    ...renderPairs([{ rows }], width),
  ];
  if (task.step.kind === 'shell') return explained(hostNotes(task.step.text));
  if (task.step.kind === 'word') {
    const [name = '', ...given] = splitArguments(task.step.text);
    const word = wordNamed(name, words);
    const commands = given.flatMap((text): (readonly [string, string])[] => {
      const does = describeCommand(text);
      return does === undefined ? [] : [[text, does]];
    });
    return explained([...(word ? [[word.name, word.help] as const] : []), ...commands]);
  }
  const request = requestIn(task.step.text, schema);
  if (!request) return explained([]);
  const about = describeCommand(request.execute);
  const rows: (readonly [string, string])[] = about === undefined ? [] : [[request.execute, about]];
  const visit = (value: Json, path: readonly string[]): void => {
    if (isObject(value) && path.length < 3) {
      for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
      return;
    }
    const means = describeArgument(request.execute, path);
    if (means !== undefined) rows.push([safe(showPath(path)), means]);
  };
  if (request.execute !== 'transaction' && request.execute !== 'human-monitor-command')
    visit(request.arguments, []);
  return explained(rows);
}

/** A step that the lesson does by itself, as it would be typed. */
export function setupLine(text: string, kind: 'qmp' | 'shell' | 'word'): StyledLine {
  return [span(kind === 'shell' ? '$ ' : '(QEMU) ', 'prompt'), span(safe(text), 'dim')];
}

/** What a fresh VM in the place of the reader's means; that the one before has `ended` was said. */
export function setBack(ended: boolean): string {
  const how = ended
    ? 'The lesson goes on, on a fresh VM.'
    : 'The VM is set back: it stands as the lesson has it here.';
  return `${how} Try again; .hint gives a hint.`;
}

/** The words that belong to a lesson; a line with one of them is never judged. */
const LESSON_WORDS = ['.hint', '.show', '.skip', '.back', '.restart', '.learn'];

export function isLessonWord(text: string): boolean {
  const word = /^\s*(\.[\w-]+)/.exec(text)?.[1];
  return word !== undefined && LESSON_WORDS.includes(word);
}

/** How a step was done. */
export type How = 'right' | 'skipped' | 'another way to the same end' | 'that has happened already';

export function doneLine(how: How): StyledLine {
  return [span(how === 'right' ? 'Right.' : `${how[0]?.toUpperCase()}${how.slice(1)}.`, 'ok')];
}

const FIRST_WORDS =
  'Type the line. .hint helps, .show shows it, .skip does it, .learn repeats the task; anything else may be typed in between.';

/** The rows that name the words for going on: shown below the first task, and at the end of the lesson. */
export function howToGoOn(lesson: Lesson, hasTask: boolean, width: number): readonly StyledLine[] {
  const words = hasTask ? FIRST_WORDS : `Lesson ${lesson.number} is done. .learn goes on, Ctrl-D leaves.`;
  return wrapLine([span(words, hasTask ? 'dim' : 'ok')], width);
}

/** What a host command printed. */
export function outputRows(output: string): readonly StyledLine[] {
  const text = output.trimEnd();
  return text === '' ? [] : text.split('\n').map(row => [span(safe(row))]);
}
