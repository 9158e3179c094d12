// How the human monitor (HMP) tells of a failure: in its text, for it has no other way. Collected by giving QEMU 7.2,
// 10.0 and 11.1 lines that must fail, of every command they have.

/** Rows that mean a failure, whatever the command was. */
export const TELLING: readonly RegExp[] = [
  /^Error: /,
  /^unknown command: '/,
  /^Command '.*' not available /,
  /^No CPU available$/,
];

/** The last row, where the line itself was wrong; the row above it says how. */
export const USAGE = /^Try "help .*" for more information$/;

/**
 * Rows that mean a failure behind these commands alone: a pattern of the line (its name spelt out, blanks single) and
 * one of the row. Older versions leave "Error: " out here. Where a command says nothing, or one thing only, when it has
 * succeeded, whatever else it says is a failure.
 */
export const TELLING_BEHIND: readonly (readonly [line: RegExp, row: RegExp])[] = [
  [/^cpu\b/, /^invalid CPU index$/],
  [/^(x|xp)\b/, /: Cannot access memory$|^Can not dump without CPU$/],
  [/^gva2gpa\b/, /^(No cpu|Unmapped)$/],
  [/^gpa2[hv]/, /^No memory is mapped at address |^Memory at address .* is not RAM$/],
  [/^commit\b/, /^Device '.*' not found$|^'commit' error for /],
  [/^drive_del\b/, /^Device '.*' not found$/],
  [/^drive_add\b/, /^(?!OK$|warning: |Please use )/],
  [/^change\b/, /^terminal does not support password prompting$/],
  [/^boot_set\b/, /^(?!boot device list now set to )/],
  [/^mouse_set\b/, /^Mouse at index '.*' not found$/],
  [/^sendkey\b/, /^invalid parameter: |^too many keys/],
  [/^hostfwd_add\b/, /./],
  [/^hostfwd_remove\b/, /^(?!host forwarding rule for .* removed$)/],
  [/^logfile\b/, /^Error opening logfile /],
  [/^log (?!help$)/, /^Log items \(comma separated\):$/],
  [/^(info )?trace-events?\b/, /^unknown event "|^invalid vCPU index /],
  [/^gdbserver\b/, /^Could not open gdbserver |^gdbstub: couldn't |is not a valid char driver$/],
  [/^(singlestep|one-insn-per-tb)\b/, /^unexpected option /],
  [/^pcie_aer_inject_error\b/, /^(?!OK )/],
  [/^replay_/, /(?:only in play mode|must be enabled to seek)$/],
  [/^calc_dirty_rate\b/, /^Incorrect period length /],
  [/^wavcapture\b/, /^audiodev '.*' not found$/i],
  [/^ringbuf_read\b/, /^Error: Device '.*' not found$/],
  [/^info snapshots\b/, /^no block device can store vmstate/],
  [/^info qom-tree\b/, /^Path '.*' could not be resolved/],
  [/^info stats\b/, /^invalid stats target /],
  [/^info via\b/, / is not available in this QEMU$/],
];

/** Commands whose rows begin with what a guest or a user has written: there such a row tells nothing. */
export const CONTENT: ReadonlySet<string> = new Set([
  'ringbuf_read',
  'info name',
  'info chardev',
  'info network',
  'info block',
  'info blockstats',
  'info iothreads',
]);

/** Commands by which something is lost at once, and what, as a sentence. */
export const DESTROYING: ReadonlyMap<string, string> = new Map([
  ['quit', 'quit ends this QEMU at once: the guest is cut off as if its power failed.'],
  ['system_reset', 'system_reset restarts the guest at once: what it has not written to disk is lost.'],
  ['loadvm', 'loadvm puts memory and disks back: what happened since the snapshot is lost.'],
  ['delvm', 'delvm removes the snapshot from every disk; nothing brings it back.'],
  [
    'snapshot_delete_blkdev_internal',
    'snapshot_delete_blkdev_internal removes the snapshot from the image; nothing brings it back.',
  ],
  ['nbd_server_stop', 'nbd_server_stop disconnects every client and takes all exports away.'],
  ['nmi', 'nmi makes many guests crash and dump their memory.'],
  ['mce', 'mce reports a hardware error to the guest: most guests crash.'],
  ['x_colo_lost_heartbeat', 'x_colo_lost_heartbeat gives the other side of the replication up for lost.'],
]);
