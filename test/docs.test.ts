// The documentation is true: its screens are what the shell shows, its command lines run and print what stands below
// them, its links lead somewhere. UPDATE=1 writes the screens anew.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { version } from '../package.json';
import { manPage } from '../src/cli/manpage.ts';
import { FORMS, OPTIONS, SUBCOMMANDS } from '../src/cli/options.ts';
import { type Practice, startPractice } from '../src/io/practice.ts';
import { SETTINGS } from '../src/line/settings.ts';
import { RULES } from '../src/play/document/fault.ts';
import { KEYS } from '../src/words/keys.ts';
import { WORDS } from '../src/words/words.ts';
import { BIN } from './command.ts';
import { handOutPicture } from './handoutpicture.ts';
import { shownIn } from './picture.ts';
import { withScreen } from './screen.ts';
import { atPrompt, enter, makePicture, makeScreen, masked, SCENES } from './screens.ts';

// (The bundle of this file lies in .build/test/.)
const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).map(name => `docs/${name}`),
].filter(name => name.endsWith('.md'));
const read = (page: string) => readFileSync(join(root, page), 'utf8');

const SCREEN = /(<!-- screen: ([\w-]+) -->\n```text\n)([\s\S]*?)(?=^```$)/gm;

/** Events may overtake replies, so only which rows there are is compared, not their order. */
function rows(text: string): readonly string[] {
  return masked(text).split('\n').filter(Boolean).sort();
}

for (const page of pages)
  for (const [, , name = '', shown = ''] of read(page).matchAll(SCREEN))
    test(`${page} shows the screen "${name}" as it is`, async () => {
      const scene = SCENES[name];
      assert.ok(scene, 'test/screens.ts has no such scene');
      const made = await makeScreen(scene);
      const same = rows(shown).join('\n') === rows(made).join('\n');
      if (process.env['UPDATE'] && !same) {
        const text = read(page).replace(SCREEN, (all, head: string, other: string) =>
          other === name ? `${head}${made}\n` : all,
        );
        writeFileSync(join(root, page), text);
        return;
      }
      assert.equal(rows(shown), rows(made));
    });

/** Pictures of screens: the file, the scene, and what it is called for those who do not see it. */
const PICTURES: readonly (readonly [file: string, scene: string, name: string])[] = [
  [
    'docs/pictures/backup.svg',
    'backup',
    'A terminal: a snapshot, a backup that ends with one row, the picture of the chain, and the values of an argument below the line',
  ],
];
for (const [file, scene, name] of PICTURES)
  test(`${file} shows the scene "${scene}" as it is`, async () => {
    const found = SCENES[scene];
    assert.ok(found, 'test/screens.ts has no such scene');
    const made = await makePicture(found, name);
    const now = existsSync(join(root, file)) ? read(file) : '';
    const [is, shows] = [shownIn(made), shownIn(now)];
    const same = () => {
      assert.equal(rows(shows.text), rows(is.text));
      assert.equal(shows.styles.map(unmeasured).sort(), is.styles.map(unmeasured).sort());
      // What is not drawn from the screen.
      assert.is(frameOf(now), frameOf(made));
    };
    if (process.env['UPDATE']) {
      try {
        same();
      } catch {
        mkdirSync(dirname(join(root, file)), { recursive: true });
        writeFileSync(join(root, file), made);
      }
    } else same();
  });

const HANDOUT = 'docs/pictures/handout.svg';
test(`${HANDOUT} shows a hand-out as it is`, async () => {
  const made = await handOutPicture(
    'A hand-out: the block graph before, prose, coloured steps with what came, and the block graph after',
  );
  const now = existsSync(join(root, HANDOUT)) ? read(HANDOUT) : '';
  const lasting = (svg: string) =>
    svg.replaceAll(/\d+(?:\.\d+)? (?:ms|s)\b/g, 'TIME').replaceAll(/#block\d+/g, '#blockN');
  if (process.env['UPDATE'] && lasting(now) !== lasting(made)) writeFileSync(join(root, HANDOUT), made);
  else assert.is(lasting(now), lasting(made));
});

/** A piece of a row without its numbers: they differ from run to run. */
function unmeasured(piece: string): string {
  return masked(piece)
    .replaceAll(/ in \d.*$/g, ' in TIME')
    .replaceAll(/\d+(?:\.\d+)?/g, 'N');
}

function frameOf(svg: string): string {
  return svg
    .split('\n')
    .filter(row => !/^<(?:text|rect)/.test(row))
    .join('\n');
}

/** Two columns as a Markdown table. */
function listed(heads: readonly [string, string], found: readonly (readonly [string, string])[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const body = found.map(([left, right]) => `| \`${cell(left)}\` | ${cell(right)} |`);
  return `| ${heads.join(' | ')} |\n|---|---|\n${body.join('\n')}\n`;
}

/** The tables that are made of the shell's own: `<!-- table: NAME -->` stands above one, `<!-- end -->` below. */
const TABLES: Readonly<Record<string, () => string>> = {
  words: () =>
    listed(
      ['word', 'what it does'],
      WORDS.map(({ name, usage, help }) => [`${name} ${usage}`.trim(), help]),
    ),
  forms: () =>
    listed(
      ['command line', 'what it does'],
      [...FORMS, ...SUBCOMMANDS.map(({ usage, help }) => [usage, help] as const)].map(([form, help]) => [
        `qmpsh ${form}`,
        help,
      ]),
    ),
  options: () =>
    listed(
      ['option', 'what it does'],
      OPTIONS.map(({ name, short, value, help }) => [
        `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`,
        help,
      ]),
    ),
  settings: () =>
    listed(
      ['setting', 'what it does'],
      SETTINGS.map(({ name, values, help }) => [`.set ${name} ${values.join('|')}`, help]),
    ),
  rules: () => listed(['rule', 'what it asks'], Object.entries(RULES)),
  keys: () =>
    KEYS.map(({ title, rows: found }) => `${title}\n\n${listed(['key', 'what it does'], found)}`).join('\n'),
  recipes: () =>
    listed(
      ['recipe', 'what it does'],
      readdirSync(join(root, 'docs/recipes')).map(file => {
        const title = /^title: (.*)$/m.exec(read(`docs/recipes/${file}`))?.[1] ?? '';
        return [`.${file.replace(/\.md$/, '')}`, title] as const;
      }),
    ),
};

const TABLE = /(<!-- table: (\w+) -->\n)([\s\S]*?)(?=<!-- end -->)/g;
for (const page of pages)
  for (const [, , name = '', shown] of read(page).matchAll(TABLE))
    test(`${page} has the table of ${name} as it is`, () => {
      const made = TABLES[name]?.();
      assert.ok(made, 'there is no such table');
      if (process.env['UPDATE']) {
        const text = read(page).replace(TABLE, (all, head: string, other: string) =>
          other === name ? head + made : all,
        );
        writeFileSync(join(root, page), text);
      } else assert.is(shown, made);
    });

test('docs/qmpsh.1 is of today (UPDATE=1 writes it anew)', () => {
  const made = manPage(version, WORDS);
  if (process.env['UPDATE']) writeFileSync(join(root, 'docs/qmpsh.1'), made);
  assert.is(read('docs/qmpsh.1'), made);
});

test('man takes the man page without a warning', () => {
  const made = spawnSync('man', ['--warnings', '-l', join(root, 'docs/qmpsh.1')], {
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '80', LC_ALL: 'C.UTF-8', MAN_KEEP_FORMATTING: '' },
  });
  if (made.error || /minimized/.test(made.stdout)) return; // no man here
  assert.is(made.stderr, '');
  assert.match(made.stdout, 'QMP_SOCKET');
  assert.match(made.stdout, '--skip-negotiation');
});

for (const page of pages)
  test(`the links of ${page} lead to files and titles`, () => {
    const faults: string[] = [];
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = '', title] = target.split('#');
      const path = file === '' ? join(root, page) : resolve(root, dirname(page), file);
      if (!existsSync(path)) faults.push(target);
      else if (title !== undefined && !titles(readFileSync(path, 'utf8')).includes(title))
        faults.push(target);
    }
    assert.equal(faults, []);
  });

/** Titles as links name them. */
function titles(text: string): readonly string[] {
  const found = [...text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)];
  return found.map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

interface Command {
  readonly line: string;
  readonly expected: readonly string[];
}

/** The `$ ` lines of the `console` fences of a page, with what is shown below each. */
function consoles(text: string): readonly Command[] {
  const commands: { line: string; expected: string[] }[] = [];
  for (const [, body = ''] of text.matchAll(/^```console\n([\s\S]*?)^```$/gm))
    for (const row of body.trimEnd().split('\n')) {
      const last = commands.at(-1);
      if (row.startsWith('$ ')) commands.push({ line: row.slice(2), expected: [] });
      else if (
        last?.expected.length === 0 &&
        (row.startsWith('> ') || last.line.endsWith('\\') || openHeredoc(last.line))
      )
        last.line += `\n${row.replace(/^> /, '')}`;
      else last?.expected.push(row);
    }
  return commands;
}

function openHeredoc(line: string): boolean {
  const end = /<<\s*'?(\w+)/.exec(line)?.[1];
  return end !== undefined && !line.endsWith(`\n${end}`);
}

interface Place {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A folder with `qmpsh` on the $PATH, and a practice VM in it whose monitor is ./qmp.sock. */
async function inPlace(
  run: (place: Place, vm: Practice) => Promise<void> | void,
  disks: readonly string[] = [],
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qd-'));
  const bin = join(folder, '.bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'qmpsh'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`, { mode: 0o755 });
  const { QMP_SOCKET: _, ...rest } = process.env;
  const env = { ...rest, PATH: `${bin}:${process.env['PATH']}`, HOME: folder, XDG_STATE_HOME: folder };
  const vm = await startPractice({ keep: folder, disks });
  try {
    await run({ folder, env }, vm);
  } finally {
    await vm.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs commands in one bash; what each printed on both outputs. */
function runAll(commands: readonly Command[], { folder, env }: Place): readonly string[] {
  // The status of a command is kept for the next, which may ask for it.
  const script = commands.map(({ line }) => `__s=$?; printf '\\0'; (exit $__s)\n${line}`).join('\n');
  const done = spawnSync('bash', ['--norc', '-c', `exec 2>&1\n${script}`], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 240_000,
  });
  return done.stdout.split('\0').slice(1);
}

/** What a page shows as a pattern: `...` in a row stands for anything, a row of it alone for any rows. */
function like(expected: readonly string[]): RegExp {
  const plain = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const rows = expected.map(row =>
    row === '...' ? '(?:.*\n)*?' : `${row.split('...').map(plain).join('.*')}\n`,
  );
  return new RegExp(`^${rows.join('')}$`);
}

for (const page of pages) {
  const commands = consoles(read(page));
  if (commands.length === 0) continue;
  // `<!-- practice: disks 8M -->`: the VM has a second disk.
  const [, more = ''] = /^<!-- practice: disks (.*) -->$/m.exec(read(page)) ?? [];
  test(`the command lines of ${page} print what it says`, () =>
    inPlace(place => {
      const printed = runAll(commands, place);
      commands.forEach(({ line, expected }, i) => {
        const got = (printed[i] ?? 'nothing ran').trimEnd();
        assert.ok(
          like(expected).test(got === '' ? '' : `${got}\n`),
          `$ ${line}\n--- printed\n${got}\n--- expected\n${expected.join('\n')}`,
        );
      });
    }, more.split(' ').filter(Boolean)));
}

test('the tour of README.md, typed at the prompt of a practice VM', () =>
  inPlace(async ({ folder, env }) => {
    const tour = /^## Five minutes\n([\s\S]*?)^## /m.exec(read('README.md'))?.[1] ?? '';
    const lines = [...tour.matchAll(/^```qmp\n([\s\S]*?)^```$/gm)].flatMap(([, body = '']) =>
      body.split('\n'),
    );
    const steps = lines.filter(line => /^(\(QEMU\)|\$) /.test(line));
    assert.ok(steps.length >= 7);
    const options = {
      command: process.execPath,
      args: [BIN, 'practice'],
      cwd: folder,
      env,
      rows: 50,
      cols: 120,
    };
    await withScreen(options, async screen => {
      await screen.waitFor(/QEMU \d+\.\d+\.\d+ .*a\.qcow2/);
      await screen.waitFor(atPrompt);
      for (const step of steps) {
        const text = step.replace(/^\(QEMU\) /, '');
        if (text === 'quit') {
          screen.type('quit\r');
          await screen.waitFor(/Run quit\?/);
          screen.type('y');
          await screen.waitFor('QEMU has ended');
          await screen.waitFor(atPrompt);
        } else await enter(screen, text);
        const text50 = () => screen.text().join('\n');
        assert.not.match(text50(), /^error/m);
        if (text.startsWith('blockdev-backup')) await screen.waitFor(/^job0 backup done/m);
      }
      await screen.waitFor('Images are identical.');
    });
  }));

test.run();
