// A guest whose file systems stand still. A process of its own holds it (holder.ts), so that it is let go whatever ends this one:
// SIGKILL included.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { QmpshError } from '../qmp/errors.ts';
import { isObject, parseJson } from '../text/json.ts';

/** What the command is started with to be that process: an address and milliseconds follow. */
const HOLD = '--hold-guest';

export interface StillGuest {
  readonly address: string;
  /** So many of its file systems. */
  readonly frozen: number;
  /** Lets it go. Rejects with a QmpshError where it may stand still nevertheless. */
  thaw(): Promise<Thawed>;
}

interface Thawed {
  /** So many file systems stood still until now. */
  readonly thawed: number;
  /** It was let go before, for time was over. */
  readonly late: boolean;
}

/** Freezes a guest by its agent. Rejects with a QmpshError: it is as it was then, or the message says that it may not be. */
export async function freezeGuest(address: string, limit: number, signal: AbortSignal): Promise<StillGuest> {
  const command: unknown = Reflect.get(globalThis, Symbol.for('qmpsh.command'));
  if (typeof command !== 'string')
    throw new QmpshError(
      'usage',
      'only the command qmpsh can hold a guest still: it needs a process of its own',
    );
  const child = spawn(process.execPath, [command, HOLD, address, String(limit)], {
    // Ctrl-C on the terminal, and its end, are not for it.
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise<never>((_, reject) => {
    child.on('error', error =>
      reject(new QmpshError('usage', `no process can be started: ${error.message}`)),
    );
  });
  failed.catch(() => {});
  const next = async () => {
    const { value, done } = await Promise.race([lines.next(), failed]);
    const told = done === true ? undefined : parseJson(String(value));
    if (isObject(told)) return told;
    throw new QmpshError(
      'lost',
      'the process that held the guest still has ended: the guest may stand still',
      {
        advice: `Let it go: qmpsh --agent -c guest-fsfreeze-thaw ${address}`,
      },
    );
  };
  const take = async (member: string) => {
    const told = await next();
    if (told[member] !== undefined) return told;
    if (signal.aborted && told['still'] === false)
      throw new QmpshError('interrupted', 'interrupted; the guest does not stand still');
    const advice = told['advice'];
    const details = typeof advice === 'string' && advice !== '' ? { advice } : {};
    throw new QmpshError('refused', String(told['failed']), details);
  };
  const letGo = () => child.stdin.end();
  signal.addEventListener('abort', letGo, { once: true });
  if (signal.aborted) letGo();
  const { frozen } = await take('frozen').finally(() => signal.removeEventListener('abort', letGo));
  return {
    address,
    frozen: Number(frozen),
    thaw: async () => {
      letGo();
      const { thawed, late } = await take('thawed');
      return { thawed: Number(thawed), late: late === true };
    },
  };
}
