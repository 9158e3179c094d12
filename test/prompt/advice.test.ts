// Advice at the prompt that can be followed, and is given once.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atPrompt, withDesk } from '../desk.ts';

/** What is typed, what is told, and what is not. */
const CASES: readonly (readonly [line: string, told: RegExp, not: RegExp])[] = [
  [
    'blockdev-snapshot-sync node-name=node-A node-A snapshot-file=b.qcow2',
    /leave node-A out, or write which argument it is for/,
    /node-A-node-A/,
  ],
  ['blockdev-del', /blockdev-del needs node-name=\.\.\./, /Add /],
  ['blockdev-del node-name=nobody', /No block node has that name\.\s*\n/, /lists them/],
  ['blockjob vm vda --pivot', /--pivot job-complete,\s+--abort\s+block-job-cancel/, /\bjob-pause/],
];
for (const [line, told, not] of CASES)
  test(line, () =>
    withDesk(async desk => {
      await desk.run(line);
      await desk.sees(told);
      assert.not.match(desk.screen.text().join('\n'), not);
    }),
  );

test('what was typed behind a wait and is dropped by Ctrl-C is told', () =>
  withDesk(async desk => {
    desk.screen.type('.wait STOP\r');
    await desk.sees(/waiting for STOP/);
    desk.screen.type('quit\r');
    await desk.sees(/^then quit/m);
    desk.key('C-c');
    await desk.sees(/^not run: quit$/m);
  }));

test('a page that runs is called by its word', () =>
  withDesk(async desk => {
    await desk.type('.backup node=node-A file=k.qcow2 speed=1M');
    desk.key('Enter');
    await desk.sees(/waiting for \.backup; Ctrl-C breaks it off and undoes it/);
    desk.key('C-c');
    await desk.sees(atPrompt);
  }));

test.run();
