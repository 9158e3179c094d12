// Expected output as a pattern: JSON in which `...` stands for anything. It is no reader of lines
// (language/literal.ts), which goes on behind faults and keeps each place, and none of JSON (text/json.ts), which
// takes nothing but JSON: `...` means something here alone.
import type { Json } from '../text/json.ts';
import type { Place } from '../text/place.ts';

/** `place` is where it stands in the text it was read from; a pattern made of a value has none. */
export type Pattern = { readonly place?: Place } & (
  | { readonly kind: 'any' }
  /** In a list: any number of items. */
  | { readonly kind: 'rest' }
  | { readonly kind: 'scalar'; readonly value: null | boolean | number | bigint | string }
  | { readonly kind: 'list'; readonly items: readonly Pattern[] }
  | {
      readonly kind: 'object';
      readonly members: ReadonlyMap<string, Pattern>;
      /** Where the members' names stand. */
      readonly names?: ReadonlyMap<string, Place>;
      /** `...` stands among the members: there are more. */
      readonly elided?: true;
    }
);

/** What can be read all the same and yet is no JSON. */
export interface Slip {
  readonly place: Place;
  readonly message: string;
}

const ANY: Pattern = { kind: 'any' };

/** The pattern that a JSON value is, `"..."` standing for anything. */
export function patternOf(value: Json): Pattern {
  if (value === '...') return ANY;
  if (Array.isArray(value)) return { kind: 'list', items: value.map(patternOf) };
  if (value !== null && typeof value === 'object') {
    return {
      kind: 'object',
      members: new Map(Object.entries(value).map(([key, item]) => [key, patternOf(item)])),
    };
  }
  return { kind: 'scalar', value };
}

/** Whether `...` stands for anything in it. */
export function hasElision(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'scalar':
      return typeof pattern.value === 'string' && pattern.value.includes('...');
    case 'list':
      return pattern.items.some(hasElision);
    case 'object':
      return pattern.elided === true || [...pattern.members.values()].some(hasElision);
    default:
      return true;
  }
}

/** The pattern as text, compact. */
export function showPattern(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'any':
    case 'rest':
      return '...';
    case 'scalar':
      return typeof pattern.value === 'bigint' ? pattern.value.toString() : JSON.stringify(pattern.value);
    case 'list':
      return `[${pattern.items.map(showPattern).join(', ')}]`;
    case 'object': {
      const members = [...pattern.members].map(
        ([key, item]) => `${JSON.stringify(key)}: ${showPattern(item)}`,
      );
      return `{${[...members, ...(pattern.elided ? ['...'] : [])].join(', ')}}`;
    }
  }
}
