// Stands between a session and the twin's monitor: what may not be sent is refused here, names of files and of QEMU's
// own nodes are changed on the way there, and changed back on the way here.
import { Framer } from '../qmp/framing.ts';
import type { Request } from '../qmp/message.ts';
import { requestIn } from '../qmp/protocol.ts';
import type { Transport, TransportListener } from '../qmp/transport.ts';
import { isObject, type Json, parseJson, stringifyJson } from '../text/json.ts';
import { mapTexts } from '../text/members.ts';
import { NOT_REHEARSED, type Permit } from './permit.ts';

interface GateRules {
  readonly judge: (request: Request) => Permit;
  /** A text as the twin is to be told it, and back. */
  readonly there: (text: string) => string;
  readonly back: (text: string) => string;
  /** The value that the VM would return, by the one that the twin does. */
  readonly answer: (request: Request, value: Json) => Json;
  /** Told of each request before it goes. */
  readonly passing: (request: Request, permit: Permit) => void;
}

export class Gate implements Transport {
  readonly #inner: Transport;
  readonly #rules: GateRules;
  #listener: TransportListener | undefined;
  readonly #out: Framer;
  /** Requests whose reply has not come, by their `id`. */
  readonly #asked = new Map<string, Request>();

  constructor(inner: Transport, rules: GateRules) {
    this.#inner = inner;
    this.#rules = rules;
    this.#out = new Framer(text => this.#request(text));
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    const framer = new Framer(text =>
      this.#deliver(this.#answer(mapTexts(parseJson(text), this.#rules.back))),
    );
    this.#inner.listen({
      data: chunk => framer.push(chunk),
      end: error => listener.end(error),
    });
  }

  send(bytes: string | Uint8Array): void {
    this.#out.push(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
  }

  close(): void {
    this.#inner.close();
  }

  hold(on: boolean): void {
    this.#inner.hold(on);
  }

  #request(text: string): void {
    const message = parseJson(text);
    const request = requestIn(message);
    if (!request || !isObject(message)) {
      this.#refuse(message, 'this is no request');
      return;
    }
    const permit = this.#rules.judge(request);
    try {
      this.#rules.passing(request, permit);
    } catch (error) {
      this.#refuse(message, `the twin's folder: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    if (permit.kind === 'refuse') {
      this.#refuse(message, permit.why);
      return;
    }
    if (message['id'] !== undefined) this.#asked.set(stringifyJson(message['id']), request);
    const { arguments: _, ...rest } = message;
    const args = mapTexts(permit.args, this.#rules.there);
    const sent = message['arguments'] === undefined ? rest : { ...rest, arguments: args };
    this.#inner.send(`${stringifyJson(sent)}\r\n`);
  }

  #answer(message: Json): Json {
    if (!isObject(message) || message['id'] === undefined) return message;
    const id = stringifyJson(message['id']);
    const request = this.#asked.get(id);
    this.#asked.delete(id);
    const value = message['return'];
    return request === undefined || value === undefined
      ? message
      : { ...message, return: this.#rules.answer(request, value) };
  }

  #refuse(message: Json, why: string): void {
    const id = isObject(message) && message['id'] !== undefined ? { id: message['id'] } : {};
    const error = { class: 'GenericError', desc: `${NOT_REHEARSED}${why}` };
    queueMicrotask(() => this.#deliver({ error, ...id }));
  }

  #deliver(message: Json): void {
    this.#listener?.data(new TextEncoder().encode(`${stringifyJson(message)}\r\n`));
  }
}
