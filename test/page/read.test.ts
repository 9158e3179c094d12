import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRows } from '../../src/language/openrows.ts';
import type { Page } from '../../src/page/model.ts';
import { readPage, writePage } from '../../src/page/read.ts';

const read = (text: string, name = 'page.md') => readPage(text, { name, isOpen: openRows });
const brief = (page: Page) => page.steps.map(step => `${step.row} ${step.group} ${step.kind} ${step.text}`);

const fence = (...rows: string[]) => ['```qmp', ...rows, '```', ''].join('\n');

const TABLE: readonly [title: string, text: string, name: string, steps: readonly string[]][] = [
  ['only qmp fences run', '```\n(QEMU) stop\n```\n```sh\n$ rm x\n```\n(QEMU) quit\n', 'a.md', []],
  ['a qmp fence', fence('(QEMU) stop', '$ ls'), 'a.md', ['2 main qmp stop', '3 main shell ls']],
  [
    'groups',
    '```qmp on-failure\n(QEMU) a\n```\n~~~qmp try\n(QEMU) b\n~~~\n',
    'a.md',
    ['2 on-failure qmp a', '5 try qmp b'],
  ],
  ['a fence that keeps', '```qmp keep if=a\n(QEMU) a\n```\n', 'a.md', ['2 main qmp a']],
  ['a fence shown in a fence', '````markdown\n```qmp\n(QEMU) quit\n```\n````\n', 'a.md', []],
  ['a fence in a comment', '<!--\n```qmp\n(QEMU) quit\n```\n-->\n', 'a.md', []],
  ['words', fence('(QEMU) .wait STOP'), 'a.md', ['2 main word .wait STOP']],
  [
    'comments and bare prompts are no steps',
    fence('# no', '(QEMU) # no', '(QEMU)', '(QEMU) yes'),
    'a.md',
    ['5 main qmp yes'],
  ],
  [
    'rows that go on',
    fence('(QEMU) x a={', '  "b": 1', '}', '(QEMU) y'),
    'a.md',
    ['2 main qmp x a={\n  "b": 1\n}', '5 main qmp y'],
  ],
  [
    'a shell line that goes on',
    fence('$ ls \\', '  -l', '(QEMU) y'),
    'a.md',
    ['2 main shell ls \\\n  -l', '4 main qmp y'],
  ],
  ['plain text', 'Do this:\n\n  (QEMU) stop\nand\n  $ ls\n', 'a.txt', ['3 main qmp stop', '5 main shell ls']],
  ['CRLF', '```qmp\r\n(QEMU) stop\r\n```\r\n', 'a.md', ['2 main qmp stop']],
  ['front matter is no step', '---\ntitle: (QEMU) x\n---\n(QEMU) y\n', 'a.txt', ['4 main qmp y']],
];
for (const [title, text, name, steps] of TABLE) {
  test(`steps: ${title}`, async () => {
    const page = await read(text, name);
    assert.equal(brief(page), steps);
    assert.is(writePage(page), text);
  });
}

const OUTPUT: readonly [title: string, text: string, name: string, expected: readonly string[]][] = [
  [
    'request, reply, event',
    fence('(QEMU) a', '{"execute": "a"}', '', '{', ' "return": {...}', '}', '{"event": "E"}'),
    'a.md',
    ['request 3', 'reply 5', 'event 8'],
  ],
  ['never closed', fence('(QEMU) a', '{"return": {}'), 'a.md', ['malformed 3']],
  ['no QMP message', fence('(QEMU) a', '{"x": 1}'), 'a.md', ['malformed 3']],
  ['text behind a value', fence('(QEMU) a', '{"return": 1} x'), 'a.md', ['malformed 3']],
  [
    'reading goes on after what is broken',
    fence('(QEMU) a', '  "return": {}', '}', '{"event": "E"}'),
    'a.md',
    ['malformed 3', 'event 5'],
  ],
  ["Python's notation", fence('(QEMU) a', "{u'return': {u'a': None, 'b': True}}"), 'a.md', ['reply 3']],
  [
    'prose may stand between in plain text',
    '(QEMU) a\n{"return": {}}\n\n{"event": "E"}\n\n[A] <-- [B]\n\n{"event": "F"}\n',
    'a.txt',
    ['reply 2', 'event 4', 'event 8'],
  ],
  ['prose directly below', '(QEMU) a\nThen go on.\n', 'a.txt', []],
  ['text of a host command', '$ a\none\ntwo\n\nprose\n', 'a.txt', ['text 2']],
  ['a comment ends it', fence('(QEMU) a', '{"return": {}}', '# why'), 'a.md', ['reply 3']],
];
for (const [title, text, name, expected] of OUTPUT) {
  test(`expected output: ${title}`, async () => {
    const page = await read(text, name);
    assert.equal(
      page.steps[0]?.expected.map(item => `${item.kind} ${item.row}`),
      expected,
    );
    assert.is(writePage(page), text);
  });
}

const PROBLEMS: readonly [title: string, text: string, row: number, message: RegExp][] = [
  ['an unclosed fence', '\n```qmp\n(QEMU) a\n', 2, /never closed/],
  ['an unclosed line', fence('(QEMU) a b={', '(QEMU) c'), 2, /not complete/],
  ['an indented fence', '- x\n\n      ```qmp\n      (QEMU) a\n      ```\n', 3, /indented/],
  ['an unknown word', '```qmp often\n```\n', 1, /"often"/],
  ['a row without prompt', fence('query-status'), 2, /no prompt/],
  ['broken YAML', '---\nparams: {\n---\n', 3, /no YAML/],
  ['an unknown member', '---\ntitle: x\nparms: {}\n---\n', 3, /parms is not understood/],
  ['an unknown kind', '---\nparams:\n  a: { kind: thing }\n---\n', 3, /no kind "thing"/],
  [
    'a default that is no choice',
    '---\nparams:\n  a: { choices: [x, y], default: z }\n---\n',
    3,
    /none of its choices/,
  ],
  ['a hint without step', 'hint: x\n\n```qmp\n(QEMU) a\n```\n', 3, /belongs to no step/],
];
for (const [title, text, row, message] of PROBLEMS) {
  test(`problem: ${title}`, async () => {
    const [problem] = (await read(text)).problems;
    assert.match(problem?.message ?? 'none', message);
    assert.is(problem?.row, row);
  });
}

test('front matter gives title, parameters and practice VM', async () => {
  const text =
    '---\ntitle: T\nparams:\n  node: { help: which, kind: node }\n  size: { default: 18446744073709551615 }\n  then: { choices: [a, b], default: a }\npractice: { disk: 39M, args: [-m, 64] }\n---\n';
  const page = await read(text);
  assert.equal(page.problems, []);
  assert.is(page.title, 'T');
  assert.equal(page.practice, { disk: '39M', args: ['-m', '64'] });
  assert.equal(page.params, [
    { name: 'node', row: 4, help: 'which', kind: 'node' },
    { name: 'size', row: 5, default: 18446744073709551615n },
    { name: 'then', row: 6, default: 'a', choices: ['a', 'b'] },
  ]);
});

test('steps know their sections, their prose, their hints and their fence', async () => {
  const page = await read(
    '# Top\n\n## Inner\n\nFirst.\n\n```qmp if=a==b each=x:xs on=to\n(QEMU) a &\n# then\n(QEMU) b\n```\n\nTwo\n===\n\n```qmp try\n(QEMU) c\n```\n\nhint: one\n\nhint: two\n\nMore.\n',
  );
  const [a, b, c] = page.steps;
  assert.equal(a?.section, ['Top', 'Inner']);
  assert.is(a?.prose, '# Top\n\n## Inner\n\nFirst.');
  assert.is(a?.background, true);
  assert.equal(a?.fence.when, { name: 'a', operator: '==', value: 'b' });
  assert.equal(a?.fence.each, { name: 'x', list: 'xs' });
  assert.is(a?.fence.on, 'to');
  assert.is(b?.prose, 'then');
  assert.equal(c?.section, ['Two']);
  assert.equal(c?.hints, ['one', 'two']);
});

test('a plain document is parted by its lone short lines, or by underlined titles', async () => {
  const plain = await read(
    'About it\n\nIntroduction to x\n\nThis is a sentence.\n\n[A] <-- [B]\n\nOne:\n\n(QEMU) a\n',
    'a.txt',
  );
  assert.equal(
    plain.sections.map(section => section.title),
    ['About it', 'Introduction to x'],
  );
  assert.equal(plain.steps[0]?.section, ['Introduction to x']);
  const rst = await read('Top\n===\n\nInner\n-----\n\nA short line\n\n(QEMU) a\n', 'a.rst');
  assert.equal(rst.steps[0]?.section, ['Top', 'Inner']);
});

const piece = fc.oneof(
  fc.constantFrom(
    '(QEMU) ',
    '$ ',
    '```',
    '```qmp',
    '```qmp try',
    '~~~',
    '---',
    '#',
    '{',
    '}',
    '[',
    '"',
    "'",
    '...',
    '\n',
    '\r\n',
    '\r',
    '\n\n',
    '<!--',
    '-->',
    ' ',
    'a',
    'transaction(',
    ')',
    '\\',
    'hint: ',
    'title: x',
  ),
  fc.string(),
);
test('every text is written as it was read, and its blocks are the whole of it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 40 }),
      fc.constantFrom('a.md', 'a.txt'),
      async (parts, name) => {
        const text = parts.join('');
        const page = await read(text, name);
        assert.is(writePage(page), text);
        let at = 0;
        for (const { place } of page.blocks) {
          assert.is(place.start, at);
          at = place.end;
        }
        assert.is(at, text.length);
      },
    ),
    { numRuns: 500 },
  );
});

test.run();
