// A monitor that a command of this host leads to, by its standard input and output: `docker exec -i VM socat ...`.
import { type ChildProcess, spawn } from 'node:child_process';
import { QmpshError } from '../qmp/errors.ts';
import type { Transport, TransportListener } from '../qmp/transport.ts';
import { safe } from '../text/safe.ts';
import { holdChild } from './bound.ts';
import { Outbox } from './outbox.ts';
import { Tail, WAY_LOST } from './tail.ts';

/** Milliseconds that a command has to end by itself once its input has ended. */
const PATIENCE = 200;
/** Milliseconds in which the last words of a command that has ended come. */
const WORDS = 1000;

/**
 * Starts the command in a shell, without a terminal. Whether it leads to a monitor is seen by what comes; a command that
 * ends tells so by its own last words.
 */
export function connectExec(command: string): Transport {
  return new ExecTransport(command);
}

class ExecTransport implements Transport {
  readonly #command: string;
  readonly #child: ChildProcess;
  readonly #said: Tail;
  #listener: TransportListener | undefined;
  /** What came before somebody listened. */
  #early: Uint8Array[] = [];
  readonly #out = new Outbox(bytes => this.#write(bytes));
  #closed = false;
  #hasCome = false;
  #end: { readonly error?: Error } | undefined;

  constructor(command: string) {
    this.#command = command;
    // A process group of its own: Ctrl-C in our terminal is for us, and an undo may still need the connection.
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    this.#said = new Tail(child.stderr);
    const follow = () => this.#kill();
    process.on('exit', follow);
    child.stdin?.on('error', () => {}); // it has ended; `close` says so
    child.stdout?.on('data', (chunk: Uint8Array) => {
      this.#hasCome = true;
      if (this.#listener) this.#listener.data(chunk);
      else this.#early.push(chunk);
    });
    // What it leaves behind may hold its output open, so its own end counts, and a moment for what it has said.
    child.once('exit', (code, signal) => {
      const timer = setTimeout(() => this.#over(code, signal), WORDS);
      child.once('close', () => {
        clearTimeout(timer);
        this.#over(code, signal);
      });
    });
    child.once('close', () => process.off('exit', follow));
    child.once('error', error => this.#tell({ error }));
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    for (const chunk of this.#early.splice(0)) listener.data(chunk);
    if (this.#end) queueMicrotask(() => listener.end(this.#end?.error));
  }

  send(bytes: string | Uint8Array): void {
    this.#out.send(bytes);
  }

  close(): void {
    if (this.#closed) return;
    this.#out.flush();
    this.#closed = true;
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#kill(), PATIENCE);
    this.#child.once('close', () => clearTimeout(timer));
  }

  hold(on: boolean): void {
    holdChild(this.#child, on);
  }

  #write(bytes: string | Uint8Array): void {
    const { stdin } = this.#child;
    if (stdin?.writable) stdin.write(bytes);
  }

  /** All that it started, too. */
  #kill(): void {
    const { pid } = this.#child;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGTERM');
    } catch {
      // It has ended.
    }
  }

  #over(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#closed) {
      this.#tell({});
      return;
    }
    const how =
      code === 0 ? 'has ended' : code === null ? `was ended by ${signal}` : `ended with status ${code}`;
    const words = this.#said.text === '' ? '' : `: ${safe(this.#said.text)}`;
    const error = new QmpshError('connect', `the command "${safe(this.#command)}" ${how}${words}`, {
      code: 'exec',
      advice: this.#hasCome
        ? WAY_LOST
        : 'It is to pass what comes on its standard input to the monitor, and the answers to its output.',
    });
    this.#tell({ error });
  }

  #tell(end: { readonly error?: Error }): void {
    if (this.#end) return;
    this.#end = end;
    this.#listener?.end(end.error);
  }
}
