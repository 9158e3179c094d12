// What a row means with -H, and which text stands on standard output.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hmpModeLine, hmpModeText, isOpen } from '../../src/line/hmpmode.ts';

const ROWS: readonly (readonly [string, string])[] = [
  ['info block', '.hmp info block'],
  ['  info block\r', '.hmp info block'],
  ['', ''],
  [' \t ', ''],
  ['# info block', ''],
  ['   #x', ''],
  ['x/4x 0 # not a comment', '.hmp x/4x 0 # not a comment'],
  ['(qemu) info block', '.hmp info block'],
  ['(QEMU) info block', '.hmp info block'],
  ['(HMP) info block', '.hmp info block'],
  ['(HMP)', ''],
  ['(qemu) # nothing', ''],
  ['(other) info block', '.hmp (other) info block'],
  ['.help keys', '.help keys'],
  ['(HMP) .help keys', '.help keys'],
  ['$ ls', '$ ls'],
  ['exit', '.exit'],
  ['exit_preconfig', '.hmp exit_preconfig'],
  ['exit now', '.hmp exit now'],
  ['help', '.hmp help'],
  ['?', '.hmp ?'],
  ['{"execute": "stop"}', '.hmp {"execute": "stop"}'],
  ['transaction(', '.hmp transaction('],
];
for (const [row, line] of ROWS) test(`-H: ${JSON.stringify(row)}`, () => assert.is(hmpModeLine(row), line));

const OPEN: readonly (readonly [string, boolean, boolean])[] = [
  ['blockdev-add file={', true, false],
  ['print [1', false, false],
  ['transaction(', true, false],
  ['.send {"execute":', true, true],
  ['.hmp print {1', false, false],
  ['info block', false, false],
  ['(QEMU) query-name\n{"return":', false, false],
  ['(QEMU) blockdev-add file={\n"a": 1', true, false],
  ['stop\n{"execute":', true, false],
  ['> {"execute":\n> "stop"', true, false],
  ['> {"execute":\n> "stop"}', false, false],
  ['blockdev-add driver=file \\', true, false],
  ['$ echo {', false, false],
];
for (const [row, qmp, hmp] of OPEN)
  test(`goes on in the next row: ${JSON.stringify(row)}`, () => {
    assert.is(isOpen(row, false), qmp);
    assert.is(isOpen(row, true), hmp);
  });

test('the text of a reply: rows as they are, nothing that acts on a terminal, no blank rows at its end', () => {
  const text = (value: string) => hmpModeText({ kind: 'success', value, raw: { return: value } });
  assert.is(text('one\r\ntwo\r\n'), 'one\ntwo');
  assert.is(text(''), '');
  assert.is(text('\x1b[2Jx\r\n'), '\\x1b[2Jx');
  assert.is(hmpModeText({ kind: 'success', value: {}, raw: { return: {} } }), undefined);
  assert.is(hmpModeText({ kind: 'refusal', class: 'GenericError', desc: 'no', raw: {} }), undefined);
});

test.run();
