// Errors of the server that belong to no command. The first listener also gets those that came before it.
import type { Reply } from '../qmp/message.ts';
import { safe } from '../text/safe.ts';
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

  /** A reply to no command that was sent; `key` is its id, absent where it has none. */
  stray(key: string | undefined, reply: Reply): void {
    const what = reply.kind === 'refusal' ? `error: ${safe(reply.desc)}` : 'a reply';
    const id = key?.startsWith('"') ? `${key}"` : key;
    this.tell(id === undefined ? what : `${what}, to a command that was not sent from here (id ${safe(id)})`);
  }

  tell(text: string): void {
    if (this.#listeners.size === 0) this.#unheard.push(text);
    this.#listeners.tell(text);
  }
}
