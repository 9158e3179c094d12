// Names of other tools, and what they are here.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../src/language/parse.ts';
import { meantElsewhere } from '../../src/schema/elsewhere.ts';
import { EVERYDAY, VIRSH } from '../../src/schema/notes/otherwords.ts';
import { parseTable } from '../../src/schema/notes/table.ts';
import { WORDS } from '../../src/words/words.ts';
import { schemaOf, VERSIONS } from '../schemas.ts';

const ROWS = [...parseTable(EVERYDAY), ...parseTable(VIRSH)];

for (const version of VERSIONS)
  test(`what the table names is a command of ${version} or a word, and what it explains is none`, () => {
    const { commands } = schemaOf(version);
    for (const [name, row] of ROWS) {
      assert.not(commands.has(name), name);
      for (const line of (row.split('  ')[0] ?? '').split(' or ')) {
        const first = line.split(' ')[0] ?? '';
        const isKnown = first.startsWith('.') ? WORDS.some(word => word.name === first) : commands.has(first);
        assert.ok(isKnown, `${name}: ${line}`);
      }
    }
  });

test('a command that this VM lacks is not named', () => {
  assert.equal(meantElsewhere(name => name === 'migrate', 'save')?.nearest, ['migrate']);
  assert.is(
    meantElsewhere(() => false, 'suspend'),
    undefined,
  );
});

// The line typed, the names that are offered, what is said of them.
const LINES: readonly (readonly [string, readonly string[], RegExp?])[] = [
  ['continue', ['cont'], /^Let the guest run/],
  ['pause', ['stop'], /^Pause the guest; cont lets it go on\.$/],
  ['suspend', ['stop'], /^Pause the guest; cont lets it go on\.$/],
  ['halt', ['stop'], /^The guest's processors stop; quit ends QEMU\.$/],
  ['set', ['.set'], /^$/],
  ['learn', ['.learn'], /^$/],
  ['show', ['.show'], /^$/],
  ['hint', ['.hint'], /^$/],
  ['blockdev-remove node-name=node-E', ['blockdev-del']],
  ['blockdev-close node-name=node-E', ['blockdev-del']],
  ['delete node-A', ['blockdev-del', 'device_del', 'object-del']],
  ['resume', ['cont']],
  ['destroy', ['quit'], /at once/],
  ['domblklist vm1', ['query-block', '.graph']],
  ['blockcommit vm1 vda --active', ['block-commit']],
  ['snapshot-create-as vm1 snap1', ['blockdev-snapshot-sync', 'transaction']],
  ['jobs', ['.jobs']],
  ['query status', ['query-status']],
  ['query named block nodes', ['query-named-block-nodes']],
  ['block job cancel device=x', ['block-job-cancel']],
  ['system reset', ['system_reset']],
];
for (const version of VERSIONS)
  for (const [typed, names, said = /(?:)/] of LINES)
    test(`${version}: ${typed}`, () => {
      const line = parse(typed, schemaOf(version));
      if (line.kind !== 'wrong') throw new Error(line.kind);
      assert.is(line.problems[0].message.startsWith('there is no command '), true);
      assert.equal(line.problems[0].nearest, names);
      assert.match(line.problems[0].advice ?? '', said);
      assert.not(line.problems[0].advice?.includes(' here'), 'the names are not told twice');
    });

test('a line of virsh itself is told what it is here', () => {
  for (const typed of ['virsh suspend vm1', '$ virsh -c qemu:///system suspend vm1']) {
    const line = parse(typed, schemaOf('7.2'));
    if (line.kind !== 'wrong') throw new Error(line.kind);
    assert.match(line.problems[0].advice ?? '', /is stop here/);
  }
});

// Other ways to ask for help: the topic, as `.help` gets it.
for (const [typed, topic] of [
  ['help', ''],
  ['?', ''],
  ['help blockdev-add driver=qcow2', 'blockdev-add driver=qcow2'],
  ['? block-commit', 'block-commit'],
  ['block-commit --help', 'block-commit'],
  ['.graph --help ', '.graph'],
] as const)
  test(`help: ${typed}`, () => {
    const line = parse(typed, schemaOf('7.2'));
    if (line.kind !== 'word') throw new Error(line.kind);
    assert.is(line.rest, topic);
    assert.ok(['.help', 'help', '?'].includes(line.name));
  });

test.run();
