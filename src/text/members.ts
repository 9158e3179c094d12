// JSON read without trust in its types. What is not of the shape that is expected is left out.
import { isArray, isObject, type Json, type JsonObject, member, setMember } from './json.ts';

/** The objects of a list; none of what is no list. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : [];
}

/** A text member; empty where there is none. */
export function text(object: JsonObject, key: string): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : '';
}

/** The value with each of its texts changed; names of members stay. */
export function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (isArray(value)) return value.map(item => mapTexts(item, change));
  if (!isObject(value)) return value;
  const copy: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) setMember(copy, key, mapTexts(item, change));
  return copy;
}
