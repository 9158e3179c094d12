import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../src/language/parse.ts';
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
  destructive,
  exampleLine,
  explainRefusal,
  holdsSecret,
  MASK,
  maskSecrets,
  mayHoldSecret,
  relatedEvents,
  replacement,
} from '../../src/schema/notes.ts';
import type { JsonObject } from '../../src/text/json.ts';
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

const SECRETS: readonly (readonly [execute: string, args: JsonObject, masked: JsonObject])[] = [
  ['object-add', { 'qom-type': 'secret', id: 's', data: 'x' }, { 'qom-type': 'secret', id: 's', data: MASK }],
  [
    'object-add',
    { 'qom-type': 'secret', id: 's', props: { data: 'x' } },
    { 'qom-type': 'secret', id: 's', props: { data: MASK } },
  ],
  ['set_password', { protocol: 'vnc', password: 'x' }, { protocol: 'vnc', password: MASK }],
  ['change-vnc-password', { password: 'x' }, { password: MASK }],
  [
    'guest-set-user-password',
    { username: 'u', password: 'x', crypted: false },
    { username: 'u', password: MASK, crypted: false },
  ],
  ['sev-inject-launch-secret', { secret: 'x', 'packet-header': 'h' }, { secret: MASK, 'packet-header': 'h' }],
  [
    'qom-set',
    { path: '/objects/s', property: 'data', value: 'x' },
    { path: '/objects/s', property: 'data', value: MASK },
  ],
  ['human-monitor-command', { 'command-line': 'change vnc password x' }, { 'command-line': MASK }],
  ['human-monitor-command', { 'command-line': 'set_password vnc x' }, { 'command-line': MASK }],
  ['human-monitor-command', { 'command-line': 'object_add secret,id=s,data=x' }, { 'command-line': MASK }],
  [
    'blockdev-add',
    { driver: 'https', url: 'https://joe:pw@host/x' },
    { driver: 'https', url: `https://joe:${MASK}@host/x` },
  ],
  [
    'blockdev-add',
    { driver: 'raw', file: { driver: 'https', url: 'https://h/x', cookie: 'sid=1' } },
    { driver: 'raw', file: { driver: 'https', url: 'https://h/x', cookie: MASK } },
  ],
];

for (const [execute, args, masked] of SECRETS) {
  test(`the secret of ${execute} ${JSON.stringify(args)} is masked`, () => {
    const request = { execute, arguments: args };
    assert.ok(holdsSecret(request));
    assert.equal(maskSecrets(request), masked);
  });
}

const HARMLESS: readonly (readonly [execute: string, args: JsonObject])[] = [
  ['object-add', { 'qom-type': 'iothread', id: 'data' }],
  ['object-add', { 'qom-type': 'secret', id: 's', file: 'key.txt' }],
  ['blockdev-add', { driver: 'luks', 'key-secret': 's' }],
  ['expire_password', { protocol: 'vnc', time: '+60' }],
  ['ringbuf-write', { device: 'c', data: 'hello' }],
  ['human-monitor-command', { 'command-line': 'info block' }],
  ['qom-set', { path: '/x', property: 'poll-max-ns', value: 1 }],
  ['blockdev-add', { driver: 'nbd', server: { type: 'inet', host: 'h', port: '1' } }],
];

for (const [execute, args] of HARMLESS) {
  test(`${execute} ${JSON.stringify(args)} holds no secret and stays the same object`, () => {
    assert.not(holdsSecret({ execute, arguments: args }));
    assert.is(maskSecrets({ execute, arguments: args }), args);
  });
}

const SECRET_TEXTS = [
  'object-add qom-type=secret id=s data=hunter2',
  'object-add data=hunter2 id=s qom-type=secret',
  'object-add {"qom-type": "secret", "data": "hunter2"',
  `object-add qom-type='secret' data='hunter2`,
  '{"execute":"object-add","arguments":{"qom-type":"secret","data":"x"}}',
  '{"execute":"object-add","arguments":{"qom-type":"secret","d\\u0061ta":"x"}}',
  'set_password protocol=vnc password=x',
  'set_password protocol=vnc pasword=x',
  '-> {"execute": "set_password", "arguments": {"protocol": "vnc", "password": "x"}}',
  'change-vnc-password password=',
  '.hmp set_password vnc x',
  '.hmp change vnc password x',
  'human-monitor-command command-line="object_add secret,id=s,data=x"',
  'qom-set path=/objects/s property=data value=x',
  'blockdev-add driver=https url=https://joe:pw@host/x',
  'blockdev-add driver=https cookie=sid',
  'transaction( object-add qom-type=secret data=x )',
];

for (const text of SECRET_TEXTS) {
  test(`it stays out of the history: ${text}`, () => assert.ok(mayHoldSecret(text)));
}

const PLAIN_TEXTS = [
  'query-block',
  'object-add qom-type=secret id=s file=key',
  'blockdev-add driver=luks key-secret=s file=f',
  'blockdev-add driver=https password-secret=s url=https://host/x',
  'blockdev-backup device=node-A target=node-B sync=full',
  'expire_password protocol=vnc time=now',
  '.help set_password',
  'migrate uri=tcp:host:4444',
];

for (const text of PLAIN_TEXTS.filter(line => !line.startsWith('.help'))) {
  test(`it may be kept: ${text}`, () => assert.not(mayHoldSecret(text)));
}

interface Refused {
  readonly desc: string;
  readonly execute: string;
  readonly args?: JsonObject;
  readonly says: RegExp;
  readonly instead?: JsonObject;
}

// Texts as QEMU 7.2 sent them.
const REFUSALS: readonly Refused[] = [
  {
    desc: "Invalid job ID ''",
    execute: 'blockdev-backup',
    args: { device: 'node-A' },
    says: /job-id/,
    instead: { device: 'node-A', 'job-id': 'job0' },
  },
  {
    desc: "Invalid job ID '1j'",
    execute: 'blockdev-mirror',
    args: { 'job-id': '1j' },
    says: /letter/,
    instead: { 'job-id': 'job-1j' },
  },
  {
    desc: "Cannot find device='virtio0' nor node-name='virtio0'",
    execute: 'blockdev-backup',
    says: /node-name/,
    instead: { flat: true },
  },
  { desc: "Device 'virtio0' not found", execute: 'block-commit', says: /node-name/, instead: { flat: true } },
  {
    desc: "Device 'nope' not found",
    execute: 'device_del',
    says: /guest device/,
    instead: { path: '/machine/peripheral' },
  },
  { desc: 'Need a root block node', execute: 'blockdev-mirror', says: /top of its chain/, instead: {} },
  { desc: 'Failed to get "write" lock', execute: 'blockdev-add', says: /open elsewhere/ },
  { desc: 'Failed to get shared "write" lock', execute: 'blockdev-add', says: /open elsewhere/ },
  {
    desc: "Permission conflict on node 'node-B': permissions 'write' are both required by an unnamed block device (uses node 'node-B' as 'root' child) and unshared by block device '/machine/peripheral/virtio0/virtio-backend' (uses node 'node-B' as 'root' child).",
    execute: 'block-export-add',
    args: { id: 'x', writable: true },
    says: /share-rw/,
    instead: { id: 'x' },
  },
  {
    desc: 'Conflicts with use by node-B as root, which does not allow write on node-A',
    execute: 'blockdev-add',
    says: /excludes/,
  },
  { desc: 'Node name too long', execute: 'blockdev-add', says: /31/ },
  {
    desc: 'New overlay node-name missing',
    execute: 'blockdev-snapshot-sync',
    args: {},
    says: /snapshot-node-name/,
    instead: { 'snapshot-node-name': 'overlay0' },
  },
  {
    desc: 'Source and target image have different sizes',
    execute: 'blockdev-backup',
    says: /virtual-size/,
    instead: { flat: true },
  },
  {
    desc: "Sync mode 'incremental' not supported",
    execute: 'blockdev-mirror',
    args: { sync: 'incremental' },
    says: /blockdev-backup/,
    instead: { sync: 'full' },
  },
  {
    desc: "Node 'node-A' is busy: node is used as backing hd of 'node-B'",
    execute: 'blockdev-snapshot-sync',
    args: { 'node-name': 'node-A' },
    says: /overlay/,
    instead: { 'node-name': 'node-B' },
  },
  {
    desc: "Node 'node-B' is busy: block device is in use by block job: mirror",
    execute: 'blockdev-backup',
    says: /job/,
    instead: {},
  },
  { desc: 'Node node-E is in use', execute: 'blockdev-del', says: /let go/ },
  {
    desc: "Job 'j' in state 'ready' cannot accept command verb 'dismiss'",
    execute: 'job-dismiss',
    says: /ready/,
    instead: { id: 'j' },
  },
  { desc: 'Job not found', execute: 'job-complete', says: /auto-dismiss/, instead: {} },
  { desc: "Block job 'nope' not found", execute: 'block-job-complete', says: /auto-dismiss/, instead: {} },
  {
    desc: 'NBD server not running',
    execute: 'block-export-add',
    says: /server/,
    instead: { addr: { type: 'unix', data: { path: 'nbd.sock' } } },
  },
  {
    desc: "Bus 'pcie.0' does not support hotplugging",
    execute: 'device_add',
    args: { driver: 'x' },
    says: /pcie-root-port/,
    instead: { driver: 'x', bus: 'port0' },
  },
  {
    desc: "Could not open 'nope.img': No such file or directory",
    execute: 'blockdev-add',
    says: /working directory/,
  },
  {
    desc: 'The command block-job-complete has not been found',
    execute: 'block-job-complete',
    args: { device: 'j' },
    says: /compat/,
    instead: { id: 'j' },
  },
  { desc: 'Deprecated parameter base disabled by policy', execute: 'block-commit', says: /-compat/ },
  { desc: 'Unstable command x-query-irq disabled by policy', execute: 'x-query-irq', says: /rejects/ },
  { desc: 'The command xyz has not been found', execute: 'xyz', says: /query-commands/ },
];

for (const { desc, execute, args = {}, says, instead } of REFUSALS) {
  test(`explained: ${desc}`, () => {
    const found = explainRefusal(desc, { execute, arguments: args });
    assert.match(found?.text ?? '', says);
    assert.equal(found?.instead?.arguments, instead);
  });
}

test('what is clear by itself is not explained', () => {
  assert.is(explainRefusal('Parameter foo is unexpected'), undefined);
  assert.is(explainRefusal(''), undefined);
});

test.run();
