// Which properties a device has, or another type of object. Asking for them makes a device, and some cannot be made: that ends the QEMU that is
// asked. So it is never the user's VM but one that is started for the question (30 ms), from the same program. Answers
// are kept in the cache folder, by version and package.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Greeting } from '../qmp/message.ts';
import { qemuVersion as greetingVersion } from '../render/welcome.ts';
import { type Property, propertiesIn } from '../schema/learned.ts';
import { Session } from '../session/client.ts';
import { isObject, type Json, type JsonObject, parseJson, stringifyJson } from '../text/json.ts';
import { spawnQemu } from './child.ts';
import { CLOCK } from './clock.ts';
import { readIfThere, replaceFile } from './files.ts';
import { folderPath } from './folders.ts';
import { servingProgram } from './peer.ts';
import { findQemu, qemuVersion } from './qemu.ts';

/** The properties of a VM's devices and of its other types of objects, learned one type at a time. */
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
  of(type: string): readonly Property[] | undefined {
    return this.#known.get(type);
  }

  /** Learns a type's properties. Where none can be learned, it has none. */
  load(type: string, kind: 'device' | 'object' = 'device'): Promise<void> {
    if (this.#known.has(type)) return Promise.resolve();
    const running =
      this.#loading.get(type) ?? this.#load(type, kind).finally(() => this.#loading.delete(type));
    this.#loading.set(type, running);
    return running;
  }

  async #load(type: string, kind: 'device' | 'object'): Promise<void> {
    this.#opening ??= this.#open();
    const source = await this.#opening;
    if (this.#known.has(type)) return;
    if (source === undefined) {
      this.#known.set(type, []);
      return;
    }
    const value = await ask(source.program, type, kind).catch(() => undefined);
    this.#known.set(type, propertiesIn(value ?? []));
    if (value === undefined) return; // it may go well the next time the shell is started
    try {
      if (source.cache === undefined) return;
      replaceFile(source.cache, stringifyJson({ ...readCache(source.cache), [type]: value }));
    } catch {
      // Without a cache it is asked again next time.
    }
  }

  async #open(): Promise<Source | undefined> {
    const program = await this.#find();
    if (program === undefined) return undefined;
    const key = `${greetingVersion(this.#greeting)} ${this.#greeting.QMP.version.package} ${basename(program)}`;
    const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
    const cache = cachePath(name);
    for (const [type, rows] of Object.entries(readCache(cache))) {
      const found = propertiesIn(rows);
      if (found.length > 0) this.#known.set(type, found);
    }
    return { program, cache };
  }
}

interface Source {
  readonly program: string;
  /** Undefined where there is no home. */
  readonly cache: string | undefined;
}

function cachePath(name: string): string | undefined {
  try {
    return `${folderPath('cache')}/devices-${name}.json`;
  } catch {
    return undefined;
  }
}

function readCache(path: string | undefined): JsonObject {
  try {
    const value = parseJson((path === undefined ? undefined : readIfThere(path)) ?? '{}');
    return isObject(value) ? value : {};
  } catch {
    return {}; // half a file, or not ours to read
  }
}

/** The program of the VM at an address: that of the process that serves it here, else one of the same version. */
export async function programOf(address: string, greeting: Greeting): Promise<string | undefined> {
  const serving = servingProgram(address);
  if (serving !== undefined) return serving;
  try {
    const program = findQemu();
    return (await qemuVersion(program)) === greetingVersion(greeting) ? program : undefined;
  } catch {
    return undefined; // no QEMU on this host
  }
}

/** The type that an alias stands for, which device_add takes and no query does: virtio-blk. */
function aliased(program: string, type: string): readonly string[] {
  if (!/^virtio-[a-z0-9-]+$/.test(type)) return [];
  return [`${type}${program.endsWith('s390x') ? '-ccw' : '-pci'}`];
}

/** QEMU's answer; undefined where there is none: it refuses, or does not survive the question. */
async function ask(program: string, type: string, kind: 'device' | 'object'): Promise<Json | undefined> {
  const vm = await spawnQemu([program, '-machine', 'none', '-nodefaults', '-display', 'none', '-S']);
  try {
    const session = await Session.open(vm.transport, { clock: CLOCK, address: program });
    const query = kind === 'device' ? 'device-list-properties' : 'qom-list-properties';
    for (const typename of kind === 'device' ? [type, ...aliased(program, type)] : [type]) {
      const reply = await session.execute(query, { typename });
      if (reply.kind === 'success') return reply.value;
    }
    return undefined;
  } finally {
    void vm.close(); // nobody need wait for its end
  }
}
