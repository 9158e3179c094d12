// Holds messages that a document shows against the schema: names, required members, types, values, variants. What is
// left out by `...` may be anything.
import type { Shown } from '../../page/model.ts';
import type { Pattern } from '../../page/pattern.ts';
import { check, checkValue, findCommand, findEvent } from '../../schema/check.ts';
import type { Finding } from '../../schema/finding.ts';
import type { ObjectType, Schema, Type } from '../../schema/model.ts';
import type { Path } from '../../schema/walk.ts';
import { isObject, type Json, setMember } from '../../text/json.ts';
import type { Place } from '../../text/place.ts';

/** What is wrong with a message, with its place in the text. */
export interface Located {
  readonly finding: Finding;
  readonly place: Place;
}

export interface ShapeOptions {
  readonly schema: Schema | undefined;
  /** Whether members that are left out without `...` are missed. */
  readonly whole: boolean;
  /** Whether a text stands for something that is not known here: `...` is one always. */
  readonly isOpen: (text: string) => boolean;
}

/** The request's own members, its command, and its arguments. */
export function judgeRequest(shown: Shown, options: ShapeOptions): readonly Located[] {
  const around = judgeAround(shown, REQUEST, 'a request', options);
  const { pattern } = shown;
  if (pattern.kind !== 'object' || !options.schema) return around;
  const name = pattern.members.get('execute') ?? pattern.members.get('exec-oob');
  if (name?.kind !== 'scalar' || typeof name.value !== 'string' || options.isOpen(name.value)) return around;
  const command = findCommand(options.schema, name.value);
  const whole = name.place ?? shown.place;
  if ('severity' in command) return [...around, { finding: command, place: whole }];
  const args = pattern.members.get('arguments');
  if (!args && pattern.elided) return around;
  const value = args ? toJson(args) : {};
  if (!isObject(value)) return around;
  const found = check(command, value, 'json');
  return [...around, ...located(found, args ?? NOTHING, 0, whole, options)];
}

/** The reply's own members and, where its command is known, what it returns. */
export function judgeReply(
  shown: Shown,
  command: string | undefined,
  options: ShapeOptions,
): readonly Located[] {
  const around = judgeAround(shown, REPLY, 'a reply', options);
  const { pattern } = shown;
  const returned = pattern.kind === 'object' ? pattern.members.get('return') : undefined;
  const known = command === undefined ? undefined : options.schema?.commands.get(command);
  if (!returned || !known) return around;
  const found = checkValue(
    known.returns,
    toJson(returned),
    ['return'],
    `the reply of ${known.name}`,
    known.name,
  );
  return [...around, ...located(found, returned, 1, returned.place ?? shown.place, options)];
}

/** The event's own members, its name, and its data. */
export function judgeEvent(shown: Shown, options: ShapeOptions): readonly Located[] {
  const around = judgeAround(shown, EVENT, 'an event', options);
  const { pattern } = shown;
  if (pattern.kind !== 'object' || !options.schema) return around;
  const name = pattern.members.get('event');
  if (name?.kind !== 'scalar' || typeof name.value !== 'string' || options.isOpen(name.value)) return around;
  const event = findEvent(options.schema, name.value);
  const whole = name.place ?? shown.place;
  if ('severity' in event) return [...around, { finding: event, place: whole }];
  const data = pattern.members.get('data');
  if (!data && pattern.elided) return around;
  const found = checkValue(event.data, data ? toJson(data) : {}, ['data'], event.name, event.name);
  return [...around, ...located(found, data ?? NOTHING, 1, data?.place ?? whole, options)];
}

const NOTHING: Pattern = { kind: 'object', members: new Map() };
const ANYTHING: Type = { kind: 'any' };
const TEXT: Type = { kind: 'str' };
const WHOLE: Type = { kind: 'int' };

function object(
  required: Readonly<Record<string, Type>>,
  optional: Readonly<Record<string, Type>>,
): ObjectType {
  const members = (list: Readonly<Record<string, Type>>, needed: boolean) =>
    Object.entries(list).map(([name, type]) => ({ name, type: () => type, required: needed, features: [] }));
  return { kind: 'object', members: [...members(required, true), ...members(optional, false)] };
}

const ERROR_CLASSES = [
  'GenericError',
  'CommandNotFound',
  'DeviceNotActive',
  'DeviceNotFound',
  'KVMMissingCap',
];
const REQUEST = object({}, { execute: TEXT, 'exec-oob': TEXT, arguments: object({}, {}), id: ANYTHING });
const REPLY = object(
  {},
  {
    return: ANYTHING,
    error: object(
      { class: { kind: 'enum', values: ERROR_CLASSES.map(name => ({ name, features: [] })) }, desc: TEXT },
      {},
    ),
    id: ANYTHING,
  },
);
const EVENT = object(
  { event: TEXT },
  { data: object({}, {}), timestamp: object({ seconds: WHOLE, microseconds: WHOLE }, {}) },
);
/** Members of a message that are held against the schema, and not here. */
const INSIDE: ReadonlySet<string> = new Set(['arguments', 'data', 'return']);

function judgeAround(
  shown: Shown,
  type: ObjectType,
  name: string,
  options: ShapeOptions,
): readonly Located[] {
  const found = checkValue(type, toJson(shown.pattern), [], name, name);
  const top = found.filter(({ path }) => path.length < 2 || !INSIDE.has(String(path[0])));
  return located(top, shown.pattern, 0, shown.place, options);
}

/** The value a pattern stands for, as far as it says: `...` leaves an item or a member out, or is a text of its own. */
function toJson(pattern: Pattern): Json {
  switch (pattern.kind) {
    case 'scalar':
      return pattern.value;
    case 'list':
      return shownItems(pattern).map(toJson);
    case 'object': {
      const value: Record<string, Json> = {};
      for (const [name, inner] of pattern.members) setMember(value, name, toJson(inner));
      return value;
    }
    default:
      return '...';
  }
}

/** The findings that hold whatever `...` stands for. `skip` parts of a path lead to the pattern itself. */
function located(
  findings: readonly Finding[],
  root: Pattern,
  skip: number,
  whole: Place,
  options: ShapeOptions,
): readonly Located[] {
  const wrongTags = new Set(
    findings.filter(({ rule }) => rule === 'wrong-value').map(({ path }) => path.join('\0')),
  );
  const meant = meantNames(findings);
  return findings.flatMap((finding): Located[] => {
    const path = finding.path.slice(skip);
    const node = nodeAt(root, path);
    const owner = nodeAt(root, path.slice(0, -1));
    const place = placeOf(finding, path, node, owner) ?? whole;
    switch (finding.rule) {
      case 'missing-member':
        if (!options.whole || (node?.kind === 'object' && node.elided)) return [];
        // A misspelt name is also a missing one.
        if (finding.missing?.every(name => meant.has([...finding.path, name].join('\0')))) return [];
        break;
      case 'wrong-type':
      case 'wrong-value':
        if (node && isOpen(node, options)) return [];
        break;
      case 'unknown-member': {
        const { tag } = finding;
        if (tag === undefined || owner?.kind !== 'object') break;
        const picked = owner.members.get(tag);
        const wrong = wrongTags.has([...finding.path.slice(0, -1), tag].join('\0'));
        if (!picked || wrong || isOpen(picked, options)) return [];
        break;
      }
      default:
        break;
    }
    return [{ finding, place }];
  });
}

/** The members that misspelt ones were perhaps meant to be. */
function meantNames(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(
    findings.flatMap(({ rule, path, nearest = [] }) =>
      rule === 'unknown-member' ? nearest.map(name => [...path.slice(0, -1), name].join('\0')) : [],
    ),
  );
}

/** Whether a pattern may stand for any value. */
function isOpen(node: Pattern, options: ShapeOptions): boolean {
  switch (node.kind) {
    case 'any':
    case 'rest':
      return true;
    case 'scalar':
      return typeof node.value === 'string' && (node.value.includes('...') || options.isOpen(node.value));
    case 'list':
      return node.items.length > 0 && node.items.every(item => item.kind === 'rest');
    case 'object':
      return node.elided === true && node.members.size === 0;
  }
}

function placeOf(
  { rule, at }: Finding,
  path: Path,
  node: Pattern | undefined,
  owner: Pattern | undefined,
): Place | undefined {
  const last = path.at(-1);
  // Of an object that lacks something its first brace.
  if (rule === 'missing-member') return node?.place && { start: node.place.start, end: node.place.start + 1 };
  // What is said of a command or an event as a whole stands at its name.
  if (at === 'name' && last === undefined) return undefined;
  if (at === 'name' && owner?.kind === 'object' && last !== undefined) return owner.names?.get(String(last));
  return node?.place;
}

const shown = new WeakMap<Pattern, readonly Pattern[]>();

/** The items of a list without what is left out between them; made once, for each finding asks. */
function shownItems(list: Extract<Pattern, { kind: 'list' }>): readonly Pattern[] {
  const known = shown.get(list) ?? list.items.filter(item => item.kind !== 'rest');
  shown.set(list, known);
  return known;
}

function nodeAt(root: Pattern, path: Path): Pattern | undefined {
  let node: Pattern | undefined = root;
  for (const key of path) {
    if (node?.kind === 'object') node = node.members.get(String(key));
    else if (node?.kind === 'list') node = shownItems(node)[Number(key)];
    else return undefined;
  }
  return node;
}
