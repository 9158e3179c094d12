// The clients of `qmpsh share`: each joins the monitor, and what it does is told and put down.
import { CLOCK } from '../io/clock.ts';
import type { ClientConnection } from '../io/serve.ts';
import { peerOf } from '../io/who.ts';
import { clientOf, clientRow, commandRow } from '../share/audit.ts';
import type { SharedMonitor } from '../share/monitor.ts';
import type { Judge } from '../share/policy.ts';
import type { JsonObject } from '../text/json.ts';

export interface Audit {
  readonly put: (row: JsonObject) => void;
  /** Nothing is let through that could not be put down. */
  readonly judge: Judge;
}

export class Sharing {
  readonly #monitor: SharedMonitor;
  readonly #audit: Audit | undefined;
  readonly #note: (text: string) => void;
  #last = 0;

  constructor(monitor: SharedMonitor, audit: Audit | undefined, note: (text: string) => void) {
    this.#monitor = monitor;
    this.#audit = audit;
    this.#note = note;
  }

  /** A client has connected; with an audit it is served once it is known who it is. */
  async take(connection: ClientConnection): Promise<void> {
    const number = ++this.#last;
    const peer = this.#audit ? await peerOf(connection.socket) : undefined;
    const who = clientOf(number, peer ?? {});
    const put = (outcome: string) => this.#audit?.put(clientRow(CLOCK.time(), who, outcome));
    const name = `client ${number}${peer ? ` (${peer.program ?? 'pid'} ${peer.pid})` : ''}`;
    if (connection.socket.destroyed) {
      put('left without a word');
      return;
    }
    put('connected');
    this.#note(`${name} has connected`);
    const client = this.#monitor.join(connection, {
      audit: row => this.#audit?.put(commandRow(CLOCK.time(), who, row)),
      cut: why => {
        put(`cut off: ${why}`);
        this.#note(`${name} is cut off: ${why}`);
      },
    });
    connection.listen({
      data: chunk => client.data(chunk),
      end: () => client.ended(),
      drained: () => client.turn(),
      close: () => {
        this.#monitor.leave(client);
        put('left');
        const { commands } = client;
        this.#note(`${name} has left after ${commands} command${commands === 1 ? '' : 's'}`);
      },
    });
  }
}
