import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Value } from '../../src/language/literal.ts';
import { type Argument, completeness, readLine, type Tree } from '../../src/language/tokens.ts';

// text, and whether it goes on in the next row
const ENDS: readonly (readonly [string, 'open' | 'complete'])[] = [
  ['', 'complete'],
  ['query-status', 'complete'],
  ['blockdev-add file={', 'open'],
  ['blockdev-add file={"a": [1, 2}', 'complete'],
  ['blockdev-add file={"a": [1, 2]', 'open'],
  ['blockdev-add file={"a": "}', 'open'],
  ['x a="b', 'open'],
  ["x a='b", 'open'],
  ["x a=don't", 'complete'],
  ['x a=b{', 'complete'],
  ['x a={} "', 'complete'],
  ['transaction(', 'open'],
  ['transaction( abort\n', 'open'],
  ['transaction( abort )', 'complete'],
  ['transaction( abort ) trailing', 'complete'],
  ['transaction(abort)', 'complete'],
  ['transaction( a b=(x) )', 'complete'],
  ['transaction( a b=(x)', 'open'],
  ['transaction actions=[]', 'complete'],
  ['{"execute":', 'open'],
  ['-> {"execute": "x"', 'open'],
  ['{"execute": "x"}', 'complete'],
  ['# {', 'complete'],
  ['.send {"execute":', 'open'],
  ['.send {"execute": "x"}', 'complete'],
  [".hmp don't", 'complete'],
  ['.hmp print [1', 'complete'],
  ['(qemu) print {1', 'complete'],
  ['.watch x a={', 'open'],
];
for (const [text, expected] of ENDS) {
  test(`${JSON.stringify(text)} is ${expected}`, () => assert.is(completeness(text), expected));
}

/** The tree as one text: names, keys and values as they were told apart. */
function outline(tree: Tree): string {
  const args = (list: readonly Argument[]) =>
    list
      .map(
        a =>
          `${a.key.parts.map(p => p.name).join('/')}${a.equals === undefined ? '' : `=${a.value ? kind(a.value) : '-'}`}`,
      )
      .join(' ');
  switch (tree.kind) {
    case 'command':
      return `${tree.call.name}(${args(tree.call.args)})${tree.pipe ? ` |${tree.pipe.text}` : ''}${tree.background ? ' &' : ''}`;
    case 'transaction':
      return `[${args(tree.args)}] ${tree.actions.map(c => `${c.name}(${args(c.args)})`).join(' ')}${tree.close ? '' : ' ...'}`;
    case 'raw':
      return kind(tree.value);
    case 'word':
      return `${tree.name}: ${tree.rest}`;
    case 'empty':
      return '';
  }
}

function kind(value: Value): string {
  switch (value.kind) {
    case 'bare':
      return value.text;
    case 'string':
      return JSON.stringify(value.value) + (value.closed ? '' : '...');
    case 'array':
      return `[${value.items.map(kind).join(',')}${value.closed ? '' : '...'}]`;
    case 'object':
      return `{${value.entries.map(e => `${e.key}${e.colon === undefined ? '' : ':'}${e.value ? kind(e.value) : ''}`).join(',')}${value.closed ? '' : '...'}}`;
  }
}

const TREES: readonly (readonly [string, string])[] = [
  ['x', 'x()'],
  ['x a', 'x(a)'],
  ['x a=', 'x(a=-)'],
  ['x a= b=1', 'x(a=- b=1)'],
  ['x a.b.0.c=d', 'x(a/b/0/c=d)'],
  ['x a.', 'x(a/)'],
  ['x a={', 'x(a={...})'],
  ['x a={"k', 'x(a={k...})'],
  ['x a={"k"', 'x(a={k...})'],
  ['x a={"k":', 'x(a={k:...})'],
  ['x a={"k": "v', 'x(a={k:"v"......})'],
  ['x a={"k": [1, {"l": tr', 'x(a={k:[1,{l:tr...}...]...})'],
  ['x a={"k":1, }', 'x(a={k:1})'],
  ["x a={u'k': True} b=2", 'x(a={k:True} b=2)'],
  ['x a=[1 2] b=3', 'x(a=[1,2] b=3)'],
  ['x a=| b=&', 'x(a=| b=&)'],
  ['x a=1 | less -S', 'x(a=1) |less -S'],
  ['x a=1 |', 'x(a=1) |'],
  ['x a=1 &', 'x(a=1) &'],
  ['x a=1&', 'x(a=1&)'],
  ['transaction( p=1 a b=2\nc d={"e":1} )', '[p=1] a(b=2) c(d={e:1})'],
  ['transaction( a b=', '[] a(b=-) ...'],
  ['transaction(a b={"c":1})', '[] a(b={c:1})'],
  ['transaction (a)', '[] a()'],
  ['.help x y', '.help: x y'],
  ['.5', '.5()'],
  ['...', '...()'],
  ['-> {"a": 1}', '{a:1}'],
  ['->', '->()'],
];
for (const [text, expected] of TREES) {
  test(`the tree of ${JSON.stringify(text)}`, () => assert.is(outline(readLine(text)), expected));
}

test('prompts and comments are remembered with their places', () => {
  const tree = readLine('# one\n(QEMU) transaction(\n  # two\nTRANS> abort\n)');
  assert.equal(
    tree.comments.map(p => tree.text.slice(p.start, p.end)),
    ['# one', '# two'],
  );
  assert.equal(
    tree.prompts.map(p => tree.text.slice(p.start, p.end)),
    ['(QEMU)', 'TRANS>'],
  );
});

/** Every place in a tree, wherever it is. */
function places(node: unknown): readonly { readonly start: number; readonly end: number }[] {
  if (Array.isArray(node)) return node.flatMap(places);
  if (typeof node !== 'object' || node === null) return [];
  const found = Object.values(node).flatMap(places);
  if (!('start' in node) || !('end' in node)) return found;
  const { start, end } = node;
  return typeof start === 'number' && typeof end === 'number' ? [{ start, end }, ...found] : found;
}

test('any text has a tree, and every place in it lies inside the text', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^(?:transaction\(|x a=|\{|\.w |\(QEMU\) )?[ \n"'{}[\]:,=.|&#()a-cu1\\-]{0,30}$/),
  );
  fc.assert(
    fc.property(texts, text => {
      for (const { start, end } of places(readLine(text))) {
        assert.ok(
          start >= 0 && start <= end && end <= text.length,
          `${start}-${end} in ${JSON.stringify(text)}`,
        );
      }
    }),
    { numRuns: 3000 },
  );
});

test('no row typed behind an open line is lost', () => {
  const rows = ['x a={', '"b": [1,', '2]', '}'];
  const states = rows.map((_, i) => completeness(rows.slice(0, i + 1).join('\n')));
  assert.equal(states, ['open', 'open', 'open', 'complete']);
});
test.run();
