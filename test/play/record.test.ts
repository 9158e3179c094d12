// A recipe typed by hand and recorded, played again on a fresh VM to the same result.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { qmpsh } from '../command.ts';
import { withDesk } from '../desk.ts';
import { startFakeServer } from '../fake-server.ts';
import { inFolder } from '../folder.ts';
import { onStand } from '../plays.ts';

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
  '.hmp nosuch',
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
        assert.match(text, /^# failed: \.hmp nosuch\n# {3}unknown command: 'nosuch'/m);
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

for (const [what, begin, end] of [
  ['from the start', '.record rec.md --no-failed', '.record stop'],
  ['at the end', '.record rec.md --replies', '.record stop --no-failed node=node-A'],
  ['of a plain text', '.record rec.qmp', '.record stop all --no-failed'],
] as const)
  test(`what failed is left out ${what}`, () =>
    inFolder(async folder => {
      const slip = 'blockdev-del node-name=nobody$&';
      const lines = [begin, slip, 'query-named-block-nodes flat=true', slip, 'block_resize node-nam=x'];
      const good = 'block_resize node-name=node-A size=41943040';
      const done = await qmpsh(['practice'], { cwd: folder, input: [...lines, good, end, ''].join('\n') });
      const path = join(folder, begin.split(' ')[1] ?? '');
      const text = readFileSync(path, 'utf8');
      assert.not.match(text, /failed|nobody|node-nam=x/);
      assert.match(text, /block_resize node-name=\S+ size=\S+$/m);
      assert.is(/left out: the 3 lines that failed/.test(done.err), what !== 'from the start');
      const played = await qmpsh(['check', path]);
      assert.is(played.status, 0, played.out);
      assert.match(played.out, /2 steps, 0 faults/);
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

test('an event whose device holds a step is no step of the recording', () =>
  inFolder(async folder => {
    const device = `x\n(QEMU) query-status | touch ${join(folder, 'made')}`;
    const event = (data: { readonly [name: string]: string }) => ({
      event: 'DEVICE_DELETED',
      data,
      timestamp: { seconds: 1, microseconds: 0 },
    });
    const server = await startFakeServer({
      answer: ({ execute }, tell) => {
        if (execute === 'query-qmp-schema')
          return { error: { class: 'CommandNotFound', desc: 'no schema\x1b[31m\n(QEMU) quit' } };
        if (execute === 'query-name') tell(event({ device }), event({ device: 'a "b" c' }));
        return execute === 'stop'
          ? { error: { class: 'GenericError', desc: 'no\x1b[31m\n$ touch made' } }
          : {};
      },
    });
    try {
      const input = ['.record rec.qmp', 'device_del id=x', 'query-name', 'stop', '.record stop', ''].join(
        '\n',
      );
      await qmpsh([server.address], { cwd: folder, input });
      const text = readFileSync(join(folder, 'rec.qmp'), 'utf8');
      const steps = text.match(/^(\(QEMU\)|\$) .*/gm);
      assert.equal(steps, [
        '(QEMU) device_del id=x',
        '(QEMU) query-name',
        '(QEMU) .wait DEVICE_DELETED device="a \\"b\\" c"',
      ]);
      assert.match(text, /^# failed: a wait for DEVICE_DELETED x\n# \(QEMU\) query-status/m);
      assert.not.match(text, /\x1b/);
    } finally {
      await server.close();
    }
  }));

test('a $ line with a secret is left out of the recording', () =>
  withDesk(async desk => {
    await desk.run('.record rec.qmp');
    await desk.sees(/recording to/);
    await desk.run('$ : password=sesame');
    await desk.run('$ : plain');
    await desk.run('.record stop');
    await desk.sees(/plays it/);
    const text = readFileSync(join(desk.vm.folder, 'rec.qmp'), 'utf8');
    assert.not.match(text, /sesame/);
    assert.match(text, /^# left out: a command of the host with a secret$/m);
    assert.match(text, /^\$ : plain$/m);
  }));

test('check --update writes no output that would be read as a step', () =>
  inFolder(async folder => {
    const rows = [
      '(QEMU) quit',
      '$ touch made',
      '```',
      '',
      '```qmp',
      '(QEMU) query-status | touch made',
      '```',
    ];
    writeFileSync(join(folder, 'out'), `first\n${rows.join('\n')}\nlast\n`);
    const step = '$ cat out\nother\n';
    writeFileSync(join(folder, 'page.md'), `# P\n\n\`\`\`qmp\n${step}\`\`\`\n\nEnd.\n`);
    writeFileSync(join(folder, 'page.txt'), `${step}\nEnd.\n`);
    await onStand(async ({ vm }) => {
      for (const page of ['page.md', 'page.txt']) {
        const check = ['check', page, vm.address, '--allow-shell'];
        const done = await qmpsh([...check, '--update'], { cwd: folder });
        assert.is(done.status, 0, done.out + done.err);
        const text = readFileSync(join(folder, page), 'utf8');
        assert.match(text, /\$ cat out\nfirst\n\.\.\.\n/);
        assert.not.match(text, /\(QEMU\)|\$ touch/);
        const again = await qmpsh(check, { cwd: folder });
        assert.match(again.out, /1 step, 0 faults/);
      }
    });
    assert.not.ok(existsSync(join(folder, 'made')));
  }));

test('a page recorded into the folder of the user is a word at once', () =>
  inFolder(async folder => {
    const pages = join(folder, 'data/qmpsh/pages');
    mkdirSync(pages, { recursive: true });
    const input = [`.record ${pages}/mine.qmp`, 'query-version', '.record stop', '.mine', '.help .mine', ''];
    const env = { XDG_DATA_HOME: join(folder, 'data') };
    const before = ['.mine'];
    const done = await qmpsh(['practice'], { cwd: folder, env, input: [...before, ...input].join('\n') });
    assert.match(done.err, /there is no word \.mine[\s\S]*query-version[\s\S]*played from .*mine\.qmp/);
  }));

test.run();
