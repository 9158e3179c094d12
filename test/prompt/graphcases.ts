// Block graphs of many shapes, as requests that make them, for a QEMU that has the images of test/prompt/graphs.test.ts.
import type { JsonObject } from '../../src/text/json.ts';

export interface Step {
  readonly execute: string;
  readonly args: JsonObject;
}

export interface Case {
  readonly does: readonly Step[];
  readonly args?: string;
  /** It needs a second QEMU that exports a disk over NBD, on the socket `remote`. */
  readonly remote?: true;
  /** Edges that only QEMU's `children` tell: parent and role. */
  readonly untold?: readonly string[];
  /** Devices of which QEMU does not say whether a job's filter stands between. */
  readonly unsure?: readonly string[];
}

const run = (execute: string, args: JsonObject = {}): Step => ({ execute, args });
const add = (driver: string, name: string, more: JsonObject = {}) =>
  run('blockdev-add', { driver, 'node-name': name, ...more });
const file = (filename: string): JsonObject => ({ driver: 'file', filename });
const raw = (name: string, more: JsonObject = {}) => add('raw', name, { file: file(`${name}.img`), ...more });
const disk = (name: string, more: JsonObject = {}) =>
  add('qcow2', name, { file: file(`${name}.qcow2`), ...more });
const A = disk('a');
const B = disk('b', { backing: 'a' });
const device = (drive: string, bus = 'r0') =>
  run('device_add', { driver: 'virtio-blk-pci', id: `v${bus}`, bus, drive, 'share-rw': true });
export const exporting = (node: string, id = 'exp0') => [
  run('nbd-server-start', { addr: { type: 'unix', data: { path: 'nbd.sock' } } }),
  run('block-export-add', { type: 'nbd', id, 'node-name': node }),
];
const same = (name: string) =>
  disk(name, { backing: { driver: 'qcow2', 'read-only': true, file: file('a.qcow2') } });

export const CASES: Readonly<Record<string, Case>> = {
  'raw over file': { does: [raw('x')] },
  'a device on a chain': { does: [A, B, device('b')] },
  'two devices on chains of their own': { does: [A, B, device('b'), raw('x'), device('x', 'r1')] },
  'two overlays of one node': {
    does: [A, B, disk('c', { backing: 'a' }), device('b'), device('c', 'r1')],
  },
  'two overlays of one file, under devices': { does: [same('b'), same('c'), device('b'), device('c', 'r1')] },
  'two overlays of one file that nobody uses': {
    does: [same('b'), same('c')],
    untold: ['b backing', 'c backing'],
  },
  'an overlay opened without its backing file': { does: [A, disk('b', { backing: null }), device('b')] },
  'devices on an overlay and on its base': { does: [A, B, device('b'), device('a', 'r1')] },
  'a filter beside the device': { does: [A, B, device('b'), add('copy-on-read', 'cor', { file: 'b' })] },
  'a filter under the device': { does: [A, B, add('copy-on-read', 'cor', { file: 'b' }), device('cor')] },
  'three filters on each other': {
    does: [
      add('blkdebug', 'bd', { image: { driver: 'raw', 'node-name': 'x', file: file('x.img') } }),
      add('throttle', 't', { file: 'bd', 'throttle-group': 'tg' }),
      add('copy-on-read', 'cor', { file: 't' }),
      device('t'),
    ],
  },
  'two filters of a kind beside each other': {
    does: [
      A,
      B,
      add('throttle', 't1', { file: 'b', 'throttle-group': 'tg' }),
      add('throttle', 't2', { file: 'b', 'throttle-group': 'tg' }),
      device('t2'),
    ],
  },
  'a quorum': {
    does: [
      raw('x'),
      raw('y'),
      add('quorum', 'q', { children: ['x', 'y'], 'vote-threshold': 1 }),
      device('q'),
    ],
  },
  'a quorum of children that look the same': {
    does: [
      raw('x', { 'read-only': true }),
      add('raw', 'x2', { file: file('x.img'), 'read-only': true }),
      add('quorum', 'q', { children: ['x', 'x2'], 'vote-threshold': 1, 'read-only': true }),
    ],
    untold: ['q child', 'q child'],
  },
  blkverify: {
    does: [raw('x'), raw('y'), add('blkverify', 'bv', { raw: 'x', test: 'y' })],
    untold: ['bv test'],
  },
  blklogwrites: {
    does: [raw('x'), raw('y'), add('blklogwrites', 'lw', { file: 'x', log: 'y' }), device('lw')],
  },
  'a file node of its own under two formats': {
    does: [
      add('file', 'f', { filename: 'x.img', 'read-only': true }),
      add('raw', 'r1', { file: 'f', 'read-only': true }),
      add('raw', 'r2', { file: 'f', 'read-only': true }),
    ],
  },
  'a raw slice of a qcow2': { does: [A, add('raw', 'slice', { file: 'a', offset: 65536, size: 65536 })] },
  'a qcow2 with a data file': { does: [disk('d'), device('d')] },
  'an export of what a device uses, and one of its base': {
    does: [
      A,
      B,
      device('b'),
      ...exporting('b'),
      run('block-export-add', { type: 'nbd', id: 'e1', 'node-name': 'a' }),
    ],
  },
  'a mirror': {
    does: [
      A,
      B,
      device('b'),
      disk('e'),
      run('blockdev-mirror', { 'job-id': 'j', device: 'b', target: 'e', sync: 'full' }),
    ],
  },
  'a mirror of a drive': {
    args: '-drive if=none,id=drv,file=x.img,format=raw,node-name=x -device virtio-blk-pci,drive=drv,id=drv,bus=r1',
    does: [disk('e'), run('blockdev-mirror', { 'job-id': 'j', device: 'x', target: 'e', sync: 'full' })],
    unsure: ['drv'],
  },
  'a mirror with a name for its filter': {
    does: [
      A,
      B,
      device('b'),
      disk('e'),
      run('blockdev-mirror', {
        'job-id': 'j',
        device: 'b',
        target: 'e',
        sync: 'full',
        'filter-node-name': 'mf',
      }),
    ],
  },
  'an active commit': {
    does: [A, B, device('b'), run('block-commit', { 'job-id': 'j', device: 'b', 'auto-finalize': false })],
  },
  'a commit within the chain': {
    does: [
      A,
      B,
      disk('c', { backing: 'b' }),
      device('c'),
      run('block-commit', { 'job-id': 'j', device: 'c', 'top-node': 'b', 'auto-finalize': false }),
    ],
  },
  'a stream': {
    does: [A, B, device('b'), run('block-stream', { 'job-id': 'j', device: 'b', 'auto-finalize': false })],
  },
  'a backup': {
    does: [
      raw('x'),
      device('x'),
      disk('e'),
      run('blockdev-backup', { 'job-id': 'j', device: 'x', target: 'e', sync: 'full', speed: 1 }),
    ],
    untold: ['(copy-before-write) target'],
  },
  'a copy-before-write filter with a snapshot that is exported': {
    does: [
      A,
      B,
      disk('e'),
      add('copy-before-write', 'cbw', { file: 'b', target: 'e' }),
      add('snapshot-access', 'snap', { file: 'cbw' }),
      device('cbw'),
      ...exporting('snap'),
    ],
    untold: ['cbw target'],
  },
  'a chain that nobody uses, a node with options, a drive without a medium': {
    args: '-device ide-cd,id=cd',
    does: [
      A,
      B,
      add('null-co', 'n', { size: 65536 }),
      add('throttle', 't', { file: 'n', 'throttle-group': 'tg' }),
    ],
  },
  'a disk over NBD under a cache': {
    remote: true,
    does: [
      add('nbd', 'n', { 'read-only': true, server: { type: 'unix', path: 'remote' }, export: 'x' }),
      add('raw', 'r', { file: 'n', 'read-only': true }),
      disk('e', { backing: 'r' }),
      device('e'),
    ],
  },
  'a disk on a SCSI bus': {
    args: '-device virtio-scsi-pci,id=hba,bus=r1',
    does: [A, B, run('device_add', { driver: 'scsi-hd', id: 'sd', bus: 'hba.0', drive: 'b' })],
  },
  'a backing file that was exchanged': {
    does: [
      A,
      disk('c', { backing: null }),
      disk('b', { backing: 'a', file: { ...file('b.qcow2'), 'node-name': 'b-file' } }),
      run('blockdev-reopen', {
        options: [{ driver: 'qcow2', 'node-name': 'b', file: 'b-file', backing: 'c' }],
      }),
    ],
  },
  'an internal filter of preallocation': {
    does: [
      add('preallocate', 'p', { file: { ...file('x.img'), 'node-name': 'pf' } }),
      add('raw', 'r', { file: 'p' }),
    ],
  },
};
