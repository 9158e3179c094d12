// The last words of a child process, for the message that says why it ended.
import type { Readable } from 'node:stream';

const KEEP = 4096;

/** What is to be done when a program ends that a connection went through. */
export const WAY_LOST = 'The way to the VM is gone; the VM itself may go on. Connect again and look.';

export class Tail {
  #text = '';
  #listener: ((text: string) => void) | undefined;

  constructor(stream: Readable | null) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      this.#text = (this.#text + text).slice(-KEEP);
      this.#listener?.(this.text);
    });
  }

  /** The last lines, on one row. */
  get text(): string {
    return this.#text
      .trim()
      .split(/\s*\n\s*/)
      .slice(-3)
      .join('; ');
  }

  /** Gives what has been said, now and each time that more is. */
  onText(listener: (text: string) => void): void {
    this.#listener = listener;
    listener(this.text);
  }
}
