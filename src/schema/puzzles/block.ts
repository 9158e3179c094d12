// Refusals about block nodes, images, bitmaps and exports.
import { isArray, isObject, type JsonObject, member } from '../../text/json.ts';
import { bytes } from '../../text/size.ts';
import { freeName, textOf, type World } from '../world.ts';
import { LIST_DRIVES, LIST_JOBS, LIST_NODES, type Puzzle, plain, withArguments, without } from './puzzle.ts';
import { schemeOf, withOptions } from './urls.ts';

const MIB = 1024 * 1024;

export const BLOCK: readonly Puzzle[] = [
  {
    match: /^Need a root block node$/,
    asks: ['job'],
    explain: (_, __, world) => {
      const top = 'The node is not the top of its chain: an overlay, a filter or a job stands above it.';
      const running = world
        .rows('jobs')
        .filter(job => textOf(job, 'status') !== 'concluded')
        .map(job => `${textOf(job, 'id')} (${textOf(job, 'type')})`);
      return running.length > 0
        ? { text: `${top} Under way: ${running.join(', ')}.`, instead: LIST_JOBS }
        : {
            text: `${top} Name the node that the guest device uses; query-block shows it.`,
            instead: LIST_DRIVES,
          };
    },
  },
  plain(
    /Failed to get (?:shared )?"?(?:write|consistent read|resize)"? lock/,
    'The image is open elsewhere: in another node of this QEMU, in another QEMU, or in qemu-img. Use the node that has it, or close it there; qemu-img -U reads it all the same.',
  ),
  {
    match: /^Permission conflict on node '(.*?)'|^Conflicts with use by /,
    only: /^block-export-add|^nbd-server-add/,
    asks: ['node'],
    explain: request => {
      const text =
        'A guest device uses the node and lets nobody else write to it. Export it without writable=true, or start the device with share-rw=on.';
      return member(request.arguments, 'writable') === true
        ? { text, instead: without(request, 'writable') }
        : { text };
    },
  },
  plain(
    /^Permission conflict on node '(.*?)'|^Conflicts with use by /,
    'Two users of the node want what excludes the other, mostly that only one may write. The device, export or job named above must let go first, or be made with share-rw=on.',
  ),
  plain(/^Node name too long$/, 'A node name has at most 31 characters.'),
  plain(
    /^Invalid node-name: '(.*)'$/,
    'A node name begins with a letter and holds letters, digits and - . _ only.',
  ),
  {
    match: /^New overlay node-name missing$/,
    asks: ['node'],
    explain: (request, _, world) => {
      const text =
        'A node given by node-name gets an overlay with a name too: give snapshot-node-name=... one of your choice.';
      const name = freeName('overlay', world.names('node'));
      if (request.execute !== 'blockdev-snapshot-sync') return { text };
      return { text, instead: withArguments(request, { 'snapshot-node-name': name }) };
    },
  },
  {
    match: /^'node-name' must be specified for the root node$/,
    asks: ['node'],
    explain: (request, _, world) => ({
      text: 'Without a name nothing could use the node: give node-name=... one of your choice.',
      instead: withArguments(request, { 'node-name': freeName('node', world.names('node')) }),
    }),
  },
  {
    match: /^Duplicate nodes with node-name='(.*)'$/,
    asks: ['node'],
    explain: (request, match, world) => {
      const text =
        'A node of that name is open already: use it, remove it with blockdev-del, or choose another name.';
      const name = match[1] ?? '';
      if (member(request.arguments, 'node-name') !== name) return { text, instead: LIST_NODES };
      const free = freeName(name.replace(/\d+$/, ''), world.names('node'));
      return { text, instead: withArguments(request, { 'node-name': free }) };
    },
  },
  plain(
    /^Source and target image have different sizes$/,
    "The target must be exactly as large as the source: create it with the source's virtual-size, in bytes.",
    LIST_NODES,
  ),
  plain(
    /^Source and target cannot be the same$|^Can't mirror node into itself$/,
    'The copy needs a node of its own: create an image, open it with blockdev-add, and give its name as target.',
  ),
  plain(
    /^cannot commit an image into itself$/i,
    'There is nothing to commit: top and base are one node, as where the node is no overlay.',
  ),
  {
    match: /^Input\/output error$/,
    only: /^blockdev-(?:mirror|backup)$/,
    asks: ['node'],
    explain: (request, _, world) => {
      const device = member(request.arguments, 'device');
      const row = world.rows('nodes').find(node => textOf(node, 'node-name') === device);
      return textOf(row, 'drv') === 'quorum'
        ? { text: 'The images that are compared do not hold the same (or one of them cannot be read).' }
        : undefined;
    },
  },
  plain(/No space left on device/, 'The disk or folder that the image lies on is full.'),
  plain(
    /[Ii]mage is too small|must be at least/,
    'The target cannot hold the data: it must be at least as large as the source.',
    undefined,
    /^(?:blockdev|drive|block)-(?:mirror|backup|commit)$/,
  ),
  {
    match: /^Sync mode '(?:incremental|bitmap)' not supported$/,
    explain: request => {
      const text = 'A mirror takes sync=full, top or none; an incremental copy is what blockdev-backup does.';
      return request.execute === 'blockdev-mirror'
        ? { text, instead: withArguments(request, { sync: 'full' }) }
        : { text };
    },
  },
  {
    match: /^must provide a valid bitmap name for '(.*)' sync mode$/,
    asks: ['bitmap'],
    explain: (request, _, world) => {
      const text =
        'This sync copies what a dirty bitmap recorded: give its name with bitmap=..., or use sync=full.';
      const [only, ...more] =
        world.names('bitmap', { node: member(request.arguments, 'device') ?? '' }) ?? [];
      const instead =
        only !== undefined && more.length === 0
          ? withArguments(request, { bitmap: only })
          : withArguments(without(request, 'bitmap-mode'), { sync: 'full' });
      return { text, instead };
    },
  },
  {
    match: /^Bitmap already exists: (.*)$/,
    only: /^block-dirty-bitmap-add$/,
    asks: ['bitmap'],
    explain: (request, match, world) => ({
      text: 'The node has a bitmap of that name: use it, empty it with block-dirty-bitmap-clear, or choose another name.',
      instead: withArguments(request, {
        name: freeName((match[1] ?? '').replace(/\d+$/, ''), world.names('bitmap', request.arguments)),
      }),
    }),
  },
  {
    match: /^Granularity must be power of 2|^Parameter 'granularity' expects/,
    explain: request => ({
      text: 'The granularity is a power of two such as 64k, from 512 bytes up.',
      instead: withArguments(request, { granularity: 65536 }),
    }),
  },
  {
    match: /^Node '.*' is busy: node is used as backing hd of '(.*)'$/,
    asks: ['node'],
    explain: (request, match) => {
      const text =
        'The node lies under an overlay, so it must stay as it is. Use the overlay instead; block-commit or block-stream shorten the chain.';
      const overlay = match[1] ?? '';
      if (request.execute === 'blockdev-snapshot-sync')
        return { text, instead: withArguments(request, { 'node-name': overlay }) };
      return request.execute === 'blockdev-snapshot'
        ? { text, instead: withArguments(request, { node: overlay }) }
        : { text };
    },
  },
  plain(
    /is busy: block device is in use by block job: (.*)$/,
    'A block job has the node. Wait until it is concluded, or complete or cancel it; query-jobs lists it.',
    LIST_JOBS,
  ),
  {
    match: /^(?:Node|Block device) '?(.*?)'? is in use$|^Node '(.*?)' is busy/,
    asks: ['node', 'export'],
    explain: (_, match, world) => {
      const node = match[1] ?? match[2] ?? '';
      const users = usersOf(node, world);
      return {
        text:
          users.length > 0
            ? `${node} is used by ${users.join(', ')}: it can be closed when ${users.length === 1 ? 'it has' : 'they have'} let go.`
            : 'A guest device, an overlay, an export or a job uses the node: it can be closed when they have let go. x-debug-query-block-graph shows who they are.',
      };
    },
  },
  plain(
    /is not a backing image of|is not in this backing file chain$/,
    'The node must lie in the chain below the device, as query-block shows it.',
    LIST_DRIVES,
  ),
  plain(/^NBD server not running$/, 'Start the server first; the export can then be added.', {
    execute: 'nbd-server-start',
    arguments: { addr: { type: 'unix', data: { path: 'nbd.sock' } } },
  }),
  {
    match: /^Block export id '(.*)' is already in use$/,
    asks: ['export'],
    explain: (request, match, world) => ({
      text: 'An export of that id is there: choose another id, or take it back with block-export-del.',
      instead: withArguments(request, {
        id: freeName((match[1] ?? '').replace(/\d+$/, ''), world.names('export')),
      }),
    }),
  },
  {
    match: /^The new size must be a multiple of \d+$/,
    only: /^block_resize$/,
    asks: ['node'],
    explain: (request, _, world) => {
      const text = 'The size counts bytes here, and MiB in the human monitor; 39M is a size, too.';
      const size = member(request.arguments, 'size');
      const now = sizeOf(
        member(request.arguments, 'node-name') ?? member(request.arguments, 'device'),
        world,
      );
      const meant = typeof size === 'number' ? size * MIB : 0;
      // What is below the size it has would lose data.
      if (now === undefined || meant < now) return { text };
      return { text: `${text} It has ${bytes(now)} now.`, instead: withArguments(request, { size: meant }) };
    },
  },
  {
    match: /^(?:Could not (open|create) '|Could not open backing file)(.*)': No such file or directory$/s,
    explain: (request, match) => {
      const [, verb = '', name = ''] = match;
      const meant = withOptions(request.arguments);
      if (meant !== undefined && isObject(meant.value))
        return {
          text: `The file driver takes names of files; what begins with ${schemeOf(meant.url)}: has options of its own.`,
          instead: { ...request, arguments: meant.value },
        };
      if (!/^(?:\/|[A-Za-z]:[\\/])/.test(name))
        return {
          text: "A relative file name counts from QEMU's working directory, which is / with -daemonize, and not from where this shell runs.",
        };
      return verb === 'create'
        ? { text: 'QEMU makes the file, but not the folder that it is to lie in.' }
        : {
            text: 'Where QEMU runs there is no such file: on its host, and in its container where it has one, which need not be what this shell sees.',
          };
    },
  },
  plain(
    /^Could not (?:open|create).*: Permission denied$/,
    'The user QEMU runs as may not: look at the owner of the file and folder, and at AppArmor or SELinux.',
  ),
  plain(
    /^Image is not in (.*) format$/,
    'The file holds another format: qemu-img info tells which, and driver= must say the same.',
  ),
  plain(
    /^Unknown driver '(.*)'$/,
    'This QEMU was built without the driver, or it lies in a package of its own; the schema names it all the same.',
    undefined,
    /^(?:blockdev|drive|block)-|^change-backing/,
  ),
  plain(
    /^Parameter '(.*)' is missing$/,
    'QEMU wants this argument for the kind of image or device that was chosen.',
  ),
  plain(
    /^Transaction aborted using Abort action$/,
    'The transaction held an abort action: nothing of it was done.',
  ),
];

/** Who is known to use a node: guest devices, exports and the nodes above it. */
function usersOf(node: string, world: World): readonly string[] {
  const devices = world.rows('drives').flatMap(drive => {
    const inserted = member(drive, 'inserted');
    if (!isObject(inserted) || textOf(inserted, 'node-name') !== node) return [];
    const path = textOf(drive, 'qdev').replace(/\/virtio-backend$/, '');
    return [`the guest device ${path.split('/').at(-1) || textOf(drive, 'device')}`];
  });
  const exports = world
    .rows('exports')
    .filter(row => textOf(row, 'node-name') === node)
    .map(row => `the export ${textOf(row, 'id')}`);
  const file = textOf(
    world.rows('nodes').find(row => textOf(row, 'node-name') === node),
    'file',
  );
  const above = world
    .rows('nodes')
    .filter(row => isAbove(row, node) || (file !== '' && textOf(row, 'backing_file') === file))
    .map(row => `the node ${textOf(row, 'node-name')} above it`);
  return [...devices, ...exports, ...above];
}

/** Whether a node has another for a child, as QEMU tells since 10.0. */
function isAbove(row: JsonObject, node: string): boolean {
  const children = member(row, 'children');
  return isArray(children) && children.some(child => isObject(child) && textOf(child, 'node-name') === node);
}

function sizeOf(node: unknown, world: World): number | undefined {
  const row = world.rows('nodes').find(one => textOf(one, 'node-name') === node);
  const image = row && member(row, 'image');
  const size = image !== undefined && isObject(image) ? member(image, 'virtual-size') : undefined;
  return typeof size === 'number' ? size : undefined;
}
