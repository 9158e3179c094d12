// The verdict of a rehearsal is what then happens on the VM itself: situations that go well and that go wrong, each
// rehearsed and then played. Nothing that is rehearsed touches a file of the VM's folder, or asks it for more than queries.
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject } from '../../src/text/json.ts';
import { type QemuOptions, withQemu } from '../qemu.ts';
import { sent } from './likely.ts';
import { compare, type Situation } from './situations.ts';

const DISKS: QemuOptions = {
  prepare: folder => {
    const make = (...args: readonly string[]) => {
      const done = spawnSync('qemu-img', ['create', '-q', ...args], { cwd: folder });
      if (done.status !== 0) throw new Error(String(done.stderr));
    };
    make('-f', 'qcow2', 'base.qcow2', '8M');
    make('-f', 'qcow2', '-b', 'base.qcow2', '-F', 'qcow2', 'mid.qcow2');
    make('-f', 'qcow2', '-b', 'mid.qcow2', '-F', 'qcow2', 'top.qcow2');
    make('-f', 'qcow2', 'busy.qcow2', '4M');
    make('-f', 'qcow2', 'twin.qcow2', '4M');
    make('-f', 'qcow2', 'small.qcow2', '1M');
    make('-f', 'qcow2', 'free.qcow2', '8M');
    make('-f', 'raw', 'plain.raw', '2M');
    const io = spawnSync('qemu-io', ['-f', 'qcow2', '-c', 'write -q 0 1M', 'base.qcow2'], { cwd: folder });
    if (io.status !== 0) throw new Error(String(io.stderr));
  },
  args: [
    ...['-object', 'throttle-group,id=tg0', '-object', 'iothread,id=io0'],
    ...['-blockdev', 'driver=qcow2,node-name=base,file.driver=file,file.filename=base.qcow2'],
    ...['-blockdev', 'driver=qcow2,node-name=mid,backing=base,file.driver=file,file.filename=mid.qcow2'],
    ...['-blockdev', 'driver=qcow2,node-name=top,backing=mid,file.driver=file,file.filename=top.qcow2'],
    ...['-device', 'virtio-blk-pci,id=virtio0,drive=top'],
    ...['-blockdev', 'driver=qcow2,node-name=busy,file.driver=file,file.filename=busy.qcow2'],
    ...['-device', 'virtio-blk-pci,id=virtio1,drive=busy,iothread=io0'],
    ...['-blockdev', 'driver=qcow2,node-name=copy,file.driver=file,file.filename=twin.qcow2'],
    ...['-blockdev', 'driver=raw,node-name=plain,file.driver=file,file.filename=plain.raw'],
    ...['-blockdev', 'driver=throttle,node-name=slow,throttle-group=tg0,file=plain'],
    ...['-device', 'virtio-blk-pci,id=virtio2,drive=slow'],
    ...['-blockdev', 'driver=qcow2,node-name=small,read-only=on,file.driver=file,file.filename=small.qcow2'],
    ...['-device', 'virtio-blk-pci,id=virtio3,drive=small'],
    ...['-blockdev', 'driver=qcow2,node-name=free,file.driver=file,file.filename=free.qcow2'],
    ...['-device', 'virtio-blk-pci,id=virtio4,drive=free'],
  ],
};

const FURNITURE: readonly (readonly [string, JsonObject])[] = [
  ['block-dirty-bitmap-add', { node: 'top', name: 'bm0' }],
  ['nbd-server-start', { addr: { type: 'unix', data: { path: 'nbd.sock' } } }],
  ['block-export-add', { type: 'nbd', id: 'exp0', 'node-name': 'plain' }],
  ['blockdev-create', { 'job-id': 'old0', options: { driver: 'file', filename: 'old', size: 0 } }],
  ['blockdev-mirror', { device: 'busy', target: 'copy', sync: 'full', 'job-id': 'copy0' }],
];

/** Lines, and recipes by their names; in an order in which those that go well leave the next ones a VM to go on with. */
const SITUATIONS: readonly Situation[] = [
  '.backup node=nope file=b0.qcow2',
  '.backup node=top file=b1.qcow2',
  '.backup node=top file=b1.qcow2',
  '.backup node=top file=no-such-folder/b2.qcow2',
  '.backup node=top file=b3.qcow2 target=mid',
  '.mirror node=mid file=m0.qcow2',
  '.mirror node=busy file=m1.qcow2',
  '.mirror node=free file=m3.qcow2',
  '.incremental action=start node=top file=i0.qcow2 series=bm0',
  '.commit node=top base=small',
  '.stream node=mid base=top',
  '.moment nodes=top,free name=mon series=points',
  'blockdev-backup device=top target=small sync=full job-id=j0',
  'blockdev-del node-name=top',
  'block-dirty-bitmap-add node=top name=bm0',
  'block-dirty-bitmap-add node=small name=bm1 persistent=true',
  'block-export-add type=nbd id=exp1 node-name=top writable=true',
  'nbd-server-start addr={"type":"unix","data":{"path":"again.sock"}}',
  'blockdev-add driver=qcow2 node-name=again file.driver=file file.filename=top.qcow2',
  'blockdev-add driver=throttle node-name=slower throttle-group=none file=free',
  'block_resize node-name=small size=2M',
  'blockdev-snapshot-sync node-name=top snapshot-file=no-such-folder/s.qcow2 snapshot-node-name=s0',
  'transaction actions=[{"type":"block-dirty-bitmap-add","data":{"node":"top","name":"t0"}},{"type":"block-dirty-bitmap-clear","data":{"node":"top","name":"missing"}}]',
  'object-del id=tg0',
  'job-dismiss id=old0',
  'job-dismiss id=old0',
  'block-job-cancel device=copy0',
  'block-export-del id=exp0',
  '.stream node=top base=base',
  '.commit node=top base=base',
  'blockdev-snapshot-sync node-name=free snapshot-file=s2.qcow2 snapshot-node-name=s2',
  'block-dirty-bitmap-remove node=top name=bm0',
];

test('what a rehearsal says is what happens', () =>
  withQemu(DISKS, async qemu => {
    const { different, through, refused } = await compare(qemu, SITUATIONS, async session => {
      await sent(session, FURNITURE);
      await session.waitFor(({ name }) => name === 'BLOCK_JOB_READY', { since: 0, timeout: 20_000 });
    });
    assert.is(different.join('\n'), '');
    // (Whether a job is over by then decides some of them.)
    assert.ok(through >= 10 && refused >= 15, `${through} ${refused}`);
  }));

test.run();
