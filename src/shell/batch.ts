// Lines without a person at the prompt: from -c or standard input. Standard output is replies only.
import type { Practice } from '../io/practice.ts';
import type { Line, Problem, Warning } from '../language/line.ts';
import { problemText } from '../language/problem.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';
import type { JobOutcome } from '../session/jobs.ts';
import { isArray, isObject, type Json, spacedJson, stringifyJson } from '../text/json.ts';
import { plain } from '../text/line.ts';
import { safe, safeJson } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import type { EventFilter } from './filter.ts';
import type { Dialogue, Exit, Host } from './host.ts';
import { errorRow, jobRow, noteRow, problemRow } from './jsonrows.ts';
import { RowReader } from './rows.ts';
import { runLine } from './run.ts';
import { schemaOf } from './send.ts';
import type { Settings } from './settings.ts';
import { understand } from './understand.ts';

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
  /** Writes whole rows; false when the reader has gone. */
  readonly out: (text: string) => boolean;
  readonly err: (text: string) => boolean;
  /** Styled text to what standard error takes. */
  readonly paint: (line: StyledLine) => string;
  readonly signal: AbortSignal;
  /** Gives `run` a signal of its own, which is the interruption after the one that aborted `signal`. */
  readonly untilNextInterrupt?: <T>(run: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly connect: (address: string, signal?: AbortSignal) => Promise<Session>;
  readonly width?: () => number;
  /** Whether `$` steps of pages run without a question. */
  readonly allowShell?: boolean;
  /** A person to ask. */
  readonly dialogue?: Dialogue;
  readonly pipe: (command: string, input: string, folder: string) => Promise<number>;
}

/** A line each; gives the exit status of the first that did not go well. All are understood before one is sent. */
export async function runLines(lines: readonly string[], options: BatchOptions): Promise<Exit> {
  const host = new BatchHost(options);
  const readers = lines.flatMap(text => [...linesOf(text)]);
  if (readers.length > 1 && !options.hmp) {
    for (const text of readers) {
      const line = await understand(text, host);
      const problems =
        line.kind === 'wrong' ? line.problems : line.kind === 'word' ? await wordProblems(line) : [];
      if (problems.length === 0) continue;
      host.problems(text, problems, 'error');
      host.note('Nothing was sent.');
      return 2;
    }
  }
  return host.runAll(readers.map(text => ({ text, row: undefined })));
}

async function wordProblems(line: Extract<Line, { kind: 'word' }>): Promise<readonly Problem[]> {
  const problem = (await import('./words.ts')).unknownWord(line);
  return problem ? [problem] : [];
}

/** Lines from a stream, run as they come. */
export async function runInput(input: AsyncIterable<string>, options: BatchOptions): Promise<Exit> {
  const host = new BatchHost(options);
  const reader = new RowReader();
  const chunks = input[Symbol.asyncIterator]();
  for (;;) {
    // Whoever writes the lines may be silent for hours; an interrupt or the end of QEMU does not wait for them.
    const next = await Promise.race([chunks.next(), host.stopped]);
    if (next === undefined) return host.status;
    if (next.done) return host.runAll(reader.end());
    await host.runAll(reader.push(next.value));
    if (host.left) return host.status;
  }
}

function linesOf(text: string): readonly string[] {
  const reader = new RowReader();
  return [...reader.push(text), ...reader.end()].map(line => line.text);
}

/** A host without a prompt: replies go to one output, what is for people to the other. */
export class BatchHost implements Host {
  readonly kind = 'batch';
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
  status: Exit = 0;
  left = false;
  /** Resolves when no further line can have a meaning: interrupted, or the connection was lost. */
  readonly stopped: Promise<undefined>;
  #stop: (status: Exit) => void = () => {};
  #running = false;
  last: Json = null;
  readonly allowShell: boolean;
  readonly dialogue?: Dialogue;
  readonly #options: BatchOptions;

  constructor(options: BatchOptions) {
    this.#options = options;
    this.settings = { ...options.settings, confirm: false };
    this.clock = options.clock;
    this.folder = options.folder;
    this.signal = options.signal;
    this.session = options.session;
    this.address = options.address;
    this.practice = options.practice;
    this.schema = options.schema;
    this.filter = { on: options.events, patterns: [] };
    this.stopped = new Promise(resolve => {
      this.#stop = status => {
        this.leave(status);
        resolve(undefined);
      };
    });
    options.signal.addEventListener('abort', () => this.#stop(130));
    this.allowShell = options.allowShell ?? false;
    if (options.dialogue) this.dialogue = options.dialogue;
    this.#watch(options.session);
  }

  /** Columns; 80 where the output is no terminal. */
  get width(): number {
    return this.#options.width?.() ?? 80;
  }

  async runAll(lines: readonly { readonly text: string; readonly row: number | undefined }[]): Promise<Exit> {
    this.#running = true;
    for (const { text, row } of lines) {
      if (this.left) break;
      const status = await this.#run(text, row);
      if (this.status === 0 || status === 130) this.status = status;
      // Without a connection, or interrupted, the rest has no meaning.
      if (status === 3 || status === 130) this.left = true;
    }
    this.#running = false;
    return this.status;
  }

  #run(text: string, row: number | undefined): Promise<Exit> {
    if (!this.#options.hmp || text.trim() === '' || text.trimStart().startsWith('.'))
      return runLine(text, this, row);
    return runLine(`.hmp ${text.trim()}`, this, row);
  }

  #watch(session: Session): void {
    session.onEvent(event => {
      if (this.filter.on) this.showEvents([event]);
    });
    session.onNotice(text => this.note(text, 'warning'));
    void session.ended.then(({ error, expected }) => {
      // A line that is running tells of the end itself.
      if (!expected && !this.#running && this.session === session) this.#stop(this.failure(error));
    });
  }

  run(text: string): Promise<Exit> {
    return runLine(text, this);
  }

  async loadSchema(): Promise<Schema | undefined> {
    if (!this.schema && this.session) this.schema = await schemaOf(this.session);
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
    if (!this.filter.on) this.showEvents([event]);
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
    for (const problem of problems)
      if (this.#options.json) this.#err(problemRow(problem, role, row));
      else this.show(problemText(text, problem, { role, ...(row ? { row } : {}) }));
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

  history(): readonly string[] {
    return [];
  }

  async settingsChanged(): Promise<void> {
    this.note('In batch a setting holds until the end of the run; it is not kept.');
  }

  echo(message: Json): void {
    if (this.#options.verbose) this.#err(this.#json(message));
  }

  async reply(reply: Reply, request: Request | undefined): Promise<void> {
    const { id: _, ...rest } = reply.raw;
    this.#out(this.#json(rest));
    if (reply.kind === 'refusal' && reply.class === 'CommandNotFound' && request)
      await this.#meant(request.execute);
  }

  /** A refused name was perhaps a slip: the names this QEMU knows are one cheap query away. */
  async #meant(command: string): Promise<void> {
    const reply = await this.session?.execute('query-commands');
    if (reply?.kind !== 'success' || !isArray(reply.value)) return;
    const names = reply.value.flatMap(row =>
      isObject(row) && typeof row['name'] === 'string' ? [row['name']] : [],
    );
    if (names.includes(command)) return;
    const { nearest } = await import('../text/fuzzy.ts');
    const near = nearest(command, names);
    this.show([
      [
        { text: `${safe(command)}: this QEMU has no such command`, role: 'error' },
        { text: near.length > 0 ? `; did you mean ${near.join(', ')}?` : '' },
      ],
    ]);
  }

  async confirm(): Promise<boolean> {
    return true;
  }

  async foreground<T>(_what: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return run(this.#options.signal);
  }

  untilNextInterrupt<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#options.untilNextInterrupt?.(run) ?? run(new AbortController().signal);
  }

  async pipe(command: string, value: Json): Promise<Exit> {
    const status = await this.#options.pipe(command, `${stringifyJson(value, 4)}\n`, this.folder);
    return status === 0 ? 0 : 1;
  }

  async connect(address: string, signal?: AbortSignal): Promise<void> {
    await this.session?.close();
    this.session = await this.#options.connect(address, signal);
    this.address = address;
    this.schema = undefined;
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
    try {
      taken = this.#options.out(`${text}\n`);
    } finally {
      if (!taken) this.leave(0);
    }
  }

  #err(text: string): void {
    this.#options.err(`${text}\n`);
  }
}
