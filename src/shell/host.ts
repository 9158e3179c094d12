// What a line may use while it runs. The prompt, batch and the player each supply one.
import type { Field } from '../io/form.ts';
import type { Practice } from '../io/practice.ts';
import type { Problem, Warning } from '../language/line.ts';
import type { Value } from '../page/value.ts';
import type { QmpEvent, Reply, Request } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import type { JobView } from '../render/job.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';
import type { JobOutcome } from '../session/jobs.ts';
import type { Json } from '../text/json.ts';
import type { StyledLine } from '../text/style.ts';
import type { EventFilter } from './filter.ts';
import type { Tutor } from './lesson/tutor.ts';
import type { Live } from './live.ts';
import type { Owned } from './owned.ts';
import type { Recorder } from './recorder.ts';
import type { Settings } from './settings.ts';

/** Exit statuses, as the command line documents them. */
export type Exit = 0 | 1 | 2 | 3 | 4 | 130;

/** What a person at the terminal can be asked. */
export interface Dialogue {
  /** A question that one of the keys answers (`q`, `Enter`); undefined when it was turned away by Ctrl-C. */
  key(question: string, keys: readonly string[]): Promise<string | undefined>;
  /** A value for each field; undefined when the form was left. */
  form(fields: readonly Field[]): Promise<ReadonlyMap<string, string> | undefined>;
  /** A text as the person's editor leaves it. */
  edit(text: string): Promise<string>;
}

export interface Host {
  readonly kind: 'batch' | 'prompt';
  readonly settings: Settings;
  readonly clock: Clock;
  /** The connection; absent after QEMU has left. */
  session: Session | undefined;
  /** Where the monitor is, as the user wrote it. */
  address: string;
  practice: Practice | undefined;
  /** Leaving the shell ends the VM. */
  readonly owned?: Owned | undefined;
  /** The working folder of host commands: a practice VM's own folder, else the current one. */
  folder: string;
  /** Which events are shown. */
  filter: EventFilter;
  /** Where in the event log the last command was sent: a `.wait` counts from here. */
  mark: number;
  /** Stops waiting for replies; absent at the prompt, where they may come while the next line is typed. */
  readonly signal?: AbortSignal;
  /** How many columns what is shown may take. */
  readonly width: number;
  /** The schema if it is there already; never asks. */
  readonly schema: Schema | undefined;
  /** The schema, asked for when it is not there yet; undefined where the server has none. */
  loadSchema(): Promise<Schema | undefined>;
  /** Something for a person to read. */
  show(lines: readonly StyledLine[]): void;
  /** The same, a screenful at a time where it is longer than the screen. */
  page?(lines: readonly StyledLine[]): Promise<void>;
  /** A note in one sentence. */
  note(text: string, role?: 'dim' | 'warning' | 'ok'): void;
  problems(
    text: string,
    problems: readonly (Problem | Warning)[],
    role: 'error' | 'warning',
    row?: number,
  ): void;
  failure(error: unknown): Exit;
  /** Runs a line as if it had been entered. */
  run(text: string): Promise<Exit>;
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
  /** Runs what must still be done after Ctrl-C; its signal is the next Ctrl-C. Absent where `foreground` has a new one. */
  untilNextInterrupt?<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T>;
  connect(address: string, signal?: AbortSignal): Promise<void>;
  /** Opens a further connection, for pages that speak to two machines. */
  open?(address: string): Promise<Session>;
  /** Whether `$` steps of pages run on this host without a question. */
  readonly allowShell?: boolean;
  /** Questions to the person at the terminal; absent where there is none. */
  readonly dialogue?: Dialogue;
  /** The value of the last successful reply: what `.let` and `.expect` query. */
  last?: Json;
  /** What `.let` gave names to. */
  names?: Map<string, Value>;
  /** Told what happens while a recording runs. */
  recorder?: Recorder | undefined;
  /** The jobs with what was seen of their progress; absent where nobody watches them. */
  jobs?(): readonly JobView[];
  /** Runs a view that is redrawn in place until the user leaves it; absent where the screen cannot do that. */
  readonly live?: <T>(run: (live: Live) => Promise<T>) => Promise<T>;
  /** Asks for the arguments of a begun line; undefined when the form was left. */
  readonly fill?: (line: string, schema: Schema) => Promise<string | undefined>;
  /** Gives a text to the user's editor and puts it on the prompt as it is then. */
  readonly editLine?: (text: string) => Promise<void>;
  /** Minutes the user's clock is east of UTC. */
  readonly utcOffset?: () => number;
  /** Puts a line on the prompt, to be read and run by the user; absent without a prompt. */
  readonly setLine?: (text: string) => void;
  /** Lines that are no words are HMP commands. */
  readonly hmp?: boolean;
  /** The lesson under way. */
  tutor?: Tutor | undefined;
  /** Where the prompt was before the lesson. */
  home?:
    | { readonly address: string; readonly practice: Practice | undefined; readonly folder: string }
    | undefined;
  leave(status?: Exit): void;
}
