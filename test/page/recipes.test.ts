// Every recipe reads without a fault, and each of its lines is one that all three versions of QEMU understand.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRows } from '../../src/language/openrows.ts';
import { parse } from '../../src/language/parse.ts';
import { bind, bindQuery, type Value } from '../../src/page/bind.ts';
import { readExpectation } from '../../src/page/expect.ts';
import { checkNames, letOf } from '../../src/page/names.ts';
import { readPage, writePage } from '../../src/page/read.ts';
import { fillParams } from '../../src/page/values.ts';
import { loadSchema } from '../../src/schema/load.ts';
import type { Json } from '../../src/text/json.ts';
import { parseJson } from '../../src/text/json.ts';

const folder = 'docs/recipes';
const files = readdirSync(folder).filter(file => file.endsWith('.md'));
const schemas = ['7.2', '10.0', '11.1'].map(version => ({
  version,
  schema: loadSchema(parseJson(readFileSync(`test/data/schema-${version}.json`, 'utf8'))),
}));

/** Values that are no texts, by the names that pages give them. */
const LATER: Readonly<Record<string, Json>> = {
  server: { type: 'unix', path: 'x' },
  size: 40894464,
  events: false,
  pause: false,
  tail: 40828928,
  length: 65536,
  bitmaps: [{ node: 'fleece', name: 'changed' }],
  stale: [{ type: 'block-dirty-bitmap-remove', data: { node: 'node-A', name: 'old' } }],
  rotate: [{ type: 'block-dirty-bitmap-remove', data: { node: 'node-A', name: 'old' } }],
  actions: [{ type: 'block-dirty-bitmap-add', data: { node: 'node-A', name: 'new' } }],
  outdated: [{ type: 'block-dirty-bitmap-remove', data: { node: 'node-A', name: 'old' } }],
};

test('the recipes are there', () => {
  const names = files.map(file => basename(file, '.md')).sort();
  assert.equal(names, [
    'backup',
    'chain',
    'commit',
    'incremental',
    'migrate-storage',
    'mirror',
    'moment',
    'pull',
    'restore',
    'stream',
  ]);
});

for (const file of files) {
  test(file, async () => {
    const text = readFileSync(join(folder, file), 'utf8');
    const page = await readPage(text, { name: file, isOpen: openRows });
    assert.equal(page.problems, []);
    assert.equal(checkNames(page), []);
    assert.is(writePage(page), text);
    assert.ok(page.steps.length > 4);
    assert.equal(
      page.params.filter(param => !param.help).map(param => param.name),
      [],
    );

    const given = new Map(
      page.params.flatMap(param =>
        param.default === undefined ? [[param.name, param.choices?.[0] ?? 'node-A']] : [],
      ),
    );
    const filling = fillParams(page, given, 'r1');
    assert.equal([filling.missing, filling.problems], [[], []]);
    const values = new Map<string, Value>(filling.values);
    for (const fence of page.fences) if (fence.each) values.set(fence.each.name, { json: 'x y' });

    for (const step of page.steps) {
      const given = letOf(step);
      const query =
        given?.query ?? (step.text.startsWith('.expect') ? step.text.slice('.expect'.length) : undefined);
      if (query !== undefined) {
        const bound = bindQuery(query, values);
        assert.ok(bound.ok, bound.ok ? '' : `${step.row}: ${bound.message}`);
        if (!given && bound.ok) assert.ok(readExpectation(bound.text).ok);
        if (given) values.set(given.name, { json: LATER[given.name] ?? 'x' });
        continue;
      }
      const bound = bind(step, values);
      assert.ok(bound.ok, bound.ok ? '' : `${step.row}: ${bound.message}`);
      assert.equal(
        step.expected.filter(item => item.kind === 'malformed'),
        [],
      );
      if (step.kind !== 'qmp' || !bound.ok) continue;
      for (const { version, schema } of schemas) {
        const line = parse(bound.text, schema);
        const problems = line.kind === 'wrong' ? line.problems : line.kind === 'command' ? line.warnings : [];
        assert.equal(
          problems.map(problem => `${version} row ${step.row}: ${problem.message}`),
          [],
        );
        assert.is(line.kind, 'command', `${version} row ${step.row}`);
      }
    }
  });
}

test.run();
