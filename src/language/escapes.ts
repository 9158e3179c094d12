// The escapes in quoted texts: JSON's and Python's.
import { ESCAPES } from '../text/json.ts';

export const PYTHON_ESCAPES: ReadonlyMap<string, string> = new Map([
  ...ESCAPES,
  ["'", "'"],
  ['a', '\u0007'],
  ['v', '\v'],
  ['0', '\0'],
  ['\n', ''],
]);

export const HEX_WIDTH: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);
