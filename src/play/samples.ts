// Values for names that have none yet, so that the lines of a page can be checked before anything runs.
import type { Page, Param, Step } from '../page/model.ts';
import { letOf, namesIn } from '../page/names.ts';
import type { Value, Values } from '../page/value.ts';

/** Sample values for a name of which nothing is known. */
const ANYTHING: readonly Value[] = [
  { json: 'x', loose: true },
  { json: 1 },
  { json: true },
  { json: [] },
  { json: 'y', loose: true },
  { json: 2 },
  { json: false },
  // (An address of a socket: the one kind of object that queries of pages find for a line.)
  { json: { type: 'unix', path: 'x' } },
];
/** So many combinations are tried at most. */
const MOST = 512;

/** A value a parameter could have. */
export function sampleOf(param: Param): Value {
  const [choice] = param.choices ?? [];
  if (choice !== undefined) return { json: choice, loose: true };
  switch (param.kind) {
    case 'size':
    case 'number':
      return { json: 1048576 };
    case 'flag':
      return { json: true };
    case 'list':
    case 'nodes':
      return { json: ['x', 'y'] };
    case undefined:
      return { json: 'x', loose: true };
    default:
      return { json: 'x' };
  }
}

/** The names that `.let` steps and `each=` fences give values to. */
export function laterNames(page: Page): ReadonlySet<string> {
  const loops = page.fences.flatMap(fence => (fence.each ? [fence.each.name] : []));
  const lets = page.steps.flatMap(step => letOf(step)?.name ?? []);
  return new Set([...loops, ...lets]);
}

/** Every set of values worth trying for a step: those that are known, and samples for those that are not. */
export function* trials(step: Pick<Step, 'text'>, known: Values): Generator<Values> {
  const open = namesIn(step.text).filter(name => !known.has(name));
  const total = Math.min(MOST, ANYTHING.length ** open.length);
  for (let i = 0; i < total; i++) {
    const values = new Map(known);
    let rest = i;
    for (const name of open) {
      const sample = ANYTHING[rest % ANYTHING.length];
      if (sample) values.set(name, sample);
      rest = Math.floor(rest / ANYTHING.length);
    }
    yield values;
  }
}
