// The monitors of this host, as a table or as JSON.
import type { Monitor } from '../io/monitors.ts';
import type { MonitorState } from '../io/monitorstate.ts';
import { type JsonObject, stringifyJson } from '../text/json.ts';
import { safe, safeJson } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { table } from '../text/table.ts';
import { width as cells } from '../text/width.ts';

type Listed = Monitor & MonitorState;

const COLUMNS = [
  { name: 'address' },
  { name: 'VM', rank: 1, least: 4 },
  { name: 'disk', rank: 4, least: 6 },
  { name: 'state', rank: 2 },
  { name: 'in use', rank: 3 },
  { name: 'pid', rank: 5, align: 'right' },
] as const;

/** A table of at most `width` cells, or as wide as the longest address: they are there to be copied. */
export function listTable(monitors: readonly Listed[], width: number): readonly StyledLine[] {
  const rows = monitors.map(({ address, name, pid, disk, state, held }) => [
    address,
    name,
    safe(disk ?? ''),
    safe(state ?? '?'),
    held === undefined ? '?' : held ? 'yes' : 'no',
    String(pid),
  ]);
  const wide = Math.max(width, ...monitors.map(({ address }) => cells(address)));
  return table(COLUMNS, rows, { width: wide }).lines;
}

/** `{"address":"/run/vm.sock","name":"vm","pid":4711,"disk":"a.qcow2","state":"running","held":false}` for each; no member for what is not known. */
export function listJson(monitors: readonly Listed[]): readonly string[] {
  return monitors.map(({ address, name, pid, disk, state, held }) => {
    const known: JsonObject = {
      ...{ address, name, pid },
      ...(disk === undefined ? {} : { disk }),
      ...(state === undefined ? {} : { state }),
      ...(held === undefined ? {} : { held }),
    };
    return safeJson(stringifyJson(known));
  });
}
