#!/usr/bin/env node
'use strict';
// Runs dist/cli.cjs, with the code that V8 compiled of it at build time where that is of this bundle and this Node.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { isatty } = require('node:tty');
const { Script } = require('node:vm');

const folder = join(__dirname, '../dist');
const filename = join(folder, 'cli.cjs');
const source = readFileSync(filename, 'latin1');
const options = { filename };
try {
  const cache = readFileSync(join(folder, isatty(0) && isatty(1) ? 'prompt.cache' : 'batch.cache'));
  const key = `${source.slice(2, 18)} ${process.version} ${process.platform} ${process.arch}`;
  if (cache.latin1Slice(0, 64).trimEnd() === key) options.cachedData = cache.subarray(64);
} catch {
  // No cache: V8 compiles the source.
}
new Script(source, options).runInThisContext().call({}, {}, require, { exports: {} }, filename, folder);
