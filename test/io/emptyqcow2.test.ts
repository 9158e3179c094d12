// An empty image is one that QEMU's own tools find in order, with the size and the name of the image below it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitsEmpty, writeEmpty } from '../../src/io/emptyqcow2.ts';
import { isObject, type Json, parseJson } from '../../src/text/json.ts';
import { inFolder } from '../folder.ts';

const MIB = 2 ** 20;

const IMAGES: readonly (readonly [size: number, cluster: number, backing?: string])[] = [
  [39 * MIB, 65536],
  [512, 65536],
  [1 * MIB, 4096],
  [2 ** 30 + 512, 2 ** 21, 'a.qcow2'],
  [10 * 2 ** 40, 65536, '/srv/images of mine/ä.raw'],
];

test('images of several sizes', () =>
  inFolder(async folder => {
    for (const [i, [size, cluster, below]] of IMAGES.entries()) {
      const path = join(folder, `${i}.qcow2`);
      const format = below?.endsWith('.raw') ? 'raw' : 'qcow2';
      writeEmpty(path, { size, cluster, ...(below ? { backing: { file: below, format } } : {}) });
      if (!below) execFileSync('qemu-img', ['check', '-q', '-f', 'qcow2', path]);
      const told = parseJson(execFileSync('qemu-img', ['info', '--output=json', path], { encoding: 'utf8' }));
      assert.equal(pick(told), {
        'virtual-size': size,
        'cluster-size': cluster,
        'backing-filename': below,
        'backing-filename-format': below && format,
      });
    }
  }));

test('what is too large for one block of refcounts is left to qemu-img', () => {
  assert.ok(fitsEmpty({ size: 2 ** 40, cluster: 65536 }));
  assert.not.ok(fitsEmpty({ size: 10 * 2 ** 40, cluster: 4096 }));
  assert.not.ok(fitsEmpty({ size: 1000, cluster: 65536 }));
  assert.not.ok(fitsEmpty({ size: MIB, cluster: 512 }));
});

function pick(value: Json) {
  const all = isObject(value) ? value : {};
  return Object.fromEntries(
    ['virtual-size', 'cluster-size', 'backing-filename', 'backing-filename-format'].map(key => [
      key,
      all[key],
    ]),
  );
}

test.run();
