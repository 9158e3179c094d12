// What values of enums mean: each value that is named exists, and help and menu show the meaning.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complete } from '../../src/language/complete.ts';
import { renderArgumentHelp, renderCommandHelp, renderReplyHelp } from '../../src/render/help.ts';
import type { Type } from '../../src/schema/model.ts';
import { parseTable } from '../../src/schema/notes/table.ts';
import { VALUES } from '../../src/schema/notes/values.ts';
import * as notes from '../../src/schema/notes.ts';
import { choicesOf, objectIn } from '../../src/schema/walk.ts';
import { texts } from '../render/replies.ts';
import { schemaOf, VERSIONS } from '../schemas.ts';
import { everyArgument } from './walked.ts';

function valuesOf(type: Type): readonly string[] {
  return choicesOf(type).flatMap(one => (one.kind === 'enum' ? one.values.map(({ name }) => name) : []));
}

test('every value that is explained is one of a schema', () => {
  const known = new Set<string>();
  for (const version of VERSIONS) {
    const schema = schemaOf(version);
    for (const { command, path, type } of everyArgument(schema))
      for (const value of valuesOf(type)) {
        const name = String(path.at(-1));
        known.add(`${name}=${value}`).add(`${command}.${name}=${value}`);
        known.add(`${path.slice(-2).join('.')}=${value}`);
      }
    for (const { name: command, returns } of schema.commands.values()) {
      const object =
        objectIn(returns) ?? (returns.kind === 'array' ? objectIn(returns.element()) : undefined);
      for (const { name, type } of object?.members ?? [])
        for (const value of valuesOf(type())) known.add(`${command}.${name}=${value}`);
    }
  }
  assert.equal(
    [...parseTable(VALUES).keys()].filter(name => !known.has(name)),
    [],
  );
});

const command = (name: string, version: (typeof VERSIONS)[number] = '11.1') => {
  const found = schemaOf(version).commands.get(name);
  if (!found) throw new Error(name);
  return found;
};

for (const width of [40, 80, 200])
  test(`help: each value with its meaning, ${width} columns`, () => {
    const page = texts(renderArgumentHelp(command('blockdev-mirror'), ['sync'], { width, notes }) ?? []);
    const text = page.join('\n').replaceAll(/\s+/g, ' ');
    assert.match(text, /values top only what the top file itself holds full everything that the guest sees/);
    assert.ok(page.every(row => row.length <= width));
  });

test('help: the states in a reply', () => {
  const page = texts(renderReplyHelp(command('query-status'), 'status', { width: 80, notes }) ?? []);
  assert.match(page.join('\n'), /^ {2}io-error +stopped by an I\/O error/m);
  const jobs = texts(renderReplyHelp(command('query-jobs'), 'status', { width: 80, notes }) ?? []);
  assert.match(jobs.join('\n'), /^ {2}pending +waits for job-finalize/m);
});

test('the menu says what a value means', () => {
  const line = 'blockdev-backup device=a target=b sync=';
  const { candidates } = complete(line, line.length, schemaOf('7.2'));
  assert.match(candidates.find(({ text }) => text === 'none')?.about ?? '', /from now on/);
});

// The line, what its page must have, what it must not have.
const BRANCHES: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  ['blockdev-add', 'qcow2', ['file', 'lazy-refcounts', 'backing'], ['detect-zeroes', 'auto-read-only']],
  ['blockdev-add', 'nbd', ['server', 'export'], ['discard', 'force-share']],
  ['block-export-add', 'nbd', ['id', 'node-name', 'bitmaps'], ['writable', 'iothread']],
];
for (const [name, value, has, lacks] of BRANCHES)
  test(`help: ${name} with ${value} shows that branch, and only names what each takes`, () => {
    const given = name === 'blockdev-add' ? { driver: value } : { type: value };
    const page = texts(renderCommandHelp(command(name), { width: 80, notes, given }));
    const rows = (key: string) => page.filter(row => row.startsWith(`  ${key} `));
    for (const key of has) assert.is(rows(key).length, 1, key);
    for (const key of lacks) {
      assert.is(rows(key).length, 0, key);
      assert.match(page.join('\n'), new RegExp(`with every [^]*\\b${key}`));
    }
  });

test.run();
