// Finds, before the first step, all that a page and the pages it plays can run on this host, and pages that cannot be
// played.
import type { Page, Step } from '../page/model.ts';
import { plain, type Values } from '../page/value.ts';
import { fillParams } from '../page/values.ts';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { behindStep } from './behind.ts';
import { chooseSteps } from './choice.ts';
import { expand } from './expand.ts';
import { addressCommands, stepCommands } from './hostcommands.ts';
import { findPage, loadPage } from './load.ts';
import { undoFences } from './player.ts';
import { boundAsFar } from './prepare.ts';
import type { Reading } from './reading.ts';
import { removalOf } from './removal.ts';
import { laterNames } from './samples.ts';

/** Pages play pages so deep at most. */
export const DEEPEST = 8;

/** The commands that a page can run on this host. */
export interface Plan {
  /** Commands of its steps, in their order, those of the pages it plays among them. */
  readonly steps: readonly string[];
  /** Commands of its undo fences. */
  readonly undo: readonly string[];
  /** Those of them that the player carries out itself, and only for files that the page has made. */
  readonly removals: ReadonlySet<string>;
  /** The pages it plays, as they were read: what is played later is what was asked about. */
  readonly pages: ReadonlyMap<string, Page>;
  /** What its steps do without the knowledge of who manages the VM, as sentences. */
  readonly behind: readonly string[];
}

interface Planning {
  readonly page: Page;
  readonly chosen: ReadonlySet<number>;
  readonly values: Values;
  /** Where the pages it plays are looked for. */
  readonly folder: string;
  readonly reading: Reading;
  /** Parameters whose value the user gave: addresses among them need no question. */
  readonly given?: ReadonlySet<string>;
  /** Where it is played. */
  readonly main?: string;
}

/** Lists all of it. Throws a QmpshError for a page it plays that cannot be played. */
export async function planPage(planning: Planning): Promise<Plan> {
  const planner = new Planner(planning);
  await planner.take(planning, { depth: 0, undoing: false, certain: true, above: new Set() });
  const { steps, undo, removals, pages, behind } = planner;
  return { steps: [...steps], undo: [...undo], removals, pages, behind: [...behind] };
}

/** The undo steps between the first chosen step and the last. */
export function undoSteps(page: Page, chosen: ReadonlySet<number>): readonly Step[] {
  const fences = undoFences(page, chosen);
  const last = Math.max(...chosen);
  return page.steps.filter(step => step.index < last && fences.has(step.fence));
}

/** Where in the pages that play pages the planner is. */
interface Spot {
  readonly depth: number;
  readonly undoing: boolean;
  /** Whether all that leads here will run: no condition that only the run decides stands before it. */
  readonly certain: boolean;
  /** The plays it is inside of. */
  readonly above: ReadonlySet<string>;
}

class Planner {
  readonly steps = new Set<string>();
  readonly undo = new Set<string>();
  readonly removals = new Set<string>();
  readonly pages = new Map<string, Page>();
  readonly behind = new Set<string>();
  readonly #main: string;
  readonly #folder: string;
  readonly #reading: Reading;
  /** Plays that were looked at: the same page with the same values causes the same. */
  readonly #done = new Set<string>();

  constructor({ folder, reading, main = '' }: Pick<Planning, 'folder' | 'reading' | 'main'>) {
    this.#folder = folder;
    this.#reading = reading;
    this.#main = main;
  }

  async take(
    { page, chosen, values, given }: Omit<Planning, 'folder' | 'reading' | 'main'>,
    spot: Spot,
  ): Promise<void> {
    const undos = new Set(undoSteps(page, chosen).map(step => step.index));
    for (const turn of expand(page, new Set([...chosen, ...undos]), values)) {
      const { step } = turn;
      const isUndo = spot.undoing || undos.has(step.index);
      const list = isUndo ? this.undo : this.steps;
      const line = boundAsFar(step, turn.values);
      const removes = step.kind === 'shell' && isPlainRemoval(line);
      if (removes && step.fence.tidy && !isUndo) continue;
      for (const command of stepCommands(step, line, this.#reading)) {
        list.add(command);
        if (removes && isUndo) this.removals.add(command);
      }
      const where = { values: turn.values, main: this.#main, reading: this.#reading };
      if (!isUndo) for (const sentence of behindStep(step, line, where)) this.behind.add(sentence);
      const { on } = step.fence;
      if (on !== undefined && !given?.has(on)) {
        const value = laterNames(page).has(on) ? undefined : turn.values.get(on);
        for (const command of addressCommands(value ? plain(value) : `$${on}`)) list.add(command);
      }
      if (step.kind !== 'word' || !playsPage(line)) continue;
      const certain = spot.certain && !isUndo && isCertain(step, turn.values);
      await this.#inner(page, step, line, { ...spot, undoing: isUndo, certain });
    }
  }

  async #inner(outer: Page, step: Step, line: string, spot: Spot): Promise<void> {
    try {
      if (spot.depth >= DEEPEST) {
        if (spot.certain) throw tooDeep();
        return;
      }
      const { name, given, options } = this.#reading.call(line);
      const found = findPage(name, this.#folder, this.#reading);
      const page = this.pages.get(name) ?? (await loadPage(name, this.#folder, this.#reading));
      this.pages.set(name, page);
      const key = JSON.stringify([found?.path, [...given], options.choice, spot.undoing]);
      if (spot.above.has(key) && spot.certain) throw tooDeep();
      if (this.#done.has(key)) return;
      this.#done.add(key);
      // A value that only the run tells is none yet.
      const known = new Map([...given].filter(([, value]) => !value.includes('$')));
      const filling = fillParams(withoutDefaults(page, given), known, 'run00');
      const [wrong] = [...page.problems, ...filling.problems];
      if (wrong) throw new QmpshError('usage', `${safe(page.name)}:${wrong.row}: ${safe(wrong.message)}`);
      const chosen = chooseSteps(page, options.choice);
      const inside = { ...spot, depth: spot.depth + 1, above: new Set([...spot.above, key]) };
      await this.take({ page, chosen, values: filling.values }, inside);
    } catch (error) {
      if (!(error instanceof QmpshError) || error.code === 'nested') throw error;
      throw new QmpshError(
        error.kind,
        `${safe(outer.name)}:${step.row}: ${error.message}; nothing was sent`,
        {
          code: 'nested',
          ...(error.advice === undefined ? {} : { advice: error.advice }),
        },
      );
    }
  }
}

/** Whether a line only removes files that can be named, whatever the names that a run gives values to will hold. */
function isPlainRemoval(line: string): boolean {
  const removal = removalOf(line.replace(/\$\{?\w+\}?/g, 'name'));
  return removal !== undefined && removal !== 'unclear';
}

export function tooDeep(): QmpshError {
  return new QmpshError('usage', `pages play pages more than ${DEEPEST} deep`, {
    advice: 'Does a page play itself?',
  });
}

/** Whether a word of a page plays another one: `.play`, or a word that is a page. */
function playsPage(line: string): boolean {
  return !/^\.(let|expect|points|freeze|thaw|wait|send|hmp)(\s|$)/.test(line);
}

/** Whether nothing that only the run tells decides on a step. */
function isCertain({ fence }: Step, values: Values): boolean {
  const { when, each } = fence;
  return (when === undefined || values.has(when.name)) && (each === undefined || values.has(each.list));
}

/** The page as it is for values that only the run tells: what is given has no default. */
function withoutDefaults(page: Page, given: ReadonlyMap<string, string>): Page {
  const params = page.params.map(({ default: fallback, ...param }) =>
    given.has(param.name) || fallback === undefined ? param : { ...param, default: fallback },
  );
  return { ...page, params };
}
