// The editor where the terminal takes no escapes (TERM=dumb): the terminal edits the row itself and hands it over whole.
// There is no menu, no colour of the line and no status row; what is printed while a row is being typed comes on rows of
// its own, with the prompt again behind it. Ctrl-C and the end of input arrive as the bytes 3 and 4.
import type { Candidate } from '../language/line.ts';
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';
import type { Editor, EditorOptions, Request } from './editor.ts';
import type { Input } from './input.ts';
import { remember } from './recall.ts';
import { DEFAULT_SETTINGS, type EditorSettings, type Size } from './state.ts';

interface Question {
  readonly keys: readonly string[];
  readonly resolve: (key: string) => void;
}

const BYTES: ReadonlyMap<string, string> = new Map([
  ['Enter', '\n'],
  ['C-c', '\x03'],
  ['C-d', '\x04'],
]);

/** Milliseconds that the prompt waits for a reply, and behind one for what belongs to it. */
const MOST_HELD = 1000;
const BEHIND = 60;

export class PlainEditor implements Editor {
  settings: EditorSettings;
  readonly #options: EditorOptions;
  readonly #utf8 = new TextDecoder('utf-8');
  readonly #listeners = new Set<(effect: Request) => void>();
  #prompt: Span;
  #history: readonly string[];
  #rest = '';
  // A newline right behind a carriage return ends the same row.
  #afterReturn = false;
  // Rows that came while something was in the foreground.
  #kept: string[] = [];
  // The rows of a line that goes on.
  #text = '';
  #question: Question | undefined;
  #busy = false;
  /** How many lines keep the prompt back. */
  #answering = 0;
  #prompted = false;
  #waiting = false;
  #away = false;
  #closed = false;

  constructor(options: EditorOptions) {
    this.#options = options;
    this.settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.#prompt = options.prompt ?? { text: '> ' };
    this.#history = options.history ?? [];
    this.#wake();
  }

  get text(): string {
    return this.#text;
  }

  get cursor(): number {
    return this.#text.length;
  }

  get history(): readonly string[] {
    return this.#history;
  }

  input(bytes: Uint8Array | string): void {
    this.#rest += typeof bytes === 'string' ? bytes : this.#utf8.decode(bytes, { stream: true });
    for (;;) {
      const end = this.#rest.search(/[\r\n\x03\x04]/);
      if (end < 0 || this.#closed) return;
      const row = this.#rest.slice(0, end);
      const char = this.#rest[end];
      this.#rest = this.#rest.slice(end + 1);
      const pair = char === '\n' && row === '' && this.#afterReturn;
      this.#afterReturn = char === '\r';
      if (pair) continue;
      if (char === '\x03') this.#interrupt();
      else if (char === '\x04') this.#end(row);
      else this.#row(row);
    }
  }

  /** Of the inputs only those that mean something without a screen have an effect; the others change nothing. */
  dispatch(input: Input): void {
    if (input.type === 'print') this.print(input.lines);
    else if (input.type === 'prompt') this.setPrompt(input.span);
    else if (input.type === 'setLine') this.setLine(input.text);
    else if (input.type === 'busy') this.busy(input.on);
    else if (input.type === 'history') this.setHistory(input.entries);
    else if (input.type === 'ask') void this.ask(input.text, input.keys);
    else if (input.type === 'text' || input.type === 'paste') this.input(input.text);
    else if (input.type === 'key') this.input(BYTES.get(input.key) ?? '');
  }

  on(listener: (effect: Request) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  print(lines: readonly StyledLine[]): void {
    if (this.#closed || lines.length === 0) return;
    const start = this.#prompted ? '\n' : '';
    this.#prompted = false;
    const rows = lines.map(line => `${line.map(span => safe(span.text)).join('')}\n`);
    this.#options.write(start + rows.join(''));
    this.#wake();
  }

  /** There is no place that could be redrawn: whoever shows a panel prints instead. */
  panel(_rows: readonly StyledLine[] | undefined): void {}

  setStatus(_lines: readonly StyledLine[]): void {}

  setHint(_line: StyledLine | undefined): void {}

  setSuggestion(_text: string): void {}

  setPrompt(span: Span): void {
    this.#prompt = span;
  }

  /** A text to go on from cannot be put under the terminal's own editing: it is shown, to be typed. */
  setLine(text: string): void {
    if (text !== '') this.print(text.split('\n').map(row => [{ text: row }]));
  }

  setHistory(entries: readonly string[]): void {
    this.#history = entries;
  }

  candidates(_ticket: number, _candidates: readonly Candidate[], _explicit: boolean): void {}

  /** Whoever waits long for a reply gets the prompt before it; events come shortly behind replies. */
  answers(until: Promise<unknown>): void {
    const { after } = this.#options;
    this.#answering += 1;
    let isHeld = true;
    const done = () => {
      if (!isHeld) return;
      isHeld = false;
      this.#answering -= 1;
      this.#wake();
    };
    const stop = after(MOST_HELD, done);
    void until.finally(() => {
      stop();
      after(BEHIND, done);
    });
  }

  busy(on: boolean): void {
    this.#busy = on;
    while (!this.#busy && this.#kept.length > 0) this.#row(this.#kept.shift() ?? '');
    this.#wake();
  }

  ask(text: string, keys: readonly string[]): Promise<string> {
    this.#question?.resolve('C-c');
    return new Promise(resolve => {
      this.#question = { keys, resolve };
      this.#options.write(`${this.#prompted ? '\n' : ''}${safe(text, { keepNewlines: true })} `);
      this.#prompted = true;
    });
  }

  resize(_size: Size): void {}

  flush(): void {
    if (this.#prompted || this.#busy || this.#answering > 0 || this.#away || this.#closed || this.#question)
      return;
    const span = this.#text === '' ? this.#prompt : this.settings.continuation;
    this.#options.write(safe(span.text));
    this.#prompted = true;
  }

  suspend(): void {
    if (this.#prompted) this.#options.write('\n');
    this.#prompted = false;
    this.#away = true;
  }

  resume(): void {
    this.#away = false;
    this.#wake();
  }

  recolour(): void {}

  redraw(): void {
    this.#prompted = false;
    this.#wake();
  }

  close(): void {
    if (this.#closed) return;
    this.suspend();
    this.#closed = true;
    this.#question?.resolve('C-c');
    this.#listeners.clear();
  }

  #row(row: string): void {
    // The terminal has echoed the row and its end.
    this.#prompted = false;
    const question = this.#question;
    if (question) {
      const typed = row.trim();
      const key = question.keys.find(
        one => one.toLowerCase() === typed.toLowerCase() || (one === 'Enter' && typed === ''),
      );
      if (key !== undefined) {
        this.#question = undefined;
        question.resolve(key);
      } else {
        this.#options.write(`${question.keys.join(' or ')}? `);
        this.#prompted = true;
      }
    } else if (this.#busy) {
      if (this.settings.passes(row)) this.#tell({ type: 'submit', text: row });
      else this.#kept.push(row);
    } else {
      const text = this.#text === '' ? row : `${this.#text}\n${row}`;
      this.#text = this.settings.isOpen(text) ? text : '';
      if (this.#text === '') {
        if (this.settings.remembers(text)) this.#history = remember(this.#history, text);
        this.#tell({ type: 'submit', text });
      }
    }
    this.#wake();
  }

  #interrupt(): void {
    this.#prompted = false;
    this.#options.write('\n');
    const question = this.#question;
    if (question) {
      this.#question = undefined;
      question.resolve('C-c');
    } else if (this.#busy || this.#text === '') {
      for (const row of this.#kept) this.#options.write(`not run: ${safe(row)}\n`);
      this.#kept = [];
      this.#tell({ type: 'interrupt' });
    }
    this.#text = '';
    this.#wake();
  }

  #end(row: string): void {
    if (row !== '') this.#row(row);
    const question = this.#question;
    this.#question = undefined;
    question?.resolve('C-c');
    this.#tell({ type: 'eof' });
  }

  #wake(): void {
    if (this.#waiting || this.#closed) return;
    this.#waiting = true;
    const run = () => {
      this.#waiting = false;
      this.flush();
    };
    if (this.#options.defer) this.#options.defer(run);
    else void Promise.resolve().then(run);
  }

  #tell(effect: Request): void {
    for (const listener of [...this.#listeners]) listener(effect);
  }
}
