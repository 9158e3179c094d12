// What a line may use while it runs. The prompt, batch and the player each supply one.
import type { Practice } from '../io/practice.ts';
import type { Problem, Warning } from '../language/line.ts';
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';
import type { JobOutcome } from '../session/jobs.ts';
import type { Json } from '../text/json.ts';
import type { StyledLine } from '../text/style.ts';
import type { EventFilter } from './filter.ts';
import type { Settings } from './settings.ts';

/** Exit statuses, as the command line documents them. */
export type Exit = 0 | 1 | 2 | 3 | 4 | 130;

export interface Host {
  readonly kind: 'batch' | 'prompt';
  readonly settings: Settings;
  readonly clock: Clock;
  /** The connection; absent after QEMU has left. */
  session: Session | undefined;
  /** Where the monitor is, as the user wrote it. */
  address: string;
  practice: Practice | undefined;
  /** The working folder of host commands: a practice VM's own folder, else the current one. */
  readonly folder: string;
  /** Which events are shown. */
  filter: EventFilter;
  /** Where in the event log the last command was sent: a `.wait` counts from here. */
  mark: number;
  /** How many columns what is shown may take. */
  readonly width: number;
  /** The schema if it is there already; never asks. */
  readonly schema: Schema | undefined;
  /** The schema, asked for when it is not there yet; undefined where the server has none. */
  loadSchema(): Promise<Schema | undefined>;
  /** Something for a person to read. */
  show(lines: readonly StyledLine[]): void;
  /** A note in one sentence. */
  note(text: string, role?: 'dim' | 'warning' | 'ok'): void;
  problems(
    text: string,
    problems: readonly (Problem | Warning)[],
    role: 'error' | 'warning',
    row?: number,
  ): void;
  failure(error: unknown): Exit;
  /** A request about to be sent; shown with --verbose. */
  echo(message: Json): void;
  /** A reply that came. */
  reply(reply: Reply, request: Request | undefined): void | Promise<void>;
  showEvents(events: readonly QmpEvent[]): void;
  /** The event a `.wait` was for; shown where events are not shown as they come. */
  waited(event: QmpEvent): void;
  /** Says how a job that was waited for ended. */
  jobOutcome(outcome: JobOutcome): Exit;
  /** Lines typed before, oldest first. */
  history(): readonly string[];
  /** Keeps the settings as they are now. */
  settingsChanged(): Promise<void>;
  /** Hands a reply's value as JSON to a command of the host's shell and shows what that prints. */
  pipe(command: string, value: Json): Promise<Exit>;
  /** Asks a yes-or-no question; without a person there to answer, yes. */
  confirm(sentences: readonly string[], question: string): Promise<boolean>;
  /** Runs something the user waits for; its signal is Ctrl-C. */
  foreground<T>(what: string, run: (signal: AbortSignal) => Promise<T>): Promise<T>;
  connect(address: string): Promise<void>;
  leave(status?: Exit): void;
}
