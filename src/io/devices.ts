// Which properties a device has. Asking for them makes a device, and some cannot be made: that ends the QEMU that is
// asked. So it is never the user's VM but one that is started for the question (30 ms), from the same program. Answers
// are kept in the cache folder, by version and package.
import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { Greeting } from '../qmp/message.ts';
import { qemuVersion as greetingVersion } from '../render/welcome.ts';
import { Session } from '../session/client.ts';
import {
  isArray,
  isObject,
  type Json,
  type JsonObject,
  member,
  parseJson,
  stringifyJson,
} from '../text/json.ts';
import { spawnQemu } from './child.ts';
import { CLOCK } from './clock.ts';
import { readIfThere, replaceFile } from './files.ts';
import { folderPath } from './folders.ts';
import { findMonitors } from './monitors.ts';
import { findQemu, qemuVersion } from './qemu.ts';

export interface Property {
  readonly text: string;
  readonly note: string;
}

/** The properties of a VM's devices, learned one device at a time. */
export class Devices {
  readonly #find: () => Promise<string | undefined>;
  readonly #greeting: Greeting;
  readonly #known = new Map<string, readonly Property[]>();
  readonly #loading = new Map<string, Promise<void>>();
  #opening: Promise<Source | undefined> | undefined;

  /** `find` gives the VM's program; without one nothing is learned. */
  constructor(greeting: Greeting, find: () => Promise<string | undefined>) {
    this.#greeting = greeting;
    this.#find = find;
  }

  /** What is known now. */
  of(driver: string): readonly Property[] | undefined {
    return this.#known.get(driver);
  }

  /** Learns a device's properties. Where none can be learned, it has none. */
  load(driver: string): Promise<void> {
    if (this.#known.has(driver)) return Promise.resolve();
    const running =
      this.#loading.get(driver) ?? this.#load(driver).finally(() => this.#loading.delete(driver));
    this.#loading.set(driver, running);
    return running;
  }

  async #load(driver: string): Promise<void> {
    this.#opening ??= this.#open();
    const source = await this.#opening;
    if (this.#known.has(driver)) return;
    if (source === undefined) {
      this.#known.set(driver, []);
      return;
    }
    const value = await ask(source.program, driver).catch(() => []);
    this.#known.set(driver, properties(value));
    try {
      replaceFile(source.cache, stringifyJson({ ...readCache(source.cache), [driver]: value }));
    } catch {
      // Without a cache it is asked again next time.
    }
  }

  async #open(): Promise<Source | undefined> {
    const program = await this.#find();
    if (program === undefined) return undefined;
    const key = `${greetingVersion(this.#greeting)} ${this.#greeting.QMP.version.package} ${basename(program)}`;
    const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
    const cache = `${folderPath('cache')}/devices-${name}.json`;
    for (const [driver, rows] of Object.entries(readCache(cache))) this.#known.set(driver, properties(rows));
    return { program, cache };
  }
}

interface Source {
  readonly program: string;
  readonly cache: string;
}

function readCache(path: string): JsonObject {
  try {
    const value = parseJson(readIfThere(path) ?? '{}');
    return isObject(value) ? value : {};
  } catch {
    return {}; // half a file, or not ours to read
  }
}

/** The program of the VM at an address: that of its process where it runs here, else one of the same version. */
export async function programOf(
  address: string,
  pid: number | undefined,
  greeting: Greeting,
): Promise<string | undefined> {
  const process = pid ?? findMonitors().find(one => one.address === address)?.pid;
  if (process !== undefined) {
    try {
      return readlinkSync(`/proc/${process}/exe`);
    } catch {
      // another user's process, or no /proc
    }
  }
  try {
    const program = findQemu();
    return (await qemuVersion(program)) === greetingVersion(greeting) ? program : undefined;
  } catch {
    return undefined; // no QEMU on this host
  }
}

async function ask(program: string, driver: string): Promise<Json> {
  const vm = await spawnQemu([program, '-machine', 'none', '-nodefaults', '-display', 'none', '-S']);
  try {
    const session = await Session.open(vm.transport, { clock: CLOCK, address: program });
    const reply = await session.execute('device-list-properties', { typename: driver });
    return reply.kind === 'success' ? reply.value : [];
  } finally {
    void vm.close(); // nobody need wait for its end
  }
}

function properties(value: Json): readonly Property[] {
  const rows = (isArray(value) ? value : []).filter(isObject).flatMap(row => {
    const name = member(row, 'name');
    return typeof name === 'string' ? [{ text: name, note: noteOf(row) }] : [];
  });
  // Those that are experiments or for old machines begin with `x-`.
  const last = ({ text }: Property) => (text.startsWith('x-') ? 1 : 0);
  return rows.sort((a, b) => last(a) - last(b) || (a.text < b.text ? -1 : 1));
}

function noteOf(row: JsonObject): string {
  const { type, description } = row;
  const value = member(row, 'default-value');
  return [
    typeof type === 'string' ? type : '',
    value === undefined ? '' : `default ${typeof value === 'string' ? value : stringifyJson(value)}`,
    typeof description === 'string' ? description : '',
  ]
    .filter(part => part !== '')
    .join(' · ');
}
