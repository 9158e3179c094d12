// Logs of every known form become pages: a form a case, with the lines that the page has.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRows } from '../../src/language/openrows.ts';
import { pageOf } from '../../src/log/page.ts';
import { readLog } from '../../src/log/said.ts';
import { talksIn } from '../../src/log/talk.ts';
import { readPage } from '../../src/page/read.ts';

const OPTIONS = { title: 'T', markdown: true, replies: false, queries: true, paths: false };

function made(log: string, options: Partial<typeof OPTIONS> = {}) {
  const [talk] = talksIn(readLog(log).said);
  assert.ok(talk, 'something is recognised');
  return pageOf(talk, { ...OPTIONS, ...options });
}

/** What a page does and what its comments say: without its head, its title and its fences. */
function rowsOf(text: string): readonly string[] {
  const [, body = ''] = /(?:^|\n)# T\n([\s\S]*)$/.exec(text) ?? [];
  return body
    .split('\n')
    .filter(row => row !== '' && !row.startsWith('```'))
    .map(row => row.replace(/^\(QEMU\) /, ''));
}

const SNAPSHOT =
  '{"execute": "blockdev-snapshot-sync", "arguments": {"node-name": "n", "snapshot-file": "b", "snapshot-node-name": "o"}';
const LINE = 'blockdev-snapshot-sync node-name=n snapshot-file=b snapshot-node-name=o';
const ADD = 'blockdev-add driver=null-co node-name=n0';

const FORMS: readonly (readonly [form: string, log: readonly string[], lines: readonly string[]])[] = [
  [
    'our own log',
    [
      '2026-01-15T10:00:00.000Z <- {"QMP": {"version": {}, "capabilities": []}}',
      '2026-01-15T10:00:00.001Z -> {"execute":"qmp_capabilities","id":"q1"}',
      '2026-01-15T10:00:00.002Z <- {"return": {}, "id": "q1"}',
      `2026-01-15T10:00:01.000Z -> ${SNAPSHOT}, "id": 7}`,
      '2026-01-15T10:00:01.001Z <- {"return": {}, "id": 7}',
    ],
    [LINE],
  ],
  [
    "qmp-shell's log: request and reply in one object",
    [
      '{"execute": "query-status", "arguments": {}, "return": {"status": "running"}}',
      `${SNAPSHOT}, "return": {}}`,
      '{"execute": "blockdev-del", "arguments": {"node-name": "x"}, "error": {"class": "GenericError", "desc": "Cannot find x"}}',
    ],
    ['query-status', LINE, '# failed: blockdev-del node-name=x', '#   GenericError: Cannot find x'],
  ],
  [
    'the same with -p, over many rows',
    [
      '{',
      '    "arguments": {',
      '        "node-name": "n"',
      '    },',
      '    "execute": "blockdev-del",',
      '    "return": {}',
      '}',
    ],
    ['blockdev-del node-name=n'],
  ],
  [
    "the library's log",
    [
      'DEBUG:qemu.qmp.protocol.vm1:--> {',
      '  "execute": "blockdev-add",',
      '  "arguments": {"driver": "null-co", "node-name": "n0"},',
      '  "id": "__qmp#00002"',
      '}',
      'DEBUG:qemu.qmp.protocol.vm1:Connected.',
      'DEBUG:qemu.qmp.protocol.vm1:<-- {',
      '  "return": {},',
      '  "id": "__qmp#00002"',
      '}',
    ],
    [ADD],
  ],
  [
    "the library's log below a date, and its forerunner's",
    [
      '2026-01-15 10:00:00,123 qemu.qmp.protocol DEBUG --> {"execute": "stop", "id": "__qmp#1"}',
      '2026-01-15 10:00:00,124 qemu.qmp.protocol DEBUG <-- {"return": {}, "id": "__qmp#1"}',
      "2026-01-15 10:00:00,200 DEBUG    >>> {'execute': 'blockdev-add', 'arguments': {'driver': 'null-co', 'node-name': 'n0', 'read-only': True}}",
      "2026-01-15 10:00:00,201 DEBUG    <<< {'return': {}}",
    ],
    ['stop', `${ADD} read-only=true`],
  ],
  [
    'a transcript with prompts',
    [
      'Welcome to the QMP low-level shell!',
      'Connected to QEMU 7.2.22',
      '',
      '(QEMU) blockdev-add driver=null-co node-name=n0',
      '{"return": {}}',
      'stop is what I tried next:',
      '(QEMU) transaction(',
      'TRANS> block-dirty-bitmap-add node=n0 name=b0',
      'TRANS> )',
      '{"return": {}}',
      '(QEMU) blockdev-del node-name=x',
      '{"error": {"class": "GenericError", "desc": "Cannot find x"}}',
      '(QEMU) ',
    ],
    [
      ADD,
      'transaction(',
      'block-dirty-bitmap-add node=n0 name=b0',
      ')',
      '# failed: blockdev-del node-name=x',
      '#   GenericError: Cannot find x',
    ],
  ],
  [
    'a transcript with tables in place of replies',
    [
      '(QEMU) query-block',
      'device  node',
      'virtio0  n',
      '(QEMU) blockdev-del node-name=x',
      '{"error": {"class": "GenericError", "desc": "no"}}',
    ],
    ['query-block', '# failed: blockdev-del node-name=x', '#   GenericError: no'],
  ],
  [
    'our own screen',
    [
      '(QEMU) blockdev-backup device=virtio0 target=t sync=full job-id=j',
      "error  GenericError: Cannot find device='virtio0' nor node-name='virtio0'",
      '    device= wants the name of a node.',
      '(QEMU) blockdev-backup device=n target=t sync=full job-id=j',
      '{}',
      '02:03:20.502  BLOCK_JOB_COMPLETED  j  backup  39 MiB of 39 MiB  done',
      '(QEMU) blockdev-mirror device=n target=t sync=full job-id=k',
      '{}',
      '02:03:20.502  BLOCK_JOB_READY      k  mirror  39 MiB of 39 MiB',
      '(QEMU) block-job-cancel device=k',
      '{}',
      '02:03:20.602  BLOCK_JOB_COMPLETED  k  mirror  16 MiB of 39 MiB  FAILED: No space',
    ],
    [
      '# failed: blockdev-backup device=virtio0 target=t sync=full job-id=j',
      "#   GenericError: Cannot find device='virtio0' nor node-name='virtio0'",
      'blockdev-backup device=n target=t sync=full job-id=j',
      '.wait job j',
      'blockdev-mirror device=n target=t sync=full job-id=k',
      '.wait job k ready',
      'block-job-cancel device=k',
      '# job k failed: No space',
    ],
  ],
  [
    'programs of the host are left out',
    [
      '(QEMU) query-block | touch P',
      '{"return": []}',
      '$ touch P',
      '(QEMU) blockdev-del node-name="a | b" &',
      '{"return": {}}',
    ],
    ['query-block', 'blockdev-del node-name="a | b"'],
  ],
  [
    'lines without prompts',
    ['blockdev-add driver=null-co node-name=n0', 'We stop here.', 'quit'],
    [ADD, 'quit'],
  ],
  [
    'what nc shows',
    [
      '{"QMP": {"version": {}, "capabilities": []}}',
      '{"execute":"qmp_capabilities"}',
      '{"return": {}}',
      `${SNAPSHOT}}`,
      '{"return": {}}',
    ],
    [LINE],
  ],
  ["QEMU's documents", [`-> ${SNAPSHOT} }`, '<- { "return": {} }', '<- { "event": "RESUME" }'], [LINE]],
  [
    'libvirt through a journal',
    [
      'Jan 15 10:00:00 host libvirtd[99]: QEMU_MONITOR_SEND_MSG: mon=0x7f00 msg={"execute":"stop","id":"libvirt-9"}#015',
      'Jan 15 10:00:00 host libvirtd[99]: QEMU_MONITOR_IO_WRITE: mon=0x7f00 buf={"execute":"stop","id":"libvirt-9"}#015',
      'Jan 15 10:00:00 host libvirtd[99]: QEMU_MONITOR_RECV_REPLY: mon=0x7f00 reply={"return": {}, "id": "libvirt-9"}',
    ],
    ['stop'],
  ],
  [
    'an open file that libvirt passes',
    [
      'x : QEMU_MONITOR_SEND_MSG: mon=0x7f00 msg={"execute":"getfd","arguments":{"fdname":"m"},"id":"libvirt-9"}\r',
      ' fd=31',
      'x : QEMU_MONITOR_RECV_REPLY: mon=0x7f00 reply={"return": {}, "id": "libvirt-9"}',
    ],
    ['# left out: getfd passes an open file, which a page cannot'],
  ],
  [
    'replies by their id, in another order',
    [
      '{"execute": "blockdev-del", "arguments": {"node-name": "x"}, "id": 1}',
      '{"execute": "stop", "id": 2}',
      '{"return": {}, "id": 2}',
      '{"error": {"class": "GenericError", "desc": "no"}, "id": 1}',
    ],
    ['# failed: blockdev-del node-name=x', '#   GenericError: no', 'stop'],
  ],
  [
    'a request without a reply',
    ['{"execute": "stop"}', '{"return": {}}', '{"execute": "cont"}'],
    ['stop', 'cont', '# (the log has no reply to this)'],
  ],
  [
    'a secret',
    [
      '{"execute": "object-add", "arguments": {"qom-type": "secret", "id": "s", "data": "sesame"}}',
      '{"return": {}}',
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what a page holds
    ['object-add qom-type=secret id=s data=${secret}'],
  ],
  [
    'a secret that the log has hidden',
    [
      '{"execute": "object-add", "arguments": {"qom-type": "secret", "id": "s", "data": "********"}}',
      '{"return": {}}',
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what a page holds
    ['object-add qom-type=secret id=s data=${secret}'],
  ],
  [
    'a log cut in the middle of a message',
    ['{"execute": "stop", "id"', '(QEMU) cont', '{"return": {}}'],
    ['cont'],
  ],
  [
    'names with dollars',
    ['{"execute": "blockdev-del", "arguments": {"node-name": "$x"}}', '{"return": {}}'],
    ['blockdev-del node-name=$$x'],
  ],
];

for (const [form, log, lines] of FORMS)
  test(form, async () => {
    for (const end of ['\n', '\r\n']) {
      const { text } = made(log.join(end));
      assert.equal(rowsOf(text), lines, text);
      assert.not.match(text, /sesame/);
      const page = await readPage(text, { name: 'a.md', isOpen: openRows });
      assert.equal(page.problems, [], text);
    }
  });

test('socat -v, as it wrote it', () => {
  const log = readFileSync(join(process.cwd(), 'test/data/logs/socat-v.txt'), 'utf8');
  const { text } = made(log);
  assert.equal(rowsOf(text), [
    'query-status',
    'blockdev-add driver=null-co node-name=n0 read-zeroes=true',
    'query-version',
    'query-commands',
    '# failed: blockdev-del node-name=a\\b"c',
    "#   GenericError: Failed to find node with node-name='a\\b\"c'",
  ]);
});

test('socat -v: a message cut anywhere, inside of a string too', () => {
  const head = (way: string) => `${way} 2026/01/15 10:00:00.000000001  length=9 from=0 to=8`;
  const log = `${head('>')}\n{"execute":"blockdev-del","arguments":{"node-name":"a} \\\\${head('<')}\n{"timestamp": 1, "event": "X"}\\r\n${head('>')}\n"b"}}${head('<')}\n{"return"${head('<')}\n: {}}\\r\n`;
  assert.equal(rowsOf(made(log).text), ['blockdev-del node-name="a} \\"b"']);
});

const EVENT = (name: string, data: object) => JSON.stringify({ event: name, data });
const STATUS = (id: string, status: string) => EVENT('JOB_STATUS_CHANGE', { id, status });
const START =
  '{"execute": "blockdev-backup", "arguments": {"device": "n", "target": "t", "sync": "full", "job-id": "j"}}';
const BACKUP = 'blockdev-backup device=n target=t sync=full job-id=j';
const OK = '{"return": {}}';
const DONE = EVENT('BLOCK_JOB_COMPLETED', { device: 'j', type: 'backup', len: 1, offset: 1, speed: 0 });

const WAITS: readonly (readonly [what: string, log: readonly string[], lines: readonly string[]])[] = [
  [
    'a job that was waited for',
    [START, OK, DONE, '{"execute": "stop"}', OK],
    [BACKUP, '.wait job j', 'stop'],
  ],
  [
    'an event that overtakes the reply',
    [START, DONE, OK, '{"execute": "stop"}', OK],
    [BACKUP, '.wait job j', 'stop'],
  ],
  [
    'a job that was not waited for',
    [START, OK, '{"execute": "stop"}', OK, DONE],
    [`${BACKUP} &`, 'stop', '.wait job j'],
  ],
  [
    'what was asked meanwhile',
    [START, OK, '{"execute": "query-jobs"}', '{"return": []}', DONE, '{"execute": "stop"}', OK],
    [BACKUP, 'query-jobs', '.wait job j', 'stop'],
  ],
  [
    'a mirror that got ready and was completed',
    [
      START.replace('backup', 'mirror'),
      OK,
      EVENT('BLOCK_JOB_READY', { device: 'j' }),
      '{"execute": "job-complete", "arguments": {"id": "j"}}',
      OK,
      DONE,
    ],
    [BACKUP.replace('backup', 'mirror'), '.wait job j ready', 'job-complete id=j', '.wait job j'],
  ],
  [
    'a job that was cancelled midway',
    [
      START,
      OK,
      '{"execute": "job-cancel", "arguments": {"id": "j"}}',
      OK,
      EVENT('BLOCK_JOB_CANCELLED', { device: 'j' }),
      STATUS('j', 'null'),
    ],
    [`${BACKUP} &`, 'job-cancel id=j'],
  ],
  [
    'a job that failed',
    [
      START,
      OK,
      EVENT('BLOCK_JOB_COMPLETED', { device: 'j', error: 'No space left' }),
      '{"execute": "stop"}',
      OK,
    ],
    [BACKUP, '# job j failed: No space left', 'stop'],
  ],
  [
    'a device that had gone before the next request',
    [
      '{"execute": "device_del", "arguments": {"id": "d"}}',
      OK,
      '{"execute": "query-block"}',
      '{"return": []}',
      EVENT('DEVICE_DELETED', { device: 'd', path: '/machine/peripheral/d' }),
      '{"execute": "stop"}',
      OK,
    ],
    ['device_del id=d', '.wait DEVICE_DELETED device=d', 'query-block', 'stop'],
  ],
];

/** A request and its reply as qmp-shell logs them. */
const BOTH = (execute: string, args: object, reply: object = { return: {} }) =>
  JSON.stringify({ execute, arguments: args, ...reply });
const STARTS = (kind: string) =>
  BOTH(`blockdev-${kind}`, { device: 'n', target: 't', sync: 'full', 'job-id': 'j' });
const POLL = (...jobs: readonly object[]) => BOTH('query-block-jobs', {}, { return: jobs });
const RUNS = { device: 'j', status: 'running', ready: false };
const MIRROR = BACKUP.replace('backup', 'mirror');

const POLLED: readonly (readonly [what: string, log: readonly string[], lines: readonly string[]])[] = [
  ['nothing tells: a page waits', [STARTS('backup'), BOTH('stop', {})], [BACKUP, 'stop']],
  ['over by the poll', [STARTS('backup'), POLL(), BOTH('stop', {})], [BACKUP, '.wait job j', 'stop']],
  [
    'running at one poll, over at the next',
    [STARTS('backup'), POLL(RUNS), BOTH('stop', {}), POLL(), BOTH('cont', {})],
    [`${BACKUP} &`, 'stop', '.wait job j', 'cont'],
  ],
  ['never over', [STARTS('backup'), POLL(RUNS), BOTH('stop', {})], [`${BACKUP} &`, 'stop']],
  [
    'cancelled on its way',
    [STARTS('backup'), BOTH('job-cancel', { id: 'j' }), POLL(), BOTH('stop', {})],
    [`${BACKUP} &`, 'job-cancel id=j', 'stop'],
  ],
  [
    'a mirror, ready by the poll, completed, over by the poll',
    [
      STARTS('mirror'),
      POLL({ ...RUNS, status: 'ready', ready: true }),
      BOTH('job-complete', { id: 'j' }),
      POLL(),
      BOTH('stop', {}),
    ],
    [MIRROR, '.wait job j ready', 'job-complete id=j', '.wait job j', 'stop'],
  ],
  [
    'a mirror of which nothing tells',
    [STARTS('mirror'), BOTH('job-complete', { id: 'j' }), BOTH('stop', {})],
    [MIRROR, 'job-complete id=j', 'stop'],
  ],
  [
    'concluded with an error',
    [STARTS('backup'), POLL({ ...RUNS, status: 'concluded', error: 'No space' }), BOTH('stop', {})],
    [BACKUP, '# job j failed: No space', 'stop'],
  ],
  [
    'a job that query-block-jobs does not list',
    [
      BOTH('blockdev-create', { 'job-id': 'c', options: { driver: 'file', filename: 'x', size: 0 } }),
      POLL(),
      BOTH('stop', {}),
    ],
    ['blockdev-create job-id=c options.driver=file options.filename=x options.size=0', 'stop'],
  ],
];

for (const [what, log, lines] of POLLED)
  test(`no events, polls: ${what}`, () =>
    assert.equal(rowsOf(made(log.join('\n'), { queries: false }).text), lines));

for (const [what, log, lines] of WAITS)
  test(`waits: ${what}`, () => {
    const rows = rowsOf(made(log.join('\n')).text);
    assert.equal([...rows].sort(), [...lines].sort());
    assert.equal(
      rows.filter(row => !row.startsWith('query-')),
      lines.filter(row => !row.startsWith('query-')),
    );
    const silent = rowsOf(made(log.join('\n'), { queries: false }).text);
    assert.equal(
      silent,
      lines.filter(row => !row.startsWith('query-')),
    );
  });

test("no disk of the practice VM has the name of one of the log's files", () => {
  const mirror = (from: string, id: string) =>
    BOTH('blockdev-mirror', { device: from, target: 't', sync: 'full', 'job-id': id });
  const add = (filename: string) =>
    BOTH('blockdev-add', { driver: 'qcow2', 'node-name': 't', file: { driver: 'file', filename } });
  const head = (log: readonly string[]) => /^practice: .*$/m.exec(made(log.join('\n')).text)?.[0] ?? '';
  const two = (filename: string) => head([add(filename), mirror('m', 'j'), mirror('n', 'k')]);
  assert.is(two('c.qcow2'), 'practice: { disk: 39M, disks: [39M], nodes: [m, n] }');
  assert.is(
    two('/x/b.qcow2'),
    'practice: { disk: 39M, disks: [39M], nodes: [m, n], images: [disk0.qcow2, disk1.qcow2] }',
  );
  assert.match(two('a.qcow2'), /images: \[disk0\.qcow2, disk1\.qcow2\]/);
  assert.not.match(head([add('b.qcow2'), mirror('m', 'j')]), /images/);
});

test('files are below a folder that the player gives, unless the paths are kept', () => {
  const log =
    '{"execute": "blockdev-add", "arguments": {"driver": "qcow2", "node-name": "n", "file": {"driver": "file", "filename": "/var/lib/images/a b.qcow2"}}}\n{"return": {}}';
  const page = made(log);
  assert.equal(page.folders, [['folder', '/var/lib/images/']]);
  assert.equal(page.needed, ['/var/lib/images/a b.qcow2']);
  assert.match(page.text, /^ {2}folder: \{ kind: file, default: "", help: .*\/var\/lib\/images\//m);
  assert.match(page.text, /file\.filename="\$\{folder\}a b\.qcow2"/);
  const kept = made(log, { paths: true });
  assert.equal(kept.folders, []);
  assert.match(kept.text, /filename="\/var\/lib\/images\/a b\.qcow2"/);
});

for (const [log, why] of [
  ['', 'empty'],
  ['Nothing of it.\n{ "a": 1 }\nint main(void) { return 0; }', 'a program'],
  ['# A title\n\nProse that says stop and quit.\n', 'prose'],
] as const)
  test(`nothing is recognised in ${why}`, () => assert.equal(readLog(log).said, []));

test.run();
