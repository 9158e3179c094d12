// The interface through which a line uses the VM: session, schema, known names, and waiting that can be interrupted.
import type { Practice } from '../io/practice.ts';
import type { Line } from '../language/line.ts';
import type { Value } from '../page/value.ts';
import type { Clock } from '../qmp/transport.ts';
import type { Schema } from '../schema/model.ts';
import type { Sent, Session } from '../session/client.ts';
import type { Json } from '../text/json.ts';
import type { Deputy } from './deputy.ts';
import type { Exit } from './exit.ts';
import type { Known } from './known.ts';
import type { Monitors } from './monitors.ts';
import type { Owned } from './owned.ts';

/** How a connection is made, beside its address. */
export interface How {
  /** Nobody has asked for it just now, so nothing may be asked on the terminal. */
  readonly unattended?: boolean;
  /** Whether the server is a guest agent; absent: as it was said last, else it is found out. */
  readonly agent?: boolean | undefined;
}

export type Connecting = (address: string, signal?: AbortSignal, how?: How) => Promise<Session>;

export interface Connection {
  readonly clock: Clock;
  /** Absent after QEMU has left. */
  session: Session | undefined;
  /** Where the monitor is, as the user wrote it. */
  address: string;
  practice: Practice | undefined;
  /** Leaving the shell ends the VM. */
  readonly owned?: Owned | undefined;
  /** The working folder of host commands: a practice VM's own folder, else the current one. */
  folder: string;
  /** Stands for this host's files and commands; absent: they are meant themselves. */
  readonly deputy?: Deputy;
  /** Where in the event log the last command was sent: a `.wait` counts from here. */
  mark: number;
  /** The schema if it is there already; never asks. */
  readonly schema: Schema | undefined;
  /** What is known about the VM beside its schema; absent without a connection. */
  readonly known?: Known | undefined;
  /** The schema, asked for when it is not there yet; undefined where the server has none. */
  loadSchema(): Promise<Schema | undefined>;
  /** The value of the last successful reply: what `.let` and `.expect` query. */
  last: Json;
  /** The values that `.let` has given names to. */
  readonly names: Map<string, Value>;
  /** The connection was lost, and is being made again. */
  readonly reconnects?: boolean;
  /** The monitors that are held by name; absent where there is no prompt. */
  readonly monitors?: Monitors;
  /** Leaves this monitor for another. `agent`: whether it is a guest agent; absent: as it was before, or is found out. */
  connect(address: string, signal?: AbortSignal, agent?: boolean): Promise<void>;
  /** Opens a further connection, for pages that speak to two machines. */
  open(address: string): Promise<Session>;
  /** The next Ctrl-C: it stops waiting for replies. */
  readonly signal?: AbortSignal;
  /** The user's commands whose replies are waited for; absent where there is one at a time. */
  readonly awaited?: Set<Sent>;
  /** Runs something the user waits for; its signal is Ctrl-C. */
  foreground<T>(what: string, run: (signal: AbortSignal) => Promise<T>, stop?: string): Promise<T>;
  /** Runs what must still be done after Ctrl-C; its signal is the next Ctrl-C. Absent where `foreground` has a new one. */
  untilNextInterrupt?<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Runs a page: what must come to its end, with its undo, even if the terminal goes away meanwhile. */
  keep?<T>(run: () => Promise<T>): Promise<T>;
  /** The terminal has gone, or the shell was told to go: nobody can be asked, and nothing more is begun. */
  readonly leaving?: boolean;
  /** Runs a line as if it had been entered. */
  run(text: string): Promise<Exit>;
  /** Runs a word. The words are above this room: whoever makes the connection brings them. */
  runWord(line: Extract<Line, { kind: 'word' }>, text: string, row?: number): Promise<Exit>;
  /** Ends the shell. */
  leave(status?: Exit): void;
}
