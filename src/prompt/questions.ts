// Questions that one key answers, in place of the prompt.
import type { Editor } from '../editor/editor.ts';
import type { Output } from '../line/output.ts';
import { span } from '../text/line.ts';

export class Questions {
  readonly #editor: Editor;
  readonly #output: Output;

  constructor(editor: Editor, output: Output) {
    this.#editor = editor;
    this.#output = output;
  }

  /** A yes-or-no question behind what there is to know; what a no means is told. */
  async confirm(sentences: readonly string[], question: string, otherwise = 'not sent'): Promise<boolean> {
    this.#output.show(sentences.map(sentence => [span(sentence, 'warning')]));
    const key = await this.#editor.ask(`${question} [y/N] `, ['y', 'n', 'Enter', 'Escape']);
    if (key !== 'y') this.#output.note(otherwise);
    return key === 'y';
  }

  /** One of the keys, the first for Enter; undefined for Ctrl-C and Esc. */
  async key(question: string, keys: readonly string[], passing = false): Promise<string | undefined> {
    const key = await this.#editor.ask(question, [...new Set([...keys, 'Enter', 'Escape'])], passing);
    if (keys.includes(key)) return key;
    return key === 'Enter' ? keys[0] : undefined;
  }
}
