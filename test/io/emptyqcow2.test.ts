// An empty image is one that QEMU's own tools find in order, with the size and the name of the image below it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitsEmpty, writeEmpty } from '../../src/io/emptyqcow2.ts';
import { readHead } from '../../src/io/qcow2head.ts';
import { isObject, type Json, member, parseJson } from '../../src/text/json.ts';
import { objectsIn } from '../../src/text/members.ts';
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

/** An image as it is read back, with its bitmaps: those that record, that are disabled, and that were in use. */
const BITMAPS = [
  { name: 'bm0', granularity: 65536, isDisabled: false, isInconsistent: false, noted: 'something' },
  {
    name: 'qmpsh:point:ä:20261126T191733.042Z-a1b2c:full.qcow2',
    granularity: 2 ** 30,
    isDisabled: true,
    isInconsistent: false,
    noted: 'all',
  },
  { name: 'lost', granularity: 512, isDisabled: false, isInconsistent: true, noted: 'nothing' },
] as const;

test('bitmaps, as QEMU names them and as they are read back', () =>
  inFolder(async folder => {
    for (const [size, cluster] of [
      [39 * MIB, 65536],
      [2 ** 40, 65536],
      [8 * MIB, 4096],
      [512, 2 ** 21],
    ] as const) {
      const path = join(folder, `${size}.qcow2`);
      const image = {
        size,
        cluster,
        bitmaps: BITMAPS.filter(({ granularity }) => size / granularity < 2 ** 31),
      };
      assert.ok(fitsEmpty(image), String(size));
      writeEmpty(path, image);
      assert.equal(readHead(path), image);
      execFileSync('qemu-img', ['check', '-q', '-f', 'qcow2', path]);
      const told = parseJson(execFileSync('qemu-img', ['info', '--output=json', path], { encoding: 'utf8' }));
      assert.equal(bitmapsOf(told), [
        ['bm0', 65536, ['auto']],
        ['qmpsh:point:ä:20261126T191733.042Z-a1b2c:full.qcow2', 2 ** 30, []],
        ...(image.bitmaps.length > 2 ? [['lost', 512, ['in-use', 'auto']]] : []),
      ]);
    }
  }));

test('what qemu-img has made is read: size, clusters, what it stands on, bitmaps', () =>
  inFolder(async folder => {
    const img = (...args: readonly string[]) => execFileSync('qemu-img', [...args], { cwd: folder });
    img('create', '-q', '-f', 'qcow2', 'a.qcow2', '39M');
    img('bitmap', '--add', '-g', '128k', '--disable', 'a.qcow2', 'bm');
    img('create', '-q', '-f', 'qcow2', '-b', 'a.qcow2', '-F', 'qcow2', '-o', 'cluster_size=4k', 'b.qcow2');
    assert.equal(readHead(join(folder, 'a.qcow2')), {
      size: 39 * MIB,
      cluster: 65536,
      bitmaps: [
        { name: 'bm', granularity: 131072, isDisabled: true, isInconsistent: false, noted: 'nothing' },
      ],
    });
    assert.equal(readHead(join(folder, 'b.qcow2')), {
      size: 39 * MIB,
      cluster: 4096,
      backing: { file: 'a.qcow2', format: 'qcow2' },
    });
    img('create', '-q', '-f', 'raw', 'c.raw', '1M');
    img('create', '-q', '-f', 'qcow2', '-o', 'compat=0.10', 'd.qcow2', '1M');
    img('create', '-q', '-f', 'qcow2', '-o', 'data_file=data', 'e.qcow2', '1M');
    img('create', '-q', '-f', 'qcow2', 'f.qcow2', '1M');
    img('snapshot', '-c', 'old', 'f.qcow2');
    for (const name of ['c.raw', 'd.qcow2', 'e.qcow2', 'f.qcow2'])
      assert.is(readHead(join(folder, name)), undefined, name);
  }));

test('what is too large for one block of refcounts is left to qemu-img', () => {
  assert.ok(fitsEmpty({ size: 2 ** 40, cluster: 65536 }));
  assert.not.ok(fitsEmpty({ size: 10 * 2 ** 40, cluster: 4096 }));
  assert.not.ok(fitsEmpty({ size: 1000, cluster: 65536 }));
  assert.not.ok(fitsEmpty({ size: MIB, cluster: 512 }));
});

function bitmapsOf(value: Json) {
  const specific = isObject(value) ? member(value, 'format-specific') : undefined;
  const data = isObject(specific) ? member(specific, 'data') : undefined;
  return objectsIn(isObject(data) ? member(data, 'bitmaps') : undefined).map(row => [
    row['name'],
    row['granularity'],
    row['flags'],
  ]);
}

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
