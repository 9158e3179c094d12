// What is longer than the screen is wide goes on below its own column, and not at the edge.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withDesk } from '../desk.ts';

/** What is typed, a row that is too long, and how the next one goes on. */
const CASES: readonly (readonly [line: string, row: RegExp])[] = [
  ['.help backup', /^ {6}on_source_error= {2}.*\n {24}\S/m],
  ['.help backup', /^ {6}verify= {2}.*\n {15}\S/m],
  ['.set', /^unstable {6}off {5}\S.*\n {22}\S/m],
];
for (const [line, row] of CASES)
  test(`${line} at 80 columns: ${row.source}`, () =>
    withDesk(
      async desk => {
        await desk.run('.set paging off');
        await desk.run(line);
        await desk.sees(row);
      },
      { rows: 50 },
    ));

test('nothing of .set and of .help backup goes on at the edge of 40 columns', () =>
  withDesk(
    async desk => {
      await desk.run('.set paging off');
      for (const line of ['.help backup', '.set']) {
        await desk.run(line);
        const rows = desk.screen.text();
        const from = rows.lastIndexOf(`(QEMU) ${line}`);
        const torn = rows.slice(from + 2, desk.screen.cursor.row).filter(text => /^[a-z,]+[ ;)]/.test(text));
        const names = torn.filter(text => !/^[a-z]+ {3,}\S/.test(text));
        assert.equal(names, [], line);
      }
    },
    { cols: 40, rows: 100 },
  ));

test.run();
