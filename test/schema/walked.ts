// Every argument that the recorded schemas allow, with the values that lead there: for tests that must miss none.
import { readFileSync } from 'node:fs';
import { loadSchema } from '../../src/schema/load.ts';
import type { Member, ObjectType, Schema, Type } from '../../src/schema/model.ts';
import { isArray, isObject, type Json, type JsonObject, parseJson } from '../../src/text/json.ts';

export const VERSIONS = ['7.2', '10.0', '11.1'] as const;

export function recordedSchema(version: string): Schema {
  return loadSchema(parseJson(readFileSync(`test/data/schema-${version}.json`, 'utf8')));
}

export interface Found {
  readonly command: string;
  readonly path: readonly (string | number)[];
  readonly given: JsonObject;
  readonly member: Member;
  readonly type: Type;
}

/** Visits each argument once for each type it lies in; recursive types end where they repeat. */
export function* everyArgument(schema: Schema): Generator<Found> {
  for (const command of schema.commands.values()) {
    yield* inObject(command.name, command.arguments, [], [], new Set());
  }
}

type Tags = readonly { readonly path: readonly (string | number)[]; readonly value: string }[];

function* inObject(
  command: string,
  type: ObjectType,
  path: readonly (string | number)[],
  tags: Tags,
  seen: Set<ObjectType>,
): Generator<Found> {
  if (seen.has(type)) return;
  seen.add(type);
  for (const member of type.members) {
    const here = [...path, member.name];
    yield { command, path: here, given: build(tags), member, type: member.type() };
    yield* inside(command, member.type(), here, tags, seen);
  }
  for (const [value, variant] of type.variants ?? []) {
    const tag = { path: [...path, type.tag ?? ''], value };
    yield* inObject(command, variant(), path, [...tags, tag], seen);
  }
}

function* inside(
  command: string,
  type: Type,
  path: readonly (string | number)[],
  tags: Tags,
  seen: Set<ObjectType>,
): Generator<Found> {
  if (type.kind === 'object') yield* inObject(command, type, path, tags, seen);
  else if (type.kind === 'array') yield* inside(command, type.element(), [...path, 0], tags, seen);
  else if (type.kind === 'alternate') {
    for (const choice of type.choices) yield* inside(command, choice(), path, tags, seen);
  }
}

/** Arguments that hold nothing but these tags. */
function build(tags: Tags): JsonObject {
  return tags.reduce<JsonObject>((root, { path, value }) => {
    const next = put(root, path, value);
    return isObject(next) ? next : root;
  }, {});
}

function put(into: Json | undefined, path: readonly (string | number)[], value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof key === 'number') return [put(isArray(into) ? into[key] : undefined, rest, value)];
  const object = isObject(into) ? into : {};
  return { ...object, [key]: put(object[key], rest, value) };
}
