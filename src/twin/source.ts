// The VM that a twin is made of, as its connection leads to it: what it tells, which program it is, and whether its files
// are those of this host.
import { parseAddress } from '../io/address.ts';
import { otherListeners } from '../io/clients.ts';
import { servingFolder, servingProcess, servingProgram } from '../io/peer.ts';
import { findQemu } from '../io/qemu.ts';
import type { AskVm } from '../line/blockgraph.ts';
import type { Host } from '../line/host.ts';
import { connected, limits } from '../line/send.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Json } from '../text/json.ts';
import { askTold, type Told } from './told.ts';
import { Twin, versionIn } from './twin.ts';

/** Builds twins of one VM, from what it told once. */
export class Source {
  readonly told: Told;
  readonly #host: Host;
  readonly #version: string;

  private constructor(host: Host, told: Told, version: string) {
    this.#host = host;
    this.told = told;
    this.#version = version;
  }

  /** Asks the VM, by questions alone. Throws a QmpshError where it does not tell its nodes. */
  static async of(host: Host): Promise<Source> {
    const session = connected(host);
    const ask: AskVm = async (command, args = {}) => {
      const reply = await session.execute(command, args, limits(host));
      return reply.kind === 'success' ? reply.value : undefined;
    };
    const told = await askTold(ask, host.jobs?.() ?? [], host.settings.unstable);
    if (!told)
      throw new QmpshError(
        'refused',
        'this server tells of no block nodes, so that no twin of it can be made',
        {
          advice: 'A rehearsal is for QEMU itself, and for qemu-storage-daemon.',
        },
      );
    const greeted: Json | undefined = session.greeting && { ...session.greeting.QMP.version };
    return new Source(host, told, versionIn(greeted ?? (await ask('query-version'))));
  }

  /** A new twin. */
  build(signal: AbortSignal): Promise<Twin> {
    const { address, practice } = this.#host;
    const isHere = isOnThisHost(address);
    const pid = isHere ? servingProcess(address) : undefined;
    const servers = pid === undefined ? undefined : otherListeners(pid, this.told.chardevs);
    const folder = practice?.folder ?? (isHere ? servingFolder(address) : undefined);
    return Twin.build({
      told: this.told,
      qemu: servingProgram(address) ?? findQemu(),
      version: this.#version,
      inside: folder ?? '/folder-of-the-vm',
      isHere,
      servesNothing: servers?.length === 0,
      signal,
    });
  }
}

function isOnThisHost(address: string): boolean {
  try {
    const to = parseAddress(address);
    return to.kind === 'unix' || servingProgram(address) !== undefined;
  } catch {
    return false;
  }
}
