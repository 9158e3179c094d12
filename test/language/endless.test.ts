// A server's schema may hold anything. Types that hold themselves, or that lead to more types than anybody could look at,
// end neither the shell nor its patience.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { colour } from '../../src/language/colour.ts';
import { complete } from '../../src/language/complete.ts';
import { hint } from '../../src/language/hint.ts';
import { parse } from '../../src/language/parse.ts';
import { print } from '../../src/language/print.ts';
import { problemsWhileTyping } from '../../src/language/typing.ts';
import { renderArgumentHelp, renderCommandHelp, renderEventHelp } from '../../src/render/help.ts';
import { loadSchema, SchemaError } from '../../src/schema/load.ts';
import type { Schema } from '../../src/schema/model.ts';
import type { Json } from '../../src/text/json.ts';

const BASE: readonly Json[] = [
  { 'meta-type': 'builtin', name: 'str', 'json-type': 'string' },
  { 'meta-type': 'enum', name: 'tag', members: [{ name: 'v' }, { name: 'w' }], values: ['v', 'w'] },
  { 'meta-type': 'object', name: 'none', members: [] },
];

/** A schema whose command `c`, and event `E`, have one argument `a` of that type. */
function withArgument(type: string, more: readonly Json[]): readonly Json[] {
  return [
    ...BASE,
    ...more,
    { 'meta-type': 'object', name: 'args', members: [{ name: 'a', type }] },
    { 'meta-type': 'command', name: 'c', 'arg-type': 'args', 'ret-type': type },
    { 'meta-type': 'event', name: 'E', 'arg-type': 'args' },
  ];
}

const array = (name: string, element: string) => ({ 'meta-type': 'array', name, 'element-type': element });
const alternate = (name: string, ...types: readonly string[]) => ({
  'meta-type': 'alternate',
  name,
  members: types.map(type => ({ type })),
});
const tagged = (name: string, ...types: readonly string[]) => ({
  'meta-type': 'object',
  name,
  tag: 't',
  members: [{ name: 't', type: 'tag' }],
  variants: types.map((type, i) => ({ case: 'vw'[i] ?? `v${i}`, type })),
});
const levels = (count: number, make: (name: string, below: string) => Json) =>
  Array.from({ length: count }, (_, i) => make(`l${i}`, i + 1 === count ? 'none' : `l${i + 1}`));

const whole = (type: string, more: readonly Json[]) => [
  ...BASE,
  ...more,
  { 'meta-type': 'command', name: 'c', 'arg-type': type, 'ret-type': 'none' },
  { 'meta-type': 'event', name: 'E', 'arg-type': type },
];

const schemas: readonly [string, readonly Json[]][] = [
  ['a list of itself', withArgument('x', [array('x', 'x')])],
  ['a list of lists of itself', withArgument('x', [array('x', 'y'), array('y', 'x')])],
  ['an alternate of itself', withArgument('x', [alternate('x', 'str', 'x')])],
  ['alternates of each other', withArgument('x', [alternate('x', 'y'), alternate('y', 'x', 'str')])],
  ['an alternate of a list of itself', withArgument('x', [alternate('x', 'y', 'str'), array('y', 'x')])],
  ['a variant that is itself', withArgument('x', [tagged('x', 'x')])],
  ['variants that are each other', withArgument('x', [tagged('x', 'y'), tagged('y', 'x')])],
  ['arguments that are their own variant', whole('x', [tagged('x', 'x', 'none')])],
  [
    'a member of its own type',
    withArgument('x', [{ 'meta-type': 'object', name: 'x', members: [{ name: 'a', type: 'x' }] }]),
  ],
  ['100,000 lists in each other', withArgument('l0', levels(100_000, array))],
  [
    '100,000 variants in each other',
    withArgument(
      'l0',
      levels(100_000, (name, below) => tagged(name, below)),
    ),
  ],
  [
    'two ways at each of 40 levels',
    withArgument(
      'l0',
      levels(40, (name, below) => alternate(name, below, below)),
    ),
  ],
  [
    'two variants at each of 40 levels',
    withArgument(
      'l0',
      levels(40, (name, below) => tagged(name, below, below)),
    ),
  ],
  [
    'two variants at each of 14 levels',
    withArgument(
      'l0',
      levels(14, (name, below) => tagged(name, below, below)),
    ),
  ],
  ['an argument that is a command', withArgument('c', [])],
];

const LINES = [
  'c ',
  'c a',
  'c a=',
  'c a=v',
  'c a.',
  'c a.t=v',
  'c a.t=v a.z=',
  'c a.0=',
  'c a.0.0.t=v',
  'c a.a.a.a=',
  'c a={"t": "v", ',
  'c a=[[[',
  'c t=v ',
  'c z=1',
  'c a={} b=[]',
];

for (const [what, entries] of schemas) {
  test(`${what}: every question about a line is answered`, () => {
    const began = process.cpuUsage();
    const schema = loadSchema(entries);
    for (const text of LINES) answerAll(text, schema);
    const command = schema.commands.get('c');
    const event = schema.events.get('E');
    if (!command || !event) throw new Error('no command');
    const options = { width: 80, notes: {} };
    assert.ok(renderCommandHelp(command, options).length > 0);
    for (const path of [['a'], ['a', 't'], ['a', 'a', 'a'], ['a', 0, 'z'], ['a', 'z'], ['t'], ['z']])
      renderArgumentHelp(command, path, options);
    renderEventHelp(event, options);
    assert.ok(process.cpuUsage(began).user < 5e6, 'seconds of work');
  });
}

function answerAll(text: string, schema: Schema): void {
  const line = parse(text, schema);
  complete(text, text.length, schema, {});
  hint(text, text.length, schema, 80);
  colour(text, schema);
  problemsWhileTyping(text, text.length, schema);
  if (line.kind !== 'command') return;
  assert.equal(parse(print(line.request, schema), schema), { ...line, warnings: [] }, text);
}

test('what is wrong with a type is said when the schema is loaded, not while a line is typed', () => {
  const wrong: readonly Json[] = [
    { 'meta-type': 'object', name: 'x', members: [{ type: 'str' }] },
    { 'meta-type': 'object', name: 'x', members: [], tag: 1, variants: [] },
    { 'meta-type': 'object', name: 'x', members: [], tag: 't', variants: [{ type: 'none' }] },
    { 'meta-type': 'enum', name: 'x', members: [{}] },
    { 'meta-type': 'strange', name: 'x' },
  ];
  for (const entry of wrong)
    assert.throws(
      () => loadSchema(withArgument('x', [entry])),
      (error: unknown) => error instanceof SchemaError,
    );
});

test.run();
