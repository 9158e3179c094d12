// Each way a page can be broken off leaves the VM and its folder as before the page began, or says what is left.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIN, type Done, qmpsh, type RunOptions } from '../command.ts';
import { onStand, type Stand } from '../plays.ts';

/** A page that mirrors to an image it makes; what differs from case to case is put in. */
function copying(size: string, target: string, after = ''): string {
  return `# Copy
\`\`\`qmp
$ qemu-img create -q -f raw t.img ${size}
\`\`\`
\`\`\`qmp on-failure
$ rm t.img
\`\`\`
\`\`\`qmp
(QEMU) blockdev-add ${target}
\`\`\`
\`\`\`qmp on-failure
(QEMU) blockdev-del node-name=t
\`\`\`
\`\`\`qmp
(QEMU) blockdev-mirror device=node-A target=t sync=full job-id=copy
${after}\`\`\`
`;
}

const RAW = 'driver=raw node-name=t file.driver=file file.filename=t.img';
const FULL = `driver=blkdebug node-name=t image.driver=file image.filename=t.img inject-error.0.event=pwritev inject-error.0.errno=28`;

interface Case {
  readonly name: string;
  /** The text of a page; absent: the backup recipe. */
  readonly page?: string;
  readonly args?: readonly string[];
  /** A file that is there. */
  readonly file?: string;
  /** Once the job runs. */
  readonly meanwhile?: (stand: Stand, pid: number) => unknown;
  readonly status: number;
  readonly says: RegExp;
  /** Lines that are left. */
  readonly left?: RegExp;
  readonly dead?: boolean;
}

const BACKUP = ['backup', 'node=node-A', 'file=e.qcow2'];
const SLOW = [...BACKUP, 'speed=1M'];

const CASES: readonly Case[] = [
  {
    name: 'a refused command',
    page: copying('39M', RAW, '(QEMU) blockdev-del node-name=nobody\n'),
    status: 1,
    says: /QEMU refused it: .*nobody/,
  },
  {
    name: 'a node that is not there',
    args: ['backup', 'node=nobody', 'file=e.qcow2'],
    status: 1,
    says: /not as expected: no node-name is nobody; there is node-A/,
  },
  {
    name: 'a node whose name is near',
    args: ['backup', 'node=node-X', 'file=e.qcow2'],
    status: 1,
    says: /not as expected: no node-name is node-X; did you mean node-A\?/,
  },
  {
    name: 'the file of the disk itself',
    args: ['backup', 'node=node-A', 'file=a.qcow2'],
    status: 1,
    says: /a\.qcow2 is an image that this QEMU has open: node node-A is on it\n +Give another name\./,
  },
  {
    name: 'a file that is there already',
    args: ['backup', 'node=node-A', 'file=full.qcow2'],
    file: 'full.qcow2',
    status: 1,
    says: /full\.qcow2 is there already\n +Give another name, or overwrite=yes: then what it holds is lost\./,
  },
  {
    name: 'a target too small',
    page: copying('1M', RAW),
    status: 1,
    says: /job copy failed: /,
  },
  {
    name: 'a full disk',
    page: copying('39M', FULL),
    status: 1,
    says: /job copy failed: No space left on device/,
  },
  {
    name: 'an unmet expectation, with a mirror that is ready',
    page: copying('39M', RAW, '(QEMU) query-status\n(QEMU) .expect status == running\n'),
    status: 1,
    says: /not as expected: status should be == "running", and is "prelaunch"/,
  },
  {
    name: 'output that differs',
    page: copying('39M', RAW, '(QEMU) query-status\n{"return": {"status": "running"}}\n'),
    status: 1,
    says: /return\.status: expected "running", got "prelaunch"/,
  },
  {
    name: 'a host command that fails',
    page: copying('39M', RAW, '$ exit 7\n'),
    status: 1,
    says: /exit status 7/,
  },
  {
    name: 'time that runs out',
    args: [...SLOW, '--timeout', '300ms'],
    status: 4,
    says: /waited 300 ms for job .*; it is running/,
  },
  {
    name: 'Ctrl-C',
    args: SLOW,
    meanwhile: (_, pid) => process.kill(pid, 'SIGINT'),
    status: 130,
    says: /stopped waiting for (job|the reply)/,
  },
  {
    name: 'a job that somebody else cancels',
    args: SLOW,
    meanwhile: ({ session }) =>
      session
        .waitFor(({ data }) => data['status'] === 'running' && /^backup/.test(String(data['id'])), {
          since: 0,
        })
        .then(({ data }) => session.execute('job-cancel', { id: String(data['id']) })),
    status: 1,
    says: /job backup-\w+ was cancelled/,
  },
  {
    name: 'a QEMU that dies',
    args: SLOW,
    meanwhile: ({ vm }) => process.kill(vm.pid, 'SIGKILL'),
    status: 3,
    says: /the connection to .* (ended while waiting|was lost)/,
    left: /If that QEMU still runs, these lines clean up, .*:\n {4}job-cancel id=backup-\w+\n {4}blockdev-del node-name=backup-\w+\n {4}blockdev-del node-name=backup-\w+-file\n/,
    dead: true,
  },
];

for (const { name, page, args, file, meanwhile, status, says, left, dead } of CASES)
  test(name, () =>
    onStand(async stand => {
      const { vm, play, state, session } = stand;
      if (file !== undefined) writeFileSync(join(vm.folder, file), 'x');
      const before = await state();
      if (page !== undefined) writeFileSync(join(vm.folder, 'page.md'), page);
      const [what = 'page.md', ...rest] = args ?? [];
      let acted: Promise<unknown> = Promise.resolve();
      const options: RunOptions = {
        started: pid => {
          if (!meanwhile) return;
          acted = session
            .waitFor(({ data }) => data['status'] === 'running' && /^backup/.test(String(data['id'])), {
              since: session.events.end,
              timeout: 20_000,
            })
            .then(() => meanwhile(stand, pid));
        },
      };
      const done: Done = await play([what, vm.address, '--allow-shell', ...rest], options);
      await acted;
      const said = `${done.out}\n${done.err}`;
      assert.is(done.status, status, said);
      assert.match(said, says, said);
      if (left) assert.match(said, left, said);
      else assert.not.match(said, /clean up/);
      if (!dead) assert.is((await state()).replace(' page.md', ''), before, said);
    }),
  );

/** Whether this host lets a test have a small file system of its own. */
const mounts =
  spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=1M', 'none', tmpdir()]).status === 0;
const PAGES: Readonly<Record<string, string>> = {
  'fill.md': '```qmp\n$ head -c 12M /dev/zero > fill\n```\n',
  'list.md': '```qmp\n(QEMU) query-jobs\n{"return": []}\n$ ls -1\na.qcow2\nfill\nqmp.sock\n```\n',
};
for (const recipe of ['backup', 'mirror', 'incremental action=start'])
  for (const format of recipe.startsWith('inc') ? [''] : ['', ' format=raw'])
    (mounts ? test : test.skip)(`a file system without room: ${recipe}${format}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'qt-'));
      try {
        for (const [name, text] of Object.entries(PAGES)) writeFileSync(join(folder, name), text);
        mkdirSync(join(folder, 'm'));
        const input = `.play ${folder}/fill.md
query-named-block-nodes flat=true | grep -c node-name
.${recipe} node=node-A file=e.qcow2${format}
query-named-block-nodes flat=true | grep -c node-name
.play ${folder}/list.md
`;
        // Its disk takes 8 MiB twice while it is made, and once from then on.
        const mount = 'mount -t tmpfs -o size=24M none m && TMPDIR=$PWD/m exec "$@"';
        const done = spawnSync(
          'unshare',
          ['-rm', 'sh', '-c', mount, 'sh', process.execPath, BIN, 'practice', '--allow-shell'],
          { cwd: folder, input, encoding: 'utf8', timeout: 60_000 },
        );
        assert.match(done.stderr, /job \S+ failed: No space left on device/);
        assert.match(done.stderr, /Everything this page did is undone\.[\s\S]*^done .*list\.md/m);
        const [before, after] = done.stdout.trim().split('\n');
        assert.is(after, before, done.stdout + done.stderr);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

test('a second Ctrl-C ends an undo that hangs, and what is left is told', () =>
  onStand(async ({ vm, play, session, state }) => {
    const before = await state();
    const running = session.waitFor(
      ({ data }) => data['status'] === 'running' && /^backup/.test(String(data['id'])),
      { since: session.events.end, timeout: 20_000 },
    );
    let again = false;
    const done = await play([...BACKUP, vm.address, 'speed=1M', '--allow-shell'], {
      started: pid =>
        void running.then(() => {
          process.kill(vm.pid, 'SIGSTOP');
          process.kill(pid, 'SIGINT');
        }),
      onOutput: (out, pid) => {
        if (again || !/^failed/m.test(out)) return;
        again = true;
        process.kill(pid, 'SIGINT');
      },
    }).finally(() => process.kill(vm.pid, 'SIGCONT'));
    assert.is(done.status, 130, done.out + done.err);
    const lines =
      /in this order; what is not there is refused:\n([\s\S]*)$/.exec(done.out)?.[1]?.trim().split(/\n\s*/) ??
      [];
    assert.match(lines[0] ?? '', /^job-cancel id=backup-/, done.out);
    for (const line of lines)
      if (line.startsWith('$ ')) rmSync(join(vm.folder, 'e.qcow2'));
      else await qmpsh(['-c', line, vm.address]);
    assert.is(await state(), before, 'the lines that are told clean up');
  }));

test('what the page has made on disk is removed without leave to run commands here', () =>
  onStand(async ({ vm, play }) => {
    const done = await play(['backup', vm.address, ...SLOW.slice(1), '--timeout', '300ms']);
    assert.is(done.status, 4);
    assert.match(done.out, /undone {2}\$ rm -f -- e\.qcow2\nEverything this page did is undone\./);
    assert.not.ok(existsSync(join(vm.folder, 'e.qcow2')));
  }));

const KEPT = `\`\`\`qmp
(QEMU) blockdev-add driver=null-co node-name=made
\`\`\`
\`\`\`qmp on-failure
(QEMU) blockdev-del node-name=made
\`\`\`
\`\`\`qmp keep
(QEMU) blockdev-del node-name=FIRST
(QEMU) blockdev-del node-name=nobody
\`\`\`
`;
for (const [first, stands] of [
  ['old', 'made'],
  ['made', undefined],
] as const)
  test(`what stands above a step that keeps is not undone, and is told (${first})`, () =>
    onStand(async ({ vm, play, value, state }) => {
      await value('blockdev-add', { driver: 'null-co', 'node-name': 'old' });
      writeFileSync(join(vm.folder, 'page.md'), KEPT.replace('FIRST', first));
      const done = await play(['page.md', vm.address]);
      assert.is(done.status, 1, done.out);
      assert.is((await state()).split('\n')[0], `${stands ?? 'old'} node-A`.split(' ').sort().join(' '));
      assert.not.match(done.out, /^undone/m);
      if (stands)
        assert.match(
          done.out,
          /From here on the page is not undone\. These lines stand:\n +blockdev-add .*made/,
        );
    }));

test('a step that keeps and was not reached keeps nothing', () =>
  onStand(async ({ vm, play, state }) => {
    const before = await state();
    const text = KEPT.replace('FIRST', 'x').replace(
      '```qmp keep',
      '```qmp\n(QEMU) blockdev-del node-name=nobody\n```\n```qmp keep',
    );
    writeFileSync(join(vm.folder, 'page.md'), text);
    const done = await play(['page.md', vm.address]);
    assert.is(done.status, 1, done.out);
    assert.match(done.out, /undone {2}blockdev-del node-name=made\nEverything this page did is undone\./);
    assert.is((await state()).replace(' page.md', ''), before);
  }));

test('only the part that was played is undone', () =>
  onStand(async ({ vm, play, value, state }) => {
    writeFileSync(join(vm.folder, 'page.md'), copying('39M', RAW, '(QEMU) blockdev-del node-name=nobody\n'));
    await value('blockdev-add', { driver: 'null-co', 'node-name': 't', size: 40894464 });
    const before = await state();
    const done = await play(['page.md', vm.address, '--allow-shell', '--from', '3']);
    assert.is(done.status, 1);
    assert.is(await state(), before, 'the node t was there before');
  }));

test('what stands above the part that was played is not undone, whatever it does', () =>
  onStand(async ({ vm, play }) => {
    const part = (name: string) =>
      `\`\`\`qmp\n(QEMU) query-name\n\`\`\`\n\`\`\`qmp on-failure\n$ echo ${name} >> log\n\`\`\`\n`;
    const text = `${part('one')}${part('two')}\`\`\`qmp\n$ exit 3\n\`\`\`\n`;
    writeFileSync(join(vm.folder, 'page.md'), text);
    const done = await play(['page.md', vm.address, '--allow-shell', '--from', '2']);
    assert.is(done.status, 1, done.out);
    assert.is(readFileSync(join(vm.folder, 'log'), 'utf8'), 'two\n', done.out);
  }));

test.run();
