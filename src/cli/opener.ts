// Opens connections for the command line, the prompt and pages: as a monitor, or as a guest agent where somebody has said so or
// the server turns out to be one.
import { CLOCK } from '../io/clock.ts';
import { connect } from '../io/connect.ts';
import { isOwned } from '../line/behind.ts';
import type { Connecting } from '../line/connection.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Transport } from '../qmp/transport.ts';
import { Session } from '../session/client.ts';
import type { SessionOptions } from '../session/options.ts';
import { safe } from '../text/safe.ts';
import type { Invocation } from './invocation.ts';

interface OpenerParts {
  readonly invocation: Pick<Invocation, 'switches' | 'timeout'>;
  /** The address of the command line, to which its options apply, and another way to connect there. */
  readonly address: string;
  readonly transport: (() => Promise<Transport>) | undefined;
  readonly signal: () => AbortSignal;
  readonly log: SessionOptions['log'];
  readonly greeted: () => void;
  readonly warn: (text: string) => void;
}

/** Milliseconds a guest agent is given to be synchronised under -N, where the server may be something else. */
const AGENT_ANSWERS = 1000;

export function opener(parts: OpenerParts): Connecting {
  const { address, warn, log, greeted } = parts;
  const { switches, timeout } = parts.invocation;
  const agents = new Set(switches.has('agent') ? [address] : []);
  return async (to, signal = parts.signal(), { unattended = false, agent } = {}) => {
    const own = to === address ? parts.transport : undefined;
    const start = async (options: Partial<SessionOptions>) => {
      try {
        return await Session.open(own ? await own() : await connect(to, { signal, unattended, tell: warn }), {
          clock: CLOCK,
          address: to,
          signal,
          ...(timeout === undefined ? {} : { greetingTimeout: timeout }),
          ...(log ? { log } : {}),
          greeted,
          ...options,
        });
      } catch (error) {
        throw await (await import('../io/silence.ts')).withReason(error, to);
      }
    };
    if (agent === true) agents.add(to);
    else if (agent === false) agents.delete(to);
    if (agents.has(to)) return start({ agent: true });
    // (libvirt leads to a QEMU for sure.)
    if (own || isOwned(to)) return start(switches.has('skip-negotiation') ? { negotiate: false } : {});
    if (switches.has('skip-negotiation')) return withoutGreeting(start, timeout);
    const session = await start({ agent: async () => (await import('../io/agents.ts')).guessAgent(to) });
    if (session.isAgent) {
      agents.add(to);
      warn(`${safe(to)} is a guest agent: it has answered as one (--agent says so beforehand)`);
    }
    return session;
  };
}

/** -N: a guest agent has to be synchronised first. What does not answer to that is taken as it is. */
async function withoutGreeting(
  start: (options: Partial<SessionOptions>) => Promise<Session>,
  timeout = AGENT_ANSWERS,
): Promise<Session> {
  try {
    return await start({ agent: true, greetingTimeout: Math.min(timeout, AGENT_ANSWERS) });
  } catch (error) {
    if (!(error instanceof QmpshError) || !['silent', 'no-agent'].includes(error.code ?? '')) throw error;
    return start({ negotiate: false });
  }
}
