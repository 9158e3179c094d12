// Why a monitor of this host says nothing, as far as the system tells: its QEMU is stopped, or serves somebody else.
import { readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { QmpshError } from '../qmp/errors.ts';
import type { Session } from '../session/client.ts';
import { NO_AGENT, NONE_ANSWERED } from '../session/failures.ts';
import { parseAddress } from './address.ts';
import { findMonitors } from './monitors.ts';
import { servingProcess } from './peer.ts';
import { isStopped } from './vmprocess.ts';

/** Milliseconds in which a port has to answer a handshake. */
const PROBE = 1000;
const NOR_AGENT = `Nor is it a guest agent that answers.`;
const AGENT = 'A QEMU guest agent never greets: use --agent for it.';

/** The same error with what this host knows about a monitor that took the connection and did not greet. */
export async function withReason(error: unknown, address: string): Promise<unknown> {
  if (!(error instanceof QmpshError) || !/^(busy|silent|ended|ECONNRESET|EPIPE)$/.test(error.code ?? ''))
    return error;
  if (error.code === 'silent') return withAgentReason(error, address);
  const advice =
    (error.code === 'busy' ? reason(address, error.advice?.includes(NONE_ANSWERED) === true) : undefined) ??
    (await tlsReason(address));
  return advice === undefined
    ? error
    : new QmpshError(error.kind, error.message, { code: error.code ?? 'busy', advice, cause: error });
}

/** What this host knows about an agent's socket that took the connection and did not answer. */
function withAgentReason(error: QmpshError, address: string): QmpshError {
  const pid = servingProcess(address);
  const queue = placeOf(address)?.startsWith('elsewhere:') ? undefined : queueAt(address);
  const more =
    pid !== undefined && isStopped(pid)
      ? `The process that serves it (${pid}) is stopped: kill -CONT ${pid} lets it go on.`
      : queue && queue.waiting > 0 && queue.served > 0
        ? 'Another client is connected to it.'
        : undefined;
  return more === undefined
    ? error
    : new QmpshError(error.kind, error.message, { code: 'silent', advice: more, cause: error });
}

/** That the QEMU behind an address is stopped, as a sentence; undefined where that is not known. */
export function stoppedQemu(address: string): string | undefined {
  const pid = pidsAt(address).find(isStopped);
  if (pid === undefined) return undefined;
  return `Its QEMU (process ${pid}) is stopped, by SIGSTOP or a debugger, and answers nobody: kill -CONT ${pid} lets it go on.`;
}

/** Why a server that was never heard of gives no reply; undefined where it greeted, and where nothing is known. */
export function whyUnanswered(
  { greeting, isAgent }: Pick<Session, 'greeting' | 'isAgent'>,
  address: string,
): string | undefined {
  if (isAgent) return NO_AGENT;
  if (greeting) return undefined;
  try {
    const queue = queueAt(address);
    return queue && queue.waiting > 0 && queue.served > 0
      ? 'Another client is connected, and a monitor serves one at a time: this one waits for its turn.'
      : undefined;
  } catch {
    return undefined; // no address of a place
  }
}

function reason(address: string, tried: boolean): string | undefined {
  const stopped = stoppedQemu(address);
  if (stopped !== undefined) return stopped;
  const queue = queueAt(address);
  if (queue === undefined) return undefined;
  if (queue.waiting === 0)
    return `It is not busy with another client, and may be no QMP monitor. ${tried ? NOR_AGENT : AGENT}`;
  if (queue.served === 0)
    return 'No other client is connected to it: the program that listens there is busy with something else.';
  return 'A monitor serves one client at a time, and another one is connected. End that one, or give QEMU a second monitor (-qmp).';
}

/** That a port speaks TLS, which says nothing to whoever does not. */
async function tlsReason(address: string): Promise<string | undefined> {
  const to = parseAddress(address);
  if (to.kind !== 'tcp') return undefined;
  const { speaksTls } = await import('./tls.ts');
  return (await speaksTls(to.host, to.port, PROBE))
    ? `It speaks TLS: its address is tls:${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}, with ,ca=FILE or ,dir=FOLDER behind it.`
    : undefined;
}

function pidsAt(address: string): readonly number[] {
  try {
    const wanted = placeOf(address);
    return findMonitors()
      .filter(monitor => placeOf(monitor.address) === wanted)
      .map(monitor => monitor.pid);
  } catch {
    return []; // no such address, or no list of processes
  }
}

/** One name for a place, however it is written. What only leads to a monitor is none of this host's. */
export function placeOf(address: string): string | undefined {
  const to = parseAddress(address);
  if (to.kind === 'unix') return real(to.path);
  if (to.kind !== 'tcp') return `elsewhere:${address}`;
  const host = /^(localhost|127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0|::)$/.test(to.host) ? '' : to.host;
  return `${host}:${to.port}`;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

interface Queue {
  /** Clients that the server has taken and that are still there. */
  readonly served: number;
  /** Those it has not taken yet: the one that got no greeting, unless it was taken. */
  readonly waiting: number;
}

/**
 * The clients of the server at a unix socket; undefined where they are not known: elsewhere than on Linux, and where
 * the server bound the socket by another name. In /proc/net/unix a connection that waits has state 02, one that was
 * taken has 03, and two references are left of one whose client has gone.
 */
function queueAt(address: string): Queue | undefined {
  const to = parseAddress(address);
  if (to.kind !== 'unix') return undefined;
  try {
    const path = real(to.path);
    const rows = readFileSync('/proc/net/unix', 'utf8')
      .split('\n')
      .map(row => row.split(/\s+/));
    const mine = rows.filter(row => row[7] === path);
    if (!mine.some(row => row[3] === LISTENS)) return undefined;
    const clients = mine.filter(row => row[3] !== LISTENS);
    return {
      served: clients.filter(row => row[5] === '03' && Number.parseInt(row[1] ?? '', 16) > 2).length,
      waiting: clients.filter(row => row[5] === '02').length,
    };
  } catch {
    return undefined;
  }
}

const LISTENS = '00010000';
