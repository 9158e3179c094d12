// A page held against several schemas: what holds in which version, and from which one on something is deprecated or gone.
import type { Page } from '../../page/model.ts';
import type { Schema } from '../../schema/model.ts';
import type { Place } from '../../text/place.ts';
import type { Fault } from './fault.ts';
import { type Examination, type ExamineOptions, inOrder, pageFaults } from './faults.ts';

export interface Version {
  /** `7.2`, or the file's name where it has no number. */
  readonly name: string;
  readonly schema: Schema;
}

type State = 'yes' | 'no' | 'deprecated' | 'unstable';

/** One place of a page, in every version. */
export interface Holding {
  /** What stands there. */
  readonly what: string;
  readonly fault: Fault;
  readonly states: readonly { readonly version: string; readonly state: State }[];
  /** `block-job-complete: deprecated from 11.1 on`, and what to use instead. */
  readonly sentence: string;
}

/** The versions in their order: by the numbers in their names. */
export function inVersionOrder(versions: readonly Version[]): readonly Version[] {
  return [...versions].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** The faults in any of the versions, each with those it is in, and what holds where. */
export async function faultsIn(
  page: Page,
  versions: readonly Version[],
  options: ExamineOptions,
): Promise<Examination & { readonly holdings: readonly Holding[] }> {
  const base = await pageFaults(page, undefined, options);
  const own = new Set(base.faults.map(keyOf));
  const found = new Map<string, { fault: Fault; versions: Set<string> }>();
  for (const { name, schema } of versions) {
    const { faults } = await pageFaults(page, schema, options);
    for (const fault of faults) {
      const key = keyOf(fault);
      if (own.has(key)) continue;
      const known = found.get(key) ?? { fault, versions: new Set() };
      known.versions.add(name);
      found.set(key, known);
    }
  }
  const names = versions.map(version => version.name);
  const faults = [...found.values()].map(({ fault, versions: where }) =>
    where.size === names.length
      ? fault
      : { ...fault, message: `${fault.message} (in ${[...where].join(', ')})` },
  );
  return {
    ...base,
    faults: inOrder([...base.faults, ...faults]),
    holdings: holdingsOf(page, [...found.values()], names),
  };
}

function keyOf({ row, place, rule, message }: Fault): string {
  return `${row} ${place?.start ?? ''} ${rule} ${message}`;
}

type Found = { readonly fault: Fault; readonly versions: ReadonlySet<string> };

function holdingsOf(page: Page, found: readonly Found[], names: readonly string[]): readonly Holding[] {
  const places = new Map<string, Found[]>();
  for (const one of found) {
    const key = `${one.fault.row} ${one.fault.place?.start ?? ''}`;
    const here = places.get(key);
    if (here) here.push(one);
    else places.set(key, [one]);
  }
  const holdings = [...places.values()].map((here): Holding => {
    const states = names.map(version => ({ version, state: stateIn(here, version) }));
    const telling = here.find(({ fault }) => fault.rule === 'deprecated') ?? here[0];
    const fault = telling?.fault ?? here[0]?.fault;
    if (!fault) throw new RangeError('a place without a fault');
    const what = fault.place ? wordAt(page, fault.place) : '';
    const message = here.find(one => one.fault.severity === 'error')?.fault.message ?? fault.message;
    const changes = history(states);
    const says = changes === undefined ? message : what === '' ? changes : `${what}: ${changes}`;
    return {
      what,
      fault,
      states,
      sentence: fault.advice === undefined ? `${says}.` : `${says}. ${fault.advice}`,
    };
  });
  return holdings.sort((a, b) => a.fault.row - b.fault.row);
}

/** What stands at a place, up to the end of its row. */
function wordAt({ text }: Page, { start, end }: Place): string {
  const row = text.slice(start, end).split('\n', 1)[0] ?? '';
  return row.replace(/^"(.*)"$/, '$1');
}

function stateIn(here: readonly Found[], version: string): State {
  const own = here.filter(one => one.versions.has(version)).map(one => one.fault);
  if (own.some(fault => fault.severity === 'error')) return 'no';
  if (own.some(fault => fault.rule === 'deprecated')) return 'deprecated';
  return own.length > 0 ? 'unstable' : 'yes';
}

/** The changes from version to version in words; undefined where it holds in none. */
function history(states: Holding['states']): string | undefined {
  const [first, ...others] = states;
  if (first && first.state !== 'no' && others.every(({ state }) => state === first.state))
    return `${first.state} in all of them`;
  const parts: string[] = [];
  for (const [i, { version, state }] of states.entries()) {
    const before = states[i - 1]?.state;
    if (before === undefined || before === state) continue;
    if (state === 'no') parts.push(`gone from ${version} on`);
    else if (before === 'no')
      parts.push(`there from ${version} on${state === 'yes' ? '' : `, ${state} at once`}`);
    else if (state === 'yes') parts.push(`no longer ${before} from ${version} on`);
    else parts.push(`${state} from ${version} on`);
  }
  return parts.length > 0 ? parts.join(', ') : undefined;
}
