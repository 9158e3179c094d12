// What virsh tells of a domain while it runs: its events, and its end. Each of the two has a virsh of its own.
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';
import { bound, holdChild } from './bound.ts';
import type { Running } from './domain.ts';
import { WAY_LOST } from './tail.ts';
import { type Domain, ENGLISH, libvirtError, virshCommand, wordsOf } from './virsh.ts';

/** Milliseconds after which a virsh that logs nothing is taken to watch. */
const QUIET = 2000;
/** How much of what it says is kept. */
const KEEP = 4096;
// Its log of messages shows when libvirt has agreed: the reply (type 1, status 0) to the procedure by which it asked
// (libvirt's src/remote/remote_protocol.x and qemu_protocol.x).
const LOGGED = { LIBVIRT_LOG_FILTERS: '2:rpc.netclient', LIBVIRT_LOG_OUTPUTS: '2:stderr' };
const AGREED =
  /RPC_CLIENT_MSG_RX\b.*\bprog=(?:536903814 vers=1 proc=316|536903815 vers=1 proc=4) type=1 status=0\b/;

export interface Watch {
  /** Resolves when nothing is missed any more. */
  readonly watching: Promise<void>;
  close(): void;
  hold(on: boolean): void;
}

/** Tells of the domain's end, in libvirt's words for why. `lost`: whether it has ended is not known any more. */
export function watchEnd(
  uri: string | undefined,
  { id, name }: Running,
  ended: (error: QmpshError) => void,
  lost: (error: QmpshError) => void,
): Watch {
  const row = (text: string) => {
    const [, why] = /^event 'lifecycle' for domain '.*': Stopped ?(.*)$/.exec(text) ?? [];
    if (why === undefined) return;
    const advice = /Migrated/.test(why)
      ? 'It runs on another host now, if it has arrived there.'
      : 'Its QEMU has ended.';
    ended(
      new QmpshError('connect', `the domain ${safe(name)} has stopped (${safe(why)})`, {
        code: 'stopped',
        advice,
      }),
    );
  };
  return new VirshWatch({ uri, domain: name }, ['event', id, '--event', 'lifecycle', '--loop'], row, lost);
}

/** Gives each event of the domain's QEMU, as QEMU would write it. */
export function watchEvents(
  uri: string | undefined,
  running: Running,
  event: (text: string) => void,
  lost: (error: QmpshError) => void,
): Watch {
  // (With --timestamp it would be virsh's own clock.)
  const row = (text: string) => {
    const [, name, seconds, microseconds, data] =
      /^event (\S+) at (\d+)\.(\d+) for domain '.*?': (\{.*|<null>)$/.exec(text) ?? [];
    if (name === undefined || data === undefined) return;
    const stamp = `"timestamp": {"seconds": ${Number(seconds)}, "microseconds": ${Number(microseconds)}}`;
    const more = data.startsWith('{') ? `, "data": ${data}` : '';
    event(`{${stamp}, "event": ${JSON.stringify(name)}${more}}`);
  };
  return new VirshWatch(
    { uri, domain: running.name },
    ['qemu-monitor-event', '--domain', running.id, '--loop'],
    row,
    lost,
  );
}

class VirshWatch implements Watch {
  readonly watching: Promise<void>;
  readonly #child: ChildProcess;
  #closed = false;

  constructor(
    domain: Domain,
    args: readonly string[],
    row: (text: string) => void,
    lost: (error: QmpshError) => void,
  ) {
    const child = bound(virshCommand(domain.uri, args), { ...ENGLISH, ...LOGGED });
    this.#child = child;
    let said = '';
    let agreed = () => {};
    this.watching = new Promise(resolve => {
      agreed = resolve;
    });
    const quiet = setTimeout(agreed, QUIET);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEEP);
      if (AGREED.test(said)) agreed();
    });
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', text => {
        if (!this.#closed) row(text);
      });
    child.once('error', () => {}); // its end says so, too
    child.once('close', () => {
      clearTimeout(quiet);
      agreed();
      if (this.#closed) return;
      lost(wayLost(wordsOf(said), domain));
    });
  }

  close(): void {
    this.#closed = true;
    this.#child.stdin?.end();
  }

  hold(on: boolean): void {
    holdChild(this.#child, on);
  }
}

/** It ends by itself where libvirt can do no such thing, and with libvirt. */
function wayLost(words: string, domain: Domain): QmpshError {
  const error = libvirtError(words, domain);
  if (error.code === 'libvirt-other') return error;
  const message = `virsh has ended${words === '' ? '' : `: ${safe(words)}`}`;
  return new QmpshError('connect', message, { code: 'libvirt', advice: WAY_LOST });
}
