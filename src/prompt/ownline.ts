// A line of the user's own while a page is played step by step: it goes to whoever asked for it, not into the queue.
import { span } from '../text/line.ts';
import type { StyledLine } from '../text/style.ts';
import type { Foreground } from './foreground.ts';

export class OwnLine {
  readonly #foreground: Foreground;
  readonly #changed: () => void;
  #taken: ((text: string | undefined) => void) | undefined;

  /** `changed` is told when the hint is another one. */
  constructor(foreground: Foreground, changed: () => void) {
    this.#foreground = foreground;
    this.#changed = changed;
  }

  /** The next line that is typed; undefined for an empty one, Ctrl-C and Ctrl-D. */
  read(): Promise<string | undefined> {
    return new Promise(resolve => {
      // Before the prompt is back: what was typed ahead comes with it.
      this.#taken = resolve;
      this.#changed();
      this.#foreground.lend();
    });
  }

  /** Gives a line, or none, to whoever waits for it; false where nobody does. */
  take(text?: string): boolean {
    const taken = this.#taken;
    if (!taken) return false;
    this.#taken = undefined;
    // At once, so that what is typed behind it waits.
    this.#foreground.takeBack();
    this.#changed();
    taken(text === undefined || text.trim() === '' ? undefined : text);
    return true;
  }

  /** What stands under the line while it is empty. */
  get hint(): StyledLine | undefined {
    return this.#taken && [span('a line of your own; Enter alone goes back to the page', 'dim')];
  }
}
