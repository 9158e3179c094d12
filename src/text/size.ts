// Numbers as people read them. Amounts may be bigint: 64-bit values stay exact.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/**
 * Bytes in the largest binary unit that is at least one: `39 MiB` when that is exact, else `~38.9 MiB`'s digits
 * without the mark, three of them. Never rounded up to 1024 of a unit.
 */
export function bytes(amount: number | bigint): string {
  const value = typeof amount === 'bigint' ? amount : BigInt(Math.round(amount));
  const size = value < 0n ? -value : value;
  const sign = value < 0n ? '-' : '';
  let unit = 0;
  while (unit < UNITS.length - 1 && size >> BigInt(10 * (unit + 1)) > 0n) unit += 1;
  const shift = BigInt(10 * unit);
  const whole = size >> shift;
  const rest = size - (whole << shift);
  const name = UNITS[unit] ?? 'B';
  if (rest === 0n) return `${sign}${whole} ${name}`;
  // Cut, not rounded: 39 MiB minus one byte must not read as 39 MiB.
  const digits = whole >= 100n ? 0 : whole >= 10n ? 1 : 2;
  const fraction = ((rest * 100n) >> shift).toString().padStart(2, '0').slice(0, Math.max(digits, 1));
  return `${sign}${whole}.${fraction} ${name}`;
}

/** Bytes a second; 0 is `0 B/s`. */
export function rate(bytesPerSecond: number | bigint): string {
  return `${bytes(bytesPerSecond > 0 ? bytesPerSecond : 0)}/s`;
}

/** Seconds as `850 ms`, `4.2 s`, `1 min 20 s`, `3 h 5 min`, `2 d 4 h`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '?';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${(Math.floor(seconds * 10) / 10).toString()} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 86_400) return two(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  return two(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h');
}

function two(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  return minor === 0 ? `${major} ${majorUnit}` : `${major} ${majorUnit} ${minor} ${minorUnit}`;
}

/** Time of day with milliseconds, `12:04:31.120`, from microseconds since 1970, in a zone so far east of UTC. */
export function timeOfDay(microseconds: number, utcOffsetMinutes = 0): string {
  const date = new Date(Math.floor(microseconds / 1000) + utcOffsetMinutes * 60_000);
  return Number.isNaN(date.getTime()) ? '--:--:--.---' : date.toISOString().slice(11, 23);
}

/** A share as a whole per cent, cut: 100% only when all is done. Undefined for 0 of 0. */
export function percent(part: number, whole: number): number | undefined {
  if (whole <= 0) return undefined;
  return Math.max(0, Math.min(100, Math.floor((part / whole) * 100)));
}
