// Changes to a page's text that leave every other byte as it was.
import type { Page, Step } from './model.ts';

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Carries out edits that do not overlap; their places are those of the text as it is given. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => b.start - a.start);
  return ordered.reduce(
    (changed, edit) => changed.slice(0, edit.start) + edit.text + changed.slice(edit.end),
    text,
  );
}

/** The page's text with a step's expected output replaced; an empty text takes it away. */
export function replaceExpected(page: Page, index: number, output: string): string {
  return replaceAllExpected(page, new Map([[index, output]]));
}

/** The same for several steps at once, by their index. */
export function replaceAllExpected(page: Page, outputs: ReadonlyMap<number, string>): string {
  const edits: Edit[] = [];
  for (const [index, output] of outputs) {
    const step = page.steps[index];
    if (!step) throw new RangeError(`${page.name} has no step ${index + 1}; it has ${page.steps.length}`);
    edits.push(expectedEdit(page, step, output));
  }
  return applyEdits(page.text, edits);
}

/** The page's text with a step (its line with the prompt, and its output) put behind another, or behind all (-1). */
export function insertStep(page: Page, after: number, line: string, output = ''): string {
  const step = page.steps.at(after);
  const newline = lineEnd(page.text);
  const text = ensureEnd([line, output.replace(/\n+$/, '')].filter(part => part !== '').join('\n'), newline);
  if (!step)
    return (
      ensureEnd(page.text, newline) +
      (page.markdown ? `${newline}\`\`\`qmp${newline}${text}\`\`\`${newline}` : text)
    );
  const at = Math.max(step.place.end, step.expectedPlace.end);
  const before = page.text.slice(0, at);
  const gap = before.endsWith('\n') ? '' : newline;
  // In plain text prose that stands directly below would become output of the new step.
  const apart = page.markdown || /^\s*(\n|$)/.test(page.text.slice(at)) ? '' : newline;
  return `${before}${gap}${text}${apart}${page.text.slice(at)}`;
}

function expectedEdit(page: Page, step: Step, output: string): Edit {
  const newline = lineEnd(page.text);
  const { start, end } = step.expectedPlace;
  const rows = output.replace(/\n+$/, '').split('\n');
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
