// No undo removes a file that somebody uses or that the page has not made, and what is told of it is true.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { removalOf } from '../../src/play/removal.ts';
import { BIN } from '../command.ts';
import { onStand, type Stand } from '../plays.ts';
import { type Count, proxy } from '../prove/proxy.ts';

for (const [line, expected] of [
  ['rm t.img', ['t.img']],
  ['rm -f -- e.qcow2', ['e.qcow2']],
  ['rm -fv \'my copy\' a\\ b "c d"', ['my copy', 'a b', 'c d']],
  ['/bin/rm -f -- -x', ['-x']],
  ['unlink t', ['t']],
  ['rm --force=x t', 'unclear'],
  ['rm -rf folder', 'unclear'],
  ['rm -f *.img', 'unclear'],
  ['rm -f ~/t', 'unclear'],
  ['rm -f "$(cat list)"', 'unclear'],
  ['test -f t && rm t', 'unclear'],
  ['cd x; rm t', 'unclear'],
  ['sudo rm t', 'unclear'],
  ['find . -name t -delete', 'unclear'],
  ['rm folder/', 'unclear'],
  ['rm', 'unclear'],
  ['echo alarm farm-rm.txt', undefined],
  ['qemu-img create rm-me.img 1M', undefined],
] as const)
  test(`what is removed: ${line}`, () => {
    const found = removalOf(line);
    assert.equal(typeof found === 'object' ? found.files : found, expected);
  });

/** A page whose last step is refused. `above` stands over the undo fence, `below` under it. */
function failing(above: string, undo: string, below = ''): string {
  return `# Page
\`\`\`qmp
${above}
\`\`\`
\`\`\`qmp on-failure
${undo}
\`\`\`
\`\`\`qmp
${below}
(QEMU) blockdev-del node-name=nobody
\`\`\`
`;
}

const MAKE = '$ qemu-img create -q -f raw t.img 1M';
const OPEN = '(QEMU) blockdev-add driver=file node-name=t filename=t.img';

interface Case {
  readonly name: string;
  readonly page: string;
  readonly files?: readonly string[];
  /** Whether t.img is there at the end. */
  readonly there: boolean;
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  {
    name: 'a file of the page is removed',
    page: failing(MAKE, '$ rm t.img'),
    there: false,
    says: /undone {2}\$ rm t\.img\nEverything this page did is undone\./,
  },
  {
    name: 'a file that a node is on stays',
    page: failing(MAKE, '$ rm t.img', OPEN),
    there: true,
    says: /left {4}\$ rm t\.img {2}\(QEMU has t\.img open: node t\)\nOnly when nothing uses the file .*:\n {4}\$ rm t\.img\nNot undone, .*:\n {4}blockdev-add .*node-name=t /,
  },
  {
    name: 'a file that was there before stays',
    page: failing('$ truncate -s 2M t.img', '$ rm t.img'),
    files: ['t.img'],
    there: true,
    says: /left {4}\$ rm t\.img {2}\(t\.img was there before this page\)/,
  },
  {
    name: 'a file that was there before, and that the page has not touched, is no matter of the undo',
    page: failing('(QEMU) query-status', '$ rm -f t.img'),
    files: ['t.img'],
    there: true,
    says: /nobody'?\n(?!.*(left|undone))/,
  },
  {
    name: 'a line that is not understood does not run',
    page: failing(MAKE, '$ test -f t.img && rm t.img'),
    there: true,
    says: /left {4}\$ test -f t\.img && rm t\.img {2}\(it cannot be seen which files this removes\)/,
  },
  {
    name: 'a file stays where a line above was left',
    page: failing(MAKE, '$ exit 3\n$ rm t.img'),
    there: true,
    says: /left {4}\$ exit 3 {2}\(exit status 3\)\nleft {4}\$ rm t\.img {2}\(a line above it was left\)/,
  },
  {
    name: 'what stands under a step that was refused does not run',
    page: `\`\`\`qmp\n${MAKE}\n\`\`\`\n\`\`\`qmp\n(QEMU) blockdev-del node-name=nobody\n\`\`\`\n\`\`\`qmp on-failure\n$ touch ran\n\`\`\`\n`,
    there: true,
    says: /nobody'?[^$]*Not undone, .*:\n {4}\$ qemu-img [^$]*$/,
  },
  {
    name: 'what stands under steps of which one was done runs',
    page: `\`\`\`qmp\n${MAKE}\n(QEMU) blockdev-del node-name=nobody\n\`\`\`\n\`\`\`qmp on-failure\n$ touch ran\n\`\`\`\n`,
    there: true,
    says: /undone {2}\$ touch ran/,
  },
  {
    name: 'a file that was moved away is told as what stays',
    page: failing(`${MAKE}\n$ mv t.img u.img`, '$ rm t.img'),
    there: false,
    says: /Not undone, .*:\n {4}\$ qemu-img .*\n {4}\$ mv t\.img u\.img\n/,
  },
];

for (const { name, page, files, there, says } of CASES)
  test(name, () =>
    onStand(async ({ vm, play }) => {
      writeFileSync(join(vm.folder, 'page.md'), page);
      for (const file of files ?? []) writeFileSync(join(vm.folder, file), 'mine');
      const done = await play(['page.md', vm.address, '--allow-shell']);
      assert.is(done.status, 1, done.out + done.err);
      assert.match(done.out, says, done.out);
      assert.is(existsSync(join(vm.folder, 't.img')), there, done.out);
    }),
  );

test('after the guest was moved to the copy no undo touches it, and the report says where the guest is', () =>
  onStand(async ({ vm, play, guest, value, quit, holds }) => {
    // The compare counts the disk's relative name from another folder, and fails.
    const cwd = join(vm.folder, 'elsewhere');
    mkdirSync(cwd);
    const args = [
      'mirror',
      vm.address,
      'node=node-A',
      `file=${vm.folder}/e.qcow2`,
      'then=complete',
      'verify=yes',
    ];
    const done = await play([...args, '--allow-shell'], { cwd });
    assert.is(done.status, 1, done.out + done.err);
    assert.match(
      done.out,
      /kept {4}blockdev-del node-name=(mirror-\w+) [\s\S]*kept {4}blockdev-del node-name=\1-file [\s\S]*kept {4}\$ rm -f -- \S+e\.qcow2 {2}\(the guest may be using it\)\n/,
    );
    assert.match(
      done.out,
      /\nThe guest's disk is node mirror-\w+ \(\S+e\.qcow2\) now\. Its disk until then, node node-A \(a\.qcow2\), is still open and still there\.\n$/,
    );
    assert.not.match(done.out, /clean up|Everything/);
    assert.match(JSON.stringify(await value('query-block')), /"node-name":"mirror-/);
    await guest('write -P 0xdd 2M 64k');
    await quit();
    assert.ok(holds('e.qcow2', 0xdd, '2M 64k'));
  }));

test('a file that QEMU made in a folder of its own is told as left', () =>
  onStand(async ({ vm, play }) => {
    const cwd = join(vm.folder, 'elsewhere');
    mkdirSync(cwd);
    const args = ['backup', vm.address, 'node=node-A', 'file=e.qcow2', 'speed=1M', '--timeout', '300ms'];
    const done = await play([...args, '--allow-shell'], { cwd });
    assert.match(done.out, /left {4}\$ rm -f -- e\.qcow2 {2}\(e\.qcow2 is not here: /);
    assert.ok(existsSync(join(vm.folder, 'e.qcow2')));
  }));

/** Plays with Ctrl-C between a request and its reply; gives what was said. */
async function brokenOff(
  { vm, play }: Stand,
  args: readonly string[],
  request: RegExp,
  how: 'interrupted' | 'lost' = 'interrupted',
): Promise<{ readonly status: number | null; readonly out: string }> {
  let pid = 0;
  const count: Count = {
    seen: 0,
    names: [],
    break: {
      at: request,
      phase: 'between',
      act: async () => void (how === 'interrupted' && process.kill(pid, 'SIGINT')),
      onward: how === 'interrupted' ? 'go on' : 'end',
    },
  };
  const path = join(vm.folder, 'p.sock');
  const server = await proxy(path, vm.address, count);
  const done = await play([...args, path, '--allow-shell'], {
    started: id => {
      pid = id;
    },
  });
  server.close();
  return done;
}

test('an undo does not cancel a job of somebody else that has the same name', () =>
  onStand(async stand => {
    const { vm, session, value } = stand;
    for (const name of ['s', 't'])
      await value('blockdev-add', { driver: 'null-co', 'node-name': name, size: 40894464 });
    const job = { device: 'node-A', target: 's', sync: 'full', 'job-id': 'copy', speed: 65536 };
    await value('blockdev-backup', job);
    const page = '```qmp\n(QEMU) blockdev-backup device=node-A target=t sync=full job-id=copy\n```\n';
    writeFileSync(join(vm.folder, 'page.md'), page);
    const done = await brokenOff(stand, ['page.md'], /blockdev-backup/);
    assert.is(done.status, 130, done.out);
    assert.not.match(done.out, /undone|left/);
    const jobs = await session.execute('query-jobs');
    assert.match(JSON.stringify(jobs.raw), /"id":"copy"/);
  }));

for (const [request, undone] of [
  ['blockdev-create', /undone {2}\$ rm -f -- e\.qcow2\nEverything this page did is undone\.\n$/],
  ['blockdev-add.*"backup-\\w+-file"', /undone {2}blockdev-del node-name=backup-\w+-file\nundone {2}\$ rm/],
] as const)
  test(`Ctrl-C between ${/^[\w-]+/.exec(request)?.[0]} and its reply undoes it, too`, () =>
    onStand(async stand => {
      const before = await stand.state();
      const done = await brokenOff(stand, ['backup', 'node=node-A', 'file=e.qcow2'], new RegExp(request));
      assert.is(done.status, 130, done.out);
      assert.match(done.out, undone);
      assert.is(await stand.state(), before, done.out);
    }));

test('a command whose reply was lost may have had an effect, and is told of', () =>
  onStand(async stand => {
    const page =
      '```qmp\n(QEMU) query-name\n(QEMU) block_set_io_throttle id=virtio0 bps=0 bps_rd=0 bps_wr=0 iops=0 iops_rd=0 iops_wr=0\n```\n';
    writeFileSync(join(stand.vm.folder, 'page.md'), page);
    const done = await brokenOff(stand, ['page.md'], /block_set_io_throttle/, 'lost');
    assert.is(done.status, 3, done.out);
    assert.match(
      done.out,
      /It is not known whether these had an effect:\n {4}block_set_io_throttle id=virtio0/,
    );
    assert.not.match(done.out, /is undone|query-name\n {4}/);
  }));

const LOOP = `---
params: { names: { kind: list, default: [n1, n2, n3] } }
---
\`\`\`qmp
(QEMU) blockdev-add driver=null-co node-name=base size=1M
(QEMU) .let below = 'base'
\`\`\`
\`\`\`qmp on-failure
(QEMU) blockdev-del node-name=base
\`\`\`
\`\`\`qmp each=name:names
(QEMU) blockdev-add driver=raw node-name=$name file=$below
(QEMU) .let below = $name
\`\`\`
\`\`\`qmp on-failure each=name:names
(QEMU) blockdev-del node-name=$name
\`\`\`
`;

for (const [name, page, undone] of [
  ['a loop', `${LOOP}\`\`\`qmp\n(QEMU) blockdev-del node-name=nobody\n\`\`\`\n`, ['n3', 'n2', 'n1', 'base']],
  [
    'a loop that was left in the middle',
    LOOP.replace('[n1, n2, n3]', '[n1, n2, base, n3]'),
    ['n2', 'n1', 'base'],
  ],
] as const)
  test(`${name} is undone from its end`, () =>
    onStand(async ({ vm, play, state }) => {
      writeFileSync(join(vm.folder, 'page.md'), page);
      const before = await state();
      const done = await play(['page.md', vm.address]);
      assert.is(done.status, 1, done.out);
      const lines = [...done.out.matchAll(/undone {2}blockdev-del node-name=(\w+)/g)].map(found => found[1]);
      assert.equal(lines, undone, done.out);
      assert.is(await state(), before);
    }));

const TURNS = `---
params: { names: { kind: list, default: [a, b, c] } }
---
\`\`\`qmp each=name:names
$ echo made-$name >> log
$ test $name != b
\`\`\`
\`\`\`qmp on-failure each=name:names
$ echo undone-$name >> log
\`\`\`
`;

test('turns of a loop that were never begun are not undone', () =>
  onStand(async ({ vm, play }) => {
    writeFileSync(join(vm.folder, 'page.md'), TURNS);
    const done = await play(['page.md', vm.address, '--allow-shell']);
    assert.is(done.status, 1, done.out);
    const log = readFileSync(join(vm.folder, 'log'), 'utf8');
    assert.equal(log.trim().split('\n'), ['made-a', 'made-b', 'undone-b', 'undone-a'], done.out);
  }));

test('a page is undone where its report cannot be written', () =>
  onStand(async ({ vm, state }) => {
    writeFileSync(join(vm.folder, 'page.md'), failing(MAKE, '$ rm t.img'));
    const before = await state();
    const child = spawn(process.execPath, [BIN, 'play', 'page.md', vm.address, '--allow-shell'], {
      cwd: vm.folder,
      stdio: ['ignore', openSync('/dev/full', 'w'), 'ignore'],
    });
    await new Promise(resolve => child.on('close', resolve));
    assert.is(await state(), before);
  }));

test.run();
