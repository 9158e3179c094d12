// Reports an error that ends the command, for people or as JSON.
import { isTerminal, writeAll } from '../io/stdio.ts';
import type { Exit } from '../line/exit.ts';
import { QmpshError } from '../qmp/errors.ts';
import { wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { colours, painter } from './paint.ts';

/** Says what went wrong, as the options want it; gives the exit status. */
export async function report(
  error: unknown,
  switches: ReadonlySet<string>,
  write: (text: string) => unknown = text => writeAll(2, text),
): Promise<Exit> {
  const paint = await painter(colours({ switches }, 2));
  const columns = isTerminal(2) ? process.stderr.columns || 80 : Number.POSITIVE_INFINITY;
  const show = (line: StyledLine) => {
    for (const row of wrapLine(line, columns)) write(`${paint(row)}\n`);
  };
  if (error instanceof QmpshError) {
    if (switches.has('json')) {
      write(`${(await import('../batch/jsonrows.ts')).errorRow(error)}\n`);
      return error.exit;
    }
    show([{ text: 'qmpsh: ', role: 'error' }, { text: safe(error.message) }]);
    if (error.advice !== undefined)
      for (const text of safe(error.advice, { keepNewlines: true }).split('\n')) show([{ text }]);
    return error.exit;
  }
  show([{ text: 'qmpsh: this is a fault of the shell itself: ', role: 'error' }]);
  write(`${error instanceof Error ? error.stack : safe(String(error))}\n`);
  return 1;
}
