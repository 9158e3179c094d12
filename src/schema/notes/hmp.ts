// The commands of the human monitor of QEMU 7.2 to 11.1, for `human-monitor-command`, `.hmp` and `-H`.

export const HMP_COMMANDS = `
info accel  statistics of the accelerator
info accelerators  accelerators that there are, and the one in use
info balloon  how much memory the guest has
info block  drives and their images
info block-jobs  running block jobs
info blockstats  counts of reads and writes
info capture  recordings of the guest's sound
info chardev  character devices
info cpus  CPUs and their threads
info cryptodev  crypto devices
info dirty_rate  how fast the guest changes its memory
info dump  progress of a dump of guest memory
info firmware-log  what the firmware has logged
info history  lines typed before at the monitor
info hotpluggable-cpus  CPUs that are or can be plugged
info iothreads  I/O threads
info irq  counts of interrupts
info jit  statistics of translated code
info kvm  whether KVM is in use
info lapic  local interrupt controller of a CPU
info mem  the guest's page tables in short
info memdev  memory backends
info memory-devices  plugged memory
info memory_size_summary  sizes of base and plugged memory
info mice  which mouse gets the events
info migrate  progress of a migration
info migrate_capabilities  capabilities of migration
info migrate_parameters  parameters of migration
info mtree  the guest's memory map
info name  name of the machine
info network  network cards and backends
info numa  NUMA nodes
info opcount  counts of translated operations
info pci  PCI devices
info pic  interrupt controllers
info profile  where translation spends its time
info qdm  device types
info qom-tree  the tree of objects
info qtree  the tree of devices
info ramblock  blocks of guest memory
info rdma  state of RDMA devices
info registers  CPU registers
info replay  state of record and replay
info rocker  a simulated network switch
info rocker-of-dpa-flows  flow table of a simulated switch
info rocker-of-dpa-groups  group table of a simulated switch
info rocker-ports  ports of a simulated switch
info roms  firmware images
info sev  state of memory encryption (AMD)
info sgx  enclave memory (Intel)
info snapshots  snapshots of the whole machine
info spice  SPICE clients
info stats  statistics of the machine or its CPUs
info status  whether the guest runs
info sync-profile  where QEMU waits for locks
info tlb  virtual to physical mappings
info tpm  TPM devices
info trace-events  trace events
info usb  USB devices
info usbhost  USB devices of the host
info usernet  connections of user networking
info uuid  UUID of the machine
info vcpu_dirty_limit  limits on how fast CPUs change memory
info version  version of QEMU
info via  state of the VIA chips
info virtio  virtio devices and their paths
info virtio-queue-element  an element of a virtio queue
info virtio-queue-status  state of a virtio queue
info virtio-status  state of a virtio device
info virtio-vhost-queue-status  state of a vhost queue
info vm-generation-id  generation id of the machine
info vnc  VNC clients
announce_self  make the network learn where the guest is
balloon  change the guest's memory
block_job_cancel  end a block job
block_job_complete  let a ready block job finish
block_job_pause  pause a block job
block_job_resume  let a paused block job go on
block_job_set_speed  limit the speed of a block job
block_resize  change the size of a disk, in MiB
block_set_io_throttle  limit the throughput of a disk
block_stream  copy data up from the backing images
boot_set  choose what to boot from
calc_dirty_rate  measure how fast the guest changes its memory
cancel_vcpu_dirty_limit  lift the limit on how fast CPUs change memory
change  put in another medium or set a password
chardev-add  add a character device
chardev-change  replace a character device
chardev-remove  remove a character device
chardev-send-break  send a break on a character device
clear  clear the screen
client_migrate_info  tell a SPICE client where the machine goes
closefd  close a file descriptor that was handed over
commit  commit an image to its backing file
cont  let the guest run
cpu  choose the CPU that further lines are about
delvm  delete a snapshot of the whole machine
device_add  plug a device in
device_del  unplug a device
drive_add  add a drive
drive_backup  copy a disk as it is now to a file
drive_del  remove a drive
drive_mirror  copy a disk and keep the copy up to date
dump-guest-memory  write guest memory to a file
dumpdtb  write the device tree to a file
eject  take a medium out
exit_preconfig  go on from the stage before the machine is made
expire_password  set when a password ends
gdbserver  start a server for gdb
getfd  take over a file descriptor
gpa2hpa  host physical address of guest memory
gpa2hva  host virtual address of guest memory
gva2gpa  physical address of a virtual one in the guest
help  the commands of the human monitor
hostfwd_add  forward a port of the host
hostfwd_remove  take a forwarded port back
i  read a port
loadvm  return to a snapshot of the whole machine
log  choose what is logged
logfile  choose where the log goes
mce  report a hardware error to the guest
memsave  save virtual memory to a file
migrate  move the machine to another QEMU
migrate_cancel  stop the migration
migrate_continue  let a paused migration go on
migrate_incoming  wait for a machine to come
migrate_pause  pause a postcopy migration
migrate_recover  take up a broken postcopy migration
migrate_set_capability  switch a capability of migration
migrate_set_parameter  set a parameter of migration
migrate_start_postcopy  go over to postcopy
mouse_button  press a mouse button
mouse_move  move the mouse
mouse_set  choose the mouse
nbd_server_add  export a disk by NBD
nbd_server_remove  take an NBD export away
nbd_server_start  start the NBD server
nbd_server_stop  stop the NBD server, and with it all exports
netdev_add  add a network backend
netdev_del  remove a network backend
nmi  send a non-maskable interrupt
o  write to a port
object_add  create an object
object_del  remove an object
one-insn-per-tb  translate one instruction at a time
pcie_aer_inject_error  report an error of a PCI Express device
pmemsave  save physical memory to a file
print  evaluate an expression
qemu-io  read and write a node below the guest
qom-get  the value of a property
qom-list  the properties of an object
qom-set  set a property
quit  end QEMU at once
replay_break  stop the replay at an instruction
replay_delete_break  take the breakpoint of the replay away
replay_seek  go to an instruction of the replay
ringbuf_read  read from a ring buffer
ringbuf_write  write to a ring buffer
savevm  take a snapshot of the whole machine
screendump  save the screen to a file
sendkey  press keys
set_link  connect or cut a network card
set_password  set the password of a display
set_vcpu_dirty_limit  limit how fast CPUs change memory
singlestep  run one instruction at a time
snapshot_blkdev  put an overlay on a disk
snapshot_blkdev_internal  take a snapshot inside an image
snapshot_delete_blkdev_internal  delete a snapshot inside an image
stop  pause the guest
stopcapture  end a recording of the guest's sound
sum  checksum of a range of memory
sync-profile  switch the measuring of locks
system_powerdown  press the power button
system_reset  press the reset button
system_wakeup  wake a suspended guest
trace-event  switch a trace event
watchdog_action  what a firing watchdog does
wavcapture  record the guest's sound
x  show virtual memory
x_colo_lost_heartbeat  give the other side of the replication up for lost
xen-event-inject  raise a Xen event
xen-event-list  Xen event channels
xp  show physical memory
`;
