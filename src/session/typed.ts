// A session whose commands and events have types: those that `qmpsh types` prints. Types only; the values are a Session's.
import type { QmpEvent, Refusal, Success } from '../qmp/message.ts';
import type { Session } from './client.ts';
import type { EventWait } from './feed.ts';
import type { LastingSession } from './lasting.ts';
import type { WaitOptions } from './wait.ts';

/** What a module of declarations exports as `Qmp`. */
export interface QmpTypes {
  readonly commands: object;
  readonly events: object;
}

/** A command's part of the declarations. */
type Part<Q extends QmpTypes, N extends keyof Q['commands'], K extends string> = Q['commands'][N] extends {
  readonly [key in K]: infer T;
}
  ? T
  : never;

/** The reply to a command of that name. */
export type TypedReply<Q extends QmpTypes, N extends keyof Q['commands']> =
  | (Omit<Success, 'value'> & { readonly value: Part<Q, N, 'returns'> })
  | Refusal;

type NoMembers = Record<never, never>;

/** Arguments may be left out where none is required. */
type Rest<A> = NoMembers extends A ? [args?: A, options?: WaitOptions] : [args: A, options?: WaitOptions];

/** The events, told apart by their names. */
export type TypedEvent<Q extends QmpTypes> = {
  [N in keyof Q['events'] & string]: Omit<QmpEvent, 'name' | 'data'> & {
    readonly name: N;
    readonly data: Q['events'][N];
  };
}[keyof Q['events'] & string];

/** A session with the commands and events of `Q`. `send` and `sendRaw` take any, as ever. */
export interface Connection<Q extends QmpTypes> extends Omit<Session, 'execute' | 'onEvent' | 'waitFor'> {
  /** Sends a command and gives its reply, a refusal too. */
  execute<N extends keyof Q['commands'] & string>(
    command: N,
    ...rest: Rest<Part<Q, N, 'arguments'>>
  ): Promise<TypedReply<Q, N>>;
  /** Calls the listener with each event from now on; the first one also gets what came before. */
  onEvent(listener: (event: TypedEvent<Q>, position: number) => void): () => void;
  /** The first event at position `since` or later that matches. Rejects with `timeout`, `interrupted` or `lost`. */
  waitFor(match: (event: TypedEvent<Q>) => boolean, options: EventWait): Promise<TypedEvent<Q>>;
}

/** A connection that is made anew when it is lost, with the commands and events of `Q`. */
export interface LastingConnection<Q extends QmpTypes>
  extends Omit<LastingSession, 'execute' | 'onEvent' | 'onConnect' | 'session'>,
    Pick<Connection<Q>, 'execute' | 'onEvent'> {
  /** The connection that is there now, or was the last. */
  readonly session: Connection<Q>;
  /** Calls the listener with each further connection: what was known of the VM may be true no more. */
  onConnect(listener: (session: Connection<Q>) => void): () => void;
}
