// The interface to the person at the terminal: questions, dialogues, views. Lines of `-c` and of standard input have none.
import type { Field } from '../io/form.ts';
import type { Practice } from '../io/practice.ts';
import type { Schema } from '../schema/model.ts';
import type { Consoles } from './consoles.ts';
import type { Live } from './live.ts';
import type { Settings } from './settings.ts';
import type { Tutor } from './tutor.ts';

/** The questions that a page may put. */
export interface Dialogue {
  /**
   * A question that one of the keys answers (`q`, `Enter`); undefined when it was turned away by Ctrl-C. One that is
   * `passing` leaves nothing on the screen.
   */
  key(question: string, keys: readonly string[], passing?: boolean): Promise<string | undefined>;
  /** A line of the person's own, to be run in between; undefined where none was typed. */
  line(): Promise<string | undefined>;
  /** A value for each field; undefined when the form was left. */
  form(fields: readonly Field[]): Promise<ReadonlyMap<string, string> | undefined>;
  /** A text as the person's editor leaves it. */
  edit(text: string): Promise<string>;
}

/** Somebody who can answer questions, with or without a prompt. */
export interface Person {
  readonly dialogue: Dialogue;
  /** Asks a yes-or-no question. */
  confirm(sentences: readonly string[], question: string): Promise<boolean>;
}

/** Somebody who types lines at a prompt. */
export interface Typist extends Person {
  /** Lines typed before, oldest first. */
  history(): readonly string[];
  /** Applies the settings, and keeps them for the next time. */
  keepSettings(settings: Settings): Promise<void>;
  /** Gives a text to the user's editor and puts it on the prompt as it is then. */
  editLine(text: string): Promise<void>;
  /** Puts a line on the prompt, to be read and run by the user. */
  setLine(text: string): void;
  /** Runs a view that is redrawn in place until the user leaves it; absent where the screen cannot do that. */
  readonly live?: <T>(run: (live: Live) => Promise<T>) => Promise<T>;
  /** Asks for the arguments of a begun line; undefined when the form was left. Absent where the screen cannot do that. */
  readonly fill?: (line: string, schema: Schema) => Promise<string | undefined>;
  /** The consoles of the shell's own VM. */
  readonly consoles?: Consoles | undefined;
  /** Leaves something to be done when the prompt is left. */
  closing(run: () => Promise<void>): void;
  /** The lesson under way. */
  tutor?: Tutor | undefined;
  /** Where the prompt was before the lesson. */
  home?:
    | { readonly address: string; readonly practice: Practice | undefined; readonly folder: string }
    | undefined;
}
