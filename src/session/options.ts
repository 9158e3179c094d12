// Types of a connection: the options to open it, and how it ended.
import type { QmpshError } from '../qmp/errors.ts';
import type { Opening } from '../qmp/protocol.ts';
import type { Clock } from '../qmp/transport.ts';
import type { EventLogOptions } from './events.ts';

export interface SessionOptions {
  readonly clock: Clock;
  /** Where the monitor is, for messages. */
  readonly address: string;
  /** Milliseconds to wait for the greeting and for negotiation. */
  readonly greetingTimeout?: number;
  /** false: expect no greeting and negotiate nothing. */
  readonly negotiate?: boolean;
  /** The server is qemu-ga, which sends no greeting and is synchronised instead. */
  readonly agent?: boolean;
  /** Called when the server has greeted and its answer is on the way: what takes time is best done now. */
  readonly greeted?: () => void;
  /** Gives up opening. */
  readonly signal?: AbortSignal;
  /** Sees the text of each message: C from us, S from the server. `time` is the clock's. */
  readonly log?: (direction: 'C' | 'S', text: string, time: number) => void;
  /** How much of the events is kept. */
  readonly keep?: EventLogOptions;
}

/** How a connection ended. Expected: after `quit`, or because we closed it. */
export interface Ending {
  readonly expected: boolean;
  readonly error?: QmpshError;
}

/** How the conversation begins: as the guest agent's, as QMP, or as QMP without negotiation. */
export function opening(options: SessionOptions): Opening {
  if (options.agent) return 'agent';
  return options.negotiate === false ? 'silent' : 'qmp';
}
