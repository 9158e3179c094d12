// The guest where it does not run, by the state that QEMU tells.
import { safe } from '../text/safe.ts';
import { type Chart, lineFor } from './chart.ts';
import type { Finding, Remedy } from './finding.ts';

/** A guest that was never started (prelaunch), waits for a migration or has been migrated away is as it is meant to be. */
export function guestFindings(chart: Chart): readonly Finding[] {
  const { state } = chart;
  const goesOn = (what: string): Remedy => ({ what, lines: lineFor(chart, 'cont', {}) });
  const anew = (what: string): Remedy => ({ what, lines: lineFor(chart, 'system_reset', {}) });
  const about = { about: state };
  switch (state) {
    case 'paused':
      return [
        {
          ...about,
          kind: 'guest-paused',
          seen: 'the guest is paused',
          why: 'Somebody has stopped it, or it was reset while it stood still. Its programs stand still, and its network connections run into their time limits.',
          remedies: [goesOn('let it go on')],
        },
      ];
    case 'io-error':
      return [
        {
          ...about,
          kind: 'guest-io-error',
          seen: 'the guest was stopped by an I/O error on one of its disks',
          why: 'The read or write that failed is kept, and is tried again when the guest goes on: nothing is lost so far.',
          remedies: [goesOn('make room, or mend the storage, then let it go on')],
        },
      ];
    case 'guest-panicked':
      return [
        {
          ...about,
          kind: 'guest-panicked',
          seen: "the guest's kernel has panicked",
          why: 'It does not go on. What its memory holds may tell why; dump-guest-memory saves that.',
          remedies: [anew('start it anew, as its reset button does; it then waits for cont')],
        },
      ];
    case 'internal-error':
    case 'watchdog':
    case 'shutdown':
      return [
        {
          ...about,
          kind: `guest-${state}`,
          seen:
            state === 'shutdown'
              ? 'the guest has shut down, and QEMU was told to stay'
              : state === 'watchdog'
                ? "the guest's watchdog has stopped it: it no longer answered"
                : 'QEMU has met what it cannot emulate, and has stopped the guest',
          why: `It does not go on from the state ${safe(state)}; its disks stay open and locked.`,
          remedies: [
            anew('start it anew, as its reset button does; it then waits for cont'),
            { what: 'end QEMU', lines: lineFor(chart, 'quit', {}) },
          ],
        },
      ];
    case 'suspended':
      return [
        {
          ...about,
          kind: 'guest-suspended',
          seen: 'the guest has gone to sleep',
          why: 'It does nothing until something wakes it.',
          remedies: [{ what: 'wake it', lines: lineFor(chart, 'system_wakeup', {}) }],
        },
      ];
    default:
      return [];
  }
}
