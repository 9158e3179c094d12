// An event as readable rows: when, what, who, and its own sentence for the families people watch.
import type { QmpEvent } from '../qmp/message.ts';
import { member } from '../text/json.ts';
import { joinLines, lineWidth, span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { timeOfDay } from '../text/size.ts';
import type { Role, StyledLine } from '../text/style.ts';
import { sentence } from './sentence.ts';

interface EventOptions {
  readonly width: number;
  /** Minutes the shown clock is east of UTC. */
  readonly utcOffsetMinutes?: number;
  /** How many events these rows stand for; said when it is more than one. */
  readonly count?: number;
  /** For JOB_STATUS_CHANGE: the state before, which the event does not tell. */
  readonly before?: string;
}

const NAME_CELLS = 19;
/** Time, name and the blanks behind them. */
const ASIDE = 12 + 2 + NAME_CELLS + 2;
/** A screen at least so wide has columns for time and name. */
const COLUMNS_FROM = 72;

/**
 * The rows of an event; what is told of it is never cut. Where each part stands is the screen's to decide and not the
 * event's: on a wide one time, name and the rest have columns each, and what is longer goes on in its column. Below 72
 * cells all follows the name, and the time loses its milliseconds; below 40 it is left out.
 */
export function renderEvent(event: QmpEvent, options: EventOptions): readonly StyledLine[] {
  const { width, count = 1 } = options;
  const name = span(safe(event.name), severity(event));
  const many: readonly StyledLine[] = count > 1 ? [[span(`x ${count}`, 'warning')]] : [];
  const told = joinLines([...many, ...sentence(event, options)], '  ');
  const time = event.time === undefined ? '--:--:--.---' : timeOfDay(event.time, options.utcOffsetMinutes);
  if (width < COLUMNS_FROM) {
    const when = width < 40 ? [] : [span(time.slice(0, 8), 'time'), span('  ')];
    return wrapLine([...when, name, ...(told.length === 0 ? [] : [span('  '), ...told])], width, 2);
  }
  const head = [span(time, 'time'), span('  '), name];
  if (told.length === 0) return wrapLine(head, width, 2);
  const gap = ASIDE - lineWidth(head);
  if (gap >= 2) return wrapLine([...head, span(' '.repeat(gap)), ...told], width, ASIDE);
  return [...wrapLine(head, width, 2), ...wrapLine([span(' '.repeat(ASIDE)), ...told], width, ASIDE)];
}

const BAD =
  /^(BLOCK_IO_ERROR|BLOCK_JOB_ERROR|BLOCK_IMAGE_CORRUPTED|GUEST_PANICKED|GUEST_CRASHLOADED|MEMORY_FAILURE|QUORUM_FAILURE|.*_GUEST_ERROR|MEM_UNPLUG_ERROR)$/;

function severity(event: QmpEvent): Role {
  if (BAD.test(event.name) || typeof member(event.data, 'error') === 'string') return 'error';
  if (event.name === 'MIGRATION' && member(event.data, 'status') === 'failed') return 'error';
  return 'event';
}
