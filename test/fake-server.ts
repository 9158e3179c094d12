// A scripted QMP server on a unix socket, for whole-process tests: it greets, negotiates, and answers as told.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Framer } from '../src/qmp/framing.ts';
import { isObject, type Json, type JsonObject, parseJson, stringifyJson } from '../src/text/json.ts';
import { GREETING } from './fake-transport.ts';

export interface FakeServer {
  /** The path of its socket. */
  readonly address: string;
  /** Every message from every client, in order, `qmp_capabilities` left out. */
  readonly received: readonly JsonObject[];
  /** Says something to every client: a text as it stands, or a message in QEMU's way. */
  tell(...messages: readonly Json[]): void;
  /** Ends every connection, and takes no more. */
  close(): Promise<void>;
}

export interface FakeServerOptions {
  /** Sent to each client at once; undefined: nothing, as a busy monitor does. */
  readonly greeting?: Json | undefined;
  /** A client has come. */
  readonly connected?: () => void;
  /**
   * The value to return for a message, `{ error: { class, desc } }` for a refusal, or undefined for no answer.
   * Absent: everything returns `{}`.
   */
  readonly answer?: (message: JsonObject, tell: (...messages: readonly Json[]) => void) => Json | undefined;
}

export async function startFakeServer(options: FakeServerOptions = {}): Promise<FakeServer> {
  const { answer = () => ({}) } = options;
  const greeting = 'greeting' in options ? options.greeting : GREETING;
  const folder = mkdtempSync(join(tmpdir(), 'qf-'));
  const address = join(folder, 's');
  const clients = new Set<Socket>();
  const received: JsonObject[] = [];
  const server = createServer(socket => {
    clients.add(socket);
    const tell = (...messages: readonly Json[]) => {
      for (const message of messages) if (socket.writable) socket.write(wire(message));
    };
    const framer = new Framer(text => {
      const message = parseJson(text);
      if (!isObject(message)) return;
      const id = message['id'] === undefined ? {} : { id: message['id'] };
      if (message['execute'] === 'qmp_capabilities') return tell({ return: {}, ...id });
      received.push(message);
      const value = answer(message, tell);
      if (isObject(value) && isObject(value['error'])) tell({ ...value, ...id });
      else if (value !== undefined) tell({ return: value, ...id });
    });
    socket.on('error', () => {});
    socket.on('close', () => clients.delete(socket));
    socket.on('data', chunk => framer.push(chunk));
    if (greeting !== undefined) tell(greeting);
    options.connected?.();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
  return {
    address,
    received,
    tell: (...messages) => {
      for (const client of clients) for (const message of messages) client.write(wire(message));
    },
    close: async () => {
      for (const client of clients) client.destroy();
      await new Promise(resolve => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function wire(message: Json): string {
  return typeof message === 'string' ? message : `${stringifyJson(message)}\r\n`;
}
