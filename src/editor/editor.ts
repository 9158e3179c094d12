// The interface of the editor to the prompt; one implementation draws on a screen, the other needs no escapes.
import type { Candidate } from '../language/line.ts';
import type { Span, StyledLine } from '../text/style.ts';
import type { Effect, Input } from './input.ts';
import type { Paint } from './paint.ts';
import type { EditorSettings, Size } from './state.ts';
import type { Decor } from './view.ts';

/**
 * Effects that the owner of the editor carries out; those that concern the screen alone the editor carries out itself.
 */
export type Request = Exclude<
  Effect,
  { type: 'above' | 'leaveLine' | 'replay' | 'clear' | 'answer' | 'bell' }
>;

export interface EditorOptions {
  /** The one way to the screen: gets whole updates, each to be written at once. */
  write(bytes: string): void;
  readonly size: Size;
  readonly palette: Paint;
  readonly decor?: Decor;
  readonly settings?: Partial<EditorSettings>;
  readonly prompt?: Span;
  readonly history?: readonly string[];
  /** A timer that can be taken back (the clock's `after`): tells a lone Esc from the beginning of a sequence. */
  after(ms: number, run: () => void): () => void;
  /** Runs what draws the screen, after all that is at hand was taken; by default at the end of the microtasks. */
  readonly defer?: (run: () => void) => void;
  /** Whether the terminal's cursor takes a shape, which tells the vi mode. */
  readonly shapes?: boolean;
  /** How the terminal treats rows that become too long for it; see `reflowOf`. */
  readonly reflow?: Reflow;
}

/**
 * What a terminal does to rows when it gets narrower: breaks all of them, all but the one with the cursor (xterm.js), or
 * cuts them.
 */
type Reflow = 'all' | 'above' | 'none';

/** How the terminal of this environment treats long rows. */
export function reflowOf(env: { readonly [name: string]: string | undefined }): Reflow {
  if (env['TERM_PROGRAM'] === 'vscode') return 'above';
  const term = env['TERM'] ?? '';
  if (env['XTERM_VERSION'] !== undefined || /^(linux|rxvt|screen(?!.*tmux))/.test(term)) {
    // tmux calls itself screen as well.
    return env['TMUX'] === undefined ? 'none' : 'all';
  }
  return 'all';
}

export interface Editor {
  readonly text: string;
  readonly cursor: number;
  readonly history: readonly string[];
  /** May be replaced at any time; holds from the next input on. */
  settings: EditorSettings;
  /** Bytes from the terminal. */
  input(bytes: Uint8Array | string): void;
  dispatch(input: Input): void;
  /** Calls back for everything the owner is to do; gives the way to end that. */
  on(listener: (effect: Request) => void): () => void;
  print(lines: readonly StyledLine[]): void;
  setStatus(lines: readonly StyledLine[]): void;
  setHint(line: StyledLine | undefined): void;
  setSuggestion(text: string): void;
  /** `left` stands before a line that has run, where that is another one. */
  setPrompt(span: Span, left?: Span): void;
  setLine(text: string, cursor?: number): void;
  setHistory(entries: readonly string[]): void;
  candidates(ticket: number, candidates: readonly Candidate[], explicit: boolean): void;
  /** A line runs until then: an editor that cannot draw over its prompt shows the next one behind what the line prints. */
  answers(until: Promise<unknown>): void;
  /** Something runs in the foreground (its name is shown) or no longer does; what is typed meanwhile is kept. */
  busy(on: boolean, text?: string): void;
  /** Shows rows in place of the prompt; keys come as `panelKey`. `undefined` gives the prompt back. */
  panel(rows: readonly StyledLine[] | undefined): void;
  /**
   * Asks a question that one of the keys answers. Gives that key, or `C-c` when it was turned away. One that is `passing`
   * does not stay on the screen.
   */
  ask(text: string, keys: readonly string[], passing?: boolean): Promise<string>;
  resize(size: Size): void;
  /** Draws at once what waits to be drawn. */
  flush(): void;
  /** Takes the live region off the screen, which then belongs to somebody else, until `resume`. */
  suspend(): void;
  /** The screen is ours again: the cursor stands at the beginning of an empty row. */
  resume(): void;
  /** The colours of the line may be others than before, with the line the same: the schema has come. */
  recolour(): void;
  /** Draws all of it again: what was drawn is gone, and the cursor stands at the beginning of an empty row. */
  redraw(): void;
  /** Ends: takes the live region off the screen for good. */
  close(): void;
}
