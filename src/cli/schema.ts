// Reads the schema of `--schema FILE`.
import { readNamed } from '../io/files.ts';
import { QmpshError } from '../qmp/errors.ts';
import type { Schema } from '../schema/model.ts';
import type { Invocation } from './invocation.ts';

/** The schema in the file, where one is given. Throws a usage error where it is none. */
export async function schemaOption({ schemas }: Invocation): Promise<Schema | undefined> {
  const [file] = schemas;
  return file === undefined ? undefined : schemaFrom(file);
}

/** The schema in a file. Throws a usage error where it holds none. */
export async function schemaFrom(file: string): Promise<Schema> {
  const { loadSchema } = await import('../schema/load.ts');
  const { parseJson } = await import('../text/json.ts');
  try {
    return loadSchema(parseJson(readNamed(file, 'the schema')));
  } catch (error) {
    if (error instanceof QmpshError) throw error;
    const advice = 'It holds the reply of query-qmp-schema: qmpsh -c query-qmp-schema ADDRESS > FILE';
    throw new QmpshError('usage', `${file} is no schema: ${error instanceof Error ? error.message : error}`, {
      advice,
    });
  }
}
