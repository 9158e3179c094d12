import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../src/language/parse.ts';
import { problemText } from '../../src/language/problem.ts';
import { plain } from '../../src/text/line.ts';
import { width as cells } from '../../src/text/width.ts';
import { schemaOf } from '../schemas.ts';

function shown(text: string, row?: number): readonly string[] {
  const line = parse(text, schemaOf('11.1'));
  const [problem] = line.kind === 'wrong' ? line.problems : [];
  if (problem === undefined) return [];
  return problemText(text, problem, row === undefined ? {} : { row }).map(plain);
}

const CASES: readonly (readonly [string, readonly string[]])[] = [
  [
    'blockdev-mirror device=a target=b sycn=full sync=top',
    [
      'blockdev-mirror device=a target=b sycn=full sync=top',
      '                                  ^~~~',
      'error: blockdev-mirror has no argument "sycn"',
      '"sync" is given already: take this one out.',
    ],
  ],
  [
    'blockdev-miror',
    [
      'blockdev-miror',
      '^~~~~~~~~~~~~~',
      'error: there is no command "blockdev-miror"; did you mean blockdev-mirror?',
    ],
  ],
  [
    'block_resize device=日本 size=x',
    [
      'block_resize device=日本 size=x',
      '                              ^',
      'error: "size" takes int, not "x"',
      'Write 123, 0x7b, or a size such as 39M.',
    ],
  ],
  [
    'block_resize device=a size=日本',
    [
      'block_resize device=a size=日本',
      '                           ^~~~',
      'error: "size" takes int, not "日本"',
      'Write 123, 0x7b, or a size such as 39M.',
    ],
  ],
  [
    'blockdev-add driver=qcow2 file={\n  "driver": file,\n  "filename": "x"}',
    [
      '  "driver": file,',
      '            ^~~~',
      'error: "file" is neither a number nor true, false or null',
      'Text needs quotes: "file"',
    ],
  ],
  [
    'set_link name=x\tup=\u001b[31m',
    [
      'set_link name=x\\tup=\\x1b[31m',
      '                    ^~~~~~~~',
      'error: "up" takes bool, not "\\u001b[31m"',
      'Write true or false.',
    ],
  ],
];
for (const [text, expected] of CASES) {
  test(JSON.stringify(text), () => assert.equal(shown(text), expected));
}

test('with the number of its first row the message names the row of the place', () => {
  assert.is(shown('set_link name=x\nup=z', 7)[2], 'error in line 8: "up" takes bool, not "z"');
  assert.is(shown('qiut', 1)[2], 'error in line 1: there is no command "qiut"; did you mean quit?');
});

test('a place over several rows is marked in its first', () => {
  const rows = problemText('x a={\n}', { place: { start: 2, end: 7 }, message: 'm' }).map(plain);
  assert.equal(rows, ['x a={', '  ^~~', 'error: m']);
});

test('a place at the very end has its caret behind the text', () => {
  assert.equal(
    problemText('ab', { place: { start: 2, end: 2 }, message: 'm' }, { role: 'warning' }).map(plain),
    ['ab', '  ^', 'warning: m'],
  );
});
const LONG =
  'blockdev-add driver=qcow2 node-name=a-long-name file.driver=file bogus=1 file.filename=日本.qcow2';
for (const width of [20, 40, 60, 80, 97, 120])
  test(`a row longer than ${width} columns is cut around its place`, () => {
    const line = parse(LONG, schemaOf('11.1'));
    const [problem] = line.kind === 'wrong' ? line.problems : [];
    assert.ok(problem);
    const [row = '', caret = ''] = problemText(LONG, problem, { width }).map(plain);
    assert.ok(cells(row) <= width, row);
    assert.is(row.indexOf('bogus'), caret.indexOf('^'), row);
    assert.ok(width >= cells(LONG) ? row === LONG : row.includes('…'), row);
  });

test.run();
