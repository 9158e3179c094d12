// The host of lines that run without a prompt: replies go to standard output, everything meant for people to standard
// error.
import type { Practice } from '../io/practice.ts';
import type { Problem, Warning } from '../language/line.ts';
import { MOST_PROBLEMS, problemText } from '../language/problem.ts';
import type { Connecting } from '../line/connection.ts';
import type { Exit } from '../line/exit.ts';
import { ALL_EVENTS, type EventFilter, NO_EVENTS, shown } from '../line/filter.ts';
import { hmpModeLine, hmpModeText } from '../line/hmpmode.ts';
import type { Host } from '../line/host.ts';
import { hostCommand, runHostLine } from '../line/hostline.ts';
import type { Known } from '../line/known.ts';
import type { Person } from '../line/person.ts';
import { leftOutNote } from '../line/rows.ts';
import { runLine } from '../line/run.ts';
import { limits, schemaIfAny } from '../line/send.ts';
import type { Settings } from '../line/settings.ts';
import type { Value } from '../page/value.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';
import type { JobOutcome } from '../session/jobs.ts';
import { type Json, spacedJson, stringifyJson } from '../text/json.ts';
import { plain } from '../text/line.ts';
import { safe, safeJson } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { errorRow, jobRow, noteRow, problemRow } from './jsonrows.ts';
import { type BatchLine, meant } from './meant.ts';
import { type More, withOvertaking } from './overtaking.ts';
import { tellUnknown } from './unknown.ts';
import { watch } from './watch.ts';

export interface BatchOptions {
  readonly session: Session;
  readonly address: string;
  readonly practice: Practice | undefined;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly schema: Schema | undefined;
  readonly folder: string;
  readonly verbose: boolean;
  readonly pretty: boolean;
  /** Standard error holds one JSON a row too. */
  readonly json: boolean;
  readonly events: boolean;
  readonly hmp: boolean;
  /** The first line that fails is the last one that runs. */
  readonly exitOnError: boolean;
  /** Writes whole rows; false when the reader has gone. */
  readonly out: (text: string) => boolean;
  readonly err: (text: string) => boolean;
  /** Styled text to what standard error takes. */
  readonly paint: (line: StyledLine) => string;
  readonly signal: AbortSignal;
  /** Gives `run` a signal of its own, which is the interruption after the one that aborted `signal`. */
  readonly untilNextInterrupt?: <T>(run: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly connect: Connecting;
  readonly width?: () => number;
  readonly height?: () => number | undefined;
  /** Pages run commands on this host without a question. */
  readonly allowShell?: boolean;
  readonly yes?: boolean;
  readonly person?: Person;
  readonly pipe: (command: string, input: string, folder: string) => Promise<number>;
}

/** The host of `-c`, of lines from standard input and of pages played from the command line. */
export class BatchHost implements Host {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly folder: string;
  readonly signal: AbortSignal;
  session: Session | undefined;
  address: string;
  practice: Practice | undefined;
  filter: EventFilter;
  mark = 0;
  schema: Schema | undefined;
  known: Known | undefined;
  status: Exit = 0;
  left = false;
  /** Standard output takes no more: its reader has gone, or the disk is full. */
  unread: 'gone' | 'full' | undefined;
  #leftOut = 0;
  /** Messages of QEMU's among the lines, and whether there was anything else. */
  #answers = 0;
  #ran = false;
  /** Resolves when no further line can have a meaning: interrupted, or the connection was lost. */
  readonly stopped: Promise<undefined>;
  #stop: (status: Exit) => void = () => {};
  #running = false;
  last: Json = null;
  readonly allowShell: boolean;
  readonly yes: boolean;
  readonly person?: Person;
  readonly names = new Map<string, Value>();
  readonly #options: BatchOptions;
  readonly #watches: (() => void)[] = [];

  constructor(options: BatchOptions) {
    this.#options = options;
    this.settings = { ...options.settings, confirm: false };
    this.clock = options.clock;
    this.folder = options.folder;
    this.signal = options.signal;
    this.session = options.session;
    this.address = options.address;
    this.practice = options.practice;
    this.schema = options.session.isAgent ? undefined : options.schema;
    this.filter = options.events ? ALL_EVENTS : NO_EVENTS;
    this.stopped = new Promise(resolve => {
      this.#stop = status => {
        this.leave(status);
        resolve(undefined);
      };
    });
    options.signal.addEventListener('abort', () => this.#stop(130));
    this.allowShell = options.allowShell ?? false;
    this.yes = options.yes ?? false;
    if (options.person) this.person = options.person;
    this.#watch(options.session);
  }

  get width(): number {
    return this.#options.width?.() ?? 80;
  }
  get height(): number | undefined {
    return this.#options.height?.();
  }

  /** `more` takes what comes on standard input meanwhile: what goes out of band overtakes a line that hangs. */
  async runAll(lines: readonly BatchLine[], more?: More): Promise<Exit> {
    this.#running = true;
    const queue = [...lines];
    const act = (line: BatchLine) => this.#run(line.text, line.row);
    for (let line = queue.shift(); line; line = queue.shift()) {
      if (this.left) {
        this.#leftOut += meant([line, ...queue]);
        break;
      }
      if (line.leftOut === 'answer') this.#answers += 1;
      if (line.leftOut !== undefined) continue;
      this.#ran ||= meant([line]) > 0;
      for (const status of await withOvertaking(act(line), { host: this, queue, more, act })) {
        if (this.status === 0 || status === 130) this.status = status;
        // Without a connection, or interrupted, the rest has no meaning.
        if (status === 3 || status === 130 || (status !== 0 && this.#options.exitOnError)) this.left = true;
      }
    }
    this.#running = false;
    return this.status;
  }

  leavesOut(count: number): void {
    this.#answers += count;
  }

  /** Says that what QEMU said was left out of what was to run; where there was nothing else, that is a fault. */
  tellLeftOut(): void {
    if (this.#answers === 0) return;
    this.note(leftOutNote(this.#answers), 'warning');
    if (!this.#ran && this.status === 0) this.status = 2;
  }

  /** Says how many lines did not run because nobody would see what they do; gives the exit status. */
  leaveOut({ count, all }: { readonly count: number; readonly all: boolean }): Exit {
    const total = this.#leftOut + count;
    if (total === 0 && all) return this.status;
    const lines = total === 1 ? '1 line' : `${total} lines`;
    const why = this.unread === 'gone' ? 'nobody reads standard output any more: ' : '';
    const what =
      total === 0 ? 'the input is not read to its end' : `${all ? '' : 'at least '}${lines} did not run`;
    this.note(`${why}${what}`, 'warning');
    if (this.status === 0) this.status = 1;
    return this.status;
  }

  #run(text: string, row: number | undefined): Promise<Exit> {
    const command = hostCommand(text);
    if (command !== undefined) return runHostLine(command, text, this, row);
    return runLine(this.#options.hmp ? hmpModeLine(text) : text, this, row);
  }

  #watch(session: Session): void {
    const event = (one: QmpEvent) => {
      if (shown(this.filter, one)) this.showEvents([one]);
    };
    this.#watches.push(watch(session, event, (text, role) => this.note(text, role)));
    void session.ended.then(({ error, expected }) => {
      // A line that is running tells of the end itself.
      if (!expected && !this.#running && this.session === session) this.#stop(this.failure(error));
    });
  }

  /** Listens to its connections no more. */
  release(): void {
    for (const stop of this.#watches.splice(0)) stop();
  }

  run(text: string): Promise<Exit> {
    return this.#run(text, undefined);
  }

  /** Most one-shot commands are no words; loading those takes milliseconds. */
  async runWord(...line: Parameters<Host['runWord']>): Promise<Exit> {
    const { runWord } = await import('../words/words.ts');
    return runWord(line[0], line[1], this, line[2]);
  }

  utcOffset(): number {
    return 0;
  }

  async page(lines: readonly StyledLine[]): Promise<void> {
    this.show(lines);
  }

  async loadSchema(): Promise<Schema | undefined> {
    const { session } = this;
    if (this.known || !session) return this.schema;
    const schema = this.schema ?? (await schemaIfAny(session.schema(limits(this))));
    const { Known, learning } = await import('../line/known.ts');
    const { address } = this;
    this.known = new Known(session, this.clock, address);
    this.schema = schema && learning(schema, () => this.known);
    return this.schema;
  }

  show(lines: readonly StyledLine[]): void {
    const { json, paint } = this.#options;
    this.#err(lines.map(line => (json ? noteRow(plain(line)) : paint(line))).join('\n'));
  }

  showEvents(events: readonly QmpEvent[]): void {
    for (const event of events) this.#err(this.#json(event.raw));
  }

  waited(event: QmpEvent): void {
    if (!shown(this.filter, event)) this.showEvents([event]);
  }

  note(text: string, role: 'dim' | 'warning' | 'ok' = 'dim'): void {
    this.show([[{ text, role }]]);
  }

  problems(
    text: string,
    problems: readonly (Problem | Warning)[],
    role: 'error' | 'warning',
    row?: number,
  ): void {
    for (const problem of problems.slice(0, MOST_PROBLEMS))
      if (this.#options.json) this.#err(problemRow(text, problem, role, row));
      else this.show(problemText(text, problem, { role, ...(row ? { row } : {}) }));
    if (problems.length > MOST_PROBLEMS) this.note(`and ${problems.length - MOST_PROBLEMS} more`);
  }

  failure(error: unknown): Exit {
    if (!(error instanceof QmpshError)) throw error;
    if (this.#options.json) this.#err(errorRow(error));
    else
      this.show([
        [{ text: 'error: ', role: 'error' }, { text: safe(error.message) }],
        ...(error.advice ? [[{ text: error.advice }]] : []),
      ]);
    return error.exit;
  }

  jobOutcome(outcome: JobOutcome): Exit {
    const good = outcome.kind === 'success';
    const text = `job ${outcome.id}: ${good ? outcome.state : outcome.kind}${outcome.error ? `: ${outcome.error}` : ''}`;
    if (this.#options.json) this.#err(jobRow(outcome));
    else this.show([[{ text: safe(text), role: good ? 'dim' : 'error' }]]);
    return good ? 0 : 1;
  }

  echo(message: Json): void {
    if (this.#options.verbose) this.#err(this.#json(message));
  }

  async reply(reply: Reply, request: Request | undefined, typed?: string): Promise<void> {
    const text = this.#options.hmp && !this.#options.json ? hmpModeText(reply) : undefined;
    if (text !== '') this.#out(text ?? this.#json(reply.raw));
    if (reply.kind !== 'refusal' || !request) return;
    if (reply.class === 'CommandNotFound' && (await tellUnknown(request.execute, this))) return;
    const { explain } = await import('../line/explain.ts');
    const meaning = await explain(reply, request, this, typed);
    if (!meaning) return;
    this.note(safe(meaning.text));
    if (meaning.line !== undefined) this.show([[{ text: 'try ', role: 'ok' }, { text: safe(meaning.line) }]]);
  }

  async foreground<T>(_what: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return run(this.#options.signal);
  }

  get leaving(): boolean {
    return this.signal.aborted;
  }

  untilNextInterrupt<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#options.untilNextInterrupt?.(run) ?? run(new AbortController().signal);
  }

  async pipe(command: string, value: Json): Promise<Exit> {
    const status = await this.#options.pipe(command, `${safeJson(stringifyJson(value, 4))}\n`, this.folder);
    return status === 0 ? 0 : 1;
  }

  async connect(address: string, signal?: AbortSignal, agent?: boolean): Promise<void> {
    await this.session?.close();
    this.session = await this.#options.connect(address, signal, { agent });
    this.address = address;
    this.schema = this.session.isAgent ? undefined : this.#options.schema;
    this.known = undefined;
    this.mark = 0;
    this.#watch(this.session);
  }

  open(address: string): Promise<Session> {
    return this.#options.connect(address);
  }

  leave(status: Exit = 0): void {
    this.left = true;
    if (this.status === 0 || status === 130) this.status = status;
  }

  #json(value: Json): string {
    return safeJson(this.#options.pretty ? stringifyJson(value, 4) : spacedJson(value));
  }

  #out(text: string): void {
    // Without a reader, and on a full disk, what further lines do would go unseen.
    let taken = false;
    this.unread = 'full';
    try {
      taken = this.#options.out(`${text}\n`);
      this.unread = taken ? undefined : 'gone';
    } finally {
      if (!taken) this.leave(0);
    }
  }

  #err(text: string): void {
    this.#options.err(`${text}\n`);
  }
}
