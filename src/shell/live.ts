// A place on the screen that is redrawn in a row's stead: for views that go on until the user leaves them.
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
  /** Gives a key back: with the view gone, it is for the prompt. */
  giveBack(key: string): void;
}

/** Keys that leave any view. */
export function leaves(key: string): boolean {
  return ['q', 'Escape', 'C-c', 'C-d', 'C-g'].includes(key);
}

export class Panel implements Live {
  readonly #editor: Editor;
  readonly #size: () => { readonly columns: number; readonly rows: number };
  readonly #clock: Clock;
  readonly #keys: string[] = [];
  #wake: ((key: string | undefined) => void) | undefined;

  constructor(editor: Editor, clock: Clock, size: () => { readonly columns: number; readonly rows: number }) {
    this.#editor = editor;
    this.#clock = clock;
    this.#size = size;
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

  /** Something else is to be drawn. */
  poke(): void {
    this.#wake?.(undefined);
  }
}
