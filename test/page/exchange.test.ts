// Requests and replies behind arrows: which reply belongs to which request, what a header says, and that any text is read
// in a time that grows as the text does.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expected, Page } from '../../src/page/model.ts';
import { readPage, writePage } from '../../src/page/read.ts';
import { pageFaults } from '../../src/play/document/faults.ts';
import { toPage } from '../../src/play/load.ts';
import { Reading } from '../../src/play/reading.ts';
import { schemaOf } from '../schemas.ts';

const kinds = (expected: readonly Expected[]) => expected.map(item => `${item.kind} ${item.row}`).join(', ');
const brief = (page: Page) => [
  ...[...page.steps, ...page.examples].map(step => `${step.row}: ${kinds(step.expected)}`),
  ...page.loose.map(({ expected, step }) => `loose ${expected.row} of ${step?.row ?? 'none'}`),
];

const OUT = (name: string) => `-> {"execute": "${name}"}`;
const BACK = '<- {"return": {}}';
const EVENT = '<- {"event": "STOP"}';
const TABLE: readonly [title: string, rows: readonly string[], found: readonly string[], name?: string][] = [
  ['one after the other', [OUT('a'), BACK, OUT('b'), BACK], ['1: reply 2', '3: reply 4']],
  ['a request without a reply', [OUT('a'), OUT('b'), BACK], ['1: ', '2: reply 3']],
  ['requests, then their replies', [OUT('a'), OUT('b'), BACK, BACK], ['1: reply 3', '2: reply 4']],
  ['events go to the last request', [OUT('a'), BACK, 'prose', '', EVENT], ['1: reply 2, event 5']],
  ['another reply than the first', [OUT('a'), BACK, 'or', BACK], ['1: reply 2', 'loose 4 of 1']],
  ['an event by itself', ['Title', '=====', EVENT], ['loose 3 of none']],
  ['a title parts', [OUT('a'), '', 'Title', '=====', BACK], ['1: ', 'loose 5 of none']],
  ['a command of the host answers nothing', [OUT('a'), '$ ls', '', BACK], ['1: reply 4', '2: ']],
  ['a greeting', ['<- {"QMP": {"version": {}}}', OUT('qmp_capabilities'), BACK], ['2: reply 3']],
  ['over rows', ['  -> {', '    "execute": "a"', '  }', '  <- {', '  }'], ['1: malformed 4']],
  ['below a line', ['(QEMU) stop', BACK, EVENT], ['1: reply 2, event 3']],
  ['in a qmp fence', ['```qmp', OUT('a'), BACK, '```'], ['2: reply 3'], 'a.md'],
  ['in another fence', ['```json', OUT('a'), BACK, '```'], ['2: reply 3'], 'a.md'],
  ['arrows in prose', ['-> next', 'a -> {b}', '<- back', '[A] -> {B}'], []],
];
for (const [title, rows, found, name = 'a.txt'] of TABLE)
  test(`exchange: ${title}`, async () => {
    const text = `${rows.join('\n')}\n`;
    const page = await toPage(text, name);
    assert.equal(brief(page), found);
    assert.is(writePage(page), text);
  });

const HEADERS: readonly [name: string, text: string, disk: string | undefined, problems?: RegExp][] = [
  ['a.rst', '.. qmpsh:\n   practice: { disk: 8M }\n\ntext\n', '8M'],
  ['a.txt', '# qmpsh:\n#   practice: { disk: 8M }\n# prose\n', '8M'],
  ['a.json', '# qmpsh:\n#   practice: { disk: 8M }\n##\n# x\n##\n', '8M'],
  ['a.md', '<!-- qmpsh:\npractice: { disk: 8M }\n-->\n# T\n', '8M'],
  ['a.md', '# T\n```rst\n.. qmpsh:\n   practice: { disk: 8M }\n```\n', undefined],
  ['a.rst', '.. qmpsh:\n   skip: [{ command: quit }]\n', undefined, /2 .*says no reason/],
  ['a.rst', '.. qmpsh:\n   on: [{ section: x }]\n', undefined, /2 an entry of on is not understood/],
  ['a.md', '<!-- qmpsh:\non: [{ section: x, vm: to }]\n-->\n', undefined, /a fence says on=NAME/],
  ['a.rst', '.. qmpsh:\n   faults: quit\n', undefined, /2 faults must be a list/],
  ['a.rst', '.. qmpsh:\n   skip: [{ why: x, says: y }]\n', undefined, /2 .*knows no "says"/],
];
for (const [name, text, disk, problem] of HEADERS)
  test(`header: ${JSON.stringify(text)} in ${name}`, async () => {
    const page = await toPage(text, name);
    assert.is(page.practice?.disk, disk);
    assert.match(page.problems.map(one => `${one.row} ${one.message}`).join('\n'), problem ?? /^$/);
  });

const ROWS = [
  OUT('stop'),
  BACK,
  EVENT,
  '   -> { "execute": "blockdev-add",',
  '        "arguments": { "driver": \'null-co\', ... } }',
  '   <- { "return": [',
  '     ... more ... ]',
  '   } # remark',
  '-> {',
  '}',
  '##',
  '# @x:',
  '# -> {"execute": "x"}',
  '(QEMU) query-status \\',
  '(QEMU) {"execute": "stop",}',
  '{"return": {}, }',
  '$ qemu-system-x86_64',
  '(qemu) info',
  '```qmp',
  '```',
  'Title',
  '=====',
  '.. qmpsh:',
  '   skip: [{ why: x, command: stop }]',
  '...',
  'prose $x',
  '',
];
test('any text is read, each byte in one block, and every fault lies in it', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...ROWS), { maxLength: 25 }),
      fc.constantFrom('a.md', 'a.txt', 'a.json'),
      fc.constantFrom('\n', '\r\n'),
      async (rows, name, end) => {
        const text = rows.join(end);
        const page = await toPage(text, name);
        assert.is(writePage(page), text);
        const { faults } = await pageFaults(page, schemaOf('7.2'), { reading: new Reading() });
        const count = text.split('\n').length;
        for (const { row, place } of faults) {
          assert.ok(row >= 1 && row <= count, `row ${row} of ${count}`);
          if (place) assert.ok(place.start >= 0 && place.start <= text.length);
        }
      },
    ),
    { numRuns: 300 },
  ));

/** Texts that are made of the same piece many times over. */
const GROWING: readonly [title: string, make: (count: number) => string][] = [
  ['exchanges', count => `${OUT('stop')}\n${BACK}\n\n`.repeat(count)],
  ['requests that are never closed', count => '-> {"execute": "stop"\n'.repeat(count)],
  [
    'one message of many members',
    count =>
      `${OUT('stop')}\n<- {"return": {${Array.from({ length: count }, (_, i) => `\n "m${i}": 'x'`).join('')}\n}}\n`,
  ],
  [
    'one list of much that is wrong',
    count => `-> {"execute": "query-jobs"}\n<- {"return": [${'{"x": 1}, ..., '.repeat(count)}]}\n`,
  ],
  ['one row', count => `<- {"return": [${"'a', ... , ".repeat(count)}]}\n`],
  ['braces below prose', count => `(QEMU) stop\n\n${'text\n\n{"return": \n'.repeat(count)}`],
];
for (const [title, make] of GROWING)
  test(`time grows as the text does: ${title}`, async () => {
    const time = async (count: number) => {
      const text = make(count);
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 3; i++) {
        const began = performance.now();
        const page = await readPage(text, { name: 'a.txt', isOpen: () => () => false });
        await pageFaults(page, schemaOf('7.2'), { reading: new Reading() });
        best = Math.min(best, performance.now() - began);
      }
      return best;
    };
    await time(200);
    const [small, large] = [await time(2000), await time(16_000)];
    assert.ok(large < small * 8 * 3, `${small.toFixed(1)} ms for 2000, ${large.toFixed(1)} ms for 16,000`);
  });

test.run();
