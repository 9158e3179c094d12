// A job as one row: how far it is, how fast, how long still, and what can be done with it now.
import { lineWidth, span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { bytes, duration, percent, rate } from '../text/size.ts';
import type { Role, Span, StyledLine } from '../text/style.ts';
import { table } from '../text/table.ts';
import { fit } from '../text/width.ts';

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
  readonly result?: 'success' | 'cancelled' | 'failed';
  /** Nodes it copies from and to, where that is known. */
  readonly source?: string;
  readonly target?: string;
  /** Looks at the job, oldest first: milliseconds and the offset then. */
  readonly history?: readonly (readonly [ms: number, offset: number])[];
}

const COPIES = new Set(['backup', 'mirror', 'commit', 'stream']);
const SPARKS = '▁▂▃▄▅▆▇█';
const LOOKS = 8;

/** Bytes a second over the last looks; undefined before there are two, or when the job went back. */
export function jobRate(job: JobView): number | undefined {
  const looks = (job.history ?? []).slice(-LOOKS - 1);
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || last[0] <= first[0] || last[1] < first[1])
    return undefined;
  return ((last[1] - first[1]) * 1000) / (last[0] - first[0]);
}

/** The row of a job while it runs. Parts that do not fit are left out, the least telling first; the id stays. */
export function renderJobRow(job: JobView, width: number): StyledLine {
  const parts = rowParts(job);
  for (let dropped = 0; dropped <= parts.length; dropped++) {
    const ranks = parts.map(part => part.rank).toSorted((a, b) => b - a);
    const limit = ranks[dropped] ?? -1;
    const kept = parts.filter(part => part.rank <= limit || part.rank === 0);
    const cells = kept.reduce((sum, part) => sum + lineWidth(part.line) + 2, -2);
    if (cells <= width) return assemble(job, kept, width - cells);
  }
  return [span(fit(safe(job.id), Math.max(1, width)), 'key')];
}

/** A job in full: its row, its figures, and the lines that act on it, spelled out. */
export function renderJob(job: JobView, width: number): readonly StyledLine[] {
  const limit = job.speed === undefined ? '' : job.speed === 0 ? 'no limit' : `limit ${rate(job.speed)}`;
  const pace = job.state === 'running' ? speed(job) : '';
  const figures = [amounts(job), pace, limit, left(job)].filter(text => text !== '');
  const row = renderJobRow(job, width);
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
  const copies = COPIES.has(job.type ?? '');
  const cancel = {
    line: `job-cancel id=${id}`,
    does: copies ? 'give it up: what is in the target by then is no copy' : 'give it up',
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
        ...(copies
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
  readonly bar?: boolean;
}

const BAR_LEAST = 6;
const BAR_MOST = 24;

function rowParts(job: JobView): readonly Part[] {
  const share = percent(job.offset ?? 0, job.len ?? 0);
  const path =
    job.source !== undefined && job.target !== undefined ? `${safe(job.source)} -> ${safe(job.target)}` : '';
  const parts: Part[] = [{ rank: 0, line: [span(safe(job.id), 'key')] }];
  const add = (rank: number, text: string, role?: Role) => {
    if (text !== '') parts.push({ rank, line: [span(text, role)] });
  };
  add(5, safe(job.type ?? ''));
  add(7, path);
  if (share !== undefined) {
    parts.push({ rank: 3, line: [span('x'.repeat(BAR_LEAST))], bar: true });
    add(1, `${share}%`.padStart(4), 'number');
  } else if (job.len !== undefined && isLive(job)) {
    // QEMU 11 counts only data: a mirror of an empty disk has a length of 0 and is ready at once.
    add(4, job.state === 'ready' || job.state === 'pending' ? 'nothing to copy' : 'no length yet', 'dim');
  }
  const pace = job.state === 'running' ? speed(job) : '';
  add(6, pace, 'number');
  if (pace !== '') add(8, sparkline(job), 'dim');
  add(4, job.state === 'running' ? left(job) : '', 'dim');
  add(9, COPIES.has(job.type ?? '') && share !== undefined ? amounts(job) : '', 'dim');
  const state = stateText(job);
  if (state !== undefined) {
    parts.push({ rank: 2, line: [state] });
    const names = actions(job).map(action => action.line.split(' ')[0] ?? '');
    if (job.state !== 'running' && names.length > 0) add(5.5, names.join(', '), 'dim');
  }
  return parts;
}

function assemble(job: JobView, parts: readonly Part[], spare: number): StyledLine {
  const out: Span[] = [];
  for (const [i, part] of parts.entries()) {
    if (i > 0) out.push(span(i > 0 && parts[i - 1]?.bar === true ? ' ' : '  '));
    out.push(...(part.bar === true ? bar(job, Math.min(BAR_MOST, BAR_LEAST + spare)) : part.line));
  }
  return out;
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
  if (job.result === 'failed' || job.error !== undefined) return span('failed', 'error');
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
      return span(safe(job.state), job.state === 'created' ? undefined : 'warning');
  }
}

function amounts(job: JobView): string {
  if (job.len === undefined || job.offset === undefined) return '';
  if (!COPIES.has(job.type ?? '')) return `${job.offset} of ${job.len}`;
  return job.len === 0 ? 'nothing to copy so far' : `${bytes(job.offset)} of ${bytes(job.len)}`;
}

function speed(job: JobView): string {
  const pace = jobRate(job);
  return pace === undefined || !COPIES.has(job.type ?? '') ? '' : rate(pace);
}

function left(job: JobView): string {
  const pace = jobRate(job);
  if (pace === undefined || job.len === undefined || job.offset === undefined || job.state !== 'running')
    return '';
  if (job.offset >= job.len) return '';
  return pace === 0 ? 'no progress' : `${duration((job.len - job.offset) / pace)} left`;
}

/** The pace between the last looks, one letter each; the highest is the fastest of them. */
function sparkline(job: JobView): string {
  const looks = (job.history ?? []).slice(-LOOKS - 1);
  const paces = looks.slice(1).map(([ms, offset], i) => {
    const [beforeMs, before] = looks[i] ?? [ms, offset];
    return ms > beforeMs ? Math.max(0, offset - before) / (ms - beforeMs) : 0;
  });
  const most = Math.max(...paces);
  if (paces.length < 3 || most === 0) return '';
  return paces.map(pace => SPARKS[Math.min(7, Math.floor((pace / most) * 7.99))] ?? '').join('');
}

function isLive(job: JobView): boolean {
  return !['concluded', 'null', 'aborting'].includes(job.state);
}
