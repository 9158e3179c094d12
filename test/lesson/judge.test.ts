import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judge, type Verdict } from '../../src/lesson/judge.ts';
import { loadSchema } from '../../src/schema/load.ts';
import { showPath } from '../../src/schema/walk.ts';
import { parseJson } from '../../src/text/json.ts';

const schema = loadSchema(parseJson(readFileSync('test/data/schema-7.2.json', 'utf8')));

const BACKUP = {
  kind: 'qmp',
  text: 'blockdev-backup device=node-B target=node-E sync=full job-id=job0',
  mistakes: [
    { line: 'blockdev-backup device=node-B target=node-E sync=top job-id=job0', text: 'top' },
    { line: 'blockdev-backup device=node-B target=node-E sync=full', text: 'no id' },
    { line: 'block-job-cancel device=job0', text: 'cancel' },
    { line: 'status', text: 'unknown' },
  ],
} as const;
const ADD = {
  kind: 'qmp',
  text: 'blockdev-add driver=qcow2 node-name=node-E file.driver=file file.filename=e.qcow2',
  mistakes: [],
} as const;
const COMPLETE = { kind: 'qmp', text: 'job-complete id=job0', mistakes: [] } as const;
const CREATE = {
  kind: 'shell',
  text: 'qemu-img create -f qcow2 e.qcow2 39M',
  mistakes: [{ line: '$ qemu-img create -f qcow2 e.qcow2 1M', text: 'small' }],
} as const;
const COMPARE = { kind: 'shell', text: 'qemu-img compare b.qcow2 e.qcow2', mistakes: [] } as const;
const INFO = { kind: 'shell', text: 'qemu-img info -U --backing-chain c.qcow2', mistakes: [] } as const;
const HELP = { kind: 'word', text: '.help blockdev-del', mistakes: [] } as const;
const SLOW = {
  kind: 'qmp',
  text: 'blockdev-backup device=a target=b sync=full speed=64k &',
  mistakes: [],
} as const;

const brief = (verdict: Verdict): string => {
  switch (verdict.kind) {
    case 'mistake':
      return `mistake: ${verdict.text}`;
    case 'near':
      return `near: ${verdict.departures.map(({ path, wanted, given }) => `${showPath(path)} ${wanted ?? '-'}/${given ?? '-'}`).join(', ')}`;
    case 'right':
      return verdict.way === undefined ? 'right' : `${verdict.way} way`;
    default:
      return verdict.kind;
  }
};

const TABLE: readonly [
  step:
    | typeof BACKUP
    | typeof ADD
    | typeof COMPLETE
    | typeof CREATE
    | typeof COMPARE
    | typeof INFO
    | typeof HELP
    | typeof SLOW,
  typed: string,
  verdict: string,
][] = [
  [BACKUP, 'blockdev-backup device=node-B target=node-E sync=full job-id=job0', 'right'],
  [BACKUP, '(QEMU) blockdev-backup job-id=job0 sync="full" target=node-E device=node-B', 'right'],
  [
    BACKUP,
    'blockdev-backup device=node-B target=node-E sync=full job-id=job0 speed=0 auto-dismiss=true',
    'right',
  ],
  [
    BACKUP,
    `{"execute": "blockdev-backup", "arguments": {"device": "node-B", "target": "node-E", "sync": "full", "job-id": "job0"}}`,
    'right',
  ],
  [BACKUP, 'blockdev-backup device=node-B target=node-E sync=full job-id=job0 &', 'right'],
  [BACKUP, 'blockdev-backup device=node-B target=node-E sync=top job-id=job0', 'mistake: top'],
  [BACKUP, 'blockdev-backup device=node-X target=node-E sync=top job-id=other', 'mistake: top'],
  [BACKUP, 'blockdev-backup device=node-X target=node-E sync=full', 'mistake: no id'],
  [BACKUP, 'block-job-cancel device=job0', 'mistake: cancel'],
  [BACKUP, 'block-job-cancel device=job1', 'other'],
  [BACKUP, 'status', 'mistake: unknown'],
  // Not understood, and so not sent: it did nothing that a mistake of the page does.
  [BACKUP, 'blockdev-backup device=node-B target=node-E sync=full job-id = job0', 'near: job-id job0/-'],
  [BACKUP, 'blockdev-backup device=node-B target=node-E sync=full job-id', 'near: job-id job0/-'],
  [BACKUP, 'blockdev-backup device=node-A target=node-E sync=full job-id=job0', 'near: device node-B/node-A'],
  [BACKUP, 'blockdev-backup device=node-B target=node-E sync=full job-id=job0 speed=1', 'near: speed -/1'],
  [BACKUP, 'blockdev-backup device=node-B sync=full job-id=job0', 'near: target node-E/-'],
  [BACKUP, 'query-block', 'other'],
  [BACKUP, 'hello', 'other'],
  [BACKUP, '', 'other'],
  [BACKUP, '.help', 'other'],
  [ADD, 'blockdev-add node-name=node-E driver=qcow2 file={"driver": "file", "filename": "e.qcow2"}', 'right'],
  [ADD, `${ADD.text} read-only=false file.read-only=no cache.direct=off`, 'right'],
  [
    ADD,
    'blockdev-add driver=raw node-name=node-E file.driver=file file.filename=f',
    'near: driver qcow2/raw, file.filename e.qcow2/f',
  ],
  [COMPLETE, 'block-job-complete device=job0', 'right'],
  [COMPLETE, 'block-job-complete device=job1', 'near: id job0/job1'],
  [COMPLETE, 'job-cancel id=job0', 'other'],
  [CREATE, '$  qemu-img create -f qcow2   e.qcow2 39M', 'right'],
  // The shell's own message says that it wants a dollar.
  [CREATE, 'qemu-img create -f qcow2 e.qcow2 39M', 'other'],
  [CREATE, '$ qemu-img create e.qcow2 39M', 'host'],
  [CREATE, '$ qemu-img create -f qcow2 e.qcow2 1M', 'mistake: small'],
  [CREATE, '$ ls', 'other'],
  // Options stand anywhere, and of two images that are compared none is the first.
  [COMPARE, '$ qemu-img compare e.qcow2 b.qcow2', 'another way'],
  [COMPARE, '$ qemu-img compare e.qcow2 a.qcow2', 'host'],
  [COMPARE, '$ qemu-img compare e.qcow2 b.qcow2 b.qcow2', 'host'],
  [INFO, '$ qemu-img info --backing-chain -U c.qcow2', 'another way'],
  [INFO, '$ qemu-img info c.qcow2 -U --backing-chain', 'another way'],
  [CREATE, '$ qemu-img create e.qcow2 -f qcow2 39M', 'another way'],
  [CREATE, '$ qemu-img create -f qcow2 39M e.qcow2', 'host'],
  [CREATE, '$ qemu-img create -f e.qcow2 qcow2 39M', 'host'],
  [HELP, '.help   blockdev-del', 'right'],
  [HELP, 'help blockdev-del', 'right'],
  [HELP, '? blockdev-del', 'right'],
  [HELP, 'blockdev-del --help', 'right'],
  [HELP, 'help blockdev-add', 'other'],
  [HELP, '.help', 'other'],
  [SLOW, 'blockdev-backup device=a target=b sync=full speed=65536', 'right'],
];
for (const [step, typed, verdict] of TABLE)
  test(`${typed || 'nothing'}: ${verdict}`, () => {
    assert.is(brief(judge(typed, step, schema)), verdict);
  });

test('the members of a transaction are compared without their defaults', () => {
  const step = {
    kind: 'qmp',
    text: 'transaction( block-dirty-bitmap-add node=a name=b blockdev-backup device=a target=e sync=full job-id=j )',
    mistakes: [],
  } as const;
  const typed =
    'transaction(\nblock-dirty-bitmap-add node=a name=b persistent=false\nblockdev-backup device=a target=e sync=full job-id=j compress=off\n)';
  assert.is(judge(typed, step, schema).kind, 'right');
});

test.run();
