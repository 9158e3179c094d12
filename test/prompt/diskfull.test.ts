// What is written to files when that fails: a limit on the size of files stands for a full disk.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIN, qmpsh } from '../command.ts';
import { type Qemu, withQemu } from '../qemu.ts';

/** Runs the shell where no file may be larger than so many kilobytes; its home is `home`. */
function limited(kilobytes: number, args: readonly string[], input: string, cwd: string) {
  const env = {
    ...process.env,
    HOME: cwd,
    XDG_STATE_HOME: cwd,
    XDG_CONFIG_HOME: cwd,
    XDG_CACHE_HOME: '/nonexistent',
  };
  return spawnSync(
    'bash',
    ['-c', `ulimit -f ${kilobytes}; exec "$@"`, 'sh', process.execPath, BIN, ...args],
    {
      cwd,
      env,
      input,
      encoding: 'utf8',
      timeout: 60_000,
    },
  );
}

async function inFolder(run: (folder: string, qemu: Qemu) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qt-'));
  try {
    await withQemu({}, async qemu => run(folder, qemu));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const QUERIES = Array.from({ length: 20 }, () => 'query-version\n').join('');

test('a log that can grow no further is told once, ends with a whole row, and the session goes on', () =>
  inFolder((folder, { address }) => {
    const done = limited(2, ['-l', 'log', address], QUERIES, folder);
    assert.is(done.status, 0, done.stderr);
    assert.is(done.stdout.trimEnd().split('\n').length, 20);
    assert.is(done.stderr.match(/cannot write the log/g)?.length, 1, done.stderr);
    assert.match(done.stderr, /it ends there, and the session goes on/);
    const log = readFileSync(join(folder, 'log'), 'utf8');
    assert.match(log, /\}\n$/);
    assert.match(log, /^(\d{4}-\S+Z (->|<-) \{.*\}\n)+$/);
  }));

test('a log on /dev/full, and as JSON', () =>
  inFolder(async (folder, { address }) => {
    const done = await qmpsh(['--json', '-l', '/dev/full', '-c', 'query-status', address], { cwd: folder });
    assert.is(done.status, 0, done.err);
    assert.match(done.out, /"return"/);
    assert.match(done.err, /^\{"note":"cannot write the log \/dev\/full: the disk is full;.*"\}\n$/);
  }));

for (const [mode, warns] of [
  [0o644, true],
  [0o640, true],
  [0o600, false],
] as const)
  test(`a log that is there with mode ${mode.toString(8)} ${warns ? 'is warned of' : 'is used'}`, () =>
    inFolder(async (folder, { address }) => {
      const log = join(folder, 'log');
      writeFileSync(log, '');
      chmodSync(log, mode);
      const done = await qmpsh(['-l', log, '-c', 'query-status', address]);
      assert.is(done.status, 0);
      assert.is(/others may read it: chmod 600/.test(done.err), warns, done.err);
    }));

for (const name of ['r.qmp', 'r.md'])
  test(`a recording that can grow no further ends with a whole step: ${name}`, () =>
    inFolder(async (folder, { address }) => {
      const done = limited(1, [address], `.record ${name} --replies\n${QUERIES}.record\n`, folder);
      const text = readFileSync(join(folder, name), 'utf8');
      assert.is(done.stdout.trimEnd().split('\n').length, 20, 'every line ran');
      const [, count] = /the recording ends there, with (\d+) steps\n/.exec(done.stderr) ?? [];
      assert.is(text.match(/^\(QEMU\) /gm)?.length, Number(count), done.stderr);
      assert.match(done.stderr, /nothing is being recorded/);
      const checked = await qmpsh(['check', join(folder, name)]);
      assert.match(checked.out, `${count} steps, 0 faults`);
    }));

test('a recording that cannot even begin leaves no file', () =>
  inFolder((folder, { address }) => {
    const done = limited(0, [address], '.record r.qmp\nquery-status\n', folder);
    assert.is(done.status, 2);
    assert.match(done.stderr, /cannot make .*r\.qmp: the file would be larger than is allowed/);
    assert.match(done.stdout, /return/);
    assert.not(existsSync(join(folder, 'r.qmp')));
  }));

test('.record stop with parameters that cannot be written says so and leaves the recording', () =>
  inFolder((folder, { address }) => {
    const lines = [
      ...Array.from({ length: 20 }, (_, i) => `.let number${i} = 'somewhat long text'`),
      '.record stop',
    ];
    const begin = '.record r.qmp\nobject-add qom-type=secret id=s data=x\n';
    const done = limited(1, [address], `${begin}${lines.join('\n')}\n`, folder);
    assert.match(done.stderr, /20 steps in|21 steps in/);
    assert.match(done.stderr, /cannot write .*r\.qmp: the file would be larger/);
    assert.equal(
      readdirSync(folder).filter(file => file.endsWith('.new')),
      [],
    );
  }));

test('a file that cannot be replaced leaves no draft', () =>
  inFolder(folder => {
    const done = limited(0, ['learn', '--reset', '-y'], '', folder);
    assert.match(done.stderr, /cannot write .*lessons: the file would be larger than is allowed/);
    assert.equal(readdirSync(join(folder, 'qmpsh')), []);
  }));

test('a home where nothing can be made is called so', async () => {
  // No file system lets anybody make folders there; Node says "no such file" for some of the reasons.
  const env = { HOME: '/sys', XDG_STATE_HOME: '' };
  const done = await qmpsh(['learn', '--reset', '-y'], { env });
  assert.match(
    done.err,
    /cannot write \/sys\/.*: (the file system is read-only|permission denied|the system does not allow it)/,
  );
});

test.run();
