// A program on a real terminal: node-pty runs it, @xterm/headless draws what it writes. Tests type keys and wait for
// what a person would see. Nothing here sleeps: each wait looks again after every piece of output that was drawn.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export interface ScreenOptions {
  readonly command: string;
  readonly args?: readonly string[];
  readonly cols?: number;
  readonly rows?: number;
  /** Put over the test's own environment; `undefined` takes a variable out. TERM is xterm-256color unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** A colour as it was asked for: the theme's own, an index into the palette, or `#rrggbb`. */
export type CellColour = 'default' | number | string;

export interface Cell {
  /** The character; empty behind a wide one. A cell never written to holds a blank. */
  readonly text: string;
  /** Columns it takes: 1, 2, or 0 behind a wide character. */
  readonly width: number;
  readonly colour: CellColour;
  readonly background: CellColour;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
}

export interface ScreenExit {
  readonly code: number;
  /** The number of the signal that ended it. */
  readonly signal?: number;
}

/** What to wait for: a text, a pattern, or a look at the screen. */
export type Wanted = string | RegExp | ((screen: Screen) => boolean);

type Pty = typeof import('node-pty');
type Headless = typeof import('@xterm/headless');

const NOT_BUILT =
  'node-pty is not built: run "npm test", which builds it, or install make and g++ and run npm rebuild node-pty';

function loadPty(): Pty {
  try {
    const pty: Pty = require('node-pty');
    return pty;
  } catch (cause) {
    throw new Error(NOT_BUILT, { cause });
  }
}

function loadHeadless(): Headless {
  const headless: Headless = require('@xterm/headless');
  return headless;
}

const running = new Set<number>();
process.on('exit', () => {
  for (const pid of running) stop(pid, 'SIGKILL');
});

/** Starts a program on a screen of its own. Close it, also when the test fails; `withScreen` does that by itself. */
export function openScreen(options: ScreenOptions): Screen {
  return new Screen(options);
}

/** Runs a test on a screen and closes it, however the test ends. */
export async function withScreen<T>(options: ScreenOptions, run: (screen: Screen) => Promise<T>): Promise<T> {
  const screen = openScreen(options);
  try {
    return await run(screen);
  } finally {
    await screen.close();
  }
}

/** How long a child may take to leave after SIGHUP before it is ended by force. */
const PATIENCE = 3000;

export class Screen {
  readonly pid: number;
  /** Settles when the program has ended and all it wrote is drawn. */
  readonly exited: Promise<ScreenExit>;
  readonly #pty: import('node-pty').IPty;
  readonly #terminal: import('@xterm/headless').Terminal;
  readonly #watchers = new Set<() => void>();
  #raw = '';
  #exit: ScreenExit | undefined;

  constructor(options: ScreenOptions) {
    const { command, args = [], cols = 80, rows = 24, cwd = process.cwd() } = options;
    // What would change how a program paints must come from the test, not from who runs it.
    const { NO_COLOR, FORCE_COLOR, COLORTERM, COLUMNS, LINES, CI, QMP_SOCKET, ...env } = process.env;
    const own = { ...env, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...options.env };
    const { Terminal } = loadHeadless();
    this.#terminal = new Terminal({ cols, rows, scrollback: 20_000, allowProposedApi: true });
    this.#pty = loadPty().spawn(command, [...args], {
      name: own.TERM ?? '',
      cols,
      rows,
      cwd,
      env: given(own),
    });
    this.pid = this.#pty.pid;
    running.add(this.pid);
    this.#pty.onData(text => this.#draw(text));
    this.#terminal.onData(reply => this.#pty.write(reply)); // a terminal answers questions: cursor position, ...
    this.exited = new Promise(resolve => {
      this.#pty.onExit(({ exitCode, signal }) => {
        running.delete(this.pid);
        const exit = { code: exitCode, ...(signal ? { signal } : {}) };
        this.#terminal.write('', () => {
          this.#exit = exit;
          resolve(exit);
          this.#look();
        });
      });
    });
  }

  #draw(text: string): void {
    this.#raw += text;
    this.#terminal.write(text, () => this.#look());
  }

  #look(): void {
    for (const watch of this.#watchers) watch();
  }

  /** Types characters as they stand. */
  type(text: string): void {
    this.#pty.write(text);
  }

  /** Presses a key: `Enter`, `Tab`, `Esc`, `Up`, `F5`, `a`; with modifiers `C-c`, `M-f`, `S-Tab`, `C-Left`. */
  key(name: string): void {
    this.#pty.write(keyBytes(name, this.#terminal.modes.applicationCursorKeysMode));
  }

  /** Pastes as a terminal does: in brackets where the program asked for them, rows parted by carriage returns. */
  paste(text: string): void {
    const rows = text.replace(/\r?\n/g, '\r');
    const { bracketedPasteMode } = this.#terminal.modes;
    this.#pty.write(bracketedPasteMode ? `\x1b[200~${rows}\x1b[201~` : rows);
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows);
    this.#pty.resize(cols, rows);
  }

  /** Takes no output from the program any more, as a paused window does; `false` goes on. */
  hold(on: boolean): void {
    if (on) this.#pty.pause();
    else this.#pty.resume();
  }

  /** Closes the window: the terminal is gone, and the program gets SIGHUP. */
  hangUp(): void {
    // (node-pty has it, and its types do not.)
    const destroy: unknown = Reflect.get(this.#pty, 'destroy');
    if (typeof destroy === 'function') destroy.call(this.#pty);
  }

  get size(): { readonly cols: number; readonly rows: number } {
    return { cols: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** The rows that can be seen, blanks at their ends left out. Row 0 is the topmost. */
  text(): string[] {
    const { baseY } = this.#terminal.buffer.active;
    return this.#rows(baseY, baseY + this.#terminal.rows);
  }

  /** The rows that went out at the top, oldest first. */
  scrollback(): string[] {
    return this.#rows(0, this.#terminal.buffer.active.baseY);
  }

  /** All that was shown, as lines: rows that the terminal broke at its right edge are joined again. */
  lines(): string[] {
    const buffer = this.#terminal.buffer.active;
    const out: string[] = [];
    for (let y = 0; y < buffer.length; y++) {
      const row = buffer.getLine(y);
      const goesOn = buffer.getLine(y + 1)?.isWrapped === true;
      const text = row?.translateToString(!goesOn) ?? '';
      if (row?.isWrapped === true && out.length > 0) out.push(`${out.pop() ?? ''}${text}`);
      else out.push(text);
    }
    return out;
  }

  #rows(from: number, to: number): string[] {
    const buffer = this.#terminal.buffer.active;
    const out: string[] = [];
    for (let y = from; y < to; y++) out.push(buffer.getLine(y)?.translateToString(true).trimEnd() ?? '');
    return out;
  }

  /** One cell of what can be seen, counted from 0. */
  cell(row: number, col: number): Cell {
    const { active } = this.#terminal.buffer;
    const cell = active.getLine(active.baseY + row)?.getCell(col);
    if (cell === undefined)
      throw new Error(`there is no cell in row ${row}, column ${col}\n${this.picture()}`);
    const width = cell.getWidth();
    return {
      text: cell.getChars() || (width === 0 ? '' : ' '),
      width,
      colour: colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
      background: colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
      italic: cell.isItalic() !== 0,
      underline: cell.isUnderline() !== 0,
      inverse: cell.isInverse() !== 0,
    };
  }

  /** Where the cursor stands in what can be seen. `col` equals `cols` where a row was filled to its last cell. */
  get cursor(): { readonly row: number; readonly col: number } {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { row: cursorY, col: cursorX };
  }

  /** Whether the program asked for pastes in brackets. */
  get bracketedPaste(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  /** All that the program wrote so far. */
  raw(): string {
    return this.#raw;
  }

  /**
   * Resolves once the wanted text stands in what can be seen, rows joined by `\n` (see `lines` for what went out at
   * the top). Blanks count up to the cursor, so a prompt can be waited for as it is written. Rejects with the whole
   * screen when time runs out, or when the program ends without it.
   */
  waitFor(wanted: Wanted, timeoutMs = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        settle();
      };
      const fail = (why: string) =>
        finish(() => reject(new Error(`${describe(wanted)} is not on the screen ${why}\n${this.picture()}`)));
      const look = () => {
        try {
          if (holds(wanted, this)) finish(resolve);
          else if (this.#exit !== undefined)
            fail(`and the program has ended (${JSON.stringify(this.#exit)})`);
        } catch (error) {
          finish(() => reject(error));
        }
      };
      const timer = setTimeout(() => fail(`after ${timeoutMs} ms`), timeoutMs);
      this.#watchers.add(look);
      look();
    });
  }

  /** Resolves when the program has ended; rejects with the whole screen when it has not in time. */
  waitForExit(timeoutMs = 10_000): Promise<ScreenExit> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the program still runs after ${timeoutMs} ms\n${this.picture()}`)),
        timeoutMs,
      );
      void this.exited.then(exit => {
        clearTimeout(timer);
        resolve(exit);
      });
    });
  }

  /** The screen in a frame, for messages; the cursor is named below it. */
  picture(): string {
    const { cols } = this.#terminal;
    const edge = '-'.repeat(cols);
    const { row, col } = this.cursor;
    const rows = this.text().map(text => `|${text}`);
    return `+${edge}\n${rows.join('\n')}\n+${edge}\ncursor: row ${row}, column ${col}`;
  }

  /** Sends the program a signal, as another process would. */
  signal(name: NodeJS.Signals): void {
    stop(this.pid, name);
  }

  /** Ends the program, if it still runs, as a terminal that is closed does. Resolves when it has gone. */
  async close(): Promise<void> {
    if (this.#exit === undefined) {
      stop(this.pid, 'SIGHUP');
      stop(this.pid, 'SIGCONT');
      const timer = setTimeout(() => stop(this.pid, 'SIGKILL'), PATIENCE);
      await this.exited;
      clearTimeout(timer);
    }
    this.#terminal.dispose();
  }
}

function stop(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

function given(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) out[name] = value;
  return out;
}

function colour(isDefault: boolean, isRgb: boolean, value: number): CellColour {
  if (isDefault) return 'default';
  return isRgb ? `#${value.toString(16).padStart(6, '0')}` : value;
}

function holds(wanted: Wanted, screen: Screen): boolean {
  if (typeof wanted === 'function') return wanted(screen);
  const { row, col } = screen.cursor;
  const rows = screen.text().map((text, i) => (i === row ? text.padEnd(col) : text));
  const text = rows.join('\n');
  return typeof wanted === 'string' ? text.includes(wanted) : text.search(wanted) !== -1;
}

function describe(wanted: Wanted): string {
  return typeof wanted === 'string' ? JSON.stringify(wanted) : String(wanted);
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['Enter', '\r'],
  ['Tab', '\t'],
  ['Esc', '\x1b'],
  ['Space', ' '],
  ['Backspace', '\x7f'],
]);
/** The last byte of `CSI 1 ; modifiers X`; sent as SS3 in application mode. */
const LETTERED: ReadonlyMap<string, string> = new Map([
  ['Up', 'A'],
  ['Down', 'B'],
  ['Right', 'C'],
  ['Left', 'D'],
  ['End', 'F'],
  ['Home', 'H'],
]);
/** The number in `CSI number ; modifiers ~`. */
const NUMBERED: ReadonlyMap<string, number> = new Map([
  ['Insert', 2],
  ['Delete', 3],
  ['PageUp', 5],
  ['PageDown', 6],
  ...[15, 17, 18, 19, 20, 21, 23, 24].map((code, i): [string, number] => [`F${i + 5}`, code]),
]);

/** The bytes that xterm sends for a key. Throws for a name that is not known. */
export function keyBytes(name: string, application = false): string {
  const [, marks = '', key = ''] = /^((?:[CMS]-)*)(.+)$/su.exec(name) ?? [];
  const [control, meta, shift] = [marks.includes('C-'), marks.includes('M-'), marks.includes('S-')];
  const modifiers = 1 + (shift ? 1 : 0) + (meta ? 2 : 0) + (control ? 4 : 0);
  const letter = LETTERED.get(key);
  if (letter !== undefined) {
    if (modifiers > 1) return `\x1b[1;${modifiers}${letter}`;
    return `\x1b${application ? 'O' : '['}${letter}`;
  }
  const number = NUMBERED.get(key);
  if (number !== undefined) return `\x1b[${number}${modifiers > 1 ? `;${modifiers}` : ''}~`;
  const func = /^F([1-4])$/.exec(key)?.[1];
  if (func !== undefined) {
    const last = 'PQRS'[Number(func) - 1] ?? '';
    return modifiers > 1 ? `\x1b[1;${modifiers}${last}` : `\x1bO${last}`;
  }
  const before = meta ? '\x1b' : '';
  if (key === 'Tab' && shift) return `${before}\x1b[Z`;
  if (control && (key === 'Space' || key === '@')) return `${before}\x00`;
  if (control && key === 'Backspace') return `${before}\b`;
  const named = NAMED.get(key);
  if (named !== undefined && !control) return `${before}${named}`;
  if (named === undefined && [...key].length === 1) {
    if (!control) return `${before}${shift ? key.toUpperCase() : key}`;
    if (key === '?') return `${before}\x7f`;
    if (/^[a-z[\\\]^_]$/i.test(key))
      return `${before}${String.fromCharCode(key.toUpperCase().charCodeAt(0) & 0x1f)}`;
  }
  throw new Error(`no terminal has a key ${JSON.stringify(name)}`);
}
