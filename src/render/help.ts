// What `.help` shows: a command, an argument, an event, laid out for the width.
import type { Command, EventType, Feature, Member, ObjectType, Type } from '../schema/model.ts';
import type { Path } from '../schema/walk.ts';
import { describe, membersAt, objectIn, typeAt } from '../schema/walk.ts';
import type { Json, JsonObject } from '../text/json.ts';
import { isObject, member as memberOf } from '../text/json.ts';
import { line, lineWidth, span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';
import { grid, table } from '../text/table.ts';
import { wrap } from '../text/wrap.ts';

/** What the schema does not say: descriptions and the like, each where it is known. */
export interface HelpNotes {
  readonly describeCommand?: (command: string) => string | undefined;
  readonly describeArgument?: (command: string, path: Path) => string | undefined;
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

// What most people look for among many variants.
const SAMPLES = ['qcow2', 'socket', 'tap', 'iothread'];

/** The page of a command: signature, arguments, variants, reply, events, an example. */
export function renderCommandHelp(command: Command, options: HelpOptions): readonly StyledLine[] {
  const notes = options.notes ?? {};
  const out: StyledLine[] = [];
  out.push(...heading(command.name, notes.describeCommand?.(command.name), options.width));
  out.push(...warnings(command.features, notes.replacement?.(command.name), options.width));
  out.push([], ...signature(command, options));
  out.push(...argumentBlocks(command.name, command.arguments, [], options));
  if (command.arguments.open === true) {
    out.push(
      [],
      ...prose('Further arguments are taken as they are: the schema does not name them.', options.width),
    );
  }
  out.push([], ...labelled('returns', returns(command.returns), options.width));
  if (command.oob)
    out.push(...labelled('oob', line('may overtake other commands: {"exec-oob": ...}'), options.width));
  const events = notes.relatedEvents?.(command.name) ?? [];
  if (events.length > 0) out.push(...labelled('events', list(events, 'event'), options.width));
  const example = notes.exampleLine?.(command.name);
  if (example !== undefined) out.push(...labelled('example', [span(example, 'command')], options.width));
  return out;
}

/**
 * The page of one argument: `.help blockdev-mirror.sync`. `path` leads from the command's arguments down. Undefined
 * when the schema has no such argument.
 */
export function renderArgumentHelp(
  command: Command,
  path: Path,
  options: HelpOptions,
): readonly StyledLine[] | undefined {
  const allowed = typeAt(command.arguments, path, options.given);
  if (allowed === undefined) return undefined;
  const notes = options.notes ?? {};
  const name = path.join('.');
  const out: StyledLine[] = [
    ...heading(`${command.name} ${name}=`, notes.describeArgument?.(command.name, path), options.width),
  ];
  const parent = typeAt(command.arguments, path.slice(0, -1), options.given);
  const own = membersOf(objectIn(parent), partOf(options.given, path.slice(0, -1))).find(
    m => m.name === path.at(-1),
  );
  if (own !== undefined) {
    out.push(...warnings(own.features, notes.replacement?.(command.name, path), options.width));
  }
  const need = own === undefined ? '' : own.required ? ', required' : ', optional';
  const type = allowed === 'open' ? 'any value' : typeName(allowed);
  out.push(...labelled('type', line(`${type}${need}`), options.width));
  if (allowed === 'open') return out;
  out.push(...values(command.name, path, allowed, options));
  const object = objectIn(allowed) ?? objectIn(elementOf(allowed));
  if (object !== undefined) out.push(...argumentBlocks(command.name, object, path, options));
  return out;
}

/** The page of an event: what it means and what it carries. */
export function renderEventHelp(event: EventType, options: HelpOptions): readonly StyledLine[] {
  const notes = options.notes ?? {};
  const out: StyledLine[] = [...heading(event.name, notes.describeEvent?.(event.name), options.width)];
  out.push(...warnings(event.features, undefined, options.width));
  // Descriptions of arguments do not hold for what an event carries under the same name.
  const bare = { width: options.width };
  const rows = memberRows(event.name, event.data.members, [], bare);
  if (rows.length > 0) out.push([], [span('carries', 'title')], ...rows);
  out.push(...variants(event.name, event.data, [], bare));
  out.push([], ...labelled('wait', [span(`.wait ${event.name}`, 'word')], options.width));
  return out;
}

/** Rows of two columns, a name and what it does: words, keys, settings. Sections have a title above their rows. */
export function renderPairs(
  sections: readonly {
    readonly title?: string;
    readonly rows: readonly (readonly [name: string, does: string])[];
  }[],
  width: number,
): readonly StyledLine[] {
  const wide = Math.max(
    0,
    ...sections.flatMap(section => section.rows.map(([name]) => lineWidth([span(name)]))),
  );
  return sections.flatMap((section, i) => {
    const title: readonly StyledLine[] = section.title === undefined ? [] : [[span(section.title, 'title')]];
    const rows = section.rows.flatMap(([name, does]) => pair([span(name, 'word')], does, wide, width));
    return [...(i > 0 ? [[]] : []), ...title, ...rows];
  });
}

/** Names in columns below a title. */
export function renderNames(title: string, names: readonly string[], width: number): readonly StyledLine[] {
  return [
    [span(title, 'title')],
    ...grid(
      names.map(name => safe(name)),
      width,
      undefined,
      2,
    ),
  ];
}

// A name and its text side by side; the text goes on under itself, or below the name where the width is short.
function pair(name: StyledLine, does: string, wide: number, width: number): readonly StyledLine[] {
  const column = Math.min(wide, Math.floor(width / 2)) + 4;
  const rows = wrap(does, Math.max(12, width - column));
  const lead: StyledLine = [span('  '), ...name];
  const gap = column - lineWidth(lead);
  const below = (row: string): StyledLine => [
    span(' '.repeat(Math.min(column, Math.max(4, width - 12)))),
    span(row),
  ];
  if (does === '') return wrapLine(lead, width, 4);
  if (gap < 2 || width - column < 12) {
    return [
      ...wrapLine(lead, width, 4),
      ...wrap(does, Math.max(8, width - 4)).map((row): StyledLine => [span(`    ${row}`)]),
    ];
  }
  const [first = '', ...more] = rows;
  return [[...lead, span(' '.repeat(gap)), span(first)], ...more.map(below)];
}

function heading(name: string, description: string | undefined, width: number): readonly StyledLine[] {
  const text = description === undefined ? [] : [span('  '), span(description)];
  return wrapLine([span(safe(name), 'title'), ...text], width, 4);
}

function warnings(
  features: readonly Feature[],
  instead: string | undefined,
  width: number,
): readonly StyledLine[] {
  return features.flatMap(feature => {
    const meaning = MEANINGS.get(feature);
    if (meaning === undefined) return labelled('feature', line(safe(feature)), width);
    const more = feature === 'deprecated' && instead !== undefined ? `: ${instead}` : meaning;
    return wrapLine([span(safe(feature), 'warning'), span(more)], width, 4);
  });
}

const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['deprecated', ': a later QEMU will drop it'],
  ['unstable', ': it may change or go in any release'],
]);

function signature(command: Command, options: HelpOptions): readonly StyledLine[] {
  const members = byNeed(membersAt(command.arguments, options.given));
  const parts = members.flatMap((member): Span[] => {
    const [open, close] = member.required ? ['', ''] : ['[', ']'];
    const type = member.type();
    const first = type.kind === 'enum' && type.values.length > 4 ? type.values[0] : undefined;
    const short = first === undefined ? describe(type) : `${safe(first.name)}|...`;
    // A blank that is no break: a part of the signature stays on one row where it can.
    return [
      span(` ${open}`, 'punctuation'),
      span(member.name, 'key'),
      span(`=${short}${close}`.replaceAll(' ', '\u00a0'), 'punctuation'),
    ];
  });
  const more = command.arguments.tag !== undefined ? [span(' ...', 'dim')] : [];
  return wrapLine([span('  '), span(command.name, 'command'), ...parts, ...more], options.width, 6).map(row =>
    row.map(part => ({ ...part, text: part.text.replaceAll('\u00a0', ' ') })),
  );
}

function argumentBlocks(
  command: string,
  type: ObjectType,
  path: Path,
  options: HelpOptions,
): readonly StyledLine[] {
  const members = membersOf(type, partOf(options.given, path));
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
  return [...out, ...variants(command, type, path, options)];
}

function memberRows(
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

function variants(
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
  const sample =
    SAMPLES.flatMap(value => telling.find(variant => variant.value === value) ?? [])[0] ?? telling[0];
  const hint = `Each ${name} brings arguments of its own: .help ${command} ${name}=${safe(sample?.value ?? '')}`;
  return [
    [],
    ...wrapLine([span(`${name} is one of`, 'title')], options.width, 2),
    ...grid(
      all.map(variant => safe(variant.value)),
      options.width,
      'enum',
      2,
    ),
    ...prose(hint, options.width),
  ];
}

function values(command: string, path: Path, type: Type, options: HelpOptions): readonly StyledLine[] {
  const list = type.kind === 'enum' ? type.values : [];
  if (list.length === 0) return [];
  const notes = options.notes ?? {};
  const rows = list.map(value => {
    const text = notes.describeArgument?.(command, [...path, value.name]) ?? '';
    const marks = value.features.map(feature => {
      const instead = feature === 'deprecated' ? notes.replacement?.(command, path, value.name) : undefined;
      return instead === undefined ? safe(feature) : `${safe(feature)}: ${instead}`;
    });
    return { name: value.name, marks: marks.join('; '), text };
  });
  if (rows.every(row => row.marks === '')) {
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
  const fitted = table(
    [{ name: 'value' }, { name: 'mark', least: 10, rank: 1 }],
    rows.map(row => [[span(safe(row.name), 'enum')], [span(row.marks, 'warning')]]),
    { width: options.width, head: false, indent: 2 },
  );
  return [[], [span('values', 'title')], ...fitted.lines];
}

// All values of a short enum, so that nobody has to ask again; of a long one how many there are.
function typeName(type: Type): string {
  if (type.kind !== 'enum') return describe(type);
  const names = type.values.map(value => safe(value.name));
  return names.length <= 8 ? names.join('|') : `one of ${names.length} values`;
}

function returns(type: Type): StyledLine {
  if (type.kind === 'object' && type.members.length === 0) return line('nothing, {}');
  if (type.kind === 'object')
    return line(
      'an object: ',
      ...list(
        type.members.map(member => member.name),
        'key',
      ),
    );
  if (type.kind === 'array') {
    const item = type.element();
    if (item.kind === 'object')
      return line(
        'a list of objects: ',
        ...list(
          item.members.map(member => member.name),
          'key',
        ),
      );
  }
  return line(describe(type));
}

function list(names: readonly string[], role: 'key' | 'event'): StyledLine {
  return names.flatMap((name, i) => [...(i === 0 ? [] : [span(', ')]), span(safe(name), role)]);
}

const LABEL = 9;

function labelled(label: string, text: StyledLine, width: number): readonly StyledLine[] {
  const lead = label === '' ? [] : [span(label.padEnd(LABEL), 'title')];
  return wrapLine([...lead, ...text], width, LABEL);
}

function prose(text: string, width: number): readonly StyledLine[] {
  return wrap(text, width).map(row => [span(row)]);
}

function membersOf(type: ObjectType | undefined, given: Json | undefined): readonly Member[] {
  return type === undefined ? [] : byNeed(membersAt(type, given));
}

function byNeed(members: readonly Member[]): readonly Member[] {
  return [...members.filter(member => member.required), ...members.filter(member => !member.required)];
}

function partOf(given: JsonObject | undefined, path: Path): Json | undefined {
  let here: Json | undefined = given;
  for (const key of path) here = isObject(here) ? memberOf(here, String(key)) : undefined;
  return here;
}

function elementOf(type: Type): Type | undefined {
  return type.kind === 'array' ? type.element() : undefined;
}

function trim(styled: StyledLine): StyledLine {
  const last = styled.at(-1);
  if (last === undefined) return styled;
  const text = last.text.trimEnd();
  if (text === last.text) return styled;
  return text === '' ? trim(styled.slice(0, -1)) : [...styled.slice(0, -1), { ...last, text }];
}
