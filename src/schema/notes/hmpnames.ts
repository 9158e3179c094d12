// The names of the human monitor's commands, and what does the same in QMP.

/** Every command of 7.2 to 11.1 that is not QMP's under the same name. */
export const HMP_NAMES = `
announce_self block_job_cancel block_job_complete block_job_pause block_job_resume block_job_set_speed block_stream
boot_set c calc_dirty_rate cancel_vcpu_dirty_limit change commit cpu delvm drive_add drive_backup
drive_del drive_mirror exit_preconfig gdbserver gpa2hpa gpa2hva gva2gpa hostfwd_add hostfwd_remove i info loadvm log
logfile mce migrate_continue migrate_incoming migrate_pause migrate_recover migrate_set_capability
migrate_set_parameter migrate_start_postcopy mouse_button mouse_move mouse_set nbd_server_add nbd_server_remove
nbd_server_start nbd_server_stop nmi o object_add object_del one-insn-per-tb p pcie_aer_inject_error print q qemu-io
replay_break replay_delete_break replay_seek ringbuf_read ringbuf_write s savevm sendkey set_vcpu_dirty_limit singlestep
snapshot_blkdev snapshot_blkdev_internal snapshot_delete_blkdev_internal stopcapture sum sync-profile trace-event
watchdog_action wavcapture x x_colo_lost_heartbeat xp
`;

/** A command of the human monitor, two blanks, and what does the same in QMP. */
export const IN_QMP = `
announce_self  announce-self
block_job_cancel  job-cancel
block_job_complete  job-complete
block_job_pause  job-pause
block_job_resume  job-resume
block_job_set_speed  block-job-set-speed
block_stream  block-stream
calc_dirty_rate  calc-dirty-rate
cancel_vcpu_dirty_limit  cancel-vcpu-dirty-limit
change  blockdev-change-medium
commit  block-commit
cont  cont
delvm  snapshot-delete
drive_add  blockdev-add
drive_backup  blockdev-backup
drive_del  blockdev-del
drive_mirror  blockdev-mirror
info balloon  query-balloon
info block  query-block
info block-jobs  query-block-jobs
info blockstats  query-blockstats
info chardev  query-chardev
info cpus  query-cpus-fast
info dump  query-dump
info hotpluggable-cpus  query-hotpluggable-cpus
info iothreads  query-iothreads
info kvm  query-kvm
info memdev  query-memdev
info memory-devices  query-memory-devices
info mice  query-mice
info migrate  query-migrate
info migrate_capabilities  query-migrate-capabilities
info migrate_parameters  query-migrate-parameters
info name  query-name
info pci  query-pci
info qom-tree  qom-list
info replay  query-replay
info spice  query-spice
info stats  query-stats
info status  query-status
info tpm  query-tpm
info uuid  query-uuid
info version  query-version
info vnc  query-vnc
loadvm  snapshot-load
migrate_continue  migrate-continue
migrate_incoming  migrate-incoming
migrate_pause  migrate-pause
migrate_recover  migrate-recover
migrate_set_capability  migrate-set-capabilities
migrate_set_parameter  migrate-set-parameters
migrate_start_postcopy  migrate-start-postcopy
mouse_button  input-send-event
mouse_move  input-send-event
nbd_server_add  nbd-server-add
nbd_server_remove  nbd-server-remove
nbd_server_start  nbd-server-start
nbd_server_stop  nbd-server-stop
nmi  inject-nmi
object_add  object-add
object_del  object-del
quit  quit
replay_break  replay-break
replay_delete_break  replay-delete-break
replay_seek  replay-seek
ringbuf_read  ringbuf-read
ringbuf_write  ringbuf-write
savevm  snapshot-save
sendkey  send-key
set_vcpu_dirty_limit  set-vcpu-dirty-limit
snapshot_blkdev  blockdev-snapshot-sync
snapshot_blkdev_internal  blockdev-snapshot-internal-sync
snapshot_delete_blkdev_internal  blockdev-snapshot-delete-internal-sync
stop  stop
trace-event  trace-event-set-state
watchdog_action  watchdog-set-action
x_colo_lost_heartbeat  x-colo-lost-heartbeat
`;
