import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describe, isTagMissing, membersAt, type Path, typeAt } from '../../src/schema/walk.ts';
import type { JsonObject } from '../../src/text/json.ts';
import { schemaOf, VERSIONS } from '../schemas.ts';

const schema = schemaOf('11.1');

function at(command: string, path: Path, given: JsonObject = {}): string {
  const root = schema.commands.get(command)?.arguments;
  if (root === undefined) return 'no such command';
  const type = typeAt(root, path, given);
  return type === undefined ? 'nothing' : type === 'open' ? 'open' : describe(type);
}

const QCOW2 = { driver: 'qcow2' };
// command, path, what is given, what may stand there
const PLACES: readonly (readonly [string, Path, JsonObject, string])[] = [
  ['blockdev-backup', [], {}, 'object'],
  ['blockdev-backup', ['device'], {}, 'str'],
  ['blockdev-backup', ['speed'], {}, 'int'],
  ['blockdev-backup', ['sync'], {}, 'top|full|none|... (5 values)'],
  ['blockdev-backup', ['nothing'], {}, 'nothing'],
  ['blockdev-backup', ['device', 'deeper'], {}, 'nothing'],
  ['blockdev-add', ['file'], {}, 'nothing'],
  ['blockdev-add', ['file'], QCOW2, 'object or str'],
  ['blockdev-add', ['backing'], QCOW2, 'object or str or null'],
  ['blockdev-add', ['file', 'driver'], QCOW2, 'qcow2|raw|file|... (46 values)'],
  ['blockdev-add', ['file', 'filename'], QCOW2, 'nothing'],
  ['blockdev-add', ['file', 'filename'], { ...QCOW2, file: { driver: 'file' } }, 'str'],
  [
    'blockdev-add',
    ['file', 'file', 'filename'],
    { ...QCOW2, file: { driver: 'raw', file: { driver: 'file' } } },
    'str',
  ],
  ['blockdev-add', ['children', 0], { driver: 'quorum' }, 'object or str'],
  ['blockdev-add', ['children', '1', 'driver'], { driver: 'quorum' }, 'qcow2|raw|file|... (46 values)'],
  [
    'blockdev-add',
    ['children', '1', 'size'],
    { driver: 'quorum', children: ['a', { driver: 'null-co' }] },
    'int',
  ],
  ['blockdev-add', ['children', 'x'], { driver: 'quorum' }, 'nothing'],
  ['blockdev-add', ['file'], { driver: 7 }, 'nothing'],
  ['device_add', ['driver'], {}, 'str'],
  ['device_add', ['drive'], {}, 'open'],
  ['device_add', ['a', 'b', 0], {}, 'open'],
  ['qom-set', ['value'], {}, 'open'],
  ['qom-set', ['value', 'x', 3], {}, 'open'],
  ['transaction', ['actions', 0, 'data', 'node'], { actions: [{ type: 'block-dirty-bitmap-add' }] }, 'str'],
  ['transaction', ['actions', 0, 'data'], {}, 'nothing'],
  ['migrate-set-parameters', ['tls-creds'], {}, 'str or null'],
  ['set_link', ['up'], {}, 'bool'],
  ['announce-self', ['interfaces'], {}, 'list of str'],
  ['query-cpu-model-expansion', ['type'], {}, 'static|full'],
];
for (const [command, path, given, what] of PLACES) {
  test(`${command} ${path.join('.')} with ${JSON.stringify(given)}: ${what}`, () => {
    assert.is(at(command, path, given), what);
  });
}

test('a variant brings its members once its tag is known', () => {
  const type = schema.commands.get('object-add')?.arguments;
  assert.ok(type !== undefined);
  assert.equal(
    membersAt(type).map(m => m.name),
    ['qom-type', 'id'],
  );
  assert.is(isTagMissing(type, {}), true);
  assert.is(isTagMissing(type, { 'qom-type': 'iothread' }), false);
  assert.ok(membersAt(type, { 'qom-type': 'iothread' }).some(m => m.name === 'poll-max-ns'));
  assert.equal(
    membersAt(type, { 'qom-type': 'no-such' }).map(m => m.name),
    ['qom-type', 'id'],
  );
});

test('a tag that objects inherit names nothing', () => {
  const type = schema.commands.get('object-add')?.arguments;
  assert.is(type && membersAt(type, { 'qom-type': 'constructor' }).length, 2);
});

for (const version of VERSIONS) {
  test(`no description in ${version} shows a type's number`, () => {
    for (const command of schemaOf(version).commands.values()) {
      for (const member of command.arguments.members) {
        assert.not.match(describe(member.type()), /^\d+$|\bof \d+$/, `${command.name} ${member.name}`);
      }
    }
  });
}
test.run();
