// What the prompt is started with.
import type { Practice } from '../io/practice.ts';
import type { Connecting } from '../line/connection.ts';
import type { Owned } from '../line/owned.ts';
import type { Tutor } from '../line/tutor.ts';
import type { Clock } from '../qmp/transport.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';
import type { ColourLevel } from '../text/level.ts';
import type { StyledLine } from '../text/style.ts';
import type { PromptHost } from './prompt.ts';

export interface InteractiveOptions {
  readonly address: string;
  readonly practice: Practice | undefined;
  /** The VM at the address is ours and ends with the shell. */
  readonly owned?: Owned | undefined;
  /** Its process, where it is our child. */
  readonly child?: number | undefined;
  /** Is told where the rows that this VM writes are shown. */
  readonly said?: ((show: (row: string) => void) => void) | undefined;
  /** Is told where warnings of what runs below the prompt are shown. */
  readonly warned: (show: (text: string) => void) => void;
  readonly clock: Clock;
  readonly schema: Schema | undefined;
  readonly folder: string;
  readonly connect: Connecting;
  readonly verbose: boolean;
  readonly hmp: boolean;
  /** Milliseconds a reply may take; 0 for ever. */
  readonly timeout: number;
  readonly colour: ColourLevel;
  readonly yes: boolean;
  /** Leads through a lesson from the beginning on. */
  readonly tutor?: (host: PromptHost) => Tutor;
  /** What stands above its first task. */
  readonly above?: readonly StyledLine[];
  /** The connection that is being made; absent where the VM has ended already and only its files are there. */
  readonly first: Promise<Session> | undefined;
  /** Replies as JSON from the start. */
  readonly json: boolean;
}
