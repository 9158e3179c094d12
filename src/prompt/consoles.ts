// The consoles of a VM that is the shell's own. Those on pseudo terminals are read from the VM's start on, so that what they write
// before somebody looks is there; those on sockets when somebody attaches.
import type { VmConsole } from '../io/console.ts';
import { type ConsoleRow, type Consoles, NO_CONSOLE } from '../line/consoles.ts';
import { limits } from '../line/send.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Session } from '../session/client.ts';
import { isArray, isObject } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import type { PromptHost } from './prompt.ts';

interface Parts {
  /** Gives the terminal away meanwhile. */
  readonly lend: <T>(use: () => Promise<T>) => Promise<T>;
  readonly plain: boolean;
}

interface Place {
  readonly name: string;
  readonly leadsTo: string;
}

export class PromptConsoles implements Consoles {
  readonly #host: PromptHost;
  readonly #parts: Parts;
  readonly #open = new Map<string, VmConsole>();
  /** Those that were left to other programs. */
  readonly #freed = new Set<string>();
  #session: Session | undefined;
  #places: readonly Place[] = [];

  constructor(host: PromptHost, parts: Parts) {
    this.#host = host;
    this.#parts = parts;
  }

  /** A VM of the shell's own: what its consoles write is kept from now on. Never rejects. */
  async joined(session: Session): Promise<void> {
    if (session === this.#session) return;
    this.close();
    this.#session = session;
    const kept: string[] = [];
    try {
      for (const { name, leadsTo } of await this.#find(session))
        if (leadsTo.startsWith('pty:')) {
          await this.#opened(name, leadsTo);
          kept.push(name);
        }
    } catch {
      return; // whoever asks for one is told
    }
    const [name] = kept;
    if (name === undefined || this.#host.session !== session) return;
    const which = kept.length === 1 ? safe(name) : kept.map(one => safe(one)).join(', ');
    this.#host.note(
      `.console attaches to ${kept.length === 1 ? 'its console' : 'one of its consoles'}: ${which}`,
    );
  }

  async list(): Promise<readonly ConsoleRow[]> {
    const { session, owned, practice, address } = this.#host;
    if (session && session !== this.#session) {
      const isOwn = owned !== undefined || practice?.address === address;
      if (!isOwn) throw await this.#notOurs(session);
      await this.joined(session);
    }
    if (session) await this.#find(session);
    return this.#places.flatMap(({ name, leadsTo }) => {
      const open = this.#open.get(name);
      if (!open && !session) return [];
      return [{ name, leadsTo, over: open?.isOver === true, ...(open ? { unseen: open.unseen } : {}) }];
    });
  }

  names(): readonly string[] {
    return this.#places.map(({ name }) => name);
  }

  async attach(name: string): Promise<'left' | 'ended'> {
    const place = this.#places.find(one => one.name === name);
    if (!place)
      throw new QmpshError('usage', `there is no console ${safe(name)}`, { advice: this.#others() });
    const console = await this.#opened(name, place.leadsTo);
    this.#freed.delete(name);
    const { kept, dropped } = console.unseen;
    const cut = dropped > 0 ? `; ${bytes(dropped)} before these ${bytes(kept)} were dropped` : '';
    const { attach } = await import('../io/attach.ts');
    const banner = `[${safe(name)}: Ctrl-] goes back to the prompt${cut}]`;
    return this.#parts.lend(() => attach(console, { plain: this.#parts.plain, banner }));
  }

  free(name: string): boolean {
    const open = this.#open.get(name);
    open?.close();
    this.#open.delete(name);
    this.#freed.add(name);
    return open !== undefined;
  }

  /** Reads none any more. */
  close(): void {
    for (const one of this.#open.values()) one.close();
    this.#open.clear();
    this.#freed.clear();
    this.#places = [];
    this.#session = undefined;
  }

  async #opened(name: string, leadsTo: string): Promise<VmConsole> {
    const known = this.#open.get(name);
    if (known && !(known.isOver && this.#host.session === this.#session)) return known;
    const { VmConsole } = await import('../io/console.ts');
    const made = await VmConsole.open(leadsTo);
    this.#open.set(name, made);
    return made;
  }

  /** What QEMU has put on terminals and sockets, its own QMP monitors apart as far as their names tell. */
  async #find(session: Session): Promise<readonly Place[]> {
    const reply = await session.execute('query-chardev', {}, limits(this.#host));
    const rows = reply.kind === 'success' && isArray(reply.value) ? reply.value : [];
    this.#places = rows
      .flatMap((row): readonly Place[] => {
        const { label, filename } = isObject(row) ? row : {};
        if (typeof label !== 'string' || typeof filename !== 'string') return [];
        const isSerial = /^serial\d+$/.test(label) && /^(?:disconnected:)?unix:/.test(filename);
        return isSerial || filename.startsWith('pty:') ? [{ name: label, leadsTo: filename }] : [];
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.#places;
  }

  #others(): string {
    const names = this.names().map(name => safe(name));
    return names.length > 0 ? `There is: ${names.join(', ')}.` : NO_CONSOLE;
  }

  /** A VM of somebody else's: where its consoles are is told. */
  async #notOurs(session: Session): Promise<QmpshError> {
    const found = await this.#find(session).catch(() => []);
    this.#places = [];
    const [first] = found.filter(({ leadsTo }) => leadsTo.startsWith('pty:'));
    const where = first
      ? `Its ${safe(first.name)} is at ${safe(first.leadsTo.slice('pty:'.length))} of its host: screen, or minicom -p, attaches there.`
      : 'virsh console, socat and screen attach to what it was started with.';
    return new QmpshError('usage', 'this VM is not no VM of this shell, so its consoles are not either', {
      advice: where,
    });
  }
}
