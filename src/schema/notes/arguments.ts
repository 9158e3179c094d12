// One line for an argument: `command.path`, `command.name` or only `name` where it means the same everywhere.
// The most exact row wins. Sizes are in bytes where nothing else is said.

export const ARGUMENTS = `
active  whether this process may write to the image: false while another one owns it
aio  how requests reach the host's kernel: threads, native or io_uring
align  the smallest unit of a request
allow-inactive  go on while the node is inactive, instead of refusing
allow-other  who besides the user that runs QEMU may use the mount
announce-initial  milliseconds before the second announcement
announce-max  most milliseconds between two announcements
announce-rounds  how many announcements to send
announce-step  milliseconds each pause grows by
append  write behind what the file holds instead of replacing it
auto-dismiss  false: a concluded job stays in query-jobs until job-dismiss
auto-finalize  false: the job waits in state pending for job-finalize before it changes anything
auto-read-only  open read-only by itself where nothing needs to write
avail-switchover-bandwidth  bytes a second to reckon with when the switch-over is planned
backend  what the character device is connected to
backend.type  the kind of backend
backing  the node under this overlay; null opens it without one
backing-file  the name of the backing file to record in the image
backing-fmt  the format of the backing file
backing-mask-protocol  record raw instead of a protocol's name as the format of the backing file
base  the image the operation stops at, by file name
base-node  the image the operation stops at, by node name; it stays as it is
bitmap  the dirty bitmap that says what to copy
bitmap-mode  whether the bitmap is reset afterwards: on-success, never or always
bitmaps  the dirty bitmaps, by name, or with their node
block-bitmap-mapping  which dirty bitmaps are migrated and what they are called on the other side
bottom  the last image to stream from; what lies under it stays
bps  bytes a second, reads and writes together; 0 for no limit
bps_max  bytes a second in a burst, reads and writes together
bps_max_length  how many seconds a burst of bps_max may last
bps_rd  bytes read a second; 0 for no limit
bps_rd_max  bytes read a second in a burst
bps_rd_max_length  how many seconds a burst of bps_rd_max may last
bps_wr  bytes written a second; 0 for no limit
bps_wr_max  bytes written a second in a burst
bps_wr_max_length  how many seconds a burst of bps_wr_max may last
buf-size  how much data is in flight at once
bus  the bus to plug the device into, such as pci.0; chosen by itself when left out
cache  how the host's page cache is used
cache.direct  true goes around the host's page cache (O_DIRECT)
cache.no-flush  true ignores the guest's flushes: fast, and the image is lost when the host crashes
channels  the connections of the migration
chardev  the id of a character device
children  the nodes below this one
cluster-size  the unit in which space is allocated
cluster_size  the unit in which space is allocated
compress  compress the data written, where the target's format can
compat-props  also list the defaults that older machine types change
config  a file of rules for blkdebug
connected  what becomes of the clients that are connected
copy-mode  background: guest writes are copied later; write-blocking: at once, so that the mirror gets ready for sure
cpu-index  the number of the CPU; the current one when left out
cpu-throttle-increment  by how many percent the guest is slowed down further
cpu-throttle-initial  by how many percent the guest is slowed down at first
data-file  the file that holds the guest's data, apart from the qcow2 metadata
data-file-raw  whether the data file can be read as a raw image
detach  return at once and go on in the background
detect-zeroes  off, on: zeroes written by the guest take no space, unmap: and are discarded
device  the node name, or the id of the drive
devices  the names of the nodes the snapshot covers
direct-io  go around the host's page cache in a migration to a file
discard  ignore, or unmap: what the guest discards is freed in the image
discard-no-unref  keep discarded clusters allocated, so that the image does not fragment
discard-source  free what has been copied in the source
downtime-limit  milliseconds the guest may stand still when it switches over
driver  the format or protocol of the node
encrypt  how the image is encrypted and which secret opens it
encrypt.key-secret  the id of the secret object that holds the passphrase
extent-size-hint  how much space the file system is asked to reserve at once
fd  the name or number of a file descriptor
fdname  the name of a file descriptor made with getfd
fdset-id  the number of a set of file descriptors
file  the node the data lies in: a node name, or its options
file.driver  the protocol of the file: file, host_device, nbd and so on
file.filename  the image file; a relative name counts from QEMU's working directory
filename  the file; a relative name counts from QEMU's working directory
filter-node-name  a name for the node the job puts in front of the device while it runs
flat  true leaves out the images behind each node: a shorter answer
force  do it even if it is not safe or the guest objects
force-share  do without the image's locks, for reading what somebody else writes
format  the format of the image or file
fqdn  the name of the port the guest sees
granularity  how many bytes one bit of the bitmap stands for, a power of two
group  the name of the group whose members share one limit
growable  let the file grow when the guest writes behind its end
guest-side  the device as the guest sees it
handshake-max-seconds  how long a client may take to introduce itself, 0 for no limit
head  the screen of a device with several
host  the name or number of the host to connect to or listen on
icount  the instruction count
id  an id of your choice: letters, digits and - . _, beginning with a letter
image-node-name  the node whose image is rewritten
in  a file to read input from
iops  operations a second, reads and writes together; 0 for no limit
iops_max  operations a second in a burst, reads and writes together
iops_max_length  how many seconds a burst of iops_max may last
iops_rd  reads a second; 0 for no limit
iops_rd_max  reads a second in a burst
iops_rd_max_length  how many seconds a burst of iops_rd_max may last
iops_size  how many bytes count as one operation
iops_wr  writes a second; 0 for no limit
iops_wr_max  writes a second in a burst
iops_wr_max_length  how many seconds a burst of iops_wr_max may last
iothread  the id of an iothread object
job-id  a name of your choice for the job, needed later to pause, cancel or complete it
key-secret  the id of the secret object that holds the key or passphrase
l2-cache-size  how much memory the cache of qcow2 tables takes
latency-ns  how many nanoseconds each request is made to take
lazy-refcounts  write reference counts later: faster, but the image needs a repair after a crash
limits  the limits the group shares
locking  whether the file is locked against other processes: on, off or auto
logappend  append to the log file instead of replacing it
logfile  a file that gets a copy of everything the guest writes
max-bandwidth  how many bytes a second a migration may send
max-chunk  how much is copied at once, 0 for no limit
max-connections  how many clients may be connected at once, 0 for no limit
max-cpu-throttle  by how many percent the guest is slowed down at most
max-postcopy-bandwidth  how many bytes a second postcopy may send in the background, 0 for no limit
max-workers  how many requests run at once
mem-path  the file or folder the guest's memory lies in
merge  let the host's kernel share equal pages
mode  what to do with the file or how to behave
model  the CPU model
mountpoint  an existing file that shows the export
multifd-channels  over how many connections memory is sent
multifd-compression  how memory is compressed when sent over several connections
name  the name
node  the node name
node-name  the name of the node
nocow  switch copy-on-write off for the file, on file systems such as btrfs
no-flush  true ignores the guest's flushes: fast, and the image is lost when the host crashes
numeric  take the host and port as numbers only, without looking names up
num-queues  how many request queues are offered
offset  where in the file the data begins
on-cbw-error  when old data cannot be saved: fail the guest's write, or give the copy up
on-error  what an input or output error does: report, ignore, stop, or stop only when space runs out
on-source-error  what an error while reading the source does
on-target-error  what an error while writing the target does
opaque  a free text to find the set by
open-timeout  how many seconds to go on trying to connect
options  the options of the image
options.driver  the format of the image
options.file  the node to write the image into, made with blockdev-add
options.size  the size the guest sees
out  a file to write output to
overlap-check  which parts of qcow2's metadata are guarded against being overwritten
overlay  the node that becomes the new top; it must have no backing node yet
pass-discard-other  pass on discards that QEMU makes by itself
pass-discard-request  pass on what the guest discards
pass-discard-snapshot  free space when a snapshot is deleted
password  the new password
password-secret  the id of the secret object that holds the password
path  a path in the object tree, such as /machine/peripheral/virtio0
persistent  keep the bitmap in the image, so that it outlives QEMU
poll-grow  by how much to lengthen the time of polling
poll-max-ns  how many nanoseconds an I/O thread polls before it sleeps, 0 for never
poll-shrink  by how much to shorten the time of polling
port  the port
pr-manager  the id of the helper for persistent reservations
prealloc  allocate all memory at once
preallocation  whether the space is allocated in advance: off, metadata, falloc or full
property  the name of the property
protocol  the protocol
qom-type  the kind of object
query-nodes  true answers for every node instead of the guest's drives only
queue  the number of the queue
read-only  refuse writes
readahead  how much is read ahead of what was asked for
reconnect  seconds until a lost connection is tried again
reconnect-delay  how many seconds requests wait for a lost server before they fail
reconnect-ms  milliseconds until a lost connection is tried again
refcount-bits  how many bits a reference count of the image has
replaces  the node to take the place of when the mirror completes; its device's own when left out
secret  the secret
server  where the server is
share  share the memory with other processes
size  the size
snapshot  the name of the snapshot
snapshot-file  the overlay to create; an existing file is overwritten without a question
snapshot-node-name  a name for the overlay's node
speed  how many bytes a second at most, 0 for no limit
sslverify  whether the server's certificate is checked
subformat  the variant of the format
sync  what to copy: full all, top only the newest overlay, none only what is written from now on, bitmap what a bitmap recorded
tag  the name of the snapshot
target  the node to write to
target-is-zero  the target reads as zeroes already: skip what is zero
telnet  speak the telnet protocol
throttle-group  the id of a throttle-group object
timeout  how many seconds until a request fails
tls-authz  the id of the object that decides which clients may connect
tls-creds  the id of the object that holds the TLS credentials
tls-hostname  the name the server's certificate must have
tls-port  the port for TLS
top  the image whose data is moved down, by file name
top-node  the image whose data is moved down, by node name; the active one when left out
type  the kind
typename  the name of an object type, such as virtio-blk-pci
unmap  let the target keep no space for zeroes
up  true when the cable is plugged in
uri  the address: tcp:host:port, unix:path, exec:command, fd:name or file:path
url  the address of the image
use-copy-range  let the host's file system do the copying
username  the name to log in with
user  the name to log in with
value  the new value
version  the version of the format: v2 or v3
vmstate  the name of the node that takes the state of the machine
wait  wait for a client before going on
writable  let clients write
write-threshold  the offset that must not be passed unnoticed, 0 for none
writethrough  each write is on the disk before it is acknowledged
x-dirty-bitmap  the bitmap to read in place of the allocation, as qemu:dirty-bitmap:NAME
x-perf  how the copying is done
xbzrle-cache-size  how much memory the cache of xbzrle takes
zero-page-detection  who looks for pages of zeroes: nobody, the main thread or the multifd threads
add-fd.fdset-id  the set to add to; a new one when left out
add_client.protocol  vnc, spice, or the id of a character device
add_client.skipauth  let the client in without asking for a password
add_client.tls  speak TLS with the client
announce-self.id  a name for this series of announcements
announce-self.initial  milliseconds before the second announcement
announce-self.interfaces  the ids of the network cards; all when left out
announce-self.max  most milliseconds between two announcements
announce-self.rounds  how many announcements to send
announce-self.step  milliseconds each pause grows by
balloon.value  how much memory the guest shall have
block-commit.device  the active node of the chain, or its drive
block-commit.base-node  the image that takes the data; the lowest of the chain when left out
block-commit.backing-file  the name the image above top records as its backing file
block-dirty-bitmap-add.disabled  do not record yet
block-dirty-bitmap-add.name  a name for the bitmap, its own among those of the node
block-dirty-bitmap-add.node  the node whose writes are recorded
block-dirty-bitmap-merge.target  the bitmap that takes what the others recorded
block-export-add.fixed-iothread  stay in the I/O thread even when the node moves
block-export-add.id  a name of your choice for the export
block-export-add.iothread  the I/O thread, or threads, that serve it
block-export-add.type  nbd, fuse, vhost-user-blk or vduse-blk
block-export-add.addr  the address to listen on
block-export-add.allocation-depth  tell clients how deep in the chain each part lies
block-export-add.bitmaps  the dirty bitmaps clients may read
block-export-add.description  a free text for clients
block-export-add.name  the name clients ask for; the node's name when left out
block-export-del.id  the id of the export
block-export-del.mode  safe refuses while clients are connected, hard disconnects them
block-job-cancel.device  the id of the job
block-job-cancel.force  true gives even a ready mirror up, so that the copy is not to be trusted
block-job-change.id  the id of the job
block-job-change.type  the type of the job
block-job-complete.device  the id of the job
block-job-dismiss.id  the id of the job
block-job-finalize.id  the id of the job
block-job-pause.device  the id of the job
block-job-resume.device  the id of the job
block-job-set-speed.device  the id of the job
block-latency-histogram-set.boundaries  nanoseconds at which one range ends and the next begins, for all requests
block-latency-histogram-set.boundaries-flush  the same for flushes
block-latency-histogram-set.boundaries-read  the same for reads
block-latency-histogram-set.boundaries-write  the same for writes
block-latency-histogram-set.boundaries-zap  the same for zone appends
block-latency-histogram-set.id  the id or path of the guest's device
block-stream.device  the node that takes the data, or its drive
block-stream.base-node  the image to stop at: what lies above it is copied; all when left out
block-stream.backing-file  the name the device's image records as its backing file
block_resize.device  the id of the drive
block_resize.size  the new size
block_set_io_throttle.id  the id of the guest's device
blockdev-add.image  the node to read from and write to
blockdev-add.path  the path on the server
blockdev-add.export  the name of the export the server offers
blockdev-add.driver  the format (qcow2, raw, ...) or protocol (file, nbd, ...) of the node
blockdev-add.node-name  a name of your choice for the node
blockdev-add.target  the node old data is saved to
blockdev-backup.device  the node to copy, or its drive
blockdev-backup.target  the node to copy to, at least as large as the source
blockdev-change-medium.format  the format of the image; guessed when left out
blockdev-change-medium.id  the id of the guest's drive
blockdev-change-medium.read-only-mode  whether the new medium can be written
blockdev-close-tray.id  the id of the guest's drive
blockdev-insert-medium.id  the id of the guest's drive
blockdev-insert-medium.node-name  the node to put in
blockdev-mirror.device  the node to copy, or its drive; it must be the root of what the device uses
blockdev-mirror.target  the node to copy to, at least as large as the source
blockdev-open-tray.id  the id of the guest's drive
blockdev-remove-medium.id  the id of the guest's drive
blockdev-reopen.options  the nodes, each with all its options: one left out returns to its default
blockdev-snapshot.node  the node that becomes the backing image and is written no more
blockdev-snapshot-delete-internal-sync.id  the id of the snapshot
blockdev-snapshot-delete-internal-sync.name  the name of the snapshot
blockdev-snapshot-internal-sync.name  a name for the snapshot
blockdev-snapshot-sync.device  the drive to take the overlay of
blockdev-snapshot-sync.format  the format of the overlay, qcow2 when left out
blockdev-snapshot-sync.mode  absolute-paths creates the overlay, existing takes the file that is there
blockdev-snapshot-sync.node-name  the node that becomes the backing image
calc-dirty-rate.calc-time  how long to measure, in seconds unless calc-time-unit says otherwise
calc-dirty-rate.calc-time-unit  the unit of calc-time
calc-dirty-rate.mode  how to measure
calc-dirty-rate.sample-pages  how many pages of each gigabyte to look at
change-backing-file.backing-file  the name to record; it is not opened
change-backing-file.device  the node or drive whose chain holds the image
chardev-add.id  a name of your choice for the character device
chardev-add.addr  the address to listen on or connect to
chardev-add.data  the options of the backend
chardev-add.device  the host's device
chardev-add.server  true listens, false connects
chardev-change.id  the id of the character device
chardev-remove.id  the id of the character device
chardev-send-break.id  the id of the character device
client_migrate_info.cert-subject  what the other host's certificate says
client_migrate_info.hostname  the other host
client_migrate_info.protocol  spice
device_add.driver  the device type; its own properties are given as further arguments
device_add.drive  the node name of the disk behind the device
device_add.id  a name of your choice for the device, needed to unplug it
device_add.netdev  the id of the network backend
device_del.id  the id or the object path of the device
device-sync-config.id  the id of the device
drive-backup.device  the drive to copy, or its node
drive-backup.mode  absolute-paths creates the target, existing takes the file that is there
drive-backup.target  the image file to write
drive-mirror.device  the drive to copy, or its node
drive-mirror.mode  absolute-paths creates the target, existing takes the file that is there
drive-mirror.node-name  a name for the target's node
drive-mirror.target  the image file to write
dump-guest-memory.begin  the first physical address
dump-guest-memory.length  how many bytes
dump-guest-memory.paging  follow the guest's page tables, so that addresses are virtual
dump-guest-memory.protocol  where to: file:PATH or fd:NAME
eject.id  the id of the guest's drive
expire_password.protocol  vnc or spice
expire_password.time  now, never, +SECONDS, or seconds since 1970
expire_password.display  the name of the display
human-monitor-command.command-line  the line as one would type it into the human monitor
input-send-event.device  the display the input belongs to
input-send-event.events  the events, in order
job-cancel.id  the id of the job
job-complete.id  the id of the job
job-dismiss.id  the id of the job
job-finalize.id  the id of the job
job-pause.id  the id of the job
job-resume.id  the id of the job
memsave.val  the first virtual address
migrate.blk  migrate the disks too, the old way
migrate.inc  migrate only the top image of each disk, the old way
migrate.resume  go on with a postcopy migration that was interrupted
migrate-continue.state  the state the migration waits in
migrate-incoming.exit-on-error  end this QEMU when the migration fails
migrate-set-capabilities.capabilities  which capabilities to switch, as [{"capability":..., "state":...}]
migrate-set-parameters.mode  how the machine is moved: normal, or into a new QEMU on the same host
migrate-set-parameters.block-incremental  migrate only the top image of each disk, with the old way of block migration
migrate-set-parameters.compress-level  how hard memory is compressed, 0 for not at all to 9
migrate-set-parameters.compress-threads  how many threads compress memory
migrate-set-parameters.compress-wait-thread  wait for a free thread instead of sending a page uncompressed
migrate-set-parameters.cpr-exec-command  the command line of the new QEMU that takes over, in mode cpr-exec
migrate-set-parameters.cpu-throttle-tailslow  slow the guest down less in the last steps
migrate-set-parameters.decompress-threads  how many threads decompress memory
migrate-set-parameters.multifd-qatzip-level  how hard qatzip compresses, 1 to 9
migrate-set-parameters.multifd-zlib-level  how hard zlib compresses, 0 for not at all to 9
migrate-set-parameters.multifd-zstd-level  how hard zstd compresses, 0 for not at all to 20
migrate-set-parameters.throttle-trigger-threshold  when the guest dirties more than this percent of what is sent, it is slowed down
migrate-set-parameters.vcpu-dirty-limit  how many megabytes a second each CPU may change in memory
migrate-set-parameters.x-checkpoint-delay  milliseconds between two COLO checkpoints
migrate-set-parameters.x-rdma-chunk-size  how much memory is registered with RDMA at once
migrate-set-parameters.x-vcpu-dirty-limit-period  milliseconds between two measurements of how fast memory is changed
nbd-server-add.description  a free text for clients
nbd-server-add.device  the node to offer
nbd-server-add.name  the name clients ask for
nbd-server-remove.mode  safe refuses while clients are connected, hard disconnects them
nbd-server-remove.name  the name of the export
nbd-server-start.addr  the address to listen on
nbd-server-start.addr.type  inet, unix, vsock or fd
nbd-server-start.path  the unix socket to listen on
netdev_add.id  a name of your choice for the backend
netdev_add.ifname  the name of the host's network interface
netdev_add.type  user, tap, bridge, socket, stream and so on
netdev_add.hostfwd  ports of the host that lead into the guest
netdev_del.id  the id of the network backend
object-add.data  the secret itself, in clear or encrypted text
object-add.dir  the folder that holds the credentials
object-add.endpoint  whether this end is the server or the client
object-add.file  the file that holds the secret
object-add.format  raw, or base64
object-add.id  a name of your choice for the object
object-del.id  the id of the object
pmemsave.val  the first physical address
qmp_capabilities.enable  the capabilities to switch on
qom-get.path  the object, such as /machine/peripheral/virtio0
qom-list.path  the object, such as /machine/peripheral
qom-list-get.paths  the objects
qom-list-types.abstract  also list types that no object can be made of
qom-list-types.implements  only types that are a kind of this one
qom-set.path  the object, such as /machine/peripheral/virtio0
qom-set.value  the new value, of the property's type
query-command-line-options.option  only this option
query-cpu-model-expansion.type  static gives a base model and features, full all features
query-firmware-log.max-size  how much of the end of the log
query-rx-filter.name  only this network card
query-stats.providers  only these sources and statistics
query-stats.target  what the statistics are about
query-stats-schemas.provider  only this source
remove-fd.fd  only this descriptor of the set
replay-break.icount  where to stop
replay-seek.icount  where to go
request-ebpf.id  which program
ringbuf-read.device  the character device
ringbuf-read.format  how the data is shown: utf8 or base64
ringbuf-read.size  how much to read at most
ringbuf-write.data  what to write
ringbuf-write.device  the character device
ringbuf-write.format  how the data is given: utf8 or base64
screendump.device  the display device; the first one when left out
screendump.format  ppm or png
send-key.hold-time  how many milliseconds the keys are held
send-key.keys  the keys, pressed together
set-action.panic  what happens when the guest crashes
set-action.reboot  what happens when the guest reboots
set-action.shutdown  what happens when the guest shuts down
set-action.watchdog  what happens when the watchdog fires
set-numa-node.type  what is described
set-vcpu-dirty-limit.dirty-rate  megabytes a second
set_link.name  the id of the network card or backend
set_password.protocol  vnc or spice
set_password.display  the name of the display
trace-event-get-state.name  the trace event; * stands for any text
trace-event-set-state.enable  on or off
trace-event-set-state.ignore-unavailable  do not mind events that cannot be switched
trace-event-set-state.name  the trace event; * stands for any text
transaction.actions  what to do, as [{"type":..., "data":{...}}]
transaction.properties  how the actions depend on each other
transaction.completion-mode  individual, or grouped: when one job fails, all are cancelled
watchdog-set-action.action  what happens when the watchdog fires
x-blockdev-amend.options  the new options of the image
x-blockdev-change.child  the child to remove, as the parent calls it
x-blockdev-change.node  the node to add
x-blockdev-change.parent  the node that gets or loses a child
x-blockdev-set-iothread.iothread  the I/O thread; null for the main loop
xen-event-inject.port  the event channel
xen-save-devices-state.live  the machine will go on, as for a live migration
xen-set-replication.enable  start or stop
xen-set-replication.failover  give the secondary side up or take it over
xen-set-replication.primary  whether this is the primary side
yank.instances  what to break off, as query-yank lists it
`;
