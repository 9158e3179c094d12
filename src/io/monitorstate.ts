// How a monitor of this host stands: whether somebody is connected to it, and how its VM is. One that is in use is left
// alone: a monitor serves one client, and further ones wait.
import { isAbsolute } from 'node:path';
import { Session } from '../session/client.ts';
import { isObject } from '../text/json.ts';
import { parseAddress } from './address.ts';
import { CLOCK } from './clock.ts';
import { connect } from './connect.ts';
import { TCP_CONNECTED, tcpRowsOf, UNIX_CONNECTED, unixRows } from './sockettable.ts';

export interface MonitorState {
  /** Whether somebody is connected; undefined where that is not known. */
  readonly held?: boolean;
  /** `status` of query-status, where the monitor was free and answered. */
  readonly state?: string;
}

/** Milliseconds that a monitor may take to greet, and to answer. */
const PATIENCE = 1500;

/** Looks at a monitor, and asks for its VM's state where nobody else is connected. Never throws. */
export async function stateOfMonitor(address: string): Promise<MonitorState> {
  const held = isHeld(address);
  if (held === true) return { held };
  let session: Session | undefined;
  try {
    const transport = await connect(address, { signal: AbortSignal.timeout(PATIENCE) });
    session = await Session.open(transport, { clock: CLOCK, address, greetingTimeout: PATIENCE });
    const reply = await session.execute('query-status', {}, { timeout: PATIENCE });
    const value = reply.kind === 'success' && isObject(reply.value) ? reply.value : {};
    const state = value['status'];
    return { held: false, ...(typeof state === 'string' ? { state } : {}) };
  } catch {
    // It does not answer: it may be in use all the same, not be ours, or have ended meanwhile.
    return held === undefined ? {} : { held };
  } finally {
    await session?.close();
  }
}

/** Whether somebody is connected, as the kernel's tables tell. */
function isHeld(address: string): boolean | undefined {
  try {
    const to = parseAddress(address);
    if (to.kind !== 'unix' && to.kind !== 'tcp') return undefined;
    if (to.kind === 'tcp')
      return tcpRowsOf('/proc/net/tcp').some(
        ({ port, state }) => state === TCP_CONNECTED && port === to.port,
      );
    return unixRows().some(({ state, bound }) => state === UNIX_CONNECTED && isSame(bound, to.path));
  } catch {
    return undefined; // no /proc, as on macOS
  }
}

/** A socket is listed by the name that its process gave it, which may be relative. */
function isSame(bound: string, path: string): boolean {
  return bound === path || (!isAbsolute(bound) && path.endsWith(`/${bound.replace(/^\.\//, '')}`));
}
