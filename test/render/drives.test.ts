// The counts of drives as rows, and what they did between two looks.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { latency, readDrives, renderDrives } from '../../src/render/drives.ts';
import { ORDERS, pacesOf, renderTop } from '../../src/render/top.ts';
import type { Json } from '../../src/text/json.ts';
import { texts, WIDTHS, widest } from './replies.ts';

const drive = (name: string, reads: number, writes: number, failed = 0): Json => ({
  device: '',
  qdev: `/machine/peripheral/${name}/virtio-backend`,
  'node-name': `node-${name}`,
  stats: {
    rd_operations: reads,
    rd_bytes: reads * 4096,
    rd_total_time_ns: reads * 150_000,
    wr_operations: writes,
    wr_bytes: writes * 65_536,
    wr_total_time_ns: writes * 2_500_000,
    flush_operations: 3,
    failed_wr_operations: failed,
    failed_rd_operations: failed,
  },
});
const EMPTY: Json = { device: 'cd0', stats: { rd_operations: 0 }, qdev: '/machine/unattached/device[1]' };
const drives = (...all: readonly Json[]) => readDrives([...all]) ?? [];

test('one row a drive: operations, bytes, the time of one, errors; what did nothing is named', () =>
  assert.equal(texts(renderDrives(drives(drive('v0', 10, 16), drive('v1', 0, 0, 2), EMPTY), 100)), [
    'drive  node     reads    read    each  writes  written    each  flushes  errors',
    '─────  ───────  ─────  ──────  ──────  ──────  ───────  ──────  ───────  ──────',
    'v0     node-v0     10  40 KiB  150 µs      16    1 MiB  2.5 ms        3       0',
    'v1     node-v1      0     0 B               0      0 B                3       4',
    'nothing read or written yet: cd0; .format json shows all',
  ]));

test('rows fit every width, and the errors stay', () => {
  for (const width of WIDTHS) {
    const rows = renderDrives(drives(drive('v0', 10, 16, 1)), width);
    assert.ok(widest(rows) <= width, String(width));
    if (width >= 40) assert.match(texts(rows)[0] ?? '', /errors/);
  }
});

for (const [ns, text] of [
  [900, '900 ns'],
  [8_400, '8.4 µs'],
  [150_000, '150 µs'],
  [2_500_000, '2.5 ms'],
  [1_200_000_000, '1.2 s'],
] as const)
  test(`an operation of ${ns} ns took ${text}`, () =>
    assert.is(latency({ operations: 2, bytes: 0, ns: 2 * ns }), text));

test('a pace is what came since the last look, a second; counts that began anew have none', () => {
  const look = (reads: number, before: ReturnType<typeof pacesOf> = []) =>
    pacesOf(drives(drive('v0', reads, 0)), new Map(before.map(one => [one.drive.name, one])), 2);
  const first = look(100);
  assert.is(first[0]?.read.operations, 0);
  const second = look(140, first);
  assert.is(second[0]?.read.operations, 20);
  assert.is(second[0]?.read.bytes, 81_920);
  assert.is(look(5, second)[0]?.read.operations, 0);
  assert.equal(look(5, second)[0]?.history, [81_920, 0]);
});

test('rows are sorted by what was asked for, and the pace is drawn against the highest', () => {
  const before = pacesOf(drives(drive('a', 0, 0), drive('b', 0, 0, 1)), new Map(), 1);
  const now = pacesOf(
    drives(drive('a', 9, 0), drive('b', 1, 8, 1)),
    new Map(before.map(one => [one.drive.name, one])),
    1,
  );
  const first = (key: string) => {
    const order = ORDERS.find(one => one.key === key);
    return order && texts(renderTop(now, order, 100))[2]?.[0];
  };
  assert.equal(['d', 'r', 'w', 'b', 'l', 'e'].map(first), ['a', 'a', 'b', 'b', 'b', 'b']);
  const [order] = ORDERS;
  assert.match(texts(renderTop(now, order, 100)).join('\n'), /^a .* 0 {2}▁\n?[\s\S]*^b .* 2 {2}█/m);
});

test.run();
