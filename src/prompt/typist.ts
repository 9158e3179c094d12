// The person at the prompt, as the interface that lines use.
import type { Consoles } from '../line/consoles.ts';
import type { Dialogue, Typist } from '../line/person.ts';
import type { Settings } from '../line/settings.ts';
import type { Tutor } from '../line/tutor.ts';

/** What a typist needs of the prompt. */
interface TypistParts {
  /** Nothing is asked: yes. */
  readonly yes: boolean;
  readonly dialogue: Dialogue;
  /** A one-key question in place of the prompt. */
  readonly ask: (sentences: readonly string[], question: string) => Promise<boolean>;
  readonly history: () => readonly string[];
  readonly settingsApplied: () => void;
  readonly settingsKept: (settings: Settings) => void;
  readonly setLine: (text: string) => void;
  readonly editLine: (text: string) => Promise<void>;
  readonly live: Typist['live'];
  readonly fill: Typist['fill'];
}

export class PromptTypist implements Typist {
  readonly dialogue: Dialogue;
  readonly live?: NonNullable<Typist['live']>;
  readonly fill?: NonNullable<Typist['fill']>;
  tutor: Tutor | undefined;
  consoles: Consoles | undefined;
  home: Typist['home'];
  readonly #parts: TypistParts;

  constructor(parts: TypistParts) {
    this.#parts = parts;
    this.dialogue = parts.dialogue;
    if (parts.live) this.live = parts.live;
    if (parts.fill) this.fill = parts.fill;
  }

  /** Done when the prompt is left. */
  readonly #closing: (() => Promise<void>)[] = [];

  closing(run: () => Promise<void>): void {
    this.#closing.push(run);
  }

  async close(): Promise<void> {
    await this.tutor?.close();
    for (const run of this.#closing) await run();
  }

  confirm(sentences: readonly string[], question: string): Promise<boolean> {
    return this.#parts.yes ? Promise.resolve(true) : this.#parts.ask(sentences, question);
  }

  history(): readonly string[] {
    return this.#parts.history();
  }

  async keepSettings(settings: Settings): Promise<void> {
    this.#parts.settingsApplied();
    this.#parts.settingsKept(settings);
  }

  setLine(text: string): void {
    this.#parts.setLine(text);
  }

  editLine(text: string): Promise<void> {
    return this.#parts.editLine(text);
  }
}
