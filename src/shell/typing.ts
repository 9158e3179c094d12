// What is offered while a line is typed: completion with live values, the hint row, the grey suggestion, the colours.

import type { Mark } from '../editor/view.ts';
import type { Devices } from '../io/devices.ts';
import { type Coloured, colour, problemsWhileTyping } from '../language/colour.ts';
import { type Completion, complete, type Offer } from '../language/complete.ts';
import { hint } from '../language/hint.ts';
import type { Problem } from '../language/line.ts';
import { suggest } from '../language/suggest.ts';
import { isTranscript } from '../language/transcript.ts';
import type { Schema } from '../schema/model.ts';
import type { Wanted } from '../schema/names.ts';
import type { Facts } from '../session/facts.ts';
import { member } from '../text/json.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { Place } from '../text/span.ts';
import type { StyledLine } from '../text/style.ts';
import { fit } from '../text/width.ts';
import type { Host } from './host.ts';
import type { Word } from './word.ts';

/** What else than the schema knows names. */
export interface Names {
  readonly facts: () => Facts | undefined;
  readonly devices: () => Pick<Devices, 'of' | 'load'> | undefined;
  readonly files: (typed: string) => readonly Offer[];
}

export class Typing {
  readonly #host: Host;
  readonly #names: Names;
  #words: (() => readonly Word[]) | undefined;
  #wrong:
    | {
        readonly text: string;
        readonly cursor: number;
        readonly schema: Schema | undefined;
        readonly problems: readonly Problem[];
      }
    | undefined;
  #last: { readonly text: string; readonly cursor: number; readonly completion: Completion } | undefined;

  constructor(host: Host, names: Names) {
    this.#host = host;
    this.#names = names;
  }

  /** What could stand at the cursor. The same question in the same turn (menu, suggestion) is answered once. */
  complete(text: string, cursor: number): Completion {
    const last = this.#last;
    if (last && last.text === text && last.cursor === cursor) return last.completion;
    const completion = this.#fresh(text, cursor);
    this.#last = { text, cursor, completion };
    queueMicrotask(() => {
      this.#last = undefined;
    });
    return completion;
  }

  #fresh(text: string, cursor: number): Completion {
    if (this.#isHmp(text))
      return moved(this.#complete(`${HMP_WORD}${text}`, cursor + HMP_WORD.length), -HMP_WORD.length);
    const inner = innerLine(text);
    if (inner === undefined || cursor < inner) return this.#complete(text, cursor);
    return moved(this.#complete(text.slice(inner), cursor - inner), inner);
  }

  /** Whether the line goes to the human monitor as it stands: QMP's rules are not for it. */
  #isHmp(text: string): boolean {
    return this.#host.hmp === true && !/^\s*[.$?]/.test(text);
  }

  #complete(text: string, cursor: number): Completion {
    return complete(text, cursor, this.#host.schema, {
      words: (this.#words?.() ?? []).map((word, _, words) => ({
        name: word.name,
        note: word.help,
        complete: (before, typed) => word.complete?.(before, typed, this.#host, words) ?? [],
      })),
      values: wanted => this.#values(wanted),
    });
  }

  /** Loads the words. They bring much with them, so not before the prompt stands. */
  async learnWords(): Promise<void> {
    this.#words ??= (await import('./words.ts')).allWords;
  }

  /** Reads what the pages are that are words. */
  async learnPages(): Promise<void> {
    await (await import('./pages.ts')).readPageWords();
  }

  /** Asks for what is not known as it is now of what is wanted; false where nothing had to be asked. */
  async refresh(wanted: Wanted): Promise<boolean> {
    if (!this.#isStale(wanted)) return false;
    if (wanted.kind === 'device-property') await this.#names.devices()?.load(driverOf(wanted));
    else await this.#names.facts()?.refresh(wanted);
    return true;
  }

  #isStale(wanted: Wanted): boolean {
    if (wanted.kind !== 'device-property') return this.#names.facts()?.isStale(wanted) === true;
    const driver = driverOf(wanted);
    const devices = this.#names.devices();
    return driver !== '' && devices !== undefined && devices.of(driver) === undefined;
  }

  /** What could stand at the end of a text, with the VM's own names as they are now. */
  async completeFresh(text: string): Promise<Completion> {
    const { wanted } = this.complete(text, text.length);
    if (wanted) await this.refresh(wanted);
    return this.complete(text, text.length);
  }

  /** Whether something that is wanted at the cursor is not known as it is now: the words, or the VM's own names. */
  isStale(text: string, cursor: number): boolean {
    if (!this.#words) return true;
    const { wanted } = this.complete(text, cursor);
    return wanted !== undefined && this.#isStale(wanted);
  }

  /** Asks for the names that are wanted at the cursor; false where nothing had to be asked. */
  async prepare(text: string, cursor: number): Promise<boolean> {
    const { wanted } = this.complete(text, cursor);
    return wanted !== undefined && this.refresh(wanted);
  }

  /** The row under the line: what is wrong where the cursor has left, else what belongs at the cursor. */
  hint(text: string, cursor: number): StyledLine | undefined {
    // Pages are words with parameters: what they are is read while the first letters are typed.
    if (text.startsWith('.')) void this.learnPages();
    if (!this.#host.settings.hints || text.trim() === '') return undefined;
    const { width } = this.#host;
    if (this.#isHmp(text)) return undefined;
    if (isTranscript(text))
      return [span(fit('a transcript: Enter shows what of it would run', width), 'dim')];
    const inner = innerLine(text);
    if (inner !== undefined && cursor >= inner) return this.hint(text.slice(inner), cursor - inner);
    const [problem] = this.#problems(text, cursor);
    if (problem) return problemRow(problem, width);
    return hint(text, cursor, this.#host.schema, width);
  }

  suggestion(text: string, cursor: number): string {
    if (!this.#host.settings.suggestions) return '';
    if (cursor !== text.length) return '';
    const before = suggest(text, cursor, this.#host.history());
    return before ?? suggest(text, cursor, [], this.complete(text, cursor).candidates) ?? '';
  }

  /** The colours of the line, with what is wrong underlined. */
  marks(text: string, cursor: number): readonly Mark[] {
    if (isTranscript(text) || this.#isHmp(text)) return [];
    const colours = colour(text, this.#host.schema);
    const problems = this.#problems(text, cursor).map(problem => problem.place);
    return problems.length === 0 ? colours : underline(text.length, colours, problems);
  }

  /** What is wrong; the hint row and the colours ask for it with each key. */
  #problems(text: string, cursor: number): readonly Problem[] {
    const { schema } = this.#host;
    const last = this.#wrong;
    if (last && last.text === text && last.cursor === cursor && last.schema === schema) return last.problems;
    const problems = problemsWhileTyping(text, cursor, schema);
    this.#wrong = { text, cursor, schema, problems };
    return problems;
  }

  #values(wanted: Wanted): readonly Offer[] | undefined {
    switch (wanted.kind) {
      case 'file':
        return this.#names.files(wanted.typed);
      case 'device-property':
        return this.#names.devices()?.of(driverOf(wanted));
      case 'event':
        return [...(this.#host.schema?.events.keys() ?? [])].map(text => ({ text }));
      default:
        return this.#names.facts()?.values(wanted);
    }
  }
}

function driverOf(wanted: Wanted): string {
  const driver = member(wanted.given, 'driver');
  return wanted.command === 'device_add' && typeof driver === 'string' ? driver : '';
}

const HMP_WORD = '.hmp ';

/** A completion whose line stands `by` further on. */
function moved({ candidates, wanted }: Completion, by: number): Completion {
  const shift = ({ start, end }: Place) => ({ start: start + by, end: end + by });
  return {
    candidates: candidates.map(one => ({ ...one, place: shift(one.place) })),
    ...(wanted ? { wanted: { ...wanted, place: shift(wanted.place) } } : {}),
  };
}

/** Where in the line of a word another line begins, which is completed and explained as such. */
function innerLine(text: string): number | undefined {
  const found = /^\s*\.(?:watch(?:\s+\d\w*)?\s+(?=[^\s\d]|$)|(?:fill|help)\s+(?=[\w-]+\s))/.exec(text);
  return found?.[0].length;
}

function problemRow(problem: Problem, width: number): StyledLine {
  const near = problem.nearest ?? [];
  const meant = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '';
  return [span(fit(safe(`${problem.message}${meant}`), width), 'error')];
}

/** Cuts the runs of colour where problems begin and end. */
function underline(
  length: number,
  colours: readonly Coloured[],
  problems: readonly Place[],
): readonly Mark[] {
  const cuts = [0, length, ...[...colours, ...problems].flatMap(({ start, end }) => [start, end])];
  const at = [...new Set(cuts)].sort((a, b) => a - b);
  return at.slice(1).flatMap((end, i): Mark[] => {
    const start = at[i] ?? 0;
    const within = (place: Place) => place.start <= start && end <= place.end;
    const role = colours.find(within)?.role;
    const wrong = problems.some(within);
    return role || wrong ? [{ start, end, role: role ?? 'plain', underline: wrong }] : [];
  });
}
