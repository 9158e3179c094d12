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
  if (goesInPieces(limit) ? !isSlower(looks, limit) : rate !== undefined && rate > 0 && rate >= limit * 0.9)
    return { rate: limit, atLimit: true };
  return rate === undefined ? undefined : { rate, atLimit: false };
}

/** Whether a job that goes in pieces has fallen behind half of its limit, though the next piece were there. */
function isSlower(looks: readonly Look[], limit: number): boolean {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined) return false;
  return last[1] - first[1] + PIECE < (0.5 * limit * (last[0] - first[0])) / 1000;
}

/** Whether a job of that limit copies less in ten seconds than at once. */
function goesInPieces(limit: number): boolean {
  return limit > 0 && limit * (WINDOW / 1000) < PIECE;
}

/** When a job ends if it goes on as it does, and the rate for which that was said. */
export interface Estimate {
  /** Milliseconds on the clock of the looks. */
  readonly end: number;
  readonly rate: number;
}

/** So much may a rate differ from another one and be the same. */
const SAME = 0.2;

/** What holds a job back, and since when. */
export interface Limit {
  /** Bytes a second, 0 none. */
  readonly speed: number;
  /** Where the job was when it began to go with it, if that is known. */
  readonly since?: Look;
}

/**
 * The estimate after a look. While the rate stays what it was the end only comes nearer, so that the time left never
 * grows; with another rate it is told anew. Undefined where nothing moves, and where a job has taken longer than its limit
 * makes it.
 */
export function estimate(
  before: Estimate | undefined,
  looks: readonly Look[],
  len: number,
  { speed, since }: Limit = { speed: 0 },
): Estimate | undefined {
  const [last, pace] = [looks.at(-1), paceOf(looks, speed)];
  if (last === undefined || pace === undefined || pace.rate === 0) return undefined;
  const { rate } = pace;
  const [now, offset] = last;
  // Of a job that copies a piece and then waits for it, only the time since its beginning tells when it ends.
  if (pace.atLimit && since !== undefined && goesInPieces(speed)) {
    const end = since[0] + ((len - since[1]) * 1000) / rate;
    return end < now ? undefined : { end, rate };
  }
  const end = now + (Math.max(0, len - offset) * 1000) / rate;
  if (before === undefined) return { end, rate };
  // What adds up from look to look is another rate, too.
  const late = end - before.end > SAME * (end - now) + 1000;
  if (late || Math.abs(rate - before.rate) > SAME * before.rate) return { end, rate };
  return { end: Math.min(end, before.end), rate: before.rate };
}
