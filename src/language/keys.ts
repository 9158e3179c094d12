// Names of arguments and members that could stand at the cursor.
import { BACKENDS } from '../schema/learned.ts';
import type { Member, Type } from '../schema/model.ts';
import type { Wanted } from '../schema/names.ts';
import { describeArgument } from '../schema/notes.ts';
import { type Allowed, choicesOf, describe, isIndex, membersAt, objectIn } from '../schema/walk.ts';
import { isObject } from '../text/json.ts';
import { type Draft, notes, pick, withWanted } from './draft.ts';
import type { Completion } from './offer.ts';
import { quoted } from './quote.ts';
import { itemsIn, type KeySpot } from './spot.ts';

/** The members that may be named at a place, required ones first, then a device's backends; those given already left out. */
export function completeKey(spot: KeySpot, text: string): Completion {
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
    // In a request as JSON the arguments are not the whole of what is given.
    given: spot.literal && isObject(spot.here) ? spot.here : spot.context.given,
    command: spot.context.name,
  };
  return withWanted(pick(drafts, spot.typed, spot.place), wanted);
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
  const weight = ({ name, required, features, told }: Member) =>
    (required ? -1 : told !== undefined && BACKENDS.includes(name) ? 0 : 1) +
    (features.includes('deprecated') ? 2 : features.includes('unstable') ? 1 : 0);
  return [...members].sort((a, b) => weight(a) - weight(b));
}

function keyDrafts(spot: KeySpot, member: Member, text: string): readonly Draft[] {
  const type = member.type();
  const { name, required, features } = member;
  if (spot.taken.has(name)) return [];
  const about = describeArgument(spot.context.name, [...spot.path, name]);
  const draft = (kinds: readonly Type[]) => ({
    ...notes(
      member.told === undefined
        ? [kinds.map(brief).join(' or '), required ? 'required' : 'optional']
        : [member.told],
      features,
    ),
    ...(about === undefined ? {} : { about }),
    required,
  });
  const choices = choicesOf(type);
  if (spot.literal) return [finishKey(spot, name, draft(choices), text)];
  const leaves = choices.filter(choice => choice.kind !== 'object');
  const drafts: Draft[] = [];
  // What has members so far can only get more of them.
  if (leaves.length > 0 && !spot.begun.has(name)) drafts.push(finishKey(spot, name, draft(leaves), text));
  const objects = member.told === undefined ? choices.filter(choice => choice.kind === 'object') : [];
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

/** The values of a long enum are the hint row's to tell: a menu has other rows beside this one. */
function brief(type: Type): string {
  const long = type.kind === 'enum' && describe(type).length > 20;
  return long ? `one of ${type.values.length}` : describe(type);
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
