// On which buses of the VM a device could be put, by queries that cannot harm it.
import type { Request } from '../qmp/message.ts';
import type { Property } from '../schema/learned.ts';
import type { Bus } from '../schema/world.ts';
import type { Json } from '../text/json.ts';
import { objectsIn } from '../text/members.ts';

/** Bus types by what their devices are called in QEMU's tree of types. */
const BUSES: readonly (readonly [device: string, buses: readonly string[]])[] = [
  ['pci-device', ['PCIE', 'PCI']],
  ['usb-device', ['usb-bus']],
  ['scsi-device', ['SCSI']],
  ['virtio-serial-port', ['virtio-serial-bus']],
  ['hda-codec', ['HDA']],
];
// Where devices are that have buses; a q35 machine's own root bus takes none while it runs.
const HOLDERS = ['/machine/peripheral', '/machine/peripheral-anon'];
const ROOTS = ['/machine/i440fx'];
const MOST_DEVICES = 200;

/** Where the answers come from. */
interface Source {
  ask(request: Request): Promise<Json | undefined>;
  learnPath(path: string): Promise<void>;
  ofObject(path: string): readonly Property[] | undefined;
}

interface Buses {
  readonly buses: readonly Bus[];
  /** Whether the driver's device goes on PCI buses; false where nobody could tell. */
  readonly isPci: boolean;
}

/** The buses that a driver's device goes on. Rejects when the connection is lost. */
export async function busesFor(driver: string, known: Source): Promise<Buses> {
  const types = driver === '' ? [] : await busTypes(driver, known);
  const found: Bus[] = [];
  for (const holder of HOLDERS)
    for (const { name, type } of await children(holder, known)) {
      const port = /root-port|downstream/.test(type);
      for (const bus of await children(`${holder}/${name}`, known))
        if (types.includes(bus.type) && (bus.type !== 'PCIE' || port))
          found.push({ name: bus.name, free: !(await isFull(`${holder}/${name}/${bus.name}`, port, known)) });
    }
  for (const root of ROOTS)
    for (const bus of await children(root, known))
      if (types.includes(bus.type)) found.push({ name: bus.name, free: true });
  return { buses: found, isPci: types.includes('PCI') };
}

async function busTypes(driver: string, known: Source): Promise<readonly string[]> {
  for (const [device, buses] of BUSES) {
    const reply = await known.ask({ execute: 'qom-list-types', arguments: { implements: device } });
    const rows = objectsIn(reply);
    // An alias such as virtio-rng is no type: it stands for the one with -pci.
    if (rows.some(row => row['name'] === driver || row['name'] === `${driver}-pci`)) return buses;
  }
  return [];
}

/** The things below an object of the QOM tree: name and type. */
async function children(
  path: string,
  known: Source,
): Promise<readonly { readonly name: string; readonly type: string }[]> {
  await known.learnPath(path);
  return (known.ofObject(path) ?? [])
    .flatMap(({ name, type }) => {
      const inner = /^child<(.*)>$/.exec(type)?.[1];
      return inner === undefined ? [] : [{ name, type: inner }];
    })
    .slice(0, MOST_DEVICES);
}

/** A port takes one device, other buses as many as one will want. */
async function isFull(path: string, port: boolean, known: Source): Promise<boolean> {
  if (!port) return false;
  await known.learnPath(path);
  return (known.ofObject(path) ?? []).some(({ name }) => name.startsWith('child['));
}
