// Who manages a VM, by its command line; and who may pass the modes of a path. Command lines as the managers write them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTo } from '../../src/io/access.ts';
import { libvirtFolder, type Manager, managerOf } from '../../src/io/manager.ts';

const LIBVIRT =
  '-name guest=garden,debug-threads=on -S -object {"qom-type":"secret","id":"masterKey0","format":"raw","file":"/var/lib/libvirt/qemu/domain-1-garden/master-key.aes"}';
const CASES: readonly (readonly [string, string | undefined, Manager | undefined, string | undefined])[] = [
  ['-name vm', '/run/vm.sock', undefined, undefined],
  [LIBVIRT, undefined, 'libvirt', '/var/lib/libvirt/qemu/domain-1-garden'],
  [
    '-object secret,id=masterKey0,format=raw,file=/var/lib/libvirt/qemu/domain-2-a/master-key.aes',
    undefined,
    'libvirt',
    '/var/lib/libvirt/qemu/domain-2-a',
  ],
  [
    '-chardev socket,id=charmonitor,path=/var/lib/libvirt/qemu/domain-2-a/monitor.sock,server,nowait',
    undefined,
    'libvirt',
    '/var/lib/libvirt/qemu/domain-2-a',
  ],
  [
    `${LIBVIRT} -smbios type=1,manufacturer=KubeVirt,product=None`,
    undefined,
    'KubeVirt',
    '/var/lib/libvirt/qemu/domain-1-garden',
  ],
  ['-id 100 -name web', '/var/run/qemu-server/100.qmp', 'Proxmox', undefined],
  ['-id 100 -name web', '/run/qemu-server/100.qga', 'Proxmox', undefined],
  ['-name v1', '/run/incus/v1/qemu.monitor', 'Incus', undefined],
  ['-name v1', '/run/incus/project_v1/qemu.monitor', 'Incus', undefined],
  ['-name v1', '/var/log/lxd/v1/qemu.monitor', 'LXD', undefined],
  ['-name v1', '/home/me/qemu.monitor', undefined, undefined],
];
for (const [line, path, manager, folder] of CASES)
  test(`${manager ?? 'nobody'}: ${line} ${path ?? ''}`, () => {
    const argv = ['/usr/bin/qemu-system-x86_64', ...line.split(' ')];
    assert.is(managerOf(argv, path), manager);
    assert.is(libvirtFolder(argv), folder);
  });

type Modes = Readonly<Record<string, readonly [uid: number, gid: number, mode: number]>>;
const OPEN: readonly (readonly [string, Modes, readonly string[]])[] = [
  ['a socket of all', { '/r/s': [71, 72, 0o777] }, ['all']],
  ['of its group', { '/r/s': [71, 72, 0o770] }, ['71', 'group 72']],
  ['of its user', { '/r/s': [71, 72, 0o755] }, ['71']],
  ['of all, in a folder of one', { '/r/s': [71, 72, 0o777], '/r': [73, 74, 0o700] }, ['73']],
  ['of its user, in a folder of another', { '/r/s': [71, 72, 0o700], '/r': [73, 74, 0o700] }, []],
  [
    'of its group, in a folder of that group',
    { '/r/s': [71, 72, 0o770], '/r': [0, 72, 0o750] },
    ['group 72'],
  ],
  ["root's", { '/r/s': [0, 0, 0o755] }, []],
];
for (const [name, modes, expected] of OPEN)
  test(`may open: ${name}`, () => {
    const look = (path: string) => {
      const [uid, gid, mode] = modes[path] ?? [0, 0, 0o755];
      return { uid, gid, mode };
    };
    assert.equal(
      openTo('/r/s', look, path => path),
      expected,
    );
  });

test.run();
