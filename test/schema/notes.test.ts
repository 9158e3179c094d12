import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../src/language/parse.ts';
import { destructive } from '../../src/schema/loss.ts';
import { ARGUMENTS } from '../../src/schema/notes/arguments.ts';
import { COMMANDS, EXAMPLES } from '../../src/schema/notes/commands.ts';
import { REPLACEMENTS } from '../../src/schema/notes/deprecated.ts';
import { EVENTS, RELATED } from '../../src/schema/notes/events.ts';
import { HMP_COMMANDS } from '../../src/schema/notes/hmp.ts';
import { parseTable } from '../../src/schema/notes/table.ts';
import {
  describeArgument,
  describeCommand,
  describeEvent,
  exampleLine,
  relatedEvents,
} from '../../src/schema/notes.ts';
import { replacement } from '../../src/schema/replacement.ts';
import { everyArgument, recordedSchema, VERSIONS } from './walked.ts';

const schemas = VERSIONS.map(version => ({ version, schema: recordedSchema(version) }));

for (const { version, schema } of schemas) {
  test(`every command of ${version} is described`, () => {
    const silent = [...schema.commands.keys()].filter(name => describeCommand(name) === undefined);
    assert.equal(silent, []);
  });

  test(`every event of ${version} is described`, () => {
    const silent = [...schema.events.keys()].filter(name => describeEvent(name) === undefined);
    assert.equal(silent, []);
  });

  test(`every deprecated name of ${version} has a replacement`, () => {
    const lost = [...schema.commands.values()]
      .filter(({ name, features }) => features.includes('deprecated') && replacement(name) === undefined)
      .map(({ name }) => name);
    for (const { command, path, given, member, type } of everyArgument(schema)) {
      const where = `${command}.${path.join('.')} ${JSON.stringify(given)}`;
      const tags = JSON.stringify(given).match(/[\w-]+/g) ?? [];
      if (
        member.features.includes('deprecated') &&
        replacement(command, path, undefined, tags) === undefined
      ) {
        lost.push(where);
      }
      if (type.kind !== 'enum') continue;
      for (const { name, features } of type.values) {
        if (features.includes('deprecated') && replacement(command, path, name) === undefined) {
          lost.push(`${where}=${name}`);
        }
      }
    }
    assert.equal(lost, []);
  });
}

// The families that people type most: all their own arguments say what they mean.
const FAMILIES =
  /^(?:block|blockdev|drive|job|nbd|device|netdev|object|qom|migrate|chardev|snapshot|transaction|ringbuf)/;

test('every argument of the block, job, device, migration, chardev and object families is described', () => {
  const silent = new Set<string>();
  for (const { schema } of schemas) {
    for (const command of schema.commands.values()) {
      if (!FAMILIES.test(command.name)) continue;
      for (const { name } of command.arguments.members) {
        if (describeArgument(command.name, [name]) === undefined) silent.add(`${command.name}.${name}`);
      }
    }
  }
  assert.equal([...silent], []);
});

const TABLES = { ARGUMENTS, COMMANDS, EVENTS, HMP_COMMANDS };
for (const [name, table] of Object.entries(TABLES)) {
  test(`${name}: one short line each, lower case, no full stop`, () => {
    const rows = table.trim().split('\n');
    const odd = rows.filter(row => !/^\S+(?: \S+)? {2}\S.*[^.\s]$/.test(row) || row.length > 170);
    assert.equal(odd, []);
    assert.is(parseTable(table).size, rows.length, 'a row stands twice');
  });
}

test('the tables name only what some QEMU has', () => {
  const commands = new Set(schemas.flatMap(({ schema }) => [...schema.commands.keys()]));
  const events = new Set(schemas.flatMap(({ schema }) => [...schema.events.keys()]));
  const strange = [COMMANDS, EXAMPLES, RELATED]
    .flatMap(table => [...parseTable(table).keys()])
    .filter(name => !commands.has(name));
  assert.equal(strange, []);
  assert.equal(
    [...parseTable(RELATED).values()].flatMap(row => row.split(' ')).filter(name => !events.has(name)),
    [],
  );
  assert.equal(
    [...parseTable(EVENTS).keys()].filter(name => !events.has(name)),
    [],
  );
  const replaced = [...parseTable(REPLACEMENTS).keys()].filter(key => /^[a-z_-]+$/.test(key));
  assert.equal(
    replaced.filter(name => !commands.has(name)),
    [],
  );
});

for (const [name, line] of parseTable(EXAMPLES)) {
  test(`the example of ${name} is a right line`, () => {
    const knows = schemas.filter(({ schema }) => schema.commands.has(name));
    const read = knows.map(({ schema }) => parse(line, schema));
    assert.ok(
      read.some(one => one.kind === 'command' && one.request.execute === name),
      JSON.stringify(read.map(one => (one.kind === 'wrong' ? one.problems : one.kind))),
    );
  });
}

test('examples: commands that need arguments have one', () => {
  const without = schemas
    .flatMap(({ schema }) => [...schema.commands.values()])
    .filter(({ arguments: type }) => type.members.some(({ required }) => required))
    .map(({ name }) => name)
    .filter(
      name =>
        exampleLine(name) === undefined &&
        !/^(?:x-|xen|cxl|query-|sev|replay|set-cpu|set-numa|inject|yank|blockdev-snapshot|migrate-|add-|remove-|request|input|dump-s|device-sync)/.test(
          name,
        ),
    );
  assert.equal([...new Set(without)], []);
});

test('a nested argument is described by its own row, else by its name', () => {
  assert.match(describeArgument('blockdev-add', ['file', 'filename']) ?? '', /working directory/);
  assert.match(describeArgument('blockdev-add', ['cache', 'direct']) ?? '', /page cache/);
  assert.match(describeArgument('blockdev-add', ['children', 0, 'driver']) ?? '', /format/);
  assert.is(describeArgument('blockdev-add', []), undefined);
  assert.is(describeArgument('no-such', ['no-such']), undefined);
});

test('what loses state is asked about, and what does not is not', () => {
  assert.match(destructive('quit') ?? '', /^quit ends/);
  assert.match(destructive('system_reset') ?? '', /restarts/);
  for (const name of ['snapshot-load', 'snapshot-delete', 'blockdev-snapshot-delete-internal-sync'])
    assert.match(destructive(name) ?? '', new RegExp(`^${name} `));
  for (const name of [
    'nbd-server-stop',
    'yank',
    'inject-nmi',
    'x-colo-lost-heartbeat',
    'xen-load-devices-state',
  ])
    assert.match(destructive(name) ?? '', new RegExp(`^${name} `));
  for (const name of ['stop', 'cont', 'query-block', 'system_powerdown', 'block-job-cancel', '__proto__']) {
    assert.is(destructive(name), undefined, name);
  }
});

test('events come in their order', () => {
  assert.is(relatedEvents('blockdev-backup').at(-3), 'BLOCK_JOB_COMPLETED');
  assert.equal(relatedEvents('query-block'), []);
});

test('replacements name the argument', () => {
  assert.is(replacement('block-job-complete'), 'Use job-complete id=... instead.');
  assert.is(replacement('block-commit', ['base']), 'Use base-node=... instead, with a node name.');
  assert.is(replacement('transaction', ['actions', 0, 'type'], 'drive-backup')?.slice(0, 8), 'Use type');
  assert.is(replacement('blockdev-add', ['driver'], 'qcow2'), undefined);
  assert.is(replacement('block-job-cancel'), undefined);
});

test.run();
