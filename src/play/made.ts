// Finds the files that a page has made: they did not exist before the step that names them, and exist now.
import type { Present } from '../io/present.ts';
import type { Fence, Page, Step } from '../page/model.ts';
import type { Value, Values } from '../page/value.ts';
import { isArray } from '../text/json.ts';
import { boundText } from './perform.ts';
import { removalOf } from './removal.ts';

export class Made {
  readonly #at: (file: string) => Present;
  readonly #removals: readonly Step[];
  /** How things stood when a path was first heard of. */
  readonly #before = new Map<string, Present['there']>();

  /** For the undo fences that count. */
  constructor(page: Page, fences: ReadonlySet<Fence>, at: (file: string) => Present) {
    this.#at = at;
    this.#removals = page.steps.filter(step => step.kind === 'shell' && fences.has(step.fence));
  }

  /** Looks, before a step runs, at what the undo would remove, as far as it can be named by now. */
  look(values: Values): void {
    for (const step of this.#removals)
      for (const named of [values, ...turns(step.fence, values)]) {
        const removal = removalOf(textOf(step, named) ?? '');
        if (removal === undefined || removal === 'unclear') continue;
        for (const file of removal.files) {
          const { path, there } = this.#at(file);
          if (!this.#before.has(path)) this.#before.set(path, there);
        }
      }
  }

  /** How things stood before, as far as it is known. */
  get known(): ReadonlyMap<string, Present['there']> {
    return this.#before;
  }

  /** Takes over what an earlier play of the page has seen. */
  recall(before: ReadonlyMap<string, Present['there']>): void {
    for (const [path, there] of before) this.#before.set(path, there);
  }

  now(file: string): Present {
    return this.#at(file);
  }

  /** Whether there was something at the path before the page could have made it. */
  before({ path }: Present): Present['there'] {
    return this.#before.get(path) ?? 'unknown';
  }
}

/** The line with its values; undefined while one of them has none. */
function textOf(step: Step, values: Values): string | undefined {
  try {
    return boundText(step, { values: new Map(values) });
  } catch {
    return undefined;
  }
}

/** The values with each item of the fence's list in turn. */
function turns({ each }: Fence, values: Values): readonly Values[] {
  const list = each && values.get(each.list)?.json;
  if (!each || !isArray(list)) return [];
  return list.map(json => new Map<string, Value>([...values, [each.name, { json }]]));
}
