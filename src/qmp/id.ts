// The `id` of a command as a key: QMP takes any JSON value for one.
import { isObject, type Json, stringifyJson } from '../text/json.ts';

/** The same text for the same `id`, whatever the order of its members: the server does not keep that order. */
export function idKey(id: Json): string {
  if (typeof id === 'string') return `"${id}`;
  return stringifyJson(sorted(id));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  );
}
