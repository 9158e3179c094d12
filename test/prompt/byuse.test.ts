// What the menu offers first, on a real screen and a real QEMU: what the argument most likely wants.
import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atPrompt, below, typedLine, withDesk } from '../desk.ts';

// A line, and the first rows of its menu.
const OFFERS: readonly (readonly [line: string, first: readonly RegExp[]])[] = [
  ['blockdev-mirror device=', [/^node-B .*of virtio0/, /^free/, /^spare/, /^node-A/]],
  // (Behind these the source itself, and what QEMU has named: in which order, its versions differ.)
  ['blockdev-mirror device=node-B target=', [/^free/, /^spare/, /^node-A/]],
  ['block-commit device=node-B base-node=', [/^node-A/]],
  ['blockdev-del node-name=', [/^free/, /^spare/]],
  ['blockdev-add driver=', [/^qcow2/, /^raw/, /^file/]],
  ['blockdev-add driver=qcow2 file.driver=', [/^file/, /^host_device/]],
  ['device_add driver=', [/^virtio-blk-pci/, /^scsi-hd/, /^virtio-scsi-pci/, /^virtio-net-pci/]],
  ['device_add driver=virtio-blk-pci ', [/^drive /, /^bus/]],
  ['device_add driver=virtio-net-pci ', [/^netdev /, /^bus/]],
  ['device_add driver=virtio-blk-pci drive=', [/^free/, /^spare/]],
  ['device_add driver=virtio-blk-pci share-rw=', [/^true +false/]],
  ['device_add driver=virtio-blk-pci write-cache=', [/^on +off +auto/]],
  ['device_add driver=virtio-blk-pci werror=', [/^report +ignore +enospc +stop +auto/]],
  ['device_add driver=virtio-net-pci netdev=', [/^spare-net +user/, /^used-net +user in use/]],
  ['netdev_del id=', [/^spare-net/, /^used-net/]],
];

// A line with one way to go on.
const TAKEN: readonly (readonly [line: string, taken: string])[] = [
  ['device_add driver=usb-tablet bus=', 'usb0.0'],
  ['device_add driver=virtio-rng-pci bus=', 'port2'],
  ['device_del id=c', 'card'],
];

/** Places for devices of a running q35 machine. */
function ports(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => [
    '-device',
    `pcie-root-port,id=port${i},chassis=${i + 1}`,
  ]).flat();
}

test('what an argument most likely wants comes first, and values that only the VM knows are offered', () =>
  withDesk(
    async desk => {
      const { screen, vm } = desk;
      for (const name of ['top', 'spare', 'free'])
        execFileSync(
          'qemu-img',
          ['create', '-q', '-f', 'qcow2', `${name}.qcow2`, name === 'spare' ? '50M' : '39M'],
          {
            cwd: vm.folder,
          },
        );
      for (const line of [
        'blockdev-add driver=qcow2 node-name=spare file.driver=file file.filename=spare.qcow2',
        'blockdev-add driver=qcow2 node-name=free file.driver=file file.filename=free.qcow2',
        'blockdev-add driver=qcow2 node-name=node-B file.driver=file file.filename=top.qcow2',
        'blockdev-snapshot node=node-A overlay=node-B',
        'netdev_add type=user id=used-net',
        'netdev_add type=user id=spare-net',
        'device_add driver=virtio-net-pci id=card bus=port0 netdev=used-net',
        'device_add driver=qemu-xhci id=usb0 bus=port1',
      ]) {
        await desk.run(line);
        await desk.sees(
          shown =>
            atPrompt(shown) &&
            shown.text()[shown.cursor.row - 1] === '{}' &&
            shown.text()[shown.cursor.row - 2]?.endsWith(line.slice(-4)) === true,
        );
      }
      for (const [line, first] of OFFERS) {
        await desk.type(line);
        screen.key('Tab');
        await desk
          .sees(shown => first.every((row, i) => row.test((below(shown)[i] ?? '').slice(1))))
          .catch(error => {
            throw new Error(`${line}: ${error.message}`);
          });
        await desk.drop();
      }
      for (const [line, taken] of TAKEN) {
        await desk.type(line);
        screen.key('Tab');
        await desk.sees(
          shown =>
            typedLine(shown).trimEnd() === line.replace(/\w+$/, '') + taken ||
            typedLine(shown).trimEnd() === line + taken,
        );
        await desk.drop();
      }
    },
    { rows: 40, cols: 120, machine: ports(3) },
  ));

test('a property that the device does not have is marked, with the name that is near', () =>
  withDesk(
    async desk => {
      const { screen } = desk;
      await desk.type('device_add driver=virtio-blk-pci numqueues=4 ');
      await desk.sees(/a virtio-blk-pci has no property "numqueues"; did you mean num-queues\?/);
      const row = screen.text().findIndex(line => line.includes('numqueues=4'));
      const at = screen.text()[row]?.indexOf('numqueues') ?? 0;
      assert.ok(screen.cell(row, at).underline);
      // Whether it has is QEMU's to say.
      await desk.type('bus=port0');
      screen.key('Enter');
      await desk.sees(/Property 'virtio-blk-pci\.numqueues' not found/);
    },
    { machine: ports(1) },
  ));

test.run();
