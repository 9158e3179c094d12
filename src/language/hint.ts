// The row under the line: the command's signature with the argument at the cursor marked, what is still
// missing, and what stands at the cursor. It fits a width; what is left out is marked with an ellipsis.
import type { Member, ObjectType, Schema, Type } from '../schema/model.ts';
import { describeArgument, describeCommand } from '../schema/notes.ts';
import {
  type Allowed,
  child,
  describe,
  isIndex,
  membersAt,
  objectIn,
  type Path,
  typeAt,
  variantsWith,
} from '../schema/walk.ts';
import { isObject, type Json } from '../text/json.ts';
import { fitLine, joinLines, lineWidth } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';
import type { Context } from './context.ts';
import { spotAt } from './locate.ts';
import type { Spot } from './spot.ts';

/**
 * The hint for a place of the line, at most `width` cells wide; undefined where there is nothing to say. With `more` it
 * may be that wide where its meaning would be cut otherwise.
 */
export function hint(
  text: string,
  cursor: number,
  schema: Schema | undefined,
  width = 80,
  more = width,
): StyledLine | undefined {
  // Breaking between words costs cells of the second row, most of them none.
  const widths = more > width ? [width, more - Math.floor(width / 6), more] : [width];
  const spot = spotAt(text, cursor, schema);
  if (spot.kind === 'command' && spot.key === undefined) return aboutCommand(text, spot, schema, widths);
  const place = spot.kind === 'command' ? spot.key : spot;
  if (place === undefined || place.kind === 'rest') return undefined;
  const context = place.context;
  if (context?.type === undefined || context.name === '') return undefined;
  const path = pathOf(place);
  const marked = path.find(part => !isIndex(part));
  const detail = path.length === 0 ? commandDetail(context.name) : argumentDetail(context, path);
  const missing = missingIn(context.type, context.given, [], path);
  return roomy(context, marked === undefined ? undefined : String(marked), missing, detail, widths);
}

/** The member at the cursor: the value's own, or the key when it is typed in full. */
function pathOf(spot: Extract<Spot, { readonly kind: 'key' | 'value' | 'nothing' }>): Path {
  if (spot.kind === 'nothing') return [];
  if (spot.kind === 'value') return spot.path;
  const object = objectIn(spot.inside);
  const known = object !== undefined && membersAt(object, spot.here).some(({ name }) => name === spot.typed);
  return known ? [...spot.path, spot.typed] : spot.path;
}

function aboutCommand(
  text: string,
  spot: Extract<Spot, { readonly kind: 'command' }>,
  schema: Schema | undefined,
  widths: readonly number[],
): StyledLine | undefined {
  const name = text.slice(spot.place.start, spot.place.end);
  const type = schema?.commands.get(name)?.arguments;
  if (type === undefined) return undefined;
  const context = { name, type, given: {} };
  return roomy(context, undefined, [], commandDetail(name), widths);
}

function commandDetail(name: string): readonly StyledLine[] {
  const about = describeCommand(name);
  return about === undefined ? [] : [[{ text: about, role: 'dim' }]];
}

/** What the argument takes and means, the longest form first. */
function argumentDetail({ name, type, given }: Context, path: Path): readonly StyledLine[] {
  if (type === undefined) return [];
  const found = typeAt(type, path, given);
  const parent = objectIn(typeAt(type, path.slice(0, -1), given));
  const member =
    parent &&
    membersAt(parent, path.slice(0, -1).reduce<Json | undefined>(child, given)).find(
      m => m.name === path.at(-1),
    );
  // An argument that it does not have, and that no choice still to be made brings, is no other command's either.
  const last = String(path.at(-1));
  if (found === undefined && (parent === undefined || variantsWith(parent, last).length === 0)) return [];
  const about = describeArgument(name, path);
  const kind = typeText(found, member);
  const count = typeText(found, member, true);
  const label: Span[] = path.length > 1 ? [{ text: safe(path.join('.')), role: 'key' }, { text: ': ' }] : [];
  const short: StyledLine = [...label, { text: kind }];
  if (kind === '' && about === undefined) return [];
  const long: StyledLine = about === undefined ? short : [...short, { text: `  ${about}`, role: 'dim' }];
  return [long, short, [...label, { text: count }]];
}

/** `counted`: how many values an enum has, in place of their names. */
function typeText(type: Allowed, member: Member | undefined, counted = false): string {
  const told = counted ? undefined : member?.told;
  const name = told ?? (type === undefined ? '' : type === 'open' ? 'any value' : typeName(type, counted));
  const marks = (member?.features ?? []).filter(
    feature => feature === 'deprecated' || feature === 'unstable',
  );
  const parts = [
    name,
    ...(member === undefined || told !== undefined ? [] : [member.required ? 'required' : 'optional']),
    ...marks,
  ];
  return parts.filter(part => part !== '').join(', ');
}

const MOST_VALUES = 8;

/** All values of a short enum: there is room for more here than in a menu. */
function typeName(type: Type, counted: boolean): string {
  if (counted && type.kind === 'enum' && type.values.length > 2) return `one of ${type.values.length}`;
  if (type.kind !== 'enum' || type.values.length > MOST_VALUES) return describe(type);
  return type.values.map(({ name }) => name).join('|');
}

/** Required arguments not typed yet, in objects that are begun as well; the one at the cursor apart. */
function missingIn(type: ObjectType, given: Json | undefined, above: Path, at: Path): readonly string[] {
  return membersAt(type, given).flatMap(({ name, required, type: typeOf }) => {
    const path = [...above, name];
    const value = child(given, name);
    const inner = isObject(value) ? objectIn(typeOf()) : undefined;
    if (inner !== undefined) return missingIn(inner, value, path, at);
    const isHere = path.every((part, i) => part === at[i]);
    return required && value === undefined && !isHere ? [path.join('.')] : [];
  });
}

/** In the first width where the whole meaning fits, else in the last one. */
function roomy(
  context: Context,
  marked: string | undefined,
  missing: readonly string[],
  details: readonly StyledLine[],
  widths: readonly number[],
): StyledLine | undefined {
  const whole = (details[0] ?? []).map(({ text }) => text).join('');
  let best: StyledLine | undefined;
  for (const width of widths) {
    best = arrange(context, marked, missing, details, width);
    if (
      best === undefined ||
      best
        .map(({ text }) => text)
        .join('')
        .includes(whole)
    )
      return best;
  }
  return best;
}

const GAP = 3;
// A meaning cut to less than this says nothing.
const LEAST = 16;

/**
 * Signature, what is missing, and what stands at the cursor, as far as they fit: first the optional arguments
 * go, then the required ones that are not at the cursor, then the end of the meaning, then the names of values.
 */
function arrange(
  context: Context,
  marked: string | undefined,
  missing: readonly string[],
  details: readonly StyledLine[],
  width: number,
): StyledLine | undefined {
  const needs: StyledLine =
    missing.length === 0 ? [] : [{ text: 'needs ', role: 'warning' }, { text: missing.join(', ') }];
  const members = membersOf(context);
  const needed = members.filter(({ name, required }) => required || name === marked);
  const marks = members.filter(({ name }) => name === marked);
  const [long = [], short = long, least = short] = details;
  const choices = [
    [needed, long, short],
    [marks, long, short],
    [marks, least, least],
  ] as const;
  for (const [shown, whole, brief] of choices) {
    const before = join(signature(context, shown, marked), needs);
    const room = width - lineWidth(before) - (before.length > 0 ? GAP : 0);
    const detail =
      lineWidth(whole) <= room ? whole : room >= lineWidth(brief) + LEAST ? fitLine(whole, room) : brief;
    if (lineWidth(join(before, detail)) > width) continue;
    return join(
      signature(context, grow(context, shown, needs, detail, marked, width), marked),
      needs,
      detail,
    );
  }
  const rest = join(marks.length > 0 ? [] : signature(context, [], marked), needs, least);
  return rest.length === 0 ? undefined : fitLine(rest, width);
}

function join(...parts: readonly StyledLine[]): StyledLine {
  return joinLines(
    parts.filter(part => part.length > 0),
    ' '.repeat(GAP),
  );
}

function membersOf({ type, given }: Context): readonly Member[] {
  const members = type === undefined ? [] : membersAt(type, given);
  return [...members].sort((a, b) => Number(b.required) - Number(a.required));
}

/** As many of the optional arguments as there is room for. */
function grow(
  context: Context,
  shown: readonly Member[],
  needs: StyledLine,
  detail: StyledLine,
  marked: string | undefined,
  width: number,
): readonly Member[] {
  const members = membersOf(context);
  let best = shown;
  for (const member of members) {
    if (best.includes(member)) continue;
    const next = members.filter(other => other === member || best.includes(other));
    if (lineWidth(join(signature(context, next, marked), needs, detail)) > width) break;
    best = next;
  }
  return best;
}

function signature(context: Context, shown: readonly Member[], marked: string | undefined): StyledLine {
  const { name, type, given } = context;
  const open = type?.open === true || (type?.tag !== undefined && !Object.hasOwn(given, type.tag));
  const left = open || shown.length < membersOf(context).length;
  return [
    { text: name, role: 'command' },
    ...shown.flatMap(({ name: key, required }): Span[] => {
      const text = required ? key : `[${key}]`;
      return [{ text: ' ' }, key === marked ? { text, role: 'key', bold: true } : { text, role: 'dim' }];
    }),
    ...(left ? [{ text: ' …', role: 'dim' } as const] : []),
  ];
}
