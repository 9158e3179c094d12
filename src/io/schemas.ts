// The schemas that ship with the shell, one for each version of QEMU it was tried with: recorded replies of
// query-qmp-schema, packed when the shell is built.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { QmpshError } from '../qmp/errors.ts';
import { isObject, type Json, parseJson } from '../text/json.ts';
import { reason } from './files.ts';

interface ShippedSchema {
  readonly version: string;
  readonly value: Json;
}

/** All of them. Throws a usage error where they are not there: the shell was not built. */
export function shippedSchemas(): readonly ShippedSchema[] {
  const path = join(typeof __dirname === 'string' ? dirname(__dirname) : '.', 'dist', 'schemas.br');
  try {
    const found = parseJson(brotliDecompressSync(readFileSync(path)).toString('utf8'));
    return isObject(found) ? Object.entries(found).map(([version, value]) => ({ version, value })) : [];
  } catch (error) {
    throw new QmpshError('usage', `the schemas that ship with qmpsh cannot be read: ${reason(error)}`, {
      advice: 'npm run build makes them anew.',
    });
  }
}
