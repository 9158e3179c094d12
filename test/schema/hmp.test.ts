// The human monitor: what it said to lines that failed and to lines that did not, and what its names stand for.
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  chosenCpu,
  hmpDestroys,
  hmpFailure,
  hmpLeaves,
  hmpLineOf,
  hmpMeant,
  hmpName,
  hmpRequest,
} from '../../src/schema/hmp.ts';
import { HMP_NAMES, IN_QMP } from '../../src/schema/notes/hmpnames.ts';
import { parseTable } from '../../src/schema/notes/table.ts';
import { schemaOf, VERSIONS } from '../schemas.ts';

/** What QEMU 7.2, 10.0 and 11.1 answered, each line looked at by hand: fails or works, the line, the text. */
const ANSWERS = readFileSync('test/data/hmp-replies.tsv', 'utf8')
  .trimEnd()
  .split('\n')
  .map(row => row.split('\t'));

test('real answers: there are many of each kind', () => {
  const count = (verdict: string) => ANSWERS.filter(([found]) => found === verdict).length;
  assert.ok(count('fails') > 300 && count('works') > 100);
});

for (const [verdict = '', line = '', text = ''] of ANSWERS)
  test(`real answer: ${line} ${verdict}`, () => {
    const found = hmpFailure(/^".*"$/.test(line) ? JSON.parse(line) : line, JSON.parse(text));
    assert.is(found === undefined ? 'works' : 'fails', verdict, text);
  });

// a line, the text, the row that tells of the failure
const TELLING: readonly (readonly [string, string, string | undefined])[] = [
  ['nosuch', "unknown command: 'nosuch'\r\n", "unknown command: 'nosuch'"],
  [
    'device_del',
    'device_del: string expected\r\nTry "help device_del" for more information\r\n',
    'device_del: string expected',
  ],
  [
    'device_add "x',
    'Try "help device_add" for more information\r\n',
    'Try "help device_add" for more information',
  ],
  [
    'drive_add 0 x',
    'warning: short-form\r\nPlease use x=on instead\r\nError: Must specify\r\n',
    'Error: Must specify',
  ],
  ['drive_add 0 x', 'warning: short-form\r\nPlease use x=on instead\r\nMust specify\r\n', 'Must specify'],
  ['drive_add 0 file=x', 'OK\r\n', undefined],
  [
    'set_password vnc x',
    "Error: No VNC display is present\r\nTo enable it, use '-vnc ...'",
    'Error: No VNC display is present',
  ],
  [
    'q now',
    'quit|q: extraneous characters at the end of line\r\nTry "help q" for more information',
    'quit|q: extraneous characters at the end of line',
  ],
  // What a guest or a user has written is no failure of the command that shows it.
  ['ringbuf_read r0 99', "Error: no disk\r\nunknown command: 'x'\r\n", undefined],
  ['ringbuf_read c1 5', "Error: Device 'c1' not found\r\n", "Error: Device 'c1' not found"],
  ['info chardev', 'Error: filename=null\r\n', undefined],
  ['info name', 'Error: none\r\n', undefined],
  [
    'info block -z',
    'block: unsupported option -z\r\nTry "help info block" for more information\r\n',
    'block: unsupported option -z',
  ],
  ['info status', 'VM status: paused (io-error)\r\n', undefined],
  ['info migrate', "Status: \t\tfailed (Failed to connect to '127.0.0.1:1')\r\n", undefined],
  ['log help', 'Log items (comma separated):\r\nnone   remove all logs\r\n', undefined],
  ['log zz', 'Log items (comma separated):\r\nnone   remove all logs\r\n', 'Log items (comma separated):'],
  ['boot_set c', 'boot device list now set to c\r\n', undefined],
  ['', '', undefined],
];
for (const [line, text, row] of TELLING)
  test(`the telling row: ${line} / ${text.slice(0, 30).trim()}`, () =>
    assert.is(hmpFailure(line, text), row));

// a line, the command it is, whether it is asked about, whether it ends QEMU
const NAMES: readonly (readonly [string, string, boolean, boolean])[] = [
  ['quit', 'quit', true, true],
  ['q', 'quit', true, true],
  ['  q\t', 'quit', true, true],
  ['q now', 'quit', true, false],
  ['qu', 'qu', false, false],
  ['quit/x', 'quit', true, false],
  ['system_reset', 'system_reset', true, false],
  ['system_powerdown', 'system_powerdown', false, false],
  ['loadvm x', 'loadvm', true, false],
  ['delvm x', 'delvm', true, false],
  ['savevm x', 'savevm', false, false],
  ['snapshot_delete_blkdev_internal d x', 'snapshot_delete_blkdev_internal', true, false],
  ['nbd_server_stop', 'nbd_server_stop', true, false],
  ['nmi', 'nmi', true, false],
  ['mce 0 0 0 0 0 0', 'mce', true, false],
  ['x_colo_lost_heartbeat', 'x_colo_lost_heartbeat', true, false],
  ['stop', 'stop', false, false],
  ['s', 'stop', false, false],
  ['c', 'cont', false, false],
  ['x/4x 0', 'x', false, false],
  ['p 1+1', 'print', false, false],
  ['? quit', 'help', false, false],
  ['help quit', 'help', false, false],
  ['info  block -v', 'info block', false, false],
  ['info', 'info', false, false],
  ['', '', false, false],
];
for (const [line, name, asked, leaves] of NAMES)
  test(`the name of ${JSON.stringify(line)}`, () => {
    assert.is(hmpName(line), name);
    assert.is(hmpDestroys(line) !== undefined, asked);
    assert.is(hmpLeaves(line), leaves);
  });

const CPUS: readonly (readonly [string, number | undefined | 'wrong'])[] = [
  ['cpu 1', 1],
  ['  cpu   0x10 ', 16],
  ['cpu 010', 8],
  ['cpu 0', 0],
  ['cpu', undefined],
  ['info cpus', undefined],
  ['cpu_x 1', undefined],
  ['cpu 1+1', 'wrong'],
  ['cpu x', 'wrong'],
  ['cpu -1', 'wrong'],
];
for (const [line, wanted] of CPUS)
  test(`the processor of ${JSON.stringify(line)}`, () => {
    if (wanted === 'wrong') assert.throws(() => chosenCpu(line), /takes the number of a processor/);
    else assert.is(chosenCpu(line), wanted);
  });

test('a line goes into a request and comes out of it', () => {
  assert.equal(hmpRequest('info cpus').arguments, { 'command-line': 'info cpus' });
  assert.equal(hmpRequest('info cpus', 1).arguments, { 'command-line': 'info cpus', 'cpu-index': 1 });
  assert.is(hmpLineOf(hmpRequest('info cpus', 1)), 'info cpus');
  assert.is(hmpLineOf({ execute: 'quit', arguments: { 'command-line': 'x' } }), undefined);
});

const MEANT: readonly (readonly [string, RegExp | undefined])[] = [
  ['info block', /\.hmp info block \(in QMP: query-block\)\.$/],
  ['info block -v', /\.hmp info block -v \(in QMP: query-block\)\.$/],
  ['info mtree', /\.hmp info mtree\.$/],
  ['info', /\.hmp info\.$/],
  ['savevm x', /\.hmp savevm x \(in QMP: snapshot-save\)\.$/],
  ['q', /\.hmp q \(in QMP: quit\)\.$/],
  ['c', /\.hmp c \(in QMP: cont\)\.$/],
  ['s', /\.hmp s \(in QMP: stop\)\.$/],
  ['sendkey ctrl-alt-f1', /\(in QMP: send-key\)\.$/],
  ['x/4x 0', /\.hmp x\/4x 0\.$/],
  ['object_add secret,id=s,data=x', /\.hmp object_add secret,id=s,data=x \(in QMP: object-add\)\.$/],
  ['object_add qom-type=secret id=s', undefined],
  ['query-block', undefined],
  ['ls', undefined],
  ['informations', undefined],
];
for (const [line, wanted] of MEANT)
  test(`typed as QMP: ${line}`, () =>
    wanted ? assert.match(hmpMeant(line) ?? '', wanted) : assert.is(hmpMeant(line), undefined));

for (const version of VERSIONS)
  test(`the twins of HMP's commands are commands of ${version}, and no QMP command is called a stranger`, () => {
    const schema = schemaOf(version);
    const strange = [...parseTable(IN_QMP).values()].filter(name => !schema.commands.has(name));
    assert.equal(strange, []);
    assert.equal(
      HMP_NAMES.trim()
        .split(/\s+/)
        .filter(name => schema.commands.has(name)),
      [],
    );
  });

test('whatever the line and the text are', () =>
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (line, rows) => {
      const text = rows.join('\r\n');
      const found = hmpFailure(line, text);
      assert.ok(found === undefined || text.includes(found));
      assert.is(hmpLineOf(hmpRequest(line)), line);
      assert.is(hmpName(`  ${line}`), hmpName(line));
      assert.is(hmpLeaves(line) && hmpDestroys(line) === undefined, false);
    }),
  ));

test.run();
