// The prompt on a terminal: puts its parts together. The parts are in the files that it imports.
import { type Editor, reflowOf } from '../editor/editor.ts';
import { PlainEditor } from '../editor/plain.ts';
import { LineEditor } from '../editor/screen.ts';
import { compiled } from '../io/compiled.ts';
import { listFiles } from '../io/listing.ts';
import { Terminal } from '../io/terminal.ts';
import type { Exit } from '../line/exit.ts';
import { isOpen } from '../line/hmpmode.ts';
import type { Settings } from '../line/settings.ts';
import type { Schema } from '../schema/model.ts';
import { maskText, mayHoldSecret } from '../schema/notes/secrettext.ts';
import type { Session } from '../session/client.ts';
import { span } from '../text/line.ts';
import { palette } from '../text/palette.ts';
import { safe } from '../text/safe.ts';
import type { Span } from '../text/style.ts';
import { Connection } from './connection.ts';
import { PromptConsoles } from './consoles.ts';
import { Display } from './display.ts';
import { Foreground } from './foreground.ts';
import { History } from './history.ts';
import { Leaving } from './leaving.ts';
import { Mark } from './mark.ts';
import type { InteractiveOptions } from './options.ts';
import { Outside } from './outside.ts';
import { OwnLine } from './ownline.ts';
import { PromptHost } from './prompt.ts';
import { Questions } from './questions.ts';
import { Queue } from './queue.ts';
import { SettingsFile } from './settingsfile.ts';
import { Tab } from './tab.ts';
import { Typing } from './typing.ts';
import { PromptTypist } from './typist.ts';

const PROMPT: Span = { text: '(QEMU) ', role: 'prompt' };
const HMP_PROMPT: Span = { text: '(HMP) ', role: 'prompt' };

const CTRL_C = Uint8Array.of(3);
/** Milliseconds that the undo of a page may take once the terminal has gone: nobody can end one that hangs. */
const UNDO_LIMIT = 60_000;

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
  readonly #ownLine: OwnLine;
  readonly #host: PromptHost;
  readonly #typist: PromptTypist;
  readonly #questions: Questions;
  readonly #typing: Typing;
  readonly #tab: Tab;
  readonly #queue: Queue;
  readonly #connection: Connection;
  readonly #leaving: Leaving;
  readonly #mark: Mark;
  readonly #consoles: PromptConsoles;

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
    this.#foreground = new Foreground(this.#editor, clock, () => this.#terminal.size.columns);
    this.#ownLine = new OwnLine(this.#foreground, () =>
      this.#changed(this.#editor.text, this.#editor.cursor),
    );
    const interrupt = () => this.#foreground.interrupt();
    this.#display = new Display(this.#editor, this.#terminal, clock, settings, interrupt);
    this.#outside = new Outside(this.#editor, this.#terminal);
    this.#typist = this.#makeTypist();
    this.#host = this.#makeHost(settings);
    this.#consoles = new PromptConsoles(this.#host, {
      lend: use => this.#outside.lend(use),
      plain: this.#terminal.plain,
    });
    this.#typist.consoles = this.#consoles;
    this.#mark = new Mark(this.#editor, this.#host, this.#prompt());
    this.#questions = new Questions(this.#editor, this.#host);
    this.#leaving = new Leaving(this.#host, this.#questions, { yes: options.yes, after: clock.after });
    this.#typing = new Typing(this.#host, {
      greys: options.colour > 0 || this.#terminal.marks?.dim === true,
      known: () => this.#connection.known,
      files: typed => listFiles(typed, this.#host.folder),
    });
    this.#tab = new Tab(this.#editor, this.#host, this.#typing, clock, () => this.#learned());
    this.#queue = new Queue(this.#host, {
      hmp: options.hmp,
      outside: command => this.#outside.run(command, this.#host.folder),
      yes: options.yes,
      ask: (question, keys) => this.#editor.ask(question, keys),
      ready: text => this.#host.typist.tutor?.ready(text) ?? true,
      ran: (text, status) => this.#ran(text, status),
      echo: text => this.#echo(text),
    });
    this.#connection = new Connection(this.#editor, this.#host, {
      ...{ clock, mark: this.#mark, plain: this.#terminal.plain },
      connect: options.connect,
      idle: () => this.#foreground.idle(),
      stopOf: since => this.#foreground.stopOf(since),
      signal: () => this.#foreground.signal,
      child: options.child,
      owned: session => void this.#consoles.joined(session),
      print: lines => this.#display.print(lines),
      learned: () => this.#learned(),
    });
    for (const problem of problems) this.#host.note(problem, 'warning');
    options.warned(text => this.#host.note(text, 'warning'));
    options.said?.(row => this.#host.show([[span('qemu: ', 'dim'), span(safe(row))]]));
  }

  #makeEditor(): Editor {
    const editing = {
      write: (text: string) => void this.#terminal.write(text),
      size: this.#terminal.size,
      palette: palette(this.#options.colour, this.#terminal.marks),
      prompt: this.#prompt(),
      after: this.#options.clock.after,
      reflow: reflowOf(process.env),
      shapes: process.env['TERM'] !== 'linux',
      decor: { colour: (text: string, cursor: number) => this.#typing.highlights(text, cursor) },
      settings: {
        isOpen: (text: string) => isOpen(text, this.#options.hmp),
        remembers: (text: string) => !mayHoldSecret(text),
        passes: (text: string) => this.#queue.passes(text),
      },
    };
    return this.#terminal.plain ? new PlainEditor(editing) : new LineEditor(editing);
  }

  #makeHost(settings: Settings): PromptHost {
    return new PromptHost({
      ...this.#options,
      settings,
      width: () => this.#terminal.size.columns,
      height: () => (this.#terminal.plain ? undefined : this.#terminal.size.rows),
      display: this.#display,
      utcOffset: () => -new Date().getTimezoneOffset(),
      busy: (what, run, stop) => this.#foreground.run(what, run, stop),
      keep: run => this.#foreground.keep(run),
      leaving: () => this.#foreground.leaving,
      signal: () => this.#foreground.signal,
      silence: () => this.#connection.silence(),
      pipe: (command, input, folder) => this.#outside.pipe(command, input, folder),
      typist: this.#typist,
      jobs: () => this.#connection.jobs?.views() ?? [],
      tells: id => this.#connection.tells(id),
      known: () => this.#connection.known,
      joined: to => this.#connection.join(to),
      reconnect: () => this.#connection.reconnect,
      run: text => this.#queue.run(text),
      recording: () => this.#mark.show(),
      leave: status => void this.#leaving.leave(status),
    });
  }

  #makeTypist(): PromptTypist {
    const { plain } = this.#terminal;
    return new PromptTypist({
      yes: this.#options.yes,
      dialogue: {
        key: (...asked) => this.#questions.key(...asked),
        line: () => this.#ownLine.read(),
        form: fields => this.#outside.form(fields),
        edit: text => this.#outside.edit(text),
      },
      ask: (sentences, question) => this.#questions.confirm(sentences, question),
      history: () => this.#history.entries,
      settingsApplied: () => this.#applySettings(),
      settingsKept: now => this.#settingsFile.keep(now),
      setLine: text => this.#editor.setLine(text),
      editLine: text => this.#edit(text),
      live: plain ? undefined : run => this.#display.live(run),
      fill: plain ? undefined : this.#fill,
    });
  }

  run(session: Session | undefined): Promise<Exit> {
    this.#listen();
    this.#loadHistory();
    this.#applySettings();
    // What is typed before the first words stand there comes behind them, as they come before the first prompt.
    const welcome = this.#foreground.run('the first answers of QEMU', () => this.#welcome(session));
    // Nobody waits for the words before the prompt stands, nor for what is compiled later.
    const learned = welcome.then(() => this.#typing.learnWords()).then(() => this.#learned());
    void learned.then(() => compiled('prompt'));
    this.#editor.flush();
    return this.#leaving.left.finally(() => this.#close());
  }

  async #welcome(session: Session | undefined): Promise<void> {
    const { tutor: begin, above } = this.#options;
    try {
      const tutor = begin?.(this.#host);
      if (session) await this.#host.join(session);
      else this.#connection.gone();
      await tutor?.begin(above);
    } catch (error) {
      this.#host.failure(error);
    }
  }

  async #close(): Promise<void> {
    this.#connection.close();
    this.#consoles.close();
    this.#editor.close();
    await this.#terminal.close();
    await this.#host.session?.close();
    await this.#host.monitors.close();
    await this.#typist.close();
  }

  /** Connects the terminal and the editor's effects with the parts of the prompt. */
  #listen(): void {
    this.#terminal.onInput(chunk => this.#tab.input(chunk));
    this.#terminal.onResize(() => {
      this.#editor.resize(this.#terminal.size);
      this.#display.resized();
    });
    this.#terminal.onRepaint(() => this.#editor.resume());
    this.#terminal.onExit(() => this.#foreground.leave(() => this.#tab.input(CTRL_C)), UNDO_LIMIT);
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
          if (!this.#ownLine.take()) this.#foreground.interrupt();
          break;
        case 'eof':
          if (!this.#ownLine.take()) this.#host.leave(0);
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

  async #ran(text: string, status: number): Promise<void> {
    this.#typing.ran(text, status);
    try {
      await this.#host.typist.tutor?.ran(text, status);
    } catch (error) {
      this.#host.failure(error);
    }
  }

  #echo(text: string): void {
    this.#host.stands(text);
    const { continuation } = this.#editor.settings;
    this.#display.print(
      maskText(text)
        .split('\n')
        .map((row, i) => [i === 0 ? this.#prompt() : continuation, span(safe(row))]),
    );
  }

  #submit(text: string): void {
    if (text.trim() === '') return void this.#ownLine.take();
    try {
      this.#history.add(text);
    } catch (error) {
      this.#host.failure(error);
    }
    this.#display.typed(text, this.#prompt().text);
    this.#host.stands(text);
    if (!this.#ownLine.take(text)) this.#editor.answers(this.#queue.add(text));
  }

  #changed(text: string, cursor: number): void {
    this.#editor.setHint((text === '' ? this.#ownLine.hint : undefined) ?? this.#typing.hint(text, cursor));
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
    const { keys, menu, alt } = this.#host.settings;
    this.#editor.settings = { ...this.#editor.settings, keys, menu, alt };
    if (this.#host.session) this.#mark.show();
  }
}
