// The verdict on the recipes that put overlays on a disk, serve it, restore it and move it: it is what then happens on the VM.
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Session } from '../../src/session/client.ts';
import { type QemuOptions, withQemu } from '../qemu.ts';
import { sent } from './likely.ts';
import { compare, type Situation } from './situations.ts';

const DISKS: QemuOptions = {
  prepare: folder => {
    const make = (...args: readonly string[]) => {
      const done = spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...args], { cwd: folder });
      if (done.status !== 0) throw new Error(String(done.stderr));
    };
    make('base.qcow2', '8M');
    make('-b', 'base.qcow2', '-F', 'qcow2', 'a.qcow2');
    make('b.qcow2', '8M');
    make('taken.qcow2', '8M');
    const io = spawnSync('qemu-io', ['-f', 'qcow2', '-c', 'write -q 0 1M', 'a.qcow2'], { cwd: folder });
    if (io.status !== 0) throw new Error(String(io.stderr));
  },
  args: [
    ...['-object', 'iothread,id=io0'],
    ...['-blockdev', 'driver=qcow2,node-name=base,read-only=on,file.driver=file,file.filename=base.qcow2'],
    ...['-blockdev', 'driver=qcow2,node-name=node-A,backing=base,file.driver=file,file.filename=a.qcow2'],
    ...['-device', 'virtio-blk-pci,id=virtio0,drive=node-A'],
    ...['-blockdev', 'driver=qcow2,node-name=node-B,file.driver=file,file.filename=b.qcow2'],
    // (Without a name of its own.)
    ...['-device', 'virtio-blk-pci,drive=node-B,iothread=io0'],
  ],
};

const does =
  (...lines: readonly string[]) =>
  (session: Session) =>
    sent(
      session,
      lines.map(line => [line, {}]),
    );

const CHAIN: readonly Situation[] = [
  '.chain node=nope names=c0',
  '.chain node=base names=c0',
  '.chain node=node-B names=c0,node-A',
  '.chain node=node-B names=c0,taken',
  '.chain node=node-B names=c0 folder=no-such-folder/',
  '.chain node=node-B names=c1,c2',
  '.chain node=node-B names=c3',
];

const PULL: readonly Situation[] = [
  '.pull node=nope socket=p.sock',
  '.pull node=node-A socket=p.sock file=taken.qcow2',
  '.pull node=node-A socket=p.sock file=no-such-folder/f.qcow2',
  '.pull node=node-A socket=no-such-folder/p.sock',
  '.pull node=node-A action=done',
  '.pull node=node-A socket=p.sock series=nightly',
  '.pull node=node-A socket=q.sock file=f2.qcow2',
  '.pull node=node-A socket=q.sock file=f2.qcow2 target=second',
  '.pull node=node-A action=done',
  '.pull node=node-A action=done',
  '.pull node=node-A socket=p.sock series=nightly',
  '.pull node=node-A socket=p.sock series=nightly overwrite=yes',
  '.pull node=node-A action=drop',
  '.pull node=c2 socket=p.sock through=job file=f3.qcow2',
  '.pull node=c2 action=drop',
  '.pull node=c2 socket=p.sock file=f4.qcow2',
  '.pull node=c2 action=done',
  {
    line: '.pull node=node-A socket=p.sock file=f5.qcow2 to=copy.qcow2',
    untold: /qemu-img convert .* was not run/,
  },
];

const RESTORE: readonly Situation[] = [
  '.incremental action=start node=node-A file=p0.qcow2 series=week',
  '.incremental action=next node=node-A file=p1.qcow2 series=week',
  '.restore point=nothing.qcow2 to=r0.qcow2',
  '.restore point=taken.qcow2 to=r0.qcow2',
  '.restore point=base.qcow2 to=r0.qcow2',
  '.restore point=p1.qcow2 to=taken.qcow2',
  '.restore point=p1.qcow2 to=no-such-folder/r0.qcow2',
  '.restore point=p1.qcow2 to=r1.qcow2',
  '.restore point=p0.qcow2 to=r2.raw format=raw',
  '.restore point=p1.qcow2 to=r3.qcow2 node=base',
  '.restore point=p1.qcow2 to=r3.qcow2 node=node-A',
  does('cont'),
  '.restore point=p1.qcow2 to=r4.qcow2 node=c2',
  does('stop'),
  '.restore point=p1.qcow2 to=r4.qcow2 node=c2',
];

for (const [name, situations] of Object.entries({ CHAIN, PULL, RESTORE })) {
  // The two overlays of the first table are disks of the others.
  const all = name === 'CHAIN' ? situations : ['.chain node=node-B names=c1,c2', ...situations];
  test(`what a rehearsal says is what happens: .${name.toLowerCase()}`, () =>
    withQemu(DISKS, async qemu => {
      const { different, through, refused } = await compare(qemu, all, async () => {});
      assert.is(different.join('\n'), '');
      assert.ok(through >= 1 && refused >= 4, `${through} ${refused}`);
    }));
}

test.run();
