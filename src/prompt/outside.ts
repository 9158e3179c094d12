// Hands the terminal to others for a while: the user's editor, forms, commands of the host's shell. The code for that
// is loaded at the first use.
import type { Editor } from '../editor/editor.ts';
import type { Field } from '../io/form.ts';
import type { Terminal } from '../io/terminal.ts';
import type { FormParts } from './filling.ts';

export class Outside {
  readonly #editor: Editor;
  readonly #terminal: Terminal;

  constructor(editor: Editor, terminal: Terminal) {
    this.#editor = editor;
    this.#terminal = terminal;
  }

  /** Runs a command line of the host's shell; gives its exit status. */
  run(command: string, folder: string): Promise<number> {
    return this.lend(async () => (await import('../io/outside.ts')).runOutside(command, folder));
  }

  /** The same with a text as its input. */
  pipe(command: string, input: string, folder: string): Promise<number> {
    return this.lend(async () => (await import('../io/pipeline.ts')).runPipeline(command, input, folder));
  }

  /** A text as the user's editor leaves it. */
  edit(text: string): Promise<string> {
    return this.lend(async () => (await import('../io/outside.ts')).editOutside(text));
  }

  /** A value for each field; undefined when the form was left. */
  form(fields: readonly Field[]): Promise<ReadonlyMap<string, string> | undefined> {
    return this.lend(async () => (await import('../io/form.ts')).askFields(fields));
  }

  /** The line with the arguments that were asked for; undefined when the form was left. */
  fill(line: string, parts: Omit<FormParts, 'ask' | 'width'>): Promise<string | undefined> {
    return this.lend(async () => {
      const [{ fillLine }, { askQuestion }] = await Promise.all([
        import('./filling.ts'),
        import('../io/question.ts'),
      ]);
      return fillLine(line, { ...parts, width: this.#terminal.size.columns, ask: askQuestion });
    });
  }

  /** Gives the terminal away until the promise settles. */
  lend<T>(use: () => Promise<T>): Promise<T> {
    this.#editor.suspend();
    return this.#terminal.release(use);
  }
}
