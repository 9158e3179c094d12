// Views that are redrawn in place until the user leaves them, such as `.watch`.
import type { Editor } from '../editor/editor.ts';
import type { Clock } from '../qmp/transport.ts';
import type { StyledLine } from '../text/style.ts';

export interface Live {
  readonly width: number;
  /** How many rows may be drawn. */
  readonly height: number;
  /** Shows these rows in place of those before. */
  draw(rows: readonly StyledLine[]): void;
  /**
   * The next key (`q`, `Up`, `Escape`, `C-c`); undefined when that many milliseconds have passed or the size has
   * changed: time to draw again. Keys typed meanwhile are kept.
   */
  key(ms: number): Promise<string | undefined>;
  /** Whoever waits for a key need not wait any longer: it is time to draw again. */
  poke(): void;
  /** Ends waiting for replies, as Ctrl-C does at the prompt. */
  interrupt(): void;
  /** Gives a key back: with the view gone, it is for the prompt. */
  giveBack(key: string): void;
}

/** Whether a key leaves any view. */
export function leavesView(key: string): boolean {
  return ['q', 'Escape', 'C-c', 'C-d', 'C-g'].includes(key);
}

/**
 * Waits for `doing` while the view is redrawn now and then. A key that leaves the view interrupts `doing`, other keys are
 * given back afterwards. Settles as `doing` does.
 */
export async function meanwhile<T>(live: Live, draw: () => void, doing: Promise<T>): Promise<T> {
  let over = false;
  const settled = () => {
    over = true;
    live.poke();
  };
  doing.then(settled, settled);
  const kept: string[] = [];
  while (!over) {
    const key = await live.key(DRAWN);
    if (key === undefined) {
      if (!over) draw();
    } else if (!over && leavesView(key)) live.interrupt();
    else kept.push(key);
  }
  for (const key of kept.reverse()) live.giveBack(key);
  return doing;
}

/** How often a view is drawn while it waits. */
const DRAWN = 500;

export class Panel implements Live {
  readonly #editor: Editor;
  readonly #size: () => { readonly columns: number; readonly rows: number };
  readonly #clock: Clock;
  readonly #interrupt: () => void;
  readonly #keys: string[] = [];
  #wake: ((key: string | undefined) => void) | undefined;

  constructor(
    editor: Editor,
    clock: Clock,
    size: () => { readonly columns: number; readonly rows: number },
    interrupt: () => void,
  ) {
    this.#editor = editor;
    this.#clock = clock;
    this.#size = size;
    this.#interrupt = interrupt;
  }

  get width(): number {
    return this.#size().columns;
  }

  get height(): number {
    return this.#size().rows;
  }

  draw(rows: readonly StyledLine[]): void {
    this.#editor.panel(rows);
  }

  key(ms: number): Promise<string | undefined> {
    const kept = this.#keys.shift();
    if (kept !== undefined) return Promise.resolve(kept);
    return new Promise(resolve => {
      const cancel = this.#clock.after(ms, () => this.#wake?.(undefined));
      this.#wake = key => {
        this.#wake = undefined;
        cancel();
        resolve(key);
      };
    });
  }

  interrupt(): void {
    this.#interrupt();
  }

  giveBack(key: string): void {
    this.#keys.unshift(key);
  }

  /** A key came. */
  press(key: string): void {
    if (this.#wake) this.#wake(key);
    else this.#keys.push(key);
  }

  /** Keys that nobody wanted: they are for the prompt. */
  unused(): readonly string[] {
    return this.#keys;
  }

  poke(): void {
    this.#wake?.(undefined);
  }
}
