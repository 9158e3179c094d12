import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRows } from '../../src/language/openrows.ts';
import { applyEdits, expectedEdit } from '../../src/page/edit.ts';
import { meets, readExpectation } from '../../src/page/expect.ts';
import type { Page } from '../../src/page/model.ts';
import { checkNames, letOf } from '../../src/page/names.ts';
import { readPage } from '../../src/page/read.ts';
import {
  type Happening,
  parametrize,
  recordingHead,
  recordingOf,
  suggestParams,
} from '../../src/page/record.ts';
import { fillParams, holds } from '../../src/page/values.ts';

/** The page's text with the outputs of steps replaced, by their index. */
const replaceAllExpected = (page: Page, outputs: ReadonlyMap<number, string>) =>
  applyEdits(
    page.text,
    page.steps.flatMap(step => {
      const output = outputs.get(step.index);
      return output === undefined ? [] : [expectedEdit(page, step, output)];
    }),
  );

const read = (text: string, name = 'page.md') => readPage(text, { name, isOpen: openRows });

const PARAMS = `---
params:
  node: { kind: node }
  target: { kind: node, default: $node-copy-$run }
  size: { kind: size, default: 0 }
  ends: { choices: [complete, cancel], default: cancel }
  fast: { kind: flag, default: no }
  names: { kind: list, default: [] }
  any: { default: "" }
---
`;

const FILLED: readonly [given: Record<string, string>, name: string, value: unknown][] = [
  [{ node: 'a' }, 'target', { json: 'a-copy-r1' }],
  [{ node: 'a', size: '39M' }, 'size', { json: 40894464 }],
  [{ node: 'a', size: '16E' }, 'size', { json: 18446744073709551616n }],
  [{ node: 'a' }, 'size', { json: 0 }],
  [{ node: 'a' }, 'fast', { json: false }],
  [{ node: 'a', fast: 'yes' }, 'fast', { json: true }],
  [{ node: 'a', names: 'b, c' }, 'names', { json: ['b', 'c'] }],
  [{ node: 'a' }, 'names', { json: [] }],
  [{ node: 'a', any: '5' }, 'any', { json: '5', loose: true }],
  [{ node: '5' }, 'node', { json: '5' }],
  [{}, 'missing', ['node']],
  [{ node: 'a', size: 'big' }, 'problem', 'size is a size, not "big"'],
  [{ node: 'a', ends: 'x' }, 'problem', 'ends is one of complete, cancel, not "x"'],
  [{ node: 'a', fast: 'x' }, 'problem', 'fast is yes or no, not "x"'],
  [{ node: 'a', nod: 'x' }, 'problem', 'page.md has no parameter nod'],
];
for (const [given, name, wanted] of FILLED) {
  test(`parameters ${JSON.stringify(given)}: ${name}`, async () => {
    const page = await read(PARAMS);
    assert.equal(page.problems, []);
    const filling = fillParams(page, new Map(Object.entries(given)), 'r1');
    if (name === 'missing')
      assert.equal(
        filling.missing.map(param => param.name),
        wanted,
      );
    else if (name === 'problem') assert.is(filling.problems[0]?.message, wanted);
    else assert.equal(filling.values.get(name), wanted);
  });
}

const HOLDS: readonly [condition: string, holds: boolean][] = [
  ['if=ends==cancel', true],
  ['if=ends==complete', false],
  ['if=ends!=complete', true],
  ['if=fast', false],
  ['if=!fast', true],
  ['if=size', false],
  ['if=names', false],
  ['if=node', true],
  ['if=any', false],
];
for (const [condition, wanted] of HOLDS) {
  test(condition, async () => {
    const page = await read(`${PARAMS}\`\`\`qmp ${condition}\n(QEMU) a\n\`\`\`\n`);
    const { values } = fillParams(page, new Map([['node', 'a']]), 'r1');
    const when = page.fences[0]?.when;
    assert.is(when && holds(when, values), wanted);
  });
}

const NAMES: readonly [text: string, problems: readonly string[]][] = [
  ['```qmp\n(QEMU) a b=$run\n```\n', []],
  ['```qmp\n(QEMU) a b=$x\n```\n', ['2 $x has no value here']],
  ['```qmp\n(QEMU) .let x = a\n(QEMU) a b=$x\n```\n', []],
  ['```qmp\n(QEMU) a b=$x\n(QEMU) .let x = a\n```\n', ['2 $x has no value here']],
  ['```qmp\n(QEMU) .let x\n```\n', ['2 .let is not complete']],
  ['```qmp\n$ echo $HOME\n```\n', ['2 $HOME has no value here']],
  ['```qmp\n$ echo $$HOME $1\n```\n', []],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what a page holds
  ['```qmp\n$ echo ${x:-y}\n```\n', ['2 ${ in the step is no parameter']],
  ['```qmp if=x\n(QEMU) a\n```\n', ['1 $x has no value here']],
  ['---\nparams:\n  xs: { kind: list, default: [] }\n---\n```qmp each=x:xs\n(QEMU) a b=$x\n```\n', []],
  ['---\nparams:\n  a: { default: $b }\n  b: { default: c }\n---\n', ['3 $b has no value here']],
];
for (const [text, wanted] of NAMES) {
  test(`names of ${JSON.stringify(text)}`, async () => {
    const found = checkNames(await read(text));
    assert.equal(
      found.map(problem => `${problem.row} ${problem.message}`),
      wanted,
    );
  });
}

test('.let is a name and a query', () => {
  assert.equal(letOf({ kind: 'word', text: '.let a = [0].x == `1`' }), { name: 'a', query: '[0].x == `1`' });
  assert.is(letOf({ kind: 'word', text: '.lets a = b' }), undefined);
});

const EXPECTATIONS: readonly [text: string, query: string, operator: string, value: unknown][] = [
  ['length(@) == 0', 'length(@)', '==', 0],
  ['[?a == `1`] | [0].b != x', '[?a == `1`] | [0].b', '!=', 'x'],
  ['a >= 18446744073709551615', 'a', '>=', 18446744073709551615n],
  ['a == "b c"', 'a', '==', 'b c'],
  ['a == `"b"`', 'a', '==', 'b'],
  ["a == 'b'", 'a', '==', 'b'],
  ['names has b', 'names', 'has', 'b'],
  ['[?a==`1`]', '[?a==`1`]', 'holds', true],
];
for (const [text, query, operator, value] of EXPECTATIONS) {
  test(`.expect ${text}`, () => assert.equal(readExpectation(text), { ok: true, query, operator, value }));
}
test('.expect without sides', () => {
  assert.not(readExpectation(' ').ok);
});

const MEETS: readonly [
  got: Parameters<typeof meets>[0],
  operator: Parameters<typeof meets>[1],
  value: Parameters<typeof meets>[2],
  met: boolean,
][] = [
  [5, '==', 5, true],
  [5, '==', '5', false],
  [true, '==', 'true', false],
  [5, '<', 18446744073709551615n, true],
  ['5', '<', 6, false],
  [null, '==', null, true],
  [undefined, '==', null, true],
  [[1, 2], 'has', 2, true],
  ['abc', 'has', 'bc', true],
  [[], 'holds', true, false],
  [0, 'holds', true, true],
];
for (const [got, operator, value, wanted] of MEETS) {
  test(`meets ${String(got)} ${operator} ${String(value)}`, () =>
    assert.is(meets(got, operator, value), wanted));
}

test('expected output is put in, replaced and taken away, and nothing else changes', async () => {
  const text = '# T\n\n```qmp\n(QEMU) a\n{"return": 1}\n\n(QEMU) b\n```\n\nEnd\n';
  const page = await read(text);
  assert.is(
    replaceAllExpected(
      page,
      new Map([
        [0, '{"return": 2}'],
        [1, '{\n}'],
      ]),
    ),
    '# T\n\n```qmp\n(QEMU) a\n{"return": 2}\n\n(QEMU) b\n{\n}\n```\n\nEnd\n',
  );
  assert.is(
    replaceAllExpected(page, new Map([[0, '']])),
    '# T\n\n```qmp\n(QEMU) a\n\n(QEMU) b\n```\n\nEnd\n',
  );
  const last = await read('  (QEMU) a', 'a.txt');
  assert.is(replaceAllExpected(last, new Map([[0, '{"return": 1}']])), '  (QEMU) a\n  {"return": 1}\n');
});

const SESSION: readonly Happening[] = [
  {
    kind: 'line',
    text: 'blockdev-add node-name=e file.filename=e.img $x',
    request: { execute: 'blockdev-add', arguments: { 'node-name': 'e' } },
    reply: { return: {} },
  },
  { kind: 'failed', text: 'nonsense', why: 'no such command\nreally' },
  { kind: 'shell', text: 'ls', output: 'e.img\r\n' },
  { kind: 'waited', event: 'BLOCK_JOB_READY', with: { device: 'job0' } },
  { kind: 'line', text: 'transaction(\n  abort\n)' },
];
for (const markdown of [true, false]) {
  for (const replies of [true, false]) {
    test(`a recording is a page after every step: ${markdown ? 'Markdown' : 'text'}${replies ? ', replies' : ''}`, async () => {
      const options = { markdown, replies };
      let text = recordingHead('Recording', options);
      let lines = 0;
      for (const happening of SESSION) {
        text += recordingOf(happening, options, openRows);
        if (happening.kind !== 'failed') lines += 1;
        const page = await read(text, markdown ? 'a.md' : 'a.txt');
        assert.equal(page.problems, []);
        assert.is(page.steps.length, lines);
        assert.equal(
          page.steps.flatMap(step => step.expected.filter(item => item.kind === 'malformed')),
          [],
        );
        assert.equal(checkNames(page), []);
      }
      const page = await read(text, markdown ? 'a.md' : 'a.txt');
      assert.equal(
        page.steps[0]?.expected.map(item => item.kind),
        replies ? ['request', 'reply'] : [],
      );
      assert.match(text, /# failed: nonsense\n# {3}no such command/);
      assert.equal(
        page.steps.map(step => step.kind),
        ['qmp', 'shell', 'word', 'qmp'],
      );
    });
  }
}

test('names of nodes, files and jobs are offered as parameters, and put in', async () => {
  const requests = [
    { execute: 'blockdev-add', arguments: { 'node-name': 'e', file: { filename: 'e.img' } } },
    { execute: 'blockdev-backup', arguments: { target: 'e', 'job-id': 'j', device: 'node-B' } },
  ];
  const offered = suggestParams(requests);
  assert.equal(
    offered.map(({ name, value, count }) => [name, value, count]),
    [
      ['node', 'e', 2],
      ['file', 'e.img', 1],
      ['job', 'j', 1],
      ['node2', 'node-B', 1],
    ],
  );
  const text = parametrize(
    '(QEMU) blockdev-add node-name=e file.filename=e.img\n{\n    "node-name": "e"\n}\n',
    offered,
  );
  const page = await read(text, 'a.txt');
  assert.equal(checkNames(page), []);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what a page holds
  assert.is(page.steps[0]?.text, 'blockdev-add node-name=${node} file.filename=${file}');
  assert.equal(
    page.params.map(param => [param.name, param.kind, param.default]),
    [
      ['node', 'node', 'e'],
      ['file', 'file', 'e.img'],
      ['job', 'job', 'j'],
      ['node2', 'node', 'node-B'],
    ],
  );
  assert.match(text, /"node-name": "\$\{node\}"/);
});

test.run();
