// What is offered while a line is typed: completion with live values, the hint row, the grey suggestion, the colours.

import { type Coloured, colour, problemsWhileTyping } from '../language/colour.ts';
import { type Completion, complete, type Offer } from '../language/complete.ts';
import { hint } from '../language/hint.ts';
import type { Problem } from '../language/line.ts';
import { suggest } from '../language/suggest.ts';
import type { Wanted } from '../schema/names.ts';
import type { Facts } from '../session/facts.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { fit } from '../text/width.ts';
import type { Host } from './host.ts';
import { WORDS } from './words.ts';

export class Typing {
  readonly #host: Host;
  readonly #facts: () => Facts | undefined;
  readonly #files: (typed: string) => readonly Offer[];

  constructor(host: Host, facts: () => Facts | undefined, files: (typed: string) => readonly Offer[]) {
    this.#host = host;
    this.#facts = facts;
    this.#files = files;
  }

  complete(text: string, cursor: number): Completion {
    return complete(text, cursor, this.#host.schema, {
      words: WORDS.map(word => ({
        name: word.name,
        note: word.help,
        complete: (before, typed) => word.complete?.(before, typed, this.#host) ?? [],
      })),
      values: wanted => this.#values(wanted),
    });
  }

  /** Asks the VM for what is stale of what is wanted; false where nothing had to be asked. */
  async refresh(wanted: Wanted): Promise<boolean> {
    const facts = this.#facts();
    if (!facts?.isStale(wanted)) return false;
    await facts.refresh(wanted);
    return true;
  }

  /** The row under the line: what is wrong where the cursor has left, else what belongs at the cursor. */
  hint(text: string, cursor: number): StyledLine | undefined {
    if (!this.#host.settings.hints || text.trim() === '') return undefined;
    const { width } = this.#host;
    const [problem] = problemsWhileTyping(text, cursor, this.#host.schema);
    if (problem) return problemRow(problem, width);
    return hint(text, cursor, this.#host.schema, width);
  }

  suggestion(text: string, cursor: number): string {
    if (!this.#host.settings.suggestions) return '';
    return suggest(text, cursor, this.#host.history()) ?? '';
  }

  colours(text: string): readonly Coloured[] {
    return colour(text, this.#host.schema);
  }

  problems(text: string, cursor: number): readonly Problem[] {
    return problemsWhileTyping(text, cursor, this.#host.schema);
  }

  #values(wanted: Wanted): readonly Offer[] | undefined {
    if (wanted.kind === 'file') return this.#files(wanted.typed);
    return this.#facts()?.values(wanted);
  }
}

function problemRow(problem: Problem, width: number): StyledLine {
  const near = problem.nearest ?? [];
  const meant = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '';
  return [span(fit(safe(`${problem.message}${meant}`), width), 'error')];
}
