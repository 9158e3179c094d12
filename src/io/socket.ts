// A transport over a connected socket of Node's.
import type { Socket } from 'node:net';
import type { Transport, TransportListener } from '../qmp/transport.ts';

export class SocketTransport implements Transport {
  readonly #socket: Socket;
  /** What was sent in this turn: one write for all of it. */
  #out: string | undefined;
  #error: Error | undefined;
  #ended = false;

  constructor(socket: Socket) {
    this.#socket = socket;
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
    if (typeof bytes !== 'string') {
      this.#flush();
      if (this.#socket.writable) this.#socket.write(bytes);
    } else if (this.#out === undefined) {
      this.#out = bytes;
      queueMicrotask(() => this.#flush());
    } else this.#out += bytes;
  }

  close(): void {
    this.#flush();
    this.#socket.destroySoon();
    // A monitor that does not read would keep us waiting for its end.
    this.#socket.resume();
  }

  hold(on: boolean): void {
    if (on) this.#socket.ref();
    else this.#socket.unref();
  }

  #flush(): void {
    const text = this.#out;
    this.#out = undefined;
    if (text !== undefined && this.#socket.writable) this.#socket.write(text);
  }
}
