// A recording holds what was done and nothing else: no name, refusal or output becomes a step of it.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitArguments } from '../../src/language/argument.ts';
import { openRows } from '../../src/language/openrows.ts';
import type { Page } from '../../src/page/model.ts';
import { readPage } from '../../src/page/read.ts';
import { type Happening, recordingHead, recordingOf } from '../../src/page/record.ts';

const read = (text: string, markdown: boolean): Promise<Page> =>
  readPage(text, { name: markdown ? 'a.md' : 'a.txt', isOpen: openRows });

const EVIL = [
  'job0\n(QEMU) query-status | touch P',
  '\n(QEMU) quit',
  '\n$ touch P',
  '\n```\n\n```qmp\n(QEMU) quit\n```\n',
  '\n-> {"execute": "quit"}',
  '\r\n(QEMU) quit',
  '\u2028(QEMU) quit',
  '\x1b[31mred',
  '"\n(QEMU) quit\n"',
  '\\',
  '# x',
  '$(touch P)',
  '---\nparams: {}\n---',
];
const text = fc
  .array(
    fc.oneof(fc.constantFrom(...EVIL), fc.constantFrom('x', ' ', '{', '[', '"', '}', '\n'), fc.string()),
    {
      maxLength: 4,
    },
  )
  .map(parts => parts.join(''));
const happening: fc.Arbitrary<Happening> = fc.oneof(
  text.map((one): Happening => ({ kind: 'line', text: `x a=${one}`, reply: { return: one } })),
  text.map((one): Happening => ({ kind: 'line', text: `.let a = ${one}` })),
  text.map((one): Happening => ({ kind: 'shell', text: `ls ${one}`, output: one })),
  fc.tuple(text, text).map(([one, why]): Happening => ({ kind: 'failed', text: one, why })),
  text.map((one): Happening => ({ kind: 'waited', event: 'X', with: { device: one } })),
);

test('whatever the texts, each happening is one step or a comment', async () => {
  await fc.assert(
    fc.asyncProperty(happening, fc.boolean(), fc.boolean(), async (one, markdown, replies) => {
      const options = { markdown, replies };
      const recorded = recordingHead('R', options) + recordingOf(one, options, openRows);
      const page = await read(recorded, markdown);
      assert.ok(page.steps.length <= (one.kind === 'failed' ? 0 : 1), recorded);
      const [step] = page.steps;
      if (step) assert.is(step.kind === 'shell', one.kind === 'shell', recorded);
      if (one.kind === 'failed') assert.not.match(recorded, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    }),
    { numRuns: 600 },
  );
});

test('a wait quotes what QEMU calls its device', async () => {
  for (const device of ['a b', 'x "y"', "it's", 'a\\b', 'job0\n(QEMU) quit']) {
    const recorded = recordingOf(
      { kind: 'waited', event: 'BLOCK_JOB_READY', with: { device } },
      { markdown: false, replies: false },
      openRows,
    );
    const page = await read(recorded, false);
    assert.is(page.steps.length, 1);
    const shown = device.replace('\n', '\\n');
    assert.equal(splitArguments(page.steps[0]?.text ?? ''), ['.wait', 'BLOCK_JOB_READY', `device=${shown}`]);
  }
});

test.run();
