// The ledger of a play: what its steps have done, as far as that is known. An undo reads it before it undoes anything.
import type { Step } from '../page/model.ts';
import type { Reply, Request } from '../qmp/message.ts';
import type { Session } from '../session/client.ts';

/**
 * `open`: under way, or given up before an answer came, so that it may have happened. `failed`: a host command that ended
 * badly, and may have done a part. `unsent`: it never left.
 */
type Fate = 'open' | 'done' | 'refused' | 'failed' | 'unsent';

export interface Deed {
  readonly step: Step;
  /** The line with its values. */
  readonly text: string;
  /** Absent for host commands, pages, and messages that are no requests. */
  readonly request?: Request;
  /** Absent where it went to no monitor. */
  readonly session?: Session;
  /** The monitor's address. */
  readonly monitor?: string;
  /** It removed only files that the page had made. */
  readonly discarded?: true;
  fate: Fate;
}

export class Ledger {
  readonly #deeds: Deed[] = [];

  /** In the order in which they began. */
  get deeds(): readonly Deed[] {
    return this.#deeds;
  }

  /** The deeds that happened, or may have. */
  get standing(): readonly Deed[] {
    return this.#deeds.filter(mayStand);
  }

  begin(deed: Omit<Deed, 'fate'>): Deed {
    const entry: Deed = { ...deed, fate: 'open' };
    this.#deeds.push(entry);
    return entry;
  }

  /** A request was sent: its fate is known when its reply is, also where nobody waits for that any more. */
  sent(deed: Omit<Deed, 'fate'>, reply: Promise<Reply>): Deed {
    const entry = this.begin(deed);
    reply.then(
      ({ kind }) => {
        entry.fate = kind === 'refusal' ? 'refused' : 'done';
      },
      (error: unknown) => {
        if (isUnsent(error)) entry.fate = 'unsent';
      },
    );
    return entry;
  }
}

/** Whether it happened, or may have. */
export function mayStand({ fate }: Deed): boolean {
  return fate !== 'refused' && fate !== 'unsent';
}

function isUnsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'not-sent';
}
