// Builds dist/: one CommonJS bundle for the command (modules behind `import()` run only when reached) with V8's code
// cache of it, one ESM bundle for the library, and the type declarations. Given file names, bundles those test files instead.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
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
const bundle = {
  ...shared,
  outdir: 'dist',
  minifySyntax: true,
  minifyWhitespace: true,
  write: false,
};

/** Bundles the command and the library, and (unless told not to) writes the type declarations. */
export async function buildAll({ types = true } = {}) {
  const [command, library] = await Promise.all([
    build({
      ...bundle,
      entryPoints: { cli: 'src/cli.ts' },
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      external: ['node-pty'],
      // The loader runs the bundle as a vm.Script, which has no `import()` of its own.
      supported: { 'dynamic-import': false },
    }),
    build({ ...bundle, entryPoints: { index: 'src/index.ts' }, format: 'esm', packages: 'external' }),
  ]);
  for (const { path, text } of library.outputFiles) replace(path, text);
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
  const args = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', 'dist/types'];
  const done = spawnSync(tsc, [...args, '--rootDir', 'src', '-p', 'src/tsconfig.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`type declarations: ${done.stdout}${done.stderr}`);
}

// Run as a child: executes the bundle (a function, see `wrap`) once for each argument list, the next one when it would have
// ended the process, and then writes V8's code cache, which holds what those runs compiled.
const WARM = `
const { readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const [file, key, into, ...runs] = process.argv.slice(1);
const script = new Script(readFileSync(file, 'latin1'), { filename: file });
const next = () => {
  const args = runs.shift();
  if (args !== undefined) {
    process.argv = [process.execPath, 'qmpsh', ...JSON.parse(args)];
    for (const event of ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGWINCH', 'SIGCONT', 'uncaughtException', 'unhandledRejection'])
      process.removeAllListeners(event);
    script.runInThisContext().call({}, {}, require, { exports: {} }, file, require('node:path').dirname(file));
    return;
  }
  writeFileSync(into, Buffer.concat([Buffer.from(key.padEnd(64)), script.createCachedData()]));
  leave(0);
};
const leave = process.reallyExit.bind(process);
process.exit = () => void setImmediate(next);
next();
`;

/** What a code cache must be for: this very bundle, this Node, this kind of machine. bin/qmpsh.cjs compares it. */
function cacheKey(id) {
  return `${id} ${process.version} ${process.platform} ${process.arch}`;
}

/** The bundle as one function expression behind its own digest, both for bin/qmpsh.cjs. */
function wrap(text) {
  const id = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { id, text: `//${id}\n(function(exports,require,module,__filename,__dirname){${text}\n})` };
}

/** Makes dist/cli.cache, from a batch run on a monitor that is played here. A failure only costs start-up time. */
async function cacheCode(file, id) {
  const folder = mkdtempSync(join(tmpdir(), 'qb-'));
  const address = join(folder, 's');
  const draft = `${file}.cache-${process.pid}`;
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.write(
      '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 0, "major": 9}, "package": ""}, "capabilities": ["oob"]}}\r\n',
    );
    socket.setEncoding('utf8').on('data', text => {
      for (const [, id] of text.matchAll(/"id": ?("[^"]*"|\d+)/g))
        socket.write(`{"return": {}, "id": ${id}}\r\n`);
    });
  });
  try {
    await new Promise(resolve => server.listen(address, resolve));
    const runs = [
      ['-c', 'query-status', address],
      ['json', 'query-status'],
    ].map(run => JSON.stringify(run));
    const child = spawn(process.execPath, ['-e', WARM, file, cacheKey(id), draft, ...runs], {
      stdio: 'ignore',
      timeout: 20_000,
    });
    const code = await new Promise(resolve => child.on('close', resolve));
    if (code === 0) renameSync(draft, join(file, '../cli.cache'));
    else console.error(`${basename(file)}: no code cache (status ${code}); it starts slower`);
  } finally {
    server.close();
    rmSync(draft, { force: true });
    rmSync(folder, { recursive: true, force: true });
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
