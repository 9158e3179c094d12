// A module of the command for the library, out of the packs in dist/ (bin/packs.mjs makes them, bin/qmpsh.cjs reads them for
// the command): what few programs need is not in the library a second time.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { Script } from 'node:vm';
import { QmpshError } from '../qmp/errors.ts';

type Exports = Record<string, unknown>;
type Make = (
  exports: Exports,
  need: (name: string) => Exports,
  later: (name: string) => Promise<Exports>,
  outside: (name: string) => Promise<unknown>,
) => void;

const modules = new Map<string, Make>();
const loaded = new Map<string, Exports>();

/** What a module of the command exports; its name begins with that of its pack. */
export function packed(name: string): Exports {
  const known = loaded.get(name);
  if (known) return known;
  if (!modules.has(name)) readPack(name.slice(0, name.indexOf('/')));
  const exports: Exports = {};
  loaded.set(name, exports);
  modules.get(name)?.(exports, packed, async other => packed(other), outside);
  return exports;
}

const dist = resolve(typeof __dirname === 'string' ? __dirname : 'dist');
// The packs name files as seen from there.
const require = createRequire(join(dist, '../bin/qmpsh.cjs'));

function readPack(pack: string): void {
  const filename = join(dist, `${pack}.cjs`);
  try {
    const made = new Script(readFileSync(filename, 'latin1'), { filename }).runInThisContext();
    const found: Record<string, Make> = made(require, filename, dist);
    for (const [name, make] of Object.entries(found)) modules.set(name, make);
  } catch (cause) {
    throw new QmpshError('usage', `a part of qmpsh cannot be read: ${filename}`, {
      advice: 'Install qmpsh anew.',
      cause,
    });
  }
}

async function outside(name: string): Promise<unknown> {
  const exports = require(name);
  return exports.__esModule ? exports : { ...exports, default: exports };
}
