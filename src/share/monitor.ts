// A monitor that several clients share: one connection to QEMU, to which each of them speaks as if it were alone.
import { QmpshError } from '../qmp/errors.ts';
import type { Reply } from '../qmp/message.ts';
import type { Session } from '../session/client.ts';
import { type JsonObject, spacedJson } from '../text/json.ts';
import type { Row } from './audit.ts';
import { Client, type Loss, type Passed } from './client.ts';
import type { Judge } from './policy.ts';
import type { Wire } from './wire.ts';

/** What is told of one client. */
interface Ears {
  audit(row: Row): void;
  cut(why: string): void;
}

/** Its clients' messages go out on the session; it must have negotiated, and nobody else may use it. */
export class SharedMonitor {
  readonly #session: Session;
  readonly #judge: Judge;
  readonly #greeting: JsonObject;
  readonly #capabilities: readonly string[];
  readonly #clients = new Set<Client>();
  readonly #waiting = new Map<string, (reply: Reply) => void>();

  constructor(session: Session, judge: Judge) {
    const { greeting } = session;
    if (!greeting) throw new QmpshError('protocol', 'a monitor without a greeting cannot be shared');
    this.#session = session;
    this.#judge = judge;
    const { version, capabilities } = greeting.QMP;
    this.#capabilities = capabilities;
    const { micro, minor, major } = version.qemu;
    this.#greeting = {
      QMP: { version: { qemu: { micro, minor, major }, package: version.package }, capabilities },
    };
    // By the session's listeners, which are called as the messages come: a reply stays before the event behind it.
    session.onReply(({ id }, reply) => this.#waiting.get(id)?.(reply));
    session.onEvent(({ raw }) => {
      const text = spacedJson(raw);
      for (const client of [...this.#clients]) client.event(text);
    });
    // A moment later: the replies that the end brings come first.
    void session.ended.then(() =>
      queueMicrotask(() => {
        for (const client of [...this.#clients]) client.close();
      }),
    );
  }

  /** Takes a client, which gets its greeting at once. */
  join(wire: Wire, ears: Ears): Client {
    const client: Client = new Client(wire, {
      greeting: this.#greeting,
      capabilities: this.#capabilities,
      judge: this.#judge,
      ...ears,
      pass: (message, answered, lost) => this.#pass(message, answered, lost),
    });
    this.#clients.add(client);
    return client;
  }

  leave(client: Client): void {
    this.#clients.delete(client);
    client.gone();
  }

  #pass(message: JsonObject, answered: (reply: Reply) => void, lost: (loss: Loss) => void): Passed {
    const sent = this.#session.sendRaw(message);
    const { id } = sent;
    const once = (reply: Reply) => {
      if (this.#waiting.delete(id)) answered(reply);
    };
    this.#waiting.set(id, once);
    // What the listener did not hear of: QEMU has left without a reply to `quit`.
    sent.reply.then(once, (error: unknown) => {
      this.#waiting.delete(id);
      lost(lossOf(error));
    });
    return {
      takeBack: () => void sent.answer({ signal: AbortSignal.abort() }).catch(() => {}),
    };
  }
}

function lossOf(error: unknown): Loss {
  if (!(error instanceof QmpshError)) return { outcome: 'no reply', why: String(error) };
  const { code, message: why } = error;
  if (code === 'unsendable') return { outcome: 'unreadable', why };
  return { outcome: code === 'no-reply' ? 'no reply' : 'not sent', why };
}
