// Answers the Tab key. Keys typed right behind a Tab are held back until the line is completed, for a moment at most.
import type { Editor } from '../editor/editor.ts';
import { limits } from '../line/send.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Clock } from '../qmp/transport.ts';
import type { PromptHost } from './prompt.ts';
import type { Typing } from './typing.ts';

/** Milliseconds that keys wait for the answer to a Tab before them. */
const PATIENCE = 300;
const CTRL_C = 3;
const TAB = 9;

export class Tab {
  readonly #editor: Editor;
  readonly #host: PromptHost;
  readonly #typing: Typing;
  readonly #clock: Clock;
  readonly #learned: () => void;
  /** Tabs whose answer is under way, and for which what is typed behind them still waits: they offer what is known. */
  readonly #asked = new Set<() => void>();
  readonly #ahead: Uint8Array[] = [];

  /** `learned` is called when more is known about a line that is the same. */
  constructor(editor: Editor, host: PromptHost, typing: Typing, clock: Clock, learned: () => void) {
    this.#learned = learned;
    this.#editor = editor;
    this.#host = host;
    this.#typing = typing;
    this.#clock = clock;
  }

  /** Hands bytes of the terminal to the editor; behind a Tab they are held back for a while. Ctrl-C is not. */
  input(chunk: Uint8Array): void {
    // A Tab in the middle may ask, and what stands behind it waits.
    for (let start = 0; start < chunk.length; ) {
      const end = chunk.indexOf(TAB, start) + 1 || chunk.length;
      const part = chunk.subarray(start, end);
      if (this.#asked.size > 0) this.#ahead.push(part);
      else this.#editor.input(part);
      start = end;
    }
    if (chunk.includes(CTRL_C)) this.#goOn();
  }

  /** Answers the editor at once where nothing has to be asked. */
  complete(ticket: number, text: string, cursor: number, explicit: boolean): void {
    const offer = () => {
      // A blank alone (one Space too many in the pager) asks for nothing.
      const blank = !explicit && text.trim() === '';
      const { candidates } = blank ? { candidates: [] } : this.#typing.complete(text, cursor);
      this.#editor.candidates(ticket, candidates, explicit);
    };
    let early: (() => void) | undefined;
    const later = async () => {
      await Promise.all([this.#host.loadSchema(), this.#typing.learnWords()]);
      if (text.startsWith('.')) await this.#typing.learnPages();
      const { wanted } = this.#typing.complete(text, cursor);
      // A first candidate of yesterday's names would be taken at once: they are offered where today's are late only.
      early = offer;
      const asked = wanted && (await this.#typing.refresh(wanted, limits(this.#host)));
      offer();
      if (asked) this.#tellIfSame(text, cursor);
    };
    const known = this.#host.schema !== undefined && !this.#typing.isStale(text, cursor);
    if (known || !explicit) offer();
    else {
      const asked = () => early?.();
      this.#asked.add(asked);
      const over = () => {
        // Whoever was not waited for any longer has let the keys go already.
        if (!this.#asked.delete(asked)) return;
        cancel();
        // One of them may be the next Tab.
        for (const chunk of this.#ahead.splice(0)) this.input(chunk);
      };
      const cancel = this.#clock.after(PATIENCE, () => this.#goOn());
      void later()
        .catch(error => this.#failed(error))
        .finally(over);
    }
  }

  /** The names that may be wanted next are asked for before Tab is typed. */
  prepare(text: string, cursor: number): void {
    if (this.#typing.isStale(text, cursor)) void this.#prepare(text, cursor);
  }

  /** The menu follows what is known now, unless the answer to a Tab will bring it anyway. */
  refresh(): void {
    if (this.#asked.size === 0) this.#editor.dispatch({ type: 'refresh' });
  }

  /** Nothing waits for an answer any longer; one that comes too late for its line is dropped by the editor. */
  #goOn(): void {
    for (const offer of this.#asked) offer();
    this.#asked.clear();
    for (const chunk of this.#ahead.splice(0)) this.input(chunk);
  }

  /** That the waiting was stopped is no news to whoever stopped it. */
  #failed(error: unknown): void {
    if (!(error instanceof QmpshError && error.kind === 'interrupted')) this.#host.failure(error);
  }

  async #prepare(text: string, cursor: number): Promise<void> {
    try {
      if (!(await this.#typing.prepare(text, cursor))) return;
    } catch {
      return; // the end of the connection is told elsewhere
    }
    this.#tellIfSame(text, cursor);
  }

  #tellIfSame(text: string, cursor: number): void {
    if (this.#editor.text === text && this.#editor.cursor === cursor) this.#learned();
  }
}
