// Reads a page: its blocks, steps, sections and parameters, and what is wrong with it. Never fails.

import { type Aids, hasAids, takeAids } from './aids.ts';
import { block, blocksOf, merge, ownersOf, proseBetween } from './blocks.ts';
import { findArrows, joinArrows } from './exchange.ts';
import { type Front, frontLength, readFront } from './front.ts';
import { findHeader } from './header.ts';
import { findFences } from './markdown.ts';
import { endless, hmpMark, isMark } from './marks.ts';
import type { Block, Fence, Loose, Page, PageProblem, Step } from './model.ts';
import { comments, proseOf } from './prose.ts';
import { isBlank, type Row, rowsOf } from './rows.ts';
import { findSections, sectionPaths } from './sections.ts';
import { type FoundStep, findSteps, type IsOpen, isComment, stepPrompt } from './steps.ts';
import { fencesBy, type Target } from './targets.ts';
import { type View, viewOf } from './view.ts';

interface ReadOptions {
  /** The file's name: `.md` and `.markdown` are Markdown, all else is plain text. */
  readonly name: string;
  /** Told the rows of a line: whether it goes on in the next one. */
  readonly isOpen: IsOpen;
}

/** Reads a page from its text. Every character of the text lies in exactly one block. */
export async function readPage(text: string, options: ReadOptions): Promise<Page> {
  const problems: PageProblem[] = [];
  const notes: PageProblem[] = [];
  const problem = (found: PageProblem) => problems.push(found);
  const markdown = /\.(md|markdown)$/i.test(options.name);
  const rows = rowsOf(text);
  const head = frontLength(rows);
  const front = await frontOf({ text, rows, head, markdown, problem });
  const reading: Reading = {
    text,
    rows,
    head,
    isOpen: options.isOpen,
    // Where no parameter is declared a dollar in a document's JSON is one.
    literal: front.params.length === 0,
    targets: front.targets ?? [],
    problem,
    note: found => notes.push(found),
  };
  const [target] = reading.targets;
  if (markdown && target)
    problem({
      row: 1,
      message: 'on: is for texts without fences; a fence says on=NAME itself',
      advice: `Write \`\`\`qmp on=${target.vm}.`,
    });
  const body = markdown ? markdownBody(reading) : plainBody(reading, viewOf(text, options.name));
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
    examples: body.examples,
    loose: body.loose,
    showsOnly: !front.practice && body.steps.length > 0 && body.steps.every(step => step.shown),
    exemptions: front.exemptions ?? [],
    notes: notes.sort((a, b) => a.row - b.row),
    fences: body.fences,
    sections: body.sections,
    problems: problems.sort((a, b) => a.row - b.row),
  };
}

/** The front matter, or else the header in a comment. */
function frontOf({
  text,
  rows,
  head,
  markdown,
  problem,
}: Pick<Reading, 'text' | 'rows' | 'head' | 'problem'> & { readonly markdown: boolean }):
  | Front
  | Promise<Front> {
  if (head > 0) return readFront(yamlOf(text, rows, head), 2, problem);
  const header = findHeader(rows, markdown);
  return header ? readFront(header.yaml, header.row, problem) : { params: [] };
}

/** The page's text, byte for byte, put together from its blocks. */
export function writePage(page: Page): string {
  return page.blocks.map(({ place }) => page.text.slice(place.start, place.end)).join('');
}

interface Reading {
  readonly text: string;
  readonly rows: readonly Row[];
  readonly head: number;
  readonly isOpen: IsOpen;
  readonly literal: boolean;
  readonly targets: readonly Target[];
  readonly problem: Report;
  readonly note: Report;
}

interface Body {
  readonly blocks: readonly Block[];
  readonly steps: readonly Step[];
  readonly examples: readonly Step[];
  readonly loose: readonly Loose[];
  readonly fences: readonly Fence[];
  readonly sections: Page['sections'];
  readonly closing: string;
}

type Report = (problem: PageProblem) => void;

function plainBody(reading: Reading, view: View): Body {
  const { rows, head, targets } = reading;
  const own = rows.slice(head);
  // What is read for steps; the rows of the text itself are what a reader reads.
  const seen = view.text === reading.text ? own : rowsOf(view.text).slice(head);
  const begins = (row: Row) => {
    const here = rows[row.number - 1];
    return here !== undefined && (view.begins(here) || /^([=\-~^"'`*+#])\1{2,}\s*$/.test(here.text));
  };
  const found = stepsIn({ ...reading, text: view.text }, seen, false, begins);
  const owners = ownersOf(own.length, found.steps);
  const between = own.filter((_, i) => owners[i] === undefined);
  const sections = view.titles ? [...view.titles(between)] : findSections(between, false);
  const fences: Fence[] = [];
  const fenceOf = fencesBy(targets, sections, head + 1, fences);
  if (found.steps.length === 0) fenceOf(head + 1);
  const pathOf = sectionPaths(sections);
  const steps = found.steps.map((step, i) =>
    toStep(
      i,
      step,
      own,
      fenceOf(step.row),
      pathOf,
      reading,
      proseBetween(own, owners, found.steps[i - 1]?.outputTo ?? 0, step.from),
    ),
  );
  const closing = proseBetween(own, owners, found.steps.at(-1)?.outputTo ?? 0, own.length);
  const blocks = blocksOf(own, owners, 0, 'prose');
  return {
    blocks,
    steps,
    examples: [],
    loose: looseOf(found.loose, steps),
    fences,
    sections,
    closing,
  };
}

function markdownBody(reading: Reading): Body {
  const { text, rows, head, problem } = reading;
  const layout = findFences(rows, head, problem);
  const sections = findSections(
    layout.prose.flatMap(i => rows[i] ?? []),
    true,
  );
  const pathOf = sectionPaths(sections);
  const blocks: Block[] = [];
  const steps: Step[] = [];
  const loose: Loose[] = [];
  const inFence = new Set<number>();
  let done = head;
  for (const { fence, open, close } of layout.fences) {
    for (let i = open; i <= close; i++) inFence.add(i);
    const before = proseOf(text, rows, done, open);
    const rest = aidLast(steps, before, fence.row, problem);
    for (const row of rows.slice(done, open)) blocks.push(block('prose', row));
    const own = rows.slice(open + 1, close);
    const found = stepsIn(reading, own, true, () => false);
    const owners = ownersOf(own.length, found.steps);
    reportStrays(own, found.steps, problem);
    const mark = (i: number): Block[] =>
      rows.slice(i, i + 1).map(({ start, end }) => ({ kind: 'fence', place: { start, end }, fence }));
    for (const one of [...mark(open), ...blocksOf(own, owners, steps.length, 'note'), ...mark(close)])
      blocks.push(one);
    const first = steps.length;
    for (const [i, step] of found.steps.entries()) {
      const notes = comments(own.slice(found.steps[i - 1]?.outputTo ?? 0, step.from));
      const prose = i > 0 ? notes : [rest, notes].filter(part => part !== '').join('\n\n');
      steps.push(toStep(steps.length, step, own, fence, pathOf, reading, prose));
    }
    for (const one of looseOf(found.loose, steps.slice(first))) loose.push(one);
    done = Math.min(close + 1, rows.length);
  }
  const closing = aidLast(steps, proseOf(text, rows, done, rows.length), rows[done]?.number ?? 1, problem);
  for (const row of rows.slice(done)) blocks.push(block('prose', row));
  const shown = examplesIn(reading, i => i < head || inFence.has(i), sections);
  return {
    blocks,
    steps,
    examples: shown.steps,
    loose: [...loose, ...shown.loose],
    fences: layout.fences.map(found => found.fence),
    sections,
    closing,
  };
}

/** Requests that a Markdown text shows outside of its qmp fences. */
function examplesIn(
  reading: Reading,
  taken: (index: number) => boolean,
  sections: Page['sections'],
): { readonly steps: readonly Step[]; readonly loose: readonly Loose[] } {
  const { text, rows } = reading;
  const arrows = findArrows(text, rows, taken);
  const titles = new Set(sections.map(section => section.row));
  const joined = joinArrows([], arrows, text, rows, row => titles.has(row.number));
  const fence: Fence = { index: -1, row: 1, group: 'main' };
  const pathOf = sectionPaths(sections);
  const steps = joined.steps.map((step, i) => toStep(i, step, rows, fence, pathOf, reading, ''));
  return { steps, loose: looseOf(joined.loose, steps) };
}

/** The steps in rows, those behind arrows among them; rows that are none though they look so are noted. */
function stepsIn(
  { text, isOpen, problem, note }: Reading,
  rows: readonly Row[],
  fenced: boolean,
  begins: (row: Row) => boolean,
): ReturnType<typeof joinArrows> {
  const found = findSteps(text, rows, fenced, isOpen, problem).filter(step => {
    const why = step.kind === 'shell' ? endless(step.text) : undefined;
    if (why !== undefined)
      note({
        row: step.row,
        message: `this row is left out: ${why}`,
        advice: 'A page begins when QEMU runs.',
      });
    return why === undefined;
  });
  const inStep = new Set<number>();
  for (const step of found) for (let i = step.from; i < step.outputTo; i++) inStep.add(i);
  for (const [i, row] of rows.entries()) {
    const line = inStep.has(i) ? undefined : hmpMark(row.text);
    if (line !== undefined)
      note({
        row: row.number,
        message: 'this row is left out: it is a line of the human monitor (HMP)',
        advice: `As a step it is: (QEMU) .hmp ${line}`,
      });
  }
  return joinArrows(
    found,
    findArrows(text, rows, i => inStep.has(i), !fenced),
    text,
    rows,
    begins,
  );
}

function looseOf(loose: ReturnType<typeof joinArrows>['loose'], steps: readonly Step[]): Loose[] {
  return loose.map(({ expected, owner }) => {
    const step = owner === undefined ? undefined : steps[owner];
    return step ? { expected, step } : { expected };
  });
}

function toStep(
  index: number,
  found: FoundStep,
  rows: readonly Row[],
  fence: Fence,
  pathOf: (row: number) => string[],
  { literal }: Pick<Reading, 'literal'>,
  prose: string,
): Step {
  const start = rows[found.from]?.start ?? 0;
  const end = rows[found.to - 1]?.end ?? start;
  const empty = found.outputFrom >= found.outputTo;
  return {
    index,
    kind: found.kind,
    text: found.shown && literal ? found.text.replaceAll('$', '$$$$') : found.text,
    place: { start, end },
    row: found.row,
    prose,
    section: pathOf(found.row),
    ...(found.shown ? { shown: found.shown } : {}),
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
  const marked = rows.findIndex(row => stepPrompt(row.text) !== undefined || isMark(row.text));
  const first = Math.min(found[0]?.from ?? rows.length, marked < 0 ? rows.length : marked);
  const stray = rows.slice(0, first).find(row => !isBlank(row) && !isComment(row));
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
