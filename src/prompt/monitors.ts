// The monitors that the prompt holds by name: each stays connected while the prompt is at another.
import type { Connecting } from '../line/connection.ts';
import type { Exit } from '../line/exit.ts';
import type { Host } from '../line/host.ts';
import type { HeldMonitor, Monitors } from '../line/monitors.ts';
import { runLine } from '../line/run.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Session } from '../session/client.ts';
import { safe } from '../text/safe.ts';

interface Held {
  readonly name: string;
  readonly address: string;
  session: Session;
}

/** The host of the prompt, as far as it is needed here. */
interface Here extends Host {
  /** Leaves the monitor it is at for another connection. */
  moveTo(address: string, session: Session): Promise<void>;
}

export class PromptMonitors implements Monitors {
  readonly #host: Here;
  readonly #connect: Connecting;
  /** A host for lines on another monitor. */
  readonly #beside: (address: string, session: Session) => Host;
  readonly #all = new Map<string, Held>();

  constructor(host: Here, connect: Connecting, beside: (address: string, session: Session) => Host) {
    this.#host = host;
    this.#connect = connect;
    this.#beside = beside;
  }

  get several(): boolean {
    return this.#all.size > 1;
  }

  /** The name of a connection; undefined where it has none. */
  nameOf(session: Session | undefined): string | undefined {
    return [...this.#all.values()].find(one => one.session === session)?.name;
  }

  /** What the rows of a connection begin with where there are several. */
  labelOf(session: Session): string {
    return this.several ? `${safe(this.nameOf(session) ?? 'here')}  ` : '';
  }

  list(): readonly HeldMonitor[] {
    return [...this.#all.values()].map(({ name, address, session }) => ({
      ...{ name, address },
      here: session === this.#host.session,
      open: session.state === 'open',
    }));
  }

  /** A connection to an address is made anew. */
  renewed(address: string, session: Session): void {
    for (const one of this.#all.values()) if (one.address === address) one.session = session;
  }

  async add(
    name: string,
    address: string,
    signal?: AbortSignal,
    agent?: boolean,
  ): Promise<string | undefined> {
    const host = this.#host;
    const known = this.#all.get(name);
    if (known && known.address !== address)
      throw new QmpshError('usage', `${safe(name)} is ${safe(known.address)} already`, {
        advice: 'Give this one another name.',
      });
    const other = [...this.#all.values()].find(one => one.address === address && one.name !== name);
    if (other) throw new QmpshError('usage', `${safe(address)} is called ${safe(other.name)} already`);
    if (known) {
      await this.go(name, signal);
      return undefined;
    }
    if (address === host.address && host.session) {
      this.#hold(name, address, host.session);
      await host.moveTo(address, host.session);
      return undefined;
    }
    const session = await this.#connect(address, signal, { agent });
    const before = host.session && this.nameOf(host.session) === undefined ? this.#freeName(name) : undefined;
    if (before !== undefined && host.session) this.#hold(before, host.address, host.session);
    this.#hold(name, address, session);
    await host.moveTo(address, session);
    return before;
  }

  async go(name: string, signal?: AbortSignal): Promise<void> {
    const one = this.#named(name);
    if (one.session.state !== 'open') one.session = await this.#connect(one.address, signal);
    await this.#host.moveTo(one.address, one.session);
  }

  async on(name: string, line: string): Promise<Exit> {
    const { address, session } = this.#named(name);
    if (session === this.#host.session) return runLine(line, this.#host);
    if (session.state !== 'open')
      throw new QmpshError('lost', `there is no connection to ${safe(name)}`, {
        advice: `.connect ${name} makes a new one.`,
      });
    const host = this.#beside(address, session);
    const exit = await runLine(line, host);
    this.#host.last = host.last;
    return exit;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all.values()].map(({ session }) => session.close()));
  }

  #named(name: string): Held {
    const one = this.#all.get(name);
    if (one) return one;
    const names = [...this.#all.keys()].join(', ');
    throw new QmpshError('usage', `no monitor is called ${safe(name)}`, {
      advice: names === '' ? '.connect NAME=ADDRESS gives one a name.' : `There is ${names}.`,
    });
  }

  #hold(name: string, address: string, session: Session): void {
    this.#all.set(name, { name, address, session });
  }

  /** A name for the monitor that the prompt is at: the end of its address, where that is one. */
  #freeName(taken: string): string {
    const tail = /[A-Za-z][\w.-]*$/.exec(this.#host.address)?.[0] ?? 'first';
    for (let n = 1; ; n++) {
      const name = n === 1 ? tail : `${tail}-${n}`;
      if (name !== taken && !this.#all.has(name)) return name;
    }
  }
}
