// Keeps the map in src/README.md: adds a line for each new file (the first sentence of its head comment), drops those of
// files that are gone, and leaves the others as they are. Usage: node bin/map.mjs [--fresh: all lines anew]
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../src', import.meta.url));
const LONGEST = 120;
/** The floors test does not take it. */
const MISSING = 'says nothing about itself';
const readme = join(src, 'README.md');

/** The first sentence of the comment a file begins with, else of its first doc comment. */
function sentence(file) {
  const text = readFileSync(join(src, file), 'utf8');
  const head = /^(?:#!.*\n)?((?:\/\/.*\n)+)/.exec(text)?.[1]?.replaceAll(/^\/\/ ?/gm, '');
  const doc = /\/\*\*([\s\S]*?)\*\//.exec(text)?.[1]?.replaceAll(/^\s*\* ?/gm, '');
  const whole = (head ?? doc ?? '').replaceAll(/\s+/g, ' ').trim();
  // The whole sentence where it is short enough for a row, else what stands before its colon.
  const full = /^.*?\.(?= |$)/.exec(whole)?.[0].slice(0, -1) ?? whole;
  const short = full.length <= LONGEST ? full : full.split(/[:;(](?= |$|\w)/)[0].trim();
  const word = /^shell\/words\/(\w+)\.ts$/.exec(file)?.[1];
  return word && head === undefined ? `The word \`.${word}\`` : short || MISSING;
}

const files = readdirSync(src, { recursive: true })
  .filter(name => /\.(ts|json)$/.test(name) && name !== 'tsconfig.json')
  .sort();
const [above = '', map = ''] = readFileSync(readme, 'utf8').split(/^(?=## The map)/m);
const known = new Map([...map.matchAll(/^- `(.+?)`: (.+)$/gm)].map(([, file, text]) => [file, text]));
if (process.argv.includes('--fresh')) known.clear();
// The folders in the order of the table.
const order = [...above.matchAll(/^\| \d \| `([^`]+)`/gm)].map(([, folder]) => folder.replace(/\/$/, ''));
const groups = new Map(order.filter(folder => !folder.endsWith('.ts')).map(folder => [folder, []]));
groups.set('', []);
for (const file of files) {
  const folder = file.includes('/') ? file.slice(0, file.indexOf('/')) : '';
  if (!groups.has(folder)) throw new Error(`src/README.md: no row of the table is for ${folder}/`);
  groups.get(folder).push(`- \`${file}\`: ${known.get(file) ?? sentence(file)}`);
}
const sections = [...groups].map(
  ([folder, lines]) => `### ${folder === '' ? 'src' : folder}/\n${lines.join('\n')}\n`,
);
writeFileSync(readme, `${above}## The map\n\n${sections.join('\n')}`);
