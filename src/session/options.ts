// Types of a connection: the options to open it, and how it ended.
import { QmpshError } from '../qmp/errors.ts';
import type { Opening } from '../qmp/protocol.ts';
import type { Clock } from '../qmp/transport.ts';
import type { EventLogOptions } from './events.ts';
import { deliver } from './listeners.ts';
import type { Guess } from './opening.ts';

const GREETING_TIMEOUT = 3000;
/** Milliseconds in which a guest agent answers, if it does: it can be gone without a sign. */
export const AGENT_LIMIT = 30_000;

export interface SessionOptions {
  readonly clock: Clock;
  /** Where the monitor is, for messages. */
  readonly address: string;
  /** Milliseconds to wait for the greeting and for negotiation. */
  readonly greetingTimeout?: number;
  /** false: expect no greeting and negotiate nothing. */
  readonly negotiate?: boolean;
  /**
   * The server is qemu-ga, which sends no greeting and is synchronised instead. A function is asked when no greeting has come for a
   * while: what may be an agent is then tried as one.
   */
  readonly agent?: boolean | (() => Promise<Guess>);
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

/** Milliseconds that the greeting, or an agent's answer, is waited for. */
export function greetingLimit({ greetingTimeout }: Pick<SessionOptions, 'greetingTimeout'>): number {
  return greetingTimeout ?? GREETING_TIMEOUT;
}

/** How the conversation begins: as the guest agent's, as QMP, or as QMP without negotiation. */
export function opening(options: SessionOptions): Opening {
  if (options.agent === true) return 'agent';
  return options.negotiate === false ? 'silent' : 'qmp';
}

/** Shows each message to whoever logs. A log that cannot be written ends the connection with its own sentence; a fault in it is no fault of ours. */
export function telling({ log, clock }: SessionOptions): (direction: 'C' | 'S', text: string) => void {
  return (direction, text) => {
    try {
      log?.(direction, text, clock.time());
    } catch (error) {
      if (error instanceof QmpshError) throw error;
      deliver(() => {
        throw error;
      });
    }
  };
}
