// Values that could stand at the cursor: of the schema's types, and names of the VM's own things.
import type { Schema, Type } from '../schema/model.ts';
import { namingAt, type Wanted } from '../schema/names.ts';
import { driversByUse } from '../schema/notes/drivers.ts';
import { HMP_COMMANDS } from '../schema/notes/hmp.ts';
import { parseTable } from '../schema/notes/table.ts';
import { describeValue } from '../schema/notes.ts';
import { choicesOf, describe, showPath } from '../schema/walk.ts';
import { isObject, type JsonObject } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { blankUnless, type Draft, notes, pick, withWanted } from './draft.ts';
import type { Completion, Extra, Offer } from './offer.ts';
import { needsQuotes, quoted } from './quote.ts';
import { wordsFor } from './short.ts';
import type { ValueSpot } from './spot.ts';

/** The values that may stand at a place; live ones come before what the type lists. */
export function completeValue(
  spot: ValueSpot,
  text: string,
  schema: Schema | undefined,
  extra: Extra,
): Completion {
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
      label: safe(value),
      kind: wanted.kind === 'file' ? 'file' : 'value',
      ...(note === undefined ? {} : { note: safe(note) }),
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
  const { kind, of, fit } = naming;
  const near = nearestObject(args, raw ? spot.path.slice(1) : spot.path);
  const wanted = { kind, typed: spot.typed, place: spot.place, given: near, command: name };
  return { ...wanted, ...(of === undefined ? {} : { of }), ...(fit === undefined ? {} : { fit }) };
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

/** Commands of the human monitor. */
export function hmpOffers(): readonly Offer[] {
  hmp ??= [...parseTable(HMP_COMMANDS)].map(([text, note]) => ({ text, note }));
  return hmp;
}

function valueDrafts(type: Type, spot: ValueSpot, text: string): readonly Draft[] {
  const after = afterValue(spot, text);
  switch (type.kind) {
    case 'enum':
      return valuesByUse(type, spot).map(({ name, features }): Draft => {
        const about = describeValue(spot.context.name, spot.path, name);
        return {
          ...notes([], features),
          ...(about === undefined ? {} : { about }),
          text: valueText(name, spot, true),
          label: name,
          kind: 'enum',
          after,
        };
      });
    case 'bool':
      return spot.quote === ''
        ? ['true', 'false'].map(name => ({ text: name, label: name, kind: 'bool', after }))
        : [];
    case 'null':
      return spot.quote === '' ? [{ text: 'null', label: 'null', kind: 'value', note: 'none', after }] : [];
    case 'array':
      return [
        ...(spot.typed === '' && spot.quote === ''
          ? [{ text: '[', label: '[', kind: 'value', note: describe(type), after: '' } as const]
          : []),
        ...(spot.literal ? [] : wordsFor(type)).map(
          (name): Draft => ({ text: valueText(name, spot, true), label: name, kind: 'enum', after }),
        ),
      ];
    case 'object':
      return spot.typed === '' && spot.quote === ''
        ? [{ text: '{', label: '{', kind: 'value', note: 'object', after: '' }]
        : [];
    default:
      return [];
  }
}

/** A node on which another one stands is most often a file. */
function valuesByUse({ values }: Extract<Type, { kind: 'enum' }>, { path }: ValueSpot) {
  const below = path.at(-1) === 'driver' && ['file', 'data-file'].includes(String(path.at(-2)));
  return below ? driversByUse(values, ({ name }) => name, true) : values;
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
