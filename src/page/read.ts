// Reads a page: its blocks, steps, sections and parameters, and what is wrong with it. Never fails.
import { type Aids, hasAids, takeAids } from './aids.ts';
import { type Front, frontLength, readFront } from './front.ts';
import { findFences } from './markdown.ts';
import type { Block, Fence, Page, PageProblem, Step } from './model.ts';
import { isBlank, type Row, rowsOf } from './rows.ts';
import { findSections, sectionPath } from './sections.ts';
import { type FoundStep, findSteps, type IsOpen, isComment } from './steps.ts';

export interface ReadOptions {
  /** The file's name: `.md` and `.markdown` are Markdown, all else is plain text. */
  readonly name: string;
  /** Whether a line goes on in the next row. */
  readonly isOpen: IsOpen;
}

/** Reads a page from its text. Every character of the text lies in exactly one block. */
export async function readPage(text: string, options: ReadOptions): Promise<Page> {
  const problems: PageProblem[] = [];
  const problem = (found: PageProblem) => problems.push(found);
  const markdown = /\.(md|markdown)$/i.test(options.name);
  const rows = rowsOf(text);
  const head = frontLength(rows);
  const front: Front = head === 0 ? { params: [] } : await readFront(yamlOf(text, rows, head), 2, problem);
  const body = markdown
    ? markdownBody(text, rows, head, options.isOpen, problem)
    : plainBody(text, rows, head, options.isOpen, problem);
  const title = front.title ?? body.sections[0]?.title;
  return {
    name: options.name,
    text,
    markdown,
    ...(title === undefined ? {} : { title }),
    ...(front.about === undefined ? {} : { about: front.about }),
    params: front.params,
    ...(front.practice ? { practice: front.practice } : {}),
    closing: body.closing,
    blocks: merge([...rows.slice(0, head).map(row => block('front', row)), ...body.blocks]),
    steps: body.steps,
    fences: body.fences,
    sections: body.sections,
    problems: problems.sort((a, b) => a.row - b.row),
  };
}

/** The page's text, byte for byte, put together from its blocks. */
export function writePage(page: Page): string {
  return page.blocks.map(({ place }) => page.text.slice(place.start, place.end)).join('');
}

interface Body {
  readonly blocks: readonly Block[];
  readonly steps: readonly Step[];
  readonly fences: readonly Fence[];
  readonly sections: Page['sections'];
  readonly closing: string;
}

type Report = (problem: PageProblem) => void;

function plainBody(text: string, rows: readonly Row[], head: number, isOpen: IsOpen, problem: Report): Body {
  const fence: Fence = { index: 0, row: head + 1, group: 'main' };
  const own = rows.slice(head);
  const found = findSteps(text, own, false, isOpen, problem);
  const inSteps = new Set(found.flatMap(step => own.slice(step.from, step.outputTo)));
  const sections = findSections(
    own.filter(row => !inSteps.has(row)),
    false,
  );
  const steps = found.map((step, i) =>
    toStep(i, step, own, fence, sections, proseOf(text, own, found[i - 1]?.outputTo ?? 0, step.from)),
  );
  const closing = proseOf(text, own, found.at(-1)?.outputTo ?? 0, own.length);
  return { blocks: blocksOf(own, found, 0, 'prose'), steps, fences: [fence], sections, closing };
}

function markdownBody(
  text: string,
  rows: readonly Row[],
  head: number,
  isOpen: IsOpen,
  problem: Report,
): Body {
  const layout = findFences(rows, head, problem);
  const sections = findSections(
    layout.prose.flatMap(i => rows[i] ?? []),
    true,
  );
  const blocks: Block[] = [];
  const steps: Step[] = [];
  let done = head;
  for (const { fence, open, close } of layout.fences) {
    const before = proseOf(text, rows, done, open);
    const rest = aidLast(steps, before, fence.row, problem);
    blocks.push(...rows.slice(done, open).map(row => block('prose', row)));
    const own = rows.slice(open + 1, close);
    const found = findSteps(text, own, true, isOpen, problem);
    reportStrays(own, found, problem);
    const mark = (i: number): Block[] =>
      rows.slice(i, i + 1).map(({ start, end }) => ({ kind: 'mark', place: { start, end }, fence }));
    blocks.push(...mark(open), ...blocksOf(own, found, steps.length, 'note'), ...mark(close));
    for (const [i, step] of found.entries()) {
      const notes = comments(own.slice(found[i - 1]?.outputTo ?? 0, step.from));
      const prose = i > 0 ? notes : [rest, notes].filter(part => part !== '').join('\n\n');
      steps.push(toStep(steps.length, step, own, fence, sections, prose));
    }
    done = Math.min(close + 1, rows.length);
  }
  const closing = aidLast(steps, proseOf(text, rows, done, rows.length), rows[done]?.number ?? 1, problem);
  blocks.push(...rows.slice(done).map(row => block('prose', row)));
  return { blocks, steps, fences: layout.fences.map(found => found.fence), sections, closing };
}

function toStep(
  index: number,
  found: FoundStep,
  rows: readonly Row[],
  fence: Fence,
  sections: Page['sections'],
  prose: string,
): Step {
  const start = rows[found.from]?.start ?? 0;
  const end = rows[found.to - 1]?.end ?? start;
  const empty = found.outputFrom >= found.outputTo;
  return {
    index,
    kind: found.kind,
    text: found.text,
    place: { start, end },
    row: found.row,
    prose,
    section: sectionPath(sections, found.row),
    expected: found.expected,
    expectedPlace: empty
      ? { start: end, end }
      : { start: rows[found.outputFrom]?.start ?? end, end: rows[found.outputTo - 1]?.end ?? end },
    indent: found.indent,
    background: found.background,
    fence,
    group: fence.group,
    hints: [],
    mistakes: [],
    effects: [],
  };
}

function blocksOf(
  rows: readonly Row[],
  found: readonly FoundStep[],
  first: number,
  between: 'prose' | 'note',
): Block[] {
  const blocks: Block[] = [];
  let done = 0;
  for (const [i, step] of found.entries()) {
    blocks.push(...rows.slice(done, step.from).map(row => block(between, row)));
    blocks.push(...rows.slice(step.from, step.to).map(row => stepBlock('step', row, first + i)));
    blocks.push(...rows.slice(step.to, step.outputTo).map(row => stepBlock('expected', row, first + i)));
    done = Math.max(step.to, step.outputTo);
  }
  return [...blocks, ...rows.slice(done).map(row => block(between, row))];
}

function block(kind: 'front' | 'prose' | 'note', { start, end }: Row): Block {
  return { kind, place: { start, end } };
}

function stepBlock(kind: 'step' | 'expected', { start, end }: Row, step: number): Block {
  return { kind, place: { start, end }, step };
}

/** Neighbouring rows of one kind and owner become one block. */
function merge(blocks: readonly Block[]): Block[] {
  const merged: Block[] = [];
  for (const next of blocks) {
    const last = merged.at(-1);
    const same = last?.kind === next.kind && next.kind !== 'mark' && ownerOf(last) === ownerOf(next);
    if (last && same)
      merged[merged.length - 1] = { ...last, place: { start: last.place.start, end: next.place.end } };
    else merged.push(next);
  }
  return merged;
}

function ownerOf(owned: Block): number {
  return owned.kind === 'step' || owned.kind === 'expected' ? owned.step : -1;
}

function proseOf(text: string, rows: readonly Row[], from: number, to: number): string {
  const first = rows[from];
  const last = rows[to - 1];
  if (!first || !last || to <= from) return '';
  return text.slice(first.start, last.end).replace(/\r\n/g, '\n').trim();
}

function comments(rows: readonly Row[]): string {
  return rows
    .filter(isComment)
    .map(row => row.text.replace(/^\s*(\(QEMU\)\s+|\$\s+)?#\s?/, ''))
    .join('\n');
}

/** Takes what stands below a `try` fence for its reader out of prose, and gives it to that step. */
function aidLast(steps: Step[], prose: string, row: number, problem: Report): string {
  const { aids, rest, faults } = takeAids(prose);
  for (const fault of faults) problem({ row, ...fault });
  const last = steps.at(-1);
  if (!hasAids(aids)) return prose.trim();
  if (last?.group === 'try') steps[steps.length - 1] = { ...last, ...joined(last, aids) };
  else
    problem({
      row,
      message: 'a hint:, wrong: or effect: paragraph or a graph above this row belongs to no step',
      advice: 'Put it directly below a qmp try fence.',
    });
  return rest;
}

function joined(step: Step, aids: Aids): Partial<Step> {
  return {
    hints: [...step.hints, ...aids.hints],
    mistakes: [...step.mistakes, ...aids.mistakes],
    effects: [...step.effects, ...aids.effects],
    ...(aids.picture ? { picture: aids.picture } : {}),
  };
}

/** Rows before the first step of a fence that would never run though they look as if they should. */
function reportStrays(rows: readonly Row[], found: readonly FoundStep[], problem: Report): void {
  const stray = rows.slice(0, found[0]?.from ?? rows.length).find(row => !isBlank(row) && !isComment(row));
  if (!stray) return;
  problem({
    row: stray.number,
    message: 'this row is no step: it has no prompt',
    advice: "Put '(QEMU) ' or '$ ' before it, or '# ' if it is a comment.",
  });
}

function yamlOf(text: string, rows: readonly Row[], head: number): string {
  return text.slice(rows[1]?.start ?? 0, rows[head - 1]?.start ?? 0);
}
