// `qmpsh points`: the points of backups in a folder, as a table for people or as JSON, one a row, for programs.
import { describeImages } from '../io/images.ts';
import { columns, isTerminal, writeAll } from '../io/stdio.ts';
import type { Exit } from '../line/exit.ts';
import { QmpshError } from '../qmp/errors.ts';
import { listingJson, listingNotes, listingTable, listPoints } from '../series/listing.ts';
import { stringifyJson } from '../text/json.ts';
import { paintLine, palette } from '../text/palette.ts';
import { safeJson } from '../text/safe.ts';
import type { Invocation } from './invocation.ts';
import { colours } from './paint.ts';

/** Prints what was found; status 1 where a point is broken. */
export async function pointsCommand(invocation: Invocation): Promise<Exit> {
  const { positionals, switches } = invocation;
  const [folder, extra] = positionals;
  if (extra !== undefined) throw new QmpshError('usage', `points takes one folder: ${extra}`);
  const keep = invocation.values['keep-points'];
  if (keep !== undefined) {
    if (switches.has('json')) throw new QmpshError('usage', '--keep-points reports no JSON');
    const { keepPoints } = await import('./keep.ts');
    return keepPoints(folder ?? '.', keep, switches.has('yes'));
  }
  const listing = listPoints(await describeImages('.', folder));
  const status = listing.points.some(({ problem }) => problem !== undefined) ? 1 : 0;
  if (switches.has('json')) {
    for (const row of listingJson(listing)) writeAll(1, `${safeJson(stringifyJson(row))}\n`);
    return status;
  }
  const paint = palette(colours(invocation, 1));
  const width = isTerminal(1) ? columns() : Number.POSITIVE_INFINITY;
  if (listing.points.length === 0) writeAll(2, 'No points were found.\n');
  else
    writeAll(
      1,
      listingTable(listing, width)
        .map(row => `${paintLine(row, paint)}\n`)
        .join(''),
    );
  for (const note of listingNotes(listing)) writeAll(2, `${note}\n`);
  return status;
}
