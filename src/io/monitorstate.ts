// How a monitor of this host stands: whether somebody is connected to it, and how its VM is. One that is in use is left
// alone: a monitor serves one client, and further ones wait.
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { Session } from '../session/client.ts';
import { isObject } from '../text/json.ts';
import { parseAddress } from './address.ts';
import { CLOCK } from './clock.ts';
import { connect } from './connect.ts';

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

const CONNECTED_UNIX = '03';
const CONNECTED_TCP = '01';

/** Whether somebody is connected, as the kernel's tables tell. */
function isHeld(address: string): boolean | undefined {
  try {
    const to = parseAddress(address);
    if (to.kind !== 'unix' && to.kind !== 'tcp') return undefined;
    if (to.kind === 'tcp')
      return rowsOf('/proc/net/tcp').some(row => {
        const [, local = '', , state] = row.trim().split(/\s+/);
        return state === CONNECTED_TCP && Number.parseInt(local.split(':')[1] ?? '', 16) === to.port;
      });
    return rowsOf('/proc/net/unix').some(row => {
      const [, state, bound] = /^\S+ \S+ \S+ \S+ \S+ (\S+) +\d+ (.+)$/.exec(row) ?? [];
      return state === CONNECTED_UNIX && bound !== undefined && isSame(bound, to.path);
    });
  } catch {
    return undefined; // no /proc, as on macOS
  }
}

function rowsOf(table: string): readonly string[] {
  return readFileSync(table, 'utf8').split('\n').slice(1);
}

/** A socket is listed by the name that its process gave it, which may be relative. */
function isSame(bound: string, path: string): boolean {
  return bound === path || (!isAbsolute(bound) && path.endsWith(`/${bound.replace(/^\.\//, '')}`));
}
