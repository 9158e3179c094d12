// Shows output at the prompt: rows above the line, long output by the screenful, and views in place of the line.
import type { Editor } from '../editor/editor.ts';
import type { Terminal } from '../io/terminal.ts';
import { type Live, Panel } from '../line/live.ts';
import type { Settings } from '../line/settings.ts';
import type { Clock } from '../qmp/transport.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { width } from '../text/width.ts';
import { rowsOf, showPaged } from './pager.ts';

export class Display {
  readonly #editor: Editor;
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #settings: Settings;
  readonly #interrupt: () => void;
  #held: StyledLine[] | undefined;
  #panel: Panel | undefined;
  /** The line that the last row above the prompt shows, and in which column it begins. */
  #typed: { readonly text: string; readonly column: number } | undefined;

  /** `interrupt` ends waiting for replies. */
  constructor(editor: Editor, terminal: Terminal, clock: Clock, settings: Settings, interrupt: () => void) {
    this.#editor = editor;
    this.#terminal = terminal;
    this.#clock = clock;
    this.#settings = settings;
    this.#interrupt = interrupt;
  }

  /** A line was entered: its row, behind the prompt, stands last above the new one. */
  typed(text: string, prompt: string): void {
    this.#typed = { text, column: width(prompt) };
  }

  /** The column in which a text begins in the row right above; undefined where anything else stands there. */
  under(text: string): number | undefined {
    const { columns } = this.#terminal.size;
    const { text: typed, column } = this.#typed ?? { column: 0 };
    const isOneRow = text === safe(text) && column + width(text) <= columns;
    return text === typed && isOneRow && !this.#terminal.plain ? column : undefined;
  }

  print(lines: readonly StyledLine[]): void {
    if (lines.length > 0) this.#typed = undefined;
    if (this.#held) this.#held = [...this.#held, ...lines];
    else this.#editor.print(lines);
  }

  /** Prints a screenful at a time where there is more than one. What comes meanwhile waits, so as not to stand in the middle of it. */
  async page(lines: readonly StyledLine[]): Promise<void> {
    const { columns, rows } = this.#terminal.size;
    const paging = this.#settings.paging && !this.#terminal.plain && !this.#held && !this.#panel;
    if (!paging || rowsOf(lines, columns) < rows) return this.print(lines);
    this.#held = [];
    const print = (part: readonly StyledLine[]) => this.#editor.print(part);
    await this.live(live => showPaged(lines, live, print, () => this.#clock.now())).finally(() => {
      const held = this.#held ?? [];
      this.#held = undefined;
      this.print(held);
    });
  }

  /** Runs a view that is redrawn in the prompt's place. Keys that it leaves are for the prompt. */
  async live<T>(run: (live: Live) => Promise<T>): Promise<T> {
    this.#typed = undefined;
    const panel = new Panel(this.#editor, this.#clock, () => this.#terminal.size, this.#interrupt);
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
