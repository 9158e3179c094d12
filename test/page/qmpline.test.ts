// Values in `(QEMU)` lines: each is exactly the text it is in what is sent, or the line is refused.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitArguments } from '../../src/language/argument.ts';
import type { Line } from '../../src/language/line.ts';
import { parse } from '../../src/language/parse.ts';
import { bind } from '../../src/page/bind.ts';
import type { Value } from '../../src/page/value.ts';
import { isArray, isObject, type Json, stringifyJson } from '../../src/text/json.ts';
import { numbers } from './shell-fuzz.ts';

const bound = (text: string, one: string, other = 'w') => {
  const values = new Map<string, Value>([
    ['v', { json: one }],
    ['w', { json: other }],
  ]);
  return bind({ kind: text.startsWith('.') ? 'word' : 'qmp', text }, values);
};

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is what pages hold
const REFUSED: readonly string[] = [
  'x filename="\\$v"',
  "x filename='\\$v'",
  'x f={"a": "\\$v"}',
  'x f="\\x4$v"',
  'x f="\\u00$v"',
  'x f="\\U0001$v"',
  'x a=b $v',
  'x "$v"',
  'x {"a": $v}',
  'x $v=1',
  'x a.$v=1',
  '$v',
  'x$v',
  'x f={"$v": 1}',
  'x f={$v: 1}',
  'x f={"a": y$v}',
  'x f={"a": u$v}',
  'x f={"a": $v$w}',
  'x f="a"$v',
  'x f={}$v',
  'x f="$v',
  '# $v',
  'x a=1\n# $v\n',
  'transaction(\n# $v\n)',
  'transaction( x | $v )',
  '{"$v": 1}',
  '{"execute": "x"} $v',
  'transaction($v)',
  '.play $v',
  '.play a $v',
  '.play a "$v"',
  '.backup $v',
  '.wait "\\$v"',
  '.pl$v a',
  '.send $v',
  '.send {"$v": 1}',
  '.hmp info$v',
  '.hmp info "\\$v"',
  '.hmp info a"$v"',
  '.hmp x "a" b"c $v',
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is what pages hold
for (const text of REFUSED)
  test(`refused: ${text}`, () => assert.is(bound(text, 'x').ok, false, JSON.stringify(bound(text, 'x'))));

const ARGUMENTS: readonly [text: string, value: string, args: readonly string[]][] = [
  ['.play a file=$v', 'b c', ['a', 'file=b c']],
  ['.play a file=$v', '--dry-run', ['a', 'file=--dry-run']],
  ['.play a file=$v', 'a\nb\\n"c"', ['a', 'file=a\nb\\n"c"']],
  [".play a file='x $v'", `it's "x"`, ['a', `file=x it's "x"`]],
  ['.play a "file=x $v"', `it's "x" \\`, ['a', `file=x it's "x" \\`]],
  ['.wait job $v', "it's", ['job', "it's"]],
  ['.wait X device=$v', 'a=b --x', ['X', 'device=a=b --x']],
];
for (const [text, value, args] of ARGUMENTS) {
  test(`an argument: ${text} ${JSON.stringify(value)}`, () => {
    const result = bound(text, value);
    assert.equal(result.ok && splitArguments(result.text).slice(1), args);
  });
}

test('an argument by place takes no value that would be another kind of argument', () => {
  assert.is(bound('.wait job $v', 'timeout=1s').ok, false);
  assert.is(bound('.wait $v', '--x').ok, false);
});

test('a line of the human monitor has its value as one argument', () => {
  const line = (value: string) => {
    const result = bound('.hmp qemu-io $v "read $v"', value);
    return result.ok ? result.text : result.message;
  };
  assert.is(line('node-A'), '.hmp qemu-io node-A "read node-A"');
  assert.is(line('a "b" -f'), '.hmp qemu-io "a \\"b\\" -f" "read a \\"b\\" -f"');
  assert.is(line('-f'), '.hmp qemu-io "-f" "read -f"');
});

const HOSTILE = [
  '" read-only=true x=y',
  "' read-only=true x='y",
  '" read-only=true x="',
  '\\" a=1 b="',
  '\\',
  '\\\\" a=1 "',
  '{"a": 1}',
  '["x"]',
  '", "b": "c',
  '"}, {"c": "d',
  '| mkdir P',
  ' | mkdir P',
  '&',
  ' &',
  ')',
  ' ) x',
  '\n# x',
  '\nquit',
  '\n(QEMU) quit',
  '(QEMU) quit',
  'a=1',
  ' a=1',
  '# x',
  '',
  ' ',
  '12',
  'true',
  'null',
  'u"x"',
  '=',
  "'",
  '"',
  '\u0000',
  '\u2028',
  '$w',
  '41',
  '.quit',
];
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is what pages hold
const SOUP =
  `x ~a=~b.c=~ ~  ~"~'~\\~\\\\~{~}~[~]~{"a": ~"b": ~, ~: ~|~ | ~ & ~\n~# ~(~)~transaction(~transaction( ~u~\\u00~\\x~\\n~1~true~-~=~=~"a"~{"execute": ` +
  `"x", "arguments": {~-> {~(QEMU) ~TRANS> ~.~$$`;
const NAMES = ['$v', '$w', '${v}', '"$v"', "'$w'", '"a${v}b"', '$v', '$v'];
const FRAMES = [
  'x a=@ b=@',
  'x a="@" b=1',
  "x a='@'",
  'x a={"b": @, "c": [@]}',
  'x a={"b": "@"} | cat',
  'x a=[@,@] &',
  'transaction( x a=@ y b=@)',
  'transaction(\n  x a=@\n  y b="@"\n)',
  '{"execute": "x", "arguments": {"a": @}}',
  '-> {"execute": "x", "arguments": {"a": "@"}}',
  'x a=b@c',
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is what pages hold
const LINES = Number(process.env['QMPSH_FUZZ'] ?? 5000);

test('random lines take a value as that one text and nothing else', () => {
  const seed = Number(process.env['QMPSH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const below = numbers(seed);
  const pieces = SOUP.split('~');
  const pick = (list: readonly string[]) => list[below(list.length)] ?? '';
  const near = () => (below(5) === 0 ? pick(pieces) : '');
  let taken = 0;
  for (let i = 0; i < LINES; i++) {
    const text =
      below(2) === 0
        ? pick(FRAMES).replaceAll('@', () => `${near()}${pick(NAMES)}${near()}`)
        : `x ${Array.from({ length: 1 + below(9) }, () => (below(3) === 0 ? pick(NAMES) : pick(pieces))).join('')}`;
    if (text.startsWith('.')) continue;
    const [one, other] = [pick(HOSTILE), pick(HOSTILE)];
    const tame = bound(text, 'Zv', 'Zw');
    const wild = bound(text, one, other);
    const where = `QMPSH_SEED=${seed} ${JSON.stringify(text)} v=${JSON.stringify(one)} w=${JSON.stringify(other)}`;
    if (!tame.ok || !wild.ok) {
      // What is refused is refused for its place, except that a shell takes no zero byte.
      assert.ok(tame.ok === wild.ok || /\0/.test(one + other), where);
      continue;
    }
    const expected = meaning(parse(tame.text), text => text.replaceAll('Zv', one).replaceAll('Zw', other));
    const got = meaning(parse(wild.text), text => text);
    assert.is(got, expected, where);
    if (expected !== 'wrong') taken += 1;
  }
  assert.ok(taken > LINES / 20, `only ${taken} of ${LINES} lines were taken`);
});

/** What a line does, with its texts changed. What is behind a bar is the shell's. */
function meaning(line: Line, change: (text: string) => string): string {
  if (line.kind === 'wrong') return 'wrong';
  if (line.kind === 'raw') return stringifyJson(changed(line.message, change));
  if (line.kind !== 'command') return line.kind;
  const { execute, arguments: args } = line.request;
  const tail = `${line.background} ${line.pipe !== undefined}`;
  return `${execute} ${stringifyJson(changed(args, change))} ${tail}`;
}

function changed(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (isArray(value)) return value.map(item => changed(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, changed(item, change)]));
}

test.run();
