// QEMU's refusals explained: what is said for a request, and what is offered, in a world that is given here.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explainRefusal } from '../../src/schema/puzzles.ts';
import { UNKNOWN } from '../../src/schema/world.ts';
import type { JsonObject } from '../../src/text/json.ts';

interface Refused {
  readonly desc: string;
  readonly execute: string;
  readonly args?: JsonObject;
  readonly says: RegExp;
  readonly instead?: JsonObject;
}

// Texts as QEMU 7.2 sent them.
const REFUSALS: readonly Refused[] = [
  {
    desc: "Invalid job ID ''",
    execute: 'blockdev-backup',
    args: { device: 'node-A' },
    says: /job-id/,
    instead: { device: 'node-A', 'job-id': 'job0' },
  },
  {
    desc: "Invalid job ID '1j'",
    execute: 'blockdev-mirror',
    args: { 'job-id': '1j' },
    says: /letter/,
    instead: { 'job-id': 'job-1j' },
  },
  {
    desc: "Cannot find device='virtio0' nor node-name='virtio0'",
    execute: 'blockdev-backup',
    says: /node-name/,
    instead: { flat: true },
  },
  { desc: "Device 'virtio0' not found", execute: 'block-commit', says: /node-name/, instead: { flat: true } },
  {
    desc: "Device 'nope' not found",
    execute: 'device_del',
    says: /guest device/,
    instead: { path: '/machine/peripheral' },
  },
  { desc: 'Need a root block node', execute: 'blockdev-mirror', says: /top of its chain/, instead: {} },
  { desc: 'Failed to get "write" lock', execute: 'blockdev-add', says: /open elsewhere/ },
  { desc: 'Failed to get shared "write" lock', execute: 'blockdev-add', says: /open elsewhere/ },
  {
    desc: "Permission conflict on node 'node-B': permissions 'write' are both required by an unnamed block device (uses node 'node-B' as 'root' child) and unshared by block device '/machine/peripheral/virtio0/virtio-backend' (uses node 'node-B' as 'root' child).",
    execute: 'block-export-add',
    args: { id: 'x', writable: true },
    says: /share-rw/,
    instead: { id: 'x' },
  },
  {
    desc: 'Conflicts with use by node-B as root, which does not allow write on node-A',
    execute: 'blockdev-add',
    says: /excludes/,
  },
  { desc: 'Node name too long', execute: 'blockdev-add', says: /31/ },
  {
    desc: 'New overlay node-name missing',
    execute: 'blockdev-snapshot-sync',
    args: {},
    says: /snapshot-node-name/,
    instead: { 'snapshot-node-name': 'overlay0' },
  },
  {
    desc: 'Source and target image have different sizes',
    execute: 'blockdev-backup',
    says: /virtual-size/,
    instead: { flat: true },
  },
  {
    desc: "Sync mode 'incremental' not supported",
    execute: 'blockdev-mirror',
    args: { sync: 'incremental' },
    says: /blockdev-backup/,
    instead: { sync: 'full' },
  },
  {
    desc: "Node 'node-A' is busy: node is used as backing hd of 'node-B'",
    execute: 'blockdev-snapshot-sync',
    args: { 'node-name': 'node-A' },
    says: /overlay/,
    instead: { 'node-name': 'node-B' },
  },
  {
    desc: "Node 'node-B' is busy: block device is in use by block job: mirror",
    execute: 'blockdev-backup',
    says: /job/,
    instead: {},
  },
  { desc: 'Node node-E is in use', execute: 'blockdev-del', says: /let go/ },
  {
    desc: "Job 'j' in state 'ready' cannot accept command verb 'dismiss'",
    execute: 'job-dismiss',
    says: /ready/,
    instead: { id: 'j' },
  },
  { desc: 'Job not found', execute: 'job-complete', says: /auto-dismiss/, instead: {} },
  { desc: "Block job 'nope' not found", execute: 'block-job-complete', says: /auto-dismiss/, instead: {} },
  {
    desc: 'NBD server not running',
    execute: 'block-export-add',
    says: /server/,
    instead: { addr: { type: 'unix', data: { path: 'nbd.sock' } } },
  },
  {
    desc: "Bus 'pcie.0' does not support hotplugging",
    execute: 'device_add',
    args: { driver: 'x' },
    says: /takes no device while the machine runs/,
  },
  {
    desc: "Could not open 'nope.img': No such file or directory",
    execute: 'blockdev-add',
    says: /working directory/,
  },
  {
    desc: 'The command block-job-complete has not been found',
    execute: 'block-job-complete',
    args: { device: 'j' },
    says: /compat/,
    instead: { id: 'j' },
  },
  { desc: 'Deprecated parameter base disabled by policy', execute: 'block-commit', says: /-compat/ },
  { desc: 'Unstable command x-query-irq disabled by policy', execute: 'x-query-irq', says: /rejects/ },
  { desc: 'The command xyz has not been found', execute: 'xyz', says: /query-commands/ },
];

for (const { desc, execute, args = {}, says, instead } of REFUSALS) {
  test(`explained: ${desc}`, () => {
    const found = explainRefusal(desc, { execute, arguments: args }, UNKNOWN);
    assert.match(found?.text ?? '', says);
    assert.equal(found?.instead?.arguments, instead);
  });
}

test('what is clear by itself is not explained', () => {
  assert.is(
    explainRefusal('Parameter foo is unexpected', { execute: 'x', arguments: {} }, UNKNOWN),
    undefined,
  );
  assert.is(explainRefusal('', { execute: 'x', arguments: {} }, UNKNOWN), undefined);
});

test.run();
