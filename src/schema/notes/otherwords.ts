// What people type who know other tools, and what it is here. A row: the name, two blanks, and the lines that do it, parted
// by " or "; behind two more blanks a remark. A line begins with a command of QMP or a word of the shell.

/** Names of virsh's subcommands. */
export const VIRSH = `
attach-device  device_add
attach-disk  blockdev-add or device_add  first the node, then the device on it
attach-interface  netdev_add or device_add  first the netdev, then the device on it
backup-begin  blockdev-backup
blkdeviotune  block_set_io_throttle
blockcommit  block-commit
blockcopy  blockdev-mirror
blockjob  query-jobs or block-job-set-speed or job-complete or block-job-cancel  --info is query-jobs, --bandwidth block-job-set-speed, --pivot job-complete, --abort block-job-cancel
blockpull  block-stream
blockresize  block_resize
change-media  blockdev-change-medium
checkpoint-create  block-dirty-bitmap-add
checkpoint-create-as  block-dirty-bitmap-add
checkpoint-delete  block-dirty-bitmap-remove
checkpoint-list  query-named-block-nodes  bitmaps stand in dirty-bitmaps
destroy  quit  it ends this QEMU at once
detach-device  device_del
detach-disk  device_del or blockdev-del  first the device, then its node
detach-interface  device_del or netdev_del  first the device, then its netdev
domblkerror  query-block  io-status tells
domblkinfo  query-named-block-nodes
domblklist  query-block or .graph
domblkstat  query-blockstats
domblkthreshold  block-set-write-threshold
domdisplay  query-vnc or query-spice
domiflist  .hmp info network
dominfo  query-name or query-status or query-cpus-fast
domjobabort  migrate_cancel or block-job-cancel  the first ends a migration, the second a backup
domjobinfo  query-migrate or query-jobs  a migration, or a backup
dommemstat  query-balloon
domname  query-name
domstate  query-status
domstats  query-stats or query-blockstats
domuuid  query-uuid
dump  dump-guest-memory
event  .events
iothreadadd  object-add qom-type=iothread
iothreaddel  object-del
iothreadinfo  query-iothreads
managedsave  snapshot-save or migrate
migrate-getmaxdowntime  query-migrate-parameters
migrate-getspeed  query-migrate-parameters
migrate-postcopy  migrate-start-postcopy
migrate-setmaxdowntime  migrate-set-parameters
migrate-setspeed  migrate-set-parameters
qemu-monitor-command  .hmp  a QMP command is typed as it is
reboot  system_reset  the guest is not asked
reset  system_reset
restore  migrate-incoming or snapshot-load
resume  cont
save  snapshot-save or migrate
screenshot  screendump
setmem  balloon
setvcpus  query-hotpluggable-cpus or device_add
shutdown  system_powerdown  the guest is asked, and may ignore it
snapshot-create  blockdev-snapshot-sync or transaction
snapshot-create-as  blockdev-snapshot-sync or transaction
snapshot-list  query-named-block-nodes  snapshots inside an image stand in image.snapshots
snapshot-revert  snapshot-load
start  cont  this QEMU runs already; its processors may be stopped
suspend  stop
update-device  blockdev-change-medium or set_link
vcpucount  query-cpus-fast
vcpuinfo  query-cpus-fast
vncdisplay  query-vnc
`;

/** Everyday words, the shell's own words without their dot, and those of qemu-img. */
export const EVERYDAY = `
back  .back
backup  blockdev-backup
block-backup  blockdev-backup
block-mirror  blockdev-mirror
blockdev-close  blockdev-del
blockdev-commit  block-commit
blockdev-delete  blockdev-del
blockdev-open  blockdev-add
blockdev-remove  blockdev-del
blockdev-resize  block_resize
blockdev-stream  block-stream
cancel  job-cancel
check  .check
close  blockdev-del
connect  .connect
continue  cont
convert  blockdev-backup or blockdev-mirror
create  blockdev-create
delete  blockdev-del or device_del or object-del
disks  query-block or .graph
edit  .edit
events  .events
expect  .expect
fill  .fill
format  .format
graph  .graph
halt  stop  the guest's processors stop; quit ends QEMU
hint  .hint
history  .history
hmp  .hmp
hotplug  device_add
jobs  .jobs
keys  .help keys
kill  quit  it ends this QEMU at once
learn  .learn
let  .let
mirror  blockdev-mirror
nodes  query-named-block-nodes or .graph
open  blockdev-add
pause  stop
play  .play
points  .points
powerdown  system_powerdown
poweroff  system_powerdown or quit  the first asks the guest, the second does not
practice  .practice
rebase  block-stream or change-backing-file
record  .record
remove  blockdev-del or device_del or object-del
resize  block_resize
restart  .restart
run  cont
send  .send
set  .set
show  .show
skip  .skip
snapshot  blockdev-snapshot-sync or blockdev-snapshot
status  query-status
step  .step
top  .top
unpause  cont
unplug  device_del
version  query-version
wait  .wait
watch  .watch
`;
