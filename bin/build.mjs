// Builds dist/: one CommonJS bundle for the command (modules behind `import()` run only when reached),
// one for the library, and the type declarations. Given file names, bundles those test files instead.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  legalComments: 'none',
};

/** Bundles the command and the library, and (unless told not to) writes the type declarations. */
export async function buildAll({ types = true } = {}) {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await build({
    ...shared,
    entryPoints: { cli: 'src/cli.ts', index: 'src/index.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    external: ['node-pty'],
  });
  if (!types) return;
  const tsc = join(root, 'node_modules/.bin/tsc');
  const args = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', 'dist/types'];
  const done = spawnSync(tsc, [...args, '--rootDir', 'src', '-p', 'src/tsconfig.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`type declarations: ${done.stdout}${done.stderr}`);
}

/** Bundles test files to `.build/test/`, packages left outside; gives the paths written, in order. */
export async function buildTests(files) {
  const outdir = join(root, '.build/test');
  await build({
    ...shared,
    entryPoints: files,
    outbase: join(root, 'test'),
    outdir,
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    outExtension: { '.js': '.mjs' },
  });
  return files.map(file => join(outdir, file.slice(join(root, 'test').length).replace(/\.ts$/, '.mjs')));
}
