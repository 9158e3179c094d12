// `$` lines without a person: only where they are allowed, and ended with all that they started.

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIN, qmpsh } from '../command.ts';
import { type Qemu, withQemu } from '../qemu.ts';

async function inFolder(run: (folder: string, qemu: Qemu) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qt-'));
  try {
    await withQemu({}, qemu => run(folder, qemu));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly input?: string;
  readonly status: number;
  readonly out: RegExp;
  readonly err: RegExp;
  readonly made?: boolean;
}

const SAID = /^qmpsh|no command/m;
const REFUSED = /would run a command on this host\n--allow-shell lets \$ lines run/;
const CASES: readonly Case[] = [
  {
    name: 'allowed',
    args: ['--allow-shell', '-c', '$ touch made; echo yes'],
    status: 0,
    out: /^$/,
    err: /^yes\n$/,
    made: true,
  },
  { name: 'not allowed', args: ['-c', '$ touch made'], status: 2, out: /^$/, err: REFUSED },
  {
    name: 'not allowed, among others: nothing is sent',
    args: ['-c', 'query-status', '-c', '$ touch made'],
    status: 2,
    out: /^$/,
    err: /would run(.|\n)*Nothing was sent/,
  },
  {
    name: 'between replies, with what looks open',
    args: ['--allow-shell'],
    input: 'query-status\n$ touch made; echo "(" "[{"\nquery-status\n',
    status: 0,
    out: /^(\{"return".*\}\n){2}$/,
    err: /^\( \[\{\n$/,
    made: true,
  },
  {
    name: 'from a pipe, not allowed',
    args: [],
    input: '$ touch made\nquery-status\n',
    status: 2,
    out: /return/,
    err: REFUSED,
  },
  {
    name: 'that fails',
    args: ['--allow-shell', '-c', '$ exit 3'],
    status: 1,
    out: /^$/,
    err: /^exit status 3\n$/,
  },
  {
    name: 'as JSON',
    args: ['--json', '--allow-shell', '-c', '$ echo a'],
    status: 0,
    out: /^$/,
    err: /^\{"note": "a"\}\n$/,
  },
  {
    name: 'over its time',
    args: ['--timeout', '300ms', '--allow-shell', '-c', '$ sleep 60'],
    status: 4,
    out: /^$/,
    err: /took longer than 300 ms and was ended/,
  },
];

for (const { name, args, input, status, out, err, made = false } of CASES)
  test(name, () =>
    inFolder(async (folder, { address }) => {
      const done = await qmpsh([...args, address], {
        cwd: folder,
        ...(input === undefined ? {} : { input }),
      });
      assert.is(done.status, status, done.err);
      assert.match(done.out, out);
      assert.match(done.err, err);
      assert.not.match(done.err, SAID);
      assert.is(existsSync(join(folder, 'made')), made);
    }),
  );

/** The command where node-pty is not. */
function withoutPty(folder: string): string {
  const home = join(folder, 'qmpsh');
  for (const part of ['bin', 'dist', 'docs'])
    cpSync(join(dirname(BIN), '..', part), join(home, part), { recursive: true });
  return join(home, 'bin/qmpsh.cjs');
}

function alive(pid: number): boolean {
  try {
    // A dead one that nobody has waited for yet is dead.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Writes its pid and goes on for ever; `trap` makes it deaf, `then` is what it does next. */
const child = (name: string, trap = '', then = '') =>
  `sh -c '${trap} echo $$ > ${name}; ${then} while :; do sleep 0.1; done'`;
const ENDED: readonly (readonly [name: string, command: string, pids: readonly string[]])[] = [
  ['a child of the shell', `${child('one')}; true`, ['one']],
  ['two of them', `${child('one')} & ${child('two')}; wait`, ['one', 'two']],
  ['one that is deaf to SIGTERM and SIGHUP', `${child('one', 'trap "" TERM HUP INT;')}; true`, ['one']],
  ['one that is stopped', `${child('one', '', 'kill -STOP $$;')}; true`, ['one']],
];

for (const pty of [true, false])
  for (const [name, command, pids] of ENDED)
    for (const how of pids.length === 2 ? (['--timeout', 'SIGINT'] as const) : (['--timeout'] as const))
      test(`${how} ends ${name} ${pty ? 'on a pty' : 'without node-pty'}`, () =>
        inFolder(async (folder, { address }) => {
          const bin = pty ? BIN : withoutPty(folder);
          writeFileSync(join(folder, 'p.qmp'), `$ ${command.replaceAll('$', '$$$$')}\n`);
          const limit = how === '--timeout' ? ['--timeout', '1500ms'] : [];
          const args = [bin, 'play', 'p.qmp', address, '--allow-shell', ...limit];
          const shell = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
          let said = '';
          for (const stream of [shell.stdout, shell.stderr])
            stream.setEncoding('utf8').on('data', text => (said += text));
          const left = new Promise(resolve => shell.on('close', resolve));
          const there = () => pids.every(file => existsSync(join(folder, file)));
          for (let i = 0; i < 200 && !there(); i++) await new Promise(resolve => setTimeout(resolve, 20));
          if (how === 'SIGINT') shell.kill('SIGINT');
          assert.is(await left, how === 'SIGINT' ? 130 : 4, said);
          for (const file of pids) {
            const pid = Number(readFileSync(join(folder, file), 'utf8'));
            assert.ok(pid > 0);
            const lives = alive(pid);
            if (lives) process.kill(pid, 'SIGKILL');
            assert.not(lives, `${file} lives on: ${said}`);
          }
        }));

test('what a command leaves in the background holds nothing up, and lives', () =>
  inFolder(async (folder, { address }) => {
    const bin = withoutPty(folder);
    symlinkSync(process.execPath, join(folder, 'node'));
    writeFileSync(join(folder, 'p.qmp'), '$ sleep 30 & echo $$! > pid; echo said\n');
    const started = performance.now();
    const shell = spawn(process.execPath, [bin, 'play', 'p.qmp', address, '--allow-shell'], { cwd: folder });
    let said = '';
    shell.stdout.setEncoding('utf8').on('data', text => (said += text));
    assert.is(await new Promise(resolve => shell.on('close', resolve)), 0);
    assert.ok(performance.now() - started < 15_000);
    assert.match(said, /^said$/m);
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    assert.ok(alive(pid));
    process.kill(pid, 'SIGKILL');
  }));

test.run();
