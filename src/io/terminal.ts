// The terminal we were started on: its one writer, its keys as bytes, and its state given back on every way out.
//
// Node's own `process.stdin` and `process.stdout` are used: streams of our own on the same descriptors start no faster
// (62 ms to the first byte either way, bare Node 59), and whatever else reads keys while it has the terminal
// (`prompts`) uses these too; two handles on one descriptor steal each other's input.
import { constants as os } from 'node:os';
import { QmpshError } from '../qmp/errors.ts';
import { type Marks, marksOf } from '../text/level.ts';
import { safe } from '../text/safe.ts';
import { endsInRow } from '../text/width.ts';
import { CLOCK } from './clock.ts';
import { isOurs, setBlocking, writeSoon } from './descriptor.ts';
import { endProcess } from './stdio.ts';

interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

interface LastAct {
  readonly run: () => void | Promise<void>;
  /** Milliseconds it may take. */
  readonly limit: number;
}

/** Takes back a registration. */
type Unlisten = () => void;

const ENTER = '\x1b[?2004h'; // pastes come in brackets
const LEAVE = '\x1b[0m\x1b[?25h\x1b[?2004l'; // no colour, a cursor, plain pastes
const CANCEL = '\x18'; // ends an escape sequence of which only a part went out

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** How long cleaning up may take once we were told to go. */
const CLEANUP_LIMIT = 5000;
/** How long a terminal that takes no output may hold us up at the end. */
const DRAIN_LIMIT = 500;
/** A Ctrl-C for another program can reach us a moment after that program's end has. */
const LATE_KEYS = 200;
/** A stop takes effect at once or (in an orphaned process group) never. */
const STOP_LIMIT = 100;
/** So much of the latest output is kept to tell whether the cursor stands in the middle of a line. */
const TAIL = 1024;

export class Terminal {
  /**
   * No escape sequences are understood (TERM=dumb or not set). The terminal then stays in its own line mode: it echoes
   * and edits by itself and input comes a line at a time; Ctrl-C arrives as the byte 3, the end of input as 4.
   */
  readonly plain: boolean;
  /** What it can do to a text beside colouring it; absent where it is plain. */
  readonly marks: Marks | undefined;
  readonly #input = process.stdin;
  readonly #output = process.stdout;
  readonly #mayWait: boolean;
  readonly #inputs = new Set<(chunk: Uint8Array) => void>();
  readonly #resizes = new Set<() => void>();
  readonly #repaints = new Set<() => void>();
  readonly #exits = new Set<LastAct>();
  readonly #undo: (() => void)[] = [];
  readonly #reports: string[] = [];
  #engaged = false;
  #reading = false;
  #closed = false;
  #leaving = false;
  #holders = 0;
  #backSince = Number.NEGATIVE_INFINITY;
  #handover: Promise<void> | undefined;
  #stopped: NodeJS.Timeout | undefined;
  #kept = '';
  #tail = '';

  private constructor() {
    this.marks = marksOf(process.env['TERM'] ?? '');
    this.plain = this.marks === undefined;
    this.#mayWait = isOurs();
    for (const signal of SIGNALS) this.#listen(signal, () => this.#signalled(signal));
    this.#listen('SIGTSTP', this.#stop);
    this.#listen('SIGCONT', this.#wake);
    this.#listen('uncaughtException', this.#crash);
    this.#listen('exit', this.#exit);
    this.#on(this.#output, 'resize', () => {
      for (const tell of this.#resizes) tell();
    });
    this.#on(this.#output, 'error', this.#hungUp);
    this.#on(this.#input, 'error', this.#hungUp);
    this.#on(this.#input, 'end', () => (this.plain ? this.#take(Uint8Array.of(4)) : this.#hungUp()));
    this.#engage();
  }

  /** Takes the terminal. Throws a QmpshError (usage) when standard input or output is none. One at a time. */
  static open(): Terminal {
    for (const [stream, name] of [
      [process.stdin, 'input'],
      [process.stdout, 'output'],
    ] as const)
      if (!stream.isTTY)
        throw new QmpshError('usage', `standard ${name} is no terminal`, {
          advice: 'Lines can be piped in, or given with -c LINE.',
        });
    return new Terminal();
  }

  /** Cells; 80 by 24 where the terminal does not say (a serial line). */
  get size(): TerminalSize {
    const { columns, rows } = this.#output;
    return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24 };
  }

  /** Called when the size has changed. */
  onResize(tell: () => void): Unlisten {
    return add(this.#resizes, tell);
  }

  /** What is typed, as the terminal sends it. Reading starts with the first listener. */
  onInput(take: (chunk: Uint8Array) => void): Unlisten {
    const remove = add(this.#inputs, take);
    this.#read();
    return remove;
  }

  /** Called when somebody else had the screen: what was drawn is gone and the cursor stands in a row of its own. */
  onRepaint(repaint: () => void): Unlisten {
    return add(this.#repaints, repaint);
  }

  /**
   * Run once when the terminal is given up for good: by `close`, a signal, a crash or the end of the process, before its
   * state is restored. At the end of the process nothing can be waited for; else so many milliseconds are.
   */
  onExit(run: () => void | Promise<void>, limit = CLEANUP_LIMIT): Unlisten {
    return add(this.#exits, { run, limit });
  }

  /**
   * Writes; nothing else may write to the screen. False when the terminal does not keep up: the text is kept, but better
   * skip frames until `drained`. While somebody else has the terminal the text is kept for later.
   */
  write(text: string): boolean {
    if (text === '' || this.#closed) return true;
    if (this.#holders > 0) {
      this.#kept += text;
      return true;
    }
    this.#tail = (text.length < TAIL ? this.#tail + text : text).slice(-TAIL);
    return this.#output.write(text);
  }

  /** Resolves when the terminal has taken all that was written. */
  drained(): Promise<void> {
    return new Promise(resolve => {
      this.#output.write('', () => resolve());
    });
  }

  /** Ctrl-Z: gives the terminal to the shell we were started from until that continues us. */
  suspend(): void {
    if (this.#holders === 0 && !this.#leaving && !this.#closed) this.#stop();
  }

  /**
   * Gives the terminal to another program, or to a library that asks questions, and takes it back when the promise
   * settles; `onRepaint` follows. Until then Ctrl-C and Ctrl-Z are the other program's.
   */
  async release<T>(use: () => Promise<T>): Promise<T> {
    this.#holders++;
    this.#handover ??= this.#giveUp();
    try {
      await this.#handover;
      return await use();
    } finally {
      this.#holders--;
      if (this.#holders === 0) this.#takeBack();
    }
  }

  /** Gives the terminal up for good, as it was found. What was written stands on the screen then. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#cleanUp();
    await within(DRAIN_LIMIT, this.drained());
    this.#restore();
    this.#closed = true;
    for (const undo of this.#undo.splice(0)) undo();
    this.#pause();
    this.#printReports();
  }

  #listen(event: string, run: (argument: unknown) => void): void {
    this.#on(process, event, run);
  }

  #on(source: NodeJS.EventEmitter, event: string, run: (argument: unknown) => void): void {
    source.on(event, run);
    this.#undo.push(() => source.off(event, run));
  }

  #engage(): void {
    this.#engaged = true;
    if (this.#mayWait) setBlocking(false);
    if (this.plain) return;
    this.#input.setRawMode(true);
    this.#output.write(ENTER);
  }

  /** Back to how the terminal was found, at once: nothing can be waited for when the process ends. */
  #restore(): void {
    if (!this.#engaged) return;
    this.#engaged = false;
    const newline = endsInRow(this.#tail) ? '\r\n' : '';
    this.#tail = '';
    const cut = this.#output.writableLength > 0 ? CANCEL : '';
    // Below the line may stand a menu, which the next prompt would be mixed with.
    writeSoon(1, this.plain ? newline : `${cut}${LEAVE}${newline}${newline && '\x1b[J'}`);
    if (!this.plain) this.#input.setRawMode(false);
    setBlocking(true);
  }

  #read(): void {
    if (this.#reading || this.#inputs.size === 0 || this.#holders > 0 || this.#closed) return;
    this.#reading = true;
    this.#input.on('data', this.#take).resume();
  }

  #pause(): void {
    this.#reading = false;
    this.#input.off('data', this.#take).pause();
  }

  readonly #take = (chunk: string | Uint8Array): void => {
    // A string where somebody has set an encoding on standard input.
    const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
    for (const take of this.#inputs) take(bytes);
  };

  async #giveUp(): Promise<void> {
    await this.drained();
    if (this.#closed || this.#leaving) return;
    this.#pause();
    this.#restore();
    process.off('SIGTSTP', this.#stop); // stops us together with the other program
  }

  #takeBack(): void {
    this.#handover = undefined;
    if (this.#closed || this.#leaving) return;
    this.#backSince = CLOCK.now();
    process.on('SIGTSTP', this.#stop);
    this.#engage();
    const kept = this.#kept;
    this.#kept = '';
    this.write(kept);
    this.#read();
    this.#repaint();
  }

  #repaint(): void {
    // A process in the background is not told of a new size; Node looks when it gets this signal.
    process.emit('SIGWINCH', 'SIGWINCH');
    for (const repaint of this.#repaints) repaint();
  }

  readonly #stop = (): void => {
    this.#restore();
    process.off('SIGTSTP', this.#stop);
    // The whole group: `npm start` and the like have to stop with us, or the shell would not get the terminal.
    process.kill(0, 'SIGTSTP');
    this.#stopped = setTimeout(this.#wake, STOP_LIMIT);
  };

  readonly #wake = (): void => {
    if (this.#holders > 0 || this.#leaving || this.#closed) return;
    if (this.#stopped !== undefined) process.on('SIGTSTP', this.#stop);
    clearTimeout(this.#stopped);
    this.#stopped = undefined;
    // After SIGSTOP the shell has changed the mode behind our back, and Node would not set the one it thinks is on.
    if (this.#engaged && !this.plain) this.#input.setRawMode(false);
    this.#engage();
    this.#repaint();
  };

  #signalled(signal: (typeof SIGNALS)[number]): void {
    const fromKeys = signal === 'SIGINT' || signal === 'SIGQUIT';
    if (fromKeys && (this.#holders > 0 || CLOCK.now() - this.#backSince < LATE_KEYS)) return; // for the other program
    if (signal === 'SIGINT' && this.plain && this.#inputs.size > 0) this.#take(Uint8Array.of(3));
    else void this.#leave(128 + os.signals[signal]);
  }

  readonly #hungUp = (): void => void this.#leave(128 + os.signals.SIGHUP);

  readonly #crash = (error: unknown): void => {
    this.#reports.push(faultText(error));
    void this.#leave(1);
  };

  /** Only the first reason counts: a closed window sends SIGHUP twice, and cleaning up must not be cut short by it. */
  async #leave(status: number): Promise<void> {
    if (this.#leaving || this.#closed) return;
    this.#leaving = true;
    await this.#cleanUp();
    await within(DRAIN_LIMIT, this.drained());
    endProcess(status);
  }

  readonly #exit = (): void => {
    for (const { run } of this.#exits) void this.#guarded(run);
    this.#exits.clear();
    this.#restore();
    this.#printReports();
  };

  async #cleanUp(): Promise<void> {
    const runs = [...this.#exits];
    this.#exits.clear();
    await Promise.all(runs.map(({ run, limit }) => within(limit, this.#guarded(run))));
  }

  async #guarded(run: () => void | Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#reports.push(faultText(error));
    }
  }

  #printReports(): void {
    for (const report of this.#reports.splice(0)) writeSoon(2, report);
  }
}

function add<T>(set: Set<T>, item: T): Unlisten {
  set.add(item);
  return () => set.delete(item);
}

function faultText(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `qmpsh: this is a fault of the shell itself: ${safe(text, { keepNewlines: true })}\n`;
}

/** Settles with the promise, or when time runs out. */
async function within(ms: number, done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}
