// Builds dist/: one CommonJS bundle for the command (modules behind `import()` run only when reached) with V8's code
// cache of it, one ESM bundle for the library, the type declarations, and the licences of what is bundled. The packages are
// part of the bundles, which makes them development dependencies: installing qmpsh installs no other package but node-pty.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { cacheCode } from './cache.mjs';
import { notices } from './notices.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  legalComments: 'none',
};
/** Packages that few runs need: each a file of its own, so that the bundle every run reads stays small. */
const APART = ['jmespath', 'marked', 'prompts', 'yaml'];

// bin/qmpsh.cjs hands the bundle its own `require`, so paths begin there.
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: new RegExp(`^(${APART.join('|')})$`) }, ({ path }) => ({
      path: `../dist/${path}.cjs`,
      external: true,
    }));
  },
};

// chalk looks for the terminal's colours when it loads, a millisecond at each start. We always give it a level of our own.
const noDetection = {
  name: 'no-detection',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#supports-color$/ }, () => ({ path: 'supports-color', namespace: 'none' }));
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({
      contents: 'export default { stdout: false, stderr: false };',
    }));
  },
};

// Classes that are wanted only when there is a table to draw or a name to guess: loaded by the first `new`.
const LAZY = ['cli-table3', 'fuse.js'];
const lazy = {
  name: 'lazy',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${LAZY.join('|')})$`) }, ({ path, namespace }) =>
      namespace === 'lazy' ? undefined : { path, namespace: 'lazy' },
    );
    onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({
      contents: `let loaded;
export default class {
  constructor(...args) {
    loaded ??= require(${JSON.stringify(path)});
    return new (loaded.default ?? loaded)(...args);
  }
}`,
      resolveDir: root,
    }));
  },
};

const bundle = {
  ...shared,
  outdir: 'dist',
  minifySyntax: true,
  minifyWhitespace: true,
  write: false,
  metafile: true,
  external: ['node-pty'],
};

/** Bundles the command and the library, and (unless told not to) writes the type declarations. */
export async function buildAll({ types = true } = {}) {
  const [packages, command, library] = await Promise.all([
    build({
      ...bundle,
      entryPoints: Object.fromEntries(APART.map(name => [name, name])),
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
    }),
    build({
      ...bundle,
      plugins: [apart, lazy, noDetection],
      entryPoints: { cli: 'src/cli.ts' },
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      // The loader runs the bundle as a vm.Script, which has no `import()` of its own.
      supported: { 'dynamic-import': false },
    }),
    build({ ...bundle, plugins: [noDetection], entryPoints: { index: 'src/index.ts' }, format: 'esm' }),
  ]);
  const inputs = [packages, command, library].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  replace(join(root, 'dist/licenses.txt'), notices(root, inputs));
  for (const { path, text } of [...packages.outputFiles, ...library.outputFiles]) replace(path, text);
  for (const { path, text } of command.outputFiles) {
    const wrapped = wrap(text);
    replace(path, wrapped.text);
    await cacheCode(path, wrapped.id);
  }
  if (types) declareTypes();
}

/** Writes a file at once: a shell that starts while this runs finds the old one or the new one. */
function replace(path, contents) {
  const draft = `${path}.${process.pid}`;
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

function declareTypes() {
  rmSync(join(root, 'dist/types'), { recursive: true, force: true });
  const tsc = join(root, 'node_modules/.bin/tsc');
  const done = spawnSync(tsc, ['-p', 'src/tsconfig.json'], { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`type declarations: ${done.stdout}${done.stderr}`);
}

/** The bundle as one function expression behind its own digest, both for bin/qmpsh.cjs. */
function wrap(text) {
  const id = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { id, text: `//${id}\n(function(exports,require,module,__filename,__dirname){${text}\n})` };
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
