// What goes behind libvirt's back when it is sent to the QEMU of one of its domains: libvirt goes on as if it had not
// happened.

/** A command, what follows of it, and in brackets what does the same with libvirt's knowledge. */
export const BEHIND = `
device_add  libvirt does not know of the device, and starts the domain without it (virsh attach-device)
device_del  libvirt has not asked the guest to let go of the device (virsh detach-device)
netdev_add  libvirt does not know of the network, and starts the domain without it (virsh attach-interface)
netdev_del  libvirt goes on as if the network were there (virsh detach-interface)
chardev-change  libvirt goes on as if nothing had changed (virsh update-device)
chardev-remove  libvirt goes on as if it were there (virsh detach-device)
object-del  libvirt goes on as if it were there
blockdev-del  libvirt goes on as if the node were there (virsh detach-disk)
blockdev-reopen  libvirt goes on as if nothing had changed
blockdev-snapshot  libvirt goes on to name the image before, and starts the domain from that one (virsh snapshot-create-as --disk-only)
blockdev-snapshot-sync  libvirt goes on to name the image before, and starts the domain from that one (virsh snapshot-create-as --disk-only)
block-commit  libvirt does not know which images are in the chain then (virsh blockcommit)
block-stream  libvirt does not know which images are in the chain then (virsh blockpull)
change-backing-file  libvirt does not know which images are in the chain then
job-complete  where another image takes the place of a disk's, libvirt goes on to name the one before, and starts the domain from that one (virsh blockjob --pivot)
block-job-complete  where another image takes the place of a disk's, libvirt goes on to name the one before, and starts the domain from that one (virsh blockjob --pivot)
block-dirty-bitmap-remove  the bitmap may belong to a checkpoint of libvirt's (virsh checkpoint-delete)
block-dirty-bitmap-clear  the bitmap may belong to a checkpoint of libvirt's (virsh checkpoint-create)
eject  libvirt goes on to name the medium (virsh change-media --eject)
blockdev-change-medium  libvirt goes on to name the medium before (virsh change-media)
blockdev-insert-medium  libvirt does not know of the medium (virsh change-media)
blockdev-remove-medium  libvirt goes on to name the medium (virsh change-media)
snapshot-save  libvirt does not know of the snapshot (virsh snapshot-create)
blockdev-snapshot-internal-sync  libvirt does not know of the snapshot (virsh snapshot-create)
migrate  libvirt does not know of the machine at the other end (virsh migrate)
migrate-incoming  libvirt has not asked for it (virsh migrate)
migrate-recover  libvirt has not asked for it (virsh migrate --postcopy-resume)
migrate-continue  libvirt has not asked for it
migrate-pause  libvirt has not asked for it
migrate-start-postcopy  libvirt has not asked for it (virsh migrate-postcopy)
migrate_cancel  libvirt has not asked for it (virsh domjobabort)
quit  libvirt finds the domain ended and has not asked for it (virsh destroy)
system_reset  libvirt has not asked for it (virsh reset)
`;

/** Asked about only where they name a node of libvirt's: what somebody has added by hand, they may take away again. */
export const OF_LIBVIRT: ReadonlySet<string> = new Set([
  'blockdev-del',
  'blockdev-reopen',
  'block-dirty-bitmap-remove',
  'block-dirty-bitmap-clear',
]);

/** What libvirt calls its nodes: libvirt-1-format, libvirt-2-storage. */
export const LIBVIRT_NODE = /^libvirt-/;

/** Lines of the human monitor, and the command that does the same, where it is not called the same with dashes. */
export const HMP_TWINS: ReadonlyMap<string, string> = new Map([
  ['drive_del', 'blockdev-del'],
  ['change', 'blockdev-change-medium'],
  ['savevm', 'snapshot-save'],
  ['snapshot_blkdev', 'blockdev-snapshot-sync'],
  ['snapshot_blkdev_internal', 'blockdev-snapshot-internal-sync'],
]);
