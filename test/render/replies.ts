// Replies recorded from a QEMU 7.2 with a chain of two images, a mirror half done, two filters and a plain drive.
import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '../../src/text/json.ts';
import { isObject, parseJson } from '../../src/text/json.ts';
import { lineWidth, plain } from '../../src/text/line.ts';
import type { StyledLine } from '../../src/text/style.ts';

const file = parseJson(readFileSync('test/data/replies-7.2.json', 'utf8'));
const all: JsonObject = isObject(file) ? file : {};

/** The `return` value of a command. */
export function recorded(command: string): Json {
  const value = all[command];
  if (value === undefined) throw new Error(`no reply of ${command} is on file`);
  return value;
}

export const COMMANDS = Object.keys(all);
export const WIDTHS = [20, 27, 40, 80, 200, 300];

export function texts(lines: readonly StyledLine[]): readonly string[] {
  return lines.map(plain);
}

/** The widest of the lines, in cells. */
export function widest(lines: readonly StyledLine[]): number {
  return Math.max(0, ...lines.map(lineWidth));
}
