// The types of devices that device_add takes, those that are plugged most often first.
import { type JsonObject, member } from '../text/json.ts';
import { text } from '../text/members.ts';

const FIRST =
  'virtio-blk-pci scsi-hd virtio-scsi-pci virtio-net-pci nvme usb-storage scsi-cd virtio-serial-pci virtserialport virtio-rng-pci virtio-balloon-pci virtio-gpu-pci usb-tablet usb-kbd qemu-xhci e1000e e1000 pcie-root-port'.split(
    ' ',
  );

/** What a running machine has buses or slots for. */
const PLUGGABLE =
  'pci-device usb-device scsi-device virtio-serial-port hda-codec virtio-ccw-device ccw-device pc-dimm nvme-ns'.split(
    ' ',
  );

/** From qom-list-types with abstract ones: the names of those that can be made. */
export function devicesByUse(types: readonly JsonObject[]): readonly string[] {
  const parents = new Map(types.map(type => [text(type, 'name'), text(type, 'parent')]));
  const isPluggable = (name: string): boolean => {
    for (let at: string | undefined = name, left = 20; at && left > 0; at = parents.get(at), left--)
      if (PLUGGABLE.includes(at)) return true;
    return false;
  };
  const weigh = (name: string): number => {
    const at = FIRST.indexOf(name);
    return at >= 0 ? at : FIRST.length + (isPluggable(name) ? 0 : 1);
  };
  return types
    .filter(type => member(type, 'abstract') !== true)
    .map(type => text(type, 'name'))
    .filter(name => name !== '')
    .map(name => ({ name, weight: weigh(name) }))
    .sort((a, b) => a.weight - b.weight || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}
