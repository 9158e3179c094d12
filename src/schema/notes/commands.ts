// One line for every command of QEMU 7.2 to 11.1: a name, two blanks, what it does. Parsed at the first question.

export const COMMANDS = `
add-fd  put the file descriptor sent along with this command into a set, to be opened as /dev/fdset/N
add_client  hand an open client connection (vnc, spice, a character device) to the running machine
announce-self  make the guest's network cards announce themselves so that switches learn where they are
balloon  ask the guest to shrink or grow to so many bytes of memory
block-commit  copy what overlays hold down into a backing image and shorten the chain
block-dirty-bitmap-add  start to record which parts of a node are written, for incremental backups
block-dirty-bitmap-clear  forget what a dirty bitmap has recorded
block-dirty-bitmap-disable  stop recording writes in a dirty bitmap
block-dirty-bitmap-enable  record writes in a dirty bitmap again
block-dirty-bitmap-merge  add what other dirty bitmaps recorded to a target bitmap
block-dirty-bitmap-remove  delete a dirty bitmap
block-export-add  offer a node to the outside over NBD, FUSE, vhost-user or VDUSE
block-export-del  take back an export, when it is unused or by force
block-job-cancel  end a block job early, or end a ready mirror as a point-in-time copy
block-job-change  change the options of a running block job
block-job-complete  let a ready mirror or active commit finish and switch the guest over
block-job-dismiss  remove a concluded block job from the list
block-job-finalize  let a pending block job make its changes
block-job-pause  pause a block job
block-job-resume  let a paused block job go on
block-job-set-speed  limit how many bytes a second a block job copies, 0 for no limit
block-latency-histogram-set  count how long a device's requests take, sorted into ranges
block-set-write-threshold  send an event when the guest writes beyond this offset of a node
block-stream  copy what backing images hold up into the image above them, so that it needs them no more
block_resize  change the size of a disk while the guest runs
block_set_io_throttle  limit the bytes and operations a second of a drive
blockdev-add  open an image or a protocol as a new block node
blockdev-backup  copy a node as it is at this moment to another node, while the guest goes on
blockdev-change-medium  put another image into a removable drive
blockdev-close-tray  close the tray of a removable drive
blockdev-create  make a new image, as a job
blockdev-del  close a block node that nothing uses
blockdev-insert-medium  put an existing node into an empty, open drive
blockdev-mirror  copy a node to another and keep both the same, until completed or cancelled
blockdev-open-tray  open the tray of a removable drive
blockdev-remove-medium  take the medium out of an open drive
blockdev-reopen  change the options of nodes that are open
blockdev-set-active  activate or deactivate a node, to hand its image to another process
blockdev-snapshot  make an existing node the new top of a chain: writes go there from now on
blockdev-snapshot-delete-internal-sync  delete a snapshot kept inside an image
blockdev-snapshot-internal-sync  take a snapshot inside an image that can hold some, such as qcow2
blockdev-snapshot-sync  create an overlay file on top of a node: writes go there from now on
calc-dirty-rate  measure how fast the guest changes its memory; query-dirty-rate has the answer
cancel-vcpu-dirty-limit  lift the limit on how fast CPUs may change memory
change-backing-file  rewrite the name of the backing file that an image records
change-vnc-password  set a new password for VNC
chardev-add  create a character device
chardev-change  give a character device another backend
chardev-remove  delete a character device that nothing uses
chardev-send-break  send a serial break
client_migrate_info  tell SPICE clients where the machine will be after a migration
closefd  close a file descriptor that was named with getfd
cont  let the guest run, or go on after stop
cxl-add-dynamic-capacity  offer more memory of a CXL device to its host
cxl-inject-correctable-error  make a CXL device report an error that was corrected
cxl-inject-dram-event  put a DRAM event into the log of a CXL memory device
cxl-inject-general-media-event  put a media event into the log of a CXL memory device
cxl-inject-memory-module-event  put a module event into the log of a CXL memory device
cxl-inject-poison  mark a range of a CXL memory device as damaged
cxl-inject-uncorrectable-errors  make a CXL device report errors that cannot be corrected
cxl-release-dynamic-capacity  ask the host to give memory of a CXL device back
device-list-properties  list what a device type can be set to; asking about some types ends the QEMU
device-sync-config  make a device read its configuration from its backend again
device_add  plug in a device while the guest runs
device_del  ask the guest to release a device and unplug it; DEVICE_DELETED says when it is gone
display-reload  let a display load its certificates again
display-update  change where a display listens
drive-backup  copy a drive as it is at this moment to an image file
drive-mirror  copy a drive to an image file and keep both the same, until completed or cancelled
dump-guest-memory  write the guest's memory to a file for a crash analysis
dump-skeys  write the storage keys of an s390x guest to a file
dumpdtb  write the machine's device tree to a file
eject  open the tray of a removable drive and take out the medium
expire_password  set when the password of a display stops being valid
getfd  give a name to the file descriptor sent along with this command
human-monitor-command  run a line of the human monitor (HMP) and return its text
inject-ghes-v2-error  report a hardware error of your making to the guest
inject-nmi  send a non-maskable interrupt to the guest
input-send-event  press keys and buttons or move the pointer, as input events
job-cancel  end a job early; what it wrote is not to be trusted
job-complete  let a ready job finish: a mirror or active commit switches the guest over
job-dismiss  remove a concluded job from the list
job-finalize  let a pending job, and those of its transaction, make their changes
job-pause  pause a job
job-resume  let a paused job go on
memsave  write a range of the guest's memory, by virtual address, to a file
migrate  send the running machine to another QEMU or to a file
migrate-continue  let a migration that waits before switching over go on
migrate-incoming  wait for a migration on this address, in a QEMU started with -incoming defer
migrate-pause  break a postcopy migration off so that it can be recovered
migrate-recover  wait on a new address for a postcopy migration that was interrupted
migrate-set-capabilities  switch capabilities of migration on or off
migrate-set-parameters  set the parameters of migration: bandwidth, downtime, TLS, channels
migrate-start-postcopy  switch a running migration to postcopy
migrate_cancel  cancel the migration that runs
nbd-server-add  offer a node over the NBD server that runs
nbd-server-remove  take an export away from the NBD server
nbd-server-start  start the NBD server; exports are added afterwards
nbd-server-stop  stop the NBD server and take away all its exports
netdev_add  create a network backend
netdev_del  delete a network backend
object-add  create an object: a secret, an I/O thread, a throttle group, credentials, a memory backend
object-del  delete an object that was made with object-add
pmemsave  write a range of the guest's memory, by physical address, to a file
qmp_capabilities  finish the negotiation at the start of a connection
qom-get  read a property of an object in the object tree
qom-list  list the properties and children of an object in the object tree
qom-list-get  list the properties of several objects with their values
qom-list-properties  list the properties of an object type; asking about some types ends the QEMU
qom-list-types  list the object types this QEMU knows
qom-set  change a property of an object in the object tree
query-accelerators  the accelerators this QEMU has, and the one in use
query-acpi-ospm-status  what the guest's ACPI reported about its memory and CPU slots
query-audiodevs  the audio backends
query-balloon  how much memory the guest has after ballooning, in bytes
query-block  the guest's drives, with the image and the chain behind each
query-block-exports  the nodes offered to the outside
query-block-jobs  the block jobs that run, with their progress
query-blockstats  counts of reads, writes and flushes, by drive or node
query-chardev  the character devices and who they are connected to
query-chardev-backends  the kinds of character devices this QEMU can make
query-colo-status  how far COLO replication is
query-command-line-options  the command line options of this QEMU and what they take
query-commands  the names of all commands of this QEMU
query-cpu-definitions  the CPU models this QEMU can emulate
query-cpu-model-baseline  the CPU model whose features two others share
query-cpu-model-comparison  whether one CPU model can replace another
query-cpu-model-expansion  what a CPU model means, feature by feature
query-cpus-fast  the guest's CPUs and the host threads they run in
query-cryptodev  the crypto backends
query-current-machine  what the machine that runs can do
query-dirty-rate  the result of calc-dirty-rate
query-display-options  the display options QEMU was started with
query-dump  how far a memory dump is
query-dump-guest-memory-capability  the formats dump-guest-memory can write
query-fdsets  the sets of file descriptors made with add-fd
query-firmware-log  what the guest's firmware logged
query-gic-capabilities  the kinds of interrupt controllers an Arm machine can have
query-hotpluggable-cpus  CPUs that are or can be plugged in, with the properties to give to device_add
query-hv-balloon-status-report  what the Hyper-V balloon last said about the guest's memory
query-iothreads  the I/O threads and the host threads they run in
query-jobs  all jobs with their state and progress
query-kvm  whether KVM is available and in use
query-machines  the machine types this QEMU can emulate
query-memdev  the memory backends
query-memory-devices  the memory devices plugged into the guest
query-memory-size-summary  how much memory the guest started with and how much was plugged in
query-mice  the guest's pointing devices
query-migrate  how far a migration is, or how the last one ended
query-migrate-capabilities  which capabilities of migration are on
query-migrate-parameters  the parameters of migration
query-migrationthreads  the host threads a migration runs in
query-name  the name of the machine, if it was given one
query-named-block-nodes  all block nodes; with flat=true without the images behind each
query-pci  the PCI buses and devices the guest sees
query-pr-managers  the helpers for persistent reservations and whether they are connected
query-qmp-schema  a description of all commands, events and types of this QEMU
query-replay  the state of record and replay
query-rocker  the state of a Rocker switch
query-rocker-of-dpa-flows  the flow table of a Rocker switch
query-rocker-of-dpa-groups  the group table of a Rocker switch
query-rocker-ports  the ports of a Rocker switch
query-rx-filter  which packets the guest's network cards let in
query-s390x-cpu-polarization  how an s390x machine spreads its CPUs
query-sev  the state of AMD memory encryption (SEV)
query-sev-attestation-report  a signed report about an SEV guest
query-sev-capabilities  what this host can do of SEV
query-sev-launch-measure  the measurement of an SEV guest at its launch
query-sgx  the state of Intel SGX in this machine
query-sgx-capabilities  what this host can do of SGX
query-spice  the SPICE server and its clients
query-stats  statistics of the machine, its CPUs or its crypto devices
query-stats-schemas  what query-stats can tell
query-status  whether the guest runs, and if not, why
query-target  the architecture this QEMU emulates
query-tpm  the TPM devices
query-tpm-models  the TPM models this QEMU can emulate
query-tpm-types  the TPM backends this QEMU has
query-uuid  the UUID of the machine
query-vcpu-dirty-limit  the limits on how fast CPUs may change memory
query-version  the version of this QEMU
query-vm-generation-id  the generation id the guest sees
query-vnc  the VNC server and its clients
query-vnc-servers  all VNC servers and their clients
query-xen-replication-status  whether replication for Xen had an error
query-yank  what yank can break off
quit  end this QEMU and with it the machine, at once
remove-fd  take a file descriptor, or a whole set, back
replay-break  stop a replay at this instruction count
replay-delete-break  forget the stop set with replay-break
replay-seek  go to this instruction count of a replay
request-ebpf  hand out an eBPF program of this QEMU
ringbuf-read  read from a ring buffer character device
ringbuf-write  write to a ring buffer character device
rtc-reset-reinjection  forget the timer interrupts the guest has missed
screendump  save the picture on the guest's screen to a file
send-key  press keys together on the guest's keyboard
set-action  say what happens when the guest reboots, shuts down or crashes, or its watchdog fires
set-cpu-topology  move a CPU of an s390x machine within the topology
set-numa-node  describe a NUMA node, while the machine is not built yet
set-vcpu-dirty-limit  limit how many megabytes a second CPUs may change in memory
set_link  plug in or pull out the cable of a network card
set_password  set the password of a display
sev-inject-launch-secret  put a secret into an SEV guest before it starts
snapshot-delete  delete a snapshot of the whole machine, as a job
snapshot-load  return the whole machine to a snapshot, as a job
snapshot-save  save the whole machine, memory and disks, as a snapshot inside its images, as a job
stop  pause the guest; cont lets it go on
system_powerdown  press the guest's power button: it decides what to do
system_reset  reset the machine at once, as its reset button does
system_wakeup  wake the guest from its sleep
trace-event-get-state  whether trace events are on
trace-event-set-state  switch trace events on or off
transaction  do several block operations at one moment: all of them, or none
watchdog-set-action  say what happens when the guest's watchdog fires
x-accel-stats  statistics of the accelerator
x-blockdev-amend  change the options of an image file, as a job
x-blockdev-change  add or remove a child of a node, such as one disk of a quorum
x-blockdev-set-iothread  move a node to an I/O thread
x-colo-lost-heartbeat  tell COLO that the other side is lost
x-debug-block-dirty-bitmap-sha256  the checksum of what a dirty bitmap recorded
x-debug-query-block-graph  the whole graph of block nodes, with their parents and permissions
x-exit-preconfig  build the machine and leave the preconfig state
x-query-interrupt-controllers  the state of the interrupt controllers, as text
x-query-irq  counts of interrupts, as text
x-query-jit  statistics of the code translator, as text
x-query-numa  the NUMA layout, as text
x-query-opcount  counts of operations of the code translator, as text
x-query-profile  a profile of the code translator, as text
x-query-ramblock  the blocks of the guest's memory, as text
x-query-rdma  the state of RDMA devices, as text
x-query-roms  the firmware images in the guest's memory, as text
x-query-usb  the guest's USB devices, as text
x-query-virtio  the virtio devices and their paths
x-query-virtio-queue-element  an element of a virtio queue
x-query-virtio-queue-status  the state of a virtio queue
x-query-virtio-status  the state of a virtio device
x-query-virtio-vhost-queue-status  the state of a virtio queue that vhost handles
xen-colo-do-checkpoint  take a COLO checkpoint in a Xen guest
xen-event-inject  raise an event channel of a Xen guest
xen-event-list  the event channels of a Xen guest
xen-load-devices-state  load the state of the devices from a file, for Xen
xen-save-devices-state  save the state of the devices, without memory, to a file, for Xen
xen-set-global-dirty-log  record which memory the guest changes, for Xen
xen-set-replication  switch block replication on or off, for Xen
yank  break connections that hang, so that what waits for them fails
`;

/** A line that works as it stands on a machine with such nodes and names, for commands that take arguments. */
export const EXAMPLES = `
add_client  add_client protocol=vnc fdname=client0
announce-self  announce-self initial=50 max=550 rounds=5 step=50
balloon  balloon value=512M
block-commit  block-commit device=node-C top-node=node-B base-node=node-A job-id=commit0
block-dirty-bitmap-add  block-dirty-bitmap-add node=node-A name=bitmap0 persistent=true
block-dirty-bitmap-clear  block-dirty-bitmap-clear node=node-A name=bitmap0
block-dirty-bitmap-disable  block-dirty-bitmap-disable node=node-A name=bitmap0
block-dirty-bitmap-enable  block-dirty-bitmap-enable node=node-A name=bitmap0
block-dirty-bitmap-merge  block-dirty-bitmap-merge node=node-A target=bitmap0 bitmaps=["bitmap1"]
block-dirty-bitmap-remove  block-dirty-bitmap-remove node=node-A name=bitmap0
block-export-add  block-export-add type=nbd id=export0 node-name=node-A name=disk
block-export-del  block-export-del id=export0
block-job-cancel  block-job-cancel device=job0
block-job-change  block-job-change id=job0 type=mirror copy-mode=write-blocking
block-job-complete  block-job-complete device=job0
block-job-dismiss  block-job-dismiss id=job0
block-job-finalize  block-job-finalize id=job0
block-job-pause  block-job-pause device=job0
block-job-resume  block-job-resume device=job0
block-job-set-speed  block-job-set-speed device=job0 speed=10M
block-latency-histogram-set  block-latency-histogram-set id=virtio0 boundaries=[10000,100000,1000000]
block-set-write-threshold  block-set-write-threshold node-name=node-A write-threshold=30M
block-stream  block-stream device=node-B job-id=stream0
block_resize  block_resize node-name=node-A size=80M
block_set_io_throttle  block_set_io_throttle id=virtio0 bps=10M bps_rd=0 bps_wr=0 iops=0 iops_rd=0 iops_wr=0
blockdev-add  blockdev-add driver=qcow2 node-name=node-E file.driver=file file.filename=e.qcow2
blockdev-backup  blockdev-backup device=node-A target=node-E sync=full job-id=backup0
blockdev-change-medium  blockdev-change-medium id=cd0 filename=install.iso
blockdev-close-tray  blockdev-close-tray id=cd0
blockdev-create  blockdev-create job-id=create0 options.driver=qcow2 options.file=file-E options.size=39M
blockdev-del  blockdev-del node-name=node-E
blockdev-insert-medium  blockdev-insert-medium id=cd0 node-name=node-E
blockdev-mirror  blockdev-mirror device=node-A target=node-E sync=full job-id=mirror0
blockdev-open-tray  blockdev-open-tray id=cd0
blockdev-remove-medium  blockdev-remove-medium id=cd0
blockdev-reopen  blockdev-reopen options=[{"driver":"qcow2","node-name":"node-E","file":"file-E","read-only":true}]
blockdev-set-active  blockdev-set-active node-name=node-A active=false
blockdev-snapshot  blockdev-snapshot node=node-A overlay=node-B
blockdev-snapshot-delete-internal-sync  blockdev-snapshot-delete-internal-sync device=node-A name=before-update
blockdev-snapshot-internal-sync  blockdev-snapshot-internal-sync device=node-A name=before-update
blockdev-snapshot-sync  blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B
calc-dirty-rate  calc-dirty-rate calc-time=1
change-backing-file  change-backing-file device=node-B image-node-name=node-B backing-file=a.qcow2
change-vnc-password  change-vnc-password password=...
chardev-add  chardev-add id=char0 backend.type=null backend.data={}
chardev-change  chardev-change id=char0 backend.type=pty backend.data={}
chardev-remove  chardev-remove id=char0
chardev-send-break  chardev-send-break id=char0
client_migrate_info  client_migrate_info protocol=spice hostname=other.example port=5900
closefd  closefd fdname=fd0
device-list-properties  device-list-properties typename=virtio-blk-pci
device_add  device_add driver=virtio-blk-pci id=virtio1 drive=node-E
device_del  device_del id=virtio1
display-reload  display-reload type=vnc tls-certs=true
display-update  display-update type=vnc addresses=[{"type":"inet","host":"127.0.0.1","port":"5901"}]
drive-backup  drive-backup device=drive0 target=e.qcow2 sync=full job-id=backup0
drive-mirror  drive-mirror device=drive0 target=e.qcow2 sync=full job-id=mirror0
dump-guest-memory  dump-guest-memory paging=false protocol=file:guest.elf
dumpdtb  dumpdtb filename=machine.dtb
eject  eject id=cd0
expire_password  expire_password protocol=vnc time=+60
getfd  getfd fdname=fd0
human-monitor-command  human-monitor-command command-line="info block"
input-send-event  input-send-event events=[{"type":"rel","data":{"axis":"x","value":10}}]
job-cancel  job-cancel id=job0
job-complete  job-complete id=job0
job-dismiss  job-dismiss id=job0
job-finalize  job-finalize id=job0
job-pause  job-pause id=job0
job-resume  job-resume id=job0
memsave  memsave val=0x1000 size=4k filename=memory.bin
migrate  migrate uri=unix:/tmp/incoming.sock
migrate-continue  migrate-continue state=pre-switchover
migrate-incoming  migrate-incoming uri=unix:/tmp/incoming.sock
migrate-recover  migrate-recover uri=tcp:0:4446
migrate-set-capabilities  migrate-set-capabilities capabilities=[{"capability":"events","state":true}]
migrate-set-parameters  migrate-set-parameters max-bandwidth=100M downtime-limit=300
nbd-server-add  nbd-server-add device=node-A name=disk
nbd-server-remove  nbd-server-remove name=disk
nbd-server-start  nbd-server-start addr.type=unix addr.data.path=nbd.sock
netdev_add  netdev_add type=user id=net0
netdev_del  netdev_del id=net0
object-add  object-add qom-type=iothread id=iothread0
object-del  object-del id=iothread0
pmemsave  pmemsave val=0x0 size=1M filename=memory.bin
qom-get  qom-get path=/machine property=type
qom-list  qom-list path=/machine/peripheral
qom-list-get  qom-list-get paths=["/machine/peripheral"]
qom-list-properties  qom-list-properties typename=iothread
qom-list-types  qom-list-types implements=device abstract=false
qom-set  qom-set path=/objects/iothread0 property=poll-max-ns value=0
query-block-jobs  query-block-jobs
query-blockstats  query-blockstats query-nodes=true
query-command-line-options  query-command-line-options option=drive
query-cpu-model-expansion  query-cpu-model-expansion type=static model.name=max
query-jobs  query-jobs
query-named-block-nodes  query-named-block-nodes flat=true
query-rx-filter  query-rx-filter name=net0
query-stats  query-stats target=vm
replay-break  replay-break icount=1000000
replay-seek  replay-seek icount=1000000
ringbuf-read  ringbuf-read device=char0 size=4k
ringbuf-write  ringbuf-write device=char0 data=hello
screendump  screendump filename=screen.png format=png
send-key  send-key keys=[{"type":"qcode","data":"ctrl"},{"type":"qcode","data":"alt"},{"type":"qcode","data":"delete"}]
set-action  set-action panic=pause
set-vcpu-dirty-limit  set-vcpu-dirty-limit dirty-rate=50
set_link  set_link name=net0 up=false
set_password  set_password protocol=vnc password=...
snapshot-delete  snapshot-delete job-id=delete0 tag=snap0 devices=["node-A"]
snapshot-load  snapshot-load job-id=load0 tag=snap0 vmstate=node-A devices=["node-A"]
snapshot-save  snapshot-save job-id=save0 tag=snap0 vmstate=node-A devices=["node-A"]
trace-event-get-state  trace-event-get-state name=bdrv_*
trace-event-set-state  trace-event-set-state name=bdrv_co_preadv enable=true
transaction  transaction actions=[{"type":"block-dirty-bitmap-add","data":{"node":"node-A","name":"bitmap0"}}]
watchdog-set-action  watchdog-set-action action=reset
x-blockdev-set-iothread  x-blockdev-set-iothread node-name=node-A iothread=iothread0
`;
