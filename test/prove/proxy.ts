// Stands between a shell and a QEMU's monitor and counts the requests, to break the conversation off at an exact place.
import { createConnection, createServer, type Server, type Socket } from 'node:net';

export const PHASES = ['before', 'between', 'after'] as const;
/** A request that QEMU has not seen, one whose reply the shell has not seen, one whose reply the shell has got. */
export type Phase = (typeof PHASES)[number];

export interface Break {
  /** Which request: counted from 1 over all proxies that share the count, or the first whose text matches. */
  readonly at: number | RegExp;
  readonly phase: Phase;
  /** Called at the place, with the proxy's own socket paths. */
  readonly act: (monitor: string) => Promise<void>;
  /** What becomes of the conversation: it goes on once the shell has something more to say, or it ends. */
  readonly onward: 'go on' | 'end';
  /** Milliseconds after which it goes on in any case. */
  readonly patience?: number;
}

/** The requests counted so far, and where they break off. */
export interface Count {
  seen: number;
  readonly names: string[];
  readonly break?: Break;
}

/** Serves one socket; resolves when it listens. */
export function proxy(path: string, monitor: string, count: Count): Promise<Server> {
  const server = createServer(client => {
    new Line(client, createConnection(monitor), monitor, count);
  });
  return new Promise(resolve => {
    server.listen(path, () => resolve(server));
  });
}

class Line {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #monitor: string;
  readonly #count: Count;
  #held: { readonly up: string[]; readonly down: string[]; readonly way: 'up' | 'down' } | undefined;
  #broken = false;
  /** The id of the request whose reply is waited for. */
  #awaited: string | undefined;

  constructor(client: Socket, server: Socket, monitor: string, count: Count) {
    this.#client = client;
    this.#server = server;
    this.#monitor = monitor;
    this.#count = count;
    rows(client, row => this.#up(row));
    rows(server, row => this.#down(row));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  }

  #up(row: string): void {
    const { break: where } = this.#count;
    if (this.#held) this.#release();
    const { execute, id } = parsed(row);
    this.#count.seen += 1;
    this.#count.names.push(String(execute));
    if (!where || this.#broken || !isPlace(where, this.#count.seen, row)) {
      this.#server.write(row);
      return;
    }
    this.#broken = true;
    if (where.phase !== 'before') {
      this.#awaited = String(id);
      this.#server.write(row);
      return;
    }
    this.#hold('up', [row]);
    void this.#act(where);
  }

  #down(row: string): void {
    const { break: where } = this.#count;
    const mine = where && this.#awaited !== undefined && String(parsed(row).id) === this.#awaited;
    if (this.#held?.way === 'down') {
      this.#held.down.push(row);
      return;
    }
    if (!mine) {
      this.#client.write(row);
      return;
    }
    this.#awaited = undefined;
    this.#hold('down', where.phase === 'between' ? [row] : []);
    if (where.phase === 'between') void this.#act(where);
    else this.#client.write(row, () => void this.#act(where));
  }

  #hold(way: 'up' | 'down', rows: string[]): void {
    this.#held = { up: way === 'up' ? rows : [], down: way === 'down' ? rows : [], way };
  }

  async #act(where: Break): Promise<void> {
    // Who asked for it learns of its failure, too.
    const failed = await where.act(this.#monitor).then(
      () => false,
      () => true,
    );
    if (failed || where.onward === 'end') {
      this.#held = undefined;
      this.#client.destroy();
      this.#server.destroy();
    } else if (where.patience !== undefined) setTimeout(() => this.#release(), where.patience);
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    for (const row of held?.up ?? []) this.#server.write(row);
    for (const row of held?.down ?? []) this.#client.write(row);
  }
}

function isPlace({ at }: Break, seen: number, row: string): boolean {
  return typeof at === 'number' ? seen === at : at.test(row);
}

function rows(socket: Socket, take: (row: string) => void): void {
  let text = '';
  socket.setEncoding('utf8').on('data', chunk => {
    text += chunk;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      take(text.slice(0, end + 1));
      text = text.slice(end + 1);
    }
  });
}

function parsed(row: string): { readonly execute?: unknown; readonly id?: unknown } {
  const value: unknown = JSON.parse(row);
  return typeof value === 'object' && value !== null ? value : {};
}
