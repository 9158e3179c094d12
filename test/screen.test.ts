import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keyBytes, openScreen, type ScreenOptions, withScreen } from './screen.ts';

const script = (text: string, more: Partial<ScreenOptions> = {}): ScreenOptions => ({
  command: '/bin/sh',
  args: ['-c', text],
  ...more,
});

const keys: readonly [string, string, string?][] = [
  ['a', 'a'],
  ['Enter', '\r'],
  ['Tab', '\t'],
  ['S-Tab', '\x1b[Z'],
  ['Esc', '\x1b'],
  ['Backspace', '\x7f'],
  ['Delete', '\x1b[3~'],
  ['Up', '\x1b[A', '\x1bOA'],
  ['Home', '\x1b[H', '\x1bOH'],
  ['C-Left', '\x1b[1;5D', '\x1b[1;5D'],
  ['M-S-Up', '\x1b[1;4A'],
  ['S-PageUp', '\x1b[5;2~'],
  ['F1', '\x1bOP'],
  ['F5', '\x1b[15~'],
  ['F12', '\x1b[24~'],
  ['C-c', '\x03'],
  ['C-_', '\x1f'],
  ['C-Space', '\x00'],
  ['M-f', '\x1bf'],
  ['M-<', '\x1b<'],
  ['M-Enter', '\x1b\r'],
  ['C-M-h', '\x1b\b'],
  ['-', '-'],
];
for (const [name, bytes, application = bytes] of keys) {
  test(`key ${name}`, () => {
    assert.is(keyBytes(name), bytes);
    assert.is(keyBytes(name, true), application);
  });
}
for (const name of ['Return', 'C-Enter', 'C-1', '']) {
  test(`no key ${JSON.stringify(name)}`, () => assert.throws(() => keyBytes(name), /no terminal has a key/));
}

test('what a program draws, its cells, its cursor and its end', () =>
  withScreen(
    script(`printf 'one\\033[31;4mtwo\\033[0m\\n\\033[7m漢\\033[0m \\033[38;2;1;2;3mx'; exit 3`),
    async screen => {
      assert.equal(await screen.waitForExit(), { code: 3 });
      assert.equal(screen.text().slice(0, 3), ['onetwo', '漢 x', '']);
      assert.is(screen.text().length, 24);
      assert.equal(screen.cursor, { row: 1, col: 4 });
      const { colour, underline, bold } = screen.cell(0, 3);
      assert.equal({ colour, underline, bold }, { colour: 1, underline: true, bold: false });
      assert.is(screen.cell(0, 0).colour, 'default');
      assert.equal(
        [0, 1].map(col => [screen.cell(1, col).text, screen.cell(1, col).width]),
        [
          ['漢', 2],
          ['', 0],
        ],
      );
      assert.ok(screen.cell(1, 0).inverse);
      assert.is(screen.cell(1, 3).colour, '#010203');
      assert.throws(() => screen.cell(24, 0), /no cell in row 24/);
    },
  ));

test('typing is waited for on the screen, then the program ends', () =>
  withScreen(script('while read -r x; do echo "got <$x>"; done; echo bye'), async screen => {
    screen.type('hello');
    screen.key('Enter');
    await screen.waitFor('got <hello>');
    screen.type('123\r');
    await screen.waitFor(/got <\d+>/);
    await screen.waitFor(shown => shown.cursor.row === 4);
    screen.key('C-d');
    await screen.waitFor('bye');
    assert.equal(await screen.waitForExit(), { code: 0 });
  }));

test('a prompt is waited for with the blank behind it', () =>
  withScreen(script('printf "a  b\\n> "; read x; echo "<$x>"; printf "> "; read x'), async screen => {
    await screen.waitFor('b\n> ');
    screen.type('x\r');
    await screen.waitFor(/<x>\n> $/m);
    assert.equal(screen.text().slice(0, 4), ['a  b', '> x', '<x>', '>']);
  }));

test('a pattern with the g flag is looked for anew each time', () =>
  withScreen(script('echo a; read x; echo a b'), async screen => {
    const wanted = /a/g;
    await screen.waitFor(wanted);
    await screen.waitFor(wanted);
  }));

test('what went out at the top, and rows the terminal broke', () =>
  withScreen(script('seq 1 12; echo abcdefghijklmno', { cols: 10, rows: 5 }), async screen => {
    await screen.waitForExit();
    assert.equal(screen.scrollback(), ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    assert.equal(screen.text(), ['11', '12', 'abcdefghij', 'klmno', '']);
    assert.equal(screen.lines().slice(-3), ['12', 'abcdefghijklmno', '']);
  }));

test('a resize reaches the program', () =>
  withScreen(script('trap "stty size" WINCH; echo ready; while :; do read x; done'), async screen => {
    await screen.waitFor('ready');
    screen.resize(40, 10);
    assert.equal(screen.size, { cols: 40, rows: 10 });
    screen.key('Enter');
    await screen.waitFor('10 40');
  }));

test('a paste stands in brackets only where the program asked for them', () =>
  withScreen(
    script(`stty raw -echo; echo ready; head -c 4 | od -c; printf '\\033[?2004h'; head -c 16 | od -c`, {
      cols: 200,
    }),
    async screen => {
      await screen.waitFor('ready');
      screen.paste('a\nbc');
      await screen.waitFor(/a +\\r +b +c/);
      await screen.waitFor(shown => shown.bracketedPaste);
      screen.paste('a\r\nbc');
      await screen.waitFor(/033 +\[ +2 +0 +0 +~ +a +\\r +b +c +033/);
    },
  ));

test('a program that asks where its cursor is gets an answer', () =>
  withScreen(script(`stty raw -echo; printf 'abc\\033[6n'; head -c 6 | od -c`), async screen => {
    await screen.waitFor(/033 +\[ +1 +; +4 +R/);
  }));

test('the environment is the test’s own, not that of who runs it', () =>
  withScreen(
    script('echo "$TERM,$A"; printenv HOME FORCE_COLOR || echo none; pwd', {
      env: { A: 'b', HOME: undefined },
      cwd: '/',
    }),
    async screen => {
      await screen.waitForExit();
      assert.equal(screen.text().slice(0, 3), ['xterm-256color,b', 'none', '/']);
    },
  ));

const failure = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing failed';
};

test('time that runs out shows the whole screen', () =>
  withScreen(script('echo here; read x', { cols: 20, rows: 3 }), async screen => {
    await screen.waitFor('here');
    const message = await failure(screen.waitFor('there', 20));
    assert.is(
      message,
      '"there" is not on the screen after 20 ms\n' +
        `+${'-'.repeat(20)}\n|here\n|\n|\n+${'-'.repeat(20)}\ncursor: row 1, column 0`,
    );
  }));

test('the end of the program ends the wait', () =>
  withScreen(script('echo here; exit 4'), async screen => {
    assert.match(
      await failure(screen.waitFor('there')),
      /the program has ended \({"code":4}\)\n\+-+\n\|here\n/,
    );
  }));

test('a program that does not end shows the whole screen', () =>
  withScreen(script('echo here; read x'), async screen => {
    await screen.waitFor('here');
    assert.match(await failure(screen.waitForExit(20)), /still runs after 20 ms\n\+-+\n\|here\n/);
  }));

test('closing ends a program that does not listen to SIGHUP', async () => {
  const screen = openScreen(script('trap "" HUP; echo ready; while :; do sleep 0.1; done'));
  await screen.waitFor('ready');
  await screen.close();
  assert.throws(() => process.kill(screen.pid, 0), /ESRCH/);
});

test('a signal ends the program, and is named', () =>
  withScreen(script('echo ready; read x'), async screen => {
    await screen.waitFor('ready');
    screen.signal('SIGTERM');
    assert.equal(await screen.waitForExit(), { code: 0, signal: 15 });
  }));

test.run();
