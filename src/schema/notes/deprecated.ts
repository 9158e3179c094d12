// What to use instead of what QEMU calls deprecated: a command, `command.argument`, or `[tag].argument` for
// an argument that a variant brings, or `argument=value`. Each row is a whole sentence.

export const REPLACEMENTS = `
block-job-complete  Use job-complete id=... instead.
block-job-dismiss  Use job-dismiss id=... instead.
block-job-finalize  Use job-finalize id=... instead.
block-job-pause  Use job-pause id=... instead.
block-job-resume  Use job-resume id=... instead.
drive-backup  Use blockdev-backup instead, with a target node made by blockdev-add.
nbd-server-add  Use block-export-add type=nbd id=... node-name=... instead.
nbd-server-remove  Use block-export-del id=... instead.
query-kvm  Use query-accelerators instead.
query-migrationthreads  Look at the names of the host's threads instead; -name debug-threads=on sets them.
block-commit.base  Use base-node=... instead, with a node name.
block-commit.top  Use top-node=... instead, with a node name.
block_set_io_throttle.device  Use id=... instead, with the id of the guest's device.
blockdev-change-medium.device  Use id=... instead, with the id of the guest's device.
blockdev-close-tray.device  Use id=... instead, with the id of the guest's device.
blockdev-open-tray.device  Use id=... instead, with the id of the guest's device.
eject.device  Use id=... instead, with the id of the guest's device.
[socket].reconnect  Use reconnect-ms=... instead, in milliseconds.
[stream].reconnect  Use reconnect-ms=... instead, in milliseconds.
[rng-builtin].opened  Leave it out: it has no effect.
[rng-egd].opened  Leave it out: it has no effect.
[rng-random].opened  Leave it out: it has no effect.
[secret].loaded  Leave it out: it has no effect.
[secret_keyring].loaded  Leave it out: it has no effect.
[tls-creds-anon].loaded  Leave it out: it has no effect.
[tls-creds-psk].loaded  Leave it out: it has no effect.
[tls-creds-x509].loaded  Leave it out: it has no effect.
type=memory  Use type=ringbuf instead: it is the same.
type=drive-backup  Use type=blockdev-backup instead, with a target node made by blockdev-add.
driver=gluster  Move the image to another protocol, such as nbd: there is no replacement.
backing-fmt=gluster  Move the image to another protocol, such as nbd: there is no replacement.
capability=zero-blocks  Leave it out: it belongs to a way of migrating disks that is gone.
`;
