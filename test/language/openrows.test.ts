// The row by row reader agrees with the one that reads whole lines.
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingIn, openRows } from '../../src/language/openrows.ts';
import { completeness } from '../../src/language/tokens.ts';

/** Asks both after each row, while the line is open and as long as the rows that follow begin with `key=`. */
function agree(text: string): void {
  const goesOn = openRows();
  const rows = text.split('\n');
  for (const [i, row] of rows.entries()) {
    const open = goesOn(row);
    const read = rows.slice(0, i + 1).join('\n');
    assert.is(open, completeness(read) === 'open', JSON.stringify(read));
    if (!open && !/^\s*[A-Za-z_][\w.-]*=/.test(rows[i + 1] ?? '')) return;
  }
}

const lines: readonly string[] = [
  '',
  'x',
  'x a={\n1}',
  'x a={"b": "}\n" } c=[\n]',
  'x a="one\\\n" two" b',
  "x a='\n'\nb={\n}",
  'x a={]\n}',
  'x a=[{]\n]',
  'x a={[}\n}\n}',
  'x | jq {',
  'x & a={',
  'x a={} | jq [\n',
  '{"execute":\n"x"}',
  '-> {\n}',
  '<- {\n}',
  '<- [',
  '<- {} {\n',
  '<- { "return": "\n" } x={',
  '<-\n{',
  '<- x={\n}',
  '[\n] {',
  '.word [\n]',
  '.word a={} b={\n}\n',
  '.word "x\n',
  '# only\n{',
  '(QEMU) x a={\n(QEMU) }',
  'transaction(\nx a=1\n)',
  'transaction( )x=1\n)',
  'transaction( a )x=1\n',
  'transaction( a=(x) b=(\n) )',
  'transaction( a={\n}) x',
  'transaction(\n# comment )\nTRANS> x a="\n)"\n)\n',
  'transaction( | x & )',
  `x a=${'['.repeat(1025)}\n`,
  `x a=${'['.repeat(1026)}\nb={`,
  `transaction( x a=${'['.repeat(1026)}\n)`,
  `.x ${'['.repeat(1026)}\n`,
  "x a=u'\n'",
  'x a=[u"\n"]',
  'help\na={',
  '{"a": 1} {\n} ; {"b":\n2} x {',
  '{"a": 1}{\n}',
  '{"a": 1}, # {\n{',
  '{"a": 1} // {\n{',
  '[1] \\\n{"b":\n2}',
  'x # a={\n',
  'x a=1 // b={\nc={',
  'x a=#{ b={\n}',
  'x \\\na={\n} \\\n',
  'x a=b\\\n',
  'x \\ a={\n}',
  'x a=[1, \\\n2]',
  'transaction( \\\nabort # )\n)',
  '.hmp print {1',
  '(qemu) print {1',
  'x & \\',
  'x | jq \\',
  '-> {} \\\n{',
];
for (const text of lines) test(`row by row: ${JSON.stringify(text).slice(0, 60)}`, () => agree(text));

const MISSING: readonly (readonly [text: string, missing: string])[] = [
  ['x a={', '}'],
  ['x a={"b": [\n', ']}'],
  ['x a={"b": [1, "c\n', '"]}'],
  ["x a='", "'"],
  ['{"execute": "query-status"\nquery-block\n', '}'],
  ['transaction(\nx a={\n', '})'],
  ['transaction(\n', ')'],
  ['x a={}', ''],
  ['x \\', ''],
];
for (const [text, missing] of MISSING)
  test(`what is missing: ${JSON.stringify(text)}`, () => assert.is(missingIn(text), missing));

test('row by row, whatever is typed', () => {
  const piece = fc.constantFrom(
    ...[
      '\n',
      '\n',
      ' ',
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      '"',
      "'",
      '\\',
      '=',
      'a=',
      'x',
      ',',
      ':',
      '#',
      '|',
      '&',
      ' | ',
      ' & ',
    ],
    ...[
      'transaction(',
      '(QEMU) ',
      'TRANS> ',
      '-> ',
      '<- ',
      '//',
      ';',
      ' \\\n',
      '} {',
      '(qemu) ',
      '.hmp ',
      '.w ',
      'u',
      '\\x41',
      '\r',
      '\t',
      'help',
      '? ',
    ],
  );
  const text = fc.array(piece, { maxLength: 40 }).map(pieces => pieces.join(''));
  const opened = fc
    .tuple(fc.constantFrom('', 'x a={', 'transaction(\n', '.w [', '{', "x a='", 'x a="'), text)
    .map(([start, rest]) => start + rest);
  fc.assert(fc.property(opened, agree), { numRuns: Number(process.env['RUNS'] ?? 3000) });
});

test.run();
