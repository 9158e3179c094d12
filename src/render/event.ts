// An event as one readable line: when, what, who, and its own sentence for the families people watch.
import type { QmpEvent } from '../qmp/message.ts';
import { member } from '../text/json.ts';
import { joinLines, lineWidth, span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { timeOfDay } from '../text/size.ts';
import type { Role, StyledLine } from '../text/style.ts';
import { sentence } from './sentence.ts';

export interface EventOptions {
  readonly width: number;
  /** Minutes the shown clock is east of UTC. */
  readonly utcOffsetMinutes?: number;
  /** How many events this line stands for; said when it is more than one. */
  readonly count?: number;
  /** For JOB_STATUS_CHANGE: the state before, which the event does not tell. */
  readonly before?: string;
}

const NAME_CELLS = 19;

/**
 * One line for an event. Where the width is short the name is not padded and the time loses its milliseconds, below
 * 40 cells it is left out; what is told of the event is never cut, so that the line may take more than one row.
 */
export function renderEvent(event: QmpEvent, options: EventOptions): StyledLine {
  const name = safe(event.name);
  const many = (options.count ?? 1) > 1 ? [span(` x ${options.count}`, 'warning')] : [];
  const time = event.time === undefined ? '--:--:--.---' : timeOfDay(event.time, options.utcOffsetMinutes);
  const told = sentence(event, options);
  const body = told.length === 0 ? [] : [span('  '), ...joinLines(told, '  ')];
  const short: StyledLine = [span(name, severity(event)), ...many, ...body];
  const gap = span(' '.repeat(Math.max(0, NAME_CELLS - lineWidth(short) + lineWidth(body))));
  const padded = [span(name, severity(event)), ...many, gap, ...body];
  const when = [span(time, 'time'), span('  ')];
  const choices: readonly StyledLine[] = [
    [...when, ...(body.length === 0 ? short : padded)],
    [...when, ...short],
    [span(time.slice(0, 8), 'time'), span('  '), ...short],
  ];
  const fitting = choices.find(choice => lineWidth(choice) <= options.width);
  // A line that takes two rows in any case may as well say when.
  return fitting ?? (options.width >= 40 ? (choices.at(-1) ?? short) : short);
}

const BAD =
  /^(BLOCK_IO_ERROR|BLOCK_JOB_ERROR|BLOCK_IMAGE_CORRUPTED|GUEST_PANICKED|GUEST_CRASHLOADED|MEMORY_FAILURE|QUORUM_FAILURE|.*_GUEST_ERROR|MEM_UNPLUG_ERROR)$/;

function severity(event: QmpEvent): Role {
  if (BAD.test(event.name) || typeof member(event.data, 'error') === 'string') return 'error';
  if (event.name === 'MIGRATION' && member(event.data, 'status') === 'failed') return 'error';
  return 'event';
}
