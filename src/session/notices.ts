// Errors of the server that belong to no command. The first listener also gets those that came before it.
import { deliver, Listeners } from './listeners.ts';

export class Notices {
  readonly #listeners = new Listeners<[text: string]>();
  /** Nobody has listened to these yet. */
  #unheard: string[] = [];

  listen(listener: (text: string) => void): () => void {
    const before = this.#unheard;
    this.#unheard = [];
    for (const text of before) deliver(() => listener(text));
    return this.#listeners.add(listener);
  }

  tell(text: string): void {
    if (this.#listeners.size === 0) this.#unheard.push(text);
    this.#listeners.tell(text);
  }
}
