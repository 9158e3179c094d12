// A QMP client that knows nothing: bytes out, messages in, in their order.
import { connect, type Socket } from 'node:net';
import { isObject, type JsonObject, parseJson } from '../src/text/json.ts';

export class RawClient {
  /** Every message that came and was not taken. */
  readonly messages: JsonObject[] = [];
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  #text = '';
  #over = false;
  #wake = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', chunk => this.#take(String(chunk)));
    socket.on('error', () => {});
    this.ended = new Promise(resolve => {
      socket.on('close', () => {
        this.#over = true;
        this.#wake();
        resolve();
      });
    });
  }

  static connect(path: string): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', reject);
      socket.once('connect', () => resolve(new RawClient(socket)));
    });
  }

  /** One that has read its greeting and negotiated. */
  static async open(path: string, enable: readonly string[] = []): Promise<RawClient> {
    const client = await RawClient.connect(path);
    await client.until(message => 'QMP' in message);
    await client.ask({ execute: 'qmp_capabilities', arguments: { enable }, id: 'open' });
    return client;
  }

  write(data: string | Uint8Array): void {
    this.#socket.write(data);
  }

  send(message: JsonObject): void {
    this.write(`${JSON.stringify(message)}\n`);
  }

  /** Sends a message that has an `id`, and takes its reply. */
  ask(message: JsonObject): Promise<JsonObject> {
    this.send(message);
    return this.until(({ id }) => id === message['id']);
  }

  /** Takes the first message that fits, among those that came and those that come. */
  async until(fits: (message: JsonObject) => boolean): Promise<JsonObject> {
    for (;;) {
      const at = this.messages.findIndex(fits);
      const [found] = at < 0 ? [] : this.messages.splice(at, 1);
      if (found) return found;
      if (this.#over) throw new Error('the connection has ended');
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }

  /** Reads nothing any more, or goes on. */
  read(on: boolean): void {
    if (on) this.#socket.resume();
    else this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    const rows = (this.#text + chunk).split('\r\n');
    this.#text = rows.pop() ?? '';
    for (const row of rows) {
      const message = parseJson(row);
      if (isObject(message)) this.messages.push(message);
    }
    this.#wake();
  }
}
