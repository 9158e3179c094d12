// The row under the line: the command's signature with the argument at the cursor marked, what is still
// missing, and what stands at the cursor. It fits a width; what is left out is marked with an ellipsis.
import type { Member, Schema } from '../schema/model.ts';
import { describeArgument, describeCommand } from '../schema/notes.ts';
import { type Allowed, describe, isIndex, membersAt, objectIn, typeAt } from '../schema/walk.ts';
import { fitLine, joinLines, lineWidth } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';
import { type Context, type Spot, spotAt } from './spot.ts';

/** The hint for a place of the line, at most `width` cells wide; undefined where there is nothing to say. */
export function hint(
  text: string,
  cursor: number,
  schema: Schema | undefined,
  width = 80,
): StyledLine | undefined {
  const spot = spotAt(text, cursor, schema);
  if (spot.kind === 'command' && spot.key === undefined) return aboutCommand(text, spot, schema, width);
  const place = spot.kind === 'command' ? spot.key : spot;
  if (place === undefined || place.kind === 'rest') return undefined;
  const context = place.context;
  if (context?.type === undefined || context.name === '') return undefined;
  const path = pathOf(place);
  const marked = path.find(part => !isIndex(part));
  const detail = path.length === 0 ? commandDetail(context.name) : argumentDetail(context, path);
  const missing = missingPart(context, marked);
  return arrange(context, marked === undefined ? undefined : String(marked), missing, detail, width);
}

type Path = readonly (string | number)[];

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
  width: number,
): StyledLine | undefined {
  const name = text.slice(spot.place.start, spot.place.end);
  const type = schema?.commands.get(name)?.arguments;
  if (type === undefined) return undefined;
  const context = { name, type, given: {} };
  return arrange(context, undefined, [], commandDetail(name), width);
}

function commandDetail(name: string): readonly StyledLine[] {
  const about = describeCommand(name);
  return about === undefined ? [] : [[{ text: about, role: 'dim' }]];
}

/** What the argument takes and means, the long form first. */
function argumentDetail({ name, type, given }: Context, path: Path): readonly StyledLine[] {
  if (type === undefined) return [];
  const found = typeAt(type, path, given);
  const parent = objectIn(typeAt(type, path.slice(0, -1), given));
  const member =
    parent && membersAt(parent, valueAt(given, path.slice(0, -1))).find(m => m.name === path.at(-1));
  const about = describeArgument(name, path);
  const kind = typeText(found, member);
  const label: Span[] = path.length > 1 ? [{ text: safe(path.join('.')), role: 'key' }, { text: ': ' }] : [];
  const short: StyledLine = [...label, { text: kind }];
  if (kind === '' && about === undefined) return [];
  return about === undefined ? [short] : [[...short, { text: `  ${about}`, role: 'dim' }], short];
}

function valueAt(given: Context['given'], path: Path): Context['given'] | undefined {
  let here: unknown = given;
  for (const key of path)
    here = typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined;
  return isObject(here) ? here : undefined;
}

function isObject(value: unknown): value is Context['given'] {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeText(type: Allowed, member: Member | undefined): string {
  const name = type === undefined ? '' : type === 'open' ? 'any value' : describe(type);
  const marks = (member?.features ?? []).filter(
    feature => feature === 'deprecated' || feature === 'unstable',
  );
  const parts = [
    name,
    ...(member === undefined ? [] : [member.required ? 'required' : 'optional']),
    ...marks,
  ];
  return parts.filter(part => part !== '').join(', ');
}

/** Required arguments not typed yet, the one at the cursor apart. */
function missingPart({ type, given }: Context, marked: string | number | undefined): readonly string[] {
  if (type === undefined) return [];
  return membersAt(type, given)
    .filter(({ name, required }) => required && name !== marked && !Object.hasOwn(given, name))
    .map(({ name }) => name);
}

/** The first arrangement that fits: a full signature is given up before what stands at the cursor. */
function arrange(
  context: Context,
  marked: string | undefined,
  missing: readonly string[],
  details: readonly StyledLine[],
  width: number,
): StyledLine | undefined {
  const needs: StyledLine =
    missing.length === 0 ? [] : [{ text: 'needs ', role: 'warning' }, { text: missing.join(', ') }];
  const signatures = signaturesOf(context, marked);
  const forms = details.length === 0 ? [[]] : details;
  let last: StyledLine = [];
  for (const detail of forms) {
    for (const signature of signatures) {
      last = joinLines(
        [signature, needs, detail].filter(part => part.length > 0),
        '   ',
      );
      if (lineWidth(last) <= width) return last;
    }
  }
  return last.length === 0 ? undefined : fitLine(last, width);
}

/** The signature in full, without what is optional, and the marked argument alone. */
function signaturesOf({ name, type, given }: Context, marked: string | undefined): readonly StyledLine[] {
  const members = type === undefined ? [] : membersAt(type, given);
  const open = type?.open === true || (type?.tag !== undefined && !Object.hasOwn(given, type.tag));
  const show = (shown: readonly Member[]): StyledLine => {
    const left = shown.length < members.length || open;
    return [
      { text: name, role: 'command' },
      ...shown.flatMap(({ name: key, required }): Span[] => {
        const text = required ? key : `[${key}]`;
        return [{ text: ' ' }, key === marked ? { text, role: 'key', bold: true } : { text, role: 'dim' }];
      }),
      ...(left ? [{ text: ' …', role: 'dim' } as const] : []),
    ];
  };
  const sorted = [...members].sort((a, b) => Number(b.required) - Number(a.required));
  const needed = sorted.filter(({ name: key, required }) => required || key === marked);
  const one = sorted.filter(({ name: key }) => key === marked);
  return [show(sorted), show(needed), show(one)];
}
