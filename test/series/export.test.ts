// Addresses of exports as QEMU reads and writes them, and the room that an image can take: held against qemu-img measure.
import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isExport, readExport, room } from '../../src/series/export.ts';
import { backingName, baseName, beside, opened } from '../../src/series/paths.ts';
import { exportBelow } from '../../src/series/place.ts';

const RIGHT: readonly (readonly [text: string, uri: string])[] = [
  ['nbd://host/x', 'nbd://host:10809/x'],
  ['nbd+tcp://host:1/a/b', 'nbd://host:1/a/b'],
  ['nbd://[::1]:10809/x', 'nbd://[::1]:10809/x'],
  ['nbd+unix:///x?socket=/run/n.sock', 'nbd+unix:///x?socket=/run/n.sock'],
  ['nbd+unix:///d/x?socket=n.sock', 'nbd+unix:///d/x?socket=n.sock'],
];

for (const [text, uri] of RIGHT)
  test(text, () => {
    const found = readExport(text);
    assert.ok('uri' in found, text);
    if (!('uri' in found)) return;
    assert.is(found.uri, uri);
    assert.equal(readExport(found.uri), found);
    assert.equal(opened(text), found.options);
    assert.is(baseName(uri), uri);
  });

const WRONG: readonly (readonly [text: string, why: RegExp])[] = [
  ['nbds://host/x', /TLS/],
  ['nbd://host', /names no export/],
  ['nbd://host/', /names no export/],
  ['nbd:///x', /names no host/],
  ['nbd://host:0/x', /no port/],
  ['nbd://host:65536/x', /no port/],
  ['nbd://host/x?socket=y', /something behind/],
  ['nbd://host/a%20b', /letters, digits/],
  ['nbd+unix:///x', /names no socket/],
  ['nbd+unix://host/x?socket=y', /names a host/],
  ['nbd:host:10809', /no address of an NBD server/],
  ['tape', /no address of an NBD server/],
];

for (const [text, why] of WRONG)
  test(`${text} is refused`, () => {
    const found = readExport(text);
    assert.ok('message' in found && why.test(found.message), JSON.stringify(found));
  });

test('a path is no URI, and a URI has no folder', () => {
  for (const path of ['a.qcow2', '/x/nbd', './nbd:x', 'nbdx/y']) assert.not(isExport(path), path);
  const uri = 'nbd://h:1/x';
  assert.is(beside('d/a.qcow2', uri), uri);
  assert.is(beside(uri, 'a.qcow2'), 'a.qcow2');
  assert.is(backingName('d/a.qcow2', uri), uri);
  assert.is(backingName(uri, '/d/a.qcow2'), '/d/a.qcow2');
});

test('the exports of several disks begin as the address does', () => {
  assert.is(exportBelow('nbd://h:1', 'a'), 'nbd://h:1/a');
  assert.is(exportBelow('nbd://h:1/', 'a'), 'nbd://h:1/a');
  assert.is(exportBelow('nbd://h/d/', 'a'), 'nbd://h/d/a');
  assert.is(exportBelow('nbd+unix:///?socket=/s', 'a'), 'nbd+unix:///a?socket=/s');
  assert.is(exportBelow('nbd+unix://?socket=/s', 'a'), 'nbd+unix:///a?socket=/s');
});

test('an image never takes more room than is asked for, and that is little more than QEMU says', () => {
  for (const bytes of [2 ** 16, 39 * 2 ** 20, 2 ** 30, 100 * 2 ** 30, 2 ** 43]) {
    const args = ['measure', '--output=json', '-O', 'qcow2', '--size', String(bytes)];
    const told: unknown = JSON.parse(execFileSync('qemu-img', args, { encoding: 'utf8' }));
    const most = Number(told && typeof told === 'object' ? Reflect.get(told, 'fully-allocated') : 0);
    const asked = room(bytes, bytes);
    assert.ok(asked >= most, `${bytes}: ${asked} of ${most}`);
    assert.ok(asked - most < 2 * 2 ** 20 + most / 1000, `${bytes}: ${asked} of ${most}`);
  }
});

test.run();
