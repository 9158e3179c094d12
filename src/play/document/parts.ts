// A page checked part by part: each section on a VM of its own.
import type { CheckRequest } from '../checking.ts';
import { chooseSteps } from '../choice.ts';
import { inOrder } from './faults.ts';
import type { PageCheck } from './result.ts';

/** The request for each section that has steps to play, in the order of the page. */
export function inParts(request: CheckRequest): readonly CheckRequest[] {
  const { page, choice } = request;
  const chosen = chooseSteps(page, choice);
  const parts: { readonly title: string; readonly from: number; to: number }[] = [];
  let number = 0;
  for (const step of page.steps) {
    if (step.group === 'on-failure') continue;
    number += 1;
    if (!chosen.has(step.index)) continue;
    const title = step.section.join('\n');
    const last = parts.at(-1);
    if (last?.title === title) last.to = number;
    else parts.push({ title, from: number, to: number });
  }
  return parts.map(({ from, to }) => ({ ...request, choice: { from: String(from), to: String(to) } }));
}

/** What came of the parts as one check. What is wrong with the page itself was found in each. */
export function joinChecks(checks: readonly PageCheck[]): PageCheck {
  const [first, ...others] = checks;
  if (!first) throw new RangeError('no part was checked');
  if (others.length === 0) return first;
  const all = new Map(
    checks.flatMap(check =>
      check.faults.map(fault => [`${fault.row} ${fault.place?.start} ${fault.message}`, fault] as const),
    ),
  );
  const exit = checks.map(check => check.exit).find(one => one !== undefined);
  return {
    ...first,
    steps: checks.reduce((sum, check) => sum + check.steps, 0),
    checked: checks.flatMap(check => check.checked),
    faults: inOrder([...all.values()]),
    known: checks.reduce((sum, check) => sum + check.known, 0),
    updated: checks.some(check => check.updated),
    left: checks.flatMap(check => check.left),
    ...(exit === undefined ? {} : { exit }),
  };
}
