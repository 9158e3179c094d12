// The licences of the packages that are part of the bundles, as one text: each asks to be shipped with its code.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `inputs` are the bundled files as esbuild names them, relative to `root`. Throws where a package has no licence file. */
export function notices(root, inputs) {
  const found = inputs.map(file => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  const folders = [...new Set(found)].filter(Boolean).sort();
  return folders.map(folder => notice(join(root, folder))).join(`\n${'-'.repeat(80)}\n\n`);
}

function notice(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} ${version} has no licence file to ship`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
