// What text arguments name, row by row. schema/names.ts looks rows up.

// A row: `command.argument`, `command.path.to.argument`, `[tag].argument` (the tag's value in the same object
// or one above: driver, type, qom-type), or `argument` for all that is left. The most exact row wins.
// `object:TYPE` are objects whose type begins so; `node:drive` takes the name of a drive as well. Behind a blank: which of
// them come first, as schema/names.ts has it.
export const NAMES = `
node-name  node root
node  node root
base-node  node below
top-node  node below
bottom  node below
overlay  node target
parent  node root
replaces  node below
image-node-name  node root
vmstate  node root
devices  node root
children  node free
file  node free
backing  node root
data-file  node free
header  node free
image  node free
raw  node free
test  node free
log  node free
extents  node free
device  node:drive root
target  node target
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
block-latency-histogram-set.id  device
block_resize.device  drive
block_set_io_throttle.device  drive
block_set_io_throttle.id  device
blockdev-add.node-name  new
blockdev-del.node-name  node free
x-blockdev-change.node  node free
blockdev-create.file  node free
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
device_add.drive  node free
device_add.bus  bus
device_add.netdev  netdev free
device_add.rng  object:rng
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
netdev_del.id  netdev free
object-del.id  object:
object-add.file  file
object-add.device  text
object-add.chardev  chardev
object-add.name  text
object-add.netdev  netdev
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
[copy-before-write].target  node target
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
migrate-set-parameters.node-name  node root
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
export const TEXT = `
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
