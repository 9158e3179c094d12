// Lines typed at the prompt on their way: in the order typed. A command does not wait for the reply of the one before;
// the lines of a paste do, and whatever is typed behind a word of the shell waits for its end.
import { isTranscript, transcript } from '../language/transcript.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import type { Host } from './host.ts';
import { runLine } from './run.ts';

export interface QueueParts {
  /** Lines are HMP commands. */
  readonly hmp: boolean;
  /** Runs a `$` line on this host. */
  readonly outside: (command: string) => Promise<number>;
  /** Nothing is asked. */
  readonly yes: boolean;
  /** A question that one of the keys answers. */
  readonly ask: (question: string, keys: readonly string[]) => Promise<string>;
  /** Told of each line that has run, with its exit status. */
  readonly ran?: (text: string, status: number) => Promise<void>;
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
    const paste = text.includes('\n') || isTranscript(text);
    const run = turn.then<unknown>(() => (paste ? this.#paste(text) : this.#one(text)));
    // What is typed behind `.connect`, or before the reply to a question, is meant for what comes of it.
    const foreground = paste || /^\s*[.$]/.test(text);
    this.#sending = foreground ? run.catch(() => {}) : turn;
    return run.then(() => {});
  }

  async #one(text: string): Promise<number> {
    const status = await this.#run(text);
    await this.#parts.ran?.(text, status);
    return status;
  }

  async #run(text: string): Promise<number> {
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

  /** The lines of a paste one after the other, once the user has seen them; the first that fails ends it. */
  async #paste(text: string): Promise<void> {
    const lines = await this.#agreed(text);
    for (const [i, line] of lines.entries()) {
      if (lines.length > 1) this.#parts.echo(line);
      const status = await this.#one(line);
      if (status === 0) continue;
      const rest = lines.length - i - 1;
      if (rest > 0) this.#host.note(`${rest} more of the pasted lines did not run`, 'warning');
      return;
    }
  }

  /** What of a paste is to run. One line alone needs no question, however many rows it takes. */
  async #agreed(text: string): Promise<readonly string[]> {
    const lines = transcript(text).map(line => line.text);
    const all = transcript(text, { shell: true }).map(line => line.text);
    const steps = all.length - lines.length;
    if (all.length <= 1 && !isTranscript(text)) return lines;
    if (all.length === 0) {
      this.#host.note('there is no line to run in what was pasted');
      return [];
    }
    if (this.#parts.yes) return lines;
    this.#host.show(all.map((line, i) => listed(line, i, all.length)));
    const count = (n: number) => (n === 1 ? 'this line' : `these ${n} lines`);
    if (steps === 0) {
      const key = await this.#parts.ask(`Run ${count(all.length)}? [y/N] `, ['y', 'n', 'Enter', 'Escape']);
      return key === 'y' ? lines : this.#none();
    }
    const question = `Run them? y: all but the ${steps} for this host ($), a: all of them [y/a/N] `;
    const key = await this.#parts.ask(question, ['y', 'a', 'n', 'Enter', 'Escape']);
    return key === 'a' ? all : key === 'y' ? lines : this.#none();
  }

  #none(): readonly string[] {
    this.#host.note('nothing was run');
    return [];
  }
}

function listed(line: string, i: number, count: number): StyledLine {
  const number = `${i + 1}`.padStart(String(count).length);
  const role = line.startsWith('$ ') ? 'warning' : 'command';
  return [span(`  ${number}  `, 'dim'), span(safe(line.replace(/\s*\n\s*/g, ' ')), role)];
}
