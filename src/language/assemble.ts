// From key=value pairs to a JSON object. The types decide what each word means; what does not fit is kept as
// text, so that the check against the schema finds it and its place.
import { mention } from '../schema/finding.ts';
import type { Type } from '../schema/model.ts';
import { type Allowed, arrayIn, choicesOf, isIndex, memberAt, objectIn } from '../schema/walk.ts';
import { isObject, type Json, type JsonObject, setMember } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import type { Problem } from './line.ts';
import type { Value } from './literal.ts';
import { Places } from './places.ts';
import { readBare, readLiteralWord } from './scalar.ts';
import { itemOf, itemsOf } from './short.ts';
import type { Argument } from './tokens.ts';

export interface Assembled {
  readonly value: JsonObject;
  readonly places: Places;
  readonly problems: readonly Problem[];
  /** Places taken as text as they stand: faults the reader of literals saw in them are none. */
  readonly texts: readonly Place[];
  /** What the line has at a place. */
  readonly text: (place: Place) => string;
}

/** `text` is the line that the arguments stand in, `type` what they are to become. Never throws. */
export function assemble(text: string, args: readonly Argument[], type: Allowed): Assembled {
  const assembler = new Assembler(text);
  const root = assembler.tree(args, type);
  const value: Record<string, Json> = {};
  const places = new Places();
  assembler.members(root, type, places, value);
  const { problems, texts } = assembler;
  return { value, places, problems, texts, text: ({ start, end }) => text.slice(start, end) };
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
  /** The same object given as `{...}`: the members of both are one object's. */
  literal?: Literal;
}

interface Literal {
  readonly value: Extract<Value, { kind: 'object' }>;
  readonly name: Place;
  readonly place: Place;
}

// Far beyond any key that means something; it keeps the depth of recursion in bounds.
const DEEPEST_KEY = 100;

class Assembler {
  readonly problems: Problem[] = [];
  readonly texts: Place[] = [];
  private readonly text: string;
  /** One word without "=" was told: others behind it most often go with it. */
  private toldLone = false;

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
    if (this.toldLone) return;
    this.toldLone = true;
    const name = arg.key.text;
    const known = type === undefined || type === 'open' ? undefined : memberAt(type, name, undefined);
    const written = known !== undefined && known !== 'open' && known.type().kind === 'bool' ? 'true' : '...';
    this.problem(
      arg.place,
      `${mention(name)} is no argument: it has no "="`,
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
        const leaf: Leaf = { kind: 'leaf', name: arg.key.place, value: arg.value, place };
        const literal = literalOf(leaf);
        if (known === undefined) branch.children.set(part.name, leaf);
        else if (known.kind === 'branch' && literal && !known.literal) known.literal = literal;
        else this.twice(arg, known);
      } else if (known === undefined) {
        const next: Branch = { kind: 'branch', name, children: new Map() };
        branch.children.set(part.name, next);
        branch = next;
      } else if (known.kind === 'leaf') {
        const literal = literalOf(known);
        if (!literal) {
          this.both(arg, this.text.slice(name.start, name.end));
          return;
        }
        const next: Branch = { kind: 'branch', name, children: new Map(), literal };
        branch.children.set(part.name, next);
        branch = next;
      } else branch = known;
    }
  }

  private twice(arg: Argument, known: Leaf | Branch): void {
    if (known.kind === 'branch' && literalOf(arg) === undefined) this.both(arg, arg.key.text);
    else this.again(arg.key.place, arg.key.text);
  }

  private again(place: Place, key: string): void {
    this.problem(place, `${JSON.stringify(key)} is given twice`, 'Take one of the two out.');
  }

  private both(arg: Argument, key: string): void {
    this.problem(
      arg.key.place,
      `${JSON.stringify(key)} cannot have a value and members of its own`,
      `Give either ${key}=... or ${key}.NAME=...`,
    );
  }

  members(branch: Branch, type: Allowed, places: Places, into: Record<string, Json>): void {
    const given = { ...into, ...words(branch) };
    for (const [key, node] of branch.children) {
      const found = type === undefined || type === 'open' ? 'open' : memberAt(type, key, given);
      const inner = found === undefined || found === 'open' ? 'open' : found.type();
      const there = Object.hasOwn(into, key) ? into[key] : undefined;
      const merges = there !== undefined && isObject(there) && (node.kind === 'branch' || literalOf(node));
      if (there !== undefined && !merges)
        this.again(node.name, this.text.slice(node.name.start, node.name.end));
      else setMember(into, key, this.node(node, inner, key, places, merges ? there : undefined));
    }
  }

  /** `base` are members that a literal around the node gave already. */
  private node(
    node: Leaf | Branch,
    type: Allowed,
    key: string | number,
    around: Places,
    base?: JsonObject,
  ): Json {
    if (node.kind === 'leaf' && base === undefined)
      return this.leaf(node, type, around.add(key, node.name, node.place));
    const branch: Branch = node.kind === 'branch' ? node : { ...node, kind: 'branch', children: new Map() };
    const literal = node.kind === 'branch' ? node.literal : literalOf(node);
    const places =
      (base && around.at(key)) ?? around.add(key, literal?.name ?? node.name, literal?.place ?? node.name);
    const keys = [...branch.children.keys()];
    const list = arrayIn(type);
    const untyped = type === undefined || type === 'open' || type.kind === 'any';
    const whole = base === undefined && literal === undefined;
    if (whole && keys.every(isIndex) && (list !== undefined || (untyped && isContiguous(keys)))) {
      return this.list(branch, list === undefined ? 'open' : list.element(), places);
    }
    const value: Record<string, Json> = { ...base };
    if (literal) this.entries(literal.value, value, places);
    this.members(branch, objectIn(type) ?? 'open', places, value);
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
    return keys.map((key, i) => {
      const node = branch.children.get(key) ?? branch;
      const item = this.node(node, element, i, places);
      const quoted = node.kind === 'leaf' && node.value?.kind === 'string';
      return typeof item === 'string' ? (itemOf(item, element, quoted) ?? item) : item;
    });
  }

  private leaf(leaf: Leaf, type: Allowed, places: Places): Json {
    const value = leaf.value;
    if (value === undefined) return readBare('', type);
    switch (value.kind) {
      case 'bare':
        return itemsOf(value.text, type) ?? readBare(value.text, type);
      case 'string':
        return itemsOf(value.value, type, true) ?? value.value;
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
        this.entries(value, object, places);
        return object;
      }
    }
  }

  private entries(
    value: Extract<Value, { kind: 'object' }>,
    into: Record<string, Json>,
    places: Places,
  ): void {
    for (const entry of value.entries) {
      if (Object.hasOwn(into, entry.key)) this.again(entry.keyPlace, entry.key);
      const inner = places.add(entry.key, entry.keyPlace, entry.value?.place ?? entry.keyPlace);
      setMember(into, entry.key, entry.value === undefined ? null : this.literal(entry.value, inner));
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

/** The object that a leaf gives as `{...}`. */
function literalOf({ value, ...leaf }: Leaf | Argument): Literal | undefined {
  if (value?.kind !== 'object') return undefined;
  const name = 'name' in leaf ? leaf.name : leaf.key.place;
  return { value, name, place: leaf.place };
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
