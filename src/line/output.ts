// The interface through which a line shows replies, notes and problems.
import type { Problem, Warning } from '../language/line.ts';
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import type { JobView } from '../render/job.ts';
import type { JobOutcome } from '../session/jobs.ts';
import type { Json } from '../text/json.ts';
import type { StyledLine } from '../text/style.ts';
import type { Exit } from './exit.ts';
import type { EventFilter } from './filter.ts';
import type { Recorder } from './recorder.ts';
import type { Settings } from './settings.ts';

export interface Output {
  readonly settings: Settings;
  /** Which events are shown. */
  filter: EventFilter;
  /** How many columns what is shown may take. */
  readonly width: number;
  /** How many rows the screen has; absent where there is none. */
  readonly height?: number | undefined;
  /** Minutes the user's clock is east of UTC. */
  readonly utcOffset: () => number;
  /** Something for a person to read. */
  show(lines: readonly StyledLine[]): void;
  /** The same, a screenful at a time where it is longer than the screen. */
  page(lines: readonly StyledLine[]): Promise<void>;
  /** A note in one sentence. */
  note(text: string, role?: 'dim' | 'warning' | 'ok'): void;
  problems(
    text: string,
    problems: readonly (Problem | Warning)[],
    role: 'error' | 'warning',
    row?: number,
  ): void;
  /** Shows a QmpshError and gives its exit status. Any other error is thrown again. */
  failure(error: unknown): Exit;
  /** A request about to be sent, its secrets masked; shown with --verbose. */
  echo(message: Json): void;
  /** A reply that came; `typed` is the line that was sent. */
  reply(reply: Reply, request: Request | undefined, typed?: string): Promise<void>;
  showEvents(events: readonly QmpEvent[]): void;
  /** The event a `.wait` was for; shown where events are not shown as they come. */
  waited(event: QmpEvent): void;
  /** Says how a job that was waited for ended, since that position in the event log perhaps. */
  jobOutcome(outcome: JobOutcome, since: number): Exit;
  /** A line that was shown stands on the screen from now on: the next reply belongs to it. */
  stands?(line: string): void;
  /** Whether the end of the latest job of that id has a row of its own. */
  tells?(id: string): boolean;
  /** The jobs with what was seen of their progress; absent where nobody watches them. */
  jobs?(): readonly JobView[];
  /** What is to be said while QEMU does not answer; no row while it does. */
  silence?(): readonly StyledLine[];
  /** Hands a reply's value as JSON, nothing raw in it, to a command of the host's shell and shows what that prints. */
  pipe(command: string, value: Json): Promise<Exit>;
  /** Told what happens while a recording runs. */
  recorder?: Recorder | undefined;
}
