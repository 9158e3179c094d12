// The documentation holds: every page is checked against each schema, and what runs is played. (Recipes and lessons are
// played by tests of their own.)
import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { qmpsh } from '../command.ts';

const pages = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.md') && !name.startsWith('lessons'))
  .map(name => `docs/${name}`)
  .sort();

for (const version of ['7.2', '10.0', '11.1'])
  test(`check docs with the schema of ${version}`, async () => {
    const done = await qmpsh([
      'check',
      ...pages,
      '--allow-empty',
      '--schema',
      `test/data/schema-${version}.json`,
    ]);
    assert.is(done.status, 0, done.out + done.err);
  });

test('docs/macros.md plays', async () => {
  const done = await qmpsh(['play', 'docs/macros.md', '--practice']);
  assert.is(done.status, 0, done.out + done.err);
});

test.run();
