// Which events are shown at the prompt. The log, recordings and what waits have them all.
import type { QmpEvent } from '../qmp/message.ts';

export interface EventFilter {
  /**
   * `quiet`: all but those that say what the row of a job says; `named`: those of `only`; `alarms`: nobody but a page that
   * is played asks for it, which tells of its jobs itself.
   */
  readonly base: 'quiet' | 'on' | 'off' | 'named' | 'alarms';
  /** Upper-case patterns with `*`. */
  readonly only: readonly string[];
  readonly without: readonly string[];
}

export const QUIET: EventFilter = { base: 'quiet', only: [], without: [] };
export const NO_EVENTS: EventFilter = { base: 'off', only: [], without: [] };
export const ALL_EVENTS: EventFilter = { base: 'on', only: [], without: [] };

/** What the row of a job tells by itself: how it ended, and while it lives how it stands. */
const IN_ITS_ROW = /^(JOB_STATUS_CHANGE|BLOCK_JOB_(READY|PENDING|COMPLETED|CANCELLED))$/;
const WHILE_IT_LIVES = /^BLOCK_JOB_(READY|PENDING)$/;

/** Somebody has to act, or has waited for it: left out only where that is asked for by name. */
const ALARM =
  /^(BLOCK_(IO_ERROR|JOB_ERROR|IMAGE_CORRUPTED|WRITE_THRESHOLD)|STOP|SHUTDOWN|WATCHDOG|DEVICE_DELETED|GUEST_(PANICKED|CRASHLOADED)|MEMORY_FAILURE|QUORUM_(FAILURE|REPORT_BAD)|.*_GUEST_ERROR|MEM_UNPLUG_ERROR)$/;

/** Of what a filter shows, what nobody should miss: for as long as somebody else tells of the rest. */
export function alarmsOf(filter: EventFilter): EventFilter {
  return filter.base === 'off' ? filter : { base: 'alarms', only: [], without: filter.without };
}

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

/** `rows`: jobs have rows while they live, which a terminal that cannot move its cursor has not. */
export function shown(
  { base, only, without }: EventFilter,
  { name }: Pick<QmpEvent, 'name'>,
  rows = true,
): boolean {
  if (base === 'off' || without.includes(name)) return false;
  if (ALARM.test(name)) return true;
  if (without.some(pattern => matchesPattern(name, pattern))) return false;
  if (base === 'alarms') return false;
  if (base === 'named') return only.some(pattern => matchesPattern(name, pattern));
  if (base === 'on') return true;
  return !IN_ITS_ROW.test(name) || (!rows && WHILE_IT_LIVES.test(name));
}

/** Reads `quiet`, `on`, `off` or names, and behind them names to leave out (`-JOB_*`). A text says what is wrong. */
export function readFilter(words: readonly string[]): EventFilter | string {
  const left = words.filter(word => word.startsWith('-')).map(word => word.slice(1).toUpperCase());
  const kept = words.filter(word => !word.startsWith('-'));
  const [first, ...more] = kept;
  const bad = [...left, ...kept].find(word => !/^[A-Za-z0-9_*]+$/.test(word));
  if (bad !== undefined) return `${JSON.stringify(bad)} is no name of an event`;
  const base = first?.toLowerCase();
  if (base === 'off' && words.length > 1) return 'nothing stands beside off: it shows no event';
  if (base === 'quiet' || base === 'on' || base === 'off') {
    if (more.length > 0) return `beside ${base} stand only events to leave out, such as -${more[0]}`;
    return { base, only: [], without: left };
  }
  const only = kept.map(word => word.toUpperCase());
  return { base: only.length === 0 ? 'quiet' : 'named', only, without: left };
}

/** The words that `readFilter` makes the same filter of. */
export function filterWords({ base, only, without }: EventFilter): readonly string[] {
  return [...(base === 'named' ? only : [base]), ...without.map(name => `-${name}`)];
}

/** The first name or pattern of a filter that none of the events matches: a slip of the fingers. */
export function nothingIn({ only, without }: EventFilter, events: Iterable<string>): string | undefined {
  const names = [...events];
  if (names.length === 0) return undefined;
  return [...only, ...without].find(pattern => !names.some(name => matchesPattern(name, pattern)));
}
