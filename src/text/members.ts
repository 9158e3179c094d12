// JSON read without trust in its types. What is not of the shape that is expected is left out.
import { isArray, isObject, type Json, type JsonObject, member } from './json.ts';

/** The objects of a list; none of what is no list. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : [];
}

/** A text member; empty where there is none. */
export function text(object: JsonObject, key: string): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : '';
}
