import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../src/language/parse.ts';
import { bind, bindExpected, bindQuery, type Value } from '../../src/page/bind.ts';
import { matches } from '../../src/page/match.ts';
import type { Step } from '../../src/page/model.ts';
import { patternOf } from '../../src/page/pattern.ts';

const values = new Map<string, Value>([
  ['node', { json: 'node-B' }],
  ['file', { json: '/my images/e "1".qcow2' }],
  ['num', { json: 40894464 }],
  ['big', { json: 18446744073709551615n }],
  ['digits', { json: '123' }],
  ['loose', { json: '39M', loose: true }],
  ['on', { json: true }],
  ['quote', { json: `it's` }],
  ['evil', { json: `$(touch x) \`id\` ; a=b` }],
]);
const bound = (kind: Step['kind'], text: string) => {
  const result = bind({ kind, text }, values);
  return result.ok ? result.text : `! ${result.message}`;
};

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is what pages hold
const TABLE: readonly [kind: Step['kind'], text: string, bound: string][] = [
  ['qmp', 'x device=$node', 'x device=node-B'],
  ['qmp', 'x device=${node}', 'x device=node-B'],
  ['qmp', 'x device=$node-copy', 'x device=node-B-copy'],
  ['qmp', 'x f=$file', 'x f="/my images/e \\"1\\".qcow2"'],
  ['qmp', 'x f=$file.bak', 'x f="/my images/e \\"1\\".qcow2.bak"'],
  ['qmp', 'x f="$file"', 'x f="/my images/e \\"1\\".qcow2"'],
  ['qmp', "x f='$quote'", "x f='it\\'s'"],
  ['qmp', 'x f=$quote', 'x f="it\'s"'],
  ['qmp', 'x n=$num b=$big', 'x n=40894464 b=18446744073709551615'],
  ['qmp', 'x n=$digits m=$loose', 'x n="123" m=39M'],
  ['qmp', 'x o={"a": $node, "n": $num, "t": $on}', 'x o={"a": "node-B", "n": 40894464, "t": true}'],
  ['qmp', 'x o=[$node,$digits]', 'x o=["node-B","123"]'],
  ['qmp', 'x o={"a": "file:$file"}', 'x o={"a": "file:/my images/e \\"1\\".qcow2"}'],
  [
    'qmp',
    '{"execute": "x", "arguments": {"a": $evil}}',
    '{"execute": "x", "arguments": {"a": "$(touch x) `id` ; a=b"}}',
  ],
  ['qmp', 'x a=$$node b=$5', 'x a=$node b=$5'],
  ['qmp', '$node', '! $node stands where a name of the language must stand'],
  ['qmp', 'x a=$missing', '! $missing has no value'],
  ['qmp', 'x a=$node | grep $quote', "x a=node-B | grep 'it'\\''s'"],
  ['word', '.wait BLOCK_JOB_READY device=$node', '.wait BLOCK_JOB_READY device=node-B'],
  ['word', '.wait job $file', '.wait job "/my images/e \\"1\\".qcow2"'],
  ['shell', 'ls $node $file', `ls node-B '/my images/e "1".qcow2'`],
  ['shell', 'ls "$quote" "$file"', 'ls "it\'s" "/my images/e \\"1\\".qcow2"'],
  ['shell', "ls '$quote'", "ls 'it'\\''s'"],
  ['shell', 'echo "$$(ls $quote)" $$HOME', `echo "$(ls 'it'\\''s')" $HOME`],
  ['shell', 'echo `ls $node`', '! a line of this host with a name in it holds backticks'],
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is what pages hold
for (const [kind, text, wanted] of TABLE)
  test(`${kind}: ${text}`, () => assert.is(bound(kind, text), wanted));

const QUERIES: readonly [query: string, bound: string][] = [
  ['[?"node-name"==$node].x', '[?"node-name"==`"node-B"`].x'],
  ["join('-', [$node, 'copy'])", "join('-', [`\"node-B\"`, 'copy'])"],
  ['a == $num', 'a == `40894464`'],
  ["'$node'", '! $node stands inside quotes in a query'],
];
for (const [query, wanted] of QUERIES) {
  test(`query: ${query}`, () => {
    const result = bindQuery(query, values);
    assert.is(result.ok ? result.text : `! ${result.message}`, wanted);
  });
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('a b', '"', "'", '\\', '{', '$x', 'a|b', ' & ', '123', 'true'),
);

test('in a (QEMU) step a text arrives as one value, whatever it holds', () => {
  const FORMS = [
    'x a=$v',
    'x a="$v"',
    "x a='$v'",
    'x a={"b": $v}',
    'x a={"b": "$v"}',
    "x a=['$v']",
    'x q=1 a=$v z=2',
  ];
  fc.assert(
    fc.property(anyText, fc.constantFrom(...FORMS), (text, form) => {
      const result = bind({ kind: 'qmp', text: form }, new Map([['v', { json: text }]]));
      assert.ok(result.ok);
      const line = parse(result.ok ? result.text : '');
      assert.is(line.kind, 'command', JSON.stringify(result));
      if (line.kind !== 'command') return;
      const inner = form.includes('{') ? { b: text } : form.includes('[') ? [text] : text;
      assert.equal(line.request.arguments['a'], inner);
      assert.is(Object.keys(line.request.arguments).length, form.includes('z=') ? 3 : 1);
    }),
    { numRuns: 500 },
  );
});

test('in a $ step a text arrives as one word of the shell, whatever it holds', () => {
  const printable = fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\0'));
  fc.assert(
    fc.property(
      fc.oneof(printable, fc.constantFrom('$(echo x)', '`id`', "a'b", 'a"b', '\\', '!x', '*', '-n', '')),
      text => {
        const line = `printf '%s|' $v "$v" '$v' "$$(printf %s $v)x"`;
        const result = bind({ kind: 'shell', text: line }, new Map([['v', { json: text }]]));
        assert.ok(result.ok);
        const ran = spawnSync('sh', ['-c', result.ok ? result.text : ''], { encoding: 'utf8' });
        const inner = text.replace(/\n+$/, ''); // what $( ) gives has no newline at its end
        assert.is(
          ran.stdout,
          `${text}|${text}|${text}|${text.endsWith('\n') ? text : inner}x|`.replace(/\n+x\|$/, 'x|'),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('expected output holds parameters too', () => {
  const place = { start: 0, end: 0 };
  const pattern = patternOf({ a: '$node', b: '$num', c: 'x-$node', d: '$unknown' });
  const expected = bindExpected({ kind: 'reply', pattern, row: 1, place }, values);
  assert.ok(
    expected.kind === 'reply' &&
      matches(expected.pattern, { a: 'node-B', b: 40894464, c: 'x-node-B', d: '$unknown' }),
  );
  const text = bindExpected({ kind: 'text', lines: ['disk $node'], row: 1, place }, values);
  assert.equal(text.kind === 'text' ? text.lines : [], ['disk node-B']);
});

test.run();
