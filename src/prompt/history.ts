// The history of the prompt: lines typed in this session and in earlier ones. Lines that hold a secret are left out.
import { appendTo, readIfThere, replaceFile } from '../io/files.ts';
import { folderPath } from '../io/folders.ts';
import { mayHoldSecret } from '../schema/notes/secrettext.ts';
import { keepEntry, readHistory, type Store } from './historyfile.ts';

export class History {
  readonly #store = fileStore(() => `${folderPath('state')}/history`);
  #entries: string[] = [];
  #keeps = true;

  /** Oldest first. */
  get entries(): readonly string[] {
    return this.#entries;
  }

  /** Reads those on file. Throws a QmpshError where that cannot be read. */
  load(): readonly string[] {
    this.#entries = [...readHistory(this.#store)];
    return this.#entries;
  }

  /** Adds a line. Throws a QmpshError, once, where the file cannot be written. */
  add(text: string): void {
    if (!mayHoldSecret(text)) this.#entries.push(text);
    if (!this.#keeps) return;
    try {
      keepEntry(this.#store, text);
    } catch (error) {
      this.#keeps = false;
      throw error;
    }
  }
}

function fileStore(path: () => string): Store {
  return {
    read: () => readIfThere(path()),
    append: text => appendTo(path(), text),
    replace: text => replaceFile(path(), text),
  };
}
