// What `socat -v` writes of a connection: pieces of both directions in turn, each behind a mark that says which way it
// went. A message may be cut anywhere.
import { Cutter } from './cutter.ts';

// Where a piece does not end in a line end, the mark of the next one stands in the same row.
const HEAD = /([<>]) \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\.\d+ {2}length=\d+ from=\d+ to=\d+$/;
const ESCAPES: Readonly<Record<string, string>> = { r: '', n: '', t: '\t' };

/** Whether a text has such marks. */
export function isSocat(rows: readonly string[]): boolean {
  return rows.some(row => HEAD.test(row));
}

/** The messages in such rows, each in one row, in the place of the row it ended in; all other rows are empty. */
export function joinPieces(rows: readonly string[]): readonly string[] {
  const ways = new Map<string, Cutter>();
  let way: Cutter | undefined;
  return rows.map(row => {
    const head = HEAD.exec(row);
    if (!head) return way ? take(way, row, '\n') : row;
    const message = way ? take(way, row.slice(0, head.index), '') : '';
    const mark = head[1] ?? '';
    way = ways.get(mark) ?? new Cutter();
    ways.set(mark, way);
    return message;
  });
}

function take(way: Cutter, row: string, end: '\n' | ''): string {
  const text = row.replace(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char);
  const start = way.isOpen ? 0 : text.search(/[{[]/);
  return start < 0 ? '' : (way.push(text.slice(start), end)?.replaceAll('\n', ' ') ?? '');
}
