// The model of backups in short: seeds that were wrong once, and as many of today's as fit into some seconds.
// `npm run prove -- --backups 1000` plays a thousand.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sweepBackups } from '../prove/backupsweep.ts';

const LIMIT = 35_000;

test('no image that is called a point holds anything else than the disk did', async () => {
  const first = Math.floor(Math.random() * 1_000_000) * 1000;
  const told: string[] = [`from seed ${first}`];
  const seeds = Array.from({ length: 100 }, (_, i) => first + i);
  const found = await sweepBackups({
    seeds,
    limit: LIMIT,
    jobs: 2,
    verbose: false,
    say: text => told.push(text),
  });
  console.log(told.at(-1));
  assert.is(found.wrong, 0, told.join('\n'));
  assert.ok(found.sequences > 0);
});

test.run();
