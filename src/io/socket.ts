// A transport over a connected socket of Node's.
import type { Socket } from 'node:net';
import type { Transport, TransportListener } from '../qmp/transport.ts';
import { Outbox } from './outbox.ts';

export class SocketTransport implements Transport {
  readonly #socket: Socket;
  readonly #wrote: (() => void) | undefined;
  readonly #out = new Outbox(bytes => this.#write(bytes));
  #error: Error | undefined;
  #ended = false;

  /** `wrote` is called behind each write that the system has taken. */
  constructor(socket: Socket, wrote?: () => void) {
    this.#socket = socket;
    this.#wrote = wrote;
    // Before anybody listens, an error waits here; unheard it would end the process.
    socket.on('error', error => {
      this.#error = error;
    });
  }

  listen(listener: TransportListener): void {
    const end = () => {
      if (this.#ended) return;
      this.#ended = true;
      listener.end(this.#error);
    };
    if (this.#socket.destroyed) return void queueMicrotask(end);
    this.#socket.on('data', chunk => listener.data(chunk));
    this.#socket.on('end', end);
    this.#socket.on('close', end);
  }

  send(bytes: string | Uint8Array): void {
    this.#out.send(bytes);
  }

  close(): void {
    this.#out.flush();
    this.#socket.destroySoon();
    // A monitor that does not read would keep us waiting for its end.
    this.#socket.resume();
  }

  hold(on: boolean): void {
    if (on) this.#socket.ref();
    else this.#socket.unref();
  }

  #write(bytes: string | Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes, this.#wrote);
  }
}
