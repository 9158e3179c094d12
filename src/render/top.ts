// The drives as `.top` shows them: what each has done since the last look, with a line of its pace.
import { span } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import { rate } from '../text/size.ts';
import type { StyledLine } from '../text/style.ts';
import { table } from '../text/table.ts';
import { type Counts, type Drive, latency } from './drives.ts';

/** What a drive did between two looks, a second. */
export interface Pace {
  readonly drive: Drive;
  readonly read: Counts;
  readonly write: Counts;
  /** Bytes a second of the looks so far, the newest last. */
  readonly history: readonly number[];
}

/** By what the rows may be sorted, with the key for it. */
export const ORDERS = [
  { key: 'd', name: 'drive', value: undefined },
  { key: 'r', name: 'reads', value: ({ read }: Pace) => read.operations },
  { key: 'w', name: 'writes', value: ({ write }: Pace) => write.operations },
  { key: 'b', name: 'bytes', value: ({ read, write }: Pace) => read.bytes + write.bytes },
  { key: 'l', name: 'latency', value: ({ read, write }: Pace) => mean(read, write) },
  { key: 'e', name: 'errors', value: ({ drive }: Pace) => drive.failed },
] as const;

export type Order = (typeof ORDERS)[number];

/** Looks that the line of a drive's pace shows. */
const SEEN = 20;

function mean(read: Counts, write: Counts): number {
  const operations = read.operations + write.operations;
  return operations > 0 ? (read.ns + write.ns) / operations : 0;
}

/** The paces of drives between two looks so many seconds apart. */
export function pacesOf(
  drives: readonly Drive[],
  before: ReadonlyMap<string, Pace>,
  seconds: number,
): readonly Pace[] {
  return drives.map(drive => {
    const was = before.get(drive.name);
    // A drive that is new, or whose counts began anew, has no pace yet.
    const per = (now: Counts, then: Counts | undefined): Counts =>
      then === undefined || seconds <= 0 || now.operations < then.operations
        ? { operations: 0, bytes: 0, ns: 0 }
        : {
            operations: (now.operations - then.operations) / seconds,
            bytes: (now.bytes - then.bytes) / seconds,
            ns: (now.ns - then.ns) / seconds,
          };
    const read = per(drive.read, was?.drive.read);
    const write = per(drive.write, was?.drive.write);
    const history = was === undefined ? [] : [...was.history, read.bytes + write.bytes].slice(-SEEN);
    return { drive, read, write, history };
  });
}

const COLUMNS = [
  { name: 'drive', least: 6 },
  { name: 'reads/s', rank: 2, align: 'right' },
  { name: 'read', rank: 1, align: 'right' },
  { name: 'writes/s', rank: 2, align: 'right' },
  { name: 'written', rank: 1, align: 'right' },
  { name: 'each', rank: 3, align: 'right' },
  { name: 'errors', rank: 0, align: 'right' },
  { name: 'pace', rank: 4 },
] as const;

/** A head of two rows and a row a drive, sorted: the highest first, names from A to Z. */
export function renderTop(paces: readonly Pace[], order: Order, width: number): readonly StyledLine[] {
  const { value } = order;
  const sorted = paces.toSorted(
    (a, b) => (value ? value(b) - value(a) : 0) || a.drive.name.localeCompare(b.drive.name),
  );
  const most = Math.max(1, ...paces.flatMap(({ history }) => history));
  const rows = sorted.map(({ drive, read, write, history }): readonly StyledLine[] => [
    [span(safe(drive.name), 'string')],
    [span(perSecond(read.operations), 'number')],
    [span(rate(read.bytes), 'number')],
    [span(perSecond(write.operations), 'number')],
    [span(rate(write.bytes), 'number')],
    [span(latency(sum(read, write)), 'number')],
    [span(String(drive.failed), drive.failed > 0 ? 'error' : 'number')],
    [span(sparks(history, most).padEnd(SEEN), 'event')],
  ]);
  return table(COLUMNS, rows, { width }).lines;
}

function sum(read: Counts, write: Counts): Counts {
  return {
    operations: read.operations + write.operations,
    bytes: read.bytes + write.bytes,
    ns: read.ns + write.ns,
  };
}

function perSecond(operations: number): string {
  return operations === 0 || operations >= 9.95 ? Math.round(operations).toString() : operations.toFixed(1);
}

const SPARKS = '\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588';

/** A column a look, as high as its share of the most there was; a dot where nothing moved. */
function sparks(history: readonly number[], most: number): string {
  return history
    .map(now => (now <= 0 ? '.' : (SPARKS[Math.min(7, Math.floor((now / most) * 8))] ?? '')))
    .join('');
}
