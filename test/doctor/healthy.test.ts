// Where nothing is wrong the doctor finds nothing; and it asks nothing but what cannot harm a VM.
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { examine } from '../../src/doctor/examine.ts';
import { upgradeFindings } from '../../src/doctor/upgrade.ts';
import { CLOCK } from '../../src/io/clock.ts';
import { readGraph } from '../../src/render/graph.ts';
import { HARMLESS } from '../../src/session/facts.ts';
import { qmpsh } from '../command.ts';
import { startManaged } from '../libvirt.ts';
import { openSession, type Qemu, type QemuOptions, startQemu } from '../qemu.ts';
import { DISK, run } from './faults.ts';

type Session = Awaited<ReturnType<typeof openSession>>;

interface Kind {
  readonly name: string;
  readonly options?: QemuOptions;
  readonly make?: (session: Session, vm: Qemu) => Promise<(() => void) | undefined>;
}

const KINDS: readonly Kind[] = [
  { name: 'one that was not started yet' },
  {
    name: 'one whose guest runs from a -drive',
    options: {
      disks: [['a.qcow2', '39M']],
      args: ['-drive', 'file=a.qcow2,format=qcow2,if=virtio', '-device', 'virtio-scsi-pci'],
    },
    make: async session => void (await run(session, 'cont')),
  },
  {
    name: 'one with a chain of four, a throttle filter, a bitmap and an iothread',
    options: {
      disks: [['a.qcow2', '39M']],
      args: [
        '-object',
        'throttle-group,id=limits,x-iops-total=1000',
        '-object',
        'iothread,id=io0',
        '-blockdev',
        '{"driver":"qcow2","node-name":"node-A","file":{"driver":"file","filename":"a.qcow2"}}',
        '-blockdev',
        '{"driver":"throttle","node-name":"slow","throttle-group":"limits","file":"node-A"}',
        '-device',
        'virtio-blk-pci,id=virtio0,drive=slow,iothread=io0',
      ],
    },
    make: async session => {
      for (const [n, below] of ['node-A', 'over-0', 'over-1'].entries())
        await run(session, 'blockdev-snapshot-sync', {
          'node-name': below,
          'snapshot-file': `over-${n}.qcow2`,
          'snapshot-node-name': `over-${n}`,
        });
      const bitmap = { node: 'over-2', name: 'bm', persistent: true };
      await run(session, 'block-dirty-bitmap-add', bitmap);
      return undefined;
    },
  },
  {
    name: 'one with an export in use and a backup under way',
    options: DISK,
    make: async (session, vm) => {
      const path = join(vm.folder, 'nbd');
      await run(session, 'nbd-server-start', { addr: { type: 'unix', data: { path } } });
      await run(session, 'block-export-add', { type: 'nbd', id: 'export0', 'node-name': 'node-A' });
      const reader = createConnection(path);
      await new Promise(resolve => reader.once('data', resolve));
      const file = { driver: 'file', filename: 't.qcow2' };
      await run(session, 'blockdev-add', { driver: 'qcow2', 'node-name': 'node-T', file });
      const args = { device: 'node-A', target: 'node-T', sync: 'full', 'job-id': 'job0', speed: 65_536 };
      await run(session, 'blockdev-backup', args);
      return () => reader.destroy();
    },
  },
  {
    name: 'one whose moment is held by a backup that copies only what the guest overwrites',
    options: DISK,
    make: async session => {
      const file = { driver: 'file', filename: 't.qcow2' };
      await run(session, 'blockdev-add', { driver: 'qcow2', 'node-name': 'node-T', file });
      await run(session, 'blockdev-backup', {
        ...{ device: 'node-A', target: 'node-T', sync: 'none', 'job-id': 'job0' },
      });
      return undefined;
    },
  },
];

for (const { name, options, make } of KINDS)
  test(`nothing is found on ${name}`, async () => {
    const vm = await startQemu(options);
    let end: (() => void) | undefined;
    try {
      const log: string[] = [];
      const session = await openSession(vm.address, { greetingTimeout: 20_000 });
      end = await make?.(session, vm);
      await session.close();
      const other = await openSession(vm.address, {
        greetingTimeout: 20_000,
        log: (direction, text) => {
          if (direction === 'C') log.push(text);
        },
      });
      const limits = { timeout: 20_000 };
      const schema = await other.schema();
      const { findings } = await examine({
        session: other,
        address: vm.address,
        clock: CLOCK,
        schema,
        limits,
      });
      await other.close();
      assert.equal(
        findings.map(({ kind, about }) => `${kind} ${about}`),
        [],
      );
      const sent = log.map(text => JSON.parse(text).execute).filter(one => one !== 'qmp_capabilities');
      // query-blockstats reads out what QEMU has counted; .graph asks it, too.
      assert.equal(
        sent.filter(one => !HARMLESS.has(one) && one !== 'query-blockstats'),
        [],
      );
      assert.ok(sent.length > 5);
    } finally {
      end?.();
      await vm.close();
    }
  });

test('nothing is found on one that libvirt manages, and its monitor is left alone', async () => {
  const vm = await startManaged();
  try {
    const { out, status, err } = await qmpsh(['doctor', vm.socket]);
    assert.is(status, 0, out + err);
    assert.match(
      out,
      /^Nothing is wrong as far as it is seen from outside: .* manages the VM and holds its monitor/,
    );
    assert.is((await qmpsh(['doctor', vm.socket, '--json'])).out, '');
  } finally {
    await vm.close();
  }
});

test('the statuses: 0 where nothing is wrong, 2 for bad usage, 3 where nobody is', async () => {
  const vm = await startQemu();
  try {
    const well = await qmpsh(['doctor', vm.address]);
    assert.is(well.status, 0, well.err);
    assert.match(well.out, /^Nothing is wrong: the guest is prelaunch, 0 nodes, 0 jobs, process \d+\.$/m);
    assert.is((await qmpsh(['-c', '.doctor', vm.address])).status, 0);
    assert.is((await qmpsh(['doctor', vm.address, 'more'])).status, 2);
    await vm.kill();
    const gone = await qmpsh(['doctor', vm.address]);
    assert.is(gone.status, 3, gone.out);
  } finally {
    await vm.close();
  }
});

const OPTIONS: readonly (readonly [given: readonly string[], told: readonly string[]])[] = [
  [['-no-hpet'], ['at the next start, write -machine hpet=off']],
  [
    ['-chardev', 'socket,id=a,path=/run/a,server,nowait'],
    ['at the next start, write -chardev socket,id=a,path=/run/a,server=on,wait=off'],
  ],
  [['-qmp', 'unix:/run/server,server=on,wait=off'], []],
  [['-name', 'a,server'], []],
  [['-drive', 'file=a.qcow2,if=virtio'], []],
];

for (const [given, told] of OPTIONS)
  test(`what stands in the way of a newer QEMU in ${given.join(' ')}`, () => {
    assert.equal(
      upgradeFindings(given, { schema: undefined, graph: readGraph([], []) }).flatMap(({ remedies }) =>
        remedies.map(({ what }) => what),
      ),
      told,
    );
  });

test.run();
