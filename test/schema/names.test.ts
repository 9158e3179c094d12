import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Type } from '../../src/schema/model.ts';
import { namingAt } from '../../src/schema/names.ts';
import type { JsonObject } from '../../src/text/json.ts';
import { everyArgument, recordedSchema, VERSIONS } from './walked.ts';

function takesText(type: Type): boolean {
  if (type.kind === 'alternate') return type.choices.some(choice => takesText(choice()));
  return type.kind === 'str' || (type.kind === 'array' && takesText(type.element()));
}

for (const version of VERSIONS) {
  test(`it is decided for every text argument of ${version} what it names`, () => {
    const undecided = new Set<string>();
    let count = 0;
    for (const { command, path, given, type } of everyArgument(recordedSchema(version))) {
      if (!takesText(type)) continue;
      count++;
      if (namingAt(command, path, given) === undefined) undecided.add(`${command} ${path.join('.')}`);
    }
    assert.equal([...undecided], []);
    assert.ok(count > 500, `only ${count} arguments were looked at`);
  });
}

const CASES: readonly (readonly [command: string, path: string, given: JsonObject, kind: string])[] = [
  ['blockdev-backup', 'device', {}, 'node'],
  ['blockdev-backup', 'job-id', {}, 'new'],
  ['blockdev-backup', 'bitmap', {}, 'bitmap'],
  ['blockdev-mirror', 'replaces', {}, 'node'],
  ['drive-backup', 'target', {}, 'file'],
  ['block-job-complete', 'device', {}, 'job'],
  ['job-dismiss', 'id', {}, 'job'],
  ['block-dirty-bitmap-add', 'name', {}, 'new'],
  ['block-dirty-bitmap-merge', 'target', {}, 'bitmap'],
  ['block-dirty-bitmap-merge', 'bitmaps.0.node', {}, 'node'],
  ['block-dirty-bitmap-merge', 'bitmaps.0.name', {}, 'bitmap'],
  ['blockdev-add', 'node-name', {}, 'new'],
  ['blockdev-add', 'file.node-name', { driver: 'qcow2' }, 'new'],
  ['blockdev-add', 'file', { driver: 'qcow2' }, 'node'],
  ['blockdev-add', 'file.filename', { driver: 'qcow2', file: { driver: 'file' } }, 'file'],
  ['blockdev-add', 'target', { driver: 'iscsi' }, 'text'],
  ['blockdev-add', 'target', { driver: 'copy-before-write' }, 'node'],
  ['blockdev-add', 'image', { driver: 'rbd' }, 'text'],
  ['blockdev-add', 'server.path', { driver: 'nbd', server: { type: 'unix' } }, 'file'],
  ['blockdev-add', 'path', { driver: 'ssh' }, 'text'],
  ['blockdev-add', 'encrypt.key-secret', { driver: 'qcow2', encrypt: { format: 'luks' } }, 'object'],
  ['blockdev-reopen', 'options.0.node-name', {}, 'node'],
  ['blockdev-create', 'options.file', { options: { driver: 'qcow2' } }, 'node'],
  ['blockdev-del', 'node-name', {}, 'node'],
  ['block-export-add', 'id', {}, 'new'],
  ['block-export-add', 'bitmaps.0.name', { type: 'nbd' }, 'bitmap'],
  ['block-export-add', 'name', { type: 'nbd' }, 'new'],
  ['block-export-add', 'iothread', {}, 'iothread'],
  ['block-export-del', 'id', {}, 'export'],
  ['eject', 'id', {}, 'device'],
  ['eject', 'device', {}, 'drive'],
  ['device_add', 'driver', {}, 'driver'],
  ['device_add', 'id', {}, 'new'],
  ['device_add', 'drive', {}, 'node'],
  ['device_del', 'id', {}, 'device'],
  ['object-add', 'id', {}, 'new'],
  ['object-add', 'file', { 'qom-type': 'secret' }, 'file'],
  ['object-del', 'id', {}, 'object'],
  ['chardev-remove', 'id', {}, 'chardev'],
  ['chardev-add', 'backend.data.path', { backend: { type: 'udp' } }, 'file'],
  ['qom-get', 'path', {}, 'qom-path'],
  ['qom-set', 'property', {}, 'qom-property'],
  ['qom-list-properties', 'typename', {}, 'qom-type'],
  ['human-monitor-command', 'command-line', {}, 'hmp'],
  ['screendump', 'filename', {}, 'file'],
  ['snapshot-load', 'tag', {}, 'snapshot'],
  ['snapshot-save', 'tag', {}, 'new'],
  ['nbd-server-start', 'addr.data.path', { addr: { type: 'unix' } }, 'file'],
  ['migrate-set-parameters', 'tls-creds', {}, 'object'],
  ['transaction', 'actions.0.data.device', { actions: [{ type: 'blockdev-backup', data: {} }] }, 'node'],
  ['transaction', 'actions.1.data.name', { actions: [{}, { type: 'block-dirty-bitmap-add' }] }, 'new'],
];

for (const [command, path, given, kind] of CASES) {
  test(`${command} ${path} ${JSON.stringify(given)} names: ${kind}`, () => {
    assert.is(namingAt(command, path.split('.'), given)?.kind, kind);
  });
}

test('which objects are wanted', () => {
  assert.is(namingAt('nbd-server-start', ['tls-creds'], {})?.of, 'tls-creds');
  assert.is(namingAt('object-del', ['id'], {})?.of, undefined);
});

test('an unknown action of a transaction names nothing', () => {
  assert.is(namingAt('transaction', ['actions', 0, 'data', 'device'], {}), undefined);
});

test.run();
