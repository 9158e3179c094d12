// Lines typed at the prompt on their way: in the order typed. A line of its own does not wait for the reply of the one
// before; the lines of a paste do.
import { isTranscript, transcript } from '../language/transcript.ts';
import type { Host } from './host.ts';
import { runLine } from './run.ts';

export interface QueueParts {
  /** Lines are HMP commands. */
  readonly hmp: boolean;
  /** Runs a `$` line on this host. */
  readonly outside: (command: string) => Promise<number>;
  /** Shows a line of a paste before it runs. */
  readonly echo: (text: string) => void;
}

export class Queue {
  readonly #host: Host;
  readonly #parts: QueueParts;
  #sending: Promise<unknown> = Promise.resolve();

  constructor(host: Host, parts: QueueParts) {
    this.#host = host;
    this.#parts = parts;
  }

  /** Runs what was typed; resolves when all of it has come to its end. */
  add(text: string): Promise<void> {
    const turn = this.#sending.then(() => this.#host.loadSchema()).catch(() => {});
    this.#sending = turn;
    return turn.then(async () => {
      await (text.includes('\n') || isTranscript(text) ? this.#paste(text) : this.#one(text));
    });
  }

  async #one(text: string): Promise<number> {
    const line = text.trim();
    if (line.startsWith('$ ')) {
      const status = await this.#parts.outside(line.slice(2));
      this.#host.recorder?.shell(line.slice(2), status);
      if (status !== 0) this.#host.note(`exit status ${status}`, 'warning');
      return status;
    }
    // A question mark behind a command asks for what it takes.
    const form = /^(?![.$#{])(\S.*?)\s+\?$/s.exec(line)?.[1];
    if (form !== undefined && !this.#parts.hmp) return runLine(`.fill ${form}`, this.#host);
    const word = line === '' || line.startsWith('.') || line === '?';
    return runLine(this.#parts.hmp && !word ? `.hmp ${line}` : text, this.#host);
  }

  /** The lines of a transcript one after the other; the first that fails ends it. */
  async #paste(text: string): Promise<void> {
    const lines = transcript(text);
    for (const [i, { text: line }] of lines.entries()) {
      this.#parts.echo(line);
      const status = await this.#one(line);
      if (status === 0) continue;
      const rest = lines.length - i - 1;
      if (rest > 0) this.#host.note(`${rest} more of the pasted lines did not run`, 'warning');
      return;
    }
  }
}
