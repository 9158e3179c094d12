// What the drivers of block nodes are, and which are used most. The schema lists them by the alphabet.

export type NodeKind = 'format' | 'filter' | 'protocol';

const PROTOCOLS = new Set(
  'file host_device host_cdrom nbd http https ftp ftps ssh iscsi nfs rbd gluster nvme null-co null-aio vvfat io_uring nvme-io_uring virtio-blk-vhost-user virtio-blk-vhost-vdpa virtio-blk-vfio-pci'.split(
    ' ',
  ),
);
const FILTERS = new Set(
  'throttle copy-on-read mirror_top commit_top copy-before-write snapshot-access blkdebug blkreplay blklogwrites blkverify preallocate quorum replication compress'.split(
    ' ',
  ),
);

export function kindOf(driver: string): NodeKind {
  return PROTOCOLS.has(driver) ? 'protocol' : FILTERS.has(driver) ? 'filter' : 'format';
}

const FIRST = 'qcow2 raw file host_device nbd luks throttle copy-on-read'.split(' ');
/** They are for tests of QEMU itself. */
const LAST = 'blkdebug blklogwrites blkreplay blkverify null-co null-aio'.split(' ');

/** Drivers by use. With `below`, for a node on which another one stands: what opens something itself comes first. */
export function driversByUse<T>(
  drivers: readonly T[],
  nameOf: (driver: T) => string,
  below = false,
): readonly T[] {
  const weight = (driver: T): number => {
    const name = nameOf(driver);
    const at = FIRST.indexOf(name);
    const use = LAST.includes(name) ? FIRST.length + 1 : at < 0 ? FIRST.length : at;
    return below && kindOf(name) !== 'protocol' ? use + 2 * FIRST.length : use;
  };
  return drivers.toSorted((a, b) => weight(a) - weight(b));
}
