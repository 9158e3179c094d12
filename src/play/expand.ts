// The steps of a page in the order in which they would run, with the values that are known before it starts.
import type { Page, Step } from '../page/model.ts';
import type { Value, Values } from '../page/value.ts';
import { holds } from '../page/values.ts';
import { isArray } from '../text/json.ts';
import { laterNames } from './samples.ts';

interface Turn {
  readonly step: Step;
  readonly values: Values;
}

/** The chosen steps, once for each value of a loop that is known; those whose condition is known to fail are left out. */
export function expand(page: Page, chosen: ReadonlySet<number>, values: Values): readonly Turn[] {
  return page.fences.flatMap(fence => {
    const steps = page.steps.filter(step => step.fence === fence && chosen.has(step.index));
    const list = fence.each ? values.get(fence.each.list)?.json : undefined;
    const turns: readonly (Value | undefined)[] = isArray(list) ? list.map(json => ({ json })) : [undefined];
    return turns.flatMap(value => {
      const known = new Map(values);
      if (fence.each && value) known.set(fence.each.name, value);
      return steps.flatMap(step => (isIdle(page, step, known) ? [] : [{ step, values: known }]));
    });
  });
}

/** Whether it is known before the page starts that a step will not run. */
export function isIdle(page: Page, step: Step, values: Values): boolean {
  const { when } = step.fence;
  if (when === undefined || laterNames(page).has(when.name)) return false;
  // A parameter that is asked for only when the page is played: nothing is known of it.
  const isOpen = page.params.some(param => param.name === when.name) && !values.has(when.name);
  return !isOpen && !holds(when, values);
}
