// `qmpsh types`: the commands and events of a QEMU as TypeScript declarations, for the library.
import { writeAll } from '../io/stdio.ts';
import type { Exit } from '../line/exit.ts';
import { QmpshError } from '../qmp/errors.ts';
import { declarations } from '../schema/declare.ts';
import { safe } from '../text/safe.ts';
import type { Invocation } from './invocation.ts';
import { schemaOption } from './schema.ts';

/** Prints them for the schema of --schema, else for the newest that ships with the shell. */
export async function typesCommand(invocation: Invocation): Promise<Exit> {
  const [extra] = invocation.positionals;
  if (extra !== undefined)
    throw new QmpshError('usage', `types takes no argument: ${safe(extra)}`, {
      advice: 'For a VM that runs: qmpsh -c query-qmp-schema ADDRESS > FILE; qmpsh types --schema FILE',
    });
  const [file] = invocation.schemas;
  const given = await schemaOption(invocation);
  if (given) {
    writeAll(1, declarations(given, `QMP, by the schema ${safe(file ?? '')}`));
    return 0;
  }
  const { shippedSchemas } = await import('../io/schemas.ts');
  const { loadSchema } = await import('../schema/load.ts');
  const newest = [...shippedSchemas()].sort((a, b) => compareVersions(b.version, a.version))[0];
  if (!newest) throw new QmpshError('usage', 'which schema? --schema FILE is missing');
  writeAll(1, declarations(loadSchema(newest.value), `QMP of QEMU ${newest.version}`));
  return 0;
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
