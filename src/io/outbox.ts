// What is sent in one turn of the event loop goes out in one write: a burst of commands is one packet, not hundreds.

export class Outbox {
  readonly #write: (bytes: string | Uint8Array) => void;
  #text: string | undefined;

  constructor(write: (bytes: string | Uint8Array) => void) {
    this.#write = write;
  }

  /** Bytes go out at once, behind the text that waits. */
  send(bytes: string | Uint8Array): void {
    if (typeof bytes !== 'string') {
      this.flush();
      this.#write(bytes);
    } else if (this.#text === undefined) {
      this.#text = bytes;
      queueMicrotask(() => this.flush());
    } else this.#text += bytes;
  }

  flush(): void {
    const text = this.#text;
    this.#text = undefined;
    if (text !== undefined) this.#write(text);
  }
}
