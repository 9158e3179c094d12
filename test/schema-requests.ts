// Random requests that a schema allows, for property tests: unions with their variants, alternates, nested
// lists, empty objects and lists, awkward strings, integers up to 64 bits.
import fc from 'fast-check';
import type { Request } from '../src/qmp/message.ts';
import type { Command, Member, ObjectType, Schema, Type } from '../src/schema/model.ts';
import { exactInteger, type Json, type JsonObject, setMember } from '../src/text/json.ts';

const AWKWARD = [
  '',
  ' ',
  'a b',
  '123',
  '-1',
  '0x10',
  '39M',
  'true',
  'False',
  'null',
  'None',
  'on',
  '007',
  '1_000',
  '1.5',
  '1e5',
  "don't",
  '"',
  "'",
  '"quoted"',
  '\\',
  'a\\nb',
  'a\nb',
  '\ttab',
  '{',
  '[',
  '{}',
  '[]',
  '[::1]',
  '{"a": 1}',
  '{bad',
  '[::1]:80',
  '|',
  '&',
  '#',
  'a|b',
  'a&',
  ')',
  'a)',
  '(a)',
  'a=b',
  '=',
  'a.b',
  '.help',
  '-> ',
  '(QEMU) ',
  '$x',
  '$'.concat('{x}'),
  '`x`',
  'ä',
  '日本',
  '😀',
  '\u200b',
  '\u202e',
  '\u0000',
  '\u001b[31m',
  '\u007f',
  '\u2028',
  '\ud800',
  '\ufeff',
  '\u00a0',
  '__proto__',
  'node-A',
  'a.qcow2',
  '/run/x.sock',
  'json:{"driver":"file","filename":"a b"}',
  '+5',
  '٣',
  'TRANS> ',
  ',',
  ':',
  'a,b',
];

const text = fc.oneof(
  fc.constantFrom(...AWKWARD),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.stringMatching(/^[a-z][a-z0-9.-]{0,10}$/),
);

const int: fc.Arbitrary<Json> = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.bigInt({ min: -5n, max: 5000n }),
    fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n, -(2n ** 63n), 40894464n),
  )
  .map(exactInteger);

const double: fc.Arbitrary<Json> = fc.oneof(int, fc.double({ noNaN: true, noDefaultInfinity: true }));

const KEY = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/) },
  { weight: 1, arbitrary: text },
);

/** Any JSON, for members of type `any` and the properties of devices. */
export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.constantFrom<Json>(null, true, false),
    double,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(KEY, tie('value')), { maxLength: 3 }).map(entries => toObject(entries)),
  ),
})).value;

/** Requests of all commands of a schema. */
export function requests(schema: Schema): fc.Arbitrary<Request> {
  return fc.constantFrom(...schema.commands.values()).chain(command => requestOf(command));
}

/** Requests of one command. */
export function requestOf(command: Command): fc.Arbitrary<Request> {
  return fc.tuple(object(command.arguments, 3), fc.boolean()).map(([args, oob]) => ({
    execute: command.name,
    arguments: args,
    ...(oob && command.oob ? { oob: true } : {}),
  }));
}

function object(type: ObjectType, depth: number): fc.Arbitrary<JsonObject> {
  const tag = type.members.find(member => member.name === type.tag)?.type();
  const own = entries(type.members, depth);
  const extra = type.open === true ? fc.array(fc.tuple(KEY, anyJson), { maxLength: 3 }) : fc.constant([]);
  const base = fc.tuple(own, extra).map(([known, more]) => toObject([...more, ...known]));
  if (tag?.kind !== 'enum' || type.variants === undefined || type.tag === undefined) return base;
  const name = type.tag;
  const variants = type.variants;
  return fc.constantFrom(...tag.values.map(value => value.name)).chain(value => {
    const variant = variants.get(value)?.();
    const more = variant === undefined ? fc.constant<JsonObject>({}) : object(variant, depth);
    return fc
      .tuple(base, more)
      .map(([a, b]) => toObject([...Object.entries(b), ...Object.entries(a), [name, value]]));
  });
}

function entries(members: readonly Member[], depth: number): fc.Arbitrary<(readonly [string, Json])[]> {
  return fc
    .tuple(...members.map(member => one(member, depth)))
    .map(list => list.filter(entry => entry !== undefined));
}

function one(member: Member, depth: number): fc.Arbitrary<readonly [string, Json] | undefined> {
  // Optional members of what is deep down would make endless trees: a block node may hold block nodes.
  if (!member.required && depth <= 0) return fc.constant(undefined);
  const value = fc
    .constant(null)
    .chain(() => value_(member.type(), depth - 1))
    .map(v => [member.name, v] as const);
  return member.required ? value : fc.option(value, { nil: undefined, freq: 2 });
}

function value_(type: Type, depth: number): fc.Arbitrary<Json> {
  switch (type.kind) {
    case 'str':
      return text;
    case 'int':
      return int;
    case 'number':
      return double;
    case 'bool':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'any':
      return anyJson;
    case 'enum':
      return fc.constantFrom(...type.values.map(value => value.name));
    case 'array':
      return depth < -3
        ? fc.constant([])
        : fc.array(
            fc.constant(null).chain(() => value_(type.element(), depth - 1)),
            { maxLength: 2 },
          );
    case 'object':
      return object(type, depth);
    case 'alternate': {
      const choices = type.choices.map(choice => choice());
      const flat = choices.filter(choice => choice.kind !== 'object' && choice.kind !== 'array');
      return fc
        .constantFrom(...(depth <= 0 && flat.length > 0 ? flat : choices))
        .chain(choice => value_(choice, depth));
    }
  }
}

function toObject(list: readonly (readonly [string, Json])[]): JsonObject {
  const value: Record<string, Json> = {};
  for (const [key, inner] of list) setMember(value, key, inner);
  return value;
}
