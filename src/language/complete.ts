// What could stand at the cursor. Pure and synchronous: names of the VM's own things come from `extra.values`,
// which answers from what is known already.

import type { Schema } from '../schema/model.ts';
import type { Wanted } from '../schema/names.ts';
import { describeCommand } from '../schema/notes.ts';
import { argumentText } from './argument.ts';
import { blankUnless, type Draft, notes, pick } from './draft.ts';
import { completeKey } from './keys.ts';

import { spotAt } from './locate.ts';
import type { Completion, Extra } from './offer.ts';
import type { Spot } from './spot.ts';
import { completeValue } from './values.ts';

export type { Completion, Extra, Offer, WordOffer } from './offer.ts';

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
        : atAction(spot, spot.actions, text, schema);
    case 'rest':
      return atRest(spot, extra);
    case 'key':
      return completeKey(spot, text);
    case 'value':
      return completeValue(spot, text, schema, extra);
  }
}

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
    .filter(({ features }) => !features.includes('disabled'))
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
): Completion {
  const known = [...actions].sort();
  const names = known.map((name): Draft => {
    const features = schema?.commands.get(name)?.features ?? [];
    return { ...commandDraft(name, features, true), after: blankUnless(text, spot.place) };
  });
  const closes = spot.typed === '' && !/^\s*\)/.test(text.slice(spot.place.end));
  const close: Draft = { text: ')', label: ')', kind: 'value', about: 'end of the transaction', after: '' };
  const keys = spot.key === undefined ? [] : completeKey(spot.key, text).candidates;
  return { candidates: [...keys, ...pick(closes ? [...names, close] : names, spot.typed, spot.place)] };
}

function atRest(spot: Extract<Spot, { readonly kind: 'rest' }>, extra: Extra): Completion {
  const word = extra.words?.find(({ name }) => name === spot.word || name === `.${spot.word}`);
  const answer = word?.complete?.(spot.before, spot.typed) ?? [];
  const wanted: Wanted | undefined =
    'kind' in answer
      ? { kind: answer.kind, typed: answer.typed, place: spot.place, given: {}, command: spot.word }
      : undefined;
  const prefix = 'kind' in answer ? answer.prefix : '';
  const offers =
    'kind' in answer ? [...((wanted && extra.values?.(wanted)) ?? []), ...(answer.also ?? [])] : answer;
  const drafts = offers.flatMap(({ text, note, verbatim }): readonly Draft[] => {
    const argument = verbatim ? text : argumentText(text);
    if (argument === undefined) return [];
    return [
      {
        text: prefix + argument,
        label: prefix + text,
        kind: 'value',
        ...(note === undefined ? {} : { note }),
        after: /[=/]$/.test(text) ? '' : ' ',
      },
    ];
  });
  return { candidates: pick(drafts, spot.typed, spot.place), ...(wanted ? { wanted } : {}) };
}
