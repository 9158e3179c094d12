// Changes to a page's text that leave every other byte as it was.

import { trimTail } from '../text/trim.ts';
import type { Page, Step } from './model.ts';

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Carries out edits that do not overlap; their places are those of the text as it is given. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    parts.push(text.slice(done, edit.start), edit.text);
    done = edit.end;
  }
  return parts.join('') + text.slice(done);
}

/** The edit that puts an output in the place of what stands below a step. */
export function expectedEdit(page: Page, step: Step, output: string): Edit {
  const newline = lineEnd(page.text);
  const { start, end } = step.expectedPlace;
  const rows = trimTail(output).split('\n');
  const text =
    output.trim() === ''
      ? ''
      : ensureEnd(rows.map(row => (row === '' ? '' : step.indent + row)).join('\n'), newline);
  const before = page.text.slice(0, start);
  const gap = text === '' || before.endsWith('\n') || before === '' ? '' : newline;
  return { start, end, text: gap + text };
}

function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function ensureEnd(text: string, newline: string): string {
  const rows = newline === '\n' ? text : text.replace(/\r?\n/g, newline);
  return rows === '' || rows.endsWith('\n') ? rows : rows + newline;
}
