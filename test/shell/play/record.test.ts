// A recipe typed by hand and recorded, played again on a fresh VM to the same result.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { qmpsh } from '../../command.ts';
import { onStand } from '../../plays.ts';

const BEGIN = [
  'blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2 snapshot-node-name=node-B format=qcow2',
  'blockdev-create job-id=c0 options={"driver": "file", "filename": "e.qcow2", "size": 0}',
  '.wait job c0',
  'job-dismiss id=c0',
  'blockdev-add driver=file node-name=e-file filename=e.qcow2',
  'query-named-block-nodes flat=true',
  '.let size = [?"node-name"==\'node-A\'] | [0].image."virtual-size"',
  'blockdev-create job-id=c0 options={"driver": "qcow2", "file": "e-file", "size": $size}',
  '.wait job c0',
  'job-dismiss id=c0',
  'blockdev-add driver=qcow2 node-name=node-E file=e-file',
];
const SLIPS = [
  'blockdev-del node-name=nobody',
  'object-add qom-type=secret id=s0 data=sesame',
  'human-monitor-command command-line="info status" ',
];
const RECIPES: readonly (readonly [string, readonly string[]])[] = [
  [
    'backup',
    [
      'blockdev-backup device=node-B target=node-E sync=full job-id=job0',
      '.wait BLOCK_JOB_COMPLETED device=job0',
    ],
  ],
  [
    'mirror, completed',
    [
      'blockdev-mirror device=node-B target=node-E sync=full job-id=job0',
      '.wait BLOCK_JOB_READY device=job0',
      'query-block-jobs',
      'job-complete id=job0',
      '.wait job job0',
    ],
  ],
  [
    'mirror, cancelled',
    [
      'blockdev-mirror device=node-B target=node-E sync=full job-id=job0',
      '.wait job job0 ready',
      'block-job-cancel device=job0',
      '.wait BLOCK_JOB_COMPLETED device=job0',
    ],
  ],
  ['stream', ['block-stream device=node-B job-id=job0', '.wait BLOCK_JOB_COMPLETED device=job0']],
  [
    'commit',
    [
      'block-commit device=node-B job-id=job0',
      '.wait BLOCK_JOB_READY',
      'job-complete id=job0',
      '.wait BLOCK_JOB_COMPLETED',
    ],
  ],
];

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qt-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const [name, lines] of RECIPES)
  for (const file of ['rec.qmp', 'rec.md --replies'])
    test(`${name} to ${file}`, () =>
      inFolder(async folder => {
        const path = join(folder, file.split(' ')[0] ?? '');
        const input = [
          `.record ${file}`,
          ...BEGIN,
          ...SLIPS,
          ...lines,
          '.record stop node=node-B copy=node-E',
          '',
        ];
        const done = await qmpsh(['practice'], { cwd: folder, input: input.join('\n') });
        assert.is(done.status, 1, `the slip is refused\n${done.out}${done.err}`);
        const text = readFileSync(path, 'utf8');
        assert.match(text, /^# failed: blockdev-del node-name=nobody\n# {3}GenericError: /m);
        assert.not.match(text, /sesame/);
        assert.is(statSync(path).mode & 0o777, 0o600);
        assert.match(text, /size": \$size/);
        await onStand(async ({ play, vm, value, quit, compare }) => {
          const missing = await play([path, vm.address]);
          assert.is(missing.status, 2);
          assert.match(missing.err, /needs secret/);
          const played = await play([path, vm.address, 'secret=sesame', 'copy=node-X']);
          assert.is(played.status, 0, played.out + played.err);
          const nodes = JSON.stringify(await value('query-named-block-nodes', { flat: true }));
          assert.ok(nodes.includes('"node-X"') || name.includes('cancel') || !name.includes('mirror'));
          await quit();
          const [image, other] =
            name === 'stream' || name === 'commit' ? ['a.qcow2', 'b.qcow2'] : ['b.qcow2', 'e.qcow2'];
          assert.match(compare(image, other), /Images are identical\.$/);
        });
      }));

test('a recording is whole at every moment', () =>
  inFolder(async folder => {
    const path = join(folder, 'rec.md');
    await onStand(async ({ vm }) => {
      // QEMU ends while the recording runs, and nobody stops it.
      const input = ['.record rec.md', 'query-status', 'query-block', 'quit', ''].join('\n');
      await qmpsh([vm.address], { cwd: folder, input });
    });
    const done = await qmpsh(['check', path]);
    assert.is(done.status, 0, readFileSync(path, 'utf8') + done.out);
    assert.match(done.out, /3 steps, 0 faults/);
  }));

test('a file that is there is not written over; without a recording there is nothing to stop', () =>
  inFolder(async folder => {
    const path = join(folder, 'rec.qmp');
    const input = ['.record rec.qmp', '.record stop', '.record rec.qmp', '.record stop', ''].join('\n');
    const done = await qmpsh(['practice'], { cwd: folder, input });
    assert.ok(existsSync(path));
    assert.is(done.status, 2);
    assert.match(done.err, /cannot make .*rec\.qmp: it exists already[\s\S]*nothing is being recorded/);
  }));

interface Ask {
  readonly lines: readonly string[];
  readonly status: number;
  readonly says: RegExp;
}
const ASKS: readonly Ask[] = [
  { lines: ['query-status', '.expect status == prelaunch'], status: 0, says: /as expected/ },
  {
    lines: ['query-status', '.expect running == true'],
    status: 1,
    says: /running should be == true, and is false/,
  },
  { lines: ['query-status', '.expect [?'], status: 2, says: /JMESPath/ },
  { lines: ['.let a = @', '.let'], status: 0, says: /\$a = null/ },
  { lines: ['.let a'], status: 2, says: /a name, =, and a query/ },
  {
    lines: [
      'query-named-block-nodes flat=true',
      '.let n = [?image.format==\'qcow2\'] | [0]."node-name"',
      'blockdev-snapshot-sync node-name=$n snapshot-file=b.qcow2 snapshot-node-name=$$x',
    ],
    status: 1,
    says: /\$n = "node-A"/,
  },
  { lines: ['.backup node=node-A file=e.qcow2 verify=yes'], status: 2, says: /--allow-shell/ },
  { lines: ['.backup node=node-A file=e.qcow2'], status: 0, says: /done {2}Back up a disk .*3 checks met/ },
  { lines: ['.backup node=node-A'], status: 2, says: /needs file/ },
  { lines: ['.backup node=node-A file=e.qcow2 --dry-run'], status: 0, says: /blockdev-backup/ },
  { lines: ['.play nopage'], status: 2, says: /there is no page nopage/ },
  { lines: ['.step backup node=node-A file=x'], status: 2, says: /needs a terminal/ },
  { lines: ['.check backup node=node-A file=e.qcow2'], status: 0, says: /0 faults/ },
  { lines: ['.backp'], status: 2, says: /did you mean .*\.backup/ },
  { lines: ['.help .backup'], status: 0, says: /the target image; it must not exist; required/ },
];
for (const { lines, status, says } of ASKS)
  test(lines.join(' | '), async () => {
    const done = await qmpsh(['practice'], { input: `${lines.join('\n')}\n` });
    assert.is(done.status, status, done.out + done.err);
    assert.match(done.err, says);
  });

test.run();
