// From key=value pairs to a JSON object. The types decide what each word means; what does not fit is kept as
// text, so that the check against the schema finds it and its place.
import type { Type } from '../schema/model.ts';
import { type Allowed, arrayIn, choicesOf, isIndex, memberAt, objectIn, type Path } from '../schema/walk.ts';
import { type Json, type JsonObject, setMember } from '../text/json.ts';
import type { Place } from '../text/span.ts';
import type { Problem } from './line.ts';
import type { Value } from './literal.ts';
import { readBare, readLiteralWord } from './scalar.ts';
import type { Argument } from './tokens.ts';

/** Where each member of a value stands in the text: a tree beside the value. */
export class Places {
  private readonly name: Place | undefined;
  private readonly value: Place | undefined;
  private readonly children = new Map<string, Places>();

  constructor(name?: Place, value?: Place) {
    this.name = name;
    this.value = value;
  }

  /** The places of a member below this one, from now on at `name` and `value`. */
  add(key: string | number, name: Place, value: Place): Places {
    const child = new Places(name, value);
    this.children.set(String(key), child);
    return child;
  }

  /** The place of a member, or of the nearest thing around it that has one. */
  find(path: Path, at: 'name' | 'value'): Place | undefined {
    const [key, ...rest] = path;
    if (key === undefined) return at === 'name' ? this.name : this.value;
    return this.children.get(String(key))?.find(rest, at) ?? this.value;
  }
}

export interface Assembled {
  readonly value: JsonObject;
  readonly places: Places;
  readonly problems: readonly Problem[];
  /** Places taken as text as they stand: faults the reader of literals saw in them are none. */
  readonly texts: readonly Place[];
}

/** `text` is the line that the arguments stand in, `type` what they are to become. Never throws. */
export function assemble(text: string, args: readonly Argument[], type: Allowed): Assembled {
  const assembler = new Assembler(text);
  const root = assembler.tree(args, type);
  const value: Record<string, Json> = {};
  const places = new Places();
  assembler.members(root, type, places, value);
  const { problems, texts } = assembler;
  return { value, places, problems, texts };
}

interface Leaf {
  readonly kind: 'leaf';
  readonly name: Place;
  readonly value: Value | undefined;
  /** All that stands behind the "=". */
  readonly place: Place;
}

interface Branch {
  readonly kind: 'branch';
  readonly name: Place;
  readonly children: Map<string, Leaf | Branch>;
}

// Far beyond any key that means something; it keeps the depth of recursion in bounds.
const DEEPEST_KEY = 100;

class Assembler {
  readonly problems: Problem[] = [];
  readonly texts: Place[] = [];
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  tree(args: readonly Argument[], type: Allowed): Branch {
    const root: Branch = { kind: 'branch', name: { start: 0, end: 0 }, children: new Map() };
    for (const arg of args) {
      if (arg.equals === undefined) this.lone(arg, type);
      else if (arg.key.parts.length > DEEPEST_KEY) {
        this.problem(
          arg.key.place,
          `the key is more than ${DEEPEST_KEY} deep`,
          'Write it as a literal: NAME={...}',
        );
      } else if (arg.key.parts.some(part => part.name === '')) {
        const advice =
          arg.key.text === ''
            ? 'Write NAME=VALUE, without a blank before "=".'
            : 'Write one name between two dots.';
        this.problem(arg.place, 'a name is missing before "="', advice);
      } else this.add(root, arg, arg.equals);
    }
    return root;
  }

  private lone(arg: Argument, type: Allowed): void {
    const name = arg.key.text;
    const known = type === undefined || type === 'open' ? undefined : memberAt(type, name, undefined);
    const written = known !== undefined && known !== 'open' && known.type().kind === 'bool' ? 'true' : '...';
    this.problem(
      arg.place,
      `${JSON.stringify(name)} is no argument: it has no "="`,
      known !== undefined && known !== 'open'
        ? `Write ${name}=${written}`
        : 'Arguments are written NAME=VALUE; a value with blanks in it needs quotes: NAME="a b".',
    );
  }

  private add(root: Branch, arg: Argument, equals: number): void {
    let branch = root;
    const last = arg.key.parts.length - 1;
    const start = arg.key.place.start;
    for (const [i, part] of arg.key.parts.entries()) {
      const name = { start, end: part.place.end };
      const known = branch.children.get(part.name);
      if (i === last) {
        const place = { start: equals + 1, end: arg.place.end };
        if (known !== undefined) this.twice(arg, known);
        else branch.children.set(part.name, { kind: 'leaf', name: arg.key.place, value: arg.value, place });
      } else if (known === undefined) {
        const next: Branch = { kind: 'branch', name, children: new Map() };
        branch.children.set(part.name, next);
        branch = next;
      } else if (known.kind === 'leaf') {
        this.both(arg, this.text.slice(name.start, name.end));
        return;
      } else branch = known;
    }
  }

  private twice(arg: Argument, known: Leaf | Branch): void {
    if (known.kind === 'branch') this.both(arg, arg.key.text);
    else
      this.problem(
        arg.key.place,
        `${JSON.stringify(arg.key.text)} is given twice`,
        'Take one of the two out.',
      );
  }

  private both(arg: Argument, key: string): void {
    this.problem(
      arg.key.place,
      `${JSON.stringify(key)} cannot have a value and members of its own`,
      `Give either ${key}=... or ${key}.NAME=...`,
    );
  }

  members(branch: Branch, type: Allowed, places: Places, into: Record<string, Json>): void {
    const given = words(branch);
    for (const [key, node] of branch.children) {
      const found = type === undefined || type === 'open' ? 'open' : memberAt(type, key, given);
      const inner = found === undefined || found === 'open' ? 'open' : found.type();
      setMember(into, key, this.node(node, inner, key, places));
    }
  }

  private node(node: Leaf | Branch, type: Allowed, key: string | number, around: Places): Json {
    if (node.kind === 'leaf') return this.leaf(node, type, around.add(key, node.name, node.place));
    const places = around.add(key, node.name, node.name);
    const keys = [...node.children.keys()];
    const list = arrayIn(type);
    const object = objectIn(type);
    const untyped = type === undefined || type === 'open' || type.kind === 'any';
    if (keys.every(isIndex) && (list !== undefined || (untyped && isContiguous(keys)))) {
      return this.list(node, list === undefined ? 'open' : list.element(), places);
    }
    const value: Record<string, Json> = {};
    this.members(node, object ?? 'open', places, value);
    return value;
  }

  private list(branch: Branch, element: Allowed, places: Places): Json {
    const keys = [...branch.children.keys()].sort((a, b) => Number(a) - Number(b));
    const gap = keys.findIndex((key, i) => Number(key) !== i);
    if (gap !== -1) {
      const name = this.text.slice(branch.name.start, branch.name.end);
      this.problem(
        branch.name,
        `item ${gap} of the list ${JSON.stringify(name)} is missing`,
        `Count from ${name}.0 without a gap.`,
      );
    }
    return keys.map((key, i) => this.node(branch.children.get(key) ?? branch, element, i, places));
  }

  private leaf(leaf: Leaf, type: Allowed, places: Places): Json {
    const value = leaf.value;
    if (value === undefined) return readBare('', type);
    switch (value.kind) {
      case 'bare':
        return readBare(value.text, type);
      case 'string':
        return value.value;
      default:
        if (value.closed && isText(type, value.kind)) {
          this.texts.push(leaf.place);
          return this.text.slice(leaf.place.start, leaf.place.end);
        }
        return this.literal(value, places);
    }
  }

  /** A literal's own JSON: inside it no type is asked, it says itself what it is. */
  literal(value: Value, places: Places): Json {
    switch (value.kind) {
      case 'string':
        return value.value;
      case 'bare':
        return this.literalWord(value.text, value.place);
      case 'array': {
        const items: Json[] = [];
        for (const item of value.items) {
          items.push(this.literal(item, places.add(items.length, item.place, item.place)));
        }
        return items;
      }
      case 'object': {
        const object: Record<string, Json> = {};
        for (const entry of value.entries) {
          if (Object.hasOwn(object, entry.key)) {
            this.problem(
              entry.keyPlace,
              `${JSON.stringify(entry.key)} is given twice`,
              'Take one of the two out.',
            );
          }
          const inner = places.add(entry.key, entry.keyPlace, entry.value?.place ?? entry.keyPlace);
          setMember(object, entry.key, entry.value === undefined ? null : this.literal(entry.value, inner));
        }
        return object;
      }
    }
  }

  private literalWord(text: string, place: Place): Json {
    const value = readLiteralWord(text);
    if (value !== undefined) return value;
    const size = readBare(text, { kind: 'int' });
    const advice =
      typeof size === 'string'
        ? `Text needs quotes: ${JSON.stringify(text)}`
        : `Inside a literal write ${size}.`;
    this.problem(place, `${JSON.stringify(text)} is neither a number nor true, false or null`, advice);
    return null;
  }

  private problem(place: Place, message: string, advice: string): void {
    this.problems.push({ place, message, advice });
  }
}

/** The members that are words already, whatever their type: a tag is among them. */
function words(branch: Branch): JsonObject {
  const given: Record<string, Json> = {};
  for (const [key, node] of branch.children) {
    if (node.kind !== 'leaf') continue;
    if (node.value?.kind === 'bare') setMember(given, key, node.value.text);
    else if (node.value?.kind === 'string') setMember(given, key, node.value.value);
  }
  return given;
}

/** Whether a bracket at the start of a value is just text: text is wanted, and no such literal. */
function isText(type: Allowed, kind: 'object' | 'array'): boolean {
  if (type === undefined || type === 'open') return false;
  const kinds: readonly Type['kind'][] = choicesOf(type).map(choice => choice.kind);
  return kinds.includes('str') && !kinds.includes(kind);
}

function isContiguous(keys: readonly string[]): boolean {
  const sorted = keys.map(Number).sort((a, b) => a - b);
  return sorted.every((key, i) => key === i);
}

/** The JSON of a literal that stands by itself, with what is wrong in it. */
export function assembleLiteral(
  text: string,
  value: Value,
): { readonly value: Json; readonly problems: readonly Problem[] } {
  const assembler = new Assembler(text);
  return { value: assembler.literal(value, new Places()), problems: assembler.problems };
}
