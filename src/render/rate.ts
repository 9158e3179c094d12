// How fast a job goes, from looks at it.

/** A look at a job: milliseconds on a clock, and its offset then. */
export type Look = readonly [ms: number, offset: number];

/** Milliseconds that count: what was before is no measure of now. */
const WINDOW = 10_000;

/** Bytes a second over the last ten seconds; undefined before there are two looks, or when the job went back. */
export function rateOf(looks: readonly Look[]): number | undefined {
  const last = looks.at(-1);
  if (last === undefined) return undefined;
  const first = looks.find(([ms]) => ms >= last[0] - WINDOW);
  if (first === undefined || last[0] <= first[0] || last[1] < first[1]) return undefined;
  return ((last[1] - first[1]) * 1000) / (last[0] - first[0]);
}

/** No job copies more than this at once. */
const PIECE = 16 * 2 ** 20;

/** Bytes a second, and whether that is the limit, which holds the job back. */
interface Pace {
  readonly rate: number;
  readonly atLimit: boolean;
}

/**
 * How fast a job goes by looks at it, never faster than its limit (bytes a second, 0 none). With a low one it copies a
 * piece and then waits, for longer than looks count: they tell then only that it is much slower than that.
 */
export function paceOf(looks: readonly Look[], limit = 0): Pace | undefined {
  const rate = rateOf(looks);
  if (limit <= 0) return rate === undefined ? undefined : { rate, atLimit: false };
  const inPieces = limit * (WINDOW / 1000) < PIECE;
  const isSlower = rate !== undefined && rate > 0 && rate < limit * (inPieces ? 0.5 : 0.9);
  if (inPieces ? !isSlower : rate !== undefined && rate > 0 && !isSlower)
    return { rate: limit, atLimit: true };
  return rate === undefined ? undefined : { rate, atLimit: false };
}

/** When a job ends if it goes on as it does, and the rate for which that was said. */
export interface Estimate {
  /** Milliseconds on the clock of the looks. */
  readonly end: number;
  readonly rate: number;
}

/** So much may a rate differ from another one and be the same. */
const SAME = 0.2;

/**
 * The estimate after a look. While the rate stays what it was the end only comes nearer, so that the time left never
 * grows; with another rate it is told anew. `limit` is the job's (bytes a second, 0 none). Undefined where nothing moves.
 */
export function estimate(
  before: Estimate | undefined,
  looks: readonly Look[],
  len: number,
  limit = 0,
): Estimate | undefined {
  const [last, rate] = [looks.at(-1), paceOf(looks, limit)?.rate];
  if (last === undefined || rate === undefined || rate === 0) return undefined;
  const [now, offset] = last;
  const end = now + (Math.max(0, len - offset) * 1000) / rate;
  if (before === undefined) return { end, rate };
  // What adds up from look to look is another rate, too.
  const late = end - before.end > SAME * (end - now) + 1000;
  if (late || Math.abs(rate - before.rate) > SAME * before.rate) return { end, rate };
  return { end: Math.min(end, before.end), rate: before.rate };
}
