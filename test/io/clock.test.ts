import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOCK } from '../../src/io/clock.ts';

test('how long something takes does not depend on who sets the time of the machine', () => {
  const { now } = Date;
  const before = CLOCK.now();
  try {
    for (const hours of [-1, 1]) {
      Date.now = () => now() + hours * 3_600_000;
      assert.ok(CLOCK.now() - before >= 0 && CLOCK.now() - before < 60_000);
      assert.ok(Math.abs(CLOCK.time() - now() - hours * 3_600_000) < 60_000);
    }
  } finally {
    Date.now = now;
  }
});

test.run();
