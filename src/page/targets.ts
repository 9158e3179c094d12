// Which sections of a text without fences go to another VM: what `on=` is for the fences of a Markdown page.
import { isArray, isObject, type Json } from '../text/json.ts';
import type { Fence, PageProblem, Section } from './model.ts';
import { sectionPaths } from './sections.ts';

export interface Target {
  readonly section: string;
  /** The parameter that holds the address. */
  readonly vm: string;
}

/** Reads `on:` of a header; what cannot be read is a problem of its row. */
export function readTargets(
  value: Json | undefined,
  row: number,
  problem: (problem: PageProblem) => void,
): Target[] {
  const items = isArray(value) ? value : [value ?? null];
  return items.flatMap((item): Target[] => {
    if (isObject(item) && Object.keys(item).length === 2) {
      const { section, vm } = item;
      if (typeof section === 'string' && typeof vm === 'string' && /^[A-Za-z_]\w*$/.test(vm))
        return [{ section, vm }];
    }
    problem({
      row,
      message: 'an entry of on is not understood',
      advice: 'Write on: [{ section: The destination, vm: to }], where to is a parameter.',
    });
    return [];
  });
}

/** Gives each row of a step its fence, row by row; a new one begins where the VM changes. `fences` grows. */
export function fencesBy(
  targets: readonly Target[],
  sections: readonly Section[],
  first: number,
  fences: Fence[],
): (row: number) => Fence {
  const pathOf = sectionPaths(sections);
  const vmOf = (row: number) => {
    if (targets.length === 0) return undefined;
    const path = pathOf(row).map(title => title.toLowerCase());
    return targets.find(({ section }) => path.includes(section.trim().toLowerCase()))?.vm;
  };
  return row => {
    const on = vmOf(row);
    const last = fences.at(-1);
    if (last && last.on === on) return last;
    const made: Fence = {
      index: fences.length,
      row: last ? row : first,
      group: 'main',
      ...(on === undefined ? {} : { on }),
    };
    fences.push(made);
    return made;
  };
}
