// The task in the foreground of the prompt: the user waits until it is done, or Ctrl-C ends the waiting.
import type { Editor } from '../editor/editor.ts';
import type { Clock } from '../qmp/transport.ts';
import { fit } from '../text/width.ts';

/** What is over sooner than this many milliseconds need not be named. */
const DELAY = 100;
const LEAST = 8;

export class Foreground {
  readonly #editor: Editor;
  readonly #clock: Clock;
  readonly #width: () => number;
  readonly #kept = new Set<Promise<unknown>>();
  #interrupt = new AbortController();
  /** The tasks under way, the innermost last. */
  readonly #running: {
    readonly what: string;
    readonly stop: string;
    readonly interrupt: AbortController;
  }[] = [];
  /** When Ctrl-C was pressed last, on the clock. */
  #interrupted = Number.NEGATIVE_INFINITY;
  #naming: (() => void) | undefined;
  #leaving = false;
  /** The prompt is the person's, whatever runs. */
  #lent = false;

  constructor(editor: Editor, clock: Clock, width: () => number) {
    this.#editor = editor;
    this.#clock = clock;
    this.#width = width;
  }

  /** The next Ctrl-C: it ends all waiting that began before it. */
  get signal(): AbortSignal {
    return this.#interrupt.signal;
  }

  /** What Ctrl-C does now to what was sent at a time; undefined where nobody waits for its reply any more. */
  stopOf(since: number): string | undefined {
    return this.#running.at(-1)?.stop ?? (since >= this.#interrupted ? 'stops waiting' : undefined);
  }

  /**
   * Says what is waited for while it runs, and what Ctrl-C does: that is the signal. What is typed meanwhile waits for its
   * end.
   */
  async run<T>(what: string, run: (signal: AbortSignal) => Promise<T>, stop = 'stops waiting'): Promise<T> {
    const one = { what, stop, interrupt: new AbortController() };
    this.#running.push(one);
    this.#show();
    try {
      return await run(one.interrupt.signal);
    } finally {
      this.#running.splice(this.#running.indexOf(one), 1);
      this.#show();
    }
  }

  /** Gives the prompt to the person while something is in the foreground, until `takeBack`. */
  lend(): void {
    this.#lent = true;
    this.#show();
  }

  takeBack(): void {
    this.#lent = false;
    this.#show();
  }

  interrupt(): void {
    const before = this.#interrupt;
    this.#interrupted = this.#clock.now();
    this.#interrupt = new AbortController();
    before.abort();
    for (const { interrupt } of [...this.#running]) interrupt.abort();
  }

  #show(): void {
    this.#naming?.();
    this.#naming = undefined;
    const last = this.#lent ? undefined : this.#running.at(-1);
    this.#editor.busy(last !== undefined);
    if (!last) return;
    this.#naming = this.#clock.after(DELAY, () => {
      this.#naming = undefined;
      this.#editor.busy(true, this.#sentence(last));
    });
  }

  /** The sentence in the width there is; its advice is never cut off. */
  #sentence({ what, stop }: { readonly what: string; readonly stop: string }): string {
    const around = (name: string) => `waiting for ${name}; Ctrl-C ${stop}`;
    const room = this.#width() - around('').length - 2;
    return room < LEAST ? `Ctrl-C ${stop}` : around(fit(what.replace(/\s+/g, ' '), room));
  }

  /** The terminal has gone, or the shell was told to go. */
  get leaving(): boolean {
    return this.#leaving;
  }

  /** Something that must come to its end before the shell may leave: a page, with its undo. */
  async keep<T>(run: Promise<T>): Promise<T> {
    this.#kept.add(run);
    try {
      return await run;
    } finally {
      this.#kept.delete(run);
    }
  }

  /** Resolves when nothing is kept. */
  async idle(): Promise<void> {
    while (this.#kept.size > 0) await Promise.allSettled([...this.#kept]);
  }

  /**
   * Interrupts what is waited for, as Ctrl-C does, and resolves when all that is kept has ended. `turnAway` answers a
   * question that is open instead.
   */
  async leave(turnAway: () => void): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    // A question that is open would hold up what is kept; all else that is waited for is given up.
    if (this.#kept.size > 0) turnAway();
    this.interrupt();
    await Promise.allSettled([...this.#kept]);
  }
}
