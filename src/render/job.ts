// A job as one row: how far it is, how fast, how long still, and what can be done with it now.
import { isBlockJob } from '../schema/jobs.ts';
import { lineWidth, plain, span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { bytes, duration, percent, rate } from '../text/size.ts';
import type { Role, Span, StyledLine } from '../text/style.ts';
import { table } from '../text/table.ts';
import { fit } from '../text/width.ts';
import { type Look, paceOf } from './rate.ts';

/** What is known of a job. `len`, `offset` and `speed` are bytes for the block jobs that copy data. */
export interface JobView {
  readonly id: string;
  readonly type?: string;
  /** QEMU's state: created, running, paused, ready, standby, waiting, pending, aborting, concluded, null. */
  readonly state: string;
  readonly len?: number;
  readonly offset?: number;
  /** The limit in bytes a second; 0 none. */
  readonly speed?: number;
  readonly error?: string;
  /** It has stopped at an error of this kind (`read`, `write`). */
  readonly halted?: string;
  readonly result?: 'success' | 'cancelled' | 'failed';
  /** Nodes it copies from and to, where that is known. */
  readonly source?: string;
  readonly target?: string;
  /** Looks at the job, oldest first: milliseconds and the offset then. */
  readonly history?: readonly Look[];
  /** Seconds until it ends, as they are estimated; without, they are told by the looks alone. */
  readonly left?: number;
}

const SPARKS = '▁▂▃▄▅▆▇█';

/** The row of a job while it runs. Parts that do not fit are left out, the least telling first; the id stays. */
export function renderJobRow(job: JobView, width: number): StyledLine {
  const parts = rowParts(job, barCells(width));
  for (let dropped = 0; dropped <= parts.length; dropped++) {
    const ranks = parts.map(part => part.rank).toSorted((a, b) => b - a);
    const limit = ranks[dropped] ?? -1;
    const kept = parts.filter(part => part.rank <= limit || part.rank === 0);
    const cells = kept.reduce(
      (sum, { line, room = 0, close }) => sum + Math.max(lineWidth(line), room) + (close ? 1 : 2),
      -2,
    );
    if (cells <= width) return assemble(kept);
  }
  return [span(fit(safe(job.id), Math.max(1, width)), 'key')];
}

/** A job in full: its row, its figures, and the lines that act on it, spelled out. */
export function renderJob(job: JobView, width: number): readonly StyledLine[] {
  const limit = job.speed === undefined ? '' : job.speed === 0 ? 'no limit' : `limit ${rate(job.speed)}`;
  const running = job.state === 'running';
  const atLimit = running && paceOf(job.history ?? [], job.speed)?.atLimit === true;
  const pace = running && !atLimit ? speed(job) : '';
  const row = renderJobRow(job, width);
  // What the row has no room for, and what it never says.
  const told = plain(row);
  const figures = [amounts(job), pace, atLimit && told.includes(speed(job)) ? '' : limit, left(job)].filter(
    text => text !== '' && !told.includes(text),
  );
  const details: StyledLine[] = [];
  if (figures.length > 0) details.push([span(`  ${figures.join('   ')}`, 'dim')]);
  if (job.error !== undefined) details.push([span('  '), span(safe(job.error), 'error')]);
  const acts = actions(job).map(action => [[span(action.line, 'command')], [span(action.does, 'dim')]]);
  const columns = [{ name: 'line' }, { name: 'does', rank: 1, least: 12 }];
  const list = table(columns, acts, { width, head: false, indent: 2 });
  return [row, ...details.flatMap(detail => wrapLine(detail, width, 4)), ...list.lines];
}

/** A line that acts on a job in its present state, and what it does. */
export interface JobAction {
  readonly line: string;
  readonly does: string;
}

/** What can be done with the job now, by commands that every QEMU since 3.0 has and none deprecates. */
export function actions(job: JobView): readonly JobAction[] {
  const id = safe(job.id);
  const cancel = {
    line: `job-cancel id=${id}`,
    does: copies(job) ? 'give it up: what is in the target by then is no copy' : 'give it up',
  };
  switch (job.state) {
    case 'ready':
    case 'standby':
      return [
        {
          line: `job-complete id=${id}`,
          does: job.type === 'mirror' ? 'switch over to the target' : 'finish it',
        },
        ...(job.type === 'mirror'
          ? [{ line: `block-job-cancel device=${id}`, does: 'keep the target as a copy of this moment' }]
          : []),
        cancel,
      ];
    case 'pending':
      return [{ line: `job-finalize id=${id}`, does: 'make its result final' }, cancel];
    case 'concluded':
      return [{ line: `job-dismiss id=${id}`, does: 'take it off the list' }];
    case 'paused':
      return [{ line: `job-resume id=${id}`, does: 'let it go on' }, cancel];
    case 'running':
    case 'waiting':
    case 'created':
      return [
        { line: `job-pause id=${id}`, does: 'hold it' },
        ...(copies(job)
          ? [{ line: `block-job-set-speed device=${id} speed=10M`, does: 'limit it to so much a second' }]
          : []),
        cancel,
      ];
    default:
      return [];
  }
}

interface Part {
  /** 0 always stays; of the others the highest goes first. */
  readonly rank: number;
  readonly line: StyledLine;
  /** It stands close to what is behind it. */
  readonly close?: boolean;
  /** Cells that are kept for it: what its figures are changes nothing beside it. */
  readonly room?: number;
}

/** The width of the bar is the terminal's to decide, never that of the figures beside it. */
function barCells(width: number): number {
  return Math.max(6, Math.min(24, Math.floor(width / 8) - 1));
}

/** The longest of each, but for a limit with a fraction: `1023.9 MiB/s`, `no progress`, `999.9 MiB of 999.9 MiB`. */
const PACE_CELLS = 12;
const LEFT_CELLS = 11;
const AMOUNTS_CELLS = 22;

function rowParts(job: JobView, cells: number): readonly Part[] {
  const share = percent(job.offset ?? 0, job.len ?? 0);
  const path =
    job.source !== undefined && job.target !== undefined ? `${safe(job.source)} -> ${safe(job.target)}` : '';
  const parts: Part[] = [{ rank: 0, line: [span(safe(job.id), 'key')] }];
  const add = (rank: number, text: string, role?: Role, room?: number) => {
    if (text !== '') parts.push({ rank, line: [span(text, role)], ...(room === undefined ? {} : { room }) });
  };
  add(5, safe(job.type ?? ''));
  add(7, path);
  if (share !== undefined) {
    parts.push({ rank: 3, line: bar(job, cells), close: true });
    add(1, `${share}%`.padStart(4), 'number');
  } else if (job.len !== undefined && isLive(job)) {
    // QEMU 11 counts only data: a mirror of an empty disk has a length of 0 and is ready at once.
    add(4, job.state === 'ready' || job.state === 'pending' ? 'nothing to copy' : 'no length yet', 'dim');
  }
  const pace = job.state === 'running' ? speed(job) : '';
  add(6, pace, 'number', PACE_CELLS);
  if (pace !== '') parts.push({ rank: 8, line: [span(sparkline(job), 'dim')], room: LOOKS });
  add(4, job.state === 'running' ? left(job) : '', 'dim', LEFT_CELLS);
  const room = job.state === 'running' ? AMOUNTS_CELLS : undefined;
  add(9, copies(job) && share !== undefined ? amounts(job) : '', 'dim', room);
  const state = stateText(job);
  if (state !== undefined) {
    parts.push({ rank: 2, line: [state] });
    const names = actions(job).map(action => action.line.split(' ')[0] ?? '');
    if (job.state !== 'running' && names.length > 0) add(5.5, names.join(', '), 'dim');
  }
  return parts;
}

function assemble(parts: readonly Part[]): StyledLine {
  return parts.flatMap(({ line, room = 0, close }, i) => {
    const isLast = i === parts.length - 1;
    const pad = isLast ? 0 : Math.max(0, room - lineWidth(line));
    return [...line, ...(isLast ? [] : [span(' '.repeat(pad + (close ? 1 : 2)))])];
  });
}

// Full cells only as far as the work is done: a full bar means all of it.
function bar(job: JobView, cells: number): StyledLine {
  const done = Math.floor((percent(job.offset ?? 0, job.len ?? 0) ?? 0) * cells) / 100;
  const full = Math.floor(done);
  const role = job.error !== undefined || job.result === 'failed' ? 'error' : 'ok';
  return [span('█'.repeat(full), role), span('░'.repeat(cells - full), 'dim')].filter(
    part => part.text !== '',
  );
}

function stateText(job: JobView): Span | undefined {
  if (job.result === 'failed' || job.error !== undefined) return span('FAILED', 'error');
  if (job.result === 'cancelled') return span('cancelled', 'warning');
  switch (job.state) {
    case 'running':
      return undefined;
    case 'ready':
      return span('ready', 'ok');
    case 'concluded':
    case 'null':
      return job.result === 'success'
        ? span('done', 'ok')
        : span(job.state === 'null' ? 'gone' : 'concluded');
    default:
      if (job.halted !== undefined) return span(`${safe(job.state)} by a ${safe(job.halted)} error`, 'error');
      return span(safe(job.state), job.state === 'created' ? undefined : 'warning');
  }
}

function amounts(job: JobView): string {
  if (job.len === undefined || job.offset === undefined) return '';
  if (!copies(job)) return `${job.offset} of ${job.len}`;
  return job.len === 0 ? 'nothing to copy so far' : `${bytes(job.offset)} of ${bytes(job.len)}`;
}

function speed(job: JobView): string {
  const pace = paceOf(job.history ?? [], job.speed);
  if (pace === undefined || !copies(job)) return '';
  return pace.atLimit ? `max ${rate(pace.rate)}` : rate(pace.rate);
}

function left(job: JobView): string {
  const pace = paceOf(job.history ?? [], job.speed);
  if (pace === undefined || job.len === undefined || job.offset === undefined || job.state !== 'running')
    return '';
  if (job.offset >= job.len) return '';
  const seconds = job.left ?? (job.len - job.offset) / pace.rate;
  return pace.rate === 0 ? 'no progress' : `${roughly(Math.max(1, seconds))} left`;
}

/** An estimate is no better than this: seconds for a while, then minutes. */
function roughly(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return duration(60 * Math.ceil(seconds / 60));
}

/** So many looks has the sparkline. */
const LOOKS = 8;

/** The pace between the last looks, one letter each; the highest is the fastest of them. */
function sparkline(job: JobView): string {
  // What is held back goes as its limit says.
  if (paceOf(job.history ?? [], job.speed)?.atLimit) return '';
  const looks = (job.history ?? []).slice(-LOOKS - 1);
  const paces = looks.slice(1).map(([ms, offset], i) => {
    const [beforeMs, before] = looks[i] ?? [ms, offset];
    return ms > beforeMs ? Math.max(0, offset - before) / (ms - beforeMs) : 0;
  });
  const most = Math.max(...paces);
  if (paces.length < 3 || most === 0) return '';
  return paces.map(pace => SPARKS[Math.min(7, Math.floor((pace / most) * 7.99))] ?? '').join('');
}

/** Whether its progress is in bytes. */
function copies(job: JobView): boolean {
  return isBlockJob(job.type ?? '') === true;
}

function isLive(job: JobView): boolean {
  return !['concluded', 'null', 'aborting'].includes(job.state);
}
