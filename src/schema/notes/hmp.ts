// Commands of the human monitor that are of use beside QMP, for `human-monitor-command` and `.hmp`.

export const HMP_COMMANDS = `
info block  drives and their images
info blockstats  counts of reads and writes
info block-jobs  running block jobs
info chardev  character devices
info cpus  CPUs and their threads
info irq  counts of interrupts
info iothreads  I/O threads
info mem  the guest's page tables in short
info memdev  memory backends
info memory-devices  plugged memory
info migrate  progress of a migration
info migrate_capabilities  capabilities of migration
info migrate_parameters  parameters of migration
info mtree  the guest's memory map
info name  name of the machine
info network  network cards and backends
info numa  NUMA nodes
info pci  PCI devices
info pic  interrupt controllers
info qdm  device types
info qom-tree  the tree of objects
info qtree  the tree of devices
info ramblock  blocks of guest memory
info registers  CPU registers
info roms  firmware images
info snapshots  snapshots of the whole machine
info spice  SPICE clients
info status  whether the guest runs
info tlb  virtual to physical mappings
info tpm  TPM devices
info trace-events  trace events
info usb  USB devices
info usernet  connections of user networking
info uuid  UUID of the machine
info version  version of QEMU
info vnc  VNC clients
balloon  change the guest's memory
boot_set  choose what to boot from
change  put in another medium or set a password
commit  commit an image to its backing file
delvm  delete a snapshot of the whole machine
drive_add  add a drive
drive_del  remove a drive
dump-guest-memory  write guest memory to a file
gdbserver  start a server for gdb
hostfwd_add  forward a port of the host
hostfwd_remove  take a forwarded port back
loadvm  return to a snapshot of the whole machine
log  choose what is logged
logfile  choose where the log goes
memsave  save virtual memory to a file
mouse_button  press a mouse button
mouse_move  move the mouse
mouse_set  choose the mouse
nmi  send a non-maskable interrupt
pmemsave  save physical memory to a file
print  evaluate an expression
qemu-io  read and write a node below the guest
savevm  take a snapshot of the whole machine
screendump  save the screen to a file
sendkey  press keys
singlestep  run one instruction at a time
sum  checksum of a range of memory
system_powerdown  press the power button
system_reset  press the reset button
trace-event  switch a trace event
watchdog_action  what a firing watchdog does
wavcapture  record the guest's sound
x  show virtual memory
xp  show physical memory
`;
