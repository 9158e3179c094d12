// The rules of src/README.md: what a folder may import, who may touch the machine, and that the map is the territory.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

// (The bundle of this file lies in .build/test/.)
const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(join(root, 'src/README.md'), 'utf8');

interface Row {
  readonly floor: number;
  readonly values: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
}

/** The table: folder (or file on the top floor) to what it may import. */
function readTable(text: string): ReadonlyMap<string, Row> {
  const found = [...text.matchAll(/^\| (\d+) \| `([^`]+)` \|[^|]*\|([^|]*)\|$/gm)];
  const floors = new Map(
    found.map(([, floor, name]) => [(name ?? '').replace(/\/$/, ''), Number(floor)] as const),
  );
  return new Map(
    found.map(([, digits, name, allowed = '']) => {
      const floor = Number(digits);
      const below = [...floors].filter(([, other]) => other < floor).map(([other]) => other);
      const types = [...allowed.matchAll(/types of (\w+)/g)].map(([, other]) => other ?? '');
      const values = allowed.replaceAll(/types of \w+/g, '').match(/\w+/g) ?? [];
      const all = allowed.includes('everything below');
      return [
        (name ?? '').replace(/\/$/, ''),
        {
          floor,
          values: new Set(all ? below : values),
          types: new Set([...types, ...(all ? below : values)]),
        },
      ];
    }),
  );
}

interface Import {
  readonly to: string;
  readonly typeOnly: boolean;
}

/** Source text without comments. (No file here has `//` or `/*` in a string that also holds an import.) */
function code(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
}

function importsOf(text: string): readonly Import[] {
  const found: Import[] = [];
  const clean = code(text);
  for (const [, type, to] of clean.matchAll(
    /^\s*(?:import|export)\s+(type\s)?(?:[\w*{}\s,$]+?\sfrom\s+)?'([^']+)'/gm,
  ))
    found.push({ to: to ?? '', typeOnly: type !== undefined });
  // `import('x').Name` in a type names a type; `await import('x')` runs it.
  for (const [, to, member] of clean.matchAll(/\bimport\(\s*'([^']+)'\s*\)(\.[A-Z])?/g))
    found.push({ to: to ?? '', typeOnly: member !== undefined });
  return found;
}

const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(name => /\.(ts|json)$/.test(name) && name !== 'tsconfig.json')
  .sort();
const sources = new Map(files.map(file => [file, readFileSync(join(root, 'src', file), 'utf8')]));
const imports = new Map(
  [...sources].map(([file, text]) => [file, file.endsWith('.ts') ? importsOf(text) : []]),
);
const table = readTable(readme);
/** The row a file belongs to: its folder's, or its own on the top floor. */
const homeOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file);
/** A relative import as a path below src/; undefined when it leads outside or is a package. */
const targetOf = (file: string, to: string) =>
  to.startsWith('.') ? posix.normalize(posix.join(dirname(file), to)) : undefined;

function none(faults: readonly string[]): void {
  assert.is(faults.join('\n'), '');
}

test('every file is in a folder of the table', () => {
  none(files.filter(file => !table.has(homeOf(file))));
});

test('the glossary and the journeys name files that are there', () => {
  const [above = ''] = readme.split('## The map');
  const named = [...above.matchAll(/`(\w+\/\w+\.(?:ts|json))`/g)].map(([, file]) => file ?? '');
  assert.ok(named.length > 50);
  none(named.filter(file => !sources.has(file) && !file.startsWith('test/')));
});

test('an import goes down, and only to where the table says', () => {
  const faults: string[] = [];
  for (const [file, list] of imports) {
    const home = homeOf(file);
    const row = table.get(home);
    for (const { to, typeOnly } of list) {
      const target = targetOf(file, to);
      if (target === undefined || target === '../package.json') continue;
      const there = homeOf(target);
      if (there !== home && !(typeOnly ? row?.types : row?.values)?.has(there))
        faults.push(`${file} must not import ${typeOnly ? 'even types of ' : ''}${target}`);
    }
  }
  none(faults);
});

test('a relative import names a file that is there, with its ending', () => {
  const faults: string[] = [];
  for (const [file, list] of imports)
    for (const { to } of list) {
      const target = targetOf(file, to);
      if (target !== undefined && target !== '../package.json' && !sources.has(target))
        faults.push(`${file} imports ${to}`);
    }
  none(faults);
});

test('only io/ and cli/ import node:', () => {
  const faults: string[] = [];
  for (const [file, list] of imports)
    for (const { to } of list)
      if (to.startsWith('node:') && homeOf(file) !== 'io' && homeOf(file) !== 'cli')
        faults.push(`${file} imports ${to}`);
  none(faults);
});

test('floors 1 to 5 touch neither Node nor the clock', () => {
  const machine =
    /(?<![.\w'-])(process\.\w+|Buffer[.(]|setTimeout\(|setInterval\(|setImmediate\(|console\.\w+|performance\.\w+|Date\.now\(|new Date\(\)|Math\.random\(|require\(|__dirname|globalThis)/g;
  const faults: string[] = [];
  for (const [file, text] of sources) {
    if ((table.get(homeOf(file))?.floor ?? 9) > 5) continue;
    for (const [found] of code(text).matchAll(machine)) faults.push(`${file}: ${found}`);
  }
  none(faults);
});

test('durations are taken from the clock, which nobody can set', () => {
  const faults: string[] = [];
  for (const [file, text] of sources)
    if (file !== 'io/clock.ts' && /(?<![.\w])Date\.now\(/.test(code(text)))
      faults.push(`${file}: Date.now()`);
  none(faults);
});

test('no file imports itself through others, types included', () => {
  const faults: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      faults.push([...path.slice(at), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const target of below(file)) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  none(faults);
});

/** The files of ours that a file imports. */
function below(file: string): readonly string[] {
  return (imports.get(file) ?? []).flatMap(({ to }) => {
    const target = targetOf(file, to);
    return target !== undefined && sources.has(target) ? [target] : [];
  });
}

const rowsOf = (file: string) => (sources.get(file) ?? '').split('\n').length - 1;

/** Tables: rows of text or of data, where a file is as long as there are things to tell. */
const TABLES: ReadonlySet<string> = new Set(['schema/notes/arguments.ts', 'schema/notes/commands.ts']);

test('a file that is no table has at most 350 rows', () => {
  none(
    files
      .filter(file => file.endsWith('.ts') && !TABLES.has(file) && rowsOf(file) > 350)
      .map(file => `${file} has ${rowsOf(file)} rows`),
  );
});

test('no room holds more than 15 % of the rows', () => {
  const rooms = new Map<string, number>();
  const code = files.filter(file => file.endsWith('.ts'));
  for (const file of code) rooms.set(homeOf(file), (rooms.get(homeOf(file)) ?? 0) + rowsOf(file));
  const all = code.reduce((sum, file) => sum + rowsOf(file), 0);
  none(
    [...rooms]
      .filter(([, rows]) => rows > all * 0.15)
      .map(([room, rows]) => `${room}/ holds ${((100 * rows) / all).toFixed(1)} %`),
  );
});

/** Exports that the sources do not import, each with who does. */
const FOR_OTHERS: ReadonlyMap<string, string> = new Map([
  ['cli/manpage.ts manPage', 'docs/qmpsh.1 is made by it (test/docs.test.ts)'],
  ['batch/play.ts playOn', 'the library has it from the packs (src/io/packs.ts)'],
  ['words/words.ts WORDS', 'docs/qmpsh.1 lists them (test/docs.test.ts)'],
  ['lesson/act.ts effectFault', 'the lessons are held to it (test/lesson/lessons.test.ts)'],
  ['page/read.ts writePage', 'write(read(x)) is x (test/page/read.test.ts)'],
]);

test('what is exported is imported by another file of the sources', () => {
  const importers = new Map<string, string[]>();
  for (const file of files)
    for (const target of below(file)) importers.set(target, [...(importers.get(target) ?? []), file]);
  const faults: string[] = [];
  for (const [file, text] of sources) {
    if (file === 'index.ts' || !file.endsWith('.ts')) continue;
    for (const [, name = ''] of text.matchAll(EXPORT)) {
      const users = importers.get(file) ?? [];
      const named = new RegExp(`\\b${name}\\b|import \\* as \\w+ from '[^']*/?${basename(file)}'`);
      if (!users.some(user => named.test(sources.get(user) ?? '')) && !FOR_OTHERS.has(`${file} ${name}`))
        faults.push(`${file} exports ${name}, which nobody imports`);
    }
  }
  none(faults);
});

const EXPORT = /^export\s+(?:async\s+)?(?:const|let|function\*?|class|interface|type)\s+([A-Za-z_]\w*)/gm;

test('every package that is imported is named in package.json', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  // They are part of the bundles: nothing is installed beside qmpsh but the optional node-pty.
  assert.is(dependencies, undefined);
  const known = new Set(Object.keys({ ...devDependencies, ...optionalDependencies }));
  const faults: string[] = [];
  for (const [file, list] of imports)
    for (const { to } of list) {
      if (to.startsWith('.') || to.startsWith('node:')) continue;
      const name = to
        .split('/')
        .slice(0, to.startsWith('@') ? 2 : 1)
        .join('/');
      if (!known.has(name)) faults.push(`${file} imports ${to}`);
    }
  none(faults);
});

test('the map is the one that the files make (node bin/map.mjs writes it)', () => {
  const checked = spawnSync(process.execPath, [join(root, 'bin/map.mjs'), '--check'], { encoding: 'utf8' });
  assert.is(checked.stdout + checked.stderr, '');
  assert.is(checked.status, 0);
});

// The rules above are only as good as the reader of imports.
const readings: readonly [string, readonly Import[]][] = [
  ["import { a } from './x.ts';", [{ to: './x.ts', typeOnly: false }]],
  ["import type { A } from './x.ts';", [{ to: './x.ts', typeOnly: true }]],
  ["import { type A, b } from './x.ts';", [{ to: './x.ts', typeOnly: false }]],
  ["import {\n  a,\n  b,\n} from './x.ts';", [{ to: './x.ts', typeOnly: false }]],
  ["import a, * as b from 'x';", [{ to: 'x', typeOnly: false }]],
  ["import './x.ts';", [{ to: './x.ts', typeOnly: false }]],
  ["export { a } from './x.ts';", [{ to: './x.ts', typeOnly: false }]],
  ["export * from './x.ts';", [{ to: './x.ts', typeOnly: false }]],
  ["const { a } = await import('./x.ts');", [{ to: './x.ts', typeOnly: false }]],
  ["let a: import('./x.ts').A;", [{ to: './x.ts', typeOnly: true }]],
  ["// import { a } from './x.ts';", []],
  ["/* import { a } from './x.ts'; */", []],
];
for (const [text, expected] of readings)
  test(`reads ${JSON.stringify(text)}`, () => assert.equal(importsOf(text), expected));

test.run();
