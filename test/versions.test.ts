// Which test files run on every QEMU: those that start one.
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const listed = spawnSync(process.execPath, ['bin/versions.mjs', '--list'], { encoding: 'utf8' }).stdout.split(
  '\n',
);

const FILES: readonly (readonly [string, boolean])[] = [
  ['test/docs.test.ts', true],
  ['test/session/real.test.ts', true],
  ['test/batch/batch.test.ts', true],
  ['test/lesson/lessons.test.ts', true],
  ['test/play/recipes.test.ts', true],
  ['test/schema/hmp.test.ts', false],
  ['test/language/parse.test.ts', false],
];
for (const [file, wanted] of FILES)
  test(`${file} ${wanted ? 'needs' : 'needs no'} QEMU`, () => assert.is(listed.includes(file), wanted));

test.run();
