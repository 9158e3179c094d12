// `qmpsh list`: the monitors found on this host, as a table for people or as JSON, one a row, for programs.
import { findMonitors } from '../io/monitors.ts';
import { withStates } from '../io/monitorstate.ts';
import { columns, isTerminal, writeAll } from '../io/stdio.ts';
import type { Exit } from '../line/exit.ts';
import { QmpshError } from '../qmp/errors.ts';
import { paintLine, palette } from '../text/palette.ts';
import type { Invocation } from './invocation.ts';
import { listJson, listTable } from './monitortable.ts';
import { colours } from './paint.ts';

/** Prints what was found on this host. */
export async function listCommand(invocation: Invocation): Promise<Exit> {
  const [extra] = invocation.positionals;
  if (extra !== undefined) throw new QmpshError('usage', `list takes no argument: ${extra}`);
  const monitors = withStates(findMonitors());
  if (invocation.switches.has('json'))
    return show(
      listJson(monitors)
        .map(row => `${row}\n`)
        .join(''),
    );
  if (monitors.length === 0) {
    writeAll(2, 'No QMP monitor was found on this host. To make a VM to try things on: qmpsh practice\n');
    return 0;
  }
  const paint = palette(colours(invocation, 1));
  const width = isTerminal(1) ? columns() : Number.POSITIVE_INFINITY;
  return show(
    listTable(monitors, width)
      .map(row => `${paintLine(row, paint)}\n`)
      .join(''),
  );
}

function show(text: string): Exit {
  writeAll(1, text);
  return 0;
}
