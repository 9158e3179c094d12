// What a page's header says of steps that are not to be played, and of faults that are known: each with its reason.
import { isArray, isObject, type Json } from '../text/json.ts';
import type { Exemption } from './exemption.ts';
import type { Page, PageProblem, Step } from './model.ts';

const EXAMPLE = {
  skip: '{ command: quit, why: ends the VM }',
  fault: '{ says: no command, why: removed in 8.0 }',
};

/** Reads `skip:` or `faults:` of a header; what cannot be read is a problem of its row. */
export function readExemptions(
  kind: Exemption['kind'],
  value: Json | undefined,
  row: number,
  problem: (problem: PageProblem) => void,
): Exemption[] {
  const name = kind === 'skip' ? 'skip' : 'faults';
  const advice = `Write ${name}: [${EXAMPLE[kind]}]; it takes section, command${kind === 'fault' ? ', says' : ''} and why.`;
  if (!isArray(value)) {
    problem({ row, message: `${name} must be a list`, advice });
    return [];
  }
  return value.flatMap((item): Exemption[] => {
    const read = isObject(item) ? readOne(kind, item, row) : 'must be a table';
    if (typeof read !== 'string') return [read];
    problem({ row, message: `an entry of ${name} ${read}`, advice });
    return [];
  });
}

function readOne(
  kind: Exemption['kind'],
  item: { readonly [key: string]: Json },
  row: number,
): Exemption | string {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(item)) {
    if (!['section', 'command', 'why', ...(kind === 'fault' ? ['says'] : [])].includes(key))
      return `knows no ${JSON.stringify(key)}`;
    if (typeof value !== 'string' || value.trim() === '') return `needs a text for ${key}`;
    texts[key] = value;
  }
  const { section, command, says, why } = texts;
  if (why === undefined) return 'says no reason (why)';
  if (section === undefined && command === undefined && says === undefined)
    return 'says not what it is about';
  return {
    kind,
    row,
    why,
    ...(section === undefined ? {} : { section }),
    ...(command === undefined ? {} : { command }),
    ...(says === undefined ? {} : { says }),
  };
}

/** Whether an exemption is about a step. Without a step only one without section and command can hold. */
export function covers(exemption: Exemption, step: Step | undefined): boolean {
  const { section, command } = exemption;
  const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();
  if (section !== undefined && !step?.section.some(title => same(title, section))) return false;
  return command === undefined || (step !== undefined && commandOf(step) === command);
}

/** Why a step of the page is left out, where its header says so. */
export function skipped(page: Page, step: Step): string | undefined {
  return page.exemptions.find(one => one.kind === 'skip' && covers(one, step))?.why;
}

/** The command a step sends, as far as its text says: the first word, or the name in its JSON. */
export function commandOf(step: Pick<Step, 'kind' | 'text' | 'shown'>): string | undefined {
  const { shown } = step;
  if (shown) {
    if (!('pattern' in shown) || shown.pattern.kind !== 'object') return undefined;
    const name = shown.pattern.members.get('execute') ?? shown.pattern.members.get('exec-oob');
    return name?.kind === 'scalar' && typeof name.value === 'string' ? name.value : undefined;
  }
  return step.kind === 'shell' ? undefined : /^[^\s(|]+/.exec(step.text)?.[0];
}
