// Leaving the prompt. Where that loses something, a question comes first.
import type { Exit } from '../line/exit.ts';
import type { Clock } from '../qmp/transport.ts';
import type { PromptHost } from './prompt.ts';
import type { Questions } from './questions.ts';

/** Milliseconds in which a reply that is on its way may still come. */
const GRACE = 300;

interface LeavingParts {
  /** Nothing is asked. */
  readonly yes: boolean;
  readonly after: Clock['after'];
}

export class Leaving {
  readonly #host: PromptHost;
  readonly #questions: Questions;
  readonly #parts: LeavingParts;
  #over: (status: Exit) => void = () => {};
  /** Resolves with the exit status once the prompt is left. */
  readonly left: Promise<Exit>;

  constructor(host: PromptHost, questions: Questions, parts: LeavingParts) {
    this.#host = host;
    this.#questions = questions;
    this.#parts = parts;
    this.left = new Promise(resolve => {
      this.#over = resolve;
    });
  }

  /** Ends the prompt. Where that ends a VM with somebody's work in it, or leaves a reply behind, only after a question. */
  async leave(status: Exit): Promise<void> {
    const { session, settings } = this.#host;
    const quiet = !settings.confirm || this.#parts.yes;
    if (!quiet && session) {
      if (this.#host.awaited.size > 0) await this.#grace();
      const loss = [this.#host.owned?.loss, this.#unanswered()].filter(one => one !== undefined);
      if (loss.length > 0 && !(await this.#questions.confirm(loss, 'Leave?', 'not left'))) return;
    }
    this.#over(status);
  }

  /** Gives replies that are on their way a moment. */
  #grace(): Promise<unknown> {
    const all = [...this.#host.awaited].map(({ reply }) => reply.catch(() => {}));
    return Promise.race([
      Promise.all(all),
      new Promise<void>(resolve => void this.#parts.after(GRACE, resolve)),
    ]);
  }

  /** The sentence about commands whose replies are waited for. */
  #unanswered(): string | undefined {
    const ids = new Set([...this.#host.awaited].map(({ id }) => id));
    const names = (this.#host.session?.pending ?? []).filter(({ id }) => ids.has(id)).map(one => one.name);
    if (names.length === 0) return undefined;
    const some = names.slice(0, MOST_NAMED).join(', ');
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
    return `QEMU has not answered ${some}${more} yet: whether it is done would not be known.`;
  }
}

const MOST_NAMED = 3;
