#!/usr/bin/env node
'use strict';
// Runs the command: packs of modules in dist/ (made by bin/packs.mjs), each read when a module of it is wanted. What V8
// compiled of a pack in the first run of a kind is kept in the user's cache folder and taken from there in the later ones.
// A kept file is code: it is taken only from a folder and a file that are this user's alone.
const { closeSync, fstatSync, lstatSync, openSync, readFileSync, readSync } = require('node:fs');
const { isAbsolute, join } = require('node:path');
const { isatty } = require('node:tty');
const { Script } = require('node:vm');

const dist = join(__dirname, '../dist');

/** Runs that need other parts of the code: each kind has a file of its own. */
function kindOf([first, ...more]) {
  if (first === 'play' || first === 'check') return 'play';
  if (first === 'json') return 'json';
  if ([first, ...more].some(arg => /^(?:-[A-Za-z]*c|--command)/.test(arg ?? ''))) return 'batch';
  return isatty(0) && isatty(1) ? 'prompt' : 'batch';
}

function cacheFolder() {
  const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
  if (cache && isAbsolute(cache)) return join(cache, 'qmpsh');
  return home && isAbsolute(home) ? join(home, '.cache/qmpsh') : undefined;
}

const ours = stat => stat.uid === process.getuid() && (stat.mode & 0o022) === 0;

/** The kept code; undefined where there is none, or none to be trusted. */
function kept(folder, path, key) {
  let fd;
  try {
    if (!ours(lstatSync(folder))) return undefined;
    fd = openSync(path, 'r');
    const stat = fstatSync(fd);
    const bytes = Buffer.allocUnsafe(stat.size);
    if (!stat.isFile() || !ours(stat) || readSync(fd, bytes, 0, stat.size, 0) !== stat.size) return undefined;
    // The key with the length behind it: a file that was cut short is none.
    const head = `${key} ${stat.size}`;
    return bytes.latin1Slice(0, 96).trimEnd() === head ? bytes.subarray(96) : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

const folder = cacheFolder();
const kind = kindOf(process.argv.slice(2));
/** Of the packs that were read: their modules, by name. */
const modules = new Map();
const packs = new Set();
const compiled = [];

function readPack(name) {
  if (packs.has(name)) return;
  packs.add(name);
  const filename = join(dist, `${name}.cjs`);
  let source;
  try {
    source = readFileSync(filename, 'latin1');
  } catch {
    process.stderr.write(
      `qmpsh is not built: ${filename} is missing.\nBuild it in ${join(__dirname, '..')} with: npm run build\n`,
    );
    process.exit(1);
  }
  // This very pack, this Node, this kind of machine.
  const key = `${source.slice(2, 18)} ${process.version} ${process.platform} ${process.arch}`;
  const path = folder && join(folder, `code-${kind}-${key.replaceAll(' ', '-')}`);
  const cachedData = path && kept(folder, path, key);
  const script = new Script(source, cachedData ? { filename, cachedData } : { filename });
  if (path && (!cachedData || script.cachedDataRejected)) compiled.push({ script, folder, path, key });
  const found = script.runInThisContext()(require, filename, dist);
  for (const module of Object.keys(found)) modules.set(module, found[module]);
}

const loaded = new Map();

/** What a module exports. Its name begins with that of its pack. */
function need(name) {
  let exports = loaded.get(name);
  if (exports) return exports;
  if (!modules.has(name)) readPack(name.slice(0, name.indexOf('/')));
  exports = {};
  loaded.set(name, exports);
  modules.get(name)(exports, need, later, outside);
  return exports;
}

/** `import()` of a module. */
const later = async name => need(name);

/** `import()` of a package that is a file of its own. */
async function outside(name) {
  const exports = require(name);
  return exports.__esModule ? exports : Object.assign(Object.create(null), exports, { default: exports });
}

// The command calls it when it has run what such a run needs.
globalThis[Symbol.for('qmpsh.compiled')] = ran => {
  if (ran === kind) for (const { script, ...where } of compiled) require('./keep.cjs')(script, where);
};

// What starts the command again as another process (src/io/stillguest.ts).
globalThis[Symbol.for('qmpsh.command')] = __filename;

need('cli/cli');
// While the monitor greets.
if (kind === 'prompt') setImmediate(readPack, 'prompt');
