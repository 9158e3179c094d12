// Where a page is played: the monitors its steps go to, the folder of its host commands, and what the last reply was.

import type { HostRun } from '../io/hostrun.ts';
import { lookAt, type Present, removeFiles } from '../io/present.ts';
import type { StillGuest } from '../io/stillguest.ts';
import type { Host } from '../line/host.ts';
import { runHostCommand } from '../line/hostcommand.ts';
import { schemaIfAny } from '../line/send.ts';
import type { Step } from '../page/model.ts';
import type { Values } from '../page/value.ts';
import { plain } from '../page/value.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Schema } from '../schema/model.ts';
import type { Session } from '../session/client.ts';
import type { Json } from '../text/json.ts';
import { safe } from '../text/safe.ts';

/** One connection of a page. */
export interface Monitor {
  readonly session: Session;
  readonly schema: Schema | undefined;
  /** Where its last request was sent: a `.wait` counts from here. */
  mark: number;
}

export interface StageParts {
  readonly host: Host;
  /** Whether a connection to the address may be made: one that starts a program was agreed to. */
  readonly mayOpen?: (address: string) => boolean;
  /** Starts the VM anew after a page has ended it; absent where the VM is not the page's own. */
  readonly restart?: () => Promise<Session>;
  /** Resolves when the QEMU of a connection that has ended is gone altogether. */
  readonly gone?: () => Promise<unknown>;
}

export class Stage {
  readonly host: Host;
  /** What `.let` and `.expect` query. */
  last: Json = null;
  /** The guest while it is held still. */
  still: StillGuest | undefined;
  readonly #parts: StageParts;
  readonly #others = new Map<string, Monitor>();
  #main: Monitor | undefined;

  constructor(parts: StageParts) {
    this.#parts = parts;
    this.host = parts.host;
    this.last = parts.host.last;
  }

  get folder(): string {
    return this.host.folder;
  }

  /** What lies at the path of a file that a host command would mean. */
  at(file: string): Present {
    return this.host.deputy ? this.host.deputy.at(file) : lookAt(this.folder, file);
  }

  /** Removes files; says why one of them could not be removed. */
  remove(files: readonly string[]): string | undefined {
    return this.host.deputy ? this.host.deputy.remove(files) : removeFiles(this.folder, files);
  }

  /** Runs a command of this host, or has it run by who stands for it. */
  runCommand(
    command: string,
    options: { readonly timeout: number; readonly signal: AbortSignal },
  ): Promise<HostRun> {
    const { deputy, clock } = this.host;
    if (deputy) return deputy.run(command);
    return runHostCommand(command, { folder: this.folder, clock, ...options });
  }

  /** The monitor of a step. Throws a QmpshError where there is no connection. */
  async monitorOf(step: Step, values: Values): Promise<Monitor> {
    const name = step.fence.on;
    if (name === undefined) return this.main();
    const value = values.get(name);
    if (!value) throw new QmpshError('usage', `on=${name}: ${name} has no value`);
    return this.#other(plain(value));
  }

  /** The monitors that the page has spoken to, each with its address; one whose connection has ended, too. */
  get monitors(): readonly { readonly address: string; readonly session: Session }[] {
    const { session, address } = this.host;
    const others = [...this.#others].map(([other, monitor]) => ({
      address: other,
      session: monitor.session,
    }));
    return session ? [{ address, session }, ...others] : others;
  }

  /** The address of the monitor that a step goes to. */
  addressOf(step: Step, values: Values): string {
    const value = step.fence.on === undefined ? undefined : values.get(step.fence.on);
    return value ? plain(value) : this.host.address;
  }

  async main(): Promise<Monitor> {
    const { host } = this;
    const known = this.#main;
    if (known?.session.state === 'open') return known;
    // A VM that the page itself has ended is started anew; one that died is not.
    if (known && this.#parts.restart && (await known.session.ended).expected) {
      host.session = await this.#parts.restart();
      host.mark = 0;
    }
    const session = host.session;
    if (session?.state !== 'open')
      throw new QmpshError('lost', 'there is no connection any more', {
        advice: 'The QEMU it led to has ended, or was told to.',
      });
    const schema = await schemaIfAny(host.loadSchema());
    this.#main = { session, schema, mark: host.mark };
    return this.#main;
  }

  /** After a request that ends QEMU: waits until it is gone, so that its images are free. */
  async settle(session: Session, signal: AbortSignal): Promise<void> {
    if (session.state !== 'closing') return;
    const stopped = new Promise<void>(resolve => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const gone = session.ended.then(() =>
      session === this.#main?.session ? this.#parts.gone?.() : undefined,
    );
    await Promise.race([gone, stopped]);
  }

  /** Tells the host where the page has come, for lines typed afterwards. */
  leaveMarks(): void {
    if (this.#main && this.#main.session === this.host.session) this.host.mark = this.#main.mark;
    this.host.last = this.last;
  }

  /** Throws a usage error for an address that starts a program which was not agreed to. */
  mustBeOpenable(address: string): void {
    if (this.#parts.mayOpen?.(address) !== false) return;
    throw new QmpshError(
      'usage',
      `a connection to ${safe(address)} starts a program, which was not agreed to`,
      { advice: 'Give the address on the command line, or allow the commands of the page.' },
    );
  }

  /** Closes the connections that were made for the page alone. */
  async close(): Promise<void> {
    for (const { session } of this.#others.values()) await session.close();
    this.#others.clear();
  }

  async #other(address: string): Promise<Monitor> {
    const known = this.#others.get(address);
    if (known?.session.state === 'open') return known;
    this.mustBeOpenable(address);
    const session = await this.host.open(address);
    const monitor = { session, schema: await schemaIfAny(session.schema()), mark: session.events.end };
    this.#others.set(address, monitor);
    return monitor;
  }
}
