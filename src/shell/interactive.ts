// The prompt on a terminal: which part does what. The parts themselves are in the files named by the imports.
import { type Editor, reflowOf } from '../editor/editor.ts';
import { PlainEditor } from '../editor/plain.ts';
import { LineEditor } from '../editor/screen.ts';
import type { EditorSettings } from '../editor/state.ts';
import type { Devices } from '../io/devices.ts';
import { appendTo, readIfThere, replaceFile } from '../io/files.ts';
import { folderPath } from '../io/folders.ts';
import { listFiles } from '../io/listing.ts';
import type { Practice } from '../io/practice.ts';
import { Terminal } from '../io/terminal.ts';
import { completeness } from '../language/tokens.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Clock } from '../qmp/transport.ts';
import { renderEvent } from '../render/event.ts';
import { renderWelcome } from '../render/welcome.ts';
import type { Schema } from '../schema/model.ts';
import { mayHoldSecret } from '../schema/notes.ts';
import type { Session } from '../session/client.ts';
import { Facts } from '../session/facts.ts';
import type { ColourLevel } from '../text/level.ts';
import { span, wrapLine } from '../text/line.ts';
import { palette } from '../text/palette.ts';
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';
import { EventFeed } from './feed.ts';
import { shown } from './filter.ts';
import type { Exit, Host } from './host.ts';
import { JobRows } from './jobrows.ts';
import type { Tutor } from './lesson/tutor.ts';
import { type Live, Panel } from './live.ts';
import type { Owned } from './owned.ts';
import { rowsOf, showPaged } from './pager.ts';
import { readPageWords } from './pages.ts';
import { keepEntry, readPast, type Store } from './past.ts';
import { PromptHost } from './prompt.ts';
import { Queue } from './queue.ts';
import { defaultSettings, readSettings, writeSettings } from './settings.ts';
import { Typing } from './typing.ts';
import { vitals } from './vitals.ts';

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
const GONE: Span = { text: '(gone) ', role: 'warning' };

/** Milliseconds that keys wait for the answer to a Tab before them. */
const TAB_PATIENCE = 300;
const CTRL_C = 3;

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
  readonly #terminal: Terminal;
  readonly #editor: Editor;
  readonly #host: PromptHost;
  readonly #typing: Typing;
  readonly #feed: EventFeed;
  readonly #queue: Queue;
  readonly #store: Store;
  #facts: Facts | undefined;
  #devices: Devices | undefined;
  /** Lines typed before; none that holds a secret, since they are suggested and listed. */
  #past: string[] = [];
  #keeps = true;
  #jobs: JobRows | undefined;
  /** Tabs whose answer is under way. */
  #asked = 0;
  readonly #ahead: Uint8Array[] = [];
  #held: StyledLine[] | undefined;
  #panel: Panel | undefined;
  #interrupt: AbortController | undefined;
  #left: (status: Exit) => void = () => {};

  constructor(options: InteractiveOptions) {
    this.#options = options;
    const settingsFile = `${folderPath('config')}/settings`;
    const { settings, problems } = settingsOn(settingsFile);
    settings.timeout = options.timeout;
    if (options.json) settings.format = 'json';
    this.#store = fileStore(`${folderPath('state')}/history`);
    this.#terminal = Terminal.open();
    const editing = {
      write: (text: string) => void this.#terminal.write(text),
      size: this.#terminal.size,
      palette: palette(options.colour),
      prompt: this.#prompt(),
      after: options.clock.after,
      reflow: reflowOf(process.env),
      decor: { colour: (text: string, cursor: number) => this.#typing.marks(text, cursor) },
      settings: EDITING,
    };
    this.#editor = this.#terminal.plain ? new PlainEditor(editing) : new LineEditor(editing);
    this.#host = new PromptHost({
      ...options,
      settings,
      width: () => this.#terminal.size.columns,
      print: lines => this.#print(lines),
      page: lines => this.#page(lines),
      utcOffset: () => -new Date().getTimezoneOffset(),
      ask: (sentences, question) => this.#ask(sentences, question),
      busy: (what, run) => this.#busy(what, run),
      pipe: (command, input, folder) =>
        this.#outside(async () => (await import('../io/pipeline.ts')).runPipeline(command, input, folder)),
      ...(this.#terminal.plain ? {} : { live: run => this.#live(run), fill: this.#fill }),
      editLine: text => this.#edit(text),
      setLine: text => this.#editor.setLine(text),
      dialogue: {
        key: (question, keys) => this.#key(question, keys),
        form: fields => this.#outside(async () => (await import('../io/form.ts')).askFields(fields)),
        edit: text => this.#inEditor(text),
      },
      jobs: () => this.#jobs?.views() ?? [],
      history: () => this.#past,
      keepSettings: now => {
        replaceFile(settingsFile, writeSettings(now));
      },
      settingsApplied: () => this.#applySettings(),
      joined: to => this.#join(to),
      leave: status => void this.#leave(status),
    });
    this.#typing = new Typing(this.#host, {
      facts: () => this.#facts,
      devices: () => this.#devices,
      files: typed => listFiles(typed, this.#host.folder),
    });
    this.#queue = new Queue(this.#host, {
      hmp: options.hmp,
      outside: command =>
        this.#outside(async () => (await import('../io/outside.ts')).runOutside(command, this.#host.folder)),
      yes: options.yes,
      ask: (question, keys) => this.#editor.ask(question, keys),
      ran: async (text, status) => this.#host.tutor?.ran(text, status),
      echo: text => this.#echo(text),
    });
    this.#feed = new EventFeed(options.clock, events => {
      const width = this.#terminal.size.columns;
      const utcOffsetMinutes = -new Date().getTimezoneOffset();
      this.#print(
        events.flatMap(({ event, count }) =>
          wrapLine(renderEvent(event, { width, utcOffsetMinutes, count }), width, 2),
        ),
      );
    });
    for (const problem of problems) this.#host.note(problem, 'warning');
    options.said?.(row => this.#host.show([[span('qemu: ', 'dim'), span(safe(row))]]));
  }

  run(session: Session | undefined): Promise<Exit> {
    return new Promise<Exit>(resolve => {
      this.#left = status => resolve(status);
      this.#listen();
      this.#editor.flush();
      this.#applySettings();
      this.#loadPast();
      const tutor = this.#options.tutor?.(this.#host);
      if (session) this.#host.join(session);
      else this.#editor.setPrompt(GONE);
      tutor?.begin(this.#options.above).catch(error => this.#host.failure(error));
    }).finally(() => this.#close());
  }

  async #close(): Promise<void> {
    this.#feed.close();
    this.#jobs?.close();
    this.#editor.close();
    await this.#terminal.close();
    await this.#host.session?.close();
    await this.#host.tutor?.close();
  }

  /** What the editor asks for. */
  #listen(): void {
    this.#terminal.onInput(chunk => this.#input(chunk));
    this.#terminal.onResize(() => {
      this.#editor.resize(this.#terminal.size);
      this.#panel?.poke();
    });
    this.#terminal.onRepaint(() => this.#editor.resume());
    this.#editor.on(effect => {
      switch (effect.type) {
        case 'submit':
          this.#submit(effect.text);
          break;
        case 'complete':
          this.#complete(effect.ticket, effect.text, effect.cursor, effect.explicit);
          break;
        case 'changed':
          this.#changed(effect.text, effect.cursor);
          break;
        case 'interrupt':
          this.#interrupt?.abort();
          break;
        case 'eof':
          this.#host.leave(0);
          break;
        case 'edit':
          void this.#edit(effect.text);
          break;
        case 'panelKey':
          this.#panel?.press(effect.key);
          break;
        case 'suspend':
          this.#editor.suspend();
          this.#terminal.suspend();
          break;
      }
    });
  }

  /** A new connection: its events and notices are shown, its facts are learned, its end is told. */
  #join(session: Session): void {
    const facts = new Facts(request => session.send(request).reply);
    this.#facts = facts;
    this.#devices = undefined;
    void this.#learnDevices(session);
    this.#jobs?.close();
    this.#jobs = new JobRows(
      this.#options.clock,
      session,
      () => this.#terminal.size.columns,
      rows => this.#editor.setStatus(rows),
    );
    this.#editor.setPrompt(this.#prompt());
    session.onNotice(text => this.#host.note(text, 'warning'));
    session.onReply(({ name }) => facts.onCommand(name));
    session.onEvent(event => {
      facts.onEvent(event);
      if (shown(this.#host.filter, event)) this.#feed.take(event);
    });
    void this.#welcome(session);
    void session.ended.then(({ error, expected }) => this.#ended(session, expected, error));
  }

  /** Loads what starts programs; that takes milliseconds, so not before the prompt stands. */
  async #learnDevices(session: Session): Promise<void> {
    const { greeting } = session;
    const { address, practice } = this.#host;
    if (!greeting) return;
    const { Devices, programOf } = await import('../io/devices.ts');
    if (this.#host.session === session)
      this.#devices = new Devices(greeting, () => programOf(address, practice?.pid, greeting));
  }

  async #welcome(session: Session): Promise<void> {
    try {
      // A lesson has its own first words.
      const { tutor, practice, owned } = this.#host;
      if (session.greeting && !tutor)
        this.#print([renderWelcome(await vitals(session), this.#terminal.size.columns)]);
      if (owned && !tutor && session === this.#host.session) {
        this.#host.note(owned.note);
        if (practice?.address === this.#host.address)
          this.#host.note('New to this? .learn begins the lessons.');
      }
      await this.#host.loadSchema();
      this.#editor.recolour();
      this.#changed(this.#editor.text, this.#editor.cursor);
      if (this.#editor.text !== '') this.#refresh();
    } catch (error) {
      if (this.#host.session === session) this.#host.failure(error);
    }
  }

  #ended(session: Session, expected: boolean, error: QmpshError | undefined): void {
    if (this.#host.session !== session) return;
    this.#host.session = undefined;
    this.#facts = undefined;
    this.#devices = undefined;
    this.#jobs?.close();
    this.#jobs = undefined;
    if (error && !expected) this.#host.failure(error);
    else if (this.#host.tutor && !this.#host.parting) this.#host.note('QEMU has ended.');
    else if (!this.#host.parting)
      this.#host.note('QEMU has ended. .connect ADDRESS connects to another, Ctrl-D leaves.');
    this.#editor.setPrompt(GONE);
  }

  #prompt(): Span {
    return this.#options.hmp ? HMP_PROMPT : PROMPT;
  }

  #print(lines: readonly StyledLine[]): void {
    if (this.#held) this.#held.push(...lines);
    else this.#editor.print(lines);
  }

  /** What comes meanwhile waits, so as not to stand in the middle of it. */
  async #page(lines: readonly StyledLine[]): Promise<void> {
    const { columns, rows } = this.#terminal.size;
    const paging = this.#host.settings.paging && !this.#terminal.plain && !this.#held && !this.#panel;
    if (!paging || rowsOf(lines, columns) < rows) return this.#print(lines);
    this.#held = [];
    await this.#live(live => showPaged(lines, live, part => this.#editor.print(part))).finally(() => {
      const held = this.#held ?? [];
      this.#held = undefined;
      this.#print(held);
    });
  }

  #echo(text: string): void {
    const { continuation } = this.#editor.settings;
    this.#print(text.split('\n').map((row, i) => [i === 0 ? this.#prompt() : continuation, span(safe(row))]));
  }

  /** Ends the prompt. Where that ends a VM with somebody's work in it, only after a question. */
  async #leave(status: Exit): Promise<void> {
    const loss = this.#host.session ? this.#host.owned?.loss : undefined;
    const asks = loss !== undefined && this.#host.settings.confirm && !this.#options.yes;
    if (!asks || (await this.#ask([loss], 'Leave?', 'not left'))) this.#left(status);
  }

  #submit(text: string): void {
    if (text.trim() === '') return;
    if (!mayHoldSecret(text)) this.#past.push(text);
    try {
      if (this.#keeps) keepEntry(this.#store, text);
    } catch (error) {
      this.#keeps = false; // said once
      this.#host.failure(error);
    }
    void this.#queue.add(text);
  }

  /** At once where nothing has to be asked, so that keys typed right behind Tab find the line completed. */
  #complete(ticket: number, text: string, cursor: number, explicit: boolean): void {
    const offer = () => {
      const { candidates, wanted } = this.#typing.complete(text, cursor);
      this.#editor.candidates(ticket, candidates, explicit);
      return wanted;
    };
    const later = async () => {
      if (explicit) await Promise.all([this.#host.loadSchema(), text.startsWith('.') && readPageWords()]);
      const wanted = offer();
      if (wanted && (await this.#typing.refresh(wanted))) offer();
    };
    const known = this.#host.schema !== undefined && !this.#typing.isStale(text, cursor);
    if (known || !explicit) offer();
    else {
      this.#asked += 1;
      void later()
        .catch(error => this.#host.failure(error))
        .finally(() => {
          this.#asked -= 1;
          // One of them may be the next Tab.
          for (const chunk of this.#ahead.splice(0)) this.#input(chunk);
        });
      this.#options.clock.after(TAB_PATIENCE, () => this.#catchUp());
    }
  }

  #changed(text: string, cursor: number): void {
    this.#editor.setHint(this.#typing.hint(text, cursor));
    // The names that may be wanted next are asked for before Tab is typed.
    if (this.#typing.isStale(text, cursor)) void this.#prepare(text, cursor);
    this.#editor.setSuggestion(this.#typing.suggestion(text, cursor));
  }

  /** Keys typed right behind Tab find the line completed, unless the VM takes its time, or Ctrl-C is among them. */
  #input(chunk: Uint8Array): void {
    if (this.#asked > 0) this.#ahead.push(chunk);
    else this.#editor.input(chunk);
    if (chunk.includes(CTRL_C)) this.#catchUp();
  }

  #catchUp(): void {
    for (const chunk of this.#ahead.splice(0)) this.#editor.input(chunk);
  }

  /** The menu follows what is known now, unless the answer to a Tab will bring it anyway. */
  #refresh(): void {
    if (this.#asked === 0) this.#editor.dispatch({ type: 'refresh' });
  }

  async #prepare(text: string, cursor: number): Promise<void> {
    try {
      if (!(await this.#typing.prepare(text, cursor))) return;
    } catch {
      return; // the end of the connection is told elsewhere
    }
    const { text: now, cursor: at } = this.#editor;
    if (now === text && at === cursor) this.#refresh();
  }

  async #edit(text: string): Promise<void> {
    try {
      this.#editor.setLine(await this.#inEditor(text));
    } catch (error) {
      this.#host.failure(error);
    }
  }

  #inEditor(text: string): Promise<string> {
    return this.#outside(async () => (await import('../io/outside.ts')).editOutside(text));
  }

  async #ask(sentences: readonly string[], question: string, otherwise = 'not sent'): Promise<boolean> {
    this.#host.show(sentences.map(sentence => [span(sentence, 'warning')]));
    const key = await this.#editor.ask(`${question} [y/N] `, ['y', 'n', 'Enter', 'Escape']);
    if (key !== 'y') this.#host.note(otherwise);
    return key === 'y';
  }

  /** One of the keys, the first for Enter; undefined for Ctrl-C and Esc. */
  async #key(question: string, keys: readonly string[]): Promise<string | undefined> {
    const key = await this.#editor.ask(question, [...new Set([...keys, 'Enter', 'Escape'])]);
    if (keys.includes(key)) return key;
    return key === 'Enter' ? keys[0] : undefined;
  }

  async #busy<T>(what: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const interrupt = new AbortController();
    this.#interrupt = interrupt;
    this.#editor.busy(true, `waiting for ${what}; Ctrl-C stops waiting`);
    try {
      return await run(interrupt.signal);
    } finally {
      this.#interrupt = undefined;
      this.#editor.busy(false);
    }
  }

  readonly #fill = (line: string, schema: Schema): Promise<string | undefined> =>
    this.#outside(async () => {
      const [{ fillLine }, { askQuestion }] = await Promise.all([
        import('./filling.ts'),
        import('../io/question.ts'),
      ]);
      const { columns: width } = this.#terminal.size;
      return fillLine(line, {
        schema,
        width,
        ask: askQuestion,
        complete: text => this.#typing.completeFresh(text),
      });
    });

  async #live<T>(run: (live: Live) => Promise<T>): Promise<T> {
    const panel = new Panel(this.#editor, this.#options.clock, () => this.#terminal.size);
    this.#panel = panel;
    try {
      return await run(panel);
    } finally {
      this.#panel = undefined;
      this.#editor.panel(undefined);
      for (const key of panel.unused())
        this.#editor.dispatch([...key].length === 1 ? { type: 'text', text: key } : { type: 'key', key });
    }
  }

  #loadPast(): void {
    try {
      this.#past = [...readPast(this.#store)];
      this.#editor.setHistory(this.#past);
    } catch (error) {
      this.#host.failure(error);
    }
  }

  #applySettings(): void {
    const { keys, menu } = this.#host.settings;
    this.#editor.settings = { ...this.#editor.settings, keys, menu };
  }

  /** Gives the terminal to another program for a while. */
  #outside<T>(use: () => Promise<T>): Promise<T> {
    this.#editor.suspend();
    return this.#terminal.release(use);
  }
}

/** Settings that cannot be read are no reason to stay away. */
function settingsOn(file: string): ReturnType<typeof readSettings> {
  try {
    const { settings, problems } = readSettings(readIfThere(file) ?? '');
    return { settings, problems: problems.map(problem => `${file}: ${problem}`) };
  } catch (error) {
    if (!(error instanceof QmpshError)) throw error;
    return { settings: defaultSettings(), problems: [error.message] };
  }
}

function fileStore(path: string): Store {
  return {
    read: () => readIfThere(path),
    append: text => appendTo(path, text),
    replace: text => replaceFile(path, text),
  };
}
