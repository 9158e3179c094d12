// QEMU's refusals that puzzle people, each with one line of explanation and, where one can be told from the
// request alone, the request that would work. Nearly all texts were seen on QEMU 7.2.
import type { Request } from '../../qmp/message.ts';
import { type Json, member } from '../../text/json.ts';
import { JOB_COMMANDS } from './deprecated.ts';

/** What a refusal means; `instead` is a request that would do what was meant. */
export interface Explanation {
  readonly text: string;
  readonly instead?: Request;
}

interface Puzzle {
  readonly match: RegExp;
  readonly only?: RegExp; // the commands it is about
  readonly text: string;
  readonly instead?: (request: Request, match: RegExpExecArray) => Request | undefined;
}

const LIST_NODES: Request = { execute: 'query-named-block-nodes', arguments: { flat: true } };
const LIST_JOBS: Request = { execute: 'query-jobs', arguments: {} };

const PUZZLES: readonly Puzzle[] = [
  {
    match: /^Invalid job ID ''$/,
    text: 'The job needs a name: a drive would lend it its own, a node does not. Give job-id=... a name of your choice.',
    instead: request => withArguments(request, { 'job-id': 'job0' }),
  },
  {
    match: /^Invalid job ID '/,
    text: 'A job id begins with a letter and holds letters, digits and - . _ only.',
    instead: request => {
      const id = member(request.arguments, 'job-id');
      if (typeof id !== 'string') return undefined;
      return withArguments(request, { 'job-id': `job-${id.replace(/[^A-Za-z0-9._-]/g, '-')}` });
    },
  },
  {
    match: /^Job ID '(.*)' already in use$/,
    text: 'A job of that name is there, perhaps concluded and waiting for job-dismiss. Dismiss it, or choose another job-id.',
    instead: (_, match) => ({ execute: 'job-dismiss', arguments: { id: match[1] ?? '' } }),
  },
  {
    match: /^Cannot find device='?(.*?)'? nor node-name='?(.*?)'?$/,
    text: 'No drive and no block node has that name. The id of a guest device (-device ...,id=) is neither: give the node-name behind it, which query-block shows under inserted.',
    instead: () => LIST_NODES,
  },
  {
    match: /^(?:Failed to find node with node-name=|Cannot find node)/,
    text: 'No block node has that name; query-named-block-nodes lists them.',
    instead: () => LIST_NODES,
  },
  {
    match: /^Device '(.*)' not found$/,
    only: /^block-(?:commit|stream)|^drive-|^change-backing-file/,
    text: 'No drive and no block node has that name. The id of a guest device is neither: give the node-name behind it.',
    instead: () => LIST_NODES,
  },
  {
    match: /^Device '.*' not found$/,
    only: /^(?:device_|eject|blockdev-(?:open|close)-tray|blockdev-(?:change|remove|insert)-medium|block_set_io)/,
    text: 'No guest device has that id; the ids given with -device or device_add are listed here.',
    instead: () => ({ execute: 'qom-list', arguments: { path: '/machine/peripheral' } }),
  },
  {
    match: /^Need a root block node$/,
    text: 'The node is not the top of its chain: an overlay, a filter or a running job stands above it. Name the node that the guest device uses; query-block shows it.',
    instead: () => ({ execute: 'query-block', arguments: {} }),
  },
  {
    match: /Failed to get (?:shared )?"?(?:write|consistent read|resize)"? lock/,
    text: 'The image is open elsewhere: in another node of this QEMU, in another QEMU, or in qemu-img. Use the node that has it, or close it there; qemu-img -U reads it all the same.',
  },
  {
    match: /^Permission conflict on node '(.*?)'|^Conflicts with use by /,
    only: /^block-export-add|^nbd-server-add/,
    text: 'A guest device uses the node and lets nobody else write to it. Export it without writable=true, or start the device with share-rw=on.',
    instead: request => {
      if (member(request.arguments, 'writable') !== true) return undefined;
      const { writable: _, ...rest } = request.arguments;
      return { ...request, arguments: rest };
    },
  },
  {
    match: /^Permission conflict on node '(.*?)'|^Conflicts with use by /,
    text: 'Two users of the node want what excludes the other, mostly that only one may write. The device, export or job named above must let go first, or be made with share-rw=on.',
  },
  {
    match: /^Node name too long$/,
    text: 'A node name has at most 31 characters.',
  },
  {
    match: /^Invalid node-name: '(.*)'$/,
    text: 'A node name begins with a letter and holds letters, digits and - . _ only.',
  },
  {
    match: /^New overlay node-name missing$/,
    text: 'A node given by node-name gets an overlay with a name too: give snapshot-node-name=... one of your choice.',
    instead: request => withArguments(request, { 'snapshot-node-name': 'overlay0' }),
  },
  {
    match: /^'node-name' must be specified for the root node$/,
    text: 'Without a name nothing could use the node: give node-name=... one of your choice.',
    instead: request => withArguments(request, { 'node-name': 'node0' }),
  },
  {
    match: /^Duplicate nodes with node-name='(.*)'$/,
    text: 'A node of that name is open already: use it, remove it with blockdev-del, or choose another name.',
    instead: () => LIST_NODES,
  },
  {
    match: /^Source and target image have different sizes$/,
    text: "The target must be exactly as large as the source: create it with the source's virtual-size, in bytes.",
    instead: () => LIST_NODES,
  },
  {
    match: /^Source and target cannot be the same$/,
    text: 'The copy needs a node of its own: create an image, open it with blockdev-add, and give its name as target.',
  },
  {
    match: /[Ii]mage is too small|must be at least|No space left on device/,
    text: 'The target cannot hold the data: it must be at least as large as the source, and the disk it lies on must have room.',
  },
  {
    match: /^Sync mode '(?:incremental|bitmap)' not supported$/,
    text: 'A mirror takes sync=full, top or none; an incremental copy is what blockdev-backup does.',
    instead: request =>
      request.execute === 'blockdev-mirror' ? withArguments(request, { sync: 'full' }) : undefined,
  },
  {
    match: /^must provide a valid bitmap name for '(.*)' sync mode$/,
    text: 'This sync copies what a dirty bitmap recorded: give its name with bitmap=..., or use sync=full.',
    instead: request => withArguments(request, { sync: 'full' }),
  },
  {
    match: /^Bitmap '(.*)' could not be found$|^Dirty bitmap '(.*)' not found$/,
    text: 'The node has no bitmap of that name; each node has its own, and an overlay starts with none. query-named-block-nodes shows them under dirty-bitmaps.',
    instead: () => LIST_NODES,
  },
  {
    match: /^Granularity must be power of 2|^Parameter 'granularity' expects/,
    text: 'The granularity is a power of two such as 64k, from 512 bytes up.',
    instead: request => withArguments(request, { granularity: 65536 }),
  },
  {
    match: /^Node '.*' is busy: node is used as backing hd of '(.*)'$/,
    text: 'The node lies under an overlay, so it must stay as it is. Use the overlay instead; block-commit or block-stream shorten the chain.',
    instead: (request, match) => {
      const overlay = match[1] ?? '';
      if (request.execute === 'blockdev-snapshot-sync')
        return withArguments(request, { 'node-name': overlay });
      return request.execute === 'blockdev-snapshot' ? withArguments(request, { node: overlay }) : undefined;
    },
  },
  {
    match: /is busy: block device is in use by block job: (.*)$/,
    text: 'A block job has the node. Wait until it is concluded, or complete or cancel it; query-jobs lists it.',
    instead: () => LIST_JOBS,
  },
  {
    match: /^Node '?(.*?)'? is in use$|^Node '.*' is busy/,
    text: 'A guest device, an overlay, an export or a job uses the node: it can be closed when they have let go. x-debug-query-block-graph shows who they are.',
  },
  {
    match: /^Job '(.*)' in state '(.*)' cannot accept command verb '(.*)'$/,
    text: 'The state decides what can be done with a job: complete when ready, finalize when pending, dismiss when concluded, cancel before that.',
    instead: (_, match) => {
      const command = NEXT_IN_STATE.get(match[2] ?? '');
      return command === undefined ? LIST_JOBS : { execute: command, arguments: { id: match[1] ?? '' } };
    },
  },
  {
    match: /^The active block job '.*' cannot be completed$/,
    text: 'Only a mirror or an active commit can be completed, and only when it is ready: wait for BLOCK_JOB_READY. Other jobs end by themselves.',
    instead: () => LIST_JOBS,
  },
  {
    match: /^(?:Job not found|Block job '.*' not found)$/,
    text: 'No job has that id. A job that ended is gone at once unless it was started with auto-dismiss=false; its end was in an event.',
    instead: () => LIST_JOBS,
  },
  {
    match: /is not a backing image of|is not in this backing file chain$/,
    text: 'The node must lie in the chain below the device, as query-block shows it.',
    instead: () => ({ execute: 'query-block', arguments: {} }),
  },
  {
    match: /^NBD server not running$/,
    text: 'Start the server first; the export can then be added.',
    instead: () => ({
      execute: 'nbd-server-start',
      arguments: { addr: { type: 'unix', data: { path: 'nbd.sock' } } },
    }),
  },
  {
    match: /^Block export id '.*' is already in use$/,
    text: 'An export of that id is there: choose another id, or take it back with block-export-del.',
    instead: () => ({ execute: 'query-block-exports', arguments: {} }),
  },
  {
    match: /^Bus '(.*)' does not support hotplugging$/,
    text: 'The root bus of a q35 machine takes no device while it runs: start QEMU with -device pcie-root-port,id=port0 and give bus=port0.',
    instead: request =>
      request.execute === 'device_add' ? withArguments(request, { bus: 'port0' }) : undefined,
  },
  {
    match: /is not a valid device model name$/,
    text: 'This QEMU has no such device; some lie in modules that are packages of their own. qom-list-types lists the types.',
    instead: () => ({ execute: 'qom-list-types', arguments: { implements: 'device', abstract: false } }),
  },
  {
    match: /^attempt to add duplicate property '(.*)' to object/,
    text: 'An object of that id is there already: use it, or remove it with object-del.',
    instead: () => ({ execute: 'qom-list', arguments: { path: '/objects' } }),
  },
  {
    match: /^(?:Could not (?:open|create)|Could not open backing file).*: No such file or directory$/,
    text: "A relative file name counts from QEMU's working directory, which is / with -daemonize, and not from where this shell runs.",
  },
  {
    match: /^Could not (?:open|create).*: Permission denied$/,
    text: 'The user QEMU runs as may not: look at the owner of the file and folder, and at AppArmor or SELinux.',
  },
  {
    match: /^Image is not in (.*) format$/,
    text: 'The file holds another format: qemu-img info tells which, and driver= must say the same.',
  },
  {
    match: /^Parameter '(.*)' is missing$/,
    text: 'QEMU wants this argument for the kind of image or device that was chosen.',
  },
  {
    match: /^'-incoming' was not specified on the command line$/,
    text: 'Only a QEMU started with -incoming defer waits for this command.',
  },
  {
    match: /^There's a migration process in progress$/,
    text: 'One migration at a time: wait for its MIGRATION event, or cancel it.',
    instead: () => ({ execute: 'migrate_cancel', arguments: {} }),
  },
  {
    match: /^No balloon device has been activated$/,
    text: 'The guest has no balloon: it needs -device virtio-balloon-pci and a driver.',
  },
  {
    match: /^Could not set password$/,
    text: 'The display has no password to change: start VNC with password=on, or SPICE without disable-ticketing.',
  },
  {
    match: /^There is no console to take a screendump from$/,
    text: 'The machine has no display device.',
  },
  {
    match: /^Unable to wake up: guest is not in suspended state$/,
    text: 'The guest does not sleep; cont is what a paused one wants.',
    instead: () => ({ execute: 'cont', arguments: {} }),
  },
  {
    match: /^Capabilities negotiation is already complete, command ignored$/,
    text: 'The shell has done this when it connected.',
  },
  {
    match: /^Expecting capabilities negotiation with 'qmp_capabilities'$/,
    text: 'The connection was made without negotiation (-N): send qmp_capabilities first.',
    instead: () => ({ execute: 'qmp_capabilities', arguments: {} }),
  },
  {
    match: /^The command (.*) has not been found$|^(?:Deprecated|Unstable) command (.*) disabled by policy$/,
    only: /^block-job-/,
    text: 'This QEMU has no such command, or was started with -compat deprecated-input=reject; the job- commands do the same.',
    instead: request => withJobCommand(request),
  },
  {
    match: /^The command (.*) has not been found$|^(?:Deprecated|Unstable) command (.*) disabled by policy$/,
    text: 'This QEMU is too old or too new for the command, was built without it, or rejects what is deprecated or unstable (-compat). query-commands lists what it has.',
  },
  {
    match: /^(?:Deprecated|Unstable) (?:parameter|value) '?(.*?)'? disabled by policy$/,
    text: 'This QEMU was started with -compat to reject what is deprecated or unstable; .help names what to use instead.',
  },
  {
    match: /^Transaction aborted using Abort action$/,
    text: 'The transaction held an abort action: nothing of it was done.',
  },
];

const NEXT_IN_STATE: ReadonlyMap<string, string> = new Map([
  ['ready', 'job-complete'],
  ['pending', 'job-finalize'],
  ['concluded', 'job-dismiss'],
  ['paused', 'job-resume'],
  ['standby', 'job-resume'],
]);

/** What a refusal's `desc` means, when it is one that puzzles people. */
export function explainRefusal(desc: string, request?: Request): Explanation | undefined {
  for (const puzzle of PUZZLES) {
    if (puzzle.only !== undefined && (request === undefined || !puzzle.only.test(request.execute))) continue;
    const match = puzzle.match.exec(desc);
    if (match === null) continue;
    const instead = request === undefined ? undefined : puzzle.instead?.(request, match);
    return instead === undefined ? { text: puzzle.text } : { text: puzzle.text, instead };
  }
  return undefined;
}

/** The `job-*` request that does what a `block-job-*` one does. */
export function withJobCommand(request: Request): Request | undefined {
  const execute = JOB_COMMANDS.get(request.execute);
  const id = member(request.arguments, 'device') ?? member(request.arguments, 'id');
  return execute === undefined || id === undefined ? undefined : { execute, arguments: { id } };
}

function withArguments(request: Request, more: { readonly [key: string]: Json }): Request {
  return { ...request, arguments: { ...request.arguments, ...more } };
}
