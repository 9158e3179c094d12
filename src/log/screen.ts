// Rows that the prompt of qmpsh shows, read back from a transcript of its screen: refusals, and events of jobs.
import type { JsonObject } from '../text/json.ts';

const REFUSED = /^error {2}(\w+): (.+)$/;
const EVENT = /^\d\d:\d\d:\d\d\.\d{3} {2}(BLOCK_JOB_(?:READY|COMPLETED|CANCELLED)) {2,}(\S+)(?: {2}(.*))?$/;

/** The message that a row tells of; undefined for all others, and for what it does not tell whole. */
export function shownMessage(row: string): JsonObject | undefined {
  const [, name, desc] = REFUSED.exec(row) ?? [];
  if (name !== undefined && desc !== undefined) return { error: { class: name, desc } };
  const [, event, device, more = ''] = EVENT.exec(row) ?? [];
  if (event === undefined || device === undefined) return undefined;
  const error = / {2}FAILED: (.+)$/.exec(`  ${more}`)?.[1];
  return { event, data: { device, ...(error === undefined ? {} : { error }) } };
}
