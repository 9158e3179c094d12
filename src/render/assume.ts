// An argument that only some variants have can be asked about without saying which: one of them is assumed.
import type { ObjectType } from '../schema/model.ts';
import type { Path } from '../schema/walk.ts';
import { child, membersAt, objectIn, typeAt, variantsWith } from '../schema/walk.ts';
import type { Json, JsonObject } from '../text/json.ts';
import { isObject, member } from '../text/json.ts';

/** What most people look for among many variants. */
const SAMPLES = ['qcow2', 'socket', 'tap', 'iothread'];

/** The value of a tag to show as the example among several. */
export function sampleOf(values: readonly string[]): string | undefined {
  return SAMPLES.find(value => values.includes(value)) ?? values[0];
}

interface Assumed {
  readonly given: JsonObject;
  /** Tags that were assumed, with all values that would do, the assumed one first. */
  readonly tags: readonly { readonly tag: string; readonly values: readonly string[] }[];
}

/** `given` with such tags added that the path leads somewhere, if there are such. */
export function assume(type: ObjectType, path: Path, given: JsonObject = {}): Assumed {
  const [key, ...rest] = path;
  if (key === undefined) return { given, tags: [] };
  const tags: { tag: string; values: readonly string[] }[] = [];
  let here = given;
  for (let at: ObjectType | undefined = type; at?.tag !== undefined && !has(type, key, here); ) {
    const chosen = member(here, at.tag);
    if (chosen === undefined) {
      const values = variantsWith(at, String(key));
      const value = sampleOf(values);
      if (value === undefined) break;
      tags.push({ tag: at.tag, values: [value, ...values.filter(other => other !== value)] });
      here = { ...here, [at.tag]: value };
    }
    const value = member(here, at.tag);
    at = typeof value === 'string' ? at.variants?.get(value)?.() : undefined;
  }
  const below = typeAt(type, [key], here);
  const inner = objectIn(below);
  // Behind a list the tags of its items would be needed: those are not guessed.
  if (inner === undefined || rest.length === 0) return { given: here, tags };
  const value: Json | undefined = child(here, key);
  const deeper = assume(inner, rest, isObject(value) ? value : {});
  const named = deeper.tags.map(tag => ({ ...tag, tag: `${key}.${tag.tag}` }));
  return { given: { ...here, [String(key)]: deeper.given }, tags: [...tags, ...named] };
}

function has(type: ObjectType, key: string | number, given: JsonObject): boolean {
  return membersAt(type, given).some(one => one.name === key);
}
