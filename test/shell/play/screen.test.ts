// Pages on a terminal: what is missing is asked for, jobs are shown while they run, steps are taken one at a time, and
// Ctrl-C leaves the VM as it was.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIN } from '../../command.ts';
import { type Screen, withScreen } from '../../screen.ts';

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
      screen.type('s\r');
      await screen.waitFor(/step 3 of 3[\s\S]*q leaves/);
      screen.type('q\r');
      await screen.waitFor('Undo what this page did?');
      screen.type('y\r');
      await screen.waitFor(/undone {2}blockdev-del node-name=first[\s\S]*ends here, after 1 step/);
      assert.equal(await screen.exited, { code: 130 });
    },
    { 'steps.md': STEPS },
  ));

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

test.run();
