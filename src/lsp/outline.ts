// The outline of a page: its parameters, and its steps below the titles they stand under.
import type { Page, Step } from '../page/model.ts';
import { stepNumbers } from '../play/choice.ts';
import { lineInPage } from '../play/document/place.ts';
import type { Place } from '../text/place.ts';
import { namePlaces } from './names.ts';

export interface Entry {
  readonly kind: 'section' | 'step' | 'parameter';
  readonly name: string;
  readonly detail?: string;
  /** The whole of it, and the part that is its name. */
  readonly place: Place;
  readonly head: Place;
  readonly children: Entry[];
}

export function outlineOf(page: Page): readonly Entry[] {
  const params = page.params.flatMap((param): Entry[] => {
    const at = namePlaces(page).find(one => one.defines && one.name === param.name)?.place;
    const detail = param.help === undefined ? {} : { detail: param.help };
    return at
      ? [{ kind: 'parameter', name: `$${param.name}`, ...detail, place: at, head: at, children: [] }]
      : [];
  });
  const starts = rowStarts(page.text);
  const numbers = stepNumbers(page);
  const tops: Entry[] = [...params];
  const open: { readonly level: number; readonly entry: Entry }[] = [];
  const sections = page.sections.map((section, i) => {
    const next = page.sections.slice(i + 1).find(one => one.level <= section.level);
    const start = starts[section.row - 1] ?? 0;
    const end = next ? (starts[next.row - 1] ?? page.text.length) : page.text.length;
    const close = page.text.indexOf('\n', start);
    const head = { start, end: close < 0 ? page.text.length : close };
    return {
      at: start,
      level: section.level,
      entry: entryOf('section', section.title, { start, end }, head),
    };
  });
  const steps = page.steps.map(step => ({
    at: step.place.start,
    level: Number.POSITIVE_INFINITY,
    entry: entryOf('step', titleOf(step, numbers.get(step.index)), step.place, lineInPage(page, step)),
  }));
  for (const one of [...sections, ...steps].sort((a, b) => a.at - b.at)) {
    while ((open.at(-1)?.level ?? 0) >= one.level) open.pop();
    (open.at(-1)?.entry.children ?? tops).push(one.entry);
    if (one.level !== Number.POSITIVE_INFINITY) open.push(one);
  }
  return tops;
}

function entryOf(kind: Entry['kind'], name: string, place: Place, head: Place): Entry {
  // A head of no width is none for an editor.
  return { kind, name: name === '' ? '-' : name, place, head, children: [] };
}

function titleOf(step: Step, number: number | undefined): string {
  const [row = '', ...more] = step.text.split('\n');
  const prompt = step.kind === 'shell' ? '$ ' : '';
  const line = `${prompt}${row}${more.length > 0 ? ' ...' : ''}`;
  return step.group === 'on-failure' ? `undo  ${line}` : `${number ?? ''}  ${line}`.trim();
}

function rowStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
