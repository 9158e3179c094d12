// Durations as people type them: `500ms`, `3s`, `2m`, `1h`; a bare number is seconds.

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

/** Milliseconds, or undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|min|h)?$/.exec(text.trim());
  if (!found?.[1]) return undefined;
  const unit = UNITS[found[2] ?? 's'];
  return unit === undefined ? undefined : Number(found[1]) * unit;
}
