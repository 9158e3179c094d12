// What a page is played on when it is rehearsed: the twin in place of the VM, a deputy in place of this host, and the
// screen of whoever asked for it.

import type { Problem, Warning } from '../language/line.ts';
import type { Exit } from '../line/exit.ts';
import { NO_EVENTS } from '../line/filter.ts';
import type { Host } from '../line/host.ts';
import type { Settings } from '../line/settings.ts';
import type { Value } from '../page/value.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Reply, Request } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';
import type { JobOutcome } from '../session/jobs.ts';
import type { Json } from '../text/json.ts';
import type { StyledLine } from '../text/style.ts';
import type { TwinDeputy } from './deputy.ts';
import { NOT_REHEARSED } from './permit.ts';

/** Milliseconds that a reply, a job or a wait may take on a twin, where nothing is copied. */
const LIMIT = 15_000;

export class TwinHost implements Host {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly deputy: TwinDeputy;
  readonly allowShell = false;
  readonly practice = undefined;
  readonly names: Map<string, Value>;
  readonly untilNextInterrupt?: NonNullable<Host['untilNextInterrupt']>;
  session: Session | undefined;
  address = 'the twin';
  folder: string;
  filter = NO_EVENTS;
  mark = 0;
  last: Json = null;
  schema: Schema | undefined;
  readonly #real: Host;
  /** Told of a command behind `|`, which is not run. */
  readonly #piped: (command: string) => void;

  constructor(real: Host, session: Session, deputy: TwinDeputy, piped: (command: string) => void) {
    this.#real = real;
    this.session = session;
    this.deputy = deputy;
    this.clock = real.clock;
    this.folder = real.folder;
    this.names = new Map(real.names);
    this.settings = { ...real.settings, timeout: Math.min(real.settings.timeout || LIMIT, LIMIT) };
    this.#piped = piped;
    if (real.untilNextInterrupt) this.untilNextInterrupt = run => this.#interrupted(run);
  }

  #interrupted<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#real.untilNextInterrupt?.(run) ?? run(new AbortController().signal);
  }

  get width(): number {
    return this.#real.width;
  }

  get height(): number | undefined {
    return this.#real.height;
  }

  get leaving(): boolean {
    return this.#real.leaving === true;
  }

  async loadSchema(): Promise<Schema | undefined> {
    this.schema ??= await this.session?.schema();
    return this.schema;
  }

  foreground<T>(what: string, run: (signal: AbortSignal) => Promise<T>, stop?: string): Promise<T> {
    return this.#real.foreground(what, run, stop);
  }

  keep<T>(run: () => Promise<T>): Promise<T> {
    return this.#real.keep ? this.#real.keep(run) : run();
  }

  async connect(): Promise<void> {
    throw elsewhere();
  }

  async open(): Promise<Session> {
    throw elsewhere();
  }

  async run(): Promise<Exit> {
    throw elsewhere();
  }

  async runWord(): Promise<Exit> {
    throw elsewhere();
  }

  leave(): void {}

  async pipe(command: string): Promise<Exit> {
    this.#piped(command);
    return 0;
  }

  utcOffset(): number {
    return this.#real.utcOffset();
  }

  show(lines: readonly StyledLine[]): void {
    this.#real.show(lines);
  }

  page(lines: readonly StyledLine[]): Promise<void> {
    return this.#real.page(lines);
  }

  note(text: string, role?: 'dim' | 'warning' | 'ok'): void {
    this.#real.note(text, role);
  }

  problems(text: string, problems: readonly (Problem | Warning)[], role: 'error' | 'warning'): void {
    this.#real.problems(text, problems, role);
  }

  failure(error: unknown): Exit {
    return this.#real.failure(error);
  }

  echo(): void {}

  reply(reply: Reply, request: Request | undefined): Promise<void> {
    return this.#real.reply(reply, request);
  }

  showEvents(): void {}

  waited(): void {}

  jobOutcome(outcome: JobOutcome, since: number): Exit {
    return this.#real.jobOutcome(outcome, since);
  }
}

function elsewhere(): QmpshError {
  return new QmpshError('usage', `${NOT_REHEARSED}a rehearsal has one VM, and no way to another`);
}
