import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderMarkdown } from '../../src/render/page.ts';
import { texts, widest } from './replies.ts';

const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  ['a heading', '# Title\ntext', ['Title', '═════', '', 'text']],
  ['source newlines are blanks', 'one\ntwo', ['one two']],
  ['a hard break', 'one  \ntwo', ['one', 'two']],
  ['emphasis and code', 'a **b** *c* `d`', ['a b c d']],
  [
    'links',
    '[page](x.md) [site](https://e.org) <https://f.org>',
    ['page site (https://e.org) https://f.org'],
  ],
  ['a list', '- one\n- two\n  1. nested', ['- one', '- two', '  1. nested']],
  ['a task list', '- [x] done\n- [ ] open', ['- [x] done', '- [ ] open']],
  ['code', '```qmp\n(QEMU) stop\n{"return": {}}\n```', ['    (QEMU) stop', '    {"return": {}}']],
  ['a quote', '> said', ['│ said']],
  ['a table', '|a|b|\n|-|-:|\n|x|10|', ['a   b', '─  ──', 'x  10']],
  ['comments are not shown', 'a <!-- no --> b\n\n<!-- no -->', ['a  b']],
  ['entities', 'a &amp; b &lt;c&gt;', ['a & b <c>']],
  ['control characters', 'a\x1b[31mb `\x07`', ['a\\x1b[31mb \\x07']],
  ['nothing', '', []],
];
for (const [name, source, lines] of CASES) {
  test(`markdown: ${name}`, async () => assert.equal(texts(await renderMarkdown(source, 60)), lines));
}

test('markdown: a table that does not fit is told row by row', async () => {
  const source = '|what|how|\n|-|-|\n|a long cell of text|another long cell|\n|b|c|';
  assert.equal(texts(await renderMarkdown(source, 24)), [
    'what: a long cell of',
    '  text',
    'how: another long cell',
    '',
    'what: b',
    'how: c',
  ]);
});

test('markdown: prose keeps to a readable width, and everything to the screen', async () => {
  const source = `${'word '.repeat(80)}\n\n- ${'item '.repeat(40)}\n\n    code ${'x'.repeat(150)}\n\n> ${'quote '.repeat(40)}`;
  for (const width of [20, 40, 80, 200]) assert.ok(widest(await renderMarkdown(source, width)) <= width);
  assert.ok(widest(await renderMarkdown('word '.repeat(80), 200)) <= 88);
});

test.run();
