// Which members of a reply are amounts of bytes. The schema says `int` of all of them; their names tell.
import type { Json, JsonObject } from '../text/json.ts';
import { member } from '../text/json.ts';
import { bytes, rate } from '../text/size.ts';

const BYTES =
  /(^|[-_.])(size|bytes|bytes-ok|memory|actual|granularity|virtual-size|actual-size|highest_offset|transferred|remaining)$/;
const RATES = /(^|[-_.])(speed|bps|bps_rd|bps_wr|bps_max|bps_rd_max|bps_wr_max|max-bandwidth)$/;
// Jobs that count bytes; others (create, amend, snapshot-*) count steps of their own.
const BYTE_JOBS = new Set(['backup', 'mirror', 'commit', 'stream']);
const JOB_FIELDS = new Set(['len', 'offset', 'current-progress', 'total-progress']);
// Not bytes, whatever the name says: counts, or a power of two.
const COUNTS = /^(iops_size|.*_operations)$/;

/**
 * A number as people read it: `39 MiB`, `64 KiB/s`, `no limit` for a job's speed of 0; undefined where the member is
 * no amount of bytes. `owner` is the object that holds it, since some names mean bytes only in some objects.
 */
export function readable(name: string, value: Json, owner: JsonObject): string | undefined {
  if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isInteger(value))) return undefined;
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (COUNTS.test(last)) return undefined;
  const type = member(owner, 'type');
  const isJob = typeof type === 'string' && BYTE_JOBS.has(type);
  if (isJob && last === 'speed' && Number(value) === 0) return 'no limit';
  if (RATES.test(last)) return rate(value);
  if (isJob && JOB_FIELDS.has(last)) return bytes(value);
  if (last === 'count' && member(owner, 'granularity') !== undefined) return bytes(value);
  return BYTES.test(last) ? bytes(value) : undefined;
}
