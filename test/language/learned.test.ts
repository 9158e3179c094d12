// Values whose types QEMU's schema leaves open, by what QEMU tells of them elsewhere: the same type for completion,
// check and value. The rows of properties were told by QEMU 7.2 and 10.0.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complete } from '../../src/language/complete.ts';
import { hint } from '../../src/language/hint.ts';
import { parse } from '../../src/language/parse.ts';
import { print } from '../../src/language/print.ts';
import { lessonOf, propertiesIn, withLearned } from '../../src/schema/learned.ts';
import type { Schema } from '../../src/schema/model.ts';
import type { Json, JsonObject } from '../../src/text/json.ts';
import { plain } from '../../src/text/line.ts';
import { recordedSchema } from '../schema/walked.ts';

const row = (name: string, type: string, description = '', value?: Json): Json => ({
  name,
  type,
  ...(description === '' ? {} : { description }),
  ...(value === undefined ? {} : { 'default-value': value }),
});

const TYPES: ReadonlyMap<string, Json> = new Map<string, Json>([
  [
    'virtio-blk-pci',
    [
      row('serial', 'str'),
      row('drive', 'str', 'Node name or ID of a block device to use as a backend'),
      row('addr', 'int32', 'Slot and optional function number, example: 06.0 or 06', -1),
      row('multifunction', 'bool', 'on/off', false),
      row('disable-legacy', 'OnOffAuto', 'on/off/auto', 'auto'),
      row('vectors', 'uint32', '', 4294967295),
      row('discard_granularity', 'size', '', 4294967295),
      row('bootindex', 'int32'),
      row('iothread', 'link<iothread>'),
      row('werror', 'BlockdevOnError', 'Error handling policy, report/ignore/enospc/stop/auto', 'auto'),
      row('iothread-vq-mapping', 'IOThreadVirtQueueMappingList', 'IOThread virtqueue mapping list'),
      row('x-pcie-pm-init', 'bool', 'on/off', true),
      row('virtio-backend', 'child<virtio-blk-device>'),
    ],
  ],
  ['ide-hd', [row('wwn', 'uint64', '', 0), row('model', 'str'), row('ver', 'str'), row('unit', 'uint32')]],
  ['floppy', [row('drive-type', 'FdcDriveType', 'FDC drive type, 144/288/120/none/auto', 'auto')]],
  ['usb-storage', [row('port', 'str'), row('serial', 'str'), row('removable', 'bool')]],
  ['nvdimm', [row('uuid', 'QemuUUID'), row('label-size', 'int'), row('unarmed', 'bool')]],
]);
const PATHS: ReadonlyMap<string, Json> = new Map<string, Json>([
  [
    '/machine',
    [
      row('graphics', 'bool'),
      row('append', 'string'),
      row('phandle-start', 'int'),
      row('bus-lock-ratelimit', 'uint64_t'),
      row('max-ram-below-4g', 'size'),
      row('acpi', 'OnOffAuto'),
      row('boot', 'BootConfiguration'),
      row('peripheral', 'child<container>'),
    ],
  ],
]);

function knowing(version: string): Schema {
  return withLearned(recordedSchema(version), {
    ofType: name => (TYPES.has(name) ? propertiesIn(TYPES.get(name)) : undefined),
    ofObject: path => (PATHS.has(path) ? propertiesIn(PATHS.get(path)) : undefined),
  });
}

const SCHEMAS = ['7.2', '11.1'].map(version => ({ version, schema: knowing(version) }));

/** What a line is sent as, or what is wrong with it. */
function read(line: string, schema: Schema): Json {
  const found = parse(line, schema);
  if (found.kind === 'wrong') return found.problems[0].message;
  return found.kind === 'command' ? found.request.arguments : null;
}

const BLK = 'device_add driver=virtio-blk-pci';

// What is typed behind the driver, and the members it is sent as.
const DEVICES: readonly (readonly [typed: string, sent: Json | string])[] = [
  [`${BLK} serial=000123`, { serial: '000123' }],
  [`${BLK} serial=0x10`, { serial: '0x10' }],
  [`${BLK} serial=true`, { serial: 'true' }],
  [`${BLK} serial=1_000`, { serial: '1_000' }],
  [`${BLK} serial="000123"`, { serial: '000123' }],
  [`${BLK} serial={a}`, { serial: '{a}' }],
  [`${BLK} drive=1`, { drive: '1' }],
  [`${BLK} drive=node-A serial=5`, { drive: 'node-A', serial: '5' }],
  [`${BLK} iothread=0`, { iothread: '0' }],
  // A slot: as a number it would be the function of slot 0.
  [`${BLK} addr=5`, { addr: '5' }],
  [`${BLK} addr=06`, { addr: '06' }],
  [`${BLK} addr=06.0`, { addr: '06.0' }],
  [`${BLK} addr=0x5`, { addr: '0x5' }],
  [`${BLK} multifunction=on`, { multifunction: true }],
  [`${BLK} multifunction=off`, { multifunction: false }],
  [`${BLK} multifunction=yes`, { multifunction: true }],
  [`${BLK} multifunction=no`, { multifunction: false }],
  [`${BLK} multifunction=true`, { multifunction: true }],
  [`${BLK} multifunction=ON`, { multifunction: true }],
  // QEMU before 9.2 takes text for everything: what was put in quotes stays as it is.
  [`${BLK} multifunction="on"`, { multifunction: 'on' }],
  [`${BLK} vectors="3"`, { vectors: '3' }],
  [`${BLK} multifunction=1`, '"multifunction" takes bool, not "1"'],
  [`${BLK} multifunction=maybe`, '"multifunction" takes bool, not "maybe"'],
  [`${BLK} multifunction="maybe"`, '"multifunction" takes bool, not "maybe"'],
  [`${BLK} disable-legacy=on`, { 'disable-legacy': 'on' }],
  [`${BLK} disable-legacy=auto`, { 'disable-legacy': 'auto' }],
  [`${BLK} disable-legacy=true`, { 'disable-legacy': 'on' }],
  [`${BLK} disable-legacy=no`, { 'disable-legacy': 'off' }],
  [`${BLK} disable-legacy=never`, '"disable-legacy" cannot be "never"'],
  [`${BLK} vectors=0x3`, { vectors: 3 }],
  [`${BLK} vectors=3`, { vectors: 3 }],
  [`${BLK} vectors=three`, '"vectors" takes int, not "three"'],
  [`${BLK} bootindex=-1`, { bootindex: -1 }],
  [`${BLK} discard_granularity=64k`, { discard_granularity: 65536 }],
  [`${BLK} discard_granularity=1M`, { discard_granularity: 1048576 }],
  [`${BLK} werror=stop`, { werror: 'stop' }],
  // What a description lists may not be all there is.
  [`${BLK} werror=other`, { werror: 'other' }],
  [`${BLK} iothread-vq-mapping=[{"iothread":"i0"}]`, { 'iothread-vq-mapping': [{ iothread: 'i0' }] }],
  [`${BLK} iothread-vq-mapping.0.iothread=i0`, { 'iothread-vq-mapping': [{ iothread: 'i0' }] }],
  [`${BLK} x-pcie-pm-init=off`, { 'x-pcie-pm-init': false }],
  // Unknown here: as before there were facts.
  [`${BLK} nobody-told=5`, { 'nobody-told': 5 }],
  ['device_add driver=unknown-device a=5 b=on c=007', { a: 5, b: 'on', c: 7 }],
  ['device_add driver=ide-hd model=4711 ver=2.50', { model: '4711', ver: '2.50' }],
  ['device_add driver=floppy drive-type=144', { 'drive-type': '144' }],
  ['device_add driver=usb-storage port=2 serial=0001', { port: '2', serial: '0001' }],
  ['device_add driver=usb-storage port=1.2 removable=yes', { port: '1.2', removable: true }],
  ['device_add driver=nvdimm uuid=12345678 label-size=128k', { uuid: '12345678', 'label-size': 131072 }],
];

for (const { version, schema } of SCHEMAS) {
  for (const [line, sent] of DEVICES) {
    test(`${version}: ${line}`, () => {
      const driver = /driver=(\S+)/.exec(line)?.[1] ?? '';
      const got = read(line, schema);
      assert.equal(got, typeof sent === 'string' ? sent : { driver, ...Object(sent) });
    });
  }
}

// Commands whose types the schema itself tells.
const TOLD: readonly (readonly [line: string, sent: Json])[] = [
  ['netdev_add type=user id=n net=10 restrict=on', { type: 'user', id: 'n', net: '10', restrict: true }],
  [
    'netdev_add type=tap id=n fd=007 vhost=yes queues=0x2',
    { type: 'tap', id: 'n', fd: '007', vhost: true, queues: 2 },
  ],
  [
    'chardev-add id=c backend.type=socket backend.data.addr.type=inet backend.data.addr.data.host=0 backend.data.addr.data.port=04444 backend.data.server=off',
    {
      id: 'c',
      backend: {
        type: 'socket',
        data: { addr: { type: 'inet', data: { host: '0', port: '04444' } }, server: false },
      },
    },
  ],
  [
    'object-add qom-type=memory-backend-ram id=m size=1G share=on prealloc=no',
    { 'qom-type': 'memory-backend-ram', id: 'm', size: 1073741824, share: true, prealloc: false },
  ],
  ['object-add qom-type=secret id=s data=007', { 'qom-type': 'secret', id: 's', data: '007' }],
  [
    'object-add qom-type=iothread id=i poll-max-ns=64k',
    { 'qom-type': 'iothread', id: 'i', 'poll-max-ns': 65536 },
  ],
];
for (const { version, schema } of SCHEMAS)
  for (const [line, sent] of TOLD) test(`${version}: ${line}`, () => assert.equal(read(line, schema), sent));

test('object-add of a QEMU whose schema leaves it open takes the types that were learned', () => {
  const old = recordedSchema('7.2');
  const command = old.commands.get('object-add');
  if (command === undefined) throw new Error('no object-add');
  const members = command.arguments.members;
  const open = { ...command, arguments: { kind: 'object' as const, members, open: true } };
  const schema = withLearned(
    { ...old, commands: new Map([...old.commands, ['object-add', open]]) },
    {
      ofType: name => (name === 'secret' ? propertiesIn([row('data', 'string'), row('loaded', 'bool')]) : []),
      ofObject: () => undefined,
    },
  );
  const line = 'object-add qom-type=secret id=s data=007 loaded=on';
  assert.equal(read(line, schema), { 'qom-type': 'secret', id: 's', data: '007', loaded: true });
  const lesson = lessonOf(schema, 'object-add', { 'qom-type': 'secret', id: 's', data: 'x' });
  assert.equal(lesson, { lesson: { of: 'object', type: 'secret' }, more: true });
});

// What has to be learned for a line: nothing where no value's type is open.
const LESSONS: readonly (readonly [execute: string, args: JsonObject, lesson: Json | undefined])[] = [
  ['device_add', { driver: 'x', id: 'd', bus: 'b' }, { lesson: { of: 'device', type: 'x' }, more: false }],
  ['device_add', { driver: 'x', a: 1 }, { lesson: { of: 'device', type: 'x' }, more: true }],
  ['device_add', { id: 'x' }, undefined],
  ['qom-set', { path: '/machine', property: 'p' }, { lesson: { of: 'path', path: '/machine' }, more: false }],
  ['qom-set', { path: '/machine', value: 1 }, { lesson: { of: 'path', path: '/machine' }, more: true }],
  ['qom-set', { property: 'p', value: 1 }, undefined],
  ['object-add', { 'qom-type': 'secret', data: 'x' }, undefined],
  ['query-status', {}, undefined],
  ['blockdev-add', { driver: 'raw' }, undefined],
];
for (const { version, schema } of SCHEMAS)
  for (const [execute, args, lesson] of LESSONS)
    test(`${version}: to learn for ${execute} ${JSON.stringify(args)}`, () =>
      assert.equal(lessonOf(schema, execute, args), lesson));

test('a world wide name stays exact', () => {
  const line = 'device_add driver=ide-hd wwn=0x5000c50015ea71ac';
  for (const { schema } of SCHEMAS)
    assert.equal(read(line, schema), { driver: 'ide-hd', wwn: 0x5000c50015ea71acn });
});

const SET = 'qom-set path=/machine property=';
const OBJECTS: readonly (readonly [typed: string, value: Json | { readonly wrong: string }])[] = [
  [`${SET}graphics value=off`, false],
  [`${SET}graphics value=yes`, true],
  [`${SET}graphics value=false`, false],
  [`${SET}append value=007`, '007'],
  [`${SET}append value=true`, 'true'],
  [`${SET}phandle-start value=0x10`, 16],
  [`${SET}bus-lock-ratelimit value=5k`, 5120],
  [`${SET}max-ram-below-4g value=2G`, 2147483648],
  [`${SET}acpi value=true`, 'on'],
  [`${SET}acpi value=auto`, 'auto'],
  [`${SET}boot value={"order":"c"}`, { order: 'c' }],
  [`${SET}boot value.order=c`, { order: 'c' }],
  [`${SET}nobody-told value=on`, 'on'],
  [`${SET}nobody-told value=5`, 5],
  ['qom-set path=/nowhere property=graphics value=off', 'off'],
  [`${SET}graphics value=maybe`, { wrong: '"value" takes bool, not "maybe"' }],
  [`${SET}phandle-start value=many`, { wrong: '"value" takes int, not "many"' }],
];

for (const { version, schema } of SCHEMAS) {
  for (const [line, value] of OBJECTS) {
    test(`${version}: ${line}`, () => {
      const got = read(line, schema);
      if (typeof value === 'object' && value !== null && 'wrong' in value) assert.is(got, value.wrong);
      else assert.equal(Object(got).value, value);
    });
  }
}

test('what is offered, and the row under the line, tell the same types', () => {
  for (const { schema } of SCHEMAS) {
    const at = (line: string) => complete(line, line.length, schema).candidates;
    const labels = (line: string) => at(line).map(({ text }) => text);
    assert.equal(labels(`${BLK} multifunction=`), ['true', 'false']);
    assert.equal(labels(`${BLK} disable-legacy=`), ['on', 'off', 'auto']);
    assert.equal(labels(`${BLK} werror=`), ['report', 'ignore', 'enospc', 'stop', 'auto']);
    assert.equal(labels(`${SET}graphics value=`), ['true', 'false']);
    assert.equal(labels(`${SET}acpi value=`), ['on', 'off', 'auto']);
    const [serial, vectors] = ['ser', 'vec'].map(typed => at(`${BLK} ${typed}`)[0]);
    assert.equal([serial?.text, serial?.note, serial?.after], ['serial', 'str', '=']);
    assert.equal([vectors?.text, vectors?.note], ['vectors', 'uint32 · default 4294967295']);
    assert.equal(
      labels(`${BLK} `).filter(name => name === 'virtio-backend' || name === 'serial'),
      ['serial'],
    );
    assert.is(labels(`${BLK} `).at(-1), 'x-pcie-pm-init');
    assert.match(plain(hint(`${BLK} serial=`, `${BLK} serial=`.length, schema) ?? []), /\bstr\b/);
  }
});

test('what was learned prints as it is typed', () => {
  for (const { schema } of SCHEMAS) {
    for (const [line] of [...DEVICES, ...OBJECTS]) {
      const found = parse(line, schema);
      if (found.kind !== 'command') continue;
      const again = parse(print(found.request, schema), schema);
      assert.equal(again.kind === 'command' && again.request.arguments, found.request.arguments, line);
    }
  }
});

test.run();
