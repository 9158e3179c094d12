// Several rows as several lines, and the colours of a line for the host's shell.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { colourHost, isHostLine, partsOf } from '../../src/language/parts.ts';

const SEVERAL: readonly (readonly [text: string, parts: readonly string[]])[] = [
  ['query-status', ['query-status']],
  ['query-status\nquery-jobs', ['query-status', 'query-jobs']],
  ['query-status\n\n# why\nstop', ['query-status\n\n# why', 'stop']],
  ['$ ls -l\nstop', ['$ ls -l', 'stop']],
  ['transaction(\nabort\n)', ['transaction(\nabort\n)']],
  [
    'stop\nblockdev-add file={\n"driver":"file"}\ncont',
    ['stop', 'blockdev-add file={\n"driver":"file"}', 'cont'],
  ],
];
for (const [text, parts] of SEVERAL)
  test(`lines of ${JSON.stringify(text)}`, () => {
    const found = partsOf(text);
    assert.equal(
      found.map(part => part.text),
      parts,
    );
    for (const { text: part, start } of found) assert.is(text.slice(start, start + part.length), part);
  });

const COLOURS: readonly (readonly [line: string, roles: string])[] = [
  ['$ ls -l', '$ prompt, ls command, -l key'],
  ['$ qemu-img create -f qcow2 "a b" 39M', '$ prompt, qemu-img command, -f key, "a b" string'],
  [
    '$ a | b && c > d',
    '$ prompt, a command, | punctuation, b command, && punctuation, c command, > punctuation',
  ],
  ["$ X=1 echo it's # no", "$ prompt, echo command, 's # no string"],
  ['$ echo a#b # why', '$ prompt, echo command, # why comment'],
  ['$ ', '$ prompt'],
  ['$', '$ prompt'],
];
for (const [line, roles] of COLOURS)
  test(`colours of ${line}`, () => {
    const found = colourHost(line).map(({ start, end, role }) => `${line.slice(start, end)} ${role}`);
    assert.is(found.join(', '), roles);
  });

test('a line for the host begins with "$" and a blank', () => {
  for (const [line, is] of [
    ['$ ls', true],
    [' $ ls', true],
    ['$', true],
    ['$x', false],
    ['query-status', false],
  ] as const)
    assert.is(isHostLine(line), is, line);
});

test.run();
