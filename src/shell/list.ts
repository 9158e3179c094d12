// `qmpsh list`: the monitors found on this host, as a table for people or as JSON, one a row, for programs.
import type { Monitor } from '../io/monitors.ts';
import { stringifyJson } from '../text/json.ts';
import type { StyledLine } from '../text/style.ts';
import { table } from '../text/table.ts';
import { width as cells } from '../text/width.ts';

const COLUMNS = [
  { name: 'address' },
  { name: 'VM', rank: 1, least: 4 },
  { name: 'pid', rank: 2, align: 'right' },
] as const;

/** A table of at most `width` cells, or as wide as the longest address: they are there to be copied. */
export function listTable(monitors: readonly Monitor[], width: number): readonly StyledLine[] {
  const rows = monitors.map(({ address, name, pid }) => [address, name, String(pid)]);
  const wide = Math.max(width, ...monitors.map(({ address }) => cells(address)));
  return table(COLUMNS, rows, { width: wide }).lines;
}

/** `{"address":"/run/vm.sock","name":"vm","pid":4711}` for each. */
export function listJson(monitors: readonly Monitor[]): readonly string[] {
  return monitors.map(({ address, name, pid }) => stringifyJson({ address, name, pid }));
}
