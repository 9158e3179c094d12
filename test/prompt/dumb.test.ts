// A terminal that takes no escapes: one prompt a line, and no word of keys that it has not.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withDesk } from '../desk.ts';

test('TERM=dumb: an answer stands right under its line, and Tab is not told of', () =>
  withDesk(
    async desk => {
      const { screen } = desk;
      screen.type('query-status\r');
      await desk.sees(/"prelaunch"[\s\S]*\n\(QEMU\) *$/m);
      screen.type('cont\r');
      await desk.sees(/RESUME[\s\S]*\n\(QEMU\) *$/m);
      screen.type('.set paging off\r');
      await desk.sees(/paging off\n\(QEMU\) *$/m);
      const rows = screen.text().map(row => row.trimEnd());
      assert.match(rows[rows.findIndex(row => row.endsWith('query-status')) + 1] ?? '', /^\{/);
      assert.match(rows[rows.findIndex(row => row.endsWith(' cont')) + 1] ?? '', /^(?:\{\}|\d)/);
      assert.not.match(rows.join('\n'), /Tab/);
    },
    { env: { TERM: 'dumb' } },
  ));

test.run();
