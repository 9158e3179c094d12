// The counts of query-blockstats, one row a drive.

import type { Json, JsonObject } from '../text/json.ts';
import { isObject, member } from '../text/json.ts';
import { fitLine, span } from '../text/line.ts';
import { objectsIn, text } from '../text/members.ts';
import { safe } from '../text/safe.ts';
import { bytes } from '../text/size.ts';
import type { StyledLine } from '../text/style.ts';
import { table } from '../text/table.ts';
import { amount } from './replies.ts';

/** Operations of one kind since the VM began. */
export interface Counts {
  readonly operations: number;
  readonly bytes: number;
  /** Nanoseconds that they took together. */
  readonly ns: number;
}

export interface Drive {
  /** What tells it from the others: the drive's name, the device's id, or the node. */
  readonly name: string;
  readonly node: string;
  readonly read: Counts;
  readonly write: Counts;
  readonly flush: Counts;
  /** Operations that failed, of every kind. */
  readonly failed: number;
}

/** The drives, or with `query-nodes` the nodes, of a reply to query-blockstats; undefined where it is none. */
export function readDrives(value: Json): readonly Drive[] | undefined {
  const all = objectsIn(value).filter(one => isObject(member(one, 'stats')));
  if (all.length === 0) return undefined;
  return all.map(one => {
    const stats = member(one, 'stats');
    const counted = isObject(stats) ? stats : {};
    const node = text(one, 'node-name');
    const kinds = ['rd', 'wr', 'flush', 'unmap'];
    return {
      name: nameOf(one, node),
      node,
      read: counts(counted, 'rd'),
      write: counts(counted, 'wr'),
      flush: counts(counted, 'flush'),
      failed: kinds.reduce((sum, kind) => sum + (amount(counted, `failed_${kind}_operations`) ?? 0), 0),
    };
  });
}

function nameOf(one: JsonObject, node: string): string {
  const qdev = text(one, 'qdev');
  const id = /^\/machine\/peripheral\/([^/]+)/.exec(qdev)?.[1];
  return id ?? (text(one, 'device') || node || qdev || 'drive');
}

function counts(stats: JsonObject, kind: string): Counts {
  return {
    operations: amount(stats, `${kind}_operations`) ?? 0,
    bytes: amount(stats, `${kind}_bytes`) ?? 0,
    ns: amount(stats, `${kind}_total_time_ns`) ?? 0,
  };
}

/** The time that one operation took on average; nothing where there was none. */
export function latency({ operations, ns }: Counts): string {
  if (operations <= 0) return '';
  const each = ns / operations;
  if (each < 1000) return `${Math.round(each)} ns`;
  if (each < 1_000_000) return `${digits(each / 1000)} \u00b5s`;
  return each < 1_000_000_000 ? `${digits(each / 1_000_000)} ms` : `${digits(each / 1_000_000_000)} s`;
}

function digits(amount: number): string {
  return amount < 9.95 ? amount.toFixed(1) : Math.round(amount).toString();
}

const COLUMNS = [
  { name: 'drive', least: 8 },
  { name: 'node', rank: 6, least: 8 },
  { name: 'reads', rank: 1, align: 'right' },
  { name: 'read', rank: 2, align: 'right' },
  { name: 'each', rank: 4, align: 'right' },
  { name: 'writes', rank: 1, align: 'right' },
  { name: 'written', rank: 2, align: 'right' },
  { name: 'each', rank: 4, align: 'right' },
  { name: 'flushes', rank: 5, align: 'right' },
  { name: 'errors', rank: 0, align: 'right' },
] as const;

/** A row a drive: operations, bytes, how long one took, errors. Drives that have done nothing are named below. */
export function renderDrives(all: readonly Drive[], width: number): readonly StyledLine[] {
  const isIdle = ({ read, write, flush, failed }: Drive) =>
    read.operations + write.operations + flush.operations + failed === 0;
  const busy = all.filter(drive => !isIdle(drive));
  const idle = all.filter(isIdle).map(({ name }) => safe(name));
  // A drive that goes by the name of its node has it once.
  const nodeOf = ({ node, name }: Drive) => (node === name ? '' : node);
  const hasNodes = busy.some(drive => nodeOf(drive) !== '');
  const isShown = (_: unknown, at: number) => hasNodes || COLUMNS[at]?.name !== 'node';
  const number = (text: string): StyledLine => [span(text, 'number')];
  const columns = COLUMNS.filter(isShown);
  const rows = busy.map(drive => {
    const { read, write, flush, failed } = drive;
    const cells: readonly StyledLine[] = [
      [span(safe(drive.name), 'string')],
      [span(safe(nodeOf(drive)), 'string')],
      number(String(read.operations)),
      number(bytes(read.bytes)),
      number(latency(read)),
      number(String(write.operations)),
      number(bytes(write.bytes)),
      number(latency(write)),
      number(String(flush.operations)),
      [span(String(failed), failed > 0 ? 'error' : 'number')],
    ];
    return cells.filter(isShown);
  });
  const note = [
    ...(idle.length > 0 ? [`nothing read or written yet: ${idle.join(', ')}`] : []),
    '.format json shows all',
  ].join('; ');
  const drawn = busy.length === 0 ? [] : table(columns, rows, { width }).lines;
  return [...drawn, fitLine([span(note, 'dim')], width)];
}
