// What the screen says is so, in words: jobs that failed, transactions that were refused, steps with what they found.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Desk, withDesk } from '../desk.ts';
import type { Screen } from '../screen.ts';

const PAGE = `\`\`\`qmp
(QEMU) query-status | echo of-the-filter
(QEMU) query-status
(QEMU) .let state = status
(QEMU) .expect running == false
(QEMU) blockdev-del node-name=nobody
{"error": {}}
\`\`\`
`;

const text = (desk: Desk) => desk.screen.text().join('\n');

const SIZES = [
  { cols: 80, rows: 24 },
  { cols: 40, rows: 12 },
  { cols: 200, rows: 50 },
] as const;

for (const size of SIZES)
  test(`a job that failed says FAILED and why (${size.cols}x${size.rows})`, () =>
    withDesk(async desk => {
      await desk.run('blockdev-add driver=null-co node-name=small size=1M');
      await desk.type('blockdev-mirror job-id=j device=node-A target=small sync=full');
      desk.screen.key('Enter');
      await desk.sees(/FAILED: /);
      await desk.sees(/^job j: The target must be exactly as\s+large/m);
      assert.not.match(text(desk), /\bdone\b/);
    }, size));

test('.graph draws a filter beside the device beside it, and says what this QEMU does not tell', () =>
  withDesk(async desk => {
    await desk.run('blockdev-add driver=copy-on-read node-name=cor file=node-A');
    await desk.run('.graph');
    await desk.sees(/^\[a\.qcow2\] +<-- virtio0$/m);
    await desk.sees(/^\[a\.qcow2\] +<-- \(copy-on-read\)$/m);
    await desk.sees(/^as above$/m);
  }));

test('.graph is paged where it is longer than the screen', () =>
  withDesk(
    async desk => {
      for (const name of ['n1', 'n2', 'n3', 'n4'])
        await desk.run(`blockdev-add driver=null-co node-name=${name}`);
      await desk.type('.graph');
      desk.screen.key('Enter');
      await desk.sees(/^row 11 of 20/m);
      assert.not.match(text(desk), /^n1$/m);
      desk.screen.type(' ');
      await desk.sees(/^n1$/m);
    },
    { cols: 40, rows: 12 },
  ));

test('a refused transaction says that none of it was done, and it is so', () =>
  withDesk(async desk => {
    const add = 'block-dirty-bitmap-add node=node-A name=';
    for (const row of ['transaction(', `${add}one`, `${add}one`, ')']) {
      desk.screen.type(row);
      desk.screen.key('Enter');
    }
    await desk.sees(/None of the transaction was done/);
    await desk.run('query-named-block-nodes flat=true | grep -c dirty-bitmaps');
    await desk.sees(/^0$/m);
  }));

test('.step shows what queries, .let, .expect and wanted refusals found, and of a filtered step the filter alone', () =>
  withDesk(
    async desk => {
      writeFileSync(join(desk.vm.folder, 'p.md'), PAGE);
      await desk.type('.step p.md');
      desk.screen.key('Enter');
      await desk.sees(/^Run them/m);
      desk.screen.type('y');
      for (const [step, found] of [
        [1, /^of-the-filter$/m],
        [2, /prelaunch/],
        [3, /^\$state = "prelaunch"$/m],
        [4, /^as expected: running is false$/m],
        [5, /^refused, as the page wants it: /m],
      ] as const) {
        await desk.sees(screen => screen.text().join('\n').includes(`step ${step} of 5`));
        await desk.sees(/^Enter runs/m);
        if (step === 2) assert.not.match(text(desk).replace(/^QEMU .*$/m, ''), /prelaunch/);
        desk.screen.key('Enter');
        await desk.sees(found);
      }
    },
    { cols: 80, rows: 50 },
  ));

for (const [options, shown] of [
  ['', true],
  [' --quiet', false],
] as const)
  test(`.play${options} shows ${shown ? 'replies of queries' : 'no replies'}`, () =>
    withDesk(async desk => {
      writeFileSync(join(desk.vm.folder, 'p.md'), '```qmp\n(QEMU) query-status\n```\n');
      await desk.run(`.play p.md${options}`);
      await desk.sees(/^done /m);
      assert.is(/prelaunch/.test(text(desk).replace(/^QEMU .*$/m, '')), shown);
    }));

for (const [name, env, faint] of [
  ['NO_COLOR', { NO_COLOR: '1' }, true],
  ['a terminal without faint text', { TERM: 'vt100' }, false],
] as const)
  test(`what only suggests does not look typed: ${name}`, () =>
    withDesk(
      async desk => {
        await desk.run('query-version');
        await desk.type('query-ver');
        const row = (screen: Screen) => screen.text()[screen.cursor.row]?.trimEnd();
        const wanted = `(QEMU) query-ver${faint ? 'sion' : ''}`;
        await desk.sees(screen => row(screen) === wanted);
        const dim = (behind: string) => desk.screen.cell(desk.screen.cursor.row, behind.length).dim;
        assert.not.ok(dim('(QEMU) query-v'));
        assert.is(dim('(QEMU) query-ver'), faint);
        await desk.drop();
        await desk.type('query-block');
        desk.screen.key('Tab');
        desk.screen.key('Tab');
        await desk.sees(/^ ?>query-block/m);
      },
      { env },
    ));

test.run();
