// The recorded schemas of three QEMU versions, read once.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSchema } from '../src/schema/load.ts';
import type { Schema } from '../src/schema/model.ts';
import { parseJson } from '../src/text/json.ts';

export const VERSIONS = ['7.2', '10.0', '11.1'] as const;

const loaded = new Map<string, Schema>();

/** The schema of a version. Tests run in the project's folder. */
export function schemaOf(version: (typeof VERSIONS)[number]): Schema {
  let schema = loaded.get(version);
  if (schema === undefined) {
    schema = loadSchema(parseJson(readFileSync(join('test', 'data', `schema-${version}.json`), 'utf8')));
    loaded.set(version, schema);
  }
  return schema;
}
