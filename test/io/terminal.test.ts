import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Screen, type ScreenOptions, withScreen } from '../screen.ts';

const folder = mkdtempSync(join(tmpdir(), 'qmpsh-terminal-'));
const program = join(folder, 'program.cjs');
await build({
  entryPoints: ['test/io/terminal-program.ts'],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  logLevel: 'warning',
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

const node = `'${process.execPath}' '${program}'`;
/** Runs the program below a shell that says how it ended and whether the terminal is as it was. */
const watched = (more: Partial<ScreenOptions> = {}): ScreenOptions => ({
  command: '/bin/sh',
  args: [
    '-c',
    `trap : INT; a=$(stty -g); echo "found $a"; ${node}; s=$?; b=$(stty -g); echo "status $s"; [ "$a" = "$b" ] && echo sane || echo "left $b"`,
  ],
  cols: 120,
  ...more,
});
const direct = (more: Partial<ScreenOptions> = {}): ScreenOptions => ({
  command: process.execPath,
  args: [program],
  ...more,
});

function programPid(screen: Screen): number {
  const pid = /pid (\d+)/.exec(screen.raw())?.[1];
  if (pid === undefined) throw new Error(`no pid on the screen\n${screen.picture()}`);
  return Number(pid);
}

/** What stands on the screen from the prompt on, without empty rows. */
const fromPrompt = (screen: Screen): string[] => {
  const rows = screen.text().filter(row => row !== '');
  return rows.slice(rows.findIndex(row => row.includes('> ') || row.endsWith('>')));
};

const ways: readonly [string, (screen: Screen) => void, string[]][] = [
  ['close', screen => screen.type('q'), ['ready> [sync][async]', 'status 7', 'sane']],
  ['process.exit', screen => screen.type('x'), ['ready> [sync]', 'status 5', 'sane']],
  [
    'SIGTERM',
    screen => process.kill(programPid(screen), 'SIGTERM'),
    ['ready> [sync][async]', 'status 143', 'sane'],
  ],
  [
    'SIGHUP',
    screen => process.kill(programPid(screen), 'SIGHUP'),
    ['ready> [sync][async]', 'status 129', 'sane'],
  ],
  [
    'SIGINT from outside',
    screen => process.kill(programPid(screen), 'SIGINT'),
    ['ready> [sync][async]', 'status 130', 'sane'],
  ],
  [
    'SIGQUIT from outside',
    screen => process.kill(programPid(screen), 'SIGQUIT'),
    ['ready> [sync][async]', 'status 131', 'sane'],
  ],
];
for (const [name, leave, expected] of ways) {
  test(`the terminal is as it was after ${name}`, () =>
    withScreen(watched(), async screen => {
      await screen.waitFor('ready> ');
      assert.ok(screen.bracketedPaste);
      leave(screen);
      await screen.waitForExit();
      assert.equal(fromPrompt(screen), expected);
      assert.not.ok(screen.bracketedPaste);
      assert.match(screen.raw(), /\x1b\[\?25h[^\x1b]*\x1b\[\?2004l/);
    }));
}

test('two signals do not cut cleaning up short', () =>
  withScreen(watched(), async screen => {
    await screen.waitFor('ready> ');
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGHUP']) process.kill(programPid(screen), signal);
    await screen.waitForExit();
    assert.match(fromPrompt(screen)[0] ?? '', /\[sync\]\[async\]/);
    assert.match(screen.text().join('\n'), /status (143|129)\nsane/);
  }));

const crashes: readonly [string, string, RegExp][] = [
  ['an exception', 't', /fault of the shell itself: Error: boom \\x1b\[31m\n +at /],
  ['an unhandled rejection', 'r', /fault of the shell itself: Error: late\n +at /],
];
for (const [name, key, report] of crashes) {
  test(`the terminal is as it was after ${name}, and the error is shown behind`, () =>
    withScreen(watched(), async screen => {
      await screen.waitFor('ready> ');
      screen.type(key);
      await screen.waitForExit();
      const text = fromPrompt(screen);
      assert.is(text[0], 'ready> [sync][async]');
      assert.match(text.join('\n'), report);
      assert.equal(text.slice(-2), ['status 1', 'sane']);
      assert.not.ok(screen.bracketedPaste);
    }));
}

test('no empty row is added where the cursor is at the start of one', () =>
  withScreen(watched({ env: { QUIET: '1' } }), async screen => {
    await screen.waitFor('ready> ');
    screen.type('n');
    await screen.waitFor(/ready>\n/);
    await screen.waitFor(shown => shown.cursor.col === 0);
    screen.type('x');
    await screen.waitForExit();
    assert.match(screen.text().join('\n'), /ready>\nstatus 5\nsane/);
  }));

test('keys arrive as bytes, control keys too, and are not echoed', () =>
  withScreen(watched(), async screen => {
    await screen.waitFor('ready> ');
    screen.key('C-c');
    await screen.waitFor('ready> <03>');
    screen.key('C-z');
    await screen.waitFor('<1a>');
    screen.key('C-s');
    await screen.waitFor('<13>');
    screen.key('Up');
    await screen.waitFor('<1b5b41>');
    screen.paste('a\nb');
    await screen.waitFor('<1b5b3230307e610d621b5b3230317e>');
    assert.equal(fromPrompt(screen), ['ready> <03><1a><13><1b5b41><1b5b3230307e610d621b5b3230317e>']);
  }));

test('the size, and a change of it', () =>
  withScreen(direct({ cols: 50, rows: 10 }), async screen => {
    await screen.waitFor('size 50x10');
    screen.resize(60, 12);
    await screen.waitFor('[size 60x12]');
  }));

test('a terminal that does not know its size counts as 80 by 24', () =>
  withScreen({ command: '/bin/sh', args: ['-c', `stty rows 0 cols 0; exec ${node}`] }, screen =>
    screen.waitFor('size 80x24'),
  ));

test('another program gets the terminal as it was found, and gives it back', () =>
  withScreen(watched(), async screen => {
    await screen.waitFor('ready> ');
    screen.type('e');
    await screen.waitFor(/host \S+\n/);
    assert.not.ok(screen.bracketedPaste);
    const [found, host] = [/found (\S+)/, /host (\S+)/].map(mark => mark.exec(screen.raw())?.[1]);
    assert.is(host, found);
    screen.type('z\r'); // the other program's, not ours
    await screen.waitFor('again> ');
    assert.ok(screen.bracketedPaste);
    const rows = screen.text().filter(row => row !== '');
    assert.equal(rows.slice(rows.indexOf('ready>')), [
      `ready>`,
      `host ${host}`,
      'z',
      'host got z',
      '[kept]',
      'again>',
    ]);
    screen.type('a');
    await screen.waitFor('again> <61>');
    screen.type('q');
    await screen.waitFor('sane');
  }));

test('a Ctrl-C for another program that comes behind its end is not ours', () =>
  withScreen(watched(), async screen => {
    await screen.waitFor('ready> ');
    screen.type('l');
    await screen.waitFor('again> ');
    await new Promise(resolve => setTimeout(resolve, 100));
    screen.type('a');
    await screen.waitFor('again> <61>');
    await new Promise(resolve => setTimeout(resolve, 200));
    process.kill(programPid(screen), 'SIGINT');
    await screen.waitFor('status 130');
  }));

test('two that want the terminal have it until both are done', () =>
  withScreen(watched(), async screen => {
    await screen.waitFor('ready> ');
    screen.type('b');
    await screen.waitFor('one');
    assert.not.ok(screen.bracketedPaste);
    screen.type('\r');
    await screen.waitFor('again> ');
    assert.is(screen.raw().split('again> ').length, 2);
    screen.type('a');
    await screen.waitFor('again> <61>');
  }));

const stops: readonly [string, (screen: Screen) => void][] = [
  ['suspend', screen => screen.type('z')],
  ['SIGTSTP', screen => process.kill(programPid(screen), 'SIGTSTP')],
  ['SIGSTOP', screen => process.kill(programPid(screen), 'SIGSTOP')],
];
for (const [name, stop] of stops) {
  test(`${name} stops it, and fg brings it back, in the new size`, () =>
    withScreen(
      { command: 'bash', args: ['--norc', '--noprofile', '-i'], env: { PS1: 'bash: ' }, cols: 100 },
      async screen => {
        await screen.waitFor('bash: ');
        for (let round = 0; round < 2; round++) {
          screen.type(round === 0 ? `${node}\r` : 'fg\r');
          await screen.waitFor(round === 0 ? 'ready> ' : 'again> ');
          screen.type('a');
          await screen.waitFor(/> ?(\[size \d+x24\])?<61>$/m);
          assert.ok(screen.bracketedPaste);
          stop(screen);
          await screen.waitFor(/Stopped.*\n(.*\n)*bash: $/m);
          screen.type("clear; stty -a | tr ' ' '\\n' | grep -c -x -e icanon -e echo -e 'isig'\r");
          await screen.waitFor(/^3\nbash: /m);
          screen.resize(90 - round, 24);
        }
        screen.type('fg\r');
        await screen.waitFor('[size 89x24]');
        await screen.waitFor('again> ');
        screen.type('q');
        await screen.waitFor(/\[async\]\nbash: /);
      },
    ));
}

test('Ctrl-Z where nobody could continue it does no harm', () =>
  withScreen(direct(), async screen => {
    await screen.waitFor('ready> ');
    screen.type('z');
    await screen.waitFor('again> ');
    screen.type('a');
    await screen.waitFor('<61>');
    assert.ok(screen.bracketedPaste);
  }));

test('a slow terminal gets all of it, and the writer is told', () =>
  withScreen(direct({ cols: 1000 }), async screen => {
    await screen.waitFor('ready> ');
    screen.hold(true);
    screen.type('w');
    screen.hold(false);
    await screen.waitFor('kept up: false, all out');
    assert.is(screen.lines().filter(line => line.endsWith('x'.repeat(999))).length, 1000);
  }));

test('a terminal that takes no output at all does not keep it from leaving', () =>
  withScreen(direct(), async screen => {
    await screen.waitFor('ready> ');
    screen.hold(true);
    screen.type('w');
    screen.signal('SIGTERM');
    const exit = await screen.waitForExit();
    assert.is(exit.code, 143);
  }));

test('a terminal that is closed ends it', () =>
  withScreen(direct(), async screen => {
    await screen.waitFor('ready> ');
    await screen.close();
    assert.is((await screen.exited).code, 129);
  }));

test('TERM=dumb: no escapes, the terminal edits the line', () =>
  withScreen(watched({ env: { TERM: 'dumb', PLAIN: '1' } }), async screen => {
    await screen.waitFor('ready> ');
    screen.type('abx');
    screen.key('Backspace');
    screen.type('c\r');
    await screen.waitFor('<6162630a>');
    screen.key('C-c');
    await screen.waitFor('<03>');
    screen.key('C-d');
    await screen.waitForExit(); // no input can come any more
    assert.equal(fromPrompt(screen).slice(1), ['<6162630a>^C<03><04>[sync]', 'status 0', 'sane']);
    assert.not.match(screen.raw().replaceAll('\b \b', ''), /[\x1b\x18]/);
  }));

for (const [how, name] of [
  [`echo | ${node}`, 'input'],
  [`${node} | cat`, 'output'],
] as const) {
  test(`no terminal as standard ${name}`, () =>
    withScreen({ command: '/bin/sh', args: ['-c', how] }, async screen => {
      await screen.waitFor(`standard ${name} is no terminal`);
      assert.is(screen.raw().includes('\x1b'), false);
    }));
}

test.run();
