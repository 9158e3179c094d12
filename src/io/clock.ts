// The machine's clock, for what is given one.
import type { Clock } from '../qmp/transport.ts';

export const CLOCK: Clock = {
  // `performance` does the same, and is eleven modules of Node's that nothing else here needs.
  now: () => Math.floor(process.uptime() * 1000),
  time: () => Date.now(),
  after: (ms, run) => {
    // A timer takes 2^31 - 1 ms at most, and runs at once when given more.
    let soon: NodeJS.Immediate | undefined;
    // What has come meanwhile is read first: a process that was busy must not take that for the silence of others.
    const timer = setTimeout(
      () => {
        soon = setImmediate(run);
      },
      Math.min(ms, 0x7fffffff),
    );
    return () => {
      clearTimeout(timer);
      clearImmediate(soon);
    };
  },
};
