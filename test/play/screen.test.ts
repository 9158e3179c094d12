// Pages on a terminal: what is missing is asked for, jobs are shown while they run, steps are taken one at a time, and
// Ctrl-C leaves the VM as it was.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIN } from '../command.ts';
import { onStand } from '../plays.ts';
import { type Screen, withScreen } from '../screen.ts';

async function onScreen(
  args: readonly string[],
  run: (screen: Screen, folder: string) => Promise<void>,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qt-'));
  mkdirSync(join(folder, 'qmpsh/pages'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const env = { HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
  const options = { command: process.execPath, args: [BIN, ...args], cwd: folder, env, cols: 110, rows: 40 };
  try {
    await withScreen(options, screen => run(screen, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const STEPS = `# Three steps

The first line makes a node.

\`\`\`qmp
(QEMU) blockdev-add driver=null-co node-name=first
\`\`\`

\`\`\`qmp on-failure
(QEMU) blockdev-del node-name=first
\`\`\`

The second line makes another.

\`\`\`qmp
(QEMU) blockdev-add driver=null-co node-name=second
(QEMU) blockdev-add driver=null-co node-name=third
\`\`\`
`;

/** Nothing of the shell's own is kept in the folders that are looked at. */
const NO_HOME = Object.fromEntries(
  ['HOME', 'XDG_STATE_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME'].map(name => [name, '/nowhere']),
);

test('qmpsh play asks for what is missing and shows the job', () =>
  onScreen(['play', 'backup', '--practice', 'node=node-A', 'speed=16M'], async screen => {
    await screen.waitFor('file: the target image');
    screen.type('e.qcow2\r');
    await screen.waitFor(/backup-\w+ {2}backup {2}.*% .*left/);
    await screen.waitFor(/done {2}Back up a disk .*3 checks met/);
    assert.equal(await screen.exited, { code: 0 });
  }));

test('qmpsh play --step', () =>
  onScreen(
    ['play', 'steps.md', '--practice', '--step'],
    async screen => {
      await screen.waitFor(
        /\[a\.qcow2\] +<-- virtio0[\s\S]*The first line makes a node\.[\s\S]*step 1 of 3[\s\S]*Enter runs/,
      );
      screen.key('Enter');
      // The reply, the picture with what is new in it, and the next step.
      await screen.waitFor(
        /\n\{\}\n[\s\S]*first\n +new\n[\s\S]*The second line makes another\.[\s\S]*step 2 of 3[\s\S]*q leaves/,
      );
      screen.key('s');
      await screen.waitFor(/step 3 of 3[\s\S]*q leaves/);
      screen.key('q');
      await screen.waitFor('Undo what this page did?');
      screen.key('y');
      await screen.waitFor(/undone {2}blockdev-del node-name=first[\s\S]*ends here, after 1 step/);
      assert.equal(await screen.exited, { code: 130 });
    },
    { 'steps.md': STEPS },
  ));

const SLOW = (speed: string) =>
  ['```qmp', '(QEMU) blockdev-add driver=null-co node-name=far size=39M']
    .concat([`(QEMU) blockdev-backup device=node-A target=far sync=full job-id=b0 speed=${speed}`])
    .concat(['(QEMU) blockdev-del node-name=far', '```', ''])
    .join('\n');

/** The part of the row of the job that changes while it runs. */
const progress = (screen: Screen) => /b0 {2}backup.* (\d+)%/.exec(screen.text().join('\n'))?.[1];

async function goesOn(screen: Screen): Promise<void> {
  const before = progress(screen);
  await screen.waitFor(shown => progress(shown) !== undefined && progress(shown) !== before);
}

test('step by step, keys typed while a step runs leave nothing behind and answer nothing', () =>
  onScreen(
    ['play', 'slow.md', '--practice', '--step'],
    async screen => {
      await screen.waitFor(/step 1 of 3[\s\S]*q leaves/);
      screen.key('Enter');
      await screen.waitFor(/step 2 of 3[\s\S]*q leaves/);
      screen.key('Enter');
      await screen.waitFor(/b0 {2}backup.*%/);
      const above = screen.lines().findIndex(row => row.includes('b0  backup'));
      screen.type('qqq hello\r\n\rworld\x1b[A\x04');
      await goesOn(screen);
      assert.not.match(screen.lines().join('\n'), /qqq|hello|world|\^/);
      assert.is(
        screen.lines().findIndex(row => row.includes('b0  backup')),
        above,
        'the row of the job has moved',
      );
      await screen.waitFor(/step 3 of 3[\s\S]*q leaves/);
      screen.key('Enter');
      await screen.waitFor(/done {2}slow\.md: 3 steps/);
      assert.equal(await screen.exited, { code: 0 });
      assert.not.match(screen.lines().join('\n'), /qqq|hello|world/);
    },
    { 'slow.md': SLOW('8M') },
  ));

test('step by step, Ctrl-C while a step runs ends the page, whatever was typed before', () =>
  onScreen(
    ['play', 'slow.md', '--practice', '--step'],
    async screen => {
      await screen.waitFor(/step 1 of 3[\s\S]*q leaves/);
      screen.key('Enter');
      await screen.waitFor(/step 2 of 3[\s\S]*q leaves/);
      screen.key('Enter');
      await screen.waitFor(/b0 {2}backup.*%/);
      screen.type('abc');
      screen.key('C-c');
      await screen.waitFor(/undone {2}the job b0|job-cancel|interrupted/i);
      assert.equal(await screen.exited, { code: 130 });
      assert.not.match(screen.lines().join('\n'), /abc|\^C/);
    },
    { 'slow.md': SLOW('64k') },
  ));

const BRANCHES = `---
title: Two ways
params:
  way: { choices: [left, right] }
---
Where it begins.

\`\`\`qmp
(QEMU) query-status
\`\`\`

On the left hand all is well.

\`\`\`qmp if=way==left
(QEMU) query-name
\`\`\`

On the right hand it is different.

\`\`\`qmp if=way==right
(QEMU) query-iothreads
\`\`\`

Here the ways meet.

\`\`\`qmp
(QEMU) query-version
\`\`\`
`;

test('the prose of a branch that is not played is not shown', () =>
  onScreen(
    ['practice', '--yes'],
    async screen => {
      const shown = () => screen.lines().join('\n');
      await screen.waitFor('Ctrl-D leaves');
      screen.type('.step ways.md way=right\r');
      await screen.waitFor(/Where it begins\.[\s\S]*query-status[\s\S]*q leaves/);
      screen.key('Enter');
      await screen.waitFor(/On the right hand it is different\.[\s\S]*query-iothreads[\s\S]*q leaves/);
      screen.key('Enter');
      await screen.waitFor(/Here the ways meet\.[\s\S]*query-version[\s\S]*q leaves/);
      screen.key('Enter');
      await screen.waitFor(/done {2}Two ways: 3 steps/);
      assert.not.match(shown(), /left hand|query-name/);
      screen.type('.play ways.md way=left\r');
      await screen.waitFor(/query-name[\s\S]*done {2}Two ways: 3 steps/);
      // What is played in one go has no prose at all.
      assert.not.match(shown(), /left hand/);
      assert.is(shown().match(/query-iothreads|right hand|ways meet/g)?.length, 3);
      screen.key('C-d');
      await screen.exited;
    },
    { 'ways.md': BRANCHES },
  ));

test('while a page is played at the prompt, an alarm is shown, and no event that its jobs tell of', () =>
  onScreen(
    ['practice', '--yes'],
    async screen => {
      await screen.waitFor('Ctrl-D leaves');
      screen.type('.play alarm.md\r');
      await screen.waitFor(/STOP +the guest is paused[\s\S]*done {2}/);
      assert.not.match(screen.lines().join('\n'), /RESUME|JOB_|j backup done/);
      screen.type('.events off\r');
      await screen.waitFor('events are not shown');
      screen.type('.play alarm.md\r');
      await screen.waitFor(/not shown[\s\S]*done {2}/);
      assert.is(
        screen
          .lines()
          .join('\n')
          .match(/the guest is paused/g)?.length,
        1,
      );
      screen.key('C-d');
      await screen.exited;
    },
    {
      'alarm.md':
        '```qmp\n(QEMU) cont\n(QEMU) stop\n(QEMU) blockdev-add driver=null-co node-name=n size=1M read-zeroes=true\n(QEMU) blockdev-add driver=null-co node-name=m size=1M read-zeroes=true\n(QEMU) blockdev-backup device=n target=m sync=full job-id=j\n(QEMU) blockdev-del node-name=m\n(QEMU) blockdev-del node-name=n\n```\n',
    },
  ));

test('step by step, what was skipped is not undone', () =>
  onStand(async ({ vm, value, state }) => {
    await value('blockdev-add', { driver: 'null-co', 'node-name': 'first' });
    writeFileSync(join(vm.folder, 'steps.md'), STEPS);
    const before = await state();
    const args = [BIN, 'play', 'steps.md', vm.address, '--step'];
    const env = NO_HOME;
    await withScreen({ command: process.execPath, args, cwd: vm.folder, env }, async screen => {
      await screen.waitFor(/step 1 of 3[\s\S]*q leaves/);
      screen.key('s');
      await screen.waitFor(/step 2 of 3[\s\S]*q leaves/);
      screen.key('Enter');
      await screen.waitFor(/step 3 of 3[\s\S]*q leaves/);
      screen.key('q');
      await screen.waitFor('Undo what this page did?');
      screen.key('y');
      await screen.waitFor(/Not undone[\s\S]*node-name=second/);
      await screen.exited;
    });
    assert.is((await state()).replace(' second', ''), before);
  }));

const ONE_MIRROR = `\`\`\`qmp
(QEMU) blockdev-add driver=null-co node-name=far size=39M
(QEMU) blockdev-mirror device=node-A target=far sync=none job-id=m0
(QEMU) query-status
\`\`\`
`;

for (const [how, begin] of [
  ['qmpsh play --step', ['play', 'one.md', '--practice', '--step']],
  ['.step', ['practice']],
] as const)
  test(`${how}: keys leave nothing behind, the job has its row, and own lines run in between`, () =>
    onScreen(
      begin,
      async (screen, folder) => {
        if (how === '.step') {
          await screen.waitFor('(QEMU) ');
          screen.type(`.step ${join(folder, 'one.md')}\r`);
        }
        const asked = (shown: Screen) =>
          shown.text().filter(row => row.startsWith('Enter runs')).length === 1;
        const at = (step: number) =>
          screen.waitFor(shown => asked(shown) && shown.text().includes(`step ${step} of 3`));
        await at(1);
        screen.key('Enter');
        await at(2);
        screen.key('Enter');
        await at(3);
        await screen.waitFor(/^m0 +mirror.*ready/m);
        screen.key('t');
        await screen.waitFor(shown => !asked(shown));
        screen.type('query-block-jobs\r');
        await screen.waitFor(/^(device|m0) [\s\S]*\bmirror +ready/m);
        screen.key('Enter');
        await screen.waitFor(/next is\n\(QEMU\) query-status\n/);
        await screen.waitFor(asked);
        screen.key('Enter');
        await screen.waitFor(/done {2}.*one\b.*3 steps/);
        await screen.waitFor(shown => !shown.lines().join('\n').includes('Enter runs'));
      },
      { 'one.md': ONE_MIRROR },
    ));

test('step by step, the picture has the chain concerned alone, and not more than half the screen', () =>
  onStand(async ({ vm, value }) => {
    for (let i = 0; i < 9; i++) await value('blockdev-add', { driver: 'null-co', 'node-name': `other${i}` });
    writeFileSync(join(vm.folder, 'steps.md'), STEPS);
    const args = [BIN, 'play', 'steps.md', vm.address, '--step'];
    await withScreen({ command: process.execPath, args, cwd: vm.folder, env: NO_HOME }, async screen => {
      // Nothing that the page names is there yet: of all of it, half a screen.
      await screen.waitFor(/and \d+ more rows: \.graph draws all[\s\S]*step 1 of 3[\s\S]*q leaves/);
      screen.key('Enter');
      await screen.waitFor(/step 2 of 3[\s\S]*q leaves/);
      const shown = screen.text().join('\n');
      assert.match(shown, /\{\}\n[\s\S]*first\n +new/);
      assert.not.match(shown.slice(shown.indexOf('{}')), 'other3');
      screen.key('q');
      await screen.waitFor('Undo what this page did?');
      screen.key('y');
      await screen.exited;
    });
  }));

test('step by step, a signal while a question is open ends it and its VM', () =>
  onScreen(
    ['play', 'steps.md', '--practice', '--step'],
    async screen => {
      await screen.waitFor(/step 1 of 3[\s\S]*q leaves/);
      screen.key('Enter');
      await screen.waitFor(/step 2 of 3[\s\S]*q leaves/);
      process.kill(screen.pid, 'SIGHUP');
      assert.equal((await screen.exited).code, 130);
    },
    { 'steps.md': STEPS },
  ));

test('at the prompt: Tab knows pages and their parameters, Ctrl-C undoes', () =>
  onScreen(
    ['practice'],
    async screen => {
      await screen.waitFor('Ctrl-D leaves');
      await screen.waitFor('(QEMU)');
      screen.type('.own ');
      await screen.waitFor('.own');
      screen.key('Tab');
      await screen.waitFor('.own mine=');
      screen.type('y\r');
      await screen.waitFor(/done {2}A page of mine: 1 step/);
      screen.type('.backup node=node-A file=e.qcow2 speed=1M\r');
      await screen.waitFor(/backup {2}node-A -> backup-\w+ .*%/);
      screen.key('C-c');
      await screen.waitFor(/undone {2}\$ rm -f -- e\.qcow2\n[\s\S]*Everything this page did is undone/);
      screen.type('query-jobs\r');
      await screen.waitFor(/\[\]/);
      screen.key('C-d');
      await screen.exited;
    },
    {
      'qmpsh/pages/own.md':
        '---\ntitle: A page of mine\nparams:\n  mine: { help: what is mine }\n---\n```qmp\n(QEMU) query-status\n```\n',
    },
  ));

test('Tab completes each name of a list of nodes', () =>
  onScreen(['practice'], async screen => {
    await screen.waitFor('Ctrl-D leaves');
    await screen.waitFor('(QEMU)');
    screen.type('.moment nodes=node-A,no');
    await screen.waitFor('node-A,no');
    screen.key('Tab');
    await screen.waitFor(/\.moment nodes=node-A,node-A\b/);
    screen.key('C-c');
    screen.key('C-d');
    await screen.exited;
  }));

for (const [how, args, line] of [
  [
    'qmpsh play',
    ['play', 'backup', 'q.sock', 'node=node-A', 'file=e.qcow2', 'speed=64k', '--allow-shell'],
    undefined,
  ],
  ['a page at the prompt', ['--yes', 'q.sock'], '.backup node=node-A file=e.qcow2 speed=64k\r'],
] as const)
  test(`${how} is undone when its terminal goes away`, () =>
    onStand(async ({ vm, state }) => {
      const before = await state();
      const options = {
        command: process.execPath,
        args: [BIN, ...args.map(arg => (arg === 'q.sock' ? vm.address : arg))],
        cwd: vm.folder,
        env: NO_HOME,
        cols: 110,
        rows: 40,
      };
      await withScreen(options, async screen => {
        if (line !== undefined) {
          await screen.waitFor('(QEMU)');
          screen.type(line);
        }
        await screen.waitFor(/backup {2}node-A -> backup-\w+ .*%/);
        screen.hangUp();
        // Without a terminal nobody tells the test of the end.
        while (runs(screen.pid)) await new Promise(resume => setTimeout(resume, 20));
      });
      assert.is(await state(), before);
    }));

test('a shell whose terminal goes away dies of that, and not of what Node does then', () =>
  onStand(async ({ vm }) => {
    // A terminal that is gone tells nobody how it ended: one that stays does.
    const watch = `process.on('SIGHUP', () => {});
      require('node:child_process')
        .spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' })
        .on('exit', (code, signal) => require('node:fs').writeFileSync('status', String(signal ?? code)));`;
    const args = ['-e', watch, BIN, vm.address];
    await withScreen({ command: process.execPath, args, cwd: vm.folder, env: NO_HOME }, async screen => {
      await screen.waitFor('(QEMU)');
      screen.hangUp();
      const file = join(vm.folder, 'status');
      while (!existsSync(file) || readFileSync(file, 'utf8') === '')
        await new Promise(resume => setTimeout(resume, 20));
      assert.is(readFileSync(file, 'utf8'), 'SIGHUP');
    });
  }));

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.run();
