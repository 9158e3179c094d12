// Bursts of alike events, held together on the screen: the first ones are shown, then one line a second tells how
// many there were. A reducer: the shell owns the clock and the log, and loses nothing.
import type { QmpEvent } from '../qmp/message.ts';

/** An event to show now, and how many events of its name it stands for. */
export interface Shown {
  readonly event: QmpEvent;
  readonly count: number;
}

interface Window {
  readonly ends: number;
  readonly shown: number;
  readonly held: number;
  readonly last: QmpEvent;
}

/** What is held back, by event name. */
type Burst = ReadonlyMap<string, Window>;

export const NO_BURST: Burst = new Map();

const WINDOW_MS = 1000;
/** Lines an event name may take in one window. */
const LINES = 20;
// These come in numbers and each makes the one before it stale.
const STALE = /^(RTC_CHANGE|BALLOON_CHANGE|NIC_RX_FILTER_CHANGED|MEMORY_DEVICE_SIZE_CHANGE|MIGRATION_PASS)$/;
// Each of these is somebody's turn to act.
const NEVER_HELD =
  /^(BLOCK_JOB_(READY|COMPLETED|CANCELLED|PENDING)|SHUTDOWN|GUEST_PANICKED|RESET|STOP|RESUME)$/;

/** Takes an event at `now` milliseconds. Nothing shown means that it is held until `wakeAt`. */
export function take(
  burst: Burst,
  event: QmpEvent,
  now: number,
): { readonly burst: Burst; readonly show: readonly Shown[] } {
  if (NEVER_HELD.test(event.name)) return { burst, show: [{ event, count: 1 }] };
  const window = burst.get(event.name);
  if (window === undefined || (now >= window.ends && window.held === 0)) {
    const fresh = { ends: now + WINDOW_MS, shown: 1, held: 0, last: event };
    return { burst: new Map(burst).set(event.name, fresh), show: [{ event, count: 1 }] };
  }
  if (window.held === 0 && window.shown < (STALE.test(event.name) ? 1 : LINES)) {
    const next = { ...window, shown: window.shown + 1, last: event };
    return { burst: new Map(burst).set(event.name, next), show: [{ event, count: 1 }] };
  }
  return {
    burst: new Map(burst).set(event.name, { ...window, held: window.held + 1, last: event }),
    show: [],
  };
}

/** Gives what was held and is due at `now`. A burst that goes on gets a further window. */
export function due(burst: Burst, now: number): { readonly burst: Burst; readonly show: readonly Shown[] } {
  const next = new Map(burst);
  const show: Shown[] = [];
  for (const [name, window] of burst) {
    if (window.ends > now) continue;
    if (window.held === 0) next.delete(name);
    else {
      show.push({ event: window.last, count: window.held });
      next.set(name, { ...window, ends: now + WINDOW_MS, shown: LINES, held: 0 });
    }
  }
  return { burst: next, show };
}

/** When `due` has something to show, in milliseconds; undefined while nothing is held. */
export function wakeAt(burst: Burst): number | undefined {
  const ends = [...burst.values()].filter(window => window.held > 0).map(window => window.ends);
  return ends.length === 0 ? undefined : Math.min(...ends);
}
