// What the user waits for at the prompt, until it has come or Ctrl-C ends the waiting.
import type { Editor } from '../editor/editor.ts';

export class Foreground {
  readonly #editor: Editor;
  #interrupt: AbortController | undefined;

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  /** Says what is waited for while it runs; the signal is Ctrl-C. */
  async run<T>(what: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const interrupt = new AbortController();
    this.#interrupt = interrupt;
    this.#editor.busy(true, `waiting for ${what}; Ctrl-C stops waiting`);
    try {
      return await run(interrupt.signal);
    } finally {
      this.#interrupt = undefined;
      this.#editor.busy(false);
    }
  }

  interrupt(): void {
    this.#interrupt?.abort();
  }
}
