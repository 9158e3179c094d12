import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Aids, takeAids } from '../../src/page/aids.ts';
import { readPage, writePage } from '../../src/page/read.ts';

const NONE: Aids = { hints: [], mistakes: [], effects: [] };

const TABLE: readonly [title: string, prose: string, aids: Partial<Aids>, rest: string][] = [
  ['prose alone', 'One.\n\nTwo.', {}, 'One.\n\nTwo.'],
  ['hints in their order', 'hint: a\nb\n\nText.\n\nHint: c', { hints: ['a\nb', 'c'] }, 'Text.'],
  [
    'a mistake',
    'wrong: `x sync=top` Only the\nnewest.',
    { mistakes: [{ line: 'x sync=top', text: 'Only the\nnewest.' }] },
    '',
  ],
  [
    'a mistake over two rows, with backticks in it',
    'wrong: `` x `y`\n z=1 `` No.',
    { mistakes: [{ line: 'x `y` z=1', text: 'No.' }] },
    '',
  ],
  [
    'an effect with a query',
    'effect: `query-block` `[0].inserted."node-name" == node-B`',
    { effects: [{ line: 'query-block', expect: '[0].inserted."node-name" == node-B' }] },
    '',
  ],
  ['an effect on the host', 'effect: `$ test -f e.qcow2`', { effects: [{ line: '$ test -f e.qcow2' }] }, ''],
  [
    'a picture with a blank row',
    'Before.\n\n```graph\n[a]\n\n[b]\n```\n\nAfter.',
    { picture: ['[a]', '', '[b]'] },
    'Before.\n\n\nAfter.',
  ],
  ['another fence stays', '```\nhint\n```', {}, '```\nhint\n```'],
];
for (const [title, prose, aids, rest] of TABLE)
  test(`aids: ${title}`, () => {
    assert.equal(takeAids(prose), { aids: { ...NONE, ...aids }, rest, faults: [] });
  });

const FAULTS: readonly [prose: string, message: RegExp][] = [
  ['wrong: sync=top is wrong', /holds no line/],
  ['wrong: `x`', /no sentence about it/],
  ['effect: `query-block`', /holds no check/],
  ['effect: `$ ls` `x == 1`', /holds no check/],
  ['effect: `query-block` `a == 1` and more', /holds no check/],
];
for (const [prose, message] of FAULTS)
  test(`fault: ${prose}`, () => {
    assert.match(takeAids(prose).faults[0]?.message ?? '', message);
  });

test('a page gives them to the step above, and the rest to the next one or the closing', async () => {
  const text = [
    '---\ntitle: T\nabout: What it teaches\n---\nDo.\n',
    '```qmp try\n(QEMU) stop\n```\n',
    'hint: h\n',
    'wrong: `cont` w\n',
    'effect: `query-status` `running == false`\n',
    '```graph\n[a]\n```\n',
    'Next.\n',
    '```qmp try\n(QEMU) cont\n```\n',
    'hint: g\n',
    'The end.\n',
  ].join('\n');
  const page = await readPage(text, { name: 'x.md', isOpen: () => () => false });
  assert.is(writePage(page), text);
  assert.equal(page.problems, []);
  assert.is(page.about, 'What it teaches');
  const [stop, cont] = page.steps;
  assert.equal(stop?.hints, ['h']);
  assert.equal(stop?.mistakes, [{ line: 'cont', text: 'w' }]);
  assert.equal(stop?.effects, [{ line: 'query-status', expect: 'running == false' }]);
  assert.equal(stop?.picture, ['[a]']);
  assert.is(cont?.prose, 'Next.');
  assert.equal(cont?.hints, ['g']);
  assert.is(page.closing, 'The end.');
});

test('aids that no step can take are a problem', async () => {
  const page = await readPage('```qmp\n(QEMU) stop\n```\nhint: h\n', {
    name: 'x.md',
    isOpen: () => () => false,
  });
  assert.match(page.problems[0]?.message ?? '', /belongs to no step/);
});

test.run();
