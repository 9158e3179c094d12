// A console of a VM: a serial port or a human monitor that QEMU has put on a pseudo terminal, or on a unix socket. It is read from
// the moment it is opened: what it writes while nobody looks is kept.
import { constants, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { ReadStream } from 'node:tty';
import { QmpshError } from '../qmp/errors.ts';
import { safe } from '../text/safe.ts';

/** So many bytes of what was not looked at are kept, the last ones. */
const KEPT = 256 * 1024;
/** So many bytes may wait for a guest that reads nothing. */
const MOST_WAITING = 64 * 1024;

export class VmConsole {
  /** Resolves when it is gone: its VM has ended, or it was closed. */
  readonly ended: Promise<void>;
  readonly #stream: Socket;
  #kept: Uint8Array[] = [];
  #size = 0;
  #dropped = 0;
  #show: ((bytes: Uint8Array) => void) | undefined;
  #over = false;

  private constructor(stream: Socket) {
    this.#stream = stream;
    stream.on('data', chunk => this.#take(chunk));
    stream.on('error', () => {});
    this.ended = new Promise(resolve => {
      const end = () => {
        this.#over = true;
        resolve();
      };
      stream.on('end', end);
      stream.on('close', end);
    });
  }

  /** Opens what query-chardev calls so: `pty:/dev/pts/3`, or `unix:PATH`. Rejects with a QmpshError. */
  static async open(filename: string): Promise<VmConsole> {
    const [, kind, path = ''] = /^(?:disconnected:)?(pty|unix):([^,]+)/.exec(filename) ?? [];
    try {
      return new VmConsole(kind === 'pty' ? openPty(path) : await openSocket(path));
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw new QmpshError('connect', `the console at ${safe(path)} cannot be opened: ${safe(why)}`, {
        cause: error,
      });
    }
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** How many bytes have come that nobody has seen, and how many before them are no longer there. */
  get unseen(): { readonly kept: number; readonly dropped: number } {
    return { kept: this.#size, dropped: this.#dropped };
  }

  /** Gives what was not seen, then what comes; gives how to stop. */
  watch(show: (bytes: Uint8Array) => void): () => void {
    const kept = this.#kept;
    this.#kept = [];
    this.#size = 0;
    this.#dropped = 0;
    for (const chunk of kept) show(chunk);
    this.#show = show;
    return () => {
      this.#show = undefined;
    };
  }

  /** Types into it; false where it takes no more, for nobody there reads. */
  write(bytes: Uint8Array): boolean {
    if (this.#over || this.#stream.writableLength > MOST_WAITING) return false;
    this.#stream.write(bytes);
    return true;
  }

  close(): void {
    this.#stream.destroy();
  }

  #take(chunk: Uint8Array): void {
    if (this.#show) {
      this.#show(chunk);
      return;
    }
    this.#kept.push(chunk);
    this.#size += chunk.length;
    for (let first = this.#kept[0]; first && this.#size - first.length >= KEPT; first = this.#kept[0]) {
      this.#kept.shift();
      this.#size -= first.length;
      this.#dropped += first.length;
    }
  }
}

/** (QEMU has set it to pass every byte as it is.) */
function openPty(path: string): Socket {
  const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
  return new ReadStream(openSync(path, flags));
}

function openSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}
