// The arguments of a command, or the members of an object, as rows: name, type, meaning; variants and values.
import type { Member, ObjectType, Type } from '../schema/model.ts';
import type { Path } from '../schema/walk.ts';
import { describe, membersAt } from '../schema/walk.ts';
import type { Json, JsonObject } from '../text/json.ts';
import { isObject, member as memberOf } from '../text/json.ts';
import { span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { grid } from '../text/table.ts';
import { wrap } from '../text/wrap.ts';
import { sampleOf } from './assume.ts';

/** What the schema does not say: descriptions and the like, each where it is known. */
export interface HelpNotes {
  readonly describeCommand?: (command: string) => string | undefined;
  readonly describeArgument?: (command: string, path: Path) => string | undefined;
  readonly describeValue?: (owner: string, path: Path, value: string) => string | undefined;
  readonly describeEvent?: (event: string) => string | undefined;
  readonly relatedEvents?: (command: string) => readonly string[];
  readonly exampleLine?: (command: string) => string | undefined;
  /** What to use instead of something deprecated, as a sentence. */
  readonly replacement?: (command: string, path?: Path, value?: string) => string | undefined;
}

export interface HelpOptions {
  readonly width: number;
  readonly notes?: HelpNotes;
  /** Arguments that pick variants: `{driver: 'qcow2'}` shows what blockdev-add takes with it. */
  readonly given?: JsonObject;
}

/** Variants that are laid out in the page; with more of them, or longer ones, only their names are. */
const VARIANTS_SHOWN = 8;
const VARIANT_MEMBERS_SHOWN = 24;

/** What a feature of the schema means to the user; other features are QEMU's own business. */
export const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['deprecated', ': a later QEMU will drop it'],
  ['unstable', ': it may change or go in any release'],
  ['disabled', ' in this guest: its agent refuses it'],
]);

export function argumentBlocks(
  command: string,
  type: ObjectType,
  path: Path,
  options: HelpOptions,
): readonly StyledLine[] {
  const given = partOf(options.given, path);
  const aside = besideBranch(type, given);
  const members = membersOf(type, given).filter(member => !aside.includes(member));
  const out: StyledLine[] = [];
  for (const required of [true, false]) {
    const rows = memberRows(
      command,
      members.filter(member => member.required === required),
      path,
      options,
    );
    if (rows.length > 0) out.push([], [span(required ? 'required' : 'optional', 'title')], ...rows);
  }
  if (aside.length > 0) {
    const names = aside.map(({ name }) => safe(name)).join(', ');
    const every = `with every ${safe([...path, type.tag ?? ''].join('.'))} also `;
    out.push([], ...wrapLine([span(every, 'title'), span(names, 'dim')], options.width, 2));
  }
  return [...out, ...variants(command, type, path, options)];
}

/** Where a variant was picked: what may be given with each of them, and is not this one's own. */
export function besideBranch(type: ObjectType, given: Json | undefined): readonly Member[] {
  const chosen = type.tag !== undefined && isObject(given) ? memberOf(given, type.tag) : undefined;
  if (typeof chosen !== 'string' || type.variants?.has(chosen) !== true) return [];
  return type.members.filter(
    ({ name, required }) =>
      !required && name !== 'node-name' && isObject(given) && !Object.hasOwn(given, name),
  );
}

export function memberRows(
  command: string,
  members: readonly Member[],
  path: Path,
  options: HelpOptions,
): readonly StyledLine[] {
  const notes = options.notes ?? {};
  const rows = members.map(member => {
    const marks = member.features.filter(feature => MEANINGS.has(feature));
    const texts = [...marks, notes.describeArgument?.(command, [...path, member.name]) ?? ''];
    return {
      name: member.name,
      type: typeName(member.type()),
      text: texts.filter(text => text !== '').join('; '),
    };
  });
  const nameCells = Math.max(0, ...rows.map(row => row.name.length));
  const typeCells = Math.min(16, Math.max(0, ...rows.map(row => row.type.length)));
  const roomy = options.width >= 2 + nameCells + 2 + typeCells + 2 + 20;
  return rows.flatMap((row): readonly StyledLine[] => {
    if (roomy) {
      const type = row.type.length > typeCells ? [row.type] : [row.type.padEnd(typeCells)];
      const lead: StyledLine = [
        span('  '),
        span(row.name.padEnd(nameCells), 'key'),
        span('  '),
        span(type[0] ?? '', 'enum'),
      ];
      const hang = 2 + nameCells + 2 + typeCells + 2;
      // A long list of values takes a row of its own, and the text stands below it.
      if (row.type.length > typeCells) {
        const text =
          row.text === '' ? [] : wrapLine([span(' '.repeat(hang)), span(row.text)], options.width, hang);
        return [...wrapLine(lead, options.width, 4 + nameCells), ...text];
      }
      const text = wrap(row.text, Math.max(12, options.width - hang));
      return text.map(
        (part, i): StyledLine =>
          i === 0 ? trim([...lead, span(`  ${part}`)]) : [span(' '.repeat(hang)), span(part)],
      );
    }
    const first = wrapLine(
      [span('  '), span(row.name, 'key'), span('  '), span(row.type, 'enum')],
      options.width,
      4,
    );
    return row.text === ''
      ? first
      : [...first, ...wrapLine([span('    '), span(row.text)], options.width, 4)];
  });
}

export function variants(
  command: string,
  type: ObjectType,
  path: Path,
  options: HelpOptions,
): readonly StyledLine[] {
  const { tag } = type;
  if (tag === undefined || type.variants === undefined) return [];
  const given = partOf(options.given, path);
  const chosen = isObject(given) ? memberOf(given, tag) : undefined;
  const all = [...type.variants].map(([value, variant]) => ({ value, type: variant() }));
  // The chosen one's members stand among the others already.
  if (typeof chosen === 'string' && all.some(variant => variant.value === chosen)) return [];
  const telling = all.filter(variant => variant.type.members.length > 0 || variant.type.tag !== undefined);
  const total = telling.reduce((sum, variant) => sum + variant.type.members.length, 0);
  const name = [...path, tag].join('.');
  if (telling.length <= VARIANTS_SHOWN && total <= VARIANT_MEMBERS_SHOWN) {
    return telling.flatMap(variant => [
      [],
      ...wrapLine([span('with ', 'title'), span(`${name}=${safe(variant.value)}`, 'key')], options.width, 2),
      ...memberRows(command, byNeed(variant.type.members), path, options),
      ...variants(command, variant.type, path, options),
    ]);
  }
  const sample = sampleOf(telling.map(variant => variant.value));
  const line = [command, ...textsAbove(options.given, path), `${name}=${safe(sample ?? '')}`].join(' ');
  const hint = `Each ${name} brings arguments of its own: .help ${line}`;
  return [
    [],
    ...wrapLine([span(`${name} is one of`, 'title')], options.width, 2),
    ...grid(
      all.map(variant => safe(variant.value)),
      options.width,
      'enum',
      2,
    ),
    ...wrap(hint, options.width).map((row): StyledLine => [span(row)]),
  ];
}

export function values(command: string, path: Path, type: Type, options: HelpOptions): readonly StyledLine[] {
  const list = type.kind === 'enum' ? type.values : [];
  if (list.length === 0) return [];
  const notes = options.notes ?? {};
  const rows = list.map(value => {
    const text = notes.describeValue?.(command, path, value.name) ?? '';
    const marks = value.features.map(feature => {
      const instead = feature === 'deprecated' ? notes.replacement?.(command, path, value.name) : undefined;
      return instead === undefined ? safe(feature) : `${safe(feature)}: ${instead}`;
    });
    return { name: value.name, marks: marks.join('; '), text };
  });
  if (rows.every(row => row.marks === '' && row.text === '')) {
    return [
      [],
      [span('values', 'title')],
      ...grid(
        rows.map(row => safe(row.name)),
        options.width,
        'enum',
        2,
      ),
    ];
  }
  const cells = Math.max(...rows.map(row => row.name.length));
  const hang = options.width >= cells + 24 ? cells + 4 : 4;
  const lines = rows.flatMap(({ name, marks, text }): readonly StyledLine[] => {
    const mark = marks === '' ? [] : [span(text === '' ? marks : `${marks}; `, 'warning')];
    const about = text === '' ? mark : [...mark, span(text)];
    const lead = span(safe(name), 'enum');
    if (about.length === 0) return [[span('  '), lead]];
    if (hang > 4)
      return wrapLine(
        [span('  '), lead, span(' '.repeat(hang - 2 - name.length)), ...about],
        options.width,
        hang,
      );
    return [[span('  '), lead], ...wrapLine([span('    '), ...about], options.width, 4)];
  });
  return [[], [span('values', 'title')], ...lines];
}

// All values of a short enum, so that nobody has to ask again; of a long one how many there are.
export function typeName(type: Type): string {
  if (type.kind !== 'enum') return describe(type);
  const names = type.values.map(value => safe(value.name));
  return names.length <= 8 ? names.join('|') : `one of ${names.length} values`;
}

export function membersOf(type: ObjectType | undefined, given: Json | undefined): readonly Member[] {
  return type === undefined ? [] : byNeed(membersAt(type, given));
}

export function byNeed(members: readonly Member[]): readonly Member[] {
  return [...members.filter(member => member.required), ...members.filter(member => !member.required)];
}

/** The choices that an argument is there for: `driver=qcow2` for its `file`. */
function textsAbove(given: JsonObject | undefined, path: Path): readonly string[] {
  return path.flatMap((_, depth) => {
    const above = path.slice(0, depth);
    const part = partOf(given, above);
    return Object.entries(isObject(part) ? part : {}).flatMap(([key, value]) =>
      typeof value === 'string' ? [safe(`${[...above, key].join('.')}=${value}`)] : [],
    );
  });
}

export function partOf(given: JsonObject | undefined, path: Path): Json | undefined {
  let here: Json | undefined = given;
  for (const key of path) here = isObject(here) ? memberOf(here, String(key)) : undefined;
  return here;
}

function trim(styled: StyledLine): StyledLine {
  const last = styled.at(-1);
  if (last === undefined) return styled;
  const text = last.text.trimEnd();
  if (text === last.text) return styled;
  return text === '' ? trim(styled.slice(0, -1)) : [...styled.slice(0, -1), { ...last, text }];
}
