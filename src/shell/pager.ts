// What is longer than the screen, a screenful at a time. It stays on the screen and in what the terminal keeps of it.
import { lineWidth, span } from '../text/line.ts';
import type { StyledLine } from '../text/style.ts';
import { type Live, leaves } from './live.ts';

/** Rows that lines take on a screen of that width. */
export function rowsOf(lines: readonly StyledLine[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(lineWidth(line) / columns)), 0);
}

/** How many lines from `from` on fit into so many rows; at least one. */
function fitting(lines: readonly StyledLine[], from: number, rows: number, columns: number): number {
  let count = 0;
  for (let left = rows; from + count < lines.length; count++) {
    left -= rowsOf(lines.slice(from + count, from + count + 1), columns);
    if (left < 0) break;
  }
  return Math.max(1, count);
}

/** Shows lines until the end or until the user has seen enough. */
export async function showPaged(
  lines: readonly StyledLine[],
  live: Live,
  print: (lines: readonly StyledLine[]) => void,
): Promise<void> {
  let at = 0;
  let room = live.height - 1;
  while (at < lines.length) {
    const count = fitting(lines, at, Math.max(1, room), live.width);
    print(lines.slice(at, at + count));
    at += count;
    if (at >= lines.length) return;
    room = 0;
    while (room === 0) {
      live.draw([foot(at, lines.length, live.width)]);
      const key = await live.key(PATIENCE);
      if (key === undefined) continue;
      const other = /^[^ aq]$/u.test(key);
      // The next line is begun already.
      if (other) live.giveBack(key);
      if (other || leaves(key)) {
        print([[span(`${lines.length - at} more rows are not shown`, 'dim')]]);
        return;
      }
      if (key === ' ' || key === 'PageDown' || key === 'Space') room = live.height - 1;
      else if (key === 'Enter' || key === 'Down') room = 1;
      else if (key === 'a' || key === 'End') room = Number.POSITIVE_INFINITY;
    }
  }
}

/** The foot is drawn again now and then, for a screen whose size has changed. */
const PATIENCE = 60_000;

function foot(at: number, all: number, columns: number): StyledLine {
  const where = `row ${at} of ${all}`;
  if (columns < 52) return [span(`${where}  Space q`, 'dim')];
  const keys = [
    ['Space', 'goes on'],
    ['a', 'all'],
    ['q', 'enough'],
  ] as const;
  return [
    span(`${where}   `, 'dim'),
    ...keys.flatMap(([key, does], i) => [span(key, 'key'), span(` ${does}${i < 2 ? '   ' : ''}`, 'dim')]),
  ];
}
