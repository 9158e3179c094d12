// What the prompt's terminal shows besides the line: rows above it, screenfuls of them, and views in its place.
import type { Editor } from '../editor/editor.ts';
import type { Terminal } from '../io/terminal.ts';
import type { Clock } from '../qmp/transport.ts';
import type { StyledLine } from '../text/style.ts';
import { type Live, Panel } from './live.ts';
import { rowsOf, showPaged } from './pager.ts';
import type { Settings } from './settings.ts';

export class Display {
  readonly #editor: Editor;
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #settings: Settings;
  #held: StyledLine[] | undefined;
  #panel: Panel | undefined;

  constructor(editor: Editor, terminal: Terminal, clock: Clock, settings: Settings) {
    this.#editor = editor;
    this.#terminal = terminal;
    this.#clock = clock;
    this.#settings = settings;
  }

  print(lines: readonly StyledLine[]): void {
    if (this.#held) this.#held.push(...lines);
    else this.#editor.print(lines);
  }

  /** A screenful at a time. What comes meanwhile waits, so as not to stand in the middle of it. */
  async page(lines: readonly StyledLine[]): Promise<void> {
    const { columns, rows } = this.#terminal.size;
    const paging = this.#settings.paging && !this.#terminal.plain && !this.#held && !this.#panel;
    if (!paging || rowsOf(lines, columns) < rows) return this.print(lines);
    this.#held = [];
    await this.live(live => showPaged(lines, live, part => this.#editor.print(part))).finally(() => {
      const held = this.#held ?? [];
      this.#held = undefined;
      this.print(held);
    });
  }

  /** Runs a view that is redrawn in the prompt's place. Keys that it leaves are for the prompt. */
  async live<T>(run: (live: Live) => Promise<T>): Promise<T> {
    const panel = new Panel(this.#editor, this.#clock, () => this.#terminal.size);
    this.#panel = panel;
    try {
      return await run(panel);
    } finally {
      this.#panel = undefined;
      this.#editor.panel(undefined);
      for (const key of panel.unused())
        this.#editor.dispatch([...key].length === 1 ? { type: 'text', text: key } : { type: 'key', key });
    }
  }

  /** A key for the view. */
  press(key: string): void {
    this.#panel?.press(key);
  }

  /** The size has changed: the view is to be drawn again. */
  resized(): void {
    this.#panel?.poke();
  }
}
