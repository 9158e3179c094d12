// Every row of a table says what it is about, on a real VM with drives that have a device, an id, or both.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withDesk } from '../desk.ts';

// An empty drive that no device uses, and an empty CD drive without a name of its own.
const MACHINE = ['-drive', 'if=none,id=spare', '-drive', 'if=none,id=cd,media=cdrom', '-device'].concat(
  'ide-cd,drive=cd',
);

for (const [cols, rows] of [
  [40, 12],
  [80, 24],
  [200, 50],
] as const)
  test(`query-block at ${cols}x${rows} names every drive, and the columns that it leaves out`, () =>
    withDesk(
      async desk => {
        await desk.run('.set paging off');
        await desk.run('query-block');
        await desk.sees(/^ +spare\b.*$/m);
        const shown = desk.screen.text().join('\n');
        assert.match(shown, /^qdev +device +node-name/m);
        assert.match(shown, /^\/machi\S*…\S* +cd\b/m);
        assert.match(shown, /^virtio0 .* node-A/m);
        if (cols >= 80) assert.match(shown, /^left out: [a-z_-]+, .*; shortened: qdev\b/m);
      },
      { cols, rows, machine: MACHINE },
    ));

test.run();
