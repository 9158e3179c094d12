// The machine's clock, for what is given one.
import type { Clock } from '../qmp/transport.ts';

export const CLOCK: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    // A timer takes 2^31 - 1 ms at most, and runs at once when given more.
    const timer = setTimeout(run, Math.min(ms, 0x7fffffff));
    return () => clearTimeout(timer);
  },
};
