// What people type for lists, for objects in two pieces, and for file names in quotes: taken where it has one meaning,
// else with advice that is a line that works.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../src/language/parse.ts';
import type { Schema } from '../../src/schema/model.ts';
import type { Json } from '../../src/text/json.ts';
import { recordedSchema, VERSIONS } from '../schema/walked.ts';

const SCHEMAS = VERSIONS.map(version => ({ version, schema: recordedSchema(version) }));

const key = (data: string) => ({ type: 'qcode', data });
const USER = { type: 'user', id: 'n' };

/** The arguments a line is sent with, or the message and advice of its first problem. */
function read(line: string, schema?: Schema): Json | { message: string; advice: string } {
  const found = parse(line, schema);
  if (found.kind === 'command') return found.request.arguments;
  if (found.kind !== 'wrong') return null;
  const [{ message, advice = '' }] = found.problems;
  return { message, advice };
}

const TAKEN: readonly (readonly [line: string, sent: Json])[] = [
  ['send-key keys=a', { keys: [key('a')] }],
  ['send-key keys=ret', { keys: [key('ret')] }],
  ['send-key keys=ctrl-alt-delete', { keys: ['ctrl', 'alt', 'delete'].map(key) }],
  ['send-key keys=ctrl,alt,f1', { keys: ['ctrl', 'alt', 'f1'].map(key) }],
  ['send-key keys="ctrl-c"', { keys: ['ctrl', 'c'].map(key) }],
  ['send-key keys.0=ctrl keys.1=alt keys.2=delete', { keys: ['ctrl', 'alt', 'delete'].map(key) }],
  ['send-key keys.0=shift keys.1.type=qcode keys.1.data=a', { keys: ['shift', 'a'].map(key) }],
  ['send-key keys="1"', { keys: [key('1')] }],
  ['send-key keys.0="1"', { keys: [key('1')] }],
  ['send-key keys=0x1e', { keys: [{ type: 'number', data: 30 }] }],
  ['netdev_add type=user id=n hostfwd=tcp::2222-:22', { ...USER, hostfwd: [{ str: 'tcp::2222-:22' }] }],
  ['netdev_add type=user id=n hostfwd="tcp::2222-:22"', { ...USER, hostfwd: [{ str: 'tcp::2222-:22' }] }],
  [
    'netdev_add type=user id=n hostfwd.0=tcp::2222-:22 hostfwd.1=tcp::8080-:80',
    { ...USER, hostfwd: [{ str: 'tcp::2222-:22' }, { str: 'tcp::8080-:80' }] },
  ],
  ['netdev_add type=user id=n dnssearch=example.org', { ...USER, dnssearch: [{ str: 'example.org' }] }],
  ['netdev_add type=user id=n hostfwd.0.str=tcp::1-:2', { ...USER, hostfwd: [{ str: 'tcp::1-:2' }] }],
  ['query-stats target=vm providers=kvm', { target: 'vm', providers: [{ provider: 'kvm' }] }],
  [
    'block-export-add type=nbd id=e node-name=n bitmaps=b0',
    { type: 'nbd', id: 'e', 'node-name': 'n', bitmaps: ['b0'] },
  ],
  ['block-dirty-bitmap-merge node=n target=t bitmaps=b0', { node: 'n', target: 't', bitmaps: ['b0'] }],
  [
    'object-add qom-type=memory-backend-ram id=m size=1M host-nodes=0',
    { 'qom-type': 'memory-backend-ram', id: 'm', size: 1048576, 'host-nodes': [0] },
  ],
  [
    'object-add qom-type=memory-backend-ram id=m size=1M host-nodes=0,1',
    { 'qom-type': 'memory-backend-ram', id: 'm', size: 1048576, 'host-nodes': [0, 1] },
  ],
  // An object in two pieces.
  [
    'blockdev-add driver=raw node-name=n file={"driver":"file"} file.filename=x',
    { driver: 'raw', 'node-name': 'n', file: { driver: 'file', filename: 'x' } },
  ],
  [
    'blockdev-add driver=raw node-name=n file.filename=x file={"driver":"file"}',
    { driver: 'raw', 'node-name': 'n', file: { driver: 'file', filename: 'x' } },
  ],
  [
    "blockdev-add driver=raw node-name=n file={'driver':'file'} file.filename=007",
    { driver: 'raw', 'node-name': 'n', file: { driver: 'file', filename: '007' } },
  ],
  [
    'blockdev-add driver=raw node-name=n file={"driver":"file","filename":"x"} file.read-only=on',
    { driver: 'raw', 'node-name': 'n', file: { driver: 'file', filename: 'x', 'read-only': true } },
  ],
  [
    'blockdev-add driver=qcow2 node-name=n file={"driver":"raw","file":{"driver":"file"}} file.file.filename=x',
    { driver: 'qcow2', 'node-name': 'n', file: { driver: 'raw', file: { driver: 'file', filename: 'x' } } },
  ],
  [
    'blockdev-add driver=qcow2 node-name=n file.driver=raw file.file={"driver":"file"} file.file.filename=x',
    { driver: 'qcow2', 'node-name': 'n', file: { driver: 'raw', file: { driver: 'file', filename: 'x' } } },
  ],
  [
    'blockdev-add driver=qcow2 node-name=n file={"driver":"file","filename":"x"} cache={"direct":true} cache.no-flush=on',
    {
      driver: 'qcow2',
      'node-name': 'n',
      file: { driver: 'file', filename: 'x' },
      cache: { direct: true, 'no-flush': true },
    },
  ],
  [
    'nbd-server-start addr={"type":"inet","data":{"host":"::"}} addr.data.port=10809',
    { addr: { type: 'inet', data: { host: '::', port: '10809' } } },
  ],
];

// What is refused, and the arguments that the advice puts in place of the wrong ones.
const ADVISED: readonly (readonly [line: string, message: RegExp, works: string])[] = [
  ['send-key keys=1', /takes list of object/, 'keys.0.type=number keys.0.data=1'],
  ['send-key keys=1', /takes list of object/, 'keys.0.type=qcode keys.0.data=1'],
  ['send-key keys=["ctrl"]', /"keys.0" takes object/, 'keys.0.type=qcode keys.0.data=ctrl'],
  [
    'migrate-set-capabilities capabilities=xbzrle',
    /takes list of object/,
    'capabilities.0.capability=xbzrle capabilities.0.state=true',
  ],
  [
    'blockdev-add driver=qcow2 node-name=n filename=a.qcow2',
    /no argument "filename" with driver=qcow2/,
    'file.driver=file file.filename=a.qcow2',
  ],
  ['chardev-add id=c backend.type=pty', /"backend" needs data/, 'backend.data={}'],
  [
    'migrate-set-capabilities xbzrle=on',
    /no argument "xbzrle"/,
    'capabilities.0.capability=xbzrle capabilities.0.state=on',
  ],
  [
    'migrate-set-capabilities auto-converge=off',
    /no argument "auto-converge"/,
    'capabilities.0.capability=auto-converge capabilities.0.state=off',
  ],
  [
    'blockdev-add options={"driver":"null-co","node-name":"n"}',
    /no argument "options"/,
    'blockdev-add driver=null-co node-name=n',
  ],
  [
    'blockdev-add options.driver=null-co options.node-name=n',
    /no argument "options"/,
    'blockdev-add driver=null-co node-name=n',
  ],
  [
    'blockdev-add options={"driver":"qcow2","node-name":"n","file":{"driver":"file","filename":"a b"}}',
    /no argument "options"/,
    'blockdev-add driver=qcow2 node-name=n file.driver=file file.filename="a b"',
  ],
  [
    'object-add qom-type=memory-backend-ram id=m props={"size":1048576}',
    /no argument "props"/,
    'object-add qom-type=memory-backend-ram id=m size=1048576',
  ],
  [
    'object-add qom-type=secret id=s props.data=abc',
    /no argument "props"/,
    'object-add qom-type=secret id=s data=abc',
  ],
  ['object-add qom-type=iothread id=i props={}', /no argument "props"/, 'object-add qom-type=iothread id=i'],
];

const REFUSED: readonly (readonly [line: string, message: RegExp, advice: RegExp])[] = [
  ['send-key keys=ctlr', /takes list of object, not "ctlr"/, /keys\.0\.type=number\|qcode/],
  ['send-key keys=ctrl-alt-dalete', /takes list of object/, /keys\.0\.type=/],
  ['yank instances=chardev', /takes list of object/, /instances\.0\.type=/],
  ['blockdev-reopen driver=raw node-name=n', /no argument "driver"/, /^Write options\.0\.driver=raw$/],
  ['nbd-server-start host=::', /no argument "host"|needs addr/, /addr/],
  [
    'blockdev-add driver=raw node-name=n file={"driver":"file"} file.driver=raw',
    /"file.driver" is given twice/,
    /Take one/,
  ],
  [
    'blockdev-add driver=raw node-name=n file.driver=raw file={"driver":"file"}',
    /"file.driver" is given twice/,
    /Take one/,
  ],
  [
    'blockdev-add driver=raw node-name=n file={"driver":"file"} file={"filename":"x"}',
    /"file" is given twice/,
    /Take one/,
  ],
  [
    'blockdev-add driver=raw node-name=n file=x file.filename=x',
    /"file" cannot have a value and members/,
    /Give either/,
  ],
  [
    'blockdev-add driver=raw node-name=n file.filename=x file=x',
    /"file" cannot have a value and members/,
    /Give either/,
  ],
  [
    'blockdev-add driver=raw node-name=n file={"driver":"file"} file.driver.x=1',
    /"file.driver" is given twice/,
    /Take one/,
  ],
];

for (const { version, schema } of SCHEMAS) {
  for (const [line, sent] of TAKEN) {
    test(`${version}: ${line}`, () => assert.equal(read(line, schema), sent));
  }
  for (const [line, message, works] of ADVISED) {
    test(`${version}: ${line} points to ${works}`, () => {
      const got = Object(read(line, schema));
      assert.match(got.message, message);
      assert.ok(got.advice.includes(works), got.advice);
      // The line with the advised arguments in place of the one that is wrong.
      const wrong = /no argument "(.*?)"|"(\w+)[.\w]*" takes/.exec(got.message);
      const key = wrong?.[1] ?? wrong?.[2] ?? '';
      const kept = line.split(' ').filter(part => key === '' || !new RegExp(`^${key}[.=]`).test(part));
      const whole = /^(?:blockdev|object)-add /.test(works);
      const meant = whole ? works : [...kept, works].join(' ');
      assert.is(parse(meant, schema).kind, 'command', meant);
    });
  }
  for (const [line, message, advice] of REFUSED) {
    test(`${version}: ${line}`, () => {
      const got = Object(read(line, schema));
      assert.match(got.message, message);
      assert.match(got.advice, advice);
    });
  }
}

test('without a schema, too, an object may come in two pieces', () => {
  assert.equal(read('x a={"b":1} a.c=2'), { a: { b: 1, c: 2 } });
  assert.equal(read('x a.c.d=2 a={"b":1,"c":{"e":3}}'), { a: { b: 1, c: { e: 3, d: 2 } } });
  assert.match(Object(read('x a={"b":1} a.b=2')).message, /"a.b" is given twice/);
  assert.match(Object(read('x a=[1] a.1=2')).message, /cannot have a value and members/);
});

// File names in quotes: what the warning says, or nothing.
const NAMES: readonly (readonly [line: string, warning: RegExp | undefined])[] = [
  [
    String.raw`blockdev-add driver=file node-name=n filename="C:\new.qcow2"`,
    /filename holds a line feed \(\\n\)/,
  ],
  [
    String.raw`blockdev-add driver=file node-name=n filename='C:\temp\a.qcow2'`,
    /filename holds a tab \(\\t\)/,
  ],
  [String.raw`blockdev-add driver=file node-name=n filename="D:\backup\x"`, /holds a backspace|x/],
  [
    String.raw`blockdev-add driver=raw node-name=n file={"driver":"file","filename":"C:\new"}`,
    /file\.filename holds a line feed/,
  ],
  [
    String.raw`blockdev-snapshot-sync device=d snapshot-file="E:\runs\s.qcow2"`,
    /snapshot-file holds a carriage return/,
  ],
  [String.raw`drive-backup device=d sync=full target="E:\full.qcow2"`, /target holds a form feed/],
  [String.raw`screendump filename="C:\vm.ppm"`, /filename holds a vertical tab/],
  [
    String.raw`transaction( blockdev-snapshot-sync device=d snapshot-file="E:\new" )`,
    /snapshot-file holds a line feed/,
  ],
  [String.raw`blockdev-add driver=file node-name=n filename="C:\\new.qcow2"`, undefined],
  [String.raw`blockdev-add driver=file node-name=n filename=C:\new.qcow2`, undefined],
  [String.raw`object-add qom-type=secret id=s data="a\nb"`, undefined],
  [String.raw`human-monitor-command command-line="info\tblock"`, undefined],
];
for (const [line, warning] of NAMES) {
  test(`file name: ${line}`, () => {
    for (const { schema } of SCHEMAS) {
      const found = parse(line, schema);
      if (found.kind === 'wrong') {
        assert.match(found.problems[0].message, /the escape .* is not known/);
        continue;
      }
      const messages = found.kind === 'command' ? found.warnings.map(({ message }) => message) : [];
      const told = messages.filter(message => message.startsWith('the file name'));
      assert.is(told.length, warning === undefined ? 0 : 1, messages.join());
      if (warning) assert.match(told[0] ?? '', warning);
    }
  });
}

test('an unknown escape in a file name is an error that says how a backslash is written', () => {
  const found = Object(read(String.raw`blockdev-add driver=file node-name=n filename="C:\disks\a"`));
  assert.match(found.message, /the escape \\d is not known/);
  assert.match(found.advice, /written as \\\\; without the quotes it stands for itself/);
});

test.run();
