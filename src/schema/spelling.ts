// How a value is written that was given as another type than the one wanted.
import { nearest } from '../text/fuzzy.ts';
import { type Json, stringifyJson } from '../text/json.ts';
import type { Type } from './model.ts';
import { example, shapesOf, skeleton, spelledOut } from './shape.ts';
import { type Path, showPath } from './walk.ts';

/** What to write for a value that is of another type than the one wanted. */
export function adviceFor(
  type: Type,
  value: Json,
  path: Path,
): { advice?: string; nearest?: readonly string[] } {
  const name = showPath(path);
  switch (type.kind) {
    case 'int':
      return { advice: sizeMeant(value, name) ?? 'Write 123, 0x7b, or a size such as 39M.' };
    case 'bool':
      return { advice: 'Write true or false.' };
    case 'array':
    case 'object':
      return wholeAdvice(type, value, path, name);
    case 'str':
      return typeof value === 'object' ? {} : { advice: `Put it in quotes: ${stringifyJson(String(value))}` };
    default:
      return {};
  }
}

/** What to write where a word stands for a list or an object: the ways in which the word fits, else what it needs. */
function wholeAdvice(
  type: Extract<Type, { kind: 'array' | 'object' }>,
  value: Json,
  path: Path,
  name: string,
): { advice: string; nearest?: readonly string[] } {
  const ways = spelledOut(type, value, path);
  if (ways.length > 0) return { advice: `Write ${ways.slice(0, 3).join(', or ')}` };
  const near = typeof value === 'string' ? nearest(value, wordsIn(type)) : [];
  const more = near.length > 0 ? { nearest: near } : {};
  const needs = skeleton(type, path);
  if (needs !== undefined) return { advice: `Write ${needs}`, ...more };
  const members = type.kind === 'object' ? `${name}.NAME=...` : `${name}.0=... ${name}.1=...`;
  return { advice: `Write ${members}, or ${name}=${example(type)}`, ...more };
}

/** The values of the lists of values in an item or object. */
function wordsIn(type: Type): readonly string[] {
  const object = type.kind === 'array' ? type.element() : type;
  if (object.kind === 'enum') return object.values.map(({ name }) => name);
  if (object.kind !== 'object') return [];
  const inner = shapesOf(object).flatMap(shape => shape.type.members.map(member => member.type()));
  return inner.flatMap(one => (one.kind === 'enum' ? one.values.map(({ name }) => name) : []));
}

/** `64kb`, `39MiB`: a size with more letters than it has here. */
function sizeMeant(value: Json, name: string): string | undefined {
  const [, number, unit] = (typeof value === 'string' && /^(\d+)\s*([kmgtpe])i?b$/i.exec(value)) || [];
  if (number === undefined || unit === undefined) return undefined;
  return `Write ${name}=${number}${unit.toLowerCase() === 'k' ? 'k' : unit.toUpperCase()}`;
}
