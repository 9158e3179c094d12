import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { QmpEvent } from '../../src/qmp/message.ts';
import type { Shown } from '../../src/render/burst.ts';
import { due, NO_BURST, take, wakeAt } from '../../src/render/burst.ts';

const event = (name: string): QmpEvent => ({ name, data: {}, raw: {} });
const counts = (shown: readonly Shown[]) => shown.map(item => `${item.event.name} x ${item.count}`);

/** Events with their times, then every look that is due; gives all that was shown. */
function play(events: readonly (readonly [name: string, ms: number])[]): readonly Shown[] {
  let burst = NO_BURST;
  const out: Shown[] = [];
  const look = (until: number) => {
    for (let at = wakeAt(burst); at !== undefined && at <= until; at = wakeAt(burst)) {
      const next = due(burst, at);
      burst = next.burst;
      out.push(...next.show);
    }
  };
  for (const [name, ms] of events) {
    look(ms);
    const next = take(burst, event(name), ms);
    burst = next.burst;
    out.push(...next.show);
  }
  look(Number.MAX_SAFE_INTEGER);
  return out;
}

test('burst: the first clock change is shown, the rest of the second in one line', () => {
  const storm = Array.from({ length: 215 }, (_, i) => ['RTC_CHANGE', i] as const);
  assert.equal(counts(play(storm)), ['RTC_CHANGE x 1', 'RTC_CHANGE x 214']);
});

test('burst: one line a second while it goes on', () => {
  const storm = Array.from({ length: 3001 }, (_, i) => ['RTC_CHANGE', i] as const);
  const lines = counts(play(storm));
  assert.ok(lines.length <= 5, lines.join(', '));
});

test('burst: a few events of another kind are all shown', () => {
  const some = Array.from({ length: 12 }, () => ['JOB_STATUS_CHANGE', 0] as const);
  assert.is(play(some).length, 12);
});

test('burst: the end of a job is never held', () => {
  const many = Array.from({ length: 100 }, () => ['BLOCK_JOB_COMPLETED', 0] as const);
  assert.is(play(many).length, 100);
});

test('burst: every event is counted exactly once', () => {
  const names = fc.constantFrom('RTC_CHANGE', 'JOB_STATUS_CHANGE', 'BLOCK_JOB_READY', 'X');
  const events = fc.array(fc.tuple(names, fc.nat(300)), { maxLength: 300 }).map(steps => {
    let now = 0;
    return steps.map(([name, wait]) => {
      now += wait;
      return [name, now] as const;
    });
  });
  fc.assert(
    fc.property(events, all => {
      const total = play(all).reduce((sum, shown) => sum + shown.count, 0);
      assert.is(total, all.length);
    }),
  );
});

test.run();
