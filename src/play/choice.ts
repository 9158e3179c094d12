// Which steps of a page are played: all, from one to another, or those of a section.
import { skipped } from '../page/exemptions.ts';
import type { Page, Step } from '../page/model.ts';
import { QmpshError } from '../qmp/errors.ts';
import { nearest } from '../text/fuzzy.ts';

export interface Choice {
  /** A step's number (from 1) or a section's title. */
  readonly from?: string;
  readonly to?: string;
  readonly section?: string;
}

/** Whether all steps are meant. */
export function isWhole({ from, to, section }: Choice): boolean {
  return from === undefined && to === undefined && section === undefined;
}

/**
 * The steps that play (undo steps are apart), by their index. Throws a usage error that says what there is. With `look`
 * they are only looked at: what a document shows is played only where somebody says which part of it.
 */
export function chooseSteps(page: Page, choice: Choice, look = false): ReadonlySet<number> {
  if (page.showsOnly && isWhole(choice) && !look)
    throw new QmpshError('usage', `${page.name} shows requests and does not say that they are to be played`, {
      advice: `Say which: --section TITLE, or --from and --to. ${overview(page)}`,
    });
  const steps = page.steps.filter(step => step.group !== 'on-failure');
  const first = choice.from === undefined ? 0 : edge(page, steps, choice.from, 'first');
  const last = choice.to === undefined ? page.steps.length - 1 : edge(page, steps, choice.to, 'last');
  const within = choice.section === undefined ? undefined : titled(page, choice.section);
  const chosen = steps.filter(
    step =>
      step.index >= first &&
      step.index <= last &&
      (within === undefined || step.section.some(title => same(title, within))) &&
      (look || skipped(page, step) === undefined),
  );
  if (chosen.length === 0) {
    const none = page.steps.length === 0;
    const what =
      none && page.examples.length > 0
        ? 'it only shows requests; in Markdown a step stands in a qmp fence'
        : none
          ? 'it has none'
          : 'the choice leaves none';
    const advice = none ? stepsAre(page) : overview(page);
    throw new QmpshError('usage', `${page.name} has no step to play: ${what}`, { advice });
  }
  return new Set(chosen.map(step => step.index));
}

/** What a step is, for who wrote a page without one. */
function stepsAre(page: Page): string {
  const where = page.markdown ? 'in a fence tagged qmp (```qmp)' : 'anywhere in the text';
  return `A step is a row that begins with "(QEMU) ", or with "$ " for this host, ${where}. Lines without prompts run with: qmpsh ADDRESS < FILE`;
}

/** The numbers of all steps, by their index. */
export function stepNumbers(page: Page): ReadonlyMap<number, number> {
  const counted = page.steps.filter(step => step.group !== 'on-failure');
  return new Map(counted.map((step, i) => [step.index, i + 1]));
}

/** The number of a step as people count: undo steps are not counted. */
export function stepNumber(page: Page, index: number): number {
  return page.steps.filter(step => step.group !== 'on-failure' && step.index <= index).length;
}

function edge(page: Page, steps: readonly Step[], text: string, side: 'first' | 'last'): number {
  if (/^\d+$/.test(text)) {
    const step = steps[Number(text) - 1];
    if (step) return step.index;
    throw new QmpshError('usage', `${page.name} has no step ${text}; it has ${steps.length}`, {
      advice: overview(page),
    });
  }
  const title = titled(page, text);
  const inside = steps.filter(step => step.section.some(one => same(one, title)));
  const found = side === 'first' ? inside[0] : inside.at(-1);
  if (found) return found.index;
  throw new QmpshError('usage', `the section "${title}" of ${page.name} has no step`, {
    advice: overview(page),
  });
}

/** The title that is meant: the whole of it, or a beginning that only one has. */
function titled(page: Page, text: string): string {
  const titles = page.sections.map(section => section.title);
  const exact = titles.find(title => same(title, text));
  if (exact !== undefined) return exact;
  const begins = [...new Set(titles.filter(title => title.toLowerCase().startsWith(text.toLowerCase())))];
  const [only] = begins;
  if (only !== undefined && begins.length === 1) return only;
  const near = nearest(text, begins.length > 1 ? begins : titles);
  const what = begins.length > 1 ? 'several sections that begin with' : 'no section';
  throw new QmpshError('usage', `${page.name} has ${what} "${text}"`, {
    advice: near.length > 0 ? `Did you mean ${near.map(title => `"${title}"`).join(', ')}?` : overview(page),
  });
}

function same(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

/** So many titles are listed. */
const MOST = 20;

function overview(page: Page): string {
  const count = page.steps.filter(step => step.group !== 'on-failure').length;
  const titles = [...new Set(page.steps.flatMap(step => step.section.slice(-1)))];
  const more = titles.length > MOST ? ` and ${titles.length - MOST} more` : '';
  const sections =
    titles.length === 0 ? '' : ` Sections with steps: ${titles.slice(0, MOST).join('; ')}${more}.`;
  return `It has ${count} step${count === 1 ? '' : 's'}.${sections}`;
}
