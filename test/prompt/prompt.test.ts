// The prompt on a real screen: what is kept and what is not, where one connects to, and what leaving does.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIN } from '../command.ts';
import { type FakeServerOptions, startFakeServer } from '../fake-server.ts';
import { withQemu } from '../qemu.ts';
import { type Screen, withScreen } from '../screen.ts';

interface Place {
  readonly home: string;
  readonly history: string;
}

interface Options {
  readonly cols?: number;
  readonly prepare?: (home: string) => void;
}

/** Runs the shell with a home of its own, and a test on its screen. */
async function prompt(
  args: readonly string[],
  run: (screen: Screen, place: Place) => Promise<void>,
  { cols = 80, prepare }: Options = {},
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'qmpsh-home-'));
  prepare?.(home);
  const env = { HOME: home, XDG_STATE_HOME: join(home, 'state'), XDG_CONFIG_HOME: join(home, 'config') };
  try {
    await withScreen({ command: process.execPath, args: [BIN, ...args], cols, env }, async screen => {
      await screen.waitFor(atPrompt);
      await run(screen, { home, history: join(home, 'state/qmpsh/history') });
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** The same on a scripted server. */
async function fakePrompt(
  server: FakeServerOptions,
  run: (screen: Screen, place: Place) => Promise<void>,
  options?: Options,
): Promise<void> {
  const { address, close } = await startFakeServer(server);
  await prompt([address], run, options).finally(close);
}

function atPrompt(screen: Screen): boolean {
  return /^(?:rec )?\((?:QEMU[^)]*|gone)\)$/.test(screen.text()[screen.cursor.row]?.trimEnd() ?? '');
}

async function enter(screen: Screen, line: string, wanted: string | RegExp): Promise<void> {
  screen.type(line);
  screen.key('Enter');
  await screen.waitFor(wanted);
  await screen.waitFor(atPrompt);
}

const SECRETS = [
  'object-add qom-type=secret id=s0 data=hunter2',
  '{"execute": "object-add", "arguments": {"qom-type": "secret", "id": "s1", "data": "hunter2"}}',
  '.hmp object_add secret,id=s2,data=hunter2',
  'set_password protocol=vnc password=hunter2',
];

const NO_SCHEMA: FakeServerOptions = {
  answer: ({ execute }) =>
    execute === 'query-qmp-schema' ? { error: { class: 'CommandNotFound', desc: 'no' } } : {},
};

test('no line with a secret is kept, suggested, listed or found again', () =>
  fakePrompt(NO_SCHEMA, async (screen, { history }) => {
    for (const [i, line] of [...SECRETS, 'query-status'].entries()) {
      screen.type(line);
      screen.key('Enter');
      await screen.waitFor(shown => shown.text().filter(row => row === '{}').length === i + 1);
    }
    screen.key('C-l');
    await screen.waitFor(shown => shown.cursor.row === 0);
    screen.type('object-add');
    await screen.waitFor(/^\(QEMU\) object-add/);
    screen.key('Up');
    screen.key('C-c');
    await screen.waitFor(atPrompt);
    await enter(screen, '.history', /\.history\n(.|\n)*query-status\n\.history/);
    assert.not.match(screen.text().join('\n'), /hunter2/);
    assert.is(readFileSync(history, 'utf8'), 'query-status\n.history\n');
    assert.is(statSync(history).mode & 0o777, 0o600);
  }));

test('.history shows lines that hold a text, and where none does those that come near', () =>
  fakePrompt(NO_SCHEMA, async screen => {
    await enter(screen, 'query-status', /query-status\n\{\}/);
    await enter(screen, '.history status', /\.history status\nquery-status\n/);
    screen.key('C-l');
    await enter(
      screen,
      '.history query-sttus',
      /sttus\nquery-status\n(.|\n)*no line holds query-sttus; these come near/,
    );
    await enter(screen, '.history zzzzz', /no line holds zzzzz\n/);
  }));

test('an entry of many rows is one entry, runs once, and is not shown twice', () =>
  fakePrompt(NO_SCHEMA, async (screen, { history }) => {
    screen.type('{"execute":');
    screen.key('Enter');
    await screen.waitFor(/\n {3}\.\.\. $/m);
    await enter(screen, '"stop"}', /"stop"\}\n\{\}/);
    assert.is(screen.text().filter(row => row.includes('"execute"')).length, 1, screen.picture());
    assert.is(readFileSync(history, 'utf8'), '{"execute":\\n"stop"}\n');
    screen.key('Up');
    await screen.waitFor(/\{"execute":\n {3}\.\.\. "stop"\}$/m);
  }));

test('.connect: to another monitor, back, and what fails leaves the connection as it is', () =>
  withQemu({}, one =>
    withQemu({ args: ['-name', 'other'] }, other =>
      prompt([one.address], async screen => {
        await enter(screen, `.connect ${other.address}`, /\.connect \S+\nQEMU [\d.]+ · /);
        await enter(screen, '.connect /nonexistent/socket', /no socket \/nonexistent/);
        await enter(screen, 'query-name', /\{"name": "other"\}/);
        await enter(screen, '.connect', /\.connect\nQEMU [\d.]+ · /);
        assert.not.match(screen.text().join('\n'), /has ended|gone/);
        await other.kill();
        await screen.waitFor(/was lost(.|\n)*\(gone\)/);
        await enter(screen, `.connect ${one.address}`, /\(gone\) \.connect .*\nQEMU [\d.]+ · /);
        await enter(screen, 'query-name', /query-name\n\{\}/);
      }),
    ),
  ));

test('.connect to a monitor that never greets: Ctrl-C stops, and the connection stays', async () => {
  const silent = await startFakeServer({ greeting: undefined });
  await fakePrompt(NO_SCHEMA, async screen => {
    screen.type(`.connect ${silent.address}`);
    screen.key('Enter');
    await screen.waitFor(/waiting for a connection to .*Ctrl-C/);
    screen.key('C-c');
    await screen.waitFor(/stopped connecting/);
    await enter(screen, 'query-name', /query-name\n\{\}/);
  }).finally(silent.close);
});

test('a practice VM: the first lines tell what becomes of it, and only of it', () =>
  withQemu({}, other =>
    prompt(['practice'], async screen => {
      await screen.waitFor(/practice VM in .*, removed when you leave/);
      screen.type('quit');
      screen.key('Enter');
      await screen.waitFor(/Run quit\?/);
      assert.not.match(screen.text().join('\n'), /no harm/);
      screen.type('n');
      await screen.waitFor(/not sent/);
      await enter(screen, `.connect ${other.address}`, /connect .*\n.*QEMU/);
      assert.is(
        screen
          .text()
          .join('\n')
          .match(/practice VM/g)?.length,
        1,
        screen.picture(),
      );
      screen.key('C-d');
      assert.is((await screen.waitForExit()).code, 0);
    }),
  ));

test('a kept practice VM says so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qmpsh-kept-'));
  return prompt(['practice', '--keep', folder], async screen => {
    await screen.waitFor(/leaving ends it and keeps the folder/);
    await enter(screen, '.exit now', /nothing stands behind it/);
    screen.key('C-d');
    await screen.waitForExit();
    assert.ok(statSync(join(folder, 'a.qcow2')).size > 0);
  }).finally(() => rmSync(folder, { recursive: true, force: true }));
});

const CHILD = ['--', 'qemu-system-x86_64', '-S', '-display', 'none', '-nodefaults'];

/** Whether a process still runs. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The process that a process has started. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

test('a QEMU behind --: Ctrl-C does not reach it, leaving asks and ends it', () =>
  prompt(CHILD, async screen => {
    const pid = childOf(screen.pid);
    await screen.waitFor(/leaving ends it/);
    screen.key('C-c');
    await enter(screen, 'query-status', /"status": "prelaunch"/);
    screen.key('C-d');
    await screen.waitFor(/Leaving ends this QEMU(.|\n)*Leave\? \[y\/N\]/);
    screen.type('n');
    await screen.waitFor(/not left/);
    await enter(screen, 'query-name', /query-name\n\{\}/);
    screen.key('C-d');
    await screen.waitFor(/Leave\? \[y\/N\] $/m);
    screen.type('y');
    assert.is((await screen.waitForExit()).code, 0);
    assert.not.ok(runs(pid));
  }));

test('lines wait for the word before them, even when all come at once', () =>
  withQemu({}, ({ address }) =>
    prompt([address], async screen => {
      screen.type('.wait RTC_CHANGE timeout=300ms\rquery-name\r$ exit 3\rquery-uuid\r');
      // Replies come when they come, but none before the word is over.
      const text = () => screen.text().join('\n');
      await screen.waitFor(() => [/^\{\}$/m, /^exit status 3$/m, /"UUID"/].every(one => one.test(text())));
      const [before = '', ...behind] = text().split('waited 300 ms for RTC_CHANGE');
      assert.not.match(before, /^\{\}$|exit status|UUID"/m);
      assert.is(behind.length, 1);
    }),
  ));

test('a paste ends with the first line that fails', () =>
  withQemu({}, ({ address }) =>
    prompt([address], async screen => {
      screen.paste('query-name\nblockdev-del node-name=nobody\nstop\nquery-uuid\n');
      screen.key('Enter');
      await screen.waitFor(/Run these 4 lines\?/);
      screen.type('y');
      await screen.waitFor(/2 more of the pasted lines did not run/);
      await screen.waitFor(atPrompt);
      assert.not.match(screen.text().join('\n'), /UUID|\(QEMU\) stop/);
    }),
  ));

test('Ctrl-C ends a command of the host, and its status says so', () =>
  withQemu({}, ({ address }) =>
    prompt([address], async screen => {
      // `exec`: dash loses a Ctrl-C that comes while it forks (34 of 2000), and nothing else is to be seen of that moment.
      screen.type('$ echo here; exec sleep 100\r');
      await screen.waitFor(/^here$/m);
      screen.key('C-c');
      await screen.waitFor(/exit status 130/);
      await enter(screen, 'query-name', /query-name\n\{\}/);
    }),
  ));

test('what a QEMU behind -- writes is shown above the line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qmpsh-fifo-'));
  const fifo = join(folder, 'said');
  execFileSync('mkfifo', [fifo]);
  const [, ...qemu] = CHILD;
  const wrapper = `cat ${fifo} & exec "$0" "$@"`;
  return prompt(['--', 'sh', '-c', wrapper, ...qemu], async screen => {
    screen.type('query-na');
    await screen.waitFor(/\(QEMU\) query-na/);
    writeFileSync(fifo, 'booting \x1b[31mnow\n');
    await screen.waitFor(/qemu: booting \\x1b\[31mnow\n\(QEMU\) query-na/);
  }).finally(() => rmSync(folder, { recursive: true, force: true }));
});

test('a QEMU behind -- ends with a shell that is told to go', () =>
  prompt(CHILD, async screen => {
    const pid = childOf(screen.pid);
    screen.signal('SIGTERM');
    await screen.waitForExit();
    while (runs(pid)) await new Promise(resolve => setTimeout(resolve, 5)); // the runner's limit ends a wait in vain
  }));

test('a home that cannot be read or written is told once, and the shell works', () => {
  const prepare = (home: string) => {
    // A file where a folder should be: it fails for root too.
    writeFileSync(join(home, 'state'), '');
    mkdirSync(join(home, 'config/qmpsh/settings'), { recursive: true });
  };
  return fakePrompt(
    NO_SCHEMA,
    async screen => {
      await screen.waitFor(/cannot read .*config\/qmpsh\/settings: it is a folder/);
      await enter(screen, 'query-name', /query-name\n(.|\n)*\{\}/);
      await enter(screen, 'query-status', /query-status\n\{\}/);
      assert.is(
        screen
          .text()
          .join('\n')
          .match(/cannot write .*history/g)?.length,
        1,
        screen.picture(),
      );
      await enter(screen, '.set keys vi', /cannot write .*settings/);
    },
    { prepare },
  );
});

test('the caret stands under its place where the line is longer than the screen is wide', () =>
  withQemu({}, qemu =>
    prompt(
      [qemu.address],
      async screen => {
        await enter(
          screen,
          'blockdev-add driver=qcow2 node-name=a-long-name-of-a-node file.driver=file bogus=1 file.filename=x',
          /has no argument\n"bogus"/,
        );
        const rows = screen.text();
        const at = rows.findIndex(row => /^ *\^~+$/.test(row));
        assert.is(rows[at - 1]?.indexOf('bogus'), rows[at]?.indexOf('^'), screen.picture());
      },
      { cols: 40 },
    ),
  ));

test.run();
