// How a job has ended, as one row.
import { isBlockJob } from '../schema/jobs.ts';
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { bytes, duration } from '../text/size.ts';
import type { Span, StyledLine } from '../text/style.ts';

interface EndedJob {
  readonly id: string;
  readonly type?: string;
  readonly result: 'success' | 'cancelled' | 'failed';
  readonly error?: string;
  readonly len?: number;
  readonly offset?: number;
}

/** `job0 backup done: 39 MiB in 0.3 s`; `seconds` is absent where nobody saw it begin. */
export function renderJobEnd(job: EndedJob, seconds: number | undefined): StyledLine {
  const { id, type, result, error } = job;
  const name: Span[] = [span(safe(id), 'key'), span(type === undefined ? ' ' : ` ${safe(type)} `)];
  // Less than a millisecond is no news, and of a job that never began there are no figures.
  const time = seconds === undefined || seconds < 0.001 ? '' : `in ${shortly(seconds)}`;
  const copied = amount(job);
  const figures = [copied, time].filter(text => text !== '').join(' ');
  if (result === 'failed')
    return [
      ...name,
      span('FAILED', 'error'),
      span(error === undefined ? '' : `: ${safe(error)}`),
      span(copied === '' ? '' : ` (${figures})`, 'dim'),
    ].filter(part => part.text !== '');
  const word = result === 'success' ? span('done', 'ok') : span('cancelled', 'warning');
  return [...name, word, span(figures === '' ? '' : copied === '' ? ` ${figures}` : `: ${figures}`)];
}

/** Of what is in bytes: all of it, or how far it came. What a job counts beyond the disk's size makes no other number. */
function amount({ type, result, len, offset }: EndedJob): string {
  if (isBlockJob(type ?? '') !== true || len === undefined || offset === undefined) return '';
  if (len === 0) return result === 'success' ? 'nothing to copy' : '';
  const [all, done] = [len, offset].map(size => bytes(size).replace(/\.0+ /, ' '));
  return result !== 'failed' && offset >= len ? `${all}` : `${done} of ${all}`;
}

function shortly(seconds: number): string {
  return seconds >= 0.1 && seconds < 0.995
    ? `${(Math.floor(seconds * 10) / 10).toFixed(1)} s`
    : duration(seconds);
}
