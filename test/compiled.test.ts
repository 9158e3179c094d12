// The code that is kept for the next start: made, taken, and never taken from where somebody else could have put it.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BIN, type Done, qmpsh } from './command.ts';

interface Cache {
  readonly home: string;
  readonly folder: string;
  /** The one file for runs of `qmpsh json`. */
  readonly file: () => string;
  readonly run: () => Promise<Done>;
}

async function withCache(run: (cache: Cache) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'qc-'));
  const folder = join(home, 'qmpsh');
  try {
    await run({
      home,
      folder,
      file: () => join(folder, readdirSync(folder)[0] ?? ''),
      run: () => qmpsh(['json', 'query-status'], { env: { XDG_CACHE_HOME: home } }),
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const GOOD = { status: 0, out: '{"execute":"query-status","arguments":{}}\n', err: '' };

/** Other code in the kept file, which V8 takes for the bundle's: that is what such a file could do. */
function poison(file: string): void {
  const script = `
    const { readFileSync, writeFileSync } = require('node:fs');
    const { Script } = require('node:vm');
    const [filename, file] = process.argv.slice(1);
    const source = readFileSync(filename, 'latin1');
    const text = source.slice(0, 19) + '(function(){console.log("POISON")})';
    const script = new Script(text + ' '.repeat(source.length - text.length), { filename });
    script.runInThisContext().call({});
    const code = script.createCachedData();
    const key = readFileSync(file, 'latin1').slice(0, 96).trimEnd().replace(/ \\d+$/, '');
    writeFileSync(file, Buffer.concat([Buffer.from((key + ' ' + (code.length + 96)).padEnd(96)), code]));`;
  const bundle = join(BIN, '../../dist/cli.cjs');
  const done = spawnSync(process.execPath, ['-e', script, bundle, file], { encoding: 'utf8' });
  assert.is(done.stdout, 'POISON\n', done.stderr);
}

test('the first run keeps its code, for its owner alone; the second takes it', () =>
  withCache(async ({ folder, file, run }) => {
    assert.equal(await run(), GOOD);
    assert.is(statSync(folder).mode & 0o777, 0o700);
    assert.is(statSync(file()).mode & 0o777, 0o600);
    assert.match(file(), new RegExp(`code-json-\\w{16}-${process.version}-${process.platform}-`));
    const made = statSync(file()).ino;
    assert.equal(await run(), GOOD);
    assert.is(statSync(file()).ino, made);
    poison(file());
    assert.match((await run()).out, 'POISON', 'what is kept is what runs');
  }));

const OTHERS = 54321;

const UNTRUSTED: readonly (readonly [what: string, make: (cache: Cache) => void, root?: boolean])[] = [
  ['a file that others may write to', ({ file }) => chmodSync(file(), 0o602)],
  ['a file that the group may write to', ({ file }) => chmodSync(file(), 0o660)],
  ['a file in a folder that others may write to', ({ folder }) => chmodSync(folder, 0o777)],
  ["somebody else's file", ({ file }) => chownSync(file(), OTHERS, OTHERS), true],
  ["a file in somebody else's folder", ({ folder }) => chownSync(folder, OTHERS, OTHERS), true],
  [
    'a folder behind a link',
    ({ folder, home }) => {
      renameSync(folder, join(home, 'elsewhere'));
      symlinkSync(join(home, 'elsewhere'), folder);
    },
  ],
  ['a file that was cut short', ({ file }) => truncateSync(file(), Math.floor(statSync(file()).size / 2))],
  [
    'a file of another version under this name',
    ({ file }) => {
      const bytes = readFileSync(file());
      bytes.write('v1.2.3 ', 17, 'latin1');
      writeFileSync(file(), bytes);
    },
  ],
];

for (const [what, make, root = false] of UNTRUSTED) {
  // Only root can give files away.
  if (root && process.getuid?.() !== 0) continue;
  test(`not taken: ${what}`, () =>
    withCache(async cache => {
      await cache.run();
      poison(cache.file());
      make(cache);
      assert.equal(await cache.run(), GOOD);
      assert.equal(await cache.run(), GOOD);
    }));
}

test('a file that V8 rejects is made anew', () =>
  withCache(async ({ file, run }) => {
    await run();
    const bytes = readFileSync(file());
    bytes.fill(7, 96, 200);
    writeFileSync(file(), bytes);
    assert.equal(await run(), GOOD);
    assert.not.equal(readFileSync(file()).subarray(96, 200), bytes.subarray(96, 200));
  }));

test('starts at the same time do not disturb each other', () =>
  withCache(async ({ folder, run }) => {
    const all = await Promise.all(Array.from({ length: 6 }, run));
    for (const done of all) assert.equal(done, GOOD);
    assert.is(readdirSync(folder).length, 1, readdirSync(folder).join(' '));
  }));

for (const [what, env] of [
  ['where nothing can be written', { XDG_CACHE_HOME: '/sys' }],
  ['where the folder is a file', { XDG_CACHE_HOME: '/etc/hostname' }],
  ['without a home', { XDG_CACHE_HOME: '', HOME: '' }],
  ['with a relative one', { XDG_CACHE_HOME: 'here', HOME: 'there' }],
] as const)
  test(`it runs as well ${what}`, async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'qc-'));
    try {
      assert.equal(await qmpsh(['json', 'query-status'], { env, cwd }), GOOD);
      assert.equal(readdirSync(cwd), []);
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  });

test('a run that fails, or only prints help, keeps nothing', () =>
  withCache(async ({ home, folder }) => {
    const env = { XDG_CACHE_HOME: home };
    await qmpsh(['--help'], { env });
    await qmpsh(['json', 'query-status x'], { env });
    await qmpsh(['-c', 'query-status', '/nonexistent'], { env });
    assert.not(existsSync(folder));
  }));

test('a tree that is not built says so, and how to build it', () =>
  withCache(async ({ home }) => {
    mkdirSync(join(home, 'bin'));
    for (const name of ['qmpsh.cjs', 'keep.cjs'])
      copyFileSync(join(BIN, '..', name), join(home, 'bin', name));
    const done = spawnSync(process.execPath, [join(home, 'bin/qmpsh.cjs'), '--help'], { encoding: 'utf8' });
    assert.is(done.status, 1);
    const missing = join(home, 'dist/cli.cjs');
    assert.is(
      done.stderr,
      `qmpsh is not built: ${missing} is missing.\nBuild it in ${home} with: npm run build\n`,
    );
  }));

test('files of a version that nobody has run for a month go', () =>
  withCache(async ({ folder, run }) => {
    mkdirSync(folder, { mode: 0o700 });
    const old = join(folder, 'code-json-0000000000000000-v1.2.3-linux-x64');
    writeFileSync(old, 'x');
    writeFileSync(join(folder, 'devices-1.json'), '{}');
    utimesSync(old, 1, 1);
    await run();
    assert.not(existsSync(old));
    assert.ok(existsSync(join(folder, 'devices-1.json')));
  }));

test.run();
