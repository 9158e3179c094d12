// What a text argument names: a node, a job, a file ... QEMU's schema says only "str". One table decides.
import { isObject, type Json, type JsonObject, member } from '../text/json.ts';
import type { Place } from '../text/span.ts';
import { parseTable } from './notes/table.ts';
import { child, isIndex, type Path } from './walk.ts';

/** What the session's facts, the files of the host or a table of the shell can list. */
export type NameKind =
  | 'node'
  | 'drive' // the name of a drive made with -drive, without -blockdev
  | 'device' // the id of a guest device
  | 'job'
  | 'bitmap'
  | 'export'
  | 'chardev'
  | 'iothread'
  | 'object' // an object made with object-add; `Naming.of` says of which types
  | 'qom-path'
  | 'qom-property'
  | 'qom-type'
  | 'driver' // a device type that device_add takes
  | 'device-property'
  | 'snapshot'
  | 'file'
  | 'hmp'
  | 'event'
  | 'command'
  | 'word';

/** What is wanted at a place of a line, with what was typed of it. */
export interface Wanted {
  readonly kind: NameKind;
  /** For objects: what their type begins with, such as `tls-creds`. For nodes: `drive`, when a drive's name will do too. */
  readonly of?: string;
  readonly typed: string;
  readonly place: Place;
  /** Arguments already given in the line (the node whose bitmaps are wanted, the driver, ...). */
  readonly given: JsonObject;
  readonly command: string;
}

/** `new` is a name that the user makes up, `text` no name of anything here. */
export interface Naming {
  readonly kind: NameKind | 'new' | 'text';
  readonly of?: string;
}

// A row: `command.argument`, `command.path.to.argument`, `[tag].argument` (the tag's value in the same object
// or one above: driver, type, qom-type), or `argument` for all that is left. The most exact row wins.
// `object:TYPE` are objects whose type begins so; `node:drive` takes the name of a drive as well.
const NAMES = `
node-name  node
node  node
base-node  node
top-node  node
bottom  node
overlay  node
parent  node
replaces  node
image-node-name  node
vmstate  node
devices  node
children  node
file  node
backing  node
data-file  node
header  node
image  node
raw  node
test  node
log  node
extents  node
device  node:drive
target  node
bitmap  bitmap
bitmaps  bitmap
iothread  iothread
chardev  chardev
chardevs  chardev
path  qom-path
paths  qom-path
property  qom-property
typename  qom-type
implements  qom-type
filename  file
snapshot-file  file
dir  file
logfile  file
mem-path  file
mountpoint  file
command-line  hmp
key-secret  object:secret
password-secret  object:secret
proxy-password-secret  object:secret
cookie-secret  object:secret
new-secret  object:secret
old-secret  object:secret
secret  object:secret
keyid  object:secret
passwordid  object:secret
tls-creds  object:tls-creds
tls-authz  object:authz
throttle-group  object:throttle-group
pr-manager  object:pr-manager
memdev  object:memory-backend
job-id  new
snapshot-node-name  new
filter-node-name  new
id  new
alias  new
group  new
backing-file  file
base  file
top  file
driver  driver
config  file
conf  file
block-dirty-bitmap-add.name  new
block-dirty-bitmap-remove.name  bitmap
block-dirty-bitmap-clear.name  bitmap
block-dirty-bitmap-enable.name  bitmap
block-dirty-bitmap-disable.name  bitmap
block-dirty-bitmap-merge.name  bitmap
block-dirty-bitmap-merge.target  bitmap
block-dirty-bitmap-merge.bitmaps.name  bitmap
x-debug-block-dirty-bitmap-sha256.name  bitmap
[copy-before-write].bitmap.name  bitmap
block-export-add.id  new
block-export-add.bitmaps.name  bitmap
[nbd].x-dirty-bitmap  text
block-export-del.id  export
nbd-server-remove.name  export
nbd-server-add.name  new
block-job-cancel.device  job
block-job-complete.device  job
block-job-pause.device  job
block-job-resume.device  job
block-job-set-speed.device  job
block-job-dismiss.id  job
block-job-finalize.id  job
block-job-change.id  job
job-cancel.id  job
job-complete.id  job
job-dismiss.id  job
job-finalize.id  job
job-pause.id  job
job-resume.id  job
block-latency-histogram-set.id  device
block_resize.device  drive
block_set_io_throttle.device  drive
block_set_io_throttle.id  device
blockdev-add.node-name  new
blockdev-create.file  node
blockdev-change-medium.device  drive
blockdev-change-medium.id  device
blockdev-close-tray.device  drive
blockdev-close-tray.id  device
blockdev-open-tray.device  drive
blockdev-open-tray.id  device
blockdev-insert-medium.id  device
blockdev-remove-medium.id  device
eject.device  drive
eject.id  device
device_add.id  new
device_add.drive  node
device_add.netdev  text
device_del.id  device
device-sync-config.id  device
set_link.name  device
query-rx-filter.name  device
blockdev-snapshot-delete-internal-sync.id  text
blockdev-snapshot-delete-internal-sync.name  snapshot
blockdev-snapshot-internal-sync.name  new
blockdev-snapshot-sync.device  drive
drive-mirror.node-name  new
drive-mirror.target  file
drive-backup.target  file
snapshot-save.tag  new
snapshot-load.tag  snapshot
snapshot-delete.tag  snapshot
chardev-add.id  new
chardev-add.device  file
chardev-add.path  file
chardev-add.in  file
chardev-add.out  file
chardev-change.id  chardev
chardev-change.device  file
chardev-change.path  file
chardev-change.in  file
chardev-change.out  file
chardev-remove.id  chardev
chardev-send-break.id  chardev
ringbuf-read.device  chardev
ringbuf-write.device  chardev
add_client.protocol  chardev
netdev_del.id  text
object-del.id  object:
object-add.file  file
object-add.device  text
object-add.chardev  chardev
object-add.name  text
object-add.rng  object:rng
object-add.notify_dev  chardev
object-add.outdev  chardev
object-add.indev  chardev
object-add.primary_in  chardev
object-add.secondary_in  chardev
object-add.log  file
object-add.evdev  file
object-add.session-file  file
object-add.dh-cert-file  file
object-add.path  file
[secret].data  text
sev-inject-launch-secret.secret  text
prealloc-context  object:thread-context
sev-device  file
[rng-random].filename  file
[filter-dump].file  file
[iscsi].target  text
[rbd].image  text
[rbd].server  text
[ssh].path  text
[nfs].path  text
[gluster].path  text
[unix].path  file
[pipe].device  file
[host_device].filename  file
[fuse].mountpoint  file
[http].url  text
[blkdebug].config  file
[blkdebug].node-name  new
[replication].top-id  text
[vduse-blk].name  new
[nbd].name  new
[copy-before-write].target  node
[nvme].device  text
[nvme-io_uring].path  file
[virtio-blk-vfio-pci].path  file
[virtio-blk-vhost-user].path  file
[virtio-blk-vhost-vdpa].path  file
[io_uring].filename  file
input-send-event.device  qom-path
screendump.device  device
request-ebpf.id  text
announce-self.id  new
dumpdtb.filename  file
query-rocker.name  text
query-stats.names  text
query-stats.vcpus  qom-path
trace-event-get-state.name  text
trace-event-set-state.name  text
migrate.path  file
migrate-incoming.path  file
nbd-server-start.path  file
block-export-add.path  file
display-update.path  file
netdev_add.path  file
netdev_add.file  file
netdev_add.name  text
netdev_add.id  new
netdev_add.host  text
netdev_add.smb  file
netdev_add.tftp  file
netdev_add.script  file
netdev_add.downscript  file
netdev_add.helper  file
netdev_add.sock  file
netdev_add.vhostdev  file
migrate-set-parameters.node-name  node
migrate-set-parameters.name  bitmap
query-cpu-model-expansion.name  text
query-cpu-model-comparison.name  text
query-cpu-model-baseline.name  text
yank.id  text
yank.node-name  node
cxl-add-dynamic-capacity.tag  text
cxl-release-dynamic-capacity.tag  text
`;

// Arguments that name nothing here, or nothing that a harmless query could list.
const TEXT = `
addr address args backing-fmt bootfile br bus canbus cert-subject child cid component-id connect cookie cper
cpr-exec-command data description devid devname dhcpstart display dns dns-forward dns-host domainname dst
dstport export fd fdname fds format fqdn gateway guest-visible-workarounds hash height host host-data
hostname hwversion id-auth id-block id-list identity if ifname initiator-name interface interfaces ip
ipv6-dns ipv6-host ipv6-prefix iv label listen localaddr mac macaddr map-guest-addr map-host-loopback match
mcast mnonce model mrconfigid mrowner mrownerconfig name namespace net netdev netmask opaque option outbound
outbound-if4 outbound-if6 packet-header password pci-bus pci-dev pool port portal position priority protocol
proxy-username serial server service smbserver snapshot src srcport status str tag tftp-server-name time
tls-hostname toolsversion type udp uri url user username vhostfd vhostfds volume width x-origin y-origin
`;

let parsed: ReadonlyMap<string, Naming> | undefined;

function rows(): ReadonlyMap<string, Naming> {
  if (parsed === undefined) {
    const all = new Map<string, Naming>();
    for (const name of TEXT.trim().split(/\s+/)) all.set(name, { kind: 'text' });
    for (const [name, value] of parseTable(NAMES)) all.set(name, toNaming(value));
    parsed = all;
  }
  return parsed;
}

function toNaming(value: string): Naming {
  const [kind = '', of] = value.split(':');
  return isKind(kind) ? { kind, ...(of === undefined || of === '' ? {} : { of }) } : { kind: 'text' };
}

const KINDS: ReadonlySet<string> = new Set<Naming['kind']>([
  'node',
  'drive',
  'device',
  'job',
  'bitmap',
  'export',
  'chardev',
  'iothread',
  'object',
  'qom-path',
  'qom-property',
  'qom-type',
  'driver',
  'snapshot',
  'file',
  'hmp',
  'new',
]);

function isKind(kind: string): kind is Naming['kind'] {
  return KINDS.has(kind);
}

// The members that pick a variant, in QEMU's schemas.
const TAGS = ['driver', 'type', 'qom-type'] as const;

/**
 * What a `str` at a path below a command's arguments names. `given` are the arguments as far as they are
 * known. Undefined: nothing was decided about it.
 */
export function namingAt(command: string, path: Path, given: Json | undefined): Naming | undefined {
  if (command === 'transaction' && path[0] === 'actions' && path.length > 3) {
    const action = child(child(given, 'actions'), path[1] ?? 0);
    const type = isObject(action) ? member(action, 'type') : undefined;
    return typeof type === 'string' ? namingAt(type, path.slice(3), child(action, 'data')) : undefined;
  }
  const names = path.filter(part => !isIndex(part)).map(String);
  const last = names.at(-1);
  if (last === undefined) return undefined;
  const all = rows();
  const near = names.slice(-2).join('.');
  const whole = all.get(`${command}.${names.join('.')}`);
  if (whole !== undefined && names.length > 1) return whole;
  for (const tag of tagsAbove(path, given)) {
    const found = all.get(`[${tag}].${near}`) ?? all.get(`[${tag}].${last}`);
    if (found !== undefined) return found;
  }
  return whole ?? all.get(`${command}.${last}`) ?? all.get(last);
}

/** The values of the tags on the way to a path, the nearest first. */
function tagsAbove(path: Path, given: Json | undefined): readonly string[] {
  const tags: string[] = [];
  let here = given;
  for (const key of path) {
    if (isObject(here)) {
      for (const name of TAGS) {
        const value = member(here, name);
        if (typeof value === 'string') tags.unshift(value);
      }
    }
    here = child(here, key);
  }
  return tags;
}
