// The host of a prompt: what lines typed on a terminal may use. The screen is given to it.
import { inFolder } from '../io/lessons.ts';
import { kindOfPath } from '../io/pages.ts';
import type { Practice } from '../io/practice.ts';
import type { Problem, Warning } from '../language/line.ts';
import { print } from '../language/print.ts';
import { problemText } from '../language/problem.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import { renderEvent } from '../render/event.ts';
import type { JobView } from '../render/job.ts';
import { renderReply } from '../render/reply.ts';
import type { Schema } from '../schema/model.ts';
import { explainRefusal } from '../schema/notes.ts';
import type { Session } from '../session/client.ts';
import type { JobOutcome } from '../session/jobs.ts';
import { type Json, spacedJson, stringifyJson } from '../text/json.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { ALL_EVENTS, type EventFilter } from './filter.ts';
import type { Dialogue, Exit, Host } from './host.ts';
import type { Tutor } from './lesson/tutor.ts';
import type { Live } from './live.ts';
import { type Owned, ownedPractice } from './owned.ts';
import { runLine } from './run.ts';
import { schemaOf } from './send.ts';
import type { Settings } from './settings.ts';

/** What the prompt's host needs of the screen and of the machine. */
export interface PromptParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly address: string;
  readonly practice: Practice | undefined;
  readonly owned?: Owned | undefined;
  readonly schema: Schema | undefined;
  readonly folder: string;
  readonly verbose: boolean;
  /** Lines are HMP commands. */
  readonly hmp?: boolean;
  readonly yes: boolean;
  readonly width: () => number;
  readonly print: (lines: readonly StyledLine[]) => void;
  /** Prints a screenful at a time where there is more than one. */
  readonly page: (lines: readonly StyledLine[]) => Promise<void>;
  readonly utcOffset: () => number;
  /** A one-key question in place of the prompt. */
  readonly ask: (sentences: readonly string[], question: string) => Promise<boolean>;
  /** Shows that something is waited for until the promise settles; the signal is Ctrl-C. */
  readonly busy: <T>(what: string, run: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Gives the terminal to a program of the host for a while. */
  readonly pipe: (command: string, input: string, folder: string) => Promise<number>;
  readonly history: () => readonly string[];
  readonly keepSettings: (settings: Settings) => void;
  /** Settings are other than before. */
  readonly settingsApplied: () => void;
  /** Runs a view redrawn in place; absent where the screen cannot do that. */
  readonly live?: <T>(run: (live: Live) => Promise<T>) => Promise<T>;
  readonly setLine: (text: string) => void;
  readonly editLine: (text: string) => Promise<void>;
  readonly fill?: (line: string, schema: Schema) => Promise<string | undefined>;
  readonly jobs: () => readonly JobView[];
  /** Questions of pages. */
  readonly dialogue: Dialogue;
  readonly connect: (address: string, signal?: AbortSignal) => Promise<Session>;
  /** A new session, to be listened to, or the end of one. */
  readonly joined: (session: Session) => void;
  readonly leave: (status: Exit) => void;
}

export class PromptHost implements Host {
  readonly kind = 'prompt';
  readonly settings: Settings;
  readonly clock: Clock;
  folder: string;
  session: Session | undefined;
  address: string;
  practice: Practice | undefined;
  /** We are leaving a monitor for another: its end is no news. */
  parting = false;
  filter: EventFilter = ALL_EVENTS;
  mark = 0;
  schema: Schema | undefined;
  readonly live?: <T>(run: (live: Live) => Promise<T>) => Promise<T>;
  readonly setLine: (text: string) => void;
  readonly editLine: (text: string) => Promise<void>;
  readonly fill?: (line: string, schema: Schema) => Promise<string | undefined>;
  readonly utcOffset: () => number;
  readonly dialogue: Dialogue;
  last: Json = null;
  tutor: Tutor | undefined;
  readonly hmp: boolean;
  readonly #parts: PromptParts;
  readonly #given: Schema | undefined;

  constructor(parts: PromptParts) {
    this.#parts = parts;
    this.#given = parts.schema;
    this.settings = parts.settings;
    this.hmp = parts.hmp === true;
    this.setLine = parts.setLine;
    this.dialogue = parts.dialogue;
    this.editLine = parts.editLine;
    if (parts.fill) this.fill = parts.fill;
    this.utcOffset = parts.utcOffset;
    if (parts.live) this.live = parts.live;
    this.clock = parts.clock;
    this.folder = parts.folder;
    this.address = parts.address;
    this.practice = parts.practice;
    this.schema = parts.schema;
  }

  get width(): number {
    return this.#parts.width();
  }

  /** Takes over a session: its schema is fetched behind the prompt. */
  join(session: Session): void {
    this.session = session;
    this.mark = session.events.end;
    this.#parts.joined(session);
  }

  async connect(address: string, signal?: AbortSignal): Promise<void> {
    // A monitor serves one client: before we can come back to the same one, we have to leave it.
    const to = this.#inPractice(address);
    if (to === this.address) await this.#part();
    const session = await this.#parts.connect(to, signal);
    await this.#part();
    this.schema = this.#given;
    this.address = to;
    this.join(session);
  }

  async #part(): Promise<void> {
    this.parting = true;
    await this.session?.close();
    this.session = undefined;
    this.parting = false;
  }

  /** The VM connected to, where it is ours and ends with the shell. */
  get owned(): Owned | undefined {
    const { address, practice } = this;
    if (address === this.#parts.address && this.#parts.owned) return this.#parts.owned;
    return practice?.address === address ? ownedPractice(practice, false) : undefined;
  }

  /** A socket in the practice VM's folder may be named as QEMU names it there. */
  #inPractice(address: string): string {
    const there = inFolder(this.folder, address);
    return this.practice && kindOfPath(there) === 'socket' ? there : address;
  }

  run(text: string): Promise<Exit> {
    return runLine(text, this);
  }

  async loadSchema(): Promise<Schema | undefined> {
    const { session } = this;
    if (this.schema || !session) return this.schema;
    const schema = await schemaOf(session);
    if (session === this.session) this.schema = schema;
    return this.schema;
  }

  show(lines: readonly StyledLine[]): void {
    this.#parts.print(lines.flatMap(line => wrapLine(line, this.width)));
  }

  page(lines: readonly StyledLine[]): Promise<void> {
    return this.#parts.page(lines.flatMap(line => wrapLine(line, this.width)));
  }

  note(text: string, role: 'dim' | 'warning' | 'ok' = 'dim'): void {
    this.show([[span(safe(text), role)]]);
  }

  showEvents(events: readonly QmpEvent[]): void {
    const options = { width: this.width, utcOffsetMinutes: this.#parts.utcOffset() };
    this.#parts.print(events.flatMap(event => wrapLine(renderEvent(event, options), options.width, 2)));
  }

  waited(event: QmpEvent): void {
    if (!this.filter.on || this.filter.patterns.length > 0) this.showEvents([event]);
  }

  problems(text: string, problems: readonly (Problem | Warning)[], role: 'error' | 'warning'): void {
    this.show(problems.flatMap(problem => problemText(text, problem, { role, width: this.width })));
  }

  failure(error: unknown): Exit {
    if (!(error instanceof QmpshError)) throw error;
    const indent = 'error  '.length;
    const rows: StyledLine[] = [[span('error', 'error'), span('  '), span(safe(error.message))]];
    if (error.advice !== undefined) rows.push([span(' '.repeat(indent)), span(safe(error.advice), 'dim')]);
    this.#parts.print(rows.flatMap(row => wrapLine(row, this.width, indent)));
    return error.exit;
  }

  jobOutcome(outcome: JobOutcome): Exit {
    const text = `job ${outcome.id} `;
    if (outcome.kind === 'success') {
      this.show([
        [span(safe(text)), span(safe(outcome.state === 'null' ? 'concluded' : outcome.state), 'ok')],
      ]);
      return 0;
    }
    const why = outcome.error === undefined ? '' : `: ${outcome.error}`;
    this.show([[span(safe(text)), span(outcome.kind, 'error'), span(safe(why))]]);
    return 1;
  }

  echo(message: Json): void {
    if (this.#parts.verbose) this.show([[span('-> ', 'dim'), span(safe(spacedJson(message)))]]);
  }

  reply(reply: Reply, request: Request | undefined): Promise<void> {
    const pending = this.session?.pending ?? [];
    const command = request?.execute ?? '';
    // With others still under way, say which one this answers.
    const whose: StyledLine[] =
      pending.length > 0 && command !== '' ? [[span(`${safe(command)}:`, 'dim')]] : [];
    const lines = renderReply(reply, {
      command,
      width: this.width,
      format: this.settings.format,
      ...(request ? { request } : {}),
      explain: explained,
    });
    return this.#parts.page([...whose, ...lines]);
  }

  jobs(): readonly JobView[] {
    return this.#parts.jobs();
  }

  open(address: string): Promise<Session> {
    return this.#parts.connect(address);
  }

  /** `--yes` answers this question, too. */
  get allowShell(): boolean {
    return this.#parts.yes;
  }

  history(): readonly string[] {
    return this.#parts.history();
  }

  async settingsChanged(): Promise<void> {
    this.#parts.settingsApplied();
    this.#parts.keepSettings(this.settings);
  }

  confirm(sentences: readonly string[], question: string): Promise<boolean> {
    return this.#parts.yes ? Promise.resolve(true) : this.#parts.ask(sentences, question);
  }

  foreground<T>(what: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#parts.busy(what, run);
  }

  async pipe(command: string, value: Json): Promise<Exit> {
    const status = await this.#parts.pipe(command, `${stringifyJson(value, 4)}\n`, this.folder);
    if (status !== 0) this.note(`${command.trim()}: exit status ${status}`, 'warning');
    return status === 0 ? 0 : 1;
  }

  leave(status: Exit = 0): void {
    this.#parts.leave(status);
  }
}

/** What a puzzling refusal means, with the line that would work. */
function explained(
  desc: string,
  request?: Request,
): { readonly text: string; readonly line?: string } | undefined {
  const meaning = explainRefusal(desc, request);
  return meaning?.instead ? { text: meaning.text, line: print(meaning.instead) } : meaning;
}
