// `qmpsh learn` and `.learn` as a reader meets them: the command, and the prompt on a real screen.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPage } from '../../src/page/read.ts';
import { BIN, type Done, qmpsh } from '../command.ts';
import { withQemu } from '../qemu.ts';
import { type Screen, withScreen } from '../screen.ts';

async function atHome(run: (home: string) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'qmpsh-home-'));
  try {
    await run(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const env = (home: string) => ({ HOME: home, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home });
const learn = (home: string, ...args: string[]): Promise<Done> =>
  qmpsh(['learn', ...args], { env: { ...process.env, ...env(home) } });

const WRONG: readonly [args: readonly string[], says: RegExp][] = [
  [['nothing'], /no lesson nothing(.|\n)*1 first-steps, 2 chains/],
  [['chain'], /did you mean chains/],
  [['two'], /did you mean chains\?/],
  [['99'], /no lesson 99/],
  [['3', '--from', '99'], /has the steps 1 to/],
  [['3', '--from', '0'], /has the steps 1 to/],
  [['3', '4'], /one lesson at a time/],
  [['--list', '--reset'], /do not go together/],
  [['--list', '3'], /takes no name/],
  [['--script', '3', '--from', '2'], /--from does not go/],
  [['3'], /wants a terminal(.|\n)*--script/],
];
for (const [args, says] of WRONG)
  test(`qmpsh learn ${args.join(' ')} is refused`, () =>
    atHome(async home => {
      const done = await learn(home, ...args);
      assert.is(done.status, 2);
      assert.match(done.err, says);
    }));

test('--list shows each lesson, what it teaches and how far the reader is; --reset forgets', () =>
  atHome(async home => {
    writeFileSync(join(home, 'placeholder'), '');
    const fresh = await learn(home, '--list');
    assert.is(fresh.status, 0);
    assert.match(fresh.out, /1 first-steps +the prompt/);
    assert.match(fresh.out, /5 mirror-complete/);
    rmSync(join(home, 'placeholder'));
    const reset = await learn(home, '--reset', '3');
    assert.match(reset.out, /lesson 3, blockdev-backup, begins at its first step/);
    assert.match((await learn(home, '--reset')).out, /every lesson/);
  }));

test('--script prints a page with all answers', () =>
  atHome(async home => {
    const done = await learn(home, '--script', 'backup');
    assert.is(done.status, 0);
    const page = await readPage(done.out, { name: 'script.md', isOpen: () => () => false });
    assert.equal(page.problems, []);
    const lines = page.steps.map(step => step.text);
    assert.ok(lines.includes('blockdev-backup device=node-B target=node-E sync=full job-id=job0'));
    assert.ok(lines.includes('qemu-img compare e.qcow2 f.qcow2'));
    assert.match(done.out, /\[a\.qcow2\] +<-- \[b\.qcow2\] +<-- virtio0/);
    assert.not.match(done.out, /^(hint|wrong|effect):/m);
  }));

const atPrompt = (screen: Screen) =>
  /^(?:rec )?\((QEMU[^)]*|gone)\)$/.test(screen.text()[screen.cursor.row]?.trimEnd() ?? '');

async function enter(screen: Screen, line: string): Promise<void> {
  screen.type(line);
  await screen.waitFor(shown => shown.text().join('').includes(line));
  screen.key('Enter');
}

/** Goes on with Space until the prompt stands. */
async function pageThrough(screen: Screen): Promise<void> {
  await screen.waitFor(shown => atPrompt(shown) || /q enough/.test(shown.text().join()));
  if (!atPrompt(screen)) screen.key('Space');
  await screen.waitFor(atPrompt);
}

function program(home: string, args: readonly string[]) {
  return { command: process.execPath, args: [BIN, ...args], env: env(home), cwd: home };
}

test('on a high screen all lessons are listed above the first task', () =>
  atHome(home =>
    withScreen({ ...program(home, ['learn']), rows: 50 }, async screen => {
      await screen.waitFor(
        /> +1 first-steps(.|\n)*5 mirror-complete(.|\n)*step 1 of 6(.|\n)*anything else may be/,
      );
      await screen.waitFor(atPrompt);
    }),
  ));

test('a reader begins, errs, asks for help, leaves, and goes on where he stopped', () =>
  atHome(async home => {
    await withScreen(program(home, ['learn']), async screen => {
      // The whole task stands there, ready to be typed: for the list of all lessons the screen is too low.
      await screen.waitFor(/> +1 first-steps {2}6 steps {2}the prompt.*\n\.learn list tells of all 11/);
      await screen.waitFor(/First steps · step 1 of 6(.|\n)*\[a\.qcow2\](.|\n)*anything else may be/);
      await screen.waitFor(atPrompt);
      await enter(screen, '.hint');
      await screen.waitFor(/hint 1\/2 +Type query-status/);
      await enter(screen, 'query-version');
      await screen.waitFor(/not quite +That tells which QEMU/);
      await enter(screen, 'query-status');
      await screen.waitFor(/Right\.(.|\n)*step 2 of 6/);
      await enter(screen, '.skip');
      // Where QEMU's manual is installed, the help is longer than the screen.
      await screen.waitFor(/a all +q enough|step 3 of 6/);
      if (/a all +q enough/.test(screen.text().join())) screen.key('q');
      await screen.waitFor(/step 3 of 6/);
      await screen.waitFor(atPrompt);
      await enter(screen, 'quit');
      await screen.waitFor(/Run quit\?/);
      screen.type('y');
      await screen.waitFor(/goes on, on a fresh VM\. Try again/);
      await screen.waitFor(atPrompt);
      await enter(screen, 'cont');
      await screen.waitFor(/step 4 of 6/);
      await screen.waitFor(atPrompt);
      await enter(screen, '.back');
      await screen.waitFor(/\.back\n(.|\n)*step 3 of 6/);
      await screen.waitFor(atPrompt);
      screen.key('C-d');
      await screen.waitFor(/Kept: qmpsh learn goes on at step 3 of First steps/);
      assert.is((await screen.waitForExit()).code, 0);
    });
    assert.match((await learn(home, '--list')).out, /2 of 6 steps\s+done/);
    await withScreen(program(home, ['learn']), async screen => {
      await screen.waitFor(/> +1 first-steps +2 of 6 steps done(.|\n)*step 3 of 6/);
      await pageThrough(screen);
      await enter(screen, '.learn');
      await screen.waitFor(/\.learn\n(.|\n)*step 3 of 6(.|\n)*let the machine run(.|\n)*\[a\.qcow2\]/);
      await screen.waitFor(atPrompt);
      await enter(screen, '.restart');
      await screen.waitFor(/step 1 of 6/);
    });
  }));

/** Begun with the arguments, what is typed there, and where it is said to go on; then it does. */
const LEFT: readonly [args: readonly string[], lines: readonly [string, RegExp][], kept: string][] = [
  [
    ['first-steps', '--from', '4'],
    [
      ['.learn chains', /Chains and overlays · step 1/],
      ['.skip', /Chains and overlays · step 2/],
    ],
    'qmpsh learn goes on at step 2 of Chains and overlays',
  ],
  [
    ['mine.md', '--allow-shell'],
    [['.skip', /Mine · step 2/]],
    'qmpsh learn mine.md goes on at step 2 of Mine',
  ],
];
for (const [args, lines, kept] of LEFT)
  test(`left after ${lines.map(([line]) => line).join(', ')}: ${kept}`, () =>
    atHome(async home => {
      const step = '```qmp try\n(QEMU) query-status\n```\n\nhint: h\n\n';
      writeFileSync(
        join(home, 'mine.md'),
        `---\ntitle: Mine\nabout: a try\n---\nDo.\n\n${step}And.\n\n${step}`,
      );
      await withScreen(program(home, ['learn', ...args]), async screen => {
        await screen.waitFor(atPrompt);
        for (const [line, shows] of lines) {
          await enter(screen, line);
          await screen.waitFor(shows);
          await pageThrough(screen);
        }
        screen.key('C-d');
        await screen.waitFor(`Kept: ${kept}.`);
        await screen.waitForExit();
      });
      const [, command = '', told = ''] = /^qmpsh (.*) goes on at (.*)$/.exec(kept) ?? [];
      await withScreen(program(home, command.split(' ')), async screen => {
        const [, number, title] = /^step (\d) of (.*)$/.exec(told) ?? [];
        await screen.waitFor(`${title} · step ${number} of`);
        await pageThrough(screen);
      });
    }));

test('.learn at the prompt of another VM leaves that one alone, and .learn stop goes back to it', () =>
  atHome(async home => {
    await withScreen(program(home, ['practice']), async screen => {
      await screen.waitFor(/\.learn begins the lessons/);
      await screen.waitFor(atPrompt);
      await enter(screen, '.learn list');
      await screen.waitFor(/Lessons\n +1 first-steps(.|\n)*q enough/);
      screen.key('q');
      await screen.waitFor(atPrompt);
      await enter(screen, '.hint');
      await screen.waitFor(/no lesson is under way(.|\n)*\.learn begins one/);
      await enter(screen, 'blockdev-add driver=null-co node-name=mine');
      await screen.waitFor(/\{\}/);
      await enter(screen, '.learn chains');
      await screen.waitFor(/Chains and overlays · step 1/);
      await screen.waitFor(atPrompt);
      await enter(screen, '.learn stop');
      await screen.waitFor(/QEMU \d+\.\d+(.|\n)*practice VM in/);
      await screen.waitFor(atPrompt);
      await enter(screen, 'blockdev-del node-name=mine');
      await screen.waitFor(/node-name=mine\n\{\}/);
    });
  }));

/** Processes whose command line names a folder. */
function running(folder: string): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return (
          words.includes('qemu-system') &&
          !words.startsWith('/bin/sh') &&
          readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
        );
      } catch {
        return false; // it has just ended
      }
    });
}

/** Lines that QEMU refuses in a lesson: one explanation, and no line to try that leads away from it. */
const REFUSED: readonly (readonly [line: string, says: RegExp])[] = [
  [
    'blockdev-snapshot-sync node-name=nodeA snapshot-file=b.qcow2 snapshot-node-name=node-B',
    /not quite +node-name is nodeA/,
  ],
  [
    'blockdev-snapshot-sync node-name=node-A snapshot-file=b.qcow2',
    /not quite +The overlay's node needs a name/,
  ],
  ['blockdev-add driver=raw file=node-A node-name=node-A', /A node of that name is open already/],
];
test('a refusal in a lesson has one explanation, and no line that leads away from it', () =>
  atHome(home =>
    withScreen(program(home, ['learn', 'chains']), async screen => {
      await screen.waitFor(atPrompt);
      for (const [line, says] of REFUSED) {
        screen.key('C-l');
        await enter(screen, line);
        await screen.waitFor(says);
        await screen.waitFor(atPrompt);
        const rows = screen.text();
        assert.not.ok(
          rows.some(row => /^try /.test(row)),
          rows.join('\n'),
        );
        const error = rows.findIndex(row => /^error /.test(row));
        const explained = rows.slice(error).filter(row => /^( {7}[A-Z]|not quite)/.test(row));
        assert.is(explained.length, 1, rows.join('\n'));
      }
    }),
  ));

test('the end of a job stands above what the lesson says, which is in one piece', () =>
  atHome(home =>
    withScreen(program(home, ['learn', 'backup', '--from', '4']), async screen => {
      await pageThrough(screen);
      await enter(screen, 'blockdev-backup device=node-A target=node-E sync=full job-id=job0');
      await screen.waitFor(/The VM is set back/);
      assert.match(
        screen.text().join('\n'),
        /^\{\}\njob0 backup done: [^\n]*\nnot quite [^\n]*(\n {11}[^\n]*)+\nQEMU has done what you typed\.\nThe VM is set back/m,
      );
    }),
  ));

test(".learn stop after the VM from before has ended: the lesson's VM ends all the same", () =>
  atHome(home =>
    withQemu({}, async qemu => {
      const scratch = join(home, 'tmp');
      mkdirSync(scratch);
      const given = program(home, [qemu.address]);
      await withScreen({ ...given, env: { ...given.env, TMPDIR: scratch } }, async screen => {
        await screen.waitFor(atPrompt);
        await enter(screen, '.learn chains');
        await screen.waitFor(/Chains and overlays · step 1/);
        await screen.waitFor(atPrompt);
        assert.is(running(scratch).length, 1);
        await qemu.kill();
        await enter(screen, '.learn stop');
        await screen.waitFor(/QEMU has ended/);
        await screen.waitFor(() => running(scratch).length === 0);
        await enter(screen, '.hint');
        await screen.waitFor(/no lesson is under way/);
      });
    }),
  ));

test('a QEMU that dies in a lesson is replaced, and the reader hears so', () =>
  atHome(async home => {
    const given = program(home, ['learn', 'chains']);
    await withScreen({ ...given, env: { ...given.env, TMPDIR: home } }, async screen => {
      await screen.waitFor(/Chains and overlays · step 1/);
      await screen.waitFor(atPrompt);
      const [pid] = running(home);
      assert.ok(pid);
      process.kill(pid, 'SIGKILL');
      await screen.waitFor(/was lost(.|\n)*The lesson puts a fresh VM in its place/);
      await screen.waitFor(atPrompt);
      await enter(screen, 'query-status');
      await screen.waitFor(/goes on, on a fresh VM\. Try again/);
      await screen.waitFor(atPrompt);
      assert.not.match(screen.text().join('\n'), /no connection/);
      await enter(screen, 'query-status');
      await screen.waitFor(/"prelaunch"/);
    });
  }));

test('.learn does not leave a QEMU that would end', () =>
  atHome(async home => {
    const args = ['--', 'qemu-system-x86_64', '-S', '-M', 'none', '-display', 'none', '-nodefaults'];
    await withScreen(program(home, args), async screen => {
      await screen.waitFor(atPrompt);
      await enter(screen, '.learn');
      await screen.waitFor(/leaving this one would end it(.|\n)*another terminal/);
      await enter(screen, 'query-status');
      await screen.waitFor(/"prelaunch"/);
    });
  }));

test('a lesson goes on where its progress cannot be kept', () =>
  atHome(async home => {
    // Nothing is there to be read, and nothing can be made there.
    symlinkSync('/proc/none', join(home, 'qmpsh'));
    await withScreen(program(home, ['learn', 'first-steps']), async screen => {
      await screen.waitFor(/cannot write .*lessons(.|\n)*step 1 of 6/);
      await screen.waitFor(atPrompt);
      await enter(screen, 'query-status');
      await screen.waitFor(/Right\.(.|\n)*step 2 of 6/);
    });
  }));

test('lessons do on a terminal that can only take rows', () =>
  atHome(async home => {
    const dumb = program(home, ['learn', 'chains']);
    await withScreen({ ...dumb, env: { ...dumb.env, TERM: 'dumb' } }, async screen => {
      await screen.waitFor(/Chains and overlays · step 1 of 4(.|\n)*\(QEMU\)/);
      screen.type('.skip\r');
      await screen.waitFor(/step 2 of 4(.|\n)*now the top/);
    });
  }));

test('.show explains a line of the host and a word, too', () =>
  atHome(async home => {
    await withScreen(program(home, ['learn', 'first-steps', '--from', '2']), async screen => {
      await screen.waitFor(atPrompt);
      await enter(screen, '.show');
      await screen.waitFor(/^ {4}\.help blockdev-del\n +\.help +explain a command.*\n +blockdev-del +close/m);
      assert.not.match(screen.text().join('\n'), /\(QEMU\) \.help/);
      await enter(screen, '.learn chains');
      await screen.waitFor(/Chains and overlays · step 1/);
      await screen.waitFor(atPrompt);
      for (const step of [2, 3]) {
        await enter(screen, '.skip');
        await screen.waitFor(new RegExp(`step ${step} of 4`));
        await pageThrough(screen);
      }
      await enter(screen, '.show');
      await screen.waitFor(/\$ +a command of this host(.|\n)*qemu-img info +tell(.|\n)*-U +read it although/);
    });
  }));

test("a lesson of the reader's own is asked about before it runs anything on this host", () =>
  atHome(async home => {
    const file = join(home, 'mine.md');
    writeFileSync(
      file,
      '---\ntitle: Mine\nabout: a try\n---\nDo.\n\n```qmp\n$ echo made\n```\n\n```qmp try\n(QEMU) query-status\n```\n\nhint: h\n',
    );
    await withScreen(program(home, ['learn', file]), async screen => {
      await screen.waitFor(/runs on this host(.|\n)*\$ echo made(.|\n)*Begin it\?/);
      screen.type('y');
      screen.key('Enter');
      await screen.waitFor(/Mine · step 1 of 1(.|\n)*made/);
      await screen.waitFor(atPrompt);
      await enter(screen, 'query-status');
      await screen.waitFor(/Right\.(.|\n)*is done/);
    });
    writeFileSync(file, '```qmp try\n(QEMU) query-status\n```\n');
    const done = await learn(home, '--script', file);
    assert.is(done.status, 2);
    assert.match(done.err, /mine\.md:2: this step has no hint/);
  }));

test.run();
