// A transport without a socket: what the session sends is kept, what the server says is told.
import type { Clock, Transport, TransportListener } from '../src/qmp/transport.ts';
import { isObject, type Json, type JsonObject, parseJson, stringifyJson } from '../src/text/json.ts';

export const GREETING: JsonObject = {
  QMP: { version: { qemu: { major: 7, minor: 2, micro: 22 }, package: 'fake' }, capabilities: ['oob'] },
};

export class FakeTransport implements Transport {
  /** Every message the session has sent. */
  readonly sent: JsonObject[] = [];
  closed = false;
  held = true;
  #listener: TransportListener | undefined;
  #ended = false;
  readonly #answer: (message: JsonObject, self: FakeTransport) => void;

  /** `answer` sees each message sent; it may tell the session something at once. */
  constructor(answer: (message: JsonObject, self: FakeTransport) => void = () => {}) {
    this.#answer = answer;
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
  }

  send(bytes: string | Uint8Array): void {
    const text =
      typeof bytes === 'string' ? bytes : new TextDecoder('latin1').decode(bytes).replace('\xff', '');
    for (const row of text.split('\n').filter(row => row !== '')) {
      const message = parseJson(row);
      if (!isObject(message)) continue;
      this.sent.push(message);
      this.#answer(message, this);
    }
  }

  close(): void {
    this.closed = true;
    queueMicrotask(() => this.end());
  }

  hold(on: boolean): void {
    this.held = on;
  }

  /** The server says something: a text or bytes as they are, or a message in QEMU's way. */
  tell(...messages: readonly (Json | Uint8Array)[]): void {
    for (const message of messages) {
      if (message instanceof Uint8Array) this.#listener?.data(message);
      else
        this.#listener?.data(
          new TextEncoder().encode(typeof message === 'string' ? message : `${stringifyJson(message)}\r\n`),
        );
    }
  }

  /** The server answers the last message, or the one given. */
  answer(value: Json, message = this.sent.at(-1)): void {
    this.tell({ return: value, id: message?.['id'] ?? null });
  }

  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#listener?.end(error);
  }
}

/** Greets, negotiates, and answers `query-status`; leaves everything else to the test. */
export function fakeMonitor(
  answer: (message: JsonObject, self: FakeTransport) => void = () => {},
): FakeTransport {
  const fake: FakeTransport = new FakeTransport((message, self) => {
    if (message['execute'] === 'qmp_capabilities') self.answer({}, message);
    else answer(message, self);
  });
  queueMicrotask(() => fake.tell(GREETING));
  return fake;
}

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
  /** What the machine's time is set to, at the clock's beginning. */
  set = 1_700_000_000_000;
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  time(): number {
    return this.set + this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer);
    };
  }

  get timers(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers.filter(({ at }) => at <= this.#now)) {
      this.#timers = this.#timers.filter(other => other !== timer);
      timer.run();
    }
  }
}
