// The colours of a line being typed, by meaning. Half a name that could still become a known one is plain, so
// that nothing flickers while it is typed.
import type { Schema, Type } from '../schema/model.ts';
import { type Allowed, arrayIn, child, choicesOf, memberAt, objectIn, typeAt } from '../schema/walk.ts';
import type { Json } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import type { Role } from '../text/style.ts';
import { actionContext, actionUnion, type Context, contextOf, messageType } from './context.ts';
import type { Value } from './literal.ts';
import { readBare, readLiteralWord } from './scalar.ts';
import { type Argument, type Call, readLine, type Tree } from './tokens.ts';

export { problemRow, problemsWhileTyping } from './typing.ts';

interface Coloured extends Place {
  readonly role: Role;
}

/** Runs of the text with a meaning, in order and apart from each other; what lies between them is plain. */
export function colour(text: string, schema?: Schema): readonly Coloured[] {
  const painter = new Painter(text, schema);
  painter.tree(readLine(text));
  return painter.finish();
}

class Painter {
  private readonly spans: Coloured[] = [];
  private readonly text: string;
  private readonly schema: Schema | undefined;

  constructor(text: string, schema: Schema | undefined) {
    this.text = text;
    this.schema = schema;
  }

  /** In order; a run that lies in another one is dropped. */
  finish(): readonly Coloured[] {
    const spans = this.spans.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start);
    let end = 0;
    return spans.filter(span => {
      const free = span.start >= end;
      if (free) end = span.end;
      return free;
    });
  }

  tree(tree: Tree): void {
    for (const place of tree.prompts) this.add(place, 'prompt');
    for (const place of tree.comments) this.add(place, 'comment');
    switch (tree.kind) {
      case 'empty':
        return;
      case 'word':
        this.add(tree.place, 'word');
        return;
      case 'raw':
        this.raw(tree);
        return;
      case 'command':
        this.call(tree.call, undefined);
        this.tail(tree);
        return;
      case 'transaction':
        this.transaction(tree);
        return;
    }
  }

  private add(place: Place, role: Role | undefined): void {
    if (role !== undefined && role !== 'plain') this.spans.push({ start: place.start, end: place.end, role });
  }

  private mark(at: number, role: Role = 'punctuation'): void {
    this.add({ start: at, end: at + 1 }, role);
  }

  private tail(tree: Extract<Tree, { kind: 'command' | 'transaction' }>): void {
    if (tree.pipe !== undefined) this.add(tree.pipe.bar, 'punctuation');
    if (tree.background !== undefined) this.add(tree.background, 'punctuation');
  }

  private raw(tree: Extract<Tree, { kind: 'raw' }>): void {
    if (tree.arrow !== undefined) this.add(tree.arrow, 'punctuation');
    const entries = tree.value.kind === 'object' ? tree.value.entries : [];
    const name = entries.find(({ key }) => key === 'execute' || key === 'exec-oob')?.value;
    const command = name?.kind === 'string' ? this.schema?.commands.get(name.value) : undefined;
    this.value(tree.value, messageType(this.schema, command?.arguments) ?? 'open', undefined, true);
  }

  private transaction(tree: Extract<Tree, { kind: 'transaction' }>): void {
    this.name(tree.namePlace, 'transaction', [...(this.schema?.commands.keys() ?? [])]);
    this.add(tree.open, 'punctuation');
    const own = this.schema?.commands.get('transaction')?.arguments;
    const context = contextOf('transaction', own, tree.args, this.text);
    for (const arg of tree.args) this.argument(arg, context);
    const union = actionUnion(this.schema);
    for (const action of tree.actions) this.call(action, actionContext(action, union, this.text));
    if (tree.close !== undefined) this.add(tree.close, 'punctuation');
    this.tail(tree);
  }

  private call(call: Call, action: Context | undefined): void {
    const { name, namePlace, args } = call;
    const names =
      action === undefined ? this.schema?.commands.keys() : actionUnion(this.schema)?.variants?.keys();
    this.name(namePlace, name, [...(names ?? [])]);
    const type = this.schema?.commands.get(name)?.arguments;
    const context = action ?? contextOf(name, type, args, this.text);
    for (const arg of args) this.argument(arg, context);
  }

  private name(place: Place, name: string, known: readonly string[]): void {
    this.add(place, judge(name, known, this.schema !== undefined, 'command'));
  }

  private argument(arg: Argument, { type, given }: Context): void {
    let inside: Allowed = type ?? 'open';
    let here: Json | undefined = given;
    for (const [i, { name, place }] of arg.key.parts.entries()) {
      if (i > 0) this.mark(place.start - 1);
      this.add(place, keyRole(inside, here, name, arg.equals !== undefined || i < arg.key.parts.length - 1));
      inside = inside === undefined ? undefined : step(inside, name, here);
      here = child(here, name);
    }
    if (arg.equals !== undefined) this.mark(arg.equals);
    if (arg.value !== undefined) this.value(arg.value, inside, here, false);
  }

  private value(value: Value, type: Allowed, here: Json | undefined, literal: boolean): void {
    switch (value.kind) {
      case 'bare':
        this.add(value.place, literal ? literalRole(value.text) : bareRole(value.text, type));
        return;
      case 'string':
        this.add(value.place, stringRole(value.value, type, value.closed));
        return;
      case 'array': {
        this.brackets(value);
        const element = type === 'open' ? type : arrayIn(type)?.element();
        for (const [i, item] of value.items.entries()) this.value(item, element, child(here, i), true);
        return;
      }
      case 'object': {
        this.brackets(value);
        const object = type === 'open' ? type : objectIn(type);
        const inner = here ?? tagsOf(value);
        for (const entry of value.entries) {
          this.add(entry.keyPlace, keyRole(object, inner, entry.key, entry.colon !== undefined));
          if (entry.colon !== undefined) this.mark(entry.colon);
          if (entry.value === undefined) continue;
          const next = object === undefined ? undefined : step(object, entry.key, inner);
          this.value(entry.value, next, child(inner, entry.key), true);
        }
      }
    }
  }

  private brackets(value: Extract<Value, { kind: 'object' | 'array' }>): void {
    this.mark(value.place.start);
    if (value.closed) this.mark(value.place.end - 1);
    const parts = value.kind === 'object' ? value.entries : value.items;
    for (const [i, part] of parts.entries()) {
      const next = parts[i + 1]?.place.start ?? value.place.end;
      const comma = this.text.slice(part.place.end, next).indexOf(',');
      if (comma !== -1) this.mark(part.place.end + comma);
    }
  }
}

/** One step down, to what may stand there. */
function step(type: Exclude<Allowed, undefined>, key: string, here: Json | undefined): Allowed {
  return type === 'open' ? type : typeAt(type, [key], here);
}

/** The members of a literal that are strings: tags are among them. */
function tagsOf(value: Extract<Value, { kind: 'object' }>): Json {
  const tags = value.entries.flatMap(({ key, value: inner }) =>
    inner?.kind === 'string' && key !== '__proto__' ? [[key, inner.value] as const] : [],
  );
  return Object.fromEntries(tags);
}

/** A name's role: known, plain while it could become a known one, else unknown. */
function judge(name: string, known: readonly string[], judged: boolean, role: Role): Role {
  if (!judged || known.includes(name)) return role;
  return known.some(other => other.startsWith(name)) ? 'plain' : 'unknown';
}

function keyRole(inside: Allowed, here: Json | undefined, name: string, finished: boolean): Role {
  if (inside === 'open') return 'key';
  if (inside === undefined) return 'plain'; // below a name that is not known (yet)
  if (memberAt(inside, name, here) !== undefined) return 'key';
  const object = objectIn(inside);
  // A tag that is typed later may bring it.
  if (object !== undefined && comes(object, name, finished)) return 'plain';
  return 'unknown';
}

function comes(object: Extract<Type, { kind: 'object' }>, name: string, finished: boolean): boolean {
  const fits = (other: string) => (finished ? other === name : other.startsWith(name));
  if (object.members.some(member => fits(member.name))) return true;
  return [...(object.variants?.values() ?? [])].some(variant => comes(variant(), name, finished));
}

function bareRole(text: string, type: Allowed): Role {
  if (type === undefined || type === 'open') return roleOf(readBare(text, type));
  const choices = choicesOf(type);
  const value = readBare(text, type);
  if (choices.some(choice => choice.kind === 'enum' && choice.values.some(({ name }) => name === value))) {
    return 'enum';
  }
  if (typeof value !== 'string') return roleOf(value);
  if (choices.some(choice => choice.kind === 'str' || choice.kind === 'any')) return 'string';
  const begins = choices.some(
    choice =>
      (choice.kind === 'enum' && choice.values.some(({ name }) => name.startsWith(text))) ||
      (choice.kind === 'bool' && BOOLEAN_WORDS.some(word => word.startsWith(text.toLowerCase()))) ||
      ((choice.kind === 'int' || choice.kind === 'number') && /^[+-]?(?:0x?)?$/i.test(text)),
  );
  return begins ? 'plain' : 'unknown';
}

const BOOLEAN_WORDS = ['true', 'false', 'on', 'off', 'yes', 'no'];

function stringRole(value: string, type: Allowed, closed: boolean): Role {
  if (type === undefined || type === 'open') return 'string';
  const choices = choicesOf(type);
  if (choices.some(choice => choice.kind === 'str' || choice.kind === 'any')) return 'string';
  const names = choices.flatMap(choice =>
    choice.kind === 'enum' ? choice.values.map(({ name }) => name) : [],
  );
  if (names.includes(value)) return 'enum';
  return !closed && names.some(name => name.startsWith(value)) ? 'plain' : 'unknown';
}

function literalRole(text: string): Role {
  const value = readLiteralWord(text);
  if (value !== undefined) return roleOf(value);
  return LITERAL_WORDS.some(word => word.startsWith(text)) ? 'plain' : 'unknown';
}

const LITERAL_WORDS = ['true', 'false', 'null', 'True', 'False', 'None', '-'];

function roleOf(value: Json): Role {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'number';
    case 'string':
      return 'string';
    default:
      return 'literal';
  }
}
