// Which events are shown: all, none, or those whose names match one of the patterns (`BLOCK_JOB_*`).
import type { QmpEvent } from '../qmp/message.ts';

export interface EventFilter {
  readonly on: boolean;
  /** Upper-case patterns; none: every event. */
  readonly patterns: readonly string[];
}

export const ALL_EVENTS: EventFilter = { on: true, patterns: [] };

/** Whether a name matches a pattern with `*` in it; upper and lower case are alike. */
export function matchesPattern(name: string, pattern: string): boolean {
  const parts = pattern.toUpperCase().split('*');
  let at = 0;
  for (const [i, part] of parts.entries()) {
    const found = i === parts.length - 1 && i > 0 ? name.length - part.length : name.indexOf(part, at);
    if (found < at || !name.startsWith(part, found) || (i === 0 && found !== 0)) return false;
    at = found + part.length;
  }
  return parts.length > 1 || at === name.length;
}

export function shown(filter: EventFilter, event: QmpEvent): boolean {
  if (!filter.on) return false;
  return filter.patterns.length === 0 || filter.patterns.some(pattern => matchesPattern(event.name, pattern));
}
