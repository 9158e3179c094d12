// The queue of lines typed at the prompt; they run in the order typed. A command does not wait for the reply of the one
// before; the lines of a paste do, and whatever is typed behind a word of the shell waits for its end.

import { readLine } from '../language/tokens.ts';
import { isTranscript, onlyQuery, transcript } from '../language/transcript.ts';
import { hmpModeLine } from '../line/hmpmode.ts';
import { isOutOfBand } from '../line/outofband.ts';
import { runLine } from '../line/run.ts';
import { learnFor } from '../line/understand.ts';
import { lineCommands } from '../play/hostcommands.ts';
import { span, wrapLine } from '../text/line.ts';
import type { StyledLine } from '../text/style.ts';
import { oneRow } from './onerow.ts';
import { passes } from './passing.ts';
import type { PromptHost } from './prompt.ts';

interface QueueParts {
  /** Lines are HMP commands. */
  readonly hmp: boolean;
  /** Runs a `$` line on this host. */
  readonly outside: (command: string) => Promise<number>;
  /** Nothing is asked. */
  readonly yes: boolean;
  /** A question that one of the keys answers. */
  readonly ask: (question: string, keys: readonly string[]) => Promise<string>;
  /** Asked before each line is run; with false it is not. */
  readonly ready?: (text: string) => true | Promise<boolean>;
  /** Told of each line that has run, with its exit status. */
  readonly ran?: (text: string, status: number) => Promise<void>;
  /** Shows a line of a paste before it runs. */
  readonly echo: (text: string) => void;
}

export class Queue {
  readonly #host: PromptHost;
  readonly #parts: QueueParts;
  #sending: Promise<unknown> = Promise.resolve();
  /** How many words and pastes run that others wait behind. */
  #waitedFor = 0;

  constructor(host: PromptHost, parts: QueueParts) {
    this.#host = host;
    this.#parts = parts;
  }

  /** Whether a line does not wait for those before it: it is for a job that one of them may be waiting for. */
  passes(text: string): boolean {
    if (isOutOfBand(text)) return !this.#parts.hmp;
    return this.#waitedFor > 0 && passes(text, this.#host.session);
  }

  /** Runs what was typed; resolves when all of it has come to its end, or was given up by Ctrl-C. */
  add(text: string): Promise<void> {
    if (this.passes(text)) return this.#one(text).then(() => {});
    const { signal } = this.#host;
    const paste = this.#isPaste(text);
    const turn = this.#sending.then(() => this.#ready(text, paste, signal));
    const act = () => (paste ? this.#paste(text) : this.#one(text));
    // What is typed behind `.connect`, or before the reply to a question, is meant for what comes of it.
    const foreground = paste || /^\s*[.$]/.test(text);
    const run = turn.then<unknown>(ready => {
      if (!ready) return this.#host.note(`not sent: ${text}`, 'warning');
      return foreground ? this.#inFront(text, act) : act();
    });
    this.#sending = foreground ? run.catch(() => {}) : turn;
    return run.then(() => {});
  }

  /** Whether other lines are meant than the one that was typed. */
  #isPaste(text: string): boolean {
    if (text.includes('\n') || isTranscript(text)) return true;
    if (this.#parts.hmp) return false;
    const lines = transcript(text, { shell: true });
    return lines.length > 0 && (lines.length > 1 || lines[0]?.text !== text.trim());
  }

  async #inFront(text: string, act: () => Promise<unknown>): Promise<void> {
    this.#waitedFor += 1;
    try {
      await this.#host.foreground(text.trim(), act);
    } finally {
      this.#waitedFor -= 1;
    }
  }

  /** Waits for what a command needs to be understood; false when Ctrl-C came before its turn. Words ask by themselves. */
  async #ready(text: string, paste: boolean, signal: AbortSignal | undefined): Promise<boolean> {
    const { schema, session } = this.#host;
    const asks = !signal?.aborted && session !== undefined && (paste || !/^\s*[.$?]/.test(text));
    // What is wrong is told by the line.
    const quietly = (asked: Promise<unknown>) => asked.catch(() => {});
    if (asks && !schema)
      await this.#host.foreground("the VM's schema", () => quietly(this.#host.loadSchema()));
    // What the line's values must be is known before it takes its turn: lines are sent in the order typed.
    if (asks && !signal?.aborted && !this.#parts.hmp) await quietly(learnFor(readLine(text), this.#host));
    return signal?.aborted !== true;
  }

  async #one(text: string): Promise<number> {
    if (this.#host.leaving) return 130;
    const ready = this.#parts.ready?.(text) ?? true;
    if (ready !== true && !(await ready)) return 1;
    const status = await this.run(text);
    await this.#parts.ran?.(text, status);
    return status;
  }

  /** Runs a line at once, whatever is under way. */
  async run(text: string): Promise<number> {
    const line = this.#parts.hmp ? hmpModeLine(text) : text.trim();
    if (line.startsWith('$ ')) {
      const status = await this.#parts.outside(line.slice(2));
      this.#host.recorder?.shell(line.slice(2), status);
      if (status !== 0) this.#host.note(`exit status ${status}`, 'warning');
      return status;
    }
    // A question mark behind a command asks for what it takes.
    const form = /^(?![.$#{])(\S.*?)\s+\?$/s.exec(line)?.[1];
    if (form !== undefined && !this.#parts.hmp) return runLine(`.fill ${form}`, this.#host);
    return runLine(this.#parts.hmp ? line : text, this.#host);
  }

  /** The lines of a paste one after the other, once the user has seen them; the first that fails ends it. */
  async #paste(text: string): Promise<void> {
    const lines = await this.#agreed(text);
    for (const [i, line] of lines.entries()) {
      // An event may come before the reply: it stands below the line all the same.
      if (lines.length > 1 || isTranscript(text)) this.#parts.echo(line);
      const status = await this.#one(line);
      if (status === 0) continue;
      const rest = lines.length - i - 1;
      if (rest > 0) this.#host.note(`${rest} more of the pasted lines did not run`, 'warning');
      return;
    }
  }

  /** The lines of a paste that are to run. One line alone needs no question, however many rows it takes. */
  async #agreed(text: string): Promise<readonly string[]> {
    const { hmp } = this.#parts;
    const lines = transcript(text, { hmp }).map(line => line.text);
    const all = transcript(text, { hmp, shell: true }).map(line => line.text);
    const [mild, host] = [
      lines.filter(line => this.#commands(line).length === 0),
      all.filter(line => this.#commands(line).length > 0),
    ];
    const isComment = text.split('\n').every(row => /^\s*(?:#|\/\/|$)/.test(row));
    if (all.length === 0 && !isComment) {
      this.#host.note('there is no line to run in what was pasted');
      return [];
    }
    if (all.length <= 1 && !isTranscript(text)) return lines;
    if (this.#parts.yes || (!hmp && onlyQuery(text) !== undefined)) return lines;
    const hang = `${all.length}`.length + 4;
    const rows = all.map((line, i) => listed(line, i, all.length, this.#commands(line).length > 0));
    this.#host.show(rows.flatMap(row => wrapLine(row, this.#host.width, hang)));
    const count = (n: number) => (n === 1 ? 'this line' : `these ${n} lines`);
    if (host.length === 0) {
      const key = await this.#parts.ask(`Run ${count(all.length)}? [y/N] `, ['y', 'n', 'Enter', 'Escape']);
      return key === 'y' ? lines : this.#none();
    }
    // A `$` line says itself what it is.
    const commands = host.filter(line => !line.startsWith('$ ')).flatMap(line => this.#commands(line));
    if (commands.length > 0)
      this.#host.show([
        [span('This host would run:', 'warning')],
        ...commands.map((text): StyledLine => [span(`    ${oneRow(text)}`, 'warning')]),
      ]);
    const question =
      mild.length === 0
        ? `Run ${count(all.length)}? a: yes [a/N] `
        : `Run them? y: all but the ${host.length} for this host, a: all of them [y/a/N] `;
    const key = await this.#parts.ask(question, [
      ...(mild.length === 0 ? [] : ['y']),
      'a',
      'n',
      'Enter',
      'Escape',
    ]);
    return key === 'a' ? all : key === 'y' ? mild : this.#none();
  }

  /** What a line runs on this host. */
  #commands(line: string): readonly string[] {
    return lineCommands(this.#parts.hmp && !/^[.$]/.test(line) ? `.hmp ${line}` : line);
  }

  #none(): readonly string[] {
    this.#host.note('nothing was run');
    return [];
  }
}

function listed(line: string, i: number, count: number, isHost: boolean): StyledLine {
  const number = `${i + 1}`.padStart(String(count).length);
  const role = isHost ? 'warning' : 'command';
  return [span(`  ${number}  `, 'dim'), span(oneRow(line), role)];
}
