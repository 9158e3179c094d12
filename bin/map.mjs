// Writes the map in src/README.md: a line for each file, the first sentence of its head comment, in the order of the table
// of rooms. A file that can hold no comment keeps the line it has.
// Usage: node bin/map.mjs [--check: only says what differs, with status 1]
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../src', import.meta.url));
const readme = join(src, 'README.md');
const LONGEST = 120;
const HEADING = /^(?=## The map)/m;

/** The first sentence of the comment a file begins with, else of its first doc comment. */
function sentence(file) {
  const text = readFileSync(join(src, file), 'utf8');
  const head = /^(?:#!.*\n)?((?:\/\/.*\n)+)/.exec(text)?.[1]?.replaceAll(/^\/\/ ?/gm, '');
  const doc = /\/\*\*([\s\S]*?)\*\//.exec(text)?.[1]?.replaceAll(/^\s*\* ?/gm, '');
  const whole = (head ?? doc ?? '').replaceAll(/\s+/g, ' ').trim();
  // The whole sentence where it is short enough for a row, else what stands before its colon.
  const full = /^.*?\.(?= |$)/.exec(whole)?.[0].slice(0, -1) ?? whole;
  const short = full.length <= LONGEST ? full : full.split(/[:;(](?= |$|\w)/)[0].trim();
  const word = /^words\/(\w+)\.ts$/.exec(file)?.[1];
  if (word && head === undefined) return `The word \`.${word}\``;
  if (short.length < 12)
    throw new Error(`src/${file} says nothing about itself: it needs a comment at its head`);
  return short;
}

const now = readFileSync(readme, 'utf8');
const [above = '', map = ''] = now.split(HEADING);
const known = new Map([...map.matchAll(/^- `(.+?)`: (.+)$/gm)].map(([, file, text]) => [file, text]));
const files = readdirSync(src, { recursive: true })
  .filter(name => /\.(ts|json)$/.test(name) && name !== 'tsconfig.json')
  .sort();
// The rooms in the order of the table.
const order = [...above.matchAll(/^\| \d+ \| `([^`]+)`/gm)].map(([, folder]) => folder.replace(/\/$/, ''));
const groups = new Map(order.filter(folder => !folder.endsWith('.ts')).map(folder => [folder, []]));
groups.set('', []);
for (const file of files) {
  const folder = file.includes('/') ? file.slice(0, file.indexOf('/')) : '';
  if (!groups.has(folder)) throw new Error(`src/README.md: no row of the table is for ${folder}/`);
  const text = file.endsWith('.json') ? known.get(file) : sentence(file);
  if (text === undefined) throw new Error(`src/README.md: ${file} has no line, and can hold no comment`);
  groups.get(folder).push(`- \`${file}\`: ${text}`);
}
const sections = [...groups].map(
  ([folder, lines]) => `### ${folder === '' ? 'src' : folder}/\n${lines.join('\n')}\n`,
);
const made = `${above}## The map\n\n${sections.join('\n')}`;
if (!process.argv.includes('--check')) writeFileSync(readme, made);
else if (made !== now) {
  const before = new Set(now.split('\n'));
  const after = new Set(made.split('\n'));
  for (const row of before) if (!after.has(row)) console.log(`- ${row}`);
  for (const row of after) if (!before.has(row)) console.log(`+ ${row}`);
  console.log('src/README.md is not the map of the files: node bin/map.mjs writes it');
  process.exitCode = 1;
}
