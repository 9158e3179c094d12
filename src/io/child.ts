// QEMU as our child: `qmpsh -- qemu-system-x86_64 ...`. Its monitor is one end of a socket pair, passed on as file
// descriptor 3: no path, nothing to wait for, nobody else can connect. It runs in a process group of its own, so
// that Ctrl-C in our terminal does not reach it.
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { QmpshError } from '../qmp/errors.ts';
import type { Transport, TransportListener } from '../qmp/transport.ts';
import { safe } from '../text/safe.ts';
import { monitorOptions } from './monitoroptions.ts';
import { SocketTransport } from './socket.ts';
import { Tail } from './tail.ts';

interface ChildEnd {
  /** The exit status; absent where a signal ended it. */
  readonly code?: number;
  readonly signal?: string;
  /** The last lines it wrote to its standard error. */
  readonly said: string;
}

interface Child {
  readonly pid: number;
  /** Its monitor. */
  readonly transport: Transport;
  readonly exited: Promise<ChildEnd>;
  /** Ends it in an orderly way (SIGTERM), after three seconds by force. Resolves when it has ended. */
  close(): Promise<void>;
}

interface SpawnOptions {
  /** A row that it writes to its standard output or standard error; not safe to print as it stands. */
  readonly onRow?: (row: string) => void;
  readonly cwd?: string;
}

const PATIENCE = 3000;
/** The monitor's end can come before the process's own. */
const EXIT_DELAY = 1000;

/** Starts QEMU (or a wrapper that passes its arguments on). Rejects with a QmpshError where that fails. */
export async function spawnQemu(argv: readonly string[], options: SpawnOptions = {}): Promise<Child> {
  const [program, ...args] = argv;
  if (program === undefined) throw new QmpshError('usage', 'there is no program to start');
  const monitor = await monitorOptions(argv, 'qmpsh-monitor', 'socket,fd=3');
  const child = spawn(program, [...args, ...monitor], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const { stdout, stderr } = child;
  const said = new Tail(stderr);
  // Read to the end in any case: a pipe that is full would stop it.
  for (const stream of [stdout, stderr])
    if (stream) createInterface({ input: stream }).on('line', row => options.onRow?.(row));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', cause => reject(notStarted(program, cause)));
  });
  const exited = new Promise<ChildEnd>(resolve => {
    child.once('close', (code, signal) => {
      resolve({
        said: said.text,
        ...(code === null ? {} : { code }),
        ...(signal === null ? {} : { signal }),
      });
    });
  });
  const socket = child.stdio[3];
  const { pid } = child;
  if (!(socket instanceof Socket) || pid === undefined) throw notStarted(program, undefined);
  let gone = false;
  // Without its monitor nobody could reach it any more.
  const stays = endsWithUs(() => child.kill('SIGTERM'));
  void exited.then(() => {
    gone = true;
    stays();
  });
  return {
    pid,
    transport: new ChildTransport(new SocketTransport(socket), exited, program),
    exited,
    close: async () => {
      if (gone) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** What ends those that must not outlive us. */
const followers = new Set<() => void>();
const SIGNALS = ['SIGHUP', 'SIGTERM', 'SIGINT'] as const;

const endThem = () => {
  for (const end of followers) end();
};

/** A signal for which nobody else listens ends us at once, without the event `exit`: while the shell is being left, say. */
const atSignal = (signal: NodeJS.Signals) => {
  if (process.listenerCount(signal) > 1) return;
  endThem();
  process.off(signal, atSignal);
  process.kill(process.pid, signal);
};

/** Calls `end` when this process ends, however (but by SIGKILL); gives how to take that back. */
function endsWithUs(end: () => void): () => void {
  if (followers.size === 0) {
    process.on('exit', endThem);
    for (const signal of SIGNALS) process.on(signal, atSignal);
  }
  followers.add(end);
  return () => {
    followers.delete(end);
    if (followers.size > 0) return;
    process.off('exit', endThem);
    for (const signal of SIGNALS) process.off(signal, atSignal);
  };
}

function notStarted(program: string, cause: unknown): QmpshError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'spawn';
  const name = safe(program);
  const why = code === 'ENOENT' ? 'there is no such program' : code === 'EACCES' ? 'it cannot be run' : code;
  const advice = 'Behind -- stands the command that starts QEMU, as you would type it.';
  return new QmpshError('connect', `cannot start ${name}: ${why}`, { code, advice, cause });
}

/** The end of the connection says how the process ended, when it did not end well. */
class ChildTransport implements Transport {
  readonly #inner: SocketTransport;
  readonly #exited: Promise<ChildEnd>;
  readonly #program: string;

  constructor(inner: SocketTransport, exited: Promise<ChildEnd>, program: string) {
    this.#inner = inner;
    this.#exited = exited;
    this.#program = program;
  }

  listen(listener: TransportListener): void {
    const end = async (error?: Error) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<undefined>(resolve => {
        timer = setTimeout(() => resolve(undefined), EXIT_DELAY);
      });
      const exit = await Promise.race([this.#exited, late]);
      clearTimeout(timer);
      listener.end(exit === undefined || exit.code === 0 ? error : this.#reason(exit));
    };
    this.#inner.listen({ data: chunk => listener.data(chunk), end: error => void end(error) });
  }

  send(bytes: string | Uint8Array): void {
    this.#inner.send(bytes);
  }

  close(): void {
    this.#inner.close();
  }

  hold(on: boolean): void {
    this.#inner.hold(on);
  }

  #reason({ code, signal, said }: ChildEnd): Error {
    const how = code === undefined ? `was ended by ${signal}` : `ended with status ${code}`;
    const words = said === '' ? '' : `: ${safe(said)}`;
    const advice = code === undefined ? 'The VM is gone with it.' : 'Look at the command behind --.';
    return new QmpshError('connect', `${safe(this.#program)} ${how}${words}`, { code: 'exited', advice });
  }
}
