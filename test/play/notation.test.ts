// Documents of every notation: none of the sound ones has a fault, and each fault that is planted is told at its row.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writePage } from '../../src/page/read.ts';
import { spansOf } from '../../src/play/document/fault.ts';
import { pageFaults } from '../../src/play/document/faults.ts';
import { toPage } from '../../src/play/load.ts';
import { Reading } from '../../src/play/reading.ts';
import { schemaOf } from '../schemas.ts';

const FOLDER = 'test/data/documents';
const reading = new Reading();

async function faultsOf(name: string, text: string, version: '7.2' | '11.1' | undefined = '7.2') {
  const page = await toPage(text, name);
  assert.is(writePage(page), text, 'every byte lies in one block');
  const schema = version && schemaOf(version);
  const { faults, steps } = await pageFaults(page, schema, { reading });
  const spanOf = spansOf(page);
  const rows = faults.map(fault => {
    const at = spanOf(fault)?.start;
    return `${at ? `${at.row}:${at.column}` : fault.row} ${fault.severity} ${fault.rule}: ${fault.message}`;
  });
  return { page, steps, errors: rows.filter(row => / error /.test(row)), rows };
}

const SOUND: readonly [file: string, steps: number, notes: readonly RegExp[]][] = [
  [
    'exchange.rst',
    7,
    [/^12 note .*in the foreground/, /^14 note .*a prompt of its own/, /^15 note .*human monitor/],
  ],
  ['schema.json', 4, []],
  ['guide.md', 3, []],
  ['manual.txt', 3, []],
  ['transcript.txt', 3, []],
];
for (const [file, steps, notes] of SOUND)
  for (const version of ['7.2', '11.1', undefined] as const)
    test(`${file} is sound by ${version ?? 'no schema'}`, async () => {
      const text = readFileSync(join(FOLDER, file), 'utf8');
      const found = await faultsOf(file, text, version);
      assert.equal(found.errors, []);
      assert.is(found.steps, steps);
      const told = found.rows.filter(row => / note /.test(row));
      assert.is(told.length, notes.length, told.join('\n'));
      for (const [i, note] of notes.entries()) assert.match(told[i] ?? '', note);
    });

test('CRLF changes nothing', async () => {
  for (const [file, steps] of SOUND) {
    const text = readFileSync(join(FOLDER, file), 'utf8').replaceAll('\n', '\r\n');
    const found = await faultsOf(file, text);
    assert.equal([found.errors, found.steps], [[], steps]);
  }
});

/** In a file one text becomes another; the fault is told at the bar, which is taken out. */
const PLANTED: readonly [file: string, was: string, is: string, told: RegExp][] = [
  ['exchange.rst', '"block-dirty-bitmap-add"', '¦"block-dirty-bitmap-ad"', /unknown-command: .*-ad"/],
  [
    'exchange.rst',
    '"node": "node-A",\n         "na',
    '¦"nod": "node-A",\n         "na',
    /unknown-member.*"nod"/,
  ],
  ['exchange.rst', '{\n         "node": "node-A",\n', '¦{\n', /missing-member.* node$/],
  ['exchange.rst', '"granularity": 65536', '"granularity": ¦"64k"', /wrong-type/],
  ['exchange.rst', '65536\n', '65536¦,\n', /slip: a comma stands before/],
  ['exchange.rst', '"name": "changes",\n', '"name": "changes¦"\n', /slip: ',' is missing/],
  ['exchange.rst', '"name": "changes",\n', "¦'name': 'changes',\n", /slip: .*double quotes/],
  ['exchange.rst', '"flat": true', '"flat": ¦True', /slip: True is Python/],
  ['exchange.rst', '"execute": "query-named', '"execute": ¦query-named', /malformed.*no JSON value/],
  ['exchange.rst', '"drv": "qcow2"', '"drv": ¦2', /wrong-type/],
  ['exchange.rst', '"drv": "qcow2"', '¦"driver": "qcow2"', /unknown-member/],
  [
    'exchange.rst',
    '{ "name": "changes", "count": 0, ... }',
    '¦{ "name": "changes", "count": 0 }',
    /missing-member/,
  ],
  ['exchange.rst', '"sync": "full"', '"sync": ¦"ful"', /wrong-value/],
  ['exchange.rst', '"read-zeroes": true', '¦"read-zeros": true', /unknown-member/],
  ['exchange.rst', '"driver": "null-co"', '"driver": ¦"null-cq"', /wrong-value/],
  ['exchange.rst', '"BLOCK_JOB_COMPLETED"', '¦"BLOCK_JOB_COMPLETE"', /unknown-event/],
  ['exchange.rst', '"speed": 0 }', '"speed": ¦"0" }', /wrong-type/],
  ['exchange.rst', '"speed": 0 }', '"speed": 0, ¦"sped": 0 }', /unknown-member/],
  ['exchange.rst', '"microseconds": 25', '"microseconds": 25, ¦"ms": 25', /unknown-member/],
  ['exchange.rst', '"block-dirty-bitmap-clear"', '¦"block-dirty-bitmap-clean"', /wrong-value/],
  [
    'exchange.rst',
    '"name": "changes" } }\n          ]',
    '"name": "changes", ¦"nam": 1 } }\n          ]',
    /unknown-member/,
  ],
  ['exchange.rst', '"GenericError"', '¦"GenericErr"', /wrong-value/],
  ['exchange.rst', '{\n        "class": "GenericError",\n', '¦{\n', /missing-member.*class/],
  ['exchange.rst', '"execute": "quit"', '"execute": "quit", ¦"argument": {}', /unknown-member/],
  ['exchange.rst', ' -> { "execute": "quit" }', ' <-¦ { "execute": "quit" }', /malformed: this is a request/],
  ['exchange.rst', '"full" } }   # all of it', '"full" } } ¦}', /malformed: .*more text/],
  ['exchange.rst', '        ]\n      }\n', '      ¦}\n', /malformed: .*missing before/],
  ['schema.json', '{ "execute": "stop" }', '{ "execute": ¦"stopp" }', /unknown-command/],
  ['schema.json', '"event": "STOP"', '"event": ¦"STOPPED"', /unknown-event/],
  ['schema.json', '"filename": "my.qcow2"', '"filename": "my.qcow2", ¦"filname": 1', /unknown-member/],
  ['schema.json', '"driver": "qcow2",\n', '"driver": ¦"qcow3",\n', /wrong-value/],
  ['schema.json', '"node-name": "my-node",\n', '"node-name": "my-node¦"\n', /slip: ',' is missing/],
  ['schema.json', '"status": "running", ...', '"status": ¦"runing", ...', /wrong-value/],
  ['schema.json', '# <- { "return": { "running"', '# <- { "return": {¦{ "running"', /malformed/],
  ['guide.md', 'speed=0', '¦sped=0', /unknown-member/],
  ['guide.md', '"query-jobs"', '¦"query-job"', /unknown-command/],
  ['guide.md', '"type": "mirror"', '"type": ¦"miror"', /wrong-value/],
  ['guide.md', '{"id": "job0"}}', '{"id": "job0", ¦"job": 1}}', /unknown-member/],
  ['manual.txt', '"tray-open": true', '"tray-open": ¦"yes"', /wrong-type/],
  ['manual.txt', '"arguments": { "id"', '"arguments": { ¦"i-d"', /unknown-member/],
  ['manual.txt', '"label": "charchannel0"', '"label": "charchannel0", ¦"lable": 1', /unknown-member/],
  ['transcript.txt', 'size=1048576', '¦sise=1048576', /unknown-member/],
  ['transcript.txt', '"node-name": "n0",\n', '"node-name": ¦"n1",\n', /request: /],
  [
    'transcript.txt',
    '{\n            "driver": "null-co",\n            "node-name": "n0",\n            ...\n',
    '¦{\n            "driver": "null-co",\n            "node-name": "n0"\n',
    /request: .*arguments\.size/,
  ],
  ['transcript.txt', '"block_resize"', '¦"block-resize"', /unknown-command/],
  ['transcript.txt', '"size": 2097152', '"size": ¦"2M"', /wrong-type/],
  ['transcript.txt', '{"return": {}}\n\nand', '{"return": {}¦,}\n\nand', /slip: a comma/],
  ['transcript.txt', '"BLOCK_JOB_PENDING"', '¦"BLOCK_JOB_PENDIN"', /unknown-event/],
  ['transcript.txt', '"type": "mirror"', '"type": ¦"mirrror"', /wrong-value/],
  ['transcript.txt', "{u'return': []}", "{u'return': [¦}", /malformed/],
];
for (const [file, was, is, told] of PLANTED)
  test(`${file}: ${JSON.stringify(was)} becomes ${JSON.stringify(is)}`, async () => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    assert.ok(text.includes(was));
    const marked = text.replace(was, () => is);
    const before = marked.slice(0, marked.indexOf('¦')).split('\n');
    const { errors } = await faultsOf(file, marked.replace('¦', ''));
    const place = `${before.length}:${(before.at(-1)?.length ?? 0) + 1} `;
    const [first = '', ...more] = errors.filter(error => !error.startsWith(place));
    assert.is(first, '', `only at ${place}: ${[...errors, ...more].join('\n')}`);
    assert.match(errors.join('\n'), told);
  });

test.run();
