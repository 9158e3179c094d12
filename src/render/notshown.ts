// What a table does not show, in one row below it: names as many as fit, and how many there are besides.
import { fitLine, span } from '../text/line.ts';
import type { StyledLine } from '../text/style.ts';
import { fit, width } from '../text/width.ts';

interface NamedList {
  readonly what: string;
  readonly names: readonly string[];
  /** It is counted where not one name fits. */
  readonly matters: boolean;
}

/** The row of these lists, none where there is nothing to say. `hides`: JSON shows more; `cut`: a cell lost a part of its text. */
export function notShown(
  lists: readonly NamedList[],
  { columns, hides, cut }: { readonly columns: number; readonly hides: boolean; readonly cut: boolean },
): readonly StyledLine[] {
  const legend = cut ? ['cut at …'] : [];
  // That columns are named matters more than the long advice, and than what the eye can see.
  const tries = hides
    ? [
        { advice: columns < 60 ? SHORT_ADVICE : ' (.format json shows all)', legend },
        { advice: SHORT_ADVICE, legend },
        { advice: SHORT_ADVICE, legend: [] },
      ]
    : [{ advice: '', legend }];
  const made = tries.map(({ advice, legend }) => ({
    advice,
    ...listed(lists, legend, columns - advice.length),
  }));
  const best = made.find(({ named }) => named) ?? made.at(-1);
  if (best === undefined || best.text === '') return [];
  // The advice is never cut off.
  const shown = fit(best.text, Math.max(0, columns - best.advice.length));
  return [fitLine([span(`${shown}${best.advice}`, 'dim')], columns)];
}

/** The lists in one row, and whether each of those that matter has a name in it. */
function listed(
  lists: readonly NamedList[],
  legend: readonly string[],
  room: number,
): { readonly text: string; readonly named: boolean } {
  const parts: string[] = [];
  const matter = lists.filter(({ names, matters }) => matters && names.length > 0);
  let named = true;
  for (const list of lists.filter(({ names }) => names.length > 0)) {
    const { what, names, matters } = list;
    // What comes behind has room at least for its first name.
    const behind = matter.slice(matter.indexOf(list) + 1).map(later => atLeast(later));
    const used = [...parts, '', ...(matters ? behind : []), ...legend].join('; ').length;
    const part = some(what, names, room - used);
    if (part !== undefined) parts.push(part);
    else if (matters) parts.push(`${what}: ${names.length}`);
    if (part === undefined && matters) named = false;
  }
  return { text: [...parts, ...legend].join('; '), named };
}

function atLeast({ what, names }: NamedList): string {
  return `${what}: ${names[0] ?? ''}${names.length > 1 ? `, and ${names.length - 1} more` : ''}`;
}

const SHORT_ADVICE = ' (.format json)';

// As many texts as there is room for, and how many there are besides; undefined where not one fits.
function some(what: string, texts: readonly string[], room: number): string | undefined {
  for (let count = texts.length; count > 0; count--) {
    const more = count < texts.length ? `, and ${texts.length - count} more` : '';
    const part = `${what}: ${texts.slice(0, count).join(', ')}${more}`;
    if (width(part) <= room) return part;
  }
  return undefined;
}
