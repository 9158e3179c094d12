// Refusals about guest devices, buses and objects.
import type { Request } from '../../qmp/message.ts';
import { member } from '../../text/json.ts';
import { freeName, textOf, type World } from '../world.ts';
import { type Explanation, type Puzzle, plain, withArguments } from './puzzle.ts';

// What has a bus of the kind that is missing.
const CONTROLLERS: ReadonlyMap<string, string> = new Map([
  ['SCSI', 'virtio-scsi-pci'],
  ['usb-bus', 'qemu-xhci'],
  ['virtio-serial-bus', 'virtio-serial-pci'],
  ['HDA', 'ich9-intel-hda'],
]);

export const DEVICES: readonly Puzzle[] = [
  {
    match: /^Bus '(.*)' does not support hotplugging$/,
    only: /^device_add$/,
    asks: ['bus'],
    explain: (request, match, world) =>
      onFreeBus(request, world, `${match[1]} takes no device while the machine runs.`),
  },
  {
    match: /^Bus '(.*)' not found$/,
    only: /^device_add$/,
    asks: ['bus'],
    explain: (request, match, world) => onFreeBus(request, world, `There is no bus ${match[1]}.`),
  },
  {
    match: /^PCI: slot \d+ function \d+ (?:already occupied|not available)/,
    only: /^device_add$/,
    asks: ['bus'],
    explain: (request, _, world) => onFreeBus(request, world, 'That place is taken.'),
  },
  {
    match: /^No '(.*)' bus found for device '(.*)'$/,
    explain: (_, match) => {
      const controller = CONTROLLERS.get(match[1] ?? '');
      const text = `The machine has no bus of the kind that a ${match[2]} goes on`;
      return {
        text:
          controller === undefined ? `${text}.` : `${text}: add its controller first, such as ${controller}.`,
      };
    },
  },
  {
    match: /^Duplicate device ID '(.*)'$/,
    only: /^device_add$/,
    asks: ['device'],
    explain: (request, match, world) => ({
      text: 'A device of that id is there: choose another id, or take it out with device_del.',
      instead: withArguments(request, {
        id: freeName((match[1] ?? '').replace(/\d+$/, ''), world.names('device')),
      }),
    }),
  },
  {
    match: /^attempt to add duplicate property '(.*)' to object/,
    only: /^object-add$/,
    asks: ['object'],
    explain: (request, match, world) => ({
      text: 'An object of that id is there already: use it, remove it with object-del, or choose another id.',
      instead: withArguments(request, {
        id: freeName((match[1] ?? '').replace(/\d+$/, ''), world.names('object', {}, '')),
      }),
    }),
  },
  plain(
    /^Attempt to set property '.*' on .* after it was realized$/,
    'This property is set when the device is made: take it out with device_del and add it anew.',
  ),
  {
    match: /^Device does not have a block device backend$/,
    asks: ['node'],
    explain: (request, _, world) => {
      const id = textOf(request.arguments, 'id');
      const text =
        'The drive of a virtio disk is below it in the QOM tree; it is no medium that could be taken out or changed.';
      const instead = throughItsDrive(request, id, world);
      return instead === undefined ? { text } : { text, instead };
    },
  },
  {
    match: /^Chardev with id '(.*)' already exists$/,
    only: /^chardev-add$/,
    asks: ['chardev'],
    explain: (request, match, world) => ({
      text: 'A chardev of that id is there: choose another id, or take it out with chardev-remove.',
      instead: withArguments(request, {
        id: freeName((match[1] ?? '').replace(/\d+$/, ''), world.names('chardev')),
      }),
    }),
  },
  plain(/^Duplicate ID '.*'(?: for netdev)?$/, 'Something of that id is there: choose another id.'),
];

// Commands about the drive, whatever medium is in it.
const ANY_DRIVE = /^block_set_io_throttle$|^block-latency-histogram-set$/;

/** The request with the place of the drive that a guest device uses as its id, where the drive takes it. */
export function throughItsDrive(request: Request, id: string, world: World): Request | undefined {
  const drive = world.rows('drives').find(row => {
    const parts = textOf(row, 'qdev')
      .replace(/\/virtio-backend$/, '')
      .split('/');
    return parts.at(-1) === id;
  });
  const place = textOf(drive, 'qdev');
  const takes = ANY_DRIVE.test(request.execute) || (drive && member(drive, 'removable') === true);
  return place !== '' && takes ? withArguments(request, { id: place }) : undefined;
}

/** What to say where a bus will not do: those that are free for this kind of device, and the request with the first of them. */
function onFreeBus(request: Request, world: World, why: string): Explanation {
  const free = world.buses?.filter(bus => bus.free).map(bus => bus.name) ?? [];
  const [first] = free;
  if (first === undefined) {
    const all = world.buses ?? [];
    const taken = all.length > 0 ? ` Taken: ${all.map(bus => bus.name).join(', ')}.` : '';
    const ports = world.isPci
      ? ' On a q35 machine a device that is added goes on a port made at the start: -device pcie-root-port,id=...'
      : '';
    return { text: `${why}${taken}${ports}` };
  }
  // A place on one bus says nothing about another.
  const { addr: _, ...rest } = request.arguments;
  const instead = withArguments({ ...request, arguments: rest }, { bus: first });
  const same = member(request.arguments, 'bus') === first;
  const list =
    free.length > 8 ? `${free.slice(0, 8).join(', ')} and ${free.length - 8} more` : free.join(', ');
  return { text: `${why} Free for this device: ${list}.`, ...(same ? {} : { instead }) };
}
