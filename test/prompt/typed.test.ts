// Values of properties on a real QEMU: sent as the type that it wants, whatever the version, and taken.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HARMLESS } from '../../src/session/facts.ts';
import { isObject, type Json, type JsonObject, member, parseJson } from '../../src/text/json.ts';
import { withDesk } from '../desk.ts';
import { refusalIn, runOn } from '../lines.ts';
import { type Qemu, startQemu } from '../qemu.ts';

const test = suite('typed');
const cache = mkdtempSync(join(tmpdir(), 'typed-'));
let vm: Qemu;

test.before(async () => {
  process.env['XDG_CACHE_HOME'] = cache;
  const ports = [0, 1, 2, 3, 4].flatMap(n => ['-device', `pcie-root-port,id=rp${n},chassis=${n + 1}`]);
  const node = (name: string) => ['-blockdev', `driver=null-co,node-name=${name},size=33554432`];
  const args = [...ports, '-device', 'qemu-xhci,id=x', ...node('n0'), ...node('n1'), ...node('n2')];
  vm = await startQemu({ args: [...args, '-object', 'iothread,id=io0'] });
});
test.after(async () => {
  await vm?.close();
  rmSync(cache, { recursive: true, force: true });
});

// The line, and the members of the request that had no type in QEMU's schema.
const ROWS: readonly (readonly [line: string, members: JsonObject])[] = [
  ['device_add driver=usb-storage id=u0 drive=n0 port=1 serial=000123', { port: '1', serial: '000123' }],
  [
    'device_add driver=usb-storage id=u1 drive=n1 removable=yes serial=0x10',
    { removable: true, serial: '0x10' },
  ],
  [
    'device_add driver=usb-tablet id=u2 port=4 serial=true usb_version=0x1',
    { port: '4', serial: 'true', usb_version: 1 },
  ],
  [
    'device_add driver=virtio-blk-pci id=b0 bus=rp0 drive=n2 serial=007 iothread=io0 physical_block_size=4k write-cache=on',
    { serial: '007', iothread: 'io0', physical_block_size: 4096, 'write-cache': 'on' },
  ],
  [
    'device_add driver=virtio-rng-pci id=r0 bus=rp1 addr=0 multifunction=off vectors=0x2 disable-legacy=yes',
    { addr: '0', multifunction: false, vectors: 2, 'disable-legacy': 'on' },
  ],
  [
    'device_add driver=virtio-rng-pci id=r1 bus=rp2 max-bytes=1M period=1000 ats=no',
    { 'max-bytes': 1048576, period: 1000, ats: false },
  ],
  [
    'device_add driver=virtio-serial-pci id=s0 bus=rp3 max_ports=4 multifunction=true',
    { max_ports: 4, multifunction: true },
  ],
  ['device_add driver=virtserialport id=p0 bus=s0.0 nr=2 name=2', { nr: 2, name: '2' }],
  // An alias of a type has its properties.
  ['device_add driver=virtio-keyboard id=k0 bus=rp4 serial=0042 vectors=0x1', { serial: '0042', vectors: 1 }],
  ['qom-set path=/machine property=graphics value=off', { value: false }],
  ['qom-set path=/machine property=graphics value=yes', { value: true }],
  ['qom-set path=/machine property=append value=007', { value: '007' }],
  ['qom-set path=/machine property=append value=true', { value: 'true' }],
  ['qom-set path=r1 property=nobody value=on', { value: 'on' }],
  ['qom-set path=/objects/io0 property=poll-max-ns value=64k', { value: 65536 }],
];

for (const [line, members] of ROWS) {
  test(line, async () => {
    const told = await runOn(vm.address, [line], true);
    const request = told.said
      .map(row => (row.startsWith('{') ? parseJson(row) : null))
      .find(row => row !== null);
    const args = isObject(request ?? null) ? member(Object(request), 'arguments') : undefined;
    for (const [name, value] of Object.entries(members)) assert.equal(Object(args)[name], value, name);
    const refused = refusalIn(told.replies.at(-1));
    assert.ok(line.includes('nobody') ? refused !== '' : refused === '', refused);
    // What nobody typed is on the list of queries that cannot harm a VM.
    const [execute = ''] = line.split(' ');
    assert.equal(
      told.sent.filter(name => name !== execute && !HARMLESS.has(name)),
      [],
    );
  });
}

test('what came of it: the serial number has its zeros', async () => {
  const told = await runOn(vm.address, ['qom-get path=u0 property=serial']);
  assert.equal(told.replies, [{ return: '000123' }] satisfies Json[]);
});

test('a line without open values asks nothing', async () => {
  for (const [line, sent] of [
    ['query-status', ['query-status']],
    ['qom-get path=u0 property=serial', ['query-qmp-schema', 'qom-get']],
    ['device_del id=u1', ['query-qmp-schema', 'device_del']],
  ] as const)
    assert.equal((await runOn(vm.address, [line])).sent, sent);
});

test('at the prompt the menu, the row below and the request agree; what shrinks asks once', () =>
  withDesk(
    async ({ screen, ...desk }) => {
      screen.type('device_add driver=virtio-rng-pci id=r multif\t');
      await screen.waitFor(/multifunction=/);
      await screen.waitFor(/bool.*default false/);
      screen.type('o');
      screen.key('C-u');
      screen.type('block_resize node-name=node-A size=39\r');
      await screen.waitFor(/cuts node-A from 39 MiB down to 39 B[\s\S]*Run block_resize\?/);
      screen.type('n');
      await screen.waitFor(/not sent/);
      screen.type('balloon value=16\r');
      await screen.waitFor(/leaves the guest 16 B of[\s\S]*Run balloon\?/);
      screen.type('y');
      await screen.waitFor(/No balloon device has been activated/);
      screen.type('block_resize node-name=node-A size=40M\r');
      await screen.waitFor(/block_resize node-name=node-A size=40M\n\{\}/);
      screen.type('blockdev-add driver=null-co node-name=t size=40M\r');
      await screen.waitFor(/node-name=t size=40M\n\{\}/);
      screen.type('blockdev-mirror job-id=job0 device=node-A target=t sync=none\r');
      await screen.waitFor(/ready/);
      for (const line of ['quit', '.hmp q']) {
        screen.key('C-l');
        screen.type(`${line}\r`);
        await screen.waitFor(
          /ends this QEMU[\s\S]*ends a job: job0 \(mirror, ready, not completed\)\.\n[\s\S]*Run/,
        );
        screen.type('n');
        await screen.waitFor(/not sent/);
      }
      void desk;
    },
    { rows: 40 },
  ));

// What a mistyped argument is told to be is what QEMU takes, as far as its names tell.
const NAMELESS: readonly (readonly [before: readonly string[], line: string, said: RegExp])[] = [
  [['blockdev-add driver=null-co node-name=free'], 'blockdev-del file=free', /"file"\nWrite node-name=free$/],
  [[], 'blockdev-del file=n2', /"file"\nIt is written node-name=n2, and a device uses it\.$/],
  [[], 'blockdev-del file=nobody.qcow2', /no argument "file"$/],
  [
    ['blockdev-add driver=raw node-name=mine file={"driver":"file","filename":"FILE"}'],
    'blockdev-del file=FILE',
    /"file"\nWrite node-name=mine: \S+ is open as mine$/,
  ],
];
for (const [before, line, said] of NAMELESS)
  test(`what stands in place of ${line}`, async () => {
    const file = join(cache, 'disk.raw');
    writeFileSync(file, Buffer.alloc(1024 * 1024));
    const lines = [...before, line].map(one => one.replaceAll('FILE', file));
    const told = await runOn(vm.address, lines);
    assert.match(told.said.join('\n'), said);
    assert.is(told.status, 2);
    const made = /node-name=(\w+)/.exec(before.join())?.[1];
    if (made !== undefined)
      assert.is((await runOn(vm.address, [`blockdev-del node-name=${made}`])).status, 0);
  });

// A word that is a command of QMP, or means one.
for (const [line, said] of [
  ['.cont', /there is no word \.cont; did you mean cont\?\nCommands of QMP have no dot\.$/],
  ['.query-status', /did you mean query-status\?\nCommands/],
  ['.pause', /did you mean stop\?\nCommands/],
  ['.grph', /did you mean \.graph/],
] as const)
  test(`the word ${line} is none`, async () => {
    const told = await runOn(vm.address, ['query-block', line]);
    assert.match(told.said.join('\n'), said);
  });

test('a line typed in one go is told the same, whatever completion asks meanwhile', () =>
  withDesk(async ({ screen }) => {
    screen.type('blockdev-del file=a.qcow2\r');
    await screen.waitFor(/no argument "file"\na\.qcow2 is open as node-A, which a device uses\./);
  }));

test.run();
