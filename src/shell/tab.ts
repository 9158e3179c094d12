// A Tab under way: keys typed right behind it find the line completed, unless the VM takes its time.
import type { Editor } from '../editor/editor.ts';
import type { Clock } from '../qmp/transport.ts';
import type { Host } from './host.ts';
import type { Typing } from './typing.ts';

/** Milliseconds that keys wait for the answer to a Tab before them. */
const PATIENCE = 300;
const CTRL_C = 3;

export class Tab {
  readonly #editor: Editor;
  readonly #host: Host;
  readonly #typing: Typing;
  readonly #clock: Clock;
  /** Tabs whose answer is under way. */
  #asked = 0;
  readonly #ahead: Uint8Array[] = [];

  constructor(editor: Editor, host: Host, typing: Typing, clock: Clock) {
    this.#editor = editor;
    this.#host = host;
    this.#typing = typing;
    this.#clock = clock;
  }

  /** What is typed: for the editor, but behind a Tab it waits a while. Ctrl-C does not. */
  input(chunk: Uint8Array): void {
    if (this.#asked > 0) this.#ahead.push(chunk);
    else this.#editor.input(chunk);
    if (chunk.includes(CTRL_C)) this.#catchUp();
  }

  /** Answers the editor at once where nothing has to be asked. */
  complete(ticket: number, text: string, cursor: number, explicit: boolean): void {
    const offer = () => {
      const { candidates, wanted } = this.#typing.complete(text, cursor);
      this.#editor.candidates(ticket, candidates, explicit);
      return wanted;
    };
    const later = async () => {
      if (explicit) {
        await Promise.all([this.#host.loadSchema(), this.#typing.learnWords()]);
        if (text.startsWith('.')) await this.#typing.learnPages();
      }
      const wanted = offer();
      if (wanted && (await this.#typing.refresh(wanted))) offer();
    };
    const known = this.#host.schema !== undefined && !this.#typing.isStale(text, cursor);
    if (known || !explicit) offer();
    else {
      this.#asked += 1;
      void later()
        .catch(error => this.#host.failure(error))
        .finally(() => {
          this.#asked -= 1;
          // One of them may be the next Tab.
          for (const chunk of this.#ahead.splice(0)) this.input(chunk);
        });
      this.#clock.after(PATIENCE, () => this.#catchUp());
    }
  }

  /** The names that may be wanted next are asked for before Tab is typed. */
  prepare(text: string, cursor: number): void {
    if (this.#typing.isStale(text, cursor)) void this.#prepare(text, cursor);
  }

  /** The menu follows what is known now, unless the answer to a Tab will bring it anyway. */
  refresh(): void {
    if (this.#asked === 0) this.#editor.dispatch({ type: 'refresh' });
  }

  #catchUp(): void {
    for (const chunk of this.#ahead.splice(0)) this.#editor.input(chunk);
  }

  async #prepare(text: string, cursor: number): Promise<void> {
    try {
      if (!(await this.#typing.prepare(text, cursor))) return;
    } catch {
      return; // the end of the connection is told elsewhere
    }
    const { text: now, cursor: at } = this.#editor;
    if (now === text && at === cursor) this.refresh();
  }
}
