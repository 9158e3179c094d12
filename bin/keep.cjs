'use strict';
// Keeps what V8 has compiled of a script, for the next start (see qmpsh.cjs). A failure only costs start-up time.
const {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { dirname, join } = require('node:path');

const DAYS = 24 * 60 * 60 * 1000;

module.exports = (script, { folder, path, key }) => {
  try {
    const code = script.createCachedData();
    makeOwn(folder);
    const head = `${key} ${code.length + 96}`.padEnd(96);
    swapIn(path, Buffer.concat([Buffer.from(head), code]));
    dropOld(folder);
  } catch {
    // A full disk, a folder that cannot be written to: the next start compiles again.
  }
};

/** Whole or not at all, for whoever starts meanwhile. */
function swapIn(path, bytes) {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Makes the folder. One that others may write to, or that is not ours, gets nothing: throws. */
function makeOwn(folder) {
  // Run by sudo with the home of somebody else: nothing of root's is left there.
  let above = folder;
  while (!statSync(above, { throwIfNoEntry: false })) above = dirname(above);
  if (above !== folder && statSync(above).uid !== process.getuid() && process.getuid() === 0)
    throw new Error(`${above} is another user's`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== process.getuid())
    throw new Error(`${folder} is no folder of this user's`);
  if ((stat.mode & 0o022) !== 0) chmodSync(folder, stat.mode & 0o755);
}

/** Files of versions that have not been made anew for a month, and drafts that nobody finished. */
function dropOld(folder) {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith('code-')) continue;
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat && Date.now() - stat.mtimeMs > 30 * DAYS) rmSync(join(folder, name), { force: true });
  }
}
