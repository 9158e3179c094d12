// QEMU's refusals explained on a real QEMU: what people type, what is said of it, and the line that is offered, which is
// run and must not be refused. Each row has a VM of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PUZZLES } from '../../src/schema/puzzles/all.ts';
import { matching } from '../../src/schema/puzzles/matching.ts';
import { refusalIn, runOn } from '../lines.ts';
import { type Qemu, startQemu } from '../qemu.ts';

const test = suite('explained');
const cache = mkdtempSync(join(tmpdir(), 'explained-'));
test.before(() => {
  process.env['XDG_CACHE_HOME'] = cache;
});
test.after(() => rmSync(cache, { recursive: true, force: true }));

/** The machine of each row: a disk in use, one that is free, room for devices, a job's target of the same size. */
const MACHINE = [
  ...['-device', 'pcie-root-port,id=rp0,chassis=1', '-device', 'pcie-root-port,id=rp1,chassis=2'],
  ...['-device', 'pcie-root-port,id=rp2,chassis=3', '-device', 'qemu-xhci,id=xhci'],
  ...['-blockdev', 'driver=qcow2,node-name=node-A,file.driver=file,file.filename=a.qcow2'],
  ...['-blockdev', 'driver=qcow2,node-name=node-E,file.driver=file,file.filename=e.qcow2'],
  ...['-device', 'virtio-blk-pci,id=virtio0,drive=node-A,bus=rp0'],
  ...['-object', 'iothread,id=iot0', '-chardev', 'null,id=serial0'],
];
const DISKS = [
  ['a.qcow2', '32M'],
  ['e.qcow2', '32M'],
  ['f.qcow2', '32M'],
] as const;

interface Row {
  /** What was typed before. */
  readonly first?: readonly string[];
  readonly line: string;
  /** What is said of the refusal. */
  readonly says: RegExp;
  /** The line that is offered; absent where none may be. */
  readonly offers?: RegExp;
}

const PAUSED_BACKUP = 'blockdev-backup device=node-A target=node-E sync=full job-id=j auto-finalize=false';
const PAUSED_MIRROR =
  'drive-mirror device=node-A target=m.qcow2 format=qcow2 node-name=m sync=none job-id=j speed=1';
const NULLS = 'blockdev-add driver=null-co node-name=null0 size=32M';
const OVERLAY = 'blockdev-snapshot-sync node-name=node-A snapshot-node-name=o snapshot-file=o.qcow2';

const ROWS: readonly Row[] = [
  // Names that are no nodes.
  {
    line: 'blockdev-backup device=virtio0 target=node-E sync=full job-id=j',
    says: /^virtio0 is the id of a guest device: the node behind it is node-A\.$/,
    offers: /^blockdev-backup device=node-A target=node-E sync=full job-id=j$/,
  },
  {
    line: 'blockdev-backup device=virtio0 target=node-E sync=full',
    says: /node behind it is node-A/,
    offers: /^blockdev-backup device=node-A target=node-E sync=full job-id=job0$/,
  },
  {
    line: 'block_resize device=node-A size=64M',
    says: /node-A is a node, and no drive: give it as node-name/,
    offers: /^block_resize size=67108864 node-name=node-A$/,
  },
  {
    line: 'blockdev-snapshot-sync device=node-A snapshot-file=o.qcow2',
    says: /node-A is a node, and no drive/,
    offers: /node-name=node-A snapshot-node-name=overlay0$/,
  },
  {
    line: 'blockdev-snapshot-sync node-name=virtio0 snapshot-node-name=o snapshot-file=o.qcow2',
    says: /node behind it is node-A/,
    offers: /^blockdev-snapshot-sync node-name=node-A /,
  },
  {
    line: '{"execute": "device_add", "arguments": {"driver": "virtio-rng-pci", "id": "r"}}',
    says: /Free for this device: rp1, rp2/,
    offers: /^device_add driver=virtio-rng-pci id=r bus=rp1$/,
  },
  { line: 'blockdev-mirror device=node-A target=node-A sync=full job-id=j', says: /needs a node of its own/ },
  { line: 'block-commit device=node-A job-id=j', says: /There is nothing to commit/ },
  {
    line: 'block-stream device=virtio0 job-id=j',
    says: /node behind it is node-A/,
    offers: /^block-stream device=node-A job-id=j$/,
  },
  {
    line: 'blockdev-backup device=node-B target=node-E sync=full job-id=j',
    says: /No drive and no block node has that name/,
    offers: /^query-named-block-nodes flat=true$/,
  },
  {
    line: 'blockdev-backup device=nod-A target=node-E sync=full job-id=j',
    says: /^No drive and no block node has that name\. Did you mean node-A\?$/,
    offers: /^blockdev-backup device=node-A target=node-E sync=full job-id=j$/,
  },
  {
    line: 'blockdev-del node-name=disk0',
    says: /^No block node has that name/,
    offers: /^query-named-block-nodes flat=true$/,
  },
  // What takes something away is not offered for the name that comes near.
  ...['nodeE', 'NODE-E', 'node-e'].map(name => ({
    line: `blockdev-del node-name=${name}`,
    says: /^No block node has that name\. Did you mean node-E\?$/,
    offers: /^query-named-block-nodes flat=true$/,
  })),
  {
    line: 'blockdev-snapshot node=node-A overlay=disk7',
    says: /^The overlay has to be open before, by blockdev-add with backing=null\. blockdev-snapshot-sync makes/,
  },
  {
    first: ['blockdev-add driver=qcow2 node-name=top file.driver=file file.filename=f.qcow2 backing=null'],
    line: 'blockdev-snapshot node=node-A overlay=tpo',
    says: /^Did you mean top\?$/,
    offers: /^blockdev-snapshot node=node-A overlay=top$/,
  },
  {
    line: 'blockdev-snapshot-sync snapshot-file=node-A node-name=c.qcow2 snapshot-node-name=node-C',
    says: /^node-name and snapshot-file seem to be exchanged\.$/,
    offers: /^blockdev-snapshot-sync snapshot-file=c\.qcow2 node-name=node-A snapshot-node-name=node-C$/,
  },
  {
    first: [PAUSED_MIRROR],
    line: 'blockdev-mirror device=node-A target=node-E sync=full job-id=k',
    says: /^The node is not the top of its chain: .* Under way: j \(mirror\)\.$/,
    offers: /^query-jobs$/,
  },
  {
    line: 'blockdev-add driver=qcow2 node-name=n file=f.qcow2',
    says: /A node-name or the options of a node belong here, and no file name/,
    offers: /^blockdev-add driver=qcow2 node-name=n file\.driver=file file\.filename=f\.qcow2$/,
  },
  {
    line: 'blockdev-add driver=qcow2 node-name=n file="f.qcow2" read-only=on',
    says: /no file name/,
    offers: /file\.driver=file file\.filename=f\.qcow2 read-only=true$/,
  },
  {
    line: 'blockdev-backup device=node-A target=f.qcow2 sync=full job-id=j',
    says: /open the image with blockdev-add, then give its node-name/,
    offers: /^blockdev-add driver=qcow2 node-name=node0 file\.driver=file file\.filename=f\.qcow2$/,
  },
  {
    line: 'blockdev-mirror device=node-A target=e.qcow2 sync=full job-id=j',
    says: /the file is open as node-E/,
    offers: /^blockdev-mirror device=node-A target=node-E sync=full job-id=j$/,
  },
  {
    line: 'block-export-add type=nbd id=x node-name=a.qcow2',
    first: ['nbd-server-start addr.type=unix addr.data.path=nbd.sock'],
    says: /the file is open as node-A/,
    offers: /^block-export-add type=nbd id=x node-name=node-A$/,
  },
  {
    line: 'device_add driver=virtio-blk-pci id=v1 bus=rp1 drive=f.qcow2',
    says: /open the image with blockdev-add/,
    offers: /^blockdev-add driver=qcow2 node-name=node0 /,
  },
  {
    line: 'device_add driver=virtio-blk-pci id=v1 bus=rp1 drive=node-e',
    says: /^No drive and no block node has that name\. Did you mean node-E\?$/,
    offers: /^device_add .* drive=node-E$/,
  },
  // URLs in a file driver: the driver that is meant. Nobody serves them here, so the offered line is checked by its text.
  ...(
    [
      [
        'nbd://localhost:10809/x',
        /driver=nbd server\.type=inet server\.host=localhost server\.port=10809 export=x/,
      ],
      ['nbd:localhost:10810:exportname=y', /driver=nbd server\.type=inet .*server\.port=10810 export=y/],
      [
        'nbd+unix:///z?socket=/run/nbd.sock',
        /driver=nbd server\.type=unix server\.path=\/run\/nbd\.sock export=z/,
      ],
      ['ssh://root@host/disk.img', /driver=ssh server\.host=host server\.port=22 path=\/disk\.img user=root/],
      ['rbd:pool/image', /driver=rbd pool=pool image=image/],
      ['https://host/x.iso', /driver=https url=https:\/\/host\/x\.iso/],
      [
        'iscsi://host/iqn.2001-04.org:d/1',
        /driver=iscsi transport=tcp portal=host target=iqn\.2001-04\.org:d lun=1/,
      ],
      ['nfs://host/export/a.img', /driver=nfs server\.type=inet server\.host=host path=\/export\/a\.img/],
    ] as const
  ).map(([url, offers]) => ({
    line: `blockdev-add driver=file node-name=n filename=${url}`,
    says: /The file driver takes names of files; what begins with [a-z+]+: has options of its own/,
    offers,
  })),
  {
    line: 'blockdev-add driver=raw node-name=n file=nbd://localhost/x',
    says: /A node-name or the options of a node belong here/,
    offers: /file\.driver=nbd file\.server\.type=inet file\.server\.host=localhost/,
  },
  {
    line: `blockdev-add driver=file node-name=n filename='json:{"driver":"qcow2","file":{"driver":"file","filename":"f.qcow2"}}'`,
    says: /what begins with json: has options of its own/,
    offers: /^blockdev-add driver=qcow2 file\.driver=file file\.filename=f\.qcow2 node-name=n$/,
  },
  {
    line: `blockdev-add driver=qcow2 node-name=n file.driver=file file.filename='json:{"driver":"file"}'`,
    says: /what begins with json:/,
  },
  // Files.
  {
    line: 'blockdev-add driver=file node-name=n filename=nowhere.img',
    says: /A relative file name counts from QEMU's working directory/,
  },
  {
    line: 'blockdev-add driver=file node-name=n filename=/proc/nowhere/x.img',
    says: /^Where QEMU runs there is no such file/,
  },
  {
    line: 'blockdev-snapshot-sync node-name=node-A snapshot-node-name=o snapshot-file=/proc/nowhere/o.qcow2',
    says: /not the folder that it is to lie in/,
  },
  {
    line: 'blockdev-add driver=qcow2 node-name=n file.driver=file file.filename=raw.img',
    says: /The file holds another format/,
  },
  {
    line: 'blockdev-add driver=qcow2 node-name=n file.driver=file file.filename=a.qcow2',
    says: /The image is open elsewhere/,
  },
  // Names of new things.
  {
    line: 'blockdev-add driver=qcow2 node-name=node-E file.driver=file file.filename=f.qcow2',
    says: /A node of that name is open already/,
    offers: /^blockdev-add driver=qcow2 node-name=node-E0 /,
  },
  {
    line: 'blockdev-add driver=qcow2 file.driver=file file.filename=f.qcow2',
    says: /Without a name nothing could use the node/,
    offers: /node-name=node0$/,
  },
  {
    line: 'blockdev-snapshot-sync node-name=node-A snapshot-file=o.qcow2',
    says: /gets an overlay with a name too/,
    offers: /snapshot-node-name=overlay0$/,
  },
  {
    line: 'blockdev-snapshot-sync node-name=node-A snapshot-node-name=o2 snapshot-file=o2.qcow2',
    first: [OVERLAY],
    says: /lies under an overlay/,
    offers: /^blockdev-snapshot-sync node-name=o snapshot-node-name=o2 snapshot-file=o2\.qcow2$/,
  },
  {
    line: 'blockdev-backup device=node-A target=node-E sync=full',
    says: /The job needs a name/,
    offers: /job-id=job0$/,
  },
  {
    line: 'blockdev-backup device=node-A target=node-E sync=full job-id=1st/copy',
    says: /A job id begins with a letter/,
    offers: /job-id=job-1st-copy$/,
  },
  // Jobs.
  {
    first: [PAUSED_BACKUP, '.wait job j pending'],
    line: 'job-dismiss id=j',
    says: /The state decides/,
    offers: /^job-finalize id=j$/,
  },
  {
    first: ['blockdev-mirror device=node-A target=node-E sync=full job-id=j', '.wait job j ready'],
    line: 'job-finalize id=j',
    says: /The state decides.* job-complete finishes it .*block-job-cancel ends it without/,
  },
  {
    first: [`${PAUSED_BACKUP.replace('auto-finalize', 'auto-dismiss')}`, '.wait job j concluded'],
    line: 'block-stream device=node-A job-id=j',
    says: /has concluded and waits for job-dismiss/,
    offers: /^job-dismiss id=j$/,
  },
  {
    first: [PAUSED_BACKUP, '.wait job j pending', NULLS],
    line: 'blockdev-backup device=node-A target=null0 sync=full job-id=j',
    says: /A job of that name is there \(\w+\): choose another job-id/,
    offers: /job-id=job0$/,
  },
  {
    first: [PAUSED_BACKUP, '.wait job j pending'],
    line: 'blockdev-backup device=node-A target=node-E sync=full job-id=k',
    says: /A block job has the node/,
    offers: /^query-jobs$/,
  },
  { line: 'job-complete id=nobody', says: /No job has that id/, offers: /^query-jobs$/ },
  { line: 'block-job-cancel device=nobody', says: /No job has that id/, offers: /^query-jobs$/ },
  {
    line: 'blockdev-backup device=node-A target=node-A sync=full job-id=j',
    says: /The copy needs a node of its own/,
  },
  {
    line: 'blockdev-mirror device=node-A target=node-E sync=incremental job-id=j',
    says: /A mirror takes sync=full, top or none/,
    offers: /sync=full job-id=j$/,
  },
  {
    line: 'blockdev-backup device=node-A target=node-E sync=bitmap job-id=j bitmap-mode=always',
    says: /copies what a dirty bitmap recorded/,
    offers: /sync=full job-id=j$/,
  },
  {
    first: ['block-dirty-bitmap-add node=node-A name=b0'],
    line: 'blockdev-backup device=node-A target=node-E sync=incremental job-id=j',
    says: /copies what a dirty bitmap recorded/,
    offers: /bitmap=b0$/,
  },
  // Bitmaps.
  {
    first: ['block-dirty-bitmap-add node=node-A name=b0'],
    line: 'block-dirty-bitmap-add node=node-A name=b0',
    says: /The node has a bitmap of that name/,
    offers: /^block-dirty-bitmap-add node=node-A name=b1$/,
  },
  {
    first: ['block-dirty-bitmap-add node=node-A name=daily'],
    line: 'block-dirty-bitmap-disable node=node-A name=dialy',
    says: /has no bitmap of that name/,
    offers: /^block-dirty-bitmap-disable node=node-A name=daily$/,
  },
  {
    first: ['block-dirty-bitmap-add node=node-A name=daily'],
    line: 'block-dirty-bitmap-remove node=node-A name=dialy',
    says: /has no bitmap of that name/,
    offers: /^query-named-block-nodes flat=true$/,
  },
  {
    line: 'block-dirty-bitmap-add node=node-A name=b0 granularity=1000',
    says: /a power of two/,
    offers: /granularity=65536$/,
  },
  // Exports, users of nodes.
  {
    line: 'block-export-add type=nbd id=x node-name=node-E',
    says: /Start the server first/,
    offers: /^nbd-server-start addr\.type=unix addr\.data\.path=nbd\.sock$/,
  },
  {
    first: [
      'nbd-server-start addr.type=unix addr.data.path=nbd.sock',
      'block-export-add type=nbd id=x node-name=node-E name=one',
    ],
    line: 'block-export-add type=nbd id=x node-name=node-E name=two',
    says: /An export of that id is there/,
    offers: /id=x0 node-name=node-E name=two$/,
  },
  {
    first: ['nbd-server-start addr.type=unix addr.data.path=nbd.sock'],
    line: 'block-export-add type=nbd id=x node-name=node-A writable=true',
    says: /lets nobody else write to it/,
    offers: /^block-export-add type=nbd id=x node-name=node-A$/,
  },
  { line: 'blockdev-del node-name=node-A', says: /^node-A is used by the guest device virtio0/ },
  {
    first: [
      'nbd-server-start addr.type=unix addr.data.path=nbd.sock',
      'block-export-add type=nbd id=x node-name=node-E',
    ],
    line: 'blockdev-del node-name=node-E',
    says: /^node-E is used by the export x/,
  },
  { first: [OVERLAY], line: 'blockdev-del node-name=node-A', says: /lies under an overlay/ },
  {
    first: [OVERLAY],
    line: 'blockdev-mirror device=node-A target=node-E sync=full job-id=j',
    says: /not the top of its chain/,
    offers: /^query-block$/,
  },
  {
    first: [OVERLAY],
    line: 'block-commit device=virtio0 job-id=j',
    says: /the node behind it is o/,
    offers: /^block-commit device=o job-id=j$/,
  },
  {
    first: [OVERLAY],
    line: 'block-commit device=o base-node=node-E job-id=j',
    says: /must lie in the chain below the device/,
    offers: /^query-block$/,
  },
  {
    first: ['blockdev-add driver=null-co node-name=small size=1M'],
    line: 'blockdev-backup device=node-A target=small sync=full job-id=j',
    says: /exactly as large as the source/,
    offers: /^query-named-block-nodes flat=true$/,
  },
  {
    line: 'blockdev-add driver=null-co node-name=a-name-of-more-than-thirty-one-letters',
    says: /at most 31 characters/,
  },
  { line: 'blockdev-add driver=null-co node-name=1st', says: /A node name begins with a letter/ },
  { line: 'transaction( abort )', says: /nothing of it was done/ },
  {
    line: 'device_add driver=virtio-blk-pci id=v1 bus=rp1 drive=node-A',
    says: /Two users of the node want what excludes the other/,
  },
  // Sizes.
  {
    line: 'block_resize node-name=node-A size=100',
    says: /bytes here, and MiB in the human monitor.*32 MiB now/,
    offers: /^block_resize node-name=node-A size=104857600$/,
  },
  { line: 'block_resize node-name=node-A size=20', says: /bytes here, and MiB in the human monitor/ },
  // Devices and buses.
  {
    line: 'device_add driver=virtio-rng-pci id=r',
    says: /pcie\.0 takes no device while the machine runs\. Free for this device: rp1, rp2/,
    offers: /bus=rp1$/,
  },
  {
    line: 'device_add driver=virtio-rng-pci id=r bus=port0',
    says: /There is no bus port0\. Free for this device: rp1, rp2\./,
    offers: /^device_add driver=virtio-rng-pci id=r bus=rp1$/,
  },
  {
    first: [
      'device_add driver=virtio-rng-pci id=r1 bus=rp1',
      'device_add driver=virtio-rng-pci id=r2 bus=rp2',
    ],
    line: 'device_add driver=virtio-rng-pci id=r bus=port0',
    says: /There is no bus port0\. Taken: rp0, rp1, rp2\..*-device pcie-root-port/,
  },
  {
    line: 'device_add driver=usb-tablet id=t bus=usb.0',
    says: /There is no bus usb\.0\. Free for this device: xhci\.0\./,
    offers: /bus=xhci\.0$/,
  },
  { line: 'device_add driver=hda-duplex id=h bus=hda.0', says: /^There is no bus hda\.0\.$/ },
  {
    line: 'device_add driver=scsi-hd id=s drive=node-E',
    says: /add its controller first, such as virtio-scsi-pci/,
  },
  {
    line: 'device_add driver=virtio-rng-pci id=virtio0 bus=rp1',
    says: /A device of that id is there/,
    offers: /id=virtio1 bus=rp1$/,
  },
  {
    line: 'device_add driver=virtio-rgn-pci id=r bus=rp1',
    says: /This QEMU has no such device/,
    offers: /^device_add driver=virtio-rng-pci id=r bus=rp1$/,
  },
  {
    line: 'device_add driver=no-such-thing id=r bus=rp1',
    says: /This QEMU has no such device/,
    offers: /^qom-list-types implements=device abstract=false$/,
  },
  {
    line: 'device_add driver=virtio-blk-pci id=v1 bus=rp1 drive=node-E seriall=x',
    says: /has no such property/,
    offers: /serial=x$/,
  },
  { line: 'device_add driver=virtio-rng-pci id=r bus=rp1 colour=red', says: /has no such property/ },
  {
    line: 'device_add driver=virtio-blk-pci id=v1 bus=rp1 drive=node-E iothread=iot1',
    says: /No object that iothread could name has that id/,
    offers: /iothread=iot0$/,
  },
  {
    line: 'device_add driver=pci-serial id=s bus=rp1 chardev=serial1',
    says: /No chardev has that id/,
    offers: /chardev=serial0$/,
  },
  {
    line: 'device_add driver=virtio-net-pci id=n bus=rp1 netdev=net0',
    says: /No network backend has that id/,
  },
  {
    line: 'device_del id=nobody',
    says: /No guest device has that id/,
    offers: /^qom-list path=\/machine\/peripheral$/,
  },
  {
    line: 'object-del id=iot1',
    says: /No object has that id/,
    offers: /^qom-list path=\/objects$/,
  },
  { line: 'chardev-remove id=nobody', says: /No chardev has that id/, offers: /^query-chardev$/ },
  {
    line: 'object-add qom-type=iothread id=iot0',
    says: /An object of that id is there already/,
    offers: /^object-add qom-type=iothread id=iot1$/,
  },
  {
    line: 'qom-get path=/machine property=grpahics',
    says: /The object has no such property/,
    offers: /^qom-get path=\/machine property=graphics$/,
  },
  {
    line: 'qom-set path=/machine/peripheral/virtio0 property=nope value=1',
    says: /The object has no such property/,
    offers: /^qom-list path=\/machine\/peripheral\/virtio0$/,
  },
  {
    line: 'device_add driver=virtio-rng-pci id=r bus=rp0 addr=0',
    says: /That place is taken\. Free for this device: rp1, rp2/,
    offers: /^device_add driver=virtio-rng-pci id=r bus=rp1$/,
  },
  {
    line: 'qom-set path=/machine/peripheral/virtio0 property=serial value=5',
    says: /set when the device is made/,
  },
  { line: 'eject id=virtio0', says: /below it in the QOM tree/ },
  {
    line: 'block_set_io_throttle id=virtio0 bps=0 bps_rd=0 bps_wr=0 iops=0 iops_rd=0 iops_wr=0',
    says: /below it in the QOM tree/,
    offers: /id=\/machine\/peripheral\/virtio0\/virtio-backend/,
  },
  {
    line: 'block_set_io_throttle device=virtio0 bps=0 bps_rd=0 bps_wr=0 iops=0 iops_rd=0 iops_wr=0',
    says: /it belongs behind id=/,
    offers: /id=\/machine\/peripheral\/virtio0\/virtio-backend/,
  },
  {
    line: 'chardev-add id=serial0 backend.type=null backend.data={}',
    says: /A chardev of that id is there/,
    offers: /^chardev-add id=serial1 /,
  },
  { line: 'netdev_del id=net7', says: /No network backend or card has that id/ },
  { line: 'set_link name=net7 up=true', says: /No network backend or card has that id/ },
  {
    first: ['netdev_add type=hubport id=n0 hubid=0'],
    line: 'netdev_add type=hubport id=n0 hubid=0',
    says: /Something of that id is there/,
  },
  // Types that only QEMU knows.
  {
    line: 'qom-set path=/machine property=graphics value="off"',
    says: /QEMU wants true or false for graphics/,
    offers: /^qom-set path=\/machine property=graphics value=false$/,
  },
  {
    line: 'query-cpu-model-expansion type=full model.name=qemu64 model.props.avx=on',
    says: /QEMU wants true or false for [\w.]*avx/,
    offers: /model\.props\.avx=true$/,
  },
  // The machine.
  { line: 'migrate-incoming uri=tcp:127.0.0.1:1', says: /-incoming defer/ },
  { line: 'qmp_capabilities', says: /has done this when it connected/ },
  { line: 'balloon value=33554432', says: /The guest has no balloon/ },
  {
    line: 'system_wakeup',
    says: /cont is what a paused one wants/,
    offers: /^cont$/,
  },
  { line: 'screendump filename=x.ppm', says: /no display device/ },
];

const seen = new Set<unknown>();

let shared: Promise<Qemu> | undefined;
test.after(async () => (await shared)?.close());

const start = () => startQemu({ args: MACHINE, disks: DISKS });

for (const { first = [], line, says, offers } of ROWS) {
  // What is refused, and a look at what there is, leave a VM as it was.
  const leaves = first.length > 0 || (offers !== undefined && !/^\^(?:query|qom-list)/.test(offers.source));
  test([...first, line].join(' ; '), async () => {
    if (!leaves) shared ??= start();
    const vm = await (leaves ? start() : (shared ?? start()));
    try {
      writeFileSync(join(vm.folder, 'raw.img'), Buffer.alloc(1 << 20, 'x'));
      await explained(vm.address, [...first, line], says, offers);
    } finally {
      if (leaves) await vm.close();
    }
  });
}

async function explained(
  address: string,
  lines: readonly string[],
  says: RegExp,
  offers: RegExp | undefined,
): Promise<void> {
  const told = await runOn(address, lines);
  const refused = refusalIn(told.replies.at(-1));
  assert.is.not(refused, '', `not refused: ${JSON.stringify(told)}`);
  assert.ok(
    told.said.some(row => says.test(row)),
    `${refused}: ${told.said.join('\n')}`,
  );
  const execute = /[a-z_-]+/.exec((lines.at(-1) ?? '').replace('execute', ''))?.[0] ?? '';
  for (const { puzzle } of matching(refused, { execute, arguments: {} })) seen.add(puzzle);
  if (offers === undefined) {
    assert.is(told.offered, undefined);
    return;
  }
  assert.match(told.offered ?? '', offers);
  // Nobody answers at these places.
  if (/driver=(?:nbd|ssh|rbd|https|iscsi|nfs) /.test(`${told.offered} `)) return;
  const again = await runOn(address, [told.offered ?? '']);
  assert.is(refusalIn(again.replies.at(-1)), '', told.offered);
  assert.is(again.replies.length, 1, again.said.join('\n'));
}

// Rows for what cannot be had on this machine in a moment: a QEMU that rejects what is deprecated, a migration, ...
const ELSEWHERE = [
  /disabled by policy/,
  /migration process in progress/,
  /active block job/,
  /No space left|too small/,
  /Permission denied/,
  /Unknown driver/,
  /is missing/,
  /Input.*output error/, // play/verify
  /Could not set password/,
  /Expecting capabilities/,
];

test('every explanation has its row above', () => {
  const missing = PUZZLES.filter(puzzle => !seen.has(puzzle)).map(({ match }) => match.source);
  assert.equal(
    missing.filter(source => !ELSEWHERE.some(pattern => pattern.test(source))),
    [],
  );
});

test.run();
