// Refusals about a name that is not there: what it was perhaps meant to be, judged by where it stands and by what the VM has.
import type { Request } from '../../qmp/message.ts';
import { isObject, type JsonObject, member } from '../../text/json.ts';
import { type NameKind, namingAt } from '../names.ts';
import { membersAt } from '../walk.ts';
import { freeName, needsJobId, textOf, type World } from '../world.ts';
import { throughItsDrive } from './devices.ts';
import {
  closest,
  type Explanation,
  LIST_NODES,
  mistyped,
  type Puzzle,
  plain,
  replacing,
  withArguments,
  without,
} from './puzzle.ts';
import { schemeOf, withOptions } from './urls.ts';

const DEVICES: Request = { execute: 'qom-list', arguments: { path: '/machine/peripheral' } };
const OBJECTS: Request = { execute: 'qom-list', arguments: { path: '/objects' } };
const CHARDEVS: Request = { execute: 'query-chardev', arguments: {} };
const DRIVERS: Request = {
  execute: 'qom-list-types',
  arguments: { implements: 'device', abstract: false },
};

export const NAMES: readonly Puzzle[] = [
  {
    match: /^Cannot find device='?(.*?)'? nor node-name='?(.*?)'?$/s,
    asks: ['node', 'job'],
    explain: (request, match, world) => noNode(request, match[1] || (match[2] ?? ''), world),
  },
  {
    match: /^(?:Failed to find node with node-name=|Cannot find node )'?(.*?)'?$/s,
    asks: ['node', 'job'],
    explain: (request, match, world) => noNode(request, match[1] ?? '', world),
  },
  {
    match: /^Device '(.*)' not found$/s,
    only: /^block-(?:commit|stream)|^drive-|^change-backing-file|^blockdev-snapshot/,
    asks: ['node', 'job'],
    explain: (request, match, world) => noNode(request, match[1] ?? '', world),
  },
  {
    match: /^Property '.*\.drive' can't find value '(.*)'$/s,
    asks: ['node', 'job'],
    explain: (request, match, world) => noNode(request, match[1] ?? '', world),
  },
  {
    match: /^Property '.*\.(.*)' can't find value '(.*)'$/s,
    asks: ['chardev'],
    explain: (request, match, world) => {
      const [, property = '', name = ''] = match;
      if (property === 'netdev')
        return {
          text: 'No network backend has that id: make it first with netdev_add, or name one that was given with -netdev.',
        };
      return property === 'chardev'
        ? absent(request, name, freeChardevs(world), world, {
            text: 'No chardev has that id: make it first with chardev-add.',
            list: CHARDEVS,
          })
        : { text: `Nothing that ${property} could name is called that.` };
    },
  },
  {
    match: /^Device '(.*)' not found$/s,
    only: /^device_add$/,
    asks: request => [...new Set(linksOf(request))],
    explain: (request, match, world) => noLink(request, match[1] ?? '', world),
  },
  {
    match: /^Device '(.*)' not found$/s,
    only: /^(?:device_del|device-sync|eject|blockdev-(?:open|close)-tray|blockdev-(?:change|remove|insert)-medium|block_set_io)/,
    asks: ['device', 'node'],
    explain: (request, match, world) =>
      deviceById(request, match[1] ?? '', world) ??
      absent(request, match[1] ?? '', world.names('device'), world, {
        text: 'No guest device has that id; the ids given with -device or device_add are listed here.',
        list: DEVICES,
      }),
  },
  plain(
    /^Device '.*' not found$/s,
    'No network backend or card has that id; .hmp info network lists them.',
    undefined,
    /^(?:netdev_del|set_link)$/,
  ),
  {
    match: /^object '(.*)' not found$/s,
    asks: ['object'],
    explain: (request, match, world) =>
      absent(request, match[1] ?? '', world.names('object', {}, ''), world, {
        text: 'No object has that id; those made with -object or object-add are listed here.',
        list: OBJECTS,
      }),
  },
  {
    match: /^Chardev '(.*)' not found$/s,
    asks: ['chardev'],
    explain: (request, match, world) =>
      absent(request, match[1] ?? '', freeChardevs(world), world, {
        text: 'No chardev has that id.',
        list: CHARDEVS,
      }),
  },
  {
    match: /^'(.*)' is not a valid device model name$/s,
    asks: ['driver'],
    explain: (request, match, world) =>
      absent(request, match[1] ?? '', world.names('driver'), world, {
        text: 'This QEMU has no such device; some lie in modules that are packages of their own. qom-list-types lists the types.',
        list: DRIVERS,
      }),
  },
  {
    match: /^Property '(.*)\.(.*?)' not found$/s,
    only: /^device_add$/,
    explain: (request, match, world) => noProperty(request, match[1] ?? '', match[2] ?? '', world),
  },
  {
    match: /^Property '.*\.(.*?)' not found$/s,
    only: /^qom-(?:set|get)$/,
    asks: ['qom-property'],
    explain: (request, match, world) =>
      absent(request, match[1] ?? '', world.names('qom-property', request.arguments), world, {
        text: 'The object has no such property; qom-list shows those it has.',
        list: { execute: 'qom-list', arguments: { path: member(request.arguments, 'path') ?? '/' } },
      }),
  },
  {
    match: /^(?:Bitmap '(.*)' could not be found|Dirty bitmap '(.*)' not found)$/s,
    asks: ['bitmap'],
    explain: (request, match, world) =>
      absent(request, match[1] ?? match[2] ?? '', world.names('bitmap', request.arguments), world, {
        text: 'The node has no bitmap of that name; each node has its own, and an overlay starts with none. query-named-block-nodes shows them under dirty-bitmaps.',
        list: LIST_NODES,
      }),
  },
];

/** The id of a guest device, given where a drive's name belongs. */
function deviceById(request: Request, name: string, world: World): Explanation | undefined {
  if (request.arguments['device'] !== name || world.names('device')?.includes(name) !== true)
    return undefined;
  const text = `${name} is the id of a guest device: it belongs behind id=.`;
  const instead = throughItsDrive(without(request, 'device'), name, world);
  return instead === undefined ? { text } : { text, instead };
}

interface Absence {
  readonly text: string;
  readonly list: Request;
}

/** A name that is none of those there are: the one it was perhaps meant to be, else the request that lists them. */
function absent(
  request: Request,
  name: string,
  names: readonly string[] | undefined,
  world: World,
  { text, list }: Absence,
): Explanation {
  const near = closest(name, names ?? []);
  const meant = mistyped(request, name, names ?? []);
  // For what takes something away the line is not offered.
  const short = `${/^.*?(?=[;:.] |\.$)/.exec(text)?.[0] ?? text}. Did you mean ${near}?`;
  if (near !== undefined && meant === undefined) return { text: short, instead: list };
  const instead = meant === undefined ? undefined : replacing(request, name, meant);
  if (instead === undefined) return { text, instead: list };
  return { text: short, instead: withJobId(instead, world) };
}

/** The chardevs that nothing uses yet. */
function freeChardevs(world: World): readonly string[] {
  const free = world.rows('chardevs').filter(row => member(row, 'frontend-open') === false);
  return free.map(row => textOf(row, 'label'));
}

/** What takes the next step on the way as well: with a node's name in place of a drive's, a job needs a name of its own. */
function withJobId(request: Request, world: World): Request {
  if (!needsJobId(request, world)) return request;
  return withArguments(request, { 'job-id': freeName('job', world.names('job')) });
}

// Commands that take no drive's name.
const NODE_ONLY = /^(?:blockdev-del|block-export-add|block-dirty-bitmap-)/;

function noNode(request: Request, name: string, world: World): Explanation {
  const node = nodeBehind(name, world);
  if (node !== undefined) {
    const instead = withJobId(replacing(request, name, node) ?? LIST_NODES, world);
    return { text: `${name} is the id of a guest device: the node behind it is ${node}.`, instead };
  }
  if (request.arguments['device'] === name && world.names('node')?.includes(name) === true) {
    const overlay =
      request.execute === 'blockdev-snapshot-sync' && !Object.hasOwn(request.arguments, 'snapshot-node-name')
        ? { 'snapshot-node-name': freeName('overlay', world.names('node')) }
        : {};
    const instead = withArguments(without(request, 'device'), { 'node-name': name, ...overlay });
    return { text: `${name} is a node, and no drive: give it as node-name.`, instead };
  }
  const swapped = exchanged(request, name, world);
  if (swapped !== undefined) return swapped;
  const scheme = schemeOf(name);
  if (scheme !== undefined || /[/\\]|\.\w+$/.test(name)) return fileForNode(request, name, scheme, world);
  if (request.execute === 'blockdev-snapshot' && request.arguments['overlay'] === name)
    return noOverlay(request, name, world);
  return absent(request, name, world.names('node'), world, {
    text: NODE_ONLY.test(request.execute)
      ? 'No block node has that name; query-named-block-nodes lists them.'
      : world.names('node') === undefined
        ? 'No drive and no block node has that name. The id of a guest device (-device ...,id=) is neither: give the node-name behind it, which query-block shows under inserted.'
        : 'No drive and no block node has that name; query-named-block-nodes lists the nodes.',
    list: LIST_NODES,
  });
}

/** A file's name where a node belongs, and a node's where the file does. */
function exchanged(request: Request, name: string, world: World): Explanation | undefined {
  const { arguments: args } = request;
  const here = Object.keys(args).find(key => args[key] === name);
  const there = Object.keys(args).find(key => {
    const value = args[key];
    const isFile = namingAt(request.execute, [key], args)?.kind === 'file';
    return isFile && typeof value === 'string' && world.names('node')?.includes(value) === true;
  });
  const node = there === undefined ? undefined : args[there];
  if (here === undefined || there === undefined || node === undefined) return undefined;
  return {
    text: `${here} and ${there} seem to be exchanged.`,
    instead: withArguments(request, { [here]: node, [there]: name }),
  };
}

/** The overlay of blockdev-snapshot must be there before, and nobody may use it. */
function noOverlay(request: Request, name: string, world: World): Explanation {
  const free = (world.names('node') ?? []).filter(one => !isInserted(one, world));
  const meant = closest(
    name,
    free.filter(one => one !== request.arguments['node']),
  );
  if (meant !== undefined)
    return { text: `Did you mean ${meant}?`, instead: withArguments(request, { overlay: meant }) };
  return {
    text: 'The overlay has to be open before, by blockdev-add with backing=null. blockdev-snapshot-sync makes a new one.',
  };
}

/** The node that a guest device uses. */
function nodeBehind(id: string, world: World): string | undefined {
  for (const drive of world.rows('drives')) {
    const path = textOf(drive, 'qdev').replace(/\/virtio-backend$/, '');
    const inserted = member(drive, 'inserted');
    const node = isObject(inserted) ? textOf(inserted, 'node-name') : '';
    if (path.split('/').at(-1) === id && node !== '') return node;
  }
  return undefined;
}

const FORMATS: ReadonlyMap<string, string> = new Map([
  ['qcow2', 'qcow2'],
  ['vmdk', 'vmdk'],
  ['vdi', 'vdi'],
  ['vhdx', 'vhdx'],
  ['vpc', 'vpc'],
  ['vhd', 'vpc'],
  ['qed', 'qed'],
]);

/** The node that a file is open as, the format rather than the protocol; empty where none has it. */
export function openAs(file: string, world: Pick<World, 'rows'>): string {
  const nodes = world.rows('nodes').filter(node => textOf(node, 'file') === file);
  return textOf(nodes.find(node => textOf(node, 'drv') !== 'file') ?? nodes[0], 'node-name');
}

/** Whether a guest device uses a node. */
export function isInserted(node: string, world: Pick<World, 'rows'>): boolean {
  return world.rows('drives').some(drive => {
    const inserted = member(drive, 'inserted');
    return isObject(inserted) && textOf(inserted, 'node-name') === node;
  });
}

/** A file name or URL where a node belongs. */
function fileForNode(request: Request, name: string, scheme: string | undefined, world: World): Explanation {
  const own = openAs(name, world);
  if (own !== '' && request.execute !== 'blockdev-add') {
    const instead = withJobId(replacing(request, name, own) ?? LIST_NODES, world);
    return { text: `A node-name belongs here, and no file name: the file is open as ${own}.`, instead };
  }
  const inline = scheme === undefined ? undefined : withOptions(request.arguments)?.value;
  if (request.execute === 'blockdev-add') {
    const text = 'A node-name or the options of a node belong here, and no file name.';
    if (scheme !== undefined)
      return isObject(inline ?? null)
        ? { text, instead: { ...request, arguments: Object(inline) } }
        : { text };
    const instead = replacing(request, name, { driver: 'file', filename: name });
    return instead === undefined ? { text } : { text, instead };
  }
  const text =
    'A node-name belongs here, and no file name: open the image with blockdev-add, then give its node-name.';
  if (scheme !== undefined) return { text };
  const format = FORMATS.get(/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '') ?? 'raw';
  const node: JsonObject = {
    driver: format,
    'node-name': freeName('node', world.names('node')),
    file: { driver: 'file', filename: name },
  };
  return { text, instead: { execute: 'blockdev-add', arguments: node } };
}

/** The kinds of names that a device's links take, by the arguments of a device_add. */
function linksOf(request: Request): readonly NameKind[] {
  return Object.keys(request.arguments).flatMap(key => {
    const naming = namingAt(request.execute, [key], request.arguments);
    return naming === undefined || naming.kind === 'new' || naming.kind === 'text' ? [] : [naming.kind];
  });
}

/** An object that a device is to be linked to. */
function noLink(request: Request, name: string, world: World): Explanation | undefined {
  const key = Object.keys(request.arguments).find(one => request.arguments[one] === name);
  if (key === undefined) return undefined;
  const naming = namingAt(request.execute, [key], request.arguments);
  const listed = naming !== undefined && naming.kind !== 'new' && naming.kind !== 'text';
  const names = listed ? world.names(naming.kind, request.arguments, naming.of) : undefined;
  const text = `No object that ${key} could name has that id: make it first with object-add.`;
  return absent(request, name, names, world, { text, list: OBJECTS });
}

function noProperty(request: Request, driver: string, name: string, world: World): Explanation {
  const type = world.schema?.commands.get(request.execute)?.arguments;
  const known =
    type === undefined ? [] : membersAt(type, request.arguments).filter(one => one.told !== undefined);
  const near = mistyped(
    request,
    name,
    known.map(one => one.name),
  );
  const text = `A ${driver} has no such property; Tab behind driver=${driver} shows those it has.`;
  const value = member(request.arguments, name);
  if (near === undefined || value === undefined || Object.hasOwn(request.arguments, near)) return { text };
  return { text, instead: withArguments(without(request, name), { [near]: value }) };
}
