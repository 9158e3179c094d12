// How the human monitor and QEMU's command line take arguments that QMP takes by name.

/** Options of QEMU's command line, and the command that does the same at run time. */
export const OPTIONS: ReadonlyMap<string, string> = new Map([
  ['-device', 'device_add'],
  ['-blockdev', 'blockdev-add'],
  ['-netdev', 'netdev_add'],
  ['-object', 'object-add'],
  ['-chardev', 'chardev-add'],
]);

/** In which order the human monitor takes the arguments of a command, where QMP's own order is another one. */
export const ORDERS: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  ['eject', [['device'], ['id']]],
  ['migrate', [['uri']]],
  ['block_resize', [['device', 'size']]],
  ['block_set_io_throttle', [['device', 'bps', 'bps_rd', 'bps_wr', 'iops', 'iops_rd', 'iops_wr']]],
  ['screendump', [['filename', 'device', 'head']]],
  ['block-stream', [['device', 'base', 'speed']]],
  [
    'blockdev-snapshot-sync',
    [
      ['device', 'snapshot-file', 'format'],
      ['node-name', 'snapshot-file', 'snapshot-node-name'],
    ],
  ],
  ['query-cpu-model-expansion', [['type']]],
]);

/** Flags of the human monitor's commands; an empty one stands for what QMP does anyway. */
export const FLAGS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    'migrate',
    new Map([
      ['-d', ''],
      ['-b', 'blk=true'],
      ['-i', 'inc=true'],
      ['-r', 'resume=true'],
    ]),
  ],
  ['eject', new Map([['-f', 'force=true']])],
  ['block-job-cancel', new Map([['-f', 'force=true']])],
]);

/** What the human monitor counts in MiB and QMP in bytes: command and argument. */
export const SIZES_IN_MIB: ReadonlySet<string> = new Set(['balloon value', 'block_resize size']);

/** Formats of images that an argument `format` may name where the schema says only text. */
export const IMAGE_FORMATS: ReadonlySet<string> = new Set([
  'qcow2',
  'raw',
  'qed',
  'vmdk',
  'vdi',
  'vhdx',
  'vpc',
  'qcow',
  'parallels',
  'luks',
  'cloop',
  'dmg',
  'bochs',
]);

/** Whether the values of a command's line are not to be repeated: they hold a password, whose place is not known. */
export function hidesValues(command: string): boolean {
  return command === 'set_password' || command === 'change-vnc-password' || command === 'block_passwd';
}
