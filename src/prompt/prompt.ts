// The host of lines typed at the prompt. The screen is given to it.
import { inFolder } from '../io/lessons.ts';
import { kindOfPath } from '../io/pages.ts';
import type { Practice } from '../io/practice.ts';
import type { Problem, Warning } from '../language/line.ts';
import { MOST_PROBLEMS, problemText } from '../language/problem.ts';
import type { Connecting } from '../line/connection.ts';
import type { Exit } from '../line/exit.ts';
import { type EventFilter, QUIET, readFilter, shown } from '../line/filter.ts';
import type { Host } from '../line/host.ts';
import { Known, learning } from '../line/known.ts';
import { type Owned, ownedPractice } from '../line/owned.ts';
import type { Typist } from '../line/person.ts';
import type { Recorder } from '../line/recorder.ts';
import { limits, schemaIfAny } from '../line/send.ts';
import type { Settings } from '../line/settings.ts';
import type { Value } from '../page/value.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import { renderEvent } from '../render/event.ts';
import type { JobView } from '../render/job.ts';
import { renderReply } from '../render/reply.ts';
import type { Schema } from '../schema/model.ts';
import { hideIn } from '../schema/notes/secrettext.ts';
import type { Sent, Session } from '../session/client.ts';
import type { JobOutcome } from '../session/jobs.ts';
import { type Json, spacedJson, stringifyJson } from '../text/json.ts';
import { hangLine, span, wrapLine } from '../text/line.ts';
import { safe, safeJson } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import type { Display } from './display.ts';
import { outcomeRow } from './jobends.ts';
import { PromptMonitors } from './monitors.ts';
import { oneRow } from './onerow.ts';
import type { Reconnect } from './reconnect.ts';

/** What the prompt's host needs of the screen and of the machine. */
interface PromptParts {
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
  /** Rows of the screen; undefined where rows only follow each other. */
  readonly height: () => number | undefined;
  readonly display: Pick<Display, 'print' | 'page'> & Partial<Pick<Display, 'under'>>;
  readonly utcOffset: () => number;
  /** Shows that something is waited for until the promise settles; the signal is Ctrl-C. */
  readonly busy: <T>(what: string, run: (signal: AbortSignal) => Promise<T>, stop?: string) => Promise<T>;
  /** Holds up leaving until it has ended. */
  readonly keep: <T>(run: Promise<T>) => Promise<T>;
  readonly leaving: () => boolean;
  /** The next Ctrl-C. */
  readonly signal: () => AbortSignal;
  /** What is to be said while QEMU does not answer. */
  readonly silence?: () => readonly StyledLine[];
  /** Gives the terminal to a program of the host for a while. */
  readonly pipe: (command: string, input: string, folder: string) => Promise<number>;
  readonly typist: Typist;
  readonly jobs: () => readonly JobView[];
  /** Whether the end of the latest job of that id has a row of its own. */
  readonly tells?: (id: string) => boolean;
  readonly connect: Connecting;
  readonly reconnect?: () => Pick<Reconnect, 'tries' | 'stop'>;
  /** A new session, to be listened to; resolves when it was welcomed. */
  readonly joined: (session: Session) => Promise<void>;
  /** What is known about the VM beside its schema. */
  readonly known: () => Known | undefined;
  /** A recording has begun, or has ended. */
  readonly recording: () => void;
  /** Runs a line as one that was typed. */
  readonly run: (text: string) => Promise<number>;
  readonly leave: (status: Exit) => void;
}

export class PromptHost implements Host {
  readonly settings: Settings;
  readonly clock: Clock;
  folder: string;
  session: Session | undefined;
  address: string;
  practice: Practice | undefined;
  /** We are leaving a monitor for another: its end is no news. */
  parting = false;
  filter: EventFilter;
  mark = 0;
  readonly awaited = new Set<Sent>();
  schema: Schema | undefined;
  readonly monitors: PromptMonitors;
  readonly typist: Typist;
  readonly utcOffset: () => number;
  readonly tells: (id: string) => boolean;
  last: Json = null;
  readonly names = new Map<string, Value>();
  readonly hmp: boolean;
  readonly #parts: PromptParts;
  readonly #given: Schema | undefined;
  #recorder: Recorder | undefined;
  #above: string | undefined; // the line that stands on the screen last

  constructor(parts: PromptParts) {
    this.#parts = parts;
    this.#given = parts.schema && learning(parts.schema, parts.known);
    this.settings = parts.settings;
    const filter = readFilter(parts.settings.events.split(' '));
    this.filter = typeof filter === 'string' ? QUIET : filter;
    this.hmp = parts.hmp === true;
    this.typist = parts.typist;
    this.utcOffset = parts.utcOffset;
    this.tells = id => parts.tells?.(id) === true;
    this.clock = parts.clock;
    this.folder = parts.folder;
    this.address = parts.address;
    this.practice = parts.practice;
    this.schema = this.#given;
    this.monitors = new PromptMonitors(this, parts.connect, (address, session) => {
      const known = new Known(session, this.clock, address);
      const its = new PromptHost({ ...parts, address, owned: undefined, known: () => known });
      its.session = session;
      return its;
    });
  }

  get recorder(): Recorder | undefined {
    return this.#recorder;
  }

  set recorder(recorder: Recorder | undefined) {
    this.#recorder = recorder;
    this.#parts.recording();
  }

  get width(): number {
    return this.#parts.width();
  }

  get height(): number | undefined {
    return this.#parts.height();
  }

  /** The next Ctrl-C: what is asked or waited for ends with it. */
  get signal(): AbortSignal {
    return this.#parts.signal();
  }

  silence(): readonly StyledLine[] {
    return this.#parts.silence?.() ?? [];
  }

  /** Goes over to another connection; the one before is left, or stays where it has a name. */
  async moveTo(address: string, session: Session): Promise<void> {
    this.#parts.reconnect?.().stop();
    if (session !== this.session) await this.#part();
    this.address = address;
    await this.join(session);
  }

  /** Takes over a session: its schema is fetched behind the prompt. Resolves when the VM was welcomed. */
  join(session: Session): Promise<void> {
    this.session = session;
    this.schema = session.isAgent ? undefined : this.#given;
    this.monitors.renewed(this.address, session);
    this.mark = session.events.end;
    return this.#parts.joined(session);
  }

  async connect(address: string, signal?: AbortSignal, agent?: boolean): Promise<void> {
    // A monitor serves one client: before we can come back to the same one, we have to leave it.
    this.#parts.reconnect?.().stop();
    const to = this.#inPractice(address);
    if (to === this.address) await this.#part(true);
    await this.moveTo(to, await this.#parts.connect(to, signal, { agent }));
  }

  get reconnects(): boolean {
    return this.#parts.reconnect?.().tries === true;
  }

  async #part(closes = this.monitors.nameOf(this.session) === undefined): Promise<void> {
    this.parting = true;
    if (closes) await this.session?.close();
    this.session = undefined;
    this.parting = false;
  }

  /** The VM here, where it is ours and ends with the shell. */
  get owned(): Owned | undefined {
    const { address, practice } = this;
    if (address === this.#parts.address && this.#parts.owned) return this.#parts.owned;
    return practice?.address === address ? ownedPractice(practice, false) : undefined;
  }

  /** A socket in its folder may be named as QEMU names it there. */
  #inPractice(address: string): string {
    const there = inFolder(this.folder, address);
    return this.practice && kindOfPath(there) === 'socket' ? there : address;
  }

  get person(): Typist {
    return this.typist;
  }

  async run(text: string): Promise<Exit> {
    const status = await this.#parts.run(text);
    // A host command ends with any status.
    return ([0, 1, 2, 3, 4, 130] as const).find(exit => exit === status) ?? 1;
  }

  async runWord(...line: Parameters<Host['runWord']>): Promise<Exit> {
    const { runWord } = await import('../words/words.ts');
    return runWord(line[0], line[1], this, line[2]);
  }

  async loadSchema(): Promise<Schema | undefined> {
    const { session } = this;
    if (this.schema || !session) return this.schema;
    const schema = await schemaIfAny(session.schema(limits(this)));
    if (session === this.session) this.schema = schema && learning(schema, this.#parts.known);
    return this.schema;
  }

  show(lines: readonly StyledLine[]): void {
    this.#parts.display.print(lines.flatMap(line => hangLine(line, this.width)));
  }

  page(lines: readonly StyledLine[]): Promise<void> {
    return this.#parts.display.page(lines.flatMap(line => hangLine(line, this.width)));
  }

  note(text: string, role: 'dim' | 'warning' | 'ok' = 'dim'): void {
    this.show([[span(safe(text), role)]]);
  }

  showEvents(events: readonly QmpEvent[]): void {
    const options = { width: this.width, utcOffsetMinutes: this.#parts.utcOffset() };
    this.#parts.display.print(events.flatMap(event => renderEvent(event, options)));
  }

  waited(event: QmpEvent): void {
    if (!shown(this.filter, event)) this.showEvents([event]);
  }

  problems(text: string, problems: readonly (Problem | Warning)[], role: 'error' | 'warning'): void {
    // What is wrong comes of one cause most often; who has mended that sees what is left.
    const shown = role === 'error' ? problems.slice(0, 1) : problems.slice(0, MOST_PROBLEMS);
    for (const problem of shown) {
      const under = hideIn(text).text === text ? this.#parts.display.under?.(text) : undefined;
      this.show(problemText(text, problem, { role, width: this.width, under }));
    }
    if (problems.length > shown.length) this.note(`and ${problems.length - shown.length} more`);
  }

  failure(error: unknown): Exit {
    if (!(error instanceof QmpshError)) throw error;
    const indent = 'error  '.length;
    const rows: StyledLine[] = [[span('error', 'error'), span('  '), span(safe(error.message))]];
    if (error.advice !== undefined) rows.push([span(' '.repeat(indent)), span(safe(error.advice), 'dim')]);
    this.#parts.display.print(rows.flatMap(row => wrapLine(row, this.width, indent)));
    return error.exit;
  }

  jobOutcome(outcome: JobOutcome, since: number): Exit {
    const { id, ended = -1 } = outcome.job;
    if (ended < since || !this.tells(id)) this.show([outcomeRow(outcome)]);
    return outcome.kind === 'success' ? 0 : 1;
  }

  echo(message: Json): void {
    if (this.#parts.verbose) this.show([[span('-> ', 'dim'), span(safe(spacedJson(message)))]]);
  }

  async reply(reply: Reply, request: Request | undefined, typed?: string): Promise<void> {
    const command = request?.execute ?? '';
    const whose = this.#whose(command, typed);
    const meaning =
      reply.kind === 'refusal' && request
        ? await (await import('../line/explain.ts')).explain(reply, request, this, typed)
        : undefined;
    const lines = renderReply(reply, {
      command,
      width: this.width,
      format: this.settings.format,
      ...(request ? { request } : {}),
      ...(meaning ? { meaning } : {}),
    });
    return this.#parts.display.page([...whose, ...lines]);
  }

  /** Where another line stands above by now, the line that a reply answers. */
  #whose(command: string, typed: string | undefined): readonly StyledLine[] {
    if (this.hmp || typed === undefined)
      return this.awaited.size > 0 && command !== '' ? [[span(`${safe(command)}:`, 'dim')]] : [];
    const row = oneRow(typed);
    if (this.#above === undefined || this.#above === row) return [];
    this.#above = row;
    return [[span('(QEMU) ', 'dim'), span(row, 'dim')]];
  }

  /** The line that stands on the screen from now on: the next reply belongs to it. */
  stands(line: string): void {
    this.#above = oneRow(line);
  }

  get known(): Known | undefined {
    return this.#parts.known();
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

  foreground<T>(what: string, run: (signal: AbortSignal) => Promise<T>, stop?: string): Promise<T> {
    return this.#parts.busy(what, run, stop);
  }

  keep<T>(run: () => Promise<T>): Promise<T> {
    return this.#parts.keep(run());
  }

  get leaving(): boolean {
    return this.#parts.leaving();
  }

  async pipe(command: string, value: Json): Promise<Exit> {
    const status = await this.#parts.pipe(command, `${safeJson(stringifyJson(value, 4))}\n`, this.folder);
    if (status !== 0) this.note(`${command.trim()}: exit status ${status}`, 'warning');
    return status === 0 ? 0 : 1;
  }

  leave(status: Exit = 0): void {
    this.#parts.leave(status);
  }
}
