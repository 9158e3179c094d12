// What could stand at the cursor. Pure and synchronous: names of the VM's own things come from `extra.values`,
// which answers from what is known already.
import type { Member, Schema, Type } from '../schema/model.ts';
import { namingAt, type Wanted } from '../schema/names.ts';
import { HMP_COMMANDS } from '../schema/notes/hmp.ts';
import { parseTable } from '../schema/notes/table.ts';
import { describeArgument, describeCommand } from '../schema/notes.ts';
import { type Allowed, choicesOf, describe, isIndex, membersAt, objectIn, showPath } from '../schema/walk.ts';
import { nearest, rank } from '../text/fuzzy.ts';
import { isObject, type JsonObject } from '../text/json.ts';
import type { Place } from '../text/span.ts';
import type { Candidate } from './line.ts';
import { bareEnd } from './literal.ts';
import { guess } from './scalar.ts';
import { itemsIn, type KeySpot, type Quote, type Spot, spotAt, type ValueSpot } from './spot.ts';

export interface Completion {
  /** The best first; all replace the same part of the line, apart from an action's name in a transaction. */
  readonly candidates: readonly Candidate[];
  /** What is named at the cursor, when its values come from the VM or the host. */
  readonly wanted?: Wanted;
}

/** A value somebody else knows: a node of the VM, a file of the host, an argument of a shell word. */
export interface Offer {
  readonly text: string;
  readonly note?: string;
}

/** A word of the shell, with its dot. `complete` offers what may follow the arguments before. */
export interface WordOffer {
  readonly name: string;
  readonly note?: string;
  readonly complete?: (before: readonly string[], typed: string) => readonly Offer[];
}

export interface Extra {
  readonly words?: readonly WordOffer[];
  readonly values?: (wanted: Wanted) => readonly Offer[] | undefined;
}

/** What could stand at `cursor`, an offset in UTF-16 units. Without a schema, only what `extra` knows. */
export function complete(
  text: string,
  cursor: number,
  schema: Schema | undefined,
  extra: Extra = {},
): Completion {
  const spot = spotAt(text, cursor, schema);
  switch (spot.kind) {
    case 'nothing':
      return { candidates: [] };
    case 'command':
      return spot.actions === undefined
        ? atCommand(spot, text, schema, extra)
        : atAction(spot, spot.actions, text, schema, extra);
    case 'rest':
      return atRest(spot, extra);
    case 'key':
      return atKey(spot, text, extra);
    case 'value':
      return atValue(spot, text, schema, extra);
  }
}

/** The longest text that all candidates begin with: how far Tab can go before it must ask. */
export function longestCommon(candidates: readonly Candidate[]): string {
  const [first, ...rest] = candidates;
  if (first === undefined) return '';
  let length = first.text.length;
  for (const { text } of rest) {
    let i = 0;
    while (i < length && i < text.length && text[i] === first.text[i]) i++;
    length = i;
  }
  return first.text.slice(0, length);
}

/** A candidate before it is known whether it matches. `label` is what is typed for it, without quotes. */
type Draft = Omit<Candidate, 'matched' | 'place' | 'label'> & {
  readonly label: string;
  readonly place?: Place;
};

/** Drafts that match, the best first. Weaker kinds of match show only where no stronger one is found. */
function pick(drafts: readonly Draft[], typed: string, place: Place): readonly Candidate[] {
  const finish = ({ label, ...draft }: Draft, matched: readonly number[]): Candidate => ({
    place,
    ...draft,
    ...(label === draft.text ? {} : { label }),
    ...(matched.length > 0 ? { matched } : {}),
  });
  if (typed === '') return drafts.map(draft => finish(draft, []));
  const ranked = drafts.flatMap((draft, index) => {
    const found = rank(typed, draft.label);
    return found === undefined ? [] : [{ draft, index, ...found }];
  });
  if (ranked.length === 0) {
    const labels = new Set(nearest(typed, [...new Set(drafts.map(({ label }) => label))], 5));
    return [...labels].flatMap(name =>
      drafts.filter(({ label }) => label === name).map(draft => finish(draft, [])),
    );
  }
  const best = ranked.filter(({ score }) => score < 1);
  const shown = best.length > 0 ? best : ranked;
  const weight = ({ draft, score, index }: (typeof shown)[number]): readonly number[] => [
    score === 0 ? -1 : Math.floor(score),
    draft.required === true ? 0 : 1,
    draft.deprecated === true ? 1 : 0,
    score < 1 ? index : score,
  ];
  return shown
    .map(item => ({ item, weight: weight(item) }))
    .sort((a, b) => compare(a.weight, b.weight))
    .map(({ item }) => finish(item.draft, item.matched));
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

function withWanted(candidates: readonly Candidate[], wanted: Wanted | undefined): Completion {
  return wanted === undefined ? { candidates } : { candidates, wanted };
}

// --- names of commands and words

type CommandSpot = Extract<Spot, { readonly kind: 'command' }>;

function atCommand(spot: CommandSpot, text: string, schema: Schema | undefined, extra: Extra): Completion {
  const { typed, place } = spot;
  const wanted: Wanted = { kind: 'command', typed, place, given: {}, command: '' };
  const words = (extra.words ?? []).map(
    ({ name, note, complete }): Draft => ({
      text: name,
      label: name,
      kind: 'word',
      ...(note === undefined ? {} : { about: note }),
      after: complete === undefined ? '' : blankUnless(text, place),
    }),
  );
  const commands =
    schema === undefined
      ? (extra.values?.(wanted) ?? []).map(
          ({ text: name }): Draft => ({
            ...commandDraft(name, [], true),
            after: blankUnless(text, place),
          }),
        )
      : commandDrafts(schema).map(draft =>
          draft.after === '' ? draft : { ...draft, after: blankUnless(text, place) },
        );
  const drafts = typed.startsWith('.') ? words : [...commands, ...words];
  return { candidates: pick(drafts, typed, place) };
}

const draftsOfSchema = new WeakMap<Schema, readonly Draft[]>();

function commandDrafts(schema: Schema): readonly Draft[] {
  const known = draftsOfSchema.get(schema);
  if (known !== undefined) return known;
  const drafts = [...schema.commands.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, features, arguments: type }) =>
      commandDraft(name, features, type.open === true || type.tag !== undefined || type.members.length > 0),
    );
  draftsOfSchema.set(schema, drafts);
  return drafts;
}

function commandDraft(name: string, features: readonly string[], takesArguments: boolean): Draft {
  const about = describeCommand(name);
  return {
    text: name,
    label: name,
    kind: 'command',
    ...notes([], features),
    ...(about === undefined ? {} : { about }),
    after: takesArguments ? ' ' : '',
  };
}

/** Inside a transaction a name begins the next action, or is an argument of the one before it. */
function atAction(
  spot: CommandSpot,
  actions: readonly string[],
  text: string,
  schema: Schema | undefined,
  extra: Extra,
): Completion {
  const known = [...actions].sort();
  const names = known.map((name): Draft => {
    const features = schema?.commands.get(name)?.features ?? [];
    return { ...commandDraft(name, features, true), after: blankUnless(text, spot.place) };
  });
  const closes = spot.typed === '' && !/^\s*\)/.test(text.slice(spot.place.end));
  const close: Draft = { text: ')', label: ')', kind: 'value', about: 'end of the transaction', after: '' };
  const keys = spot.key === undefined ? [] : atKey(spot.key, text, extra).candidates;
  return { candidates: [...keys, ...pick(closes ? [...names, close] : names, spot.typed, spot.place)] };
}

function atRest(spot: Extract<Spot, { readonly kind: 'rest' }>, extra: Extra): Completion {
  const word = extra.words?.find(({ name }) => name === spot.word || name === `.${spot.word}`);
  const offers = word?.complete?.(spot.before, spot.typed) ?? [];
  const drafts = offers.map(
    ({ text, note }): Draft => ({
      text,
      label: text,
      kind: 'value',
      ...(note === undefined ? {} : { note }),
      after: /[=/]$/.test(text) ? '' : ' ',
    }),
  );
  return { candidates: pick(drafts, spot.typed, spot.place) };
}

/** A blank behind what is taken, unless one stands there. */
function blankUnless(text: string, place: Place): string {
  return /^\s/.test(text.slice(place.end)) ? '' : ' ';
}

function notes(
  parts: readonly string[],
  features: readonly string[],
): { note?: string; deprecated?: boolean } {
  const marks = features.filter(feature => feature === 'deprecated' || feature === 'unstable');
  const note = [...parts, ...marks].join(' · ');
  return {
    ...(note === '' ? {} : { note }),
    ...(marks.includes('deprecated') ? { deprecated: true } : {}),
  };
}

// --- names of arguments

function atKey(spot: KeySpot, text: string, extra: Extra): Completion {
  const list = listOf(spot.inside);
  if (list !== undefined && !spot.literal && objectIn(spot.inside) === undefined) {
    return { candidates: pick([indexDraft(spot, list)], spot.typed, spot.place) };
  }
  const object = spot.inside === 'open' ? undefined : objectIn(spot.inside);
  const known = object === undefined ? [] : membersAt(object, spot.here);
  const drafts = inOrder(known).flatMap(member => keyDrafts(spot, member, text));
  const open = spot.inside === 'open' || object?.open === true;
  if (!open) return { candidates: pick(drafts, spot.typed, spot.place) };
  const wanted: Wanted = {
    kind: 'device-property',
    typed: spot.typed,
    place: spot.place,
    given: spot.context.given,
    command: spot.context.name,
  };
  const names = new Set(known.map(({ name }) => name));
  const more = (extra.values?.(wanted) ?? [])
    .filter(({ text: name }) => !names.has(name) && !spot.taken.has(name))
    .map(({ text: name, note }) => {
      const about = describeArgument(spot.context.name, [name]);
      return finishKey(
        spot,
        name,
        { ...(note === undefined ? {} : { note }), ...(about === undefined ? {} : { about }) },
        text,
      );
    });
  return withWanted(pick([...drafts, ...more], spot.typed, spot.place), wanted);
}

function listOf(type: Allowed): Type | undefined {
  if (type === undefined || type === 'open') return undefined;
  const list = choicesOf(type).find(choice => choice.kind === 'array');
  return list?.kind === 'array' ? list.element() : undefined;
}

/** The index of the next item: a dotted list is filled from 0 without a gap. */
function indexDraft(spot: KeySpot, element: Type): Draft {
  const taken = [...spot.taken, ...spot.begun].filter(isIndex).length;
  const name = String(Math.max(taken, spot.typed === '' ? itemsIn(spot.here) : taken));
  return {
    text: name,
    label: name,
    kind: 'key',
    note: describe(element),
    after: choicesOf(element).some(choice => choice.kind === 'object') ? '.' : '=',
  };
}

function inOrder(members: readonly Member[]): readonly Member[] {
  const weight = ({ required, features }: Member) =>
    (required ? 0 : 1) + (features.includes('deprecated') ? 2 : features.includes('unstable') ? 1 : 0);
  return [...members].sort((a, b) => weight(a) - weight(b));
}

function keyDrafts(spot: KeySpot, member: Member, text: string): readonly Draft[] {
  const type = member.type();
  const { name, required, features } = member;
  if (spot.taken.has(name)) return [];
  const about = describeArgument(spot.context.name, [...spot.path, name]);
  const draft = (kinds: readonly Type[]) => ({
    ...notes([kinds.map(describe).join(' or '), required ? 'required' : 'optional'], features),
    ...(about === undefined ? {} : { about }),
    required,
  });
  const choices = choicesOf(type);
  if (spot.literal) return [finishKey(spot, name, draft(choices), text)];
  const leaves = choices.filter(choice => choice.kind !== 'object');
  const drafts: Draft[] = [];
  // What has members so far can only get more of them.
  if (leaves.length > 0 && !spot.begun.has(name)) drafts.push(finishKey(spot, name, draft(leaves), text));
  const objects = choices.filter(choice => choice.kind === 'object');
  if (objects.length > 0 && !spot.followed) {
    const whole = [...spot.path, name].join('.');
    const members = drafts.length > 0 ? 'its members' : 'object';
    const { note: _, ...rest } = draft(objects);
    const note = notes([members, required ? 'required' : 'optional'], features);
    if (spot.begun.has(name) && !hasMore(objects, spot, name)) return drafts;
    drafts.push({
      ...rest,
      ...note,
      text: `${name}.`,
      label: `${name}.`,
      kind: 'key',
      after: '',
      required: required && !spot.begun.has(name),
      ...(about === undefined ? { about: `members of ${whole}` } : {}),
    });
  }
  return drafts;
}

function hasMore(objects: readonly Type[], spot: KeySpot, name: string): boolean {
  const here = isObject(spot.here) ? spot.here[name] : undefined;
  return objects.some(
    type =>
      type.kind === 'object' &&
      (type.open === true ||
        membersAt(type, here).some(member => !isObject(here) || !Object.hasOwn(here, member.name))),
  );
}

function finishKey(
  spot: KeySpot,
  name: string,
  draft: Partial<Pick<Draft, 'note' | 'about' | 'required' | 'deprecated'>>,
  text: string,
): Draft {
  if (!spot.literal) {
    return { ...draft, text: name, label: name, kind: 'key', after: spot.followed ? '' : '=' };
  }
  const next = text.slice(spot.place.end).trimStart();
  return {
    ...draft,
    text: quoted(name, spot.quote === '' ? '"' : spot.quote),
    label: name,
    kind: 'key',
    after: spot.followed || next.startsWith(':') ? '' : ': ',
  };
}

// --- values

function atValue(spot: ValueSpot, text: string, schema: Schema | undefined, extra: Extra): Completion {
  const { type } = spot;
  const command = wantsCommand(spot, schema);
  const choices = type === undefined || type === 'open' ? [] : choicesOf(type);
  const drafts = choices.flatMap(choice => valueDrafts(choice, spot, text));
  const isText =
    choices.length === 0 || choices.some(choice => choice.kind === 'str' || choice.kind === 'any');
  const list = choices.find(choice => choice.kind === 'array');
  const item = list?.kind === 'array' && choicesOf(list.element()).some(choice => choice.kind === 'str');
  const wanted = command ?? (isText || item ? wantedAt(spot) : undefined);
  if (wanted === undefined) return { candidates: pick(drafts, spot.typed, spot.place) };
  const offers = extra.values?.(wanted) ?? (wanted.kind === 'hmp' ? hmpOffers() : []);
  const live = offers.map(
    ({ text: value, note }): Draft => ({
      text: isText ? valueText(value, spot) : `[${quoted(value, '"')}]`,
      label: value,
      kind: wanted.kind === 'file' ? 'file' : 'value',
      ...(note === undefined ? {} : { note }),
      after: wanted.kind === 'file' && value.endsWith('/') ? '' : afterValue(spot, text),
    }),
  );
  const shown = isText || spot.typed === '' ? live : [];
  return withWanted(pick([...shown, ...drafts], spot.typed, spot.place), wanted);
}

/** The name in a raw `{"execute": ...}`, where no schema lists it. */
function wantsCommand(spot: ValueSpot, schema: Schema | undefined): Wanted | undefined {
  if (schema !== undefined || !spot.literal || showPath(spot.path) !== 'execute') return undefined;
  return { kind: 'command', typed: spot.typed, place: spot.place, given: {}, command: '' };
}

function wantedAt(spot: ValueSpot): Wanted | undefined {
  const { name, given } = spot.context;
  const raw = spot.literal && spot.path[0] === 'arguments' && isObject(given['arguments']);
  const args = raw && isObject(given['arguments']) ? given['arguments'] : given;
  const naming = namingAt(name, raw ? spot.path.slice(1) : spot.path, args);
  if (naming === undefined || naming.kind === 'text' || naming.kind === 'new') return undefined;
  const { kind, of } = naming;
  const near = nearestObject(args, raw ? spot.path.slice(1) : spot.path);
  const wanted = { kind, typed: spot.typed, place: spot.place, given: near, command: name };
  return of === undefined ? wanted : { ...wanted, of };
}

/** The arguments around a place: its own object's members hide those of the objects above it. */
function nearestObject(args: JsonObject, path: ValueSpot['path']): JsonObject {
  let here: unknown = args;
  let near = args;
  for (const key of path.slice(0, -1)) {
    here = typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined;
    if (isJsonObject(here)) near = { ...near, ...here };
  }
  return near;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

let hmp: readonly Offer[] | undefined;

function hmpOffers(): readonly Offer[] {
  hmp ??= [...parseTable(HMP_COMMANDS)].map(([text, note]) => ({ text, note }));
  return hmp;
}

function valueDrafts(type: Type, spot: ValueSpot, text: string): readonly Draft[] {
  const after = afterValue(spot, text);
  switch (type.kind) {
    case 'enum':
      return type.values.map(({ name, features }) => ({
        ...notes([], features),
        text: valueText(name, spot, true),
        label: name,
        kind: 'enum',
        after,
      }));
    case 'bool':
      return spot.quote === ''
        ? ['true', 'false'].map(name => ({ text: name, label: name, kind: 'bool', after }))
        : [];
    case 'null':
      return spot.quote === '' ? [{ text: 'null', label: 'null', kind: 'value', note: 'none', after }] : [];
    case 'array':
      return spot.typed === '' && spot.quote === ''
        ? [{ text: '[', label: '[', kind: 'value', note: describe(type), after: '' }]
        : [];
    case 'object':
      return spot.typed === '' && spot.quote === ''
        ? [{ text: '{', label: '{', kind: 'value', note: 'object', after: '' }]
        : [];
    default:
      return [];
  }
}

function afterValue(spot: ValueSpot, text: string): string {
  return spot.literal ? '' : blankUnless(text, spot.place);
}

/** A text value as it must be typed here: in quotes where it would not stand for itself. */
function valueText(value: string, spot: ValueSpot, plain = false): string {
  if (spot.quote !== '') return quoted(value, spot.quote);
  if (spot.literal) return quoted(value, '"');
  if (plain || !needsQuotes(value, spot.type)) return value;
  return quoted(value, '"');
}

function needsQuotes(value: string, type: Allowed): boolean {
  if (value === '' || /^["'{[]/.test(value)) return true;
  if (bareEnd(value, 0, true) !== value.length) return true;
  const untyped = type === undefined || type === 'open';
  return untyped && typeof guess(value) !== 'string';
}

function quoted(value: string, quote: Exclude<Quote, ''>): string {
  const json = JSON.stringify(value);
  return quote === '"' ? json : `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
