// A lesson with all its answers as one Markdown text, for a handout.
import type { Step } from '../page/model.ts';
import { answerOf, type Lesson, type Passage } from './lesson.ts';

/** The lesson's prose, what it does by itself, the lines that are typed, and the pictures they lead to. */
export function lessonScript(lesson: Lesson): string {
  const parts = [`# ${lesson.title}`, ...(lesson.about === '' ? [] : [`*${lesson.about}*`])];
  for (const task of lesson.tasks) {
    parts.push(...passages(task.passages), fence([answerLine(answerOf(task)), ...output(task.step)]));
    const { picture = [] } = task.step;
    if (picture.some(row => row !== '')) parts.push(fence(picture, ''));
  }
  return `${[...parts, ...passages(lesson.closing)].join('\n\n')}\n`;
}

function passages(list: readonly Passage[]): string[] {
  const out: string[] = [];
  let rows: string[] = [];
  const flush = () => {
    if (rows.length > 0) out.push(fence(rows));
    rows = [];
  };
  for (const passage of list) {
    if (passage.kind === 'setup') {
      const { step } = passage;
      rows.push(answerLine(step.kind === 'shell' ? `$ ${step.text}` : step.text), ...output(step));
      continue;
    }
    flush();
    out.push(passage.text);
  }
  flush();
  return out;
}

function answerLine(text: string): string {
  return text.startsWith('$ ') ? text : `(QEMU) ${text}`;
}

/** Host commands are shown with what they print, where the page says it. */
function output(step: Step): readonly string[] {
  return step.expected.flatMap(item => (item.kind === 'text' ? item.lines : []));
}

function fence(rows: readonly string[], tag = 'qmp'): string {
  return ['```'.concat(tag), ...rows, '```'].join('\n');
}
