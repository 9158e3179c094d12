// The devices of a twin: those of its VM that use a node, or one that stands in where such a one cannot be made.
import { text } from '../text/members.ts';
import type { Told } from './told.ts';

interface DeviceUser {
  /** The name of its drive; empty where it is given a node. */
  readonly drive: string;
  readonly node: string | undefined;
}

export interface Devices {
  /** Options for QEMU's command line: `virtio-blk-pci,id=virtio0`, each with the node or drive it uses. */
  readonly list: readonly Device[];
  readonly users: readonly DeviceUser[];
  /** Texts of the twin's, and what they are to be read as: paths of stand-ins. */
  readonly paths: ReadonlyMap<string, string>;
  readonly remarks: readonly string[];
}

interface Device {
  readonly options: Readonly<Record<string, string>>;
  /** The node it uses, or the drive of that name. */
  readonly node?: string;
  readonly drive?: string;
}

const VIRTIO = /^virtio-blk(?:-pci)?(?:-(?:non-)?transitional)?$/;
const SCSI = /^scsi-(?:hd|cd)$/;
const CONTROLLER = /^(?:virtio-scsi-pci|lsi53c895a|megasas|megasas-gen2|mptsas1068|pvscsi)/;
const IDE = /^ide-(?:hd|cd)$/;
/** q35 has so many places for disks of its own, and so many slots. */
const MOST_IDE = 6;

export function devicesOf(told: Told): Devices {
  const list: Device[] = [];
  const users: DeviceUser[] = [];
  const paths = new Map<string, string>();
  const remarks: string[] = [];
  const controller = [...told.devices].find(([, type]) => CONTROLLER.test(type));
  let ide = 0;
  let hasScsi = false;
  for (const [i, row] of told.block.entries()) {
    const path = text(row, 'qdev');
    const drive = text(row, 'device');
    const id = /^\/machine\/peripheral\/([^/]+)/.exec(path)?.[1];
    const anonymous = /^\/machine\/peripheral-anon\/device\[(\d+)\]/.exec(path)?.[1];
    const type =
      id !== undefined
        ? told.devices.get(id)
        : anonymous !== undefined
          ? told.nameless[Number(anonymous)]
          : undefined;
    const node = told.graph.devices[i]?.node;
    users.push({ drive, node });
    if (path === '') continue; // a drive that no device uses
    const properties = told.properties.get(path.replace(/\/virtio-backend$/, '')) ?? {};
    const own = id ?? `twin-device-${i}-x`;
    const common = { id: own, ...(properties.shares ? { 'share-rw': 'on' } : {}) };
    const on = { ...(drive !== '' ? { drive } : node === undefined ? {} : { node }) };
    const thread = properties.iothread === undefined ? {} : { iothread: properties.iothread };
    if (type !== undefined && VIRTIO.test(type) && node !== undefined)
      list.push({ options: { driver: type, ...common, ...thread }, ...on });
    else if (type !== undefined && SCSI.test(type)) {
      if (!hasScsi) list.push({ options: { driver: 'virtio-scsi-pci', id: controller?.[0] ?? 'twin-scsi' } });
      hasScsi = true;
      list.push({ options: { driver: type, ...common }, ...on });
    } else if (type !== undefined && IDE.test(type) && ide < MOST_IDE)
      list.push({ options: { driver: type, ...common, bus: `ide.${ide++}` }, ...on });
    else if (node === undefined && drive === '')
      remarks.push(`the drive ${id ?? path} is empty, and the twin has none`);
    else {
      const what = type ?? 'of the machine itself';
      remarks.push(`the device ${id ?? path} is ${what}: the twin has a virtio-blk in its place`);
      list.push({ options: { driver: 'virtio-blk-pci', ...common, ...thread }, ...on });
    }
    const made = `/machine/peripheral/${own}`;
    if (id === undefined) {
      paths.set(`${made}/virtio-backend`, path);
      paths.set(made, path.replace(/\/virtio-backend$/, ''));
    }
  }
  return { list, users, paths, remarks };
}
