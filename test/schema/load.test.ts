import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadSchema, SchemaError } from '../../src/schema/load.ts';
import type { Type } from '../../src/schema/model.ts';
import type { Json } from '../../src/text/json.ts';
import { schemaOf } from '../schemas.ts';

const COUNTS = [
  ['7.2', 216, 52],
  ['10.0', 233, 55],
  ['11.1', 242, 57],
] as const;
for (const [version, commands, events] of COUNTS) {
  test(`${version} has ${commands} commands and ${events} events`, () => {
    assert.is(schemaOf(version).commands.size, commands);
    assert.is(schemaOf(version).events.size, events);
  });

  test(`every type of ${version} can be resolved`, () => {
    const seen = new Set<Type>();
    const visit = (type: Type): void => {
      if (seen.has(type)) return;
      seen.add(type);
      if (type.kind === 'array') visit(type.element());
      if (type.kind === 'alternate') for (const choice of type.choices) visit(choice());
      if (type.kind !== 'object') return;
      for (const member of type.members) visit(member.type());
      for (const variant of type.variants?.values() ?? []) visit(variant());
    };
    for (const command of schemaOf(version).commands.values()) {
      visit(command.arguments);
      visit(command.returns);
    }
    for (const event of schemaOf(version).events.values()) visit(event.data);
    assert.ok(seen.size > 700, `${seen.size} types`);
  });
}

test('features and out-of-band are read', () => {
  const commands = schemaOf('11.1').commands;
  assert.equal(commands.get('block-job-complete')?.features, ['deprecated']);
  assert.is(commands.get('migrate-pause')?.oob, true);
  assert.is(commands.get('quit')?.oob, false);
  assert.is(commands.get('device_add')?.arguments.open, true);
  assert.is(commands.get('netdev_add')?.arguments.open, undefined);
});

const TINY = [
  { 'meta-type': 'builtin', name: 'str', 'json-type': 'string' },
  {
    'meta-type': 'object',
    name: '1',
    members: [
      { name: 'a', type: 'str' },
      { name: 'b', type: 'str', default: null },
    ],
  },
  { 'meta-type': 'enum', name: '2', values: ['x', 'y'] },
  { 'meta-type': 'command', name: 'c', 'arg-type': '1', 'ret-type': '2' },
];

test('the bare list and the whole reply are the same schema', () => {
  for (const value of [TINY, { return: TINY, id: 'x' }]) {
    const command = loadSchema(value).commands.get('c');
    assert.equal(
      command?.arguments.members.map(m => [m.name, m.required]),
      [
        ['a', true],
        ['b', false],
      ],
    );
  }
});

test('an enum without features, as before 6.2, has its values', () => {
  const type = loadSchema(TINY).commands.get('c')?.returns;
  assert.equal(type?.kind === 'enum' && type.values.map(value => value.name), ['x', 'y']);
});

const WRONG: readonly (readonly [string, Json, RegExp])[] = [
  ['a number', 1, /a schema is a list/],
  ['null', null, /a schema is a list/],
  ['an object of another kind', { commands: [] }, /a schema is a list/],
  ['a refusal', { error: { class: 'GenericError', desc: 'x' } }, /a refusal by QEMU/],
  ['an empty list', [], /describes no command/],
  ['a list of numbers', [1], /entry 0 of the schema is no object/],
  ['an entry without a name', [{ 'meta-type': 'enum' }], /entry 0 of the schema has no "name"/],
  ['the list of query-commands', [{ name: 'quit' }], /describes no command/],
  [
    'a reference to nothing',
    [...TINY, { 'meta-type': 'array', name: '9', 'element-type': '77' }],
    /"9" refers to type "77"/,
  ],
];
for (const [what, value, message] of WRONG) {
  test(`${what} is no schema`, () => {
    assert.throws(
      () => loadSchema(value),
      (error: unknown) => error instanceof SchemaError && message.test(error.message),
    );
  });
}
test.run();
