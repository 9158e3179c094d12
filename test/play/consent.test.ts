// What a page can cause on this host is shown in one question before its first step, and is never done unasked: on real
// QEMU, with markers that only a command of the host could make.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Done, qmpsh } from '../command.ts';
import { atPrompt, type Desk, withDesk } from '../desk.ts';
import { inFolder } from '../folder.ts';

const fence = (lines: string, tag = 'qmp') => `\`\`\`${tag}\n${lines}\n\`\`\`\n`;

/** Pages by their files; the marker of each is the file `made`, which no test may find. */
const FILES: Readonly<Record<string, string>> = {
  'pipe.md': fence('(QEMU) query-status | tee MADE'),
  'shell.md': fence('$ touch MADE'),
  'transaction.md': fence('(QEMU) transaction( block-dirty-bitmap-add node=node-A name=b ) | tee MADE'),
  'exec.md': fence('(QEMU) migrate uri="exec:cat > MADE"'),
  'raw.md': fence('(QEMU) {"execute": "migrate", "arguments": {"uri": "exec:cat > MADE"}}'),
  'send.md': fence('(QEMU) .send {"execute": "migrate", "arguments": {"uri": "exec:cat > MADE"}}'),
  'hmp.md': fence('(QEMU) .hmp migrate -d "exec:cat > MADE"'),
  'human.md': fence('(QEMU) human-monitor-command command-line="migrate -d \\"exec:cat > MADE\\""'),
  'tap.md': fence('(QEMU) netdev_add type=tap id=n script=SCRIPT downscript=no'),
  'args.md': `---\npractice: { args: ["-sandbox", "off", "-incoming", "exec:touch MADE"] }\n---\n${fence('(QEMU) query-status')}`,
  'inner.md': `${fence('(QEMU) query-status')}\n${fence('(QEMU) .play pipe.md')}`,
  'deep.md': fence('(QEMU) .play inner.md'),
  'param.md': `---\nparams: { to: { default: "x y" } }\n---\n${fence('(QEMU) .play named.md file=$to')}`,
  'named.md': `---\nparams: { file: { help: f } }\n---\n${fence('$ touch MADE $file')}`,
  'ssh.md': `---\nparams: { to: { default: "ssh:nobody:/run/q" } }\n---\n${fence('(QEMU) query-status', 'qmp on=to')}`,
  'let.md': `---\nparams: { to: { default: "" } }\n---\n${fence("(QEMU) query-status\n(QEMU) .let to = 'ssh:nobody:/run/q'")}\n${fence('(QEMU) query-status', 'qmp on=to')}`,
  'program.md': `---\nparams: { to: { default: "exec:touch MADE" } }\n---\n${fence('(QEMU) query-status', 'qmp on=to')}`,
  'letprogram.md': `---\nparams: { to: { default: "" } }\n---\n${fence("(QEMU) query-status\n(QEMU) .let to = 'exec:touch MADE'")}\n${fence('(QEMU) query-status', 'qmp on=to')}`,
  'header.txt':
    '.. qmpsh:\n   practice: { args: ["-sandbox", "off", "-incoming", "exec:touch MADE"] }\n\n(QEMU) query-status\n',
  'shown.md': fence(
    '-> {"execute": "migrate", "arguments": {"uri": "exec:cat > MADE"}}\n(QEMU) query-status',
  ),
  'text.txt': 'Look:\n\n(QEMU) query-status | tee MADE\n',
};

interface Sandbox {
  readonly folder: string;
  readonly marker: string;
}

function inSandbox(act: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  return inFolder(async folder => {
    const marker = join(folder, 'made');
    const script = join(folder, 'script');
    mkdirSync(join(folder, 'bin'));
    for (const [path, status] of [
      [script, 0],
      [join(folder, 'bin/ssh'), 1],
    ] as const)
      writeFileSync(path, `#!/bin/sh\ntouch ${marker}\nexit ${status}\n`, { mode: 0o755 });
    for (const [name, text] of Object.entries(FILES))
      writeFileSync(join(folder, name), text.replaceAll('MADE', marker).replaceAll('SCRIPT', script));
    await act({ folder, marker });
  });
}

function run({ folder }: Sandbox, args: readonly string[]): Promise<Done> {
  return qmpsh(args, { cwd: folder, env: { PATH: `${join(folder, 'bin')}:${process.env['PATH']}` } });
}

/** A page, and what the refusal shows. */
const REFUSED: readonly [page: string, shown: RegExp][] = [
  ['pipe.md', /\| tee \S+made/],
  ['shell.md', /\$ touch \S+made/],
  ['transaction.md', /\| tee \S+made/],
  ['exec.md', /QEMU runs cat > \S+made/],
  ['shown.md', /QEMU runs cat > \S+made/],
  ['raw.md', /QEMU runs cat > \S+made/],
  ['send.md', /QEMU runs cat > \S+made/],
  ['hmp.md', /QEMU runs migrate -d "exec:cat > \S+made/],
  ['human.md', /QEMU runs migrate -d "exec:cat > \S+made/],
  ['tap.md', /QEMU runs \S+script/],
  ['args.md', /QEMU, with -sandbox off -incoming 'exec:touch \S+made'/],
  ['header.txt', /QEMU, with -sandbox off -incoming 'exec:touch \S+made'/],
  ['inner.md', /\| tee \S+made/],
  ['deep.md', /\| tee \S+made/],
  ['param.md', /\$ touch \S+made 'x y'/],
  ['ssh.md', /ssh nobody/],
  ['let.md', /ssh, if \$to is/],
  ['program.md', /touch \S+made \(a connection\)/],
  ['letprogram.md', /a command, if it is an exec: one/],
  ['text.txt', /\| tee \S+made/],
];
/** Checked as well: they go the same way. */
const CHECKED: ReadonlySet<string> = new Set(['pipe.md', 'exec.md', 'args.md', 'deep.md']);

for (const [page, shown] of REFUSED) {
  for (const what of CHECKED.has(page) ? ['play', 'check'] : ['play']) {
    test(`${what} ${page} with nobody to ask: refused before the first step`, () =>
      inSandbox(async sandbox => {
        const done = await run(sandbox, [what, page, '--practice']);
        assert.is(done.status, 2, done.out + done.err);
        assert.match(done.err, /runs (a command|commands) on this host/);
        assert.match(done.err, shown);
        assert.match(done.err, /--allow-shell/);
        assert.is(done.out, '', 'no step was begun');
        assert.not.ok(existsSync(sandbox.marker));
      }));
  }
  test(`a dry run of ${page} shows it`, () =>
    inSandbox(async sandbox => {
      const done = await run(sandbox, ['play', page, '--dry-run']);
      assert.is(done.status, 0, done.err);
      assert.match(done.out, /This page runs on this host/);
      assert.match(done.out, shown);
      assert.not.ok(existsSync(sandbox.marker));
    }));
}

test('a page that is allowed to does all of it', () =>
  inSandbox(async sandbox => {
    for (const page of ['pipe.md', 'args.md', 'deep.md']) {
      const done = await run(sandbox, ['play', page, '--practice', '--allow-shell']);
      assert.is(done.status, 0, done.out + done.err);
      assert.ok(existsSync(sandbox.marker), page);
      rmSync(sandbox.marker);
    }
  }));

test('an address that the user gave needs no question', () =>
  inSandbox(async sandbox => {
    const done = await run(sandbox, ['play', 'ssh.md', '--practice', 'to=ssh:nobody:/run/q']);
    assert.match(done.out + done.err, /ssh could not reach nobody/);
    assert.ok(existsSync(sandbox.marker));
    rmSync(sandbox.marker);
    const program = await run(sandbox, [
      'play',
      'program.md',
      '--practice',
      `to=exec:touch ${sandbox.marker}`,
    ]);
    assert.is(program.status, 3, program.out + program.err);
    assert.ok(existsSync(sandbox.marker));
  }));

test('what an undo alone would run on this host is left, and said, where nobody can be asked', () =>
  inSandbox(async sandbox => {
    const undo = `$ touch ${sandbox.marker}\n(QEMU) query-status | tee ${sandbox.marker}`;
    const text = `${fence(undo, 'qmp on-failure')}\n${fence('(QEMU) block-job-cancel device=nobody')}`;
    writeFileSync(join(sandbox.folder, 'undo.md'), text);
    const done = await run(sandbox, ['play', 'undo.md', '--practice']);
    assert.is(done.status, 1);
    assert.match(done.out, /left +\$ touch \S+made/);
    assert.match(done.out, /left +query-status \| tee \S+made/);
    assert.not.ok(existsSync(sandbox.marker));
    const dry = await run(sandbox, ['play', 'undo.md', '--dry-run']);
    assert.match(dry.out, /If this page fails, it runs on this host[\s\S]*\$ touch \S+made\n +\| tee/);
  }));

/** Options that a page cannot give to a page in it. */
const OPTIONS: readonly string[] = [
  '.play pipe.md --dry-run',
  '.play pipe.md --step',
  '.play pipe.md --update',
];
for (const line of OPTIONS) {
  test(`refused inside a page: ${line}`, () =>
    inSandbox(async sandbox => {
      writeFileSync(join(sandbox.folder, 'page.md'), fence(`(QEMU) query-status\n(QEMU) ${line}`));
      const option = line.split(' ').at(-1) ?? '';
      for (const args of [
        ['play', '--practice', '--allow-shell'],
        ['check', '--practice', '--allow-shell'],
        ['check'],
      ]) {
        const done = await run(sandbox, [args[0] ?? '', 'page.md', ...args.slice(1)]);
        assert.match(done.out + done.err, new RegExp(`page\\.md:3: ${option} cannot be used inside a page`));
        assert.not.match(done.out, /query-status/);
      }
      assert.not.ok(existsSync(sandbox.marker));
    }));
}

/** Pages that play pages without end, and the row in which that is seen. */
const ENDLESS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  itself: { 'a.md': fence('(QEMU) query-status\n(QEMU) .play a.md') },
  'two that play each other': {
    'a.md': fence('(QEMU) query-status\n(QEMU) .play b.md'),
    'b.md': fence('(QEMU) .play a.md'),
  },
  'another value each time': {
    'a.md': `---\nparams: { n: { default: x } }\n---\n${fence('(QEMU) query-status\n(QEMU) .play a.md n=$n-x')}`,
  },
};
for (const [what, pages] of Object.entries(ENDLESS)) {
  test(`endless nesting is refused before the first step: ${what}`, () =>
    inSandbox(async sandbox => {
      for (const [name, text] of Object.entries(pages)) writeFileSync(join(sandbox.folder, name), text);
      const done = await run(sandbox, ['play', 'a.md', '--practice', '--allow-shell']);
      assert.is(done.status, 2);
      assert.match(done.err, /pages play pages more than 8 deep; nothing was sent/);
      assert.is(done.out, '');
    }));
}

test('nesting that only the run can tell to be endless ends 8 deep', () =>
  inSandbox(async sandbox => {
    const text = `${fence("(QEMU) query-status\n(QEMU) .let more = 'yes'")}\n${fence('(QEMU) .play a.md', 'qmp if=more')}`;
    writeFileSync(join(sandbox.folder, 'a.md'), text);
    const done = await run(sandbox, ['play', 'a.md', '--practice']);
    assert.is(done.status, 2);
    assert.match(done.out, /pages play pages more than 8 deep/);
    assert.is(done.out.match(/^\(QEMU\) query-status$/gm)?.length, 9);
  }));

test('a page inside is the one that was asked about, whatever became of its file', () =>
  inSandbox(async sandbox => {
    const change = `printf '\`\`\`qmp\\n(QEMU) query-status | tee ${sandbox.marker}\\n\`\`\`\\n' > good.md`;
    writeFileSync(join(sandbox.folder, 'good.md'), fence('(QEMU) query-version'));
    writeFileSync(
      join(sandbox.folder, 'page.md'),
      `${fence(`$ ${change}`)}\n${fence('(QEMU) .play good.md')}`,
    );
    const vm = ['practice', '--allow-shell', '--keep', sandbox.folder];
    const done = await qmpsh(vm, { cwd: sandbox.folder, input: '.play page.md\n' });
    assert.is(done.status, 0, done.err);
    assert.match(done.err, /query-version/);
    assert.not.ok(existsSync(sandbox.marker));
  }));

const UNDO = fence('$ touch undone', 'qmp on-failure');

/** A page at the prompt, its question, a key, and what is seen then. */
const ASKED: readonly [
  what: string,
  page: string,
  question: RegExp,
  key: string,
  then: RegExp,
  made: boolean,
][] = [
  [
    'steps, pipes and undo lines in one question',
    `${UNDO}\n${fence('$ touch made\n(QEMU) query-status | cat > /dev/null')}`,
    /This page runs on this host, in \S+:\n +\$ touch made\n +\| cat > \/dev\/null\nand, if it fails:\n +\$ touch undone\nRun them\?/,
    'y',
    /played 2 steps|done/,
    true,
  ],
  [
    'no is the answer of Enter',
    fence('$ touch made'),
    /\$ touch made\nRun them\? \[y\/N\]/,
    'Enter',
    /the page was not played/,
    false,
  ],
  [
    'undo lines alone are asked about too, and can be left out',
    `${UNDO}\n${fence('(QEMU) query-version')}`,
    /If this page fails, it runs on this host, in \S+:\n +\$ touch undone\nLet it\?/,
    'n',
    /query-version/,
    false,
  ],
  [
    'files that the page would make are removed without a question',
    `${fence('$ rm -f copy.qcow2', 'qmp on-failure')}\n${fence('(QEMU) query-version')}`,
    /done {2}page\.md: 1 step/,
    'Enter',
    /done/,
    false,
  ],
];
for (const [what, page, question, key, then, made] of ASKED) {
  test(`at the prompt: ${what}`, () =>
    withDesk(async (desk: Desk) => {
      writeFileSync(join(desk.vm.folder, 'page.md'), page);
      await desk.type('.play page.md');
      desk.screen.key('Enter');
      await desk.sees(question);
      assert.not.ok(existsSync(join(desk.vm.folder, 'made')));
      if (key.length === 1) desk.screen.type(key);
      else desk.screen.key(key);
      await desk.sees(then);
      await desk.sees(atPrompt);
      assert.is(existsSync(join(desk.vm.folder, 'made')), made);
    }));
}

test('a paste: "all but the ones for this host" leaves pipes and programs of QEMU out as well', () =>
  withDesk(async ({ screen, vm, sees }: Desk) => {
    const see = sees.bind({ screen });
    screen.paste('query-version\nquery-status | tee made\nmigrate uri="exec:cat > made"\nquery-name\n');
    screen.key('Enter');
    await see(
      /This host would run:\n +\| tee made\n +QEMU runs cat > made\nRun them\? y: all but the 2 for this host/,
    );
    screen.type('y');
    await see(/query-name[\s\S]*\(QEMU\)/);
    await see(atPrompt);
    assert.not.ok(readdirSync(vm.folder).includes('made'));
  }));

test('a paste is shown without its secrets before it is agreed to', () =>
  withDesk(async ({ screen, sees }: Desk) => {
    const see = sees.bind({ screen });
    screen.paste('query-name\nset_password protocol=vnc password=hunter2\n');
    screen.key('Enter');
    await see(/2 +set_password protocol=vnc password=\*{8}\nRun these 2 lines\? \[y\/N\]/);
    screen.type('n');
    await see(/nothing was run/);
    await see(atPrompt);
  }));

test('.set confirm off: quit is not asked about', () =>
  withDesk(async desk => {
    await desk.type('quit');
    desk.screen.key('Enter');
    await desk.sees(/Run quit\? \[y\/N\]/);
    desk.screen.type('n');
    await desk.sees(/not sent/);
    await desk.sees(atPrompt);
    await desk.run('.set confirm off');
    await desk.type('quit');
    desk.screen.key('Enter');
    const late = new Promise<string>(resolve => setTimeout(() => resolve('it did not end'), 10_000).unref());
    assert.is(await Promise.race([desk.vm.exited.then(() => 'ended'), late]), 'ended');
  }));

test.run();
