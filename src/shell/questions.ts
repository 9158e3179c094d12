// Questions that one key answers, in place of the prompt.
import type { Editor } from '../editor/editor.ts';
import { span } from '../text/line.ts';
import type { Host } from './host.ts';

export class Questions {
  readonly #editor: Editor;
  readonly #host: Host;

  constructor(editor: Editor, host: Host) {
    this.#editor = editor;
    this.#host = host;
  }

  /** A yes-or-no question behind what there is to know; what a no means is told. */
  async confirm(sentences: readonly string[], question: string, otherwise = 'not sent'): Promise<boolean> {
    this.#host.show(sentences.map(sentence => [span(sentence, 'warning')]));
    const key = await this.#editor.ask(`${question} [y/N] `, ['y', 'n', 'Enter', 'Escape']);
    if (key !== 'y') this.#host.note(otherwise);
    return key === 'y';
  }

  /** One of the keys, the first for Enter; undefined for Ctrl-C and Esc. */
  async key(question: string, keys: readonly string[]): Promise<string | undefined> {
    const key = await this.#editor.ask(question, [...new Set([...keys, 'Enter', 'Escape'])]);
    if (keys.includes(key)) return key;
    return key === 'Enter' ? keys[0] : undefined;
  }
}
