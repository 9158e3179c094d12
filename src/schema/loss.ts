// Commands that lose the state of a guest when they are typed by accident.
// State that is lost when one of these is typed by accident.
const DESTRUCTIVE: ReadonlyMap<string, string> = new Map([
  ['quit', 'quit ends this QEMU at once: the guest is cut off as if its power failed.'],
  ['system_reset', 'system_reset restarts the guest at once: what it has not written to disk is lost.'],
  ['snapshot-load', 'snapshot-load puts memory and disks back: what happened since the snapshot is lost.'],
  ['snapshot-delete', 'snapshot-delete removes the snapshot from every disk; nothing brings it back.'],
  [
    'blockdev-snapshot-delete-internal-sync',
    'blockdev-snapshot-delete-internal-sync removes the snapshot from the image; nothing brings it back.',
  ],
  ['nbd-server-stop', 'nbd-server-stop disconnects every client and takes all exports away.'],
  ['yank', 'yank breaks connections off; what used them fails.'],
  ['x-colo-lost-heartbeat', 'x-colo-lost-heartbeat gives the other side of the replication up for lost.'],
  ['xen-load-devices-state', 'xen-load-devices-state overwrites the state of every device.'],
  ['inject-nmi', 'inject-nmi makes many guests crash and dump their memory.'],
]);

/** Why a command should be asked about when it was typed: the state it loses, as a sentence. */
export function destructive(command: string): string | undefined {
  return DESTRUCTIVE.get(command);
}
