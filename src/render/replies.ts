// The members of a reply about block nodes, read without trust in their types.
import type { JsonObject } from '../text/json.ts';
import { isObject, JsonError, member, parseJson } from '../text/json.ts';

export function amount(object: JsonObject, key: string): number | undefined {
  const value = member(object, key);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}

/** The options in a `json:{...}` file name. */
export function optionsOf(file: string): JsonObject | undefined {
  if (!file.startsWith('json:')) return undefined;
  try {
    const value = parseJson(file.slice('json:'.length));
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}
