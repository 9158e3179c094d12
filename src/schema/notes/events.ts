// One line for every event of QEMU 7.2 to 11.1, and which events a command brings.

export const EVENTS = `
ACPI_DEVICE_OST  the guest reported how a hot-plug of memory or a CPU went
BALLOON_CHANGE  the guest's memory has another size after ballooning
BLOCK_EXPORT_DELETED  an export is gone
BLOCK_IMAGE_CORRUPTED  an image is damaged; when fatal, it is no longer written
BLOCK_IO_ERROR  a disk had an input or output error
BLOCK_JOB_CANCELLED  a block job was cancelled: its target is not to be trusted
BLOCK_JOB_COMPLETED  a block job ended; without an error member it succeeded
BLOCK_JOB_ERROR  a block job met an input or output error and did what its on-error says
BLOCK_JOB_PENDING  a block job waits for job-finalize
BLOCK_JOB_READY  a mirror or active commit has copied everything: complete or cancel it
BLOCK_WRITE_THRESHOLD  the guest wrote beyond the offset that was set
COLO_EXIT  COLO replication ended
CPU_POLARIZATION_CHANGE  the guest asked for another spread of its CPUs
DEVICE_DELETED  a device is unplugged: its id can be used again
DEVICE_TRAY_MOVED  a removable drive was opened or closed
DEVICE_UNPLUG_GUEST_ERROR  the guest refused to release a device
DUMP_COMPLETED  a memory dump ended
FAILOVER_NEGOTIATED  the guest can use a standby network card
GUEST_CRASHLOADED  the guest crashed and its crash kernel runs
GUEST_PANICKED  the guest's kernel crashed
GUEST_PVSHUTDOWN  the guest asked for a shutdown through its panic device
HV_BALLOON_STATUS_REPORT  the guest reported its memory through the Hyper-V balloon
JOB_STATUS_CHANGE  a job has another state
MEMORY_DEVICE_SIZE_CHANGE  a memory device has another size
MEMORY_FAILURE  the host's hardware found damaged memory
MEM_UNPLUG_ERROR  the guest refused to release memory
MIGRATION  a migration has another state
MIGRATION_PASS  a migration went through the memory once more
NETDEV_STREAM_CONNECTED  a network backend is connected
NETDEV_STREAM_DISCONNECTED  a network backend lost its connection
NETDEV_VHOST_USER_CONNECTED  a vhost-user network backend is connected
NETDEV_VHOST_USER_DISCONNECTED  a vhost-user network backend lost its connection
NIC_RX_FILTER_CHANGED  the guest changed which packets a network card lets in
POWERDOWN  the power button was pressed with system_powerdown
PR_MANAGER_STATUS_CHANGED  a helper for persistent reservations came or went
QUORUM_FAILURE  too few disks of a quorum agree: a request failed
QUORUM_REPORT_BAD  one disk of a quorum disagrees with the others or failed
RDMA_GID_STATUS_CHANGED  an RDMA address was added or removed
RESET  the machine was reset
RESUME  the guest runs again
RTC_CHANGE  the guest set its clock
SCLP_CPI_INFO_AVAILABLE  an s390x guest told its name and level
SHUTDOWN  the machine shuts down; QEMU ends unless it was started with -no-shutdown
SPICE_CONNECTED  a SPICE client connected
SPICE_DISCONNECTED  a SPICE client left
SPICE_INITIALIZED  a SPICE client has a working channel
SPICE_MIGRATE_COMPLETED  SPICE clients are on the other host
STOP  the guest is paused
SUSPEND  the guest sleeps
SUSPEND_DISK  the guest wrote itself to disk and switches off
UNPLUG_PRIMARY  the primary network card is being unplugged before a migration
VFIO_MIGRATION  a device of the host has another state in a migration
VFU_CLIENT_HANGUP  the client of a device served by this QEMU is gone
VNC_CONNECTED  a VNC client connected
VNC_DISCONNECTED  a VNC client left
VNC_INITIALIZED  a VNC client has logged in
VSERPORT_CHANGE  the guest opened or closed a virtio serial port
WAKEUP  the guest woke up
WATCHDOG  the guest's watchdog fired
`;

/** Commands, two blanks, the events they bring, in the order they come. */
export const RELATED = `
balloon  BALLOON_CHANGE
block-commit  JOB_STATUS_CHANGE BLOCK_JOB_READY BLOCK_JOB_PENDING BLOCK_JOB_COMPLETED BLOCK_JOB_CANCELLED BLOCK_JOB_ERROR
block-export-del  BLOCK_EXPORT_DELETED
block-job-cancel  JOB_STATUS_CHANGE BLOCK_JOB_COMPLETED BLOCK_JOB_CANCELLED
block-job-complete  JOB_STATUS_CHANGE BLOCK_JOB_PENDING BLOCK_JOB_COMPLETED
block-job-dismiss  JOB_STATUS_CHANGE
block-job-finalize  JOB_STATUS_CHANGE BLOCK_JOB_COMPLETED
block-job-pause  JOB_STATUS_CHANGE
block-job-resume  JOB_STATUS_CHANGE
block-set-write-threshold  BLOCK_WRITE_THRESHOLD
block-stream  JOB_STATUS_CHANGE BLOCK_JOB_PENDING BLOCK_JOB_COMPLETED BLOCK_JOB_CANCELLED BLOCK_JOB_ERROR
blockdev-backup  JOB_STATUS_CHANGE BLOCK_JOB_PENDING BLOCK_JOB_COMPLETED BLOCK_JOB_CANCELLED BLOCK_JOB_ERROR
blockdev-change-medium  DEVICE_TRAY_MOVED
blockdev-close-tray  DEVICE_TRAY_MOVED
blockdev-create  JOB_STATUS_CHANGE
blockdev-mirror  JOB_STATUS_CHANGE BLOCK_JOB_READY BLOCK_JOB_PENDING BLOCK_JOB_COMPLETED BLOCK_JOB_CANCELLED BLOCK_JOB_ERROR
blockdev-open-tray  DEVICE_TRAY_MOVED
cont  RESUME
device_del  DEVICE_DELETED DEVICE_UNPLUG_GUEST_ERROR ACPI_DEVICE_OST
drive-backup  JOB_STATUS_CHANGE BLOCK_JOB_PENDING BLOCK_JOB_COMPLETED BLOCK_JOB_CANCELLED BLOCK_JOB_ERROR
drive-mirror  JOB_STATUS_CHANGE BLOCK_JOB_READY BLOCK_JOB_PENDING BLOCK_JOB_COMPLETED BLOCK_JOB_CANCELLED BLOCK_JOB_ERROR
dump-guest-memory  DUMP_COMPLETED
eject  DEVICE_TRAY_MOVED
job-cancel  JOB_STATUS_CHANGE BLOCK_JOB_CANCELLED
job-complete  JOB_STATUS_CHANGE BLOCK_JOB_PENDING BLOCK_JOB_COMPLETED
job-dismiss  JOB_STATUS_CHANGE
job-finalize  JOB_STATUS_CHANGE BLOCK_JOB_COMPLETED
job-pause  JOB_STATUS_CHANGE
job-resume  JOB_STATUS_CHANGE
migrate  MIGRATION MIGRATION_PASS STOP
migrate-incoming  MIGRATION RESUME
migrate-start-postcopy  MIGRATION
migrate_cancel  MIGRATION
nbd-server-remove  BLOCK_EXPORT_DELETED
nbd-server-stop  BLOCK_EXPORT_DELETED
netdev_add  NETDEV_STREAM_CONNECTED NETDEV_STREAM_DISCONNECTED
quit  SHUTDOWN
snapshot-delete  JOB_STATUS_CHANGE
snapshot-load  JOB_STATUS_CHANGE STOP RESUME
snapshot-save  JOB_STATUS_CHANGE STOP RESUME
stop  STOP
system_powerdown  POWERDOWN SHUTDOWN
system_reset  RESET
system_wakeup  WAKEUP
transaction  JOB_STATUS_CHANGE BLOCK_JOB_PENDING BLOCK_JOB_COMPLETED BLOCK_JOB_CANCELLED
watchdog-set-action  WATCHDOG
x-blockdev-amend  JOB_STATUS_CHANGE
`;
