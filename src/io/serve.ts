// A unix socket of our own at which any number of clients connect. What a client does not read is kept here message by
// message, so that one that is cut off never sees half of one.
import { createServer, type Socket } from 'node:net';
import { checkLength } from './connect.ts';
import { listening, makeRoom } from './listen.ts';

/** Milliseconds in which a client may still read what it was sent before its connection ended. */
const LAST_WORDS = 30_000;
/** The same when we end ourselves. */
const HASTE = 1000;

/** What a client does. */
interface ClientListener {
  data(chunk: Uint8Array): void;
  /** It sends no more. */
  end(): void;
  /** The connection is gone. */
  close(): void;
  /** It has read what waited. */
  drained(): void;
}

/** A client's connection. It is read from once there is a listener. */
export class ClientConnection {
  readonly socket: Socket;
  #waiting: string[] = [];
  #held = 0;
  #full = false;
  #closing = false;
  #flushing = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.pause();
    socket.on('error', () => {}); // `close` comes behind it
  }

  listen(listener: ClientListener): void {
    this.socket.on('data', chunk => listener.data(chunk));
    this.socket.on('end', () => listener.end());
    this.socket.on('close', () => listener.close());
    this.socket.on('drain', () => {
      this.#full = false;
      this.#flush();
      if (!this.#full) listener.drained();
    });
    this.socket.resume();
  }

  get unread(): number {
    return this.#held + this.socket.writableLength;
  }

  /** What is sent in one turn goes out in one write. */
  send(text: string): void {
    if (this.#closing) return;
    this.#waiting.push(text);
    this.#held += Buffer.byteLength(text);
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  read(on: boolean): void {
    if (on && this.socket.isPaused()) this.socket.resume();
    else if (!on) this.socket.pause();
  }

  end(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#full = false;
    this.#flush();
    this.#last();
  }

  cut(last: string): void {
    if (this.#closing) return;
    this.#waiting = [last];
    this.end();
  }

  #flush(): void {
    if (this.#full || this.#waiting.length === 0) return;
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#held = 0;
    if (this.socket.writable) this.#full = !this.socket.write(text);
  }

  /** Resolves when it is gone, or was given up. */
  async over(): Promise<void> {
    const { socket } = this;
    if (socket.destroyed) return;
    this.end();
    await new Promise(resolve => {
      socket.once('close', resolve);
      setTimeout(() => socket.destroy(), HASTE).unref();
    });
  }

  #last(): void {
    const { socket } = this;
    // What the system has taken its client can read still.
    socket.end(() => socket.destroy());
    setTimeout(() => socket.destroy(), LAST_WORDS).unref();
  }
}

/** A socket that is listened at. */
interface Listening {
  /** A socket that was left over was removed to make room. */
  readonly stale: boolean;
  /** Takes no more clients, removes the socket, and ends the connections. */
  close(): Promise<void>;
}

/**
 * Listens at a path; the socket is for this user alone from its first moment on. Rejects with a QmpshError `connect` where
 * somebody listens there, something else lies there, or the system does not allow it.
 */
export async function serveAt(
  path: string,
  connected: (client: ClientConnection) => void,
): Promise<Listening> {
  checkLength(path);
  const stale = await makeRoom(path, 'Take another path, or connect to whoever does:');
  const clients = new Set<ClientConnection>();
  const server = createServer({ allowHalfOpen: true }, socket => {
    const client = new ClientConnection(socket);
    clients.add(client);
    socket.once('close', () => clients.delete(client));
    connected(client);
  });
  await listening(server, { kind: 'unix', path });
  return {
    stale,
    close: async () => {
      const closed = new Promise(resolve => server.close(resolve));
      await Promise.all([closed, ...[...clients].map(client => client.over())]);
    },
  };
}
