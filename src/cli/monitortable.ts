// The monitors of this host, as a table or as JSON.
import type { Monitor } from '../io/monitors.ts';
import type { MonitorState } from '../io/monitorstate.ts';
import { type JsonObject, stringifyJson } from '../text/json.ts';
import { lineWidth, span } from '../text/line.ts';
import { safe, safeJson } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { table } from '../text/table.ts';

type Listed = Pick<Monitor, 'address' | 'name' | 'pid' | 'disk' | 'what' | 'manager'> & MonitorState;

const ADDRESS = { name: 'address' } as const;
const DETAILS = [
  { name: 'VM', least: 12 },
  { name: 'held by', rank: 1 },
  { name: 'what', rank: 2 },
  { name: 'open to', rank: 3 },
  { name: 'disk', rank: 4, least: 8 },
  { name: 'pid', rank: 5, align: 'right' },
] as const;
/** What must have room beside the address. */
const BESIDE = new Set(['VM', 'held by', 'what']);
const INDENT = 4;

/**
 * A table of at most `width` cells. Addresses are there to be copied, and are never cut: where they leave no room for what there is
 * to say, each stands in a row of its own.
 */
export function listTable(monitors: readonly Listed[], width: number): readonly StyledLine[] {
  const rows = monitors.map(monitor => [
    safe(monitor.name),
    safe(holderText(monitor)),
    kindText(monitor),
    safe(openText(monitor)),
    safe(monitor.disk ?? ''),
    String(monitor.pid),
  ]);
  const addresses = monitors.map(({ address }) => safe(address));
  const beside = rows.map((row, i) => [addresses[i] ?? '', ...row]);
  const one = table([ADDRESS, ...DETAILS.map(column => ({ rank: 0, ...column }))], beside, { width });
  if (
    !one.leftOut.some(name => BESIDE.has(name)) &&
    !one.lines.some(row => lineWidth(row) > width) &&
    !one.cut
  )
    return one.lines;
  const [head = [], rule = [], ...details] = table(DETAILS, rows, { width, indent: INDENT }).lines;
  return [head, rule, ...details.flatMap((row, i) => [[span(addresses[i] ?? '')], row])];
}

function holderText({ held, holder }: Listed): string {
  if (holder) return `${holder.name} ${holder.pid}`;
  return held === undefined ? '?' : held ? 'somebody' : 'nobody';
}

function kindText({ what, version, manager }: Listed): string {
  const kind = what === 'guest agent' ? 'agent' : what === 'monitor' ? 'QEMU' : what;
  const parts = [kind, ...(what !== 'guest agent' && version !== undefined ? [version] : [])];
  return manager === undefined ? parts.join(' ') : `${parts.join(' ')}, ${manager}`;
}

function openText({ address, openTo }: Listed): string {
  if (address.startsWith('libvirt:')) return 'libvirt';
  if (openTo === undefined) return '?';
  return openTo.length === 0 ? 'root' : openTo.join(', ');
}

/**
 * `{"address":"/run/vm.sock","what":"monitor","name":"vm","pid":4711,"disk":"a.qcow2","version":"7.2.22","open_to":["all"],"held":true,
 * "holder":{"pid":4712,"name":"virsh"}}` for each; no member for what is not known.
 */
export function listJson(monitors: readonly Listed[]): readonly string[] {
  return monitors.map(({ address, what, name, pid, disk, manager, version, openTo, held, holder }) => {
    const known: JsonObject = {
      ...{ address, what, name, pid },
      ...(disk === undefined ? {} : { disk }),
      ...(manager === undefined ? {} : { manager }),
      ...(version === undefined ? {} : { version }),
      ...(openTo === undefined ? {} : { open_to: openTo }),
      ...(held === undefined ? {} : { held }),
      ...(holder === undefined ? {} : { holder: { pid: holder.pid, name: holder.name } }),
    };
    return safeJson(stringifyJson(known));
  });
}
