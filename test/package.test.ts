// The package as npm packs it, unpacked where nothing else is: what it weighs, the command, the library and its types.
// The examples of docs/library.md are compiled and run against it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withQemu } from './qemu.ts';

// (The bundle of this file lies in .build/test/.)
const root = fileURLToPath(new URL('../../', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'qmpsh-package-'));
const home = join(place, 'node_modules/qmpsh');
test.after(() => rmSync(place, { recursive: true, force: true }));

test('it can be built and packed', () => {
  const built = spawnSync(process.execPath, [join(root, 'bin/setup.mjs'), 'build'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', place], {
    cwd: root,
    encoding: 'utf8',
  });
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['-xzf', join(place, packed.trim()), '-C', home, '--strip-components=1']);
});

function files(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter(name => statSync(join(folder, name)).isFile());
}

test('it weighs less than 3 MB and installs nothing else but node-pty, which is optional', () => {
  const bytes = files(home).reduce((sum, name) => sum + statSync(join(home, name)).size, 0);
  console.log(`${(bytes / 1e6).toFixed(2)} MB in ${files(home).length} files`);
  assert.ok(bytes < 3e6, `${bytes} bytes`);
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  assert.equal(Object.keys({ ...dependencies, ...optionalDependencies }), ['node-pty']);
});

test('what it needs is in it, and nothing of the workshop', () => {
  const names = files(home);
  for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md', 'docs/qmpsh.1', 'docs/recipes/backup.md'])
    assert.ok(names.includes(name), name);
  assert.equal(
    names.filter(name => /^(test|src|\.)/.test(name)),
    [],
  );
});

test('the licences of the bundled packages are in it', () => {
  const text = readFileSync(join(home, 'dist/licenses.txt'), 'utf8');
  for (const name of ['chalk', 'prompts', 'fuse.js', 'cli-table3'])
    assert.match(text, new RegExp(`^${name} \\d`, 'm'));
  assert.match(text, 'Permission is hereby granted');
});

test('the command runs where no other package is', () =>
  withQemu({}, async qemu => {
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, [join(home, 'bin/qmpsh.cjs'), ...args], { cwd: place, encoding: 'utf8' });
    assert.match(run('--version').stdout, /^qmpsh \d+\.\d+\.\d+\n$/);
    assert.is(run('json', 'query-status').stdout, '{"execute":"query-status","arguments":{}}\n');
    assert.match(run('-c', 'query-status', qemu.address).stdout, /^\{"return": \{.*"prelaunch"/);
  }));

test('the command takes the manual from where man says it is', () =>
  withQemu({}, async qemu => {
    const bin = join(place, 'stand-ins');
    mkdirSync(bin, { recursive: true });
    const page = join(place, 'manual.7');
    writeFileSync(page, '.TH MANUAL 7\n.SH X\n');
    writeFileSync(join(bin, 'man'), `#!/bin/sh\necho '${page}'\n`, { mode: 0o755 });
    const args = [join(home, 'bin/qmpsh.cjs'), '-c', '.help blockdev-del', qemu.address];
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
    const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    assert.is(status, 0, stderr);
    assert.match(stderr, /^blockdev-del\s/);
  }));

/** The examples of a page, in order. */
function examples(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');
}

test('the examples of docs/library.md are of the types that ship', () => {
  const sources = examples('docs/library.md').map((code, i) => {
    const name = join(place, `example${i}.ts`);
    writeFileSync(name, code);
    return name;
  });
  assert.ok(sources.length >= 3);
  const types = spawnSync(process.execPath, [join(home, 'bin/qmpsh.cjs'), 'types'], { encoding: 'utf8' });
  writeFileSync(join(place, 'qmp.d.ts'), types.stdout);
  const strict = [
    '--noEmit',
    '--allowImportingTsExtensions',
    '--strict',
    '--target',
    'es2022',
    '--exactOptionalPropertyTypes',
  ];
  const node = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
  for (const resolution of ['nodenext', 'bundler']) {
    const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
    const args = [...strict, ...node, '--module', module, '--moduleResolution', resolution, ...sources];
    writeFileSync(join(place, 'package.json'), '{"type": "module"}');
    const tsc = join(root, 'node_modules/.bin/tsc');
    const done = spawnSync(tsc, [...args, '--ignoreConfig'], { cwd: place, encoding: 'utf8' });
    assert.is(done.stdout + done.stderr, '', resolution);
  }
});

examples('docs/library.md').forEach((code, i) => {
  const title = /^\/\/ (.*)$/m.exec(code)?.[1] ?? `number ${i + 1}`;
  test(`docs/library.md runs: ${title}`, () =>
    withQemu({}, async qemu => {
      const name = join(place, `run${i}.mjs`);
      // The types of the examples are few; esbuild takes them off.
      const { transformSync } = await import('esbuild');
      writeFileSync(name, transformSync(code, { loader: 'ts', format: 'esm', target: 'node20' }).code);
      const env = { ...process.env, QMP_SOCKET: qemu.address };
      const done = spawnSync(process.execPath, [name], {
        cwd: place,
        encoding: 'utf8',
        env,
        timeout: 60_000,
      });
      assert.is(done.status, 0, done.stderr);
      const promised = [...code.matchAll(/\/\/ prints: (.*)$/gm)].map(([, text]) => text ?? '');
      for (const text of promised) assert.match(done.stdout, text);
    }));
});

test.run();
