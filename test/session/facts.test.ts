import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reply, Request } from '../../src/qmp/message.ts';
import type { NameKind, Wanted } from '../../src/schema/names.ts';
import { Facts, isHarmless } from '../../src/session/facts.ts';
import type { Json, JsonObject } from '../../src/text/json.ts';
import { stringifyJson } from '../../src/text/json.ts';
import { openSession, withQemu } from '../qemu.ts';

function wanted(kind: NameKind, more: Partial<Wanted> = {}): Wanted {
  return { kind, typed: '', place: { start: 0, end: 0 }, given: {}, command: '', ...more };
}

const ANSWERS: { readonly [key: string]: Json } = {
  'query-named-block-nodes': [
    {
      'node-name': 'node-A',
      drv: 'qcow2',
      file: '/tmp/a.qcow2',
      ro: false,
      image: { 'virtual-size': 40894464, snapshots: [{ name: 'before', id: '1' }] },
      'dirty-bitmaps': [{ name: 'bitmap0', count: 65536 }, { count: 0 }],
    },
    { 'node-name': '#block123', drv: 'file', file: '/tmp/a.qcow2', ro: true },
    { 'node-name': 'node-B', drv: 'raw', 'dirty-bitmaps': [{ name: 'bitmap9' }] },
  ],
  'query-block': [
    { device: '', qdev: '/machine/peripheral/virtio0/virtio-backend', inserted: { 'node-name': 'node-A' } },
    { device: 'drive0', qdev: 'ide0', inserted: { 'node-name': '#block123' } },
  ],
  'query-jobs': [
    { id: 'r', type: 'mirror', status: 'ready' },
    { id: 'w', type: 'backup', status: 'running' },
    { id: 'p', type: 'backup', status: 'paused' },
    { id: 'n', type: 'backup', status: 'pending' },
    { id: 'c', type: 'create', status: 'concluded' },
    { id: 'x', type: 'create', status: 'running' },
  ],
  'query-block-exports': [{ id: 'e0', type: 'nbd', 'node-name': 'node-A' }],
  'query-chardev': [{ label: 'char0', filename: 'null' }],
  'query-iothreads': [{ id: 'io0' }],
  'query-commands': [{ name: 'quit' }, { name: 'cont' }],
  'human-monitor-command':
    'n1: index=0,type=user,net=10.0.2.0,restrict=off\r\nnet0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:56\r\n \\ n0: index=0,type=user,net=10.0.2.0,restrict=off\r\nfilters:\r\n  - f0: type=filter-dump,status=on\r\n',
  'qom-list-types': [
    { name: 'base-pci', parent: 'pci-device', abstract: true },
    { name: 'virtio-blk-pci', parent: 'virtio-pci' },
    { name: 'edu', parent: 'base-pci' },
    { name: 'ahci-bus-master', parent: 'device' },
    { name: 'usb-wacom', parent: 'usb-device' },
  ],
};

const LISTS: { readonly [path: string]: Json } = {
  '/': [
    { name: 'machine', type: 'child<pc>' },
    { name: 'type', type: 'string' },
  ],
  '/machine': [
    { name: 'peripheral', type: 'child<container>' },
    { name: 'cpu', type: 'link<cpu>' },
    { name: 'type', type: 'string' },
  ],
  '/machine/peripheral': [
    { name: 'virtio0', type: 'child<virtio-blk-pci>' },
    { name: 'type', type: 'string' },
  ],
  '/objects': [
    { name: 'sec0', type: 'child<secret>' },
    { name: 'tls0', type: 'child<tls-creds-x509>' },
    { name: 'type', type: 'string' },
  ],
};

function server() {
  const sent: Request[] = [];
  const ask = async (request: Request): Promise<Reply> => {
    sent.push(request);
    const path = request.arguments['path'];
    const value = typeof path === 'string' ? LISTS[path] : ANSWERS[request.execute];
    if (value !== undefined) return { kind: 'success', value, raw: {} };
    return { kind: 'refusal', class: 'GenericError', desc: 'no', raw: {} };
  };
  return { sent, facts: new Facts(ask) };
}

const KINDS: readonly (readonly [want: Wanted, names: string])[] = [
  [wanted('node'), 'node-A node-B #block123'],
  [wanted('node', { of: 'drive' }), 'node-A node-B drive0 #block123'],
  [wanted('netdev'), 'n1 n0'],
  [wanted('drive'), 'drive0'],
  [wanted('device'), 'virtio0 ide0'],
  [wanted('bitmap'), 'bitmap0 bitmap9'],
  [wanted('bitmap', { given: { node: 'node-B' } }), 'bitmap9'],
  [wanted('snapshot'), 'before'],
  [wanted('export'), 'e0'],
  [wanted('chardev'), 'char0'],
  [wanted('iothread'), 'io0'],
  [wanted('object'), 'sec0 tls0'],
  [wanted('object', { of: 'tls-creds' }), 'tls0'],
  [wanted('driver'), 'virtio-blk-pci edu usb-wacom ahci-bus-master'],
  [wanted('command'), 'cont quit'],
  [wanted('qom-path', { typed: '/mach' }), '/machine'],
  [wanted('qom-path', { typed: '/machine/p' }), '/machine/peripheral'],
  [wanted('qom-path', { typed: '/no/such' }), ''],
  [wanted('qom-property', { given: { path: '/machine' } }), 'type'],
  [wanted('job', { command: 'job-complete' }), 'r'],
  [wanted('job', { command: 'block-job-complete' }), 'r'],
  [wanted('job', { command: 'job-pause' }), 'r w x'],
  [wanted('job', { command: 'block-job-pause' }), 'r w'],
  [wanted('job', { command: 'job-resume' }), 'p'],
  [wanted('job', { command: 'job-finalize' }), 'n'],
  [wanted('job', { command: 'job-dismiss' }), 'c'],
  [wanted('job', { command: 'block-job-dismiss' }), ''],
  [wanted('job', { command: 'job-cancel' }), 'r w p n x'],
  [wanted('job', { command: 'block-job-cancel' }), 'r w p n'],
  [wanted('job', { command: 'block-job-set-speed' }), 'r w p'],
  [wanted('job', { command: '.wait' }), 'r w p n c x'],
];

for (const [want, names] of KINDS) {
  test(`${want.kind} ${want.of ?? ''} ${want.command} ${want.typed} ${stringifyJson(want.given)}: ${names}`, async () => {
    const { facts } = server();
    assert.is(facts.values(want), undefined);
    await facts.refresh(want);
    assert.is((facts.values(want) ?? []).map(({ text }) => text).join(' '), names);
  });
}

// Two chains, the first used by a device and read through a file named by QEMU; two free targets, one of them read-only; and
// a raw file below which nothing stands.
const CHAINS: readonly (readonly [name: string, drv: string, file: string, more?: JsonObject])[] = [
  ['base', 'qcow2', 'base.qcow2', { ro: true, children: [{ child: 'file', 'node-name': 'base-file' }] }],
  ['base-file', 'file', 'base.qcow2', { ro: true }],
  ['#f1', 'file', 'top.qcow2'],
  ['fixed', 'raw', 'fixed.raw', { ro: true }],
  ['small', 'qcow2', 'small.qcow2', { image: { 'virtual-size': 1 } }],
  [
    'top',
    'qcow2',
    'top.qcow2',
    {
      backing_file: 'base.qcow2',
      children: [
        { child: 'file', 'node-name': '#f1' },
        { child: 'backing', 'node-name': 'base' },
      ],
    },
  ],
  ['spare', 'qcow2', 'spare.qcow2'],
];

const FITS: readonly (readonly [want: Partial<Wanted>, names: string])[] = [
  [{ fit: 'root' }, 'top small spare fixed base base-file #f1'],
  [{ fit: 'free' }, 'small spare fixed top base base-file #f1'],
  [{ fit: 'free', given: { driver: 'scsi-cd' } }, 'fixed small spare base base-file top #f1'],
  [{ fit: 'target' }, 'small spare fixed top base base-file #f1'],
  [{ fit: 'target', given: { device: 'top' } }, 'spare small fixed base base-file #f1 top'],
  [{ fit: 'below' }, 'base base-file fixed small top spare #f1'],
  [{}, 'base base-file fixed small top spare #f1'],
];
for (const told of ['their children', 'file names'])
  test(`nodes come in the order in which an argument wants them, known by ${told}`, async () => {
    const nodes = CHAINS.map(([name, drv, file, more]) => {
      const { children = [], ...rest } = more ?? {};
      const size = { 'virtual-size': 40894464 };
      const row = { 'node-name': name, drv, file, ro: false, image: size, ...rest };
      return told === 'file names' ? row : { ...row, children };
    });
    const answers: { readonly [key: string]: Json } = {
      'query-named-block-nodes': nodes,
      'query-block': [{ device: '', qdev: 'virtio0', inserted: { 'node-name': 'top' } }],
    };
    const facts = new Facts(async ({ execute }) => ({
      kind: 'success',
      value: answers[execute] ?? [],
      raw: {},
    }));
    for (const [more, names] of FITS) {
      const want = wanted('node', more);
      await facts.refresh(want);
      assert.is(
        facts
          .values(want)
          ?.map(({ text }) => text)
          .join(' '),
        names,
        JSON.stringify(more),
      );
    }
  });

test('a node says its format, file, size and user', async () => {
  const { facts } = server();
  await facts.refresh(wanted('node'));
  assert.is(facts.values(wanted('node'))?.[0]?.note, 'qcow2, a.qcow2, 39 MiB, of virtio0');
});

// The queries that cannot harm a VM, spelled out again: whoever adds one has to do it here as well.
const ALLOWED = [
  ...['query-commands', 'query-qmp-schema', 'query-named-block-nodes', 'query-block', 'query-block-jobs'],
  ...[
    'query-jobs',
    'query-block-exports',
    'query-chardev',
    'query-iothreads',
    'query-status',
    'query-version',
  ],
  ...['qom-list', 'qom-list-types', 'human-monitor-command'],
];
const EVERY_KIND: { readonly [K in NameKind]: true } = {
  node: true,
  drive: true,
  device: true,
  job: true,
  bitmap: true,
  export: true,
  chardev: true,
  iothread: true,
  object: true,
  'qom-path': true,
  'qom-property': true,
  'qom-type': true,
  driver: true,
  bus: true,
  netdev: true,
  'device-property': true,
  snapshot: true,
  file: true,
  hmp: true,
  event: true,
  command: true,
  word: true,
};

test('nothing but harmless queries is ever sent, whatever is wanted', async () => {
  const { facts, sent } = server();
  const texts = ['', '/', '/machine', 'quit', 'device-list-properties', '__proto__', 'path /', '"; quit'];
  const givens: readonly JsonObject[] = texts.flatMap(text => [
    { path: text, driver: text, typename: text, node: text },
  ]);
  for (const kind of Object.keys(EVERY_KIND).filter((name): name is NameKind => name in EVERY_KIND)) {
    for (const typed of texts) {
      for (const given of givens) {
        const want = wanted(kind, { typed, given, command: typed, of: typed });
        await facts.refresh(want);
        facts.values(want);
      }
    }
  }
  assert.ok(sent.length > 10);
  const names = new Set(sent.map(({ execute }) => execute));
  assert.equal(
    [...names].filter(name => !ALLOWED.includes(name)),
    [],
  );
  // Flat: the images behind each node are not wanted, and take QEMU long where chains are deep.
  for (const { execute, arguments: args } of sent) {
    if (execute === 'human-monitor-command') assert.equal(args, { 'command-line': 'info network' });
    if (execute === 'query-named-block-nodes') assert.equal(args, { flat: true });
  }
});

test('of the human monitor one line is harmless', () => {
  for (const [line, harmless] of [
    ['info network', true],
    ['quit', false],
    ['info network; quit', false],
    ['', false],
  ] as const)
    assert.is(
      isHarmless({ execute: 'human-monitor-command', arguments: { 'command-line': line } }),
      harmless,
      line,
    );
});

const STALE: readonly (readonly [kind: NameKind, change: string, asks: boolean])[] = [
  ['node', 'blockdev-add', true],
  ['node', 'JOB_STATUS_CHANGE', true],
  ['node', 'qom-get', false],
  ['node', 'RTC_CHANGE', false],
  ['node', 'transaction', true],
  ['job', 'JOB_STATUS_CHANGE', true],
  ['job', 'block-job-pause', true],
  ['job', 'snapshot-save', true],
  ['job', 'query-jobs', false],
  ['device', 'DEVICE_DELETED', true],
  ['device', 'device_add', true],
  ['export', 'block-export-add', true],
  ['export', 'BLOCK_EXPORT_DELETED', true],
  ['bitmap', 'block-dirty-bitmap-add', true],
  ['chardev', 'chardev-add', true],
  ['object', 'object-add', true],
  ['iothread', 'object-del', true],
  ['qom-path', 'device_add', true],
  ['driver', 'blockdev-add', false],
  ['netdev', 'netdev_add', true],
  ['netdev', 'DEVICE_DELETED', true],
];

for (const [kind, change, asks] of STALE) {
  test(`${kind} is ${asks ? '' : 'not '}asked again after ${change}`, async () => {
    const { facts, sent } = server();
    const want = wanted(kind);
    await facts.refresh(want);
    const before = sent.length;
    await facts.refresh(want);
    assert.is(sent.length, before, 'asked twice for nothing');
    if (change === change.toUpperCase()) facts.onEvent({ name: change, data: {}, raw: {} });
    else facts.onCommand(change);
    assert.is(facts.isStale(want), asks);
    assert.ok(facts.values(want) !== undefined, 'what was known is gone');
    await facts.refresh(want);
    assert.is(sent.length > before, asks);
  });
}

test('one question at a time; a change while it is under way is asked about later', async () => {
  const waiting: (() => void)[] = [];
  let asked = 0;
  const facts = new Facts(
    () =>
      new Promise(resolve => {
        asked++;
        waiting.push(() => resolve({ kind: 'success', value: [{ id: `io${asked}` }], raw: {} }));
      }),
  );
  const want = wanted('iothread');
  const both = Promise.all([facts.refresh(want), facts.refresh(want)]);
  assert.is(asked, 1);
  facts.onCommand('object-add');
  waiting.shift()?.();
  await both;
  assert.is(facts.isStale(want), true);
  const again = facts.refresh(want);
  waiting.shift()?.();
  await again;
  assert.is(asked, 2);
  assert.equal(facts.values(want), [{ text: 'io2' }]);
});

test('a lost connection is told once, and asked again afterwards', async () => {
  let lost = true;
  const facts = new Facts(async () => {
    if (lost) throw new Error('lost');
    return { kind: 'success', value: [{ id: 'io0' }], raw: {} };
  });
  const want = wanted('iothread');
  await facts.refresh(want).then(
    () => assert.unreachable(),
    error => assert.is(error.message, 'lost'),
  );
  lost = false;
  await facts.refresh(want);
  assert.equal(facts.values(want), [{ text: 'io0' }]);
  facts.forget();
  assert.is(facts.values(want), undefined);
});

test('a refusal leaves an empty list and is not repeated', async () => {
  const { facts, sent } = server();
  const want = wanted('qom-path', { typed: '/gone/x' });
  await facts.refresh(want);
  await facts.refresh(want);
  assert.equal(facts.values(want), []);
  assert.is(sent.length, 1);
});

test('on a real QEMU: nodes, devices, drivers, paths and properties', async () => {
  const disk = 'driver=qcow2,node-name=node-A,file.driver=file,file.filename=a.qcow2';
  const args = ['-blockdev', disk, '-device', 'virtio-blk-pci,drive=node-A,id=virtio0'];
  const more = ['-object', 'iothread,id=io0', '-object', 'secret,id=sec0,data=x'];
  const disks = [['a.qcow2', '39M']] as const;
  await withQemu({ disks, args: [...args, ...more] }, async ({ address }) => {
    const session = await openSession(address);
    const facts = new Facts(request => session.send(request).reply);
    const names = async (want: Wanted) => {
      await facts.refresh(want);
      return (facts.values(want) ?? []).map(({ text }) => text);
    };
    assert.is((await names(wanted('node')))[0], 'node-A');
    assert.is(facts.values(wanted('node'))?.[0]?.note, 'qcow2, a.qcow2, 39 MiB, of virtio0');
    assert.equal(await names(wanted('device')), ['virtio0']);
    assert.equal(await names(wanted('iothread')), ['io0']);
    assert.equal(await names(wanted('object', { of: 'secret' })), ['sec0']);
    assert.ok((await names(wanted('driver'))).includes('virtio-blk-pci'));
    assert.ok((await names(wanted('chardev'))).includes('qmp'));
    const path = '/machine/peripheral/virtio0';
    assert.ok((await names(wanted('qom-path', { typed: '/machine/peripheral/v' }))).includes(path));
    assert.ok((await names(wanted('qom-property', { given: { path } }))).includes('hotplugged'));
    await session.close();
  });
});

test.run();
