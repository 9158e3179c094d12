// Cuts JSON out of rows of text, where a message may go on over several of them.

/** The longest message, in pieces: what is longer was never one. */
const MOST = 100_000;

/** Takes rows, or pieces of rows; gives the message once its last bracket is closed. Python's quotes count, too. */
export class Cutter {
  #pieces: string[] = [];
  #depth = 0;
  #quote = '';
  #escaped = false;

  /** Whether a message has begun and is not over. */
  get isOpen(): boolean {
    return this.#depth > 0;
  }

  /**
   * Takes the next row (or, with an `end` of nothing, a piece of it); gives the message if that ends here. What stands
   * behind its end is not looked at.
   */
  push(text: string, end: '\n' | '' = '\n'): string | undefined {
    for (let i = 0; i < text.length; i++) {
      const char = text[i];
      if (this.#escaped) this.#escaped = false;
      else if (this.#quote !== '') {
        if (char === '\\') this.#escaped = true;
        else if (char === this.#quote) this.#quote = '';
      } else if (char === '"' || char === "'") this.#quote = char;
      else if (char === '{' || char === '[') this.#depth += 1;
      else if ((char === '}' || char === ']') && --this.#depth === 0) {
        const message = this.#pieces.join('') + text.slice(0, i + 1);
        this.drop();
        return message;
      }
    }
    this.#pieces.push(text, end);
    // No string goes on in the next row.
    if ((this.#quote !== '' && end !== '') || this.#pieces.length > MOST) this.drop();
    return undefined;
  }

  /** Forgets what has begun. */
  drop(): void {
    this.#pieces = [];
    this.#depth = 0;
    this.#quote = '';
    this.#escaped = false;
  }
}
