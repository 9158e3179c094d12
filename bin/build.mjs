// Builds dist/: the command in a few packs of modules (bin/packs.mjs), one ESM bundle for the library, the type
// declarations, the recorded schemas, and the licences of what is bundled. The packages are part of the bundles, which
// makes them development dependencies: installing qmpsh installs no other package but node-pty.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';
import { notices } from './notices.mjs';
import { packsOf } from './packs.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  legalComments: 'none',
};
/** Packages that few runs need: each a file of its own, so that what every run reads stays small. */
const APART = [
  'cli-table3',
  'fuse.js',
  'jmespath',
  'marked',
  'prompts',
  'vscode-languageserver/node',
  'vscode-languageserver-textdocument',
  'yaml',
];
const fileOf = name => name.replaceAll('/', '-');

// bin/qmpsh.cjs hands the packs its own `require`, so paths begin there.
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: new RegExp(`^(${APART.join('|')})$`) }, ({ path }) => ({
      path: `../dist/${fileOf(path)}.cjs`,
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

// What is wanted only when there is a table to draw, a name to guess, or a letter beyond Latin to measure (a package whose
// patterns take over a millisecond to compile): loaded by the first call or the first `new`.
const LAZY = ['cli-table3', 'fast-string-width', 'fuse.js', 'prompts'];
const lazy = {
  name: 'lazy',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${LAZY.join('|')})$`) }, ({ path, namespace }) =>
      namespace === 'lazy' ? undefined : { path, namespace: 'lazy' },
    );
    onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({
      contents: `let loaded;
export default function (...args) {
  loaded ??= require(${JSON.stringify(path)});
  const found = loaded.default ?? loaded;
  return new.target ? new found(...args) : found(...args);
}`,
      resolveDir: root,
    }));
  },
};

// Node's module for child processes brings those for datagrams and for passing sockets along; few runs start one.
const CHILD = ['execFile', 'execFileSync', 'fork', 'spawn', 'spawnSync'];
const lazyChild = {
  name: 'lazy-child',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path, namespace }) =>
      namespace === 'child' ? undefined : { path, namespace: 'child' },
    );
    onLoad({ filter: /.*/, namespace: 'child' }, ({ path }) => ({
      contents: [
        ...CHILD.map(
          name => `export const ${name} = (...args) => require(${JSON.stringify(path)}).${name}(...args);`,
        ),
        // util.promisify asks it for a form of its own, which gives both outputs.
        `const promise = Symbol.for('nodejs.util.promisify.custom');`,
        `execFile[promise] = (...args) => require(${JSON.stringify(path)}).execFile[promise](...args);`,
      ].join('\n'),
    }));
  },
};

// The library takes what is a file of its own already, when it is first wanted.
const beside = {
  name: 'beside',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^fuse\.js$/ }, ({ path }) => ({ path, namespace: 'beside' }));
    onLoad({ filter: /.*/, namespace: 'beside' }, ({ path }) => ({
      contents: `import { createRequire } from 'node:module';
let found;
export default function (...args) {
  found ??= createRequire(import.meta.url)(${JSON.stringify(`./${path}.cjs`)}).default;
  return new found(...args);
}`,
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

/** What the sources take from the command's loader. */
const LIBRARY = `import { fileURLToPath as __fileURLToPath } from 'node:url';
const __dirname = __fileURLToPath(new URL('.', import.meta.url));`;

/** Bundles the command and the library, and (unless told not to) writes the type declarations. */
export async function buildAll({ types = true } = {}) {
  const [packages, command, library] = await Promise.all([
    build({
      ...bundle,
      entryPoints: Object.fromEntries(APART.map(name => [fileOf(name), name])),
      format: 'cjs',
      minifyIdentifiers: true, // nobody looks into them
      outExtension: { '.js': '.cjs' },
    }),
    build({
      ...bundle,
      plugins: [lazy, lazyChild, apart, noDetection],
      minifyIdentifiers: true,
      // (The library plays pages by the command's code: src/io/packs.ts.)
      entryPoints: { cli: 'src/cli/cli.ts', play: 'src/batch/play.ts' },
      format: 'esm',
      splitting: true,
    }),
    build({
      ...bundle,
      plugins: [beside, noDetection],
      entryPoints: { index: 'src/index.ts' },
      format: 'esm',
      // Where a program fails, Node prints the row of the source: it must be one that can be read.
      minifyWhitespace: false,
      banner: { js: LIBRARY },
    }),
  ]);
  const inputs = [packages, command, library].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  replace(join(root, 'dist/licenses.txt'), notices(root, inputs));
  for (const { path, text } of [...packages.outputFiles, ...library.outputFiles]) replace(path, text);
  for (const [name, text] of packsOf(command)) replace(join(root, `dist/${name}.cjs`), text);
  replace(join(root, 'dist/schemas.br'), schemas());
  if (types) declareTypes();
}

/** The recorded schemas, by version: names and types as query-qmp-schema returns them, for `check --schema all`. */
function schemas() {
  const folder = join(root, 'test/data');
  const found = {};
  for (const file of readdirSync(folder)) {
    const [, version] = /^schema-([\d.]+)\.json$/.exec(file) ?? [];
    if (version === undefined) continue;
    const value = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    found[version] = value.return ?? value;
  }
  return brotliCompressSync(JSON.stringify(found), { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
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
  keepReachable(join(root, 'dist/types'), 'index.d.ts');
}

/** Removes the declarations that the first one does not lead to: nobody can import them. */
function keepReachable(folder, first) {
  const kept = new Set([join(folder, first)]);
  for (const path of kept)
    for (const [, to] of readFileSync(path, 'utf8').matchAll(/(?:\bfrom |\bimport\()['"](\.[^'"]+)['"]/g))
      kept.add(join(path, '..', to.replace(/\.ts$/, '.d.ts')));
  for (const name of readdirSync(folder, { recursive: true })) {
    const path = join(folder, name);
    if (path.endsWith('.d.ts') && !kept.has(path)) rmSync(path);
  }
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
