// The editor on a screen: puts decoder, step, view and paint together. All output goes through here, so that late
// output cannot damage the line being typed.
import type { Candidate } from '../language/line.ts';
import { lineWidth } from '../text/line.ts';
import type { Span, StyledLine } from '../text/style.ts';
import type { Editor, EditorOptions, Request } from './editor.ts';
import type { Effect, Input } from './input.ts';
import { KeyDecoder } from './keys.ts';
import { erase, paint, paintWhole } from './paint.ts';
import { DEFAULT_SETTINGS, type EditorSettings, type EditorState, initialState, type Size } from './state.ts';
import { step } from './step.ts';
import { type Decor, finished, type Highlight, type View, view } from './view.ts';

/** Milliseconds after which a lone ESC is the key Esc. */
const ESCAPE_MS = 25;

const NO_DECOR: Decor = { colour: () => [] };

export class LineEditor implements Editor {
  settings: EditorSettings;
  readonly #options: EditorOptions;
  readonly #decoder = new KeyDecoder();
  readonly #listeners = new Set<(effect: Request) => void>();
  readonly #decor: Colours;
  #state: EditorState;
  #drawn: View | undefined;
  #above: StyledLine[] = [];
  #wiped = false;
  /** The cursor's shape as the terminal was told last; 0 is its own. */
  #shape = 0;
  /** The screen may no longer show what was drawn last. */
  #disturbed = false;
  #waiting = false;
  #away = false;
  #closed = false;
  #cancelEscape: (() => void) | undefined;
  #answer: ((key: string) => void) | undefined;

  constructor(options: EditorOptions) {
    this.#options = options;
    this.settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.#decor = new Colours(options.decor ?? NO_DECOR);
    this.#state = { ...initialState(options.size, options.prompt), history: options.history ?? [] };
    this.#wake();
  }

  get text(): string {
    return this.#state.buffer.text;
  }

  get cursor(): number {
    return this.#state.buffer.cursor;
  }

  get history(): readonly string[] {
    return this.#state.history;
  }

  /** The state as it is, for tests and for whoever shows more than the editor does. */
  get state(): EditorState {
    return this.#state;
  }

  input(bytes: Uint8Array | string): void {
    this.#cancelEscape?.();
    this.#cancelEscape = undefined;
    for (const input of this.#decoder.feed(bytes)) this.dispatch(input);
    if (!this.#decoder.pending) return;
    this.#cancelEscape = this.#options.after(ESCAPE_MS, () => {
      this.#cancelEscape = undefined;
      for (const input of this.#decoder.flush()) this.dispatch(input);
    });
  }

  dispatch(input: Input): void {
    if (this.#closed) return;
    const { state, effects } = step(this.#state, input, this.settings);
    this.#state = state;
    this.#wake();
    for (const effect of effects) this.#carryOut(effect);
  }

  on(listener: (effect: Request) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  print(lines: readonly StyledLine[]): void {
    this.dispatch({ type: 'print', lines });
  }

  setStatus(lines: readonly StyledLine[]): void {
    this.dispatch({ type: 'status', lines });
  }

  setHint(line: StyledLine | undefined): void {
    this.dispatch({ type: 'hint', line });
  }

  setSuggestion(text: string): void {
    this.dispatch({ type: 'suggestion', text });
  }

  setPrompt(span: Span, left = span): void {
    this.dispatch({ type: 'prompt', span, left });
  }

  setLine(text: string, cursor?: number): void {
    this.dispatch(cursor === undefined ? { type: 'setLine', text } : { type: 'setLine', text, cursor });
  }

  setHistory(entries: readonly string[]): void {
    this.dispatch({ type: 'history', entries });
  }

  candidates(ticket: number, candidates: readonly Candidate[], explicit: boolean): void {
    this.dispatch({ type: 'candidates', ticket, candidates, explicit });
  }

  /** The prompt is drawn again below whatever is printed. */
  answers(_until: Promise<unknown>): void {}

  busy(on: boolean, text = ''): void {
    this.dispatch({ type: 'busy', on, text });
  }

  panel(rows: readonly StyledLine[] | undefined): void {
    this.dispatch({ type: 'panel', rows });
  }

  ask(text: string, keys: readonly string[], passing = false): Promise<string> {
    // Two questions at a time would take each other's answers.
    this.#answer?.('C-c');
    return new Promise(resolve => {
      this.#answer = resolve;
      this.dispatch({ type: 'ask', text, keys, passing });
    });
  }

  resize(size: Size): void {
    const drawn = this.#drawn;
    if (drawn && size.columns !== drawn.columns) {
      this.#drawn = { ...drawn, cursor: { ...drawn.cursor, row: this.#rowAfter(drawn, size.columns) } };
    }
    // A screen that loses rows drops those below the cursor, or moves up those above it.
    if (size.rows < this.#state.size.rows) this.#disturbed = true;
    this.dispatch({ type: 'resize', ...size });
  }

  flush(): void {
    if (this.#away || this.#closed) return;
    const above = this.#above;
    this.#above = [];
    const before = this.#drawn;
    const look = this.#options.palette;
    const after = view(this.#state, this.#state.size, this.#decor, this.settings);
    this.#drawn = after;
    const wiped = this.#wiped;
    this.#wiped = false;
    const disturbed = this.#disturbed;
    this.#disturbed = false;
    const bytes = wiped
      ? `\x1b[H\x1b[2J${paintWhole(0, false, after, above, look)}`
      : disturbed && before
        ? paintWhole(before.cursor.row, true, after, above, look)
        : paint(before, after, above, look);
    const whole = bytes + this.#shapeNow();
    if (whole !== '') this.#options.write(whole);
  }

  /** What turns the cursor into a block (vi's normal mode), a bar (its insert mode), or what it is by itself. */
  #shapeNow(): string {
    const { vi, panel } = this.#state;
    const isVi = this.settings.keys === 'vi' && panel === undefined && this.#options.shapes !== false;
    const shape = isVi ? (vi.mode === 'normal' ? 2 : 6) : 0;
    if (shape === this.#shape) return '';
    this.#shape = shape;
    return `\x1b[${shape} q`;
  }

  suspend(): void {
    if (this.#away) return;
    this.flush();
    this.#away = true;
    if (this.#drawn) this.#options.write(erase(this.#drawn));
    if (this.#shape !== 0) this.#options.write(`\x1b[0 q`);
    this.#shape = 0;
    this.#drawn = undefined;
  }

  resume(): void {
    this.#away = false;
    this.redraw();
  }

  recolour(): void {
    this.#decor.forget();
    this.#wake();
  }

  redraw(): void {
    this.#drawn = undefined;
    this.#wake();
  }

  close(): void {
    if (this.#closed) return;
    this.suspend();
    this.#closed = true;
    this.#cancelEscape?.();
    this.#answer?.('C-c');
    this.#listeners.clear();
  }

  // How far the cursor is below the region's first row once the terminal is that narrow.
  #rowAfter(drawn: View, columns: number): number {
    const { row, col } = drawn.cursor;
    const reflow = this.#options.reflow ?? 'all';
    if (reflow === 'none' || columns >= drawn.columns) return row;
    let up = 0;
    for (const line of drawn.rows.slice(0, row)) up += Math.max(1, Math.ceil(lineWidth(line) / columns));
    return up + (reflow === 'all' ? Math.floor(col / columns) : 0);
  }

  #wake(): void {
    if (this.#waiting || this.#away || this.#closed) return;
    this.#waiting = true;
    const run = () => {
      this.#waiting = false;
      this.flush();
    };
    if (this.#options.defer) this.#options.defer(run);
    else void Promise.resolve().then(run);
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'above':
        for (const line of effect.lines) this.#above.push(line);
        return;
      case 'leaveLine':
        for (const line of finished(
          effect.text,
          effect.mark,
          { prompt: this.#state.left },
          this.#decor,
          this.settings,
        ))
          this.#above.push(line);
        return;
      case 'clear':
        this.#wiped = true;
        return;
      case 'replay':
        for (const input of effect.inputs) this.dispatch(input);
        return;
      case 'answer': {
        const answer = this.#answer;
        this.#answer = undefined;
        answer?.(effect.key);
        return;
      }
      case 'bell':
        this.#options.write('\x07');
        return;
      // A handler before this one may have changed the line again: what counts is how it is now.
      case 'changed':
        this.#tell({ ...effect, text: this.text, cursor: this.cursor });
        return;
    }
    this.#tell(effect);
  }

  #tell(effect: Request): void {
    for (const listener of [...this.#listeners]) listener(effect);
  }
}

// The same line is drawn many times (events, status rows): its colours are asked for once.
class Colours implements Decor {
  readonly #decor: Decor;
  #text: string | undefined;
  #cursor = -1;
  #highlights: readonly Highlight[] = [];

  constructor(decor: Decor) {
    this.#decor = decor;
  }

  forget(): void {
    this.#text = undefined;
  }

  colour(text: string, cursor: number): readonly Highlight[] {
    if (text === this.#text && cursor === this.#cursor) return this.#highlights;
    this.#text = text;
    this.#cursor = cursor;
    this.#highlights = this.#decor.colour(text, cursor);
    return this.#highlights;
  }
}
