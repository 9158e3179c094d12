// Whether a file name that QEMU tells is the file at a path: a file that QEMU has open must not be removed.
import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lookAt, mayMean } from '../../src/io/present.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'present-')));
const at = (name: string) => join(folder, name);
mkdirSync(at('sub'));
for (const name of ['disk.img', 'other.img', 'sub/disk.img']) writeFileSync(at(name), '');
symlinkSync('disk.img', at('link'));
symlinkSync('nowhere', at('dangling'));
linkSync(at('disk.img'), at('hard'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const SAME: readonly (readonly [told: string, path: string, same: boolean])[] = [
  [at('disk.img'), 'disk.img', true],
  [at('link'), 'disk.img', true],
  [at('disk.img'), 'link', true],
  [at('hard'), 'disk.img', true],
  [at('sub/../disk.img'), 'disk.img', true],
  [at('other.img'), 'disk.img', false],
  [at('sub/disk.img'), 'disk.img', false],
  // A relative name counts from QEMU's folder, and an absolute one may lie behind another root.
  ['disk.img', 'disk.img', true],
  ['images/disk.img', 'disk.img', true],
  ['disk.img', 'link', true],
  ['/behind/another/root/disk.img', 'disk.img', true],
  ['a-disk.img', 'disk.img', false],
  ['json:{"driver": "file", "filename": "disk.img"}', 'disk.img', true],
  ['json:{"driver": "file", "filename": "other.img"}', 'disk.img', false],
];
for (const [told, path, same] of SAME)
  test(`${told.replace(folder, '')} ${same ? 'may be' : 'is not'} ${path}`, () =>
    assert.is(mayMean(told, at(path)), same));

const THERE: readonly (readonly [name: string, there: boolean | 'unknown'])[] = [
  ['disk.img', true],
  ['dangling', true],
  ['missing', false],
  ['disk.img/below', false],
  [`${'x'.repeat(300)}`, 'unknown'],
];
for (const [name, there] of THERE)
  test(`${name.slice(0, 20)} is there: ${there}`, () =>
    assert.equal(lookAt(folder, name), { path: at(name), there }));

test.run();
