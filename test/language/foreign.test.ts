// Lines written for a shell, for the human monitor, for QEMU's command line or by a word processor: one message each, and
// the line that was meant, which is taken.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../src/language/parse.ts';
import type { Json } from '../../src/text/json.ts';
import { recordedSchema, VERSIONS } from '../schema/walked.ts';

const SCHEMAS = VERSIONS.map(version => ({ version, schema: recordedSchema(version) }));

// The line, what is said, and the line that is offered.
const MEANT: readonly (readonly [line: string, message: RegExp, offered: string])[] = [
  // QEMU's command line.
  ['device_add virtio-blk-pci,drive=x,id=y', /command line/, 'device_add driver=virtio-blk-pci drive=x id=y'],
  ['device_add usb-tablet,id=t', /command line/, 'device_add driver=usb-tablet id=t'],
  [
    'device_add driver=virtio-net-pci,netdev=n,mac=52:54:00:12:34:56',
    /command line/,
    'device_add driver=virtio-net-pci netdev=n mac=52:54:00:12:34:56',
  ],
  ['device_add e1000', /no argument/, 'device_add driver=e1000'],
  [
    'device_add usb-storage,drive=d,removable,id=u',
    /command line/,
    'device_add driver=usb-storage drive=d removable=on id=u',
  ],
  [
    '-device virtio-blk-pci,drive=x,id=y',
    /option of QEMU's command line/,
    'device_add driver=virtio-blk-pci drive=x id=y',
  ],
  [
    '-blockdev driver=file,node-name=n,filename=a,,b',
    /option of QEMU's command line/,
    'blockdev-add driver=file node-name=n filename=a,b',
  ],
  [
    '-blockdev {"driver":"null-co","node-name":"n"}',
    /option of QEMU's command line/,
    'blockdev-add driver=null-co node-name=n',
  ],
  ['-netdev user,id=n0', /option of QEMU's command line/, 'netdev_add type=user id=n0'],
  ['--object iothread,id=i', /option of QEMU's command line/, 'object-add qom-type=iothread id=i'],
  ['-chardev socket,id=c,path=/x', /option of QEMU's command line/, '.hmp chardev-add socket,id=c,path=/x'],
  [
    'chardev-add socket,id=c,path=/x,server=on',
    /command line/,
    '.hmp chardev-add socket,id=c,path=/x,server=on',
  ],
  [
    'blockdev-add driver=qcow2,node-name=n,file.driver=file,file.filename=a.qcow2',
    /command line/,
    'blockdev-add driver=qcow2 node-name=n file.driver=file file.filename=a.qcow2',
  ],
  ['blockdev-add qcow2,node-name=n,file=f', /command line/, 'blockdev-add driver=qcow2 node-name=n file=f'],
  [
    'netdev_add user,id=n0,hostfwd=tcp::2222-:22',
    /command line/,
    'netdev_add type=user id=n0 hostfwd=tcp::2222-:22',
  ],
  ['netdev_add type=user,id=n0', /command line/, 'netdev_add type=user id=n0'],
  [
    'netdev_add tap,id=n1,ifname=tap0,script=no,downscript=no',
    /command line/,
    'netdev_add type=tap id=n1 ifname=tap0 script=no downscript=no',
  ],
  [
    'object-add memory-backend-ram,id=m,size=1G',
    /command line/,
    'object-add qom-type=memory-backend-ram id=m size=1G',
  ],
  ['object-add qom-type=iothread,id=i', /command line/, 'object-add qom-type=iothread id=i'],
  [
    'blockdev-add {"driver": "null-co", "node-name": "n"}',
    /no argument/,
    'blockdev-add driver=null-co node-name=n',
  ],
  ['device_add {"driver":"e1000","id":"n"}', /no argument/, 'device_add driver=e1000 id=n'],
  // Slips in how arguments are written.
  ['query-block|head -2', /^blanks belong around "\|"$/, 'query-block | head -2'],
  ['query-block |head -2', /^blanks belong around "\|"$/, 'query-block | head -2'],
  ['blockdev-del node-name=a| jq .', /blanks belong/, 'blockdev-del node-name=a | jq .'],
  ['query-named-block-nodes flat=true| jq .', /blanks belong/, 'query-named-block-nodes flat=true | jq .'],
  ['query-named-block-nodes --flat', /no dashes/, 'query-named-block-nodes flat=true'],
  ['query-named-block-nodes --flat=true', /no dashes/, 'query-named-block-nodes flat=true'],
  [
    'blockdev-snapshot-sync --node-name node-A --snapshot-file b.qcow2',
    /^arguments have no dashes before their name here$/,
    'blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2',
  ],
  ['block-job-cancel --force --device=job0', /no dashes/, 'block-job-cancel force=true device=job0'],
  ['blockdev-del node-name=node-A --force', /^blockdev-del has no argument "force"$/, ''],
  [
    'blockdev-snapshot-sync node-name:node-A snapshot-file:b.qcow2',
    /not ":"$/,
    'blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2',
  ],
  [
    'blockdev-snapshot-sync node-name=node-A, snapshot-file=b.qcow2, snapshot-node-name=node-B',
    /^blanks part the arguments, no commas$/,
    'blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B',
  ],
  [
    'blockdev-mirror device=a, target=b, sync=full, job-id=j',
    /no commas/,
    'blockdev-mirror device=a target=b sync=full job-id=j',
  ],
  [
    'blockdev-snapshot-sync node-A b.qcow2 node-B',
    /no argument/,
    'blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B',
  ],
  [
    'blockdev-snapshot-sync virtio0 b.qcow2 qcow2',
    /no argument/,
    'blockdev-snapshot-sync device=virtio0 snapshot-file=b.qcow2 format=qcow2',
  ],
  // The arguments of a command with a longer or a shorter name.
  [
    'blockdev-snapshot node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B',
    /^these are arguments of blockdev-snapshot-sync, not of blockdev-snapshot$/,
    'blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B',
  ],
  [
    'blockdev-snapshot-sync node=node-A overlay=o',
    /^these are arguments of blockdev-snapshot,/,
    'blockdev-snapshot node=node-A overlay=o',
  ],
  // What begins with a mark of another program.
  ['$', /^nothing stands behind "\$"$/, ''],
  ['$ ', /^nothing stands behind/, ''],
  ['/help', /^there is no command "\/help"$/, ''],
  ['blockdev-del force=true', /^blockdev-del has no argument "force"$/, ''],
  // Values by their place.
  ['device_del net1', /"net1" is no argument/, 'device_del id=net1'],
  // Names and values with a blank between them.
  [
    'query-named-block-nodes flat true',
    /^no "=" stands between "flat" and its value$/,
    'query-named-block-nodes flat=true',
  ],
  [
    'blockdev-mirror device a target=b sync full',
    /^no "=" stands between "device" and its value$/,
    'blockdev-mirror device=a target=b sync=full',
  ],
  [
    'block_resize node-name "a b" size 1M',
    /^no "=" stands between "node-name" and its value$/,
    'block_resize node-name="a b" size=1M',
  ],
  ['netdev_del n0', /no argument/, 'netdev_del id=n0'],
  ['object-del m0', /no argument/, 'object-del id=m0'],
  ['blockdev-del node-A', /no argument/, 'blockdev-del node-name=node-A'],
  ['chardev-remove c0', /no argument/, 'chardev-remove id=c0'],
  ['query-block foo', /takes no argument|"foo" is no/, 'query-block'],
  ['query-status -p', /takes no argument/, 'query-status'],
  ['stop now please', /takes no argument/, 'stop'],
  ['query-block ide0 | jq .', /no argument/, 'query-block | jq .'],
  ['eject ide1-cd0', /no argument/, 'eject device=ide1-cd0'],
  ['eject -f ide1-cd0', /no argument/, 'eject device=ide1-cd0 force=true'],
  ['balloon 512', /no argument/, 'balloon value=512M'],
  ['balloon 1G', /no argument/, 'balloon value=1G'],
  ['block_resize drive0 20480', /no argument/, 'block_resize device=drive0 size=20480M'],
  ['block_resize drive0 20G', /no argument/, 'block_resize device=drive0 size=20G'],
  ['migrate -d tcp:10.0.0.2:4444', /no argument/, 'migrate uri=tcp:10.0.0.2:4444'],
  ['migrate "exec:cat > /tmp/x"', /no argument/, 'migrate uri="exec:cat > /tmp/x"'],
  ['screendump /tmp/a.ppm', /no argument/, 'screendump filename=/tmp/a.ppm'],
  ['send-key ctrl-alt-f1', /no argument/, 'send-key keys=ctrl-alt-f1'],
  ['human-monitor-command info block', /no argument/, 'human-monitor-command command-line="info block"'],
  ['human-monitor-command "info block"', /no argument/, 'human-monitor-command command-line="info block"'],
  ['job-complete job0', /no argument/, 'job-complete id=job0'],
  ['job-cancel job0', /no argument/, 'job-cancel id=job0'],
  ['block-job-cancel drive0', /no argument/, 'block-job-cancel device=drive0'],
  ['block-job-cancel -f drive0', /no argument/, 'block-job-cancel device=drive0 force=true'],
  ['block-stream node-B', /no argument/, 'block-stream device=node-B'],
  ['block-job-set-speed job0 1M', /no argument/, 'block-job-set-speed device=job0 speed=1M'],
  ['blockdev-mirror a b full', /no argument/, 'blockdev-mirror device=a target=b sync=full'],
  ['blockdev-mirror a b sync=full', /no argument/, 'blockdev-mirror device=a target=b sync=full'],
  ['blockdev-snapshot node-A overlay', /no argument/, 'blockdev-snapshot node=node-A overlay=overlay'],
  ['qom-list /machine', /no argument/, 'qom-list path=/machine'],
  ['qom-get /machine type', /no argument/, 'qom-get path=/machine property=type'],
  ['qom-set /machine graphics off', /no argument/, 'qom-set path=/machine property=graphics value=off'],
  ['device-list-properties e1000', /no argument/, 'device-list-properties typename=e1000'],
  ['memsave 0 100 /tmp/m', /no argument/, 'memsave val=0 size=100 filename=/tmp/m'],
  ['set_link net0 off', /no argument/, 'set_link name=net0 up=off'],
  ['getfd fd1', /no argument/, 'getfd fdname=fd1'],
  [
    'block_set_io_throttle d 0 0 0 0 0 0',
    /no argument/,
    'block_set_io_throttle device=d bps=0 bps_rd=0 bps_wr=0 iops=0 iops_rd=0 iops_wr=0',
  ],
  // A shell around it.
  [
    `echo '{"execute":"qmp_capabilities"}{"execute":"query-status"}' | socat - unix:/q`,
    /host's shell \(echo\)/,
    '{"execute":"query-status"}',
  ],
  [
    `echo '{ "execute": "qmp_capabilities" } { "execute": "stop" }' | nc -U /q`,
    /host's shell/,
    '{ "execute": "stop" }',
  ],
  [
    `printf '{"execute":"qmp_capabilities"}\\n{"execute":"stop"}\\n' | nc -U /q`,
    /host's shell \(printf\)/,
    '{"execute":"stop"}',
  ],
  [
    `echo "{\\"execute\\": \\"query-block\\"}" | nc localhost 4444`,
    /host's shell/,
    '{"execute": "query-block"}',
  ],
  [
    `(echo '{"execute":"qmp_capabilities"}'; sleep 1; echo '{"execute":"stop"}') | nc -U /q`,
    /host's shell/,
    '{"execute":"stop"}',
  ],
  [
    `virsh qemu-monitor-command vm1 '{"execute":"query-block"}' --pretty`,
    /host's shell \(virsh\)/,
    '{"execute":"query-block"}',
  ],
  [`# virsh qemu-monitor-command vm1 --hmp info block`, /./, ''],
  ['virsh qemu-monitor-command vm1 --hmp info block', /host's shell/, '.hmp info block'],
  [`$ virsh qemu-monitor-command vm1 --hmp --cmd 'info block'`, /host's shell/, '.hmp info block'],
  [`qmp-shell /tmp/q -p query-block`, /host's shell \(qmp-shell\)/, ''],
  // Quotes that were lost, doubled or printed.
  ['{execute:query-status}', /need quotes; a shell takes away/, '{"execute":"query-status"}'],
  [
    '{execute: block_resize, arguments: {node-name: n, size: 1}}',
    /need quotes/,
    '{"execute": "block_resize", "arguments": {"node-name": "n", "size": 1}}',
  ],
  [
    'blockdev-add driver=qcow2 node-name=x file={driver:file,filename:a,read-only:true,locking:off}',
    /need quotes/,
    'blockdev-add driver=qcow2 node-name=x file={"driver":"file","filename":"a","read-only":true,"locking":"off"}',
  ],
  [
    'blockdev-add driver=qcow2 node-name=x file={"driver":file,"filename":a}',
    /need quotes/,
    'blockdev-add driver=qcow2 node-name=x file={"driver":"file","filename":"a"}',
  ],
  [`'{"execute": "query-status"}'`, /whole line stands in quotes/, '{"execute": "query-status"}'],
  ['"query-status"', /whole line stands in quotes/, 'query-status'],
  ['`query-status`', /whole line stands in quotes/, 'query-status'],
  ['{“execute”: “query-status”}', /U\+201C is not a mark of the keyboard/, '{"execute": "query-status"}'],
  ['{„execute“: „query-status“}', /U\+201E/, '{"execute": "query-status"}'],
  ['{«execute»: «query-status»}', /U\+00AB/, '{"execute": "query-status"}'],
  ['{‘execute’: ‘query-status’}', /U\+2018/, "{'execute': 'query-status'}"],
  [
    '{ &quot;execute&quot;: &quot;stop&quot; }',
    /&quot; stands for a mark in a web page/,
    '{ "execute": "stop" }',
  ],
  ['query–status', /U\+2013/, 'query-status'],
  ['query‑status', /U\+2011/, 'query-status'],
  ['query\u200b-status', /U\+200B/, 'query-status'],
  ['job−cancel id=j', /U\+2212/, 'job-cancel id=j'],
];

for (const { version, schema } of SCHEMAS)
  for (const [line, message, offered] of MEANT)
    test(`${version}: ${line}`, () => {
      const found = parse(line, schema);
      if (found.kind === 'empty') return assert.ok(line.startsWith('#'));
      if (found.kind !== 'wrong') throw new Error(`it is taken: ${JSON.stringify(found)}`);
      assert.is(found.problems.length, 1);
      const [{ message: said, advice = '' }] = found.problems;
      assert.match(said, message);
      if (offered === '') return;
      assert.ok(advice.startsWith(`Write ${offered}`), advice);
      const taken = parse(offered, schema);
      assert.ok(
        taken.kind === 'command' || taken.kind === 'raw' || taken.kind === 'word',
        JSON.stringify(taken),
      );
    });

// A part of the line is put otherwise: the line, what is said, and the advice.
const ADVISED: readonly (readonly [line: string, message: string, advice: string])[] = [
  [
    'blockdev-snapshot-sync node-name=node-B snapshot-file=c.qcow2 snapshot-node-name=node C',
    'a blank stands in the value of "snapshot-node-name"',
    'A name has none: write snapshot-node-name=node-C, for instance',
  ],
  [
    'blockdev-mirror device=a target=b sync=full job-id=job 0',
    'a blank stands in the value of "job-id"',
    'A name has none: write job-id=job-0, for instance',
  ],
  [
    'blockdev-add driver=qcow2 node-name=node E file.driver=file file.filename=e.qcow2',
    'a blank stands in the value of "node-name"',
    'A name has none: write node-name=node-E, for instance',
  ],
  [
    'blockdev-add driver=file node-name=n filename=my disk.qcow2',
    'a blank stands in the value of "filename"',
    'It needs quotes: filename="my disk.qcow2"',
  ],
  [
    'blockdev-backup node=node-A target=node-E sync=full',
    'blockdev-backup has no argument "node"',
    'Write device=node-A',
  ],
  [
    'blockdev-del node-name=node-A --force',
    'blockdev-del has no argument "force"',
    'It takes node-name; arguments are written NAME=VALUE.',
  ],
];
for (const { version, schema } of SCHEMAS)
  for (const [line, message, advice] of ADVISED)
    test(`${version}: ${line}`, () => {
      const found = parse(line, schema);
      if (found.kind !== 'wrong') throw new Error(`it is taken: ${JSON.stringify(found)}`);
      assert.equal(
        found.problems.map(one => [one.message, one.nearest, one.advice]),
        [[message, undefined, advice]],
      );
    });

// What looks alike and is sent as it stands.
const SENT: readonly (readonly [line: string, sent: Json])[] = [
  ['blockdev-snapshot-sync device=a, snapshot-file=b', { device: 'a,', 'snapshot-file': 'b' }],
  ['blockdev-snapshot-sync device=a snapshot-file=b,', { device: 'a', 'snapshot-file': 'b,' }],
  ['screendump filename=a,b', { filename: 'a,b' }],
  ['screendump filename=a,b=c', { filename: 'a,b=c' }],
  ['screendump filename=“a”', { filename: '“a”' }],
  ['screendump filename="it’s – a"', { filename: 'it’s – a' }],
  ['screendump filename=#1', { filename: '#1' }],
  ['screendump filename=//x', { filename: '//x' }],
  ['screendump filename=a;', { filename: 'a;' }],
  ['device_del id=a,b', { id: 'a,b' }],
  ['send-key keys=ctrl,alt', { keys: ['ctrl', 'alt'].map(data => ({ type: 'qcode', data })) }],
  ['human-monitor-command command-line="device_add e1000,id=n"', { 'command-line': 'device_add e1000,id=n' }],
  ['query-status # (QEMU) x', {}],
];
for (const { version, schema } of SCHEMAS)
  for (const [line, sent] of SENT)
    test(`${version}: sent as it stands: ${line}`, () => {
      const found = parse(line, schema);
      assert.equal(found.kind === 'command' && found.request.arguments, sent);
    });

test('quotes that are letters are sent, and named', () => {
  for (const { schema } of SCHEMAS) {
    const found = parse('screendump filename=“a”', schema);
    const [warning] = found.kind === 'command' ? found.warnings : [];
    assert.match(warning?.message ?? '', /quotes are letters here/);
    assert.is(warning?.advice, 'Without them: filename=a');
  }
});

// One cause, one message, and what to do.
const ONE: readonly (readonly [line: string, place: string, message: RegExp, advice: string])[] = [
  ['blockdev-del node-name = node-A', 'node-name = node-A', /blanks/, 'Write blockdev-del node-name=node-A'],
  ['blockdev-del node-name= node-A', 'node-name= node-A', /blanks/, 'Write blockdev-del node-name=node-A'],
  ['blockdev-del node-name =node-A', 'node-name =node-A', /blanks/, 'Write blockdev-del node-name=node-A'],
  [
    'block_resize node-name = n size = 1M',
    'node-name = n',
    /blanks/,
    'Write block_resize node-name=n size=1M',
  ],
  ['block_resize node-nam = n', 'node-nam = n', /blanks/, 'Write node-nam=n'],
  ['job-complete device=j', 'device', /no argument "device"/, 'Write id=j'],
  ['ls', 'ls', /host's shell/, 'Put "$ " before it to run it on this host: $ ls'],
  ['ls -l', 'ls -l', /host's shell/, 'Put "$ " before it to run it on this host: $ ls -l'],
  [
    'qemu-img info a.qcow2',
    'qemu-img info a.qcow2',
    /host's shell/,
    'Put "$ " before it to run it on this host: $ qemu-img info a.qcow2',
  ],
  ['./go.sh', './go.sh', /host's shell/, 'Put "$ " before it to run it on this host: $ ./go.sh'],
  [
    '$qemu-img create a.qcow2 1M',
    '$qemu-img',
    /^a blank is missing behind "\$": qemu-img is a command of the host's shell$/,
    'Write $ qemu-img create a.qcow2 1M',
  ],
  ['$./go.sh', '$./go.sh', /^a blank is missing behind "\$"/, 'Write $ ./go.sh'],
  [
    '$mytool -x',
    '$mytool',
    /^there is no command "\$mytool"$/,
    'With a blank behind "$" it runs on this host: $ mytool -x',
  ],
  ['cat a b', 'cat a b', /host's shell/, 'Put "$ " before it to run it on this host: $ cat a b'],
];
for (const { version, schema } of SCHEMAS)
  for (const [line, place, message, advice] of ONE)
    test(`${version}: one message: ${line}`, () => {
      const found = parse(line, schema);
      if (found.kind !== 'wrong') throw new Error('it is taken');
      const [problem, ...more] = found.problems;
      assert.equal(more, []);
      assert.is(line.slice(problem.place.start, problem.place.end), place);
      assert.match(problem.message, message);
      assert.is(problem.advice, advice);
    });

test('no program of the host that is named here is a command of QMP', () => {
  for (const { schema } of SCHEMAS)
    for (const name of schema.commands.keys())
      assert.not.match(JSON.stringify(parse(name, schema)), /host's shell/, name);
});

// Without an offer: a line that would be refused, or a password.
const NO_OFFER: readonly (readonly [line: string, message: RegExp, advice: RegExp])[] = [
  ['set_password vnc secret', /no argument/, /^(?!.*secret)/],
  [
    'blockdev-mirror a b sideways',
    /no argument/,
    /^Write blockdev-mirror device=\.\.\. target=\.\.\. sync=\.\.\./,
  ],
  ['device_del', /needs id=\.\.\./, /^$/],
  ['blockdev-mirror a', /no argument/, /device=\.\.\./],
  ['device_del a b c', /"a" is no argument/, /Write device_del id=\.\.\./],
  ['{execute:query-status,arguments:}', /need quotes|missing/, /single quotes|Write/],
  ['{“execute: x}', /U\+201C/, /Write " instead/],
];
for (const { version, schema } of SCHEMAS)
  for (const [line, message, advice] of NO_OFFER)
    test(`${version}: no line to offer: ${line}`, () => {
      const found = parse(line, schema);
      if (found.kind !== 'wrong') throw new Error('it is taken');
      assert.is(found.problems.length, 1);
      assert.match(found.problems[0].message, message);
      assert.match(found.problems[0].advice ?? '', advice);
    });

test.run();
