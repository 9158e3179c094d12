// The prompt on a terminal: which part does what. The parts themselves are in the files named by the imports.
import { type Editor, reflowOf } from '../editor/editor.ts';
import { PlainEditor } from '../editor/plain.ts';
import { LineEditor } from '../editor/screen.ts';
import type { EditorSettings } from '../editor/state.ts';
import { listFiles } from '../io/listing.ts';
import type { Practice } from '../io/practice.ts';
import { Terminal } from '../io/terminal.ts';
import { completeness } from '../language/tokens.ts';
import type { Clock } from '../qmp/transport.ts';
import type { Schema } from '../schema/model.ts';
import { mayHoldSecret } from '../schema/notes.ts';
import type { Session } from '../session/client.ts';
import type { ColourLevel } from '../text/level.ts';
import { span } from '../text/line.ts';
import { palette } from '../text/palette.ts';
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';
import { Connection } from './connection.ts';
import { Display } from './display.ts';
import { Foreground } from './foreground.ts';
import { History } from './history.ts';
import type { Exit, Host } from './host.ts';
import type { Tutor } from './lesson/tutor.ts';
import { Outside } from './outside.ts';
import type { Owned } from './owned.ts';
import { PromptHost } from './prompt.ts';
import { Questions } from './questions.ts';
import { Queue } from './queue.ts';
import type { Settings } from './settings.ts';
import { SettingsFile } from './settingsfile.ts';
import { Tab } from './tab.ts';
import { Typing } from './typing.ts';

export interface InteractiveOptions {
  readonly address: string;
  readonly practice: Practice | undefined;
  /** The VM at the address is ours and ends with the shell. */
  readonly owned?: Owned | undefined;
  /** Is told where the rows that this VM writes are shown. */
  readonly said?: ((show: (row: string) => void) => void) | undefined;
  readonly clock: Clock;
  readonly schema: Schema | undefined;
  readonly folder: string;
  readonly connect: (address: string, signal?: AbortSignal) => Promise<Session>;
  readonly verbose: boolean;
  readonly hmp: boolean;
  /** Milliseconds a reply may take; 0 for ever. */
  readonly timeout: number;
  readonly colour: ColourLevel;
  readonly yes: boolean;
  /** Leads through a lesson from the beginning on. */
  readonly tutor?: (host: Host) => Tutor;
  /** What stands above its first task. */
  readonly above?: readonly StyledLine[];
  /** The connection that is being made; absent where the VM has ended already and only its files are there. */
  readonly first: Promise<Session> | undefined;
  /** Replies as JSON from the start. */
  readonly json: boolean;
}

const PROMPT: Span = { text: '(QEMU) ', role: 'prompt' };
const HMP_PROMPT: Span = { text: '(HMP) ', role: 'prompt' };

const EDITING: Partial<EditorSettings> = {
  isOpen: text => completeness(text) === 'open',
  remembers: text => !mayHoldSecret(text),
};

/** Runs the prompt until the user leaves; gives the exit status. The connection is made before the screen is touched. */
export async function interactive(options: InteractiveOptions): Promise<Exit> {
  const session = await options.first;
  const app = new Interactive(options);
  return app.run(session);
}

class Interactive {
  readonly #options: InteractiveOptions;
  readonly #settingsFile: SettingsFile;
  readonly #history: History;
  readonly #terminal: Terminal;
  readonly #editor: Editor;
  readonly #display: Display;
  readonly #outside: Outside;
  readonly #foreground: Foreground;
  readonly #host: PromptHost;
  readonly #questions: Questions;
  readonly #typing: Typing;
  readonly #tab: Tab;
  readonly #queue: Queue;
  readonly #connection: Connection;
  #left: (status: Exit) => void = () => {};

  constructor(options: InteractiveOptions) {
    const { clock } = options;
    this.#options = options;
    this.#settingsFile = new SettingsFile();
    const { settings, problems } = this.#settingsFile.read();
    settings.timeout = options.timeout;
    if (options.json) settings.format = 'json';
    this.#history = new History();
    this.#terminal = Terminal.open();
    this.#editor = this.#makeEditor();
    this.#display = new Display(this.#editor, this.#terminal, clock, settings);
    this.#outside = new Outside(this.#editor, this.#terminal);
    this.#foreground = new Foreground(this.#editor);
    this.#host = this.#makeHost(settings);
    this.#questions = new Questions(this.#editor, this.#host);
    this.#typing = new Typing(this.#host, {
      facts: () => this.#connection.facts,
      devices: () => this.#connection.devices,
      files: typed => listFiles(typed, this.#host.folder),
    });
    this.#tab = new Tab(this.#editor, this.#host, this.#typing, clock);
    this.#queue = new Queue(this.#host, {
      hmp: options.hmp,
      outside: command => this.#outside.run(command, this.#host.folder),
      yes: options.yes,
      ask: (question, keys) => this.#editor.ask(question, keys),
      ran: async (text, status) => this.#host.tutor?.ran(text, status),
      echo: text => this.#echo(text),
    });
    this.#connection = new Connection(this.#editor, this.#host, {
      clock,
      prompt: this.#prompt(),
      print: lines => this.#display.print(lines),
      learned: () => this.#learned(),
    });
    for (const problem of problems) this.#host.note(problem, 'warning');
    options.said?.(row => this.#host.show([[span('qemu: ', 'dim'), span(safe(row))]]));
  }

  #makeEditor(): Editor {
    const editing = {
      write: (text: string) => void this.#terminal.write(text),
      size: this.#terminal.size,
      palette: palette(this.#options.colour),
      prompt: this.#prompt(),
      after: this.#options.clock.after,
      reflow: reflowOf(process.env),
      decor: { colour: (text: string, cursor: number) => this.#typing.marks(text, cursor) },
      settings: EDITING,
    };
    return this.#terminal.plain ? new PlainEditor(editing) : new LineEditor(editing);
  }

  #makeHost(settings: Settings): PromptHost {
    return new PromptHost({
      ...this.#options,
      settings,
      width: () => this.#terminal.size.columns,
      print: lines => this.#display.print(lines),
      page: lines => this.#display.page(lines),
      utcOffset: () => -new Date().getTimezoneOffset(),
      ask: (sentences, question) => this.#questions.confirm(sentences, question),
      busy: (what, run) => this.#foreground.run(what, run),
      pipe: (command, input, folder) => this.#outside.pipe(command, input, folder),
      ...(this.#terminal.plain ? {} : { live: run => this.#display.live(run), fill: this.#fill }),
      editLine: text => this.#edit(text),
      setLine: text => this.#editor.setLine(text),
      dialogue: {
        key: (question, keys) => this.#questions.key(question, keys),
        form: fields => this.#outside.form(fields),
        edit: text => this.#outside.edit(text),
      },
      jobs: () => this.#connection.jobs?.views() ?? [],
      history: () => this.#history.entries,
      keepSettings: now => this.#settingsFile.keep(now),
      settingsApplied: () => this.#applySettings(),
      joined: to => this.#connection.join(to),
      leave: status => void this.#leave(status),
    });
  }

  run(session: Session | undefined): Promise<Exit> {
    return new Promise<Exit>(resolve => {
      this.#left = status => resolve(status);
      this.#listen();
      this.#editor.flush();
      void this.#typing.learnWords();
      this.#applySettings();
      this.#loadHistory();
      const tutor = this.#options.tutor?.(this.#host);
      if (session) this.#host.join(session);
      else this.#connection.gone();
      tutor?.begin(this.#options.above).catch(error => this.#host.failure(error));
    }).finally(() => this.#close());
  }

  async #close(): Promise<void> {
    this.#connection.close();
    this.#editor.close();
    await this.#terminal.close();
    await this.#host.session?.close();
    await this.#host.tutor?.close();
  }

  /** What the editor asks for. */
  #listen(): void {
    this.#terminal.onInput(chunk => this.#tab.input(chunk));
    this.#terminal.onResize(() => {
      this.#editor.resize(this.#terminal.size);
      this.#display.resized();
    });
    this.#terminal.onRepaint(() => this.#editor.resume());
    this.#editor.on(effect => {
      switch (effect.type) {
        case 'submit':
          this.#submit(effect.text);
          break;
        case 'complete':
          this.#tab.complete(effect.ticket, effect.text, effect.cursor, effect.explicit);
          break;
        case 'changed':
          this.#changed(effect.text, effect.cursor);
          break;
        case 'interrupt':
          this.#foreground.interrupt();
          break;
        case 'eof':
          this.#host.leave(0);
          break;
        case 'edit':
          void this.#edit(effect.text);
          break;
        case 'panelKey':
          this.#display.press(effect.key);
          break;
        case 'suspend':
          this.#editor.suspend();
          this.#terminal.suspend();
          break;
      }
    });
  }

  #prompt(): Span {
    return this.#options.hmp ? HMP_PROMPT : PROMPT;
  }

  #echo(text: string): void {
    const { continuation } = this.#editor.settings;
    this.#display.print(
      text.split('\n').map((row, i) => [i === 0 ? this.#prompt() : continuation, span(safe(row))]),
    );
  }

  /** Ends the prompt. Where that ends a VM with somebody's work in it, only after a question. */
  async #leave(status: Exit): Promise<void> {
    const loss = this.#host.session ? this.#host.owned?.loss : undefined;
    const asks = loss !== undefined && this.#host.settings.confirm && !this.#options.yes;
    if (!asks || (await this.#questions.confirm([loss], 'Leave?', 'not left'))) this.#left(status);
  }

  #submit(text: string): void {
    if (text.trim() === '') return;
    try {
      this.#history.add(text);
    } catch (error) {
      this.#host.failure(error);
    }
    void this.#queue.add(text);
  }

  #changed(text: string, cursor: number): void {
    this.#editor.setHint(this.#typing.hint(text, cursor));
    this.#tab.prepare(text, cursor);
    this.#editor.setSuggestion(this.#typing.suggestion(text, cursor));
  }

  /** The line is the same, but more is known about it. */
  #learned(): void {
    this.#editor.recolour();
    this.#changed(this.#editor.text, this.#editor.cursor);
    if (this.#editor.text !== '') this.#tab.refresh();
  }

  async #edit(text: string): Promise<void> {
    try {
      this.#editor.setLine(await this.#outside.edit(text));
    } catch (error) {
      this.#host.failure(error);
    }
  }

  readonly #fill = (line: string, schema: Schema): Promise<string | undefined> =>
    this.#outside.fill(line, { schema, complete: text => this.#typing.completeFresh(text) });

  #loadHistory(): void {
    try {
      this.#editor.setHistory(this.#history.load());
    } catch (error) {
      this.#host.failure(error);
    }
  }

  #applySettings(): void {
    const { keys, menu } = this.#host.settings;
    this.#editor.settings = { ...this.#editor.settings, keys, menu };
  }
}
