// What `.help` shows: a command, an argument, an event, laid out for the width.
import type { Command, EventType, Feature, Type } from '../schema/model.ts';
import type { Path } from '../schema/walk.ts';
import { describe, membersAt, objectIn, typeAt } from '../schema/walk.ts';
import { isObject } from '../text/json.ts';
import { line, span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';
import { wrap } from '../text/wrap.ts';
import { assume } from './assume.ts';
import type { HelpOptions } from './members.ts';
import {
  argumentBlocks,
  besideBranch,
  byNeed,
  MEANINGS,
  memberRows,
  membersOf,
  partOf,
  typeName,
  values,
  variants,
} from './members.ts';

export type { HelpNotes, HelpOptions } from './members.ts';
export { renderNames, renderPairs, wrapUsage } from './pairs.ts';

/** The page of a command: signature, arguments, variants, reply, events, an example. */
export function renderCommandHelp(command: Command, options: HelpOptions): readonly StyledLine[] {
  const notes = options.notes ?? {};
  const out: StyledLine[] = [];
  out.push(...heading(command.name, notes.describeCommand?.(command.name), options.width));
  out.push(...warnings(command.features, notes.replacement?.(command.name), options.width));
  out.push([], ...signature(command, options));
  out.push(...argumentBlocks(command.name, command.arguments, [], options));
  for (const key of Object.keys(options.given ?? {})) out.push(...within(command, [key], options));
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

/** What the objects take whose variant was picked: `chardev-add backend.type=socket`, down to what they must have. */
function within(command: Command, path: Path, options: HelpOptions): readonly StyledLine[] {
  const { given } = options;
  const here = partOf(given, path);
  const inside = partOf(given, path.slice(0, -1));
  const allowed = typeAt(command.arguments, path, given);
  const type = allowed === 'open' || allowed?.kind !== 'object' ? undefined : allowed;
  const chosen = isObject(here) ? objectIn(allowed) : isObject(inside) && path.length > 1 ? type : undefined;
  if (chosen === undefined) return [];
  const deeper = isObject(here)
    ? membersOf(chosen, here).filter(({ name, required }) => Object.hasOwn(here, name) || required)
    : [];
  return [
    [],
    [span(`${path.map(key => safe(String(key))).join('.')}.`, 'key')],
    ...argumentBlocks(command.name, chosen, path, options),
    ...deeper.flatMap(({ name }) => within(command, [...path, name], options)),
  ];
}

/**
 * The page of one argument: `.help blockdev-mirror.sync`. `path` leads from the command's arguments down. Undefined
 * when the schema has no such argument. One that only some variants have is found, and says which those are.
 */
export function renderArgumentHelp(
  command: Command,
  path: Path,
  asked: HelpOptions,
): readonly StyledLine[] | undefined {
  const assumed = assume(command.arguments, path, asked.given);
  const options = { ...asked, given: assumed.given };
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
  for (const { tag, values: of } of assumed.tags) {
    const more = of.length > 8 ? `, and ${of.length - 8} more` : '';
    out.push(
      ...labelled(
        'with',
        line(
          `${tag}=${of
            .slice(0, 8)
            .map(value => safe(value))
            .join(', ')}${more}`,
        ),
        options.width,
      ),
    );
  }
  if (allowed === 'open') return out;
  out.push(...values(command.name, path, allowed, options));
  const object = objectIn(allowed) ?? objectIn(elementOf(allowed));
  if (object !== undefined) out.push(...argumentBlocks(command.name, object, path, options));
  return out;
}

/** The page of a member of what a command returns, or of the rows it returns: `.help query-status.status`. */
export function renderReplyHelp(
  command: Command,
  name: string,
  options: HelpOptions,
): readonly StyledLine[] | undefined {
  const object = objectIn(command.returns) ?? objectIn(elementOf(command.returns));
  const own = object && membersAt(object).find(member => member.name === name);
  if (own === undefined) return undefined;
  const type = own.type();
  return [
    ...heading(
      `${command.name} ${name}`,
      options.notes?.describeArgument?.(command.name, [name]),
      options.width,
    ),
    ...labelled('type', line(`${typeName(type)}, in the reply`), options.width),
    ...values(command.name, [name], type, options),
  ];
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

function signature(command: Command, options: HelpOptions): readonly StyledLine[] {
  const aside = besideBranch(command.arguments, options.given);
  const members = byNeed(membersAt(command.arguments, options.given)).filter(one => !aside.includes(one));
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
  const more = command.arguments.tag !== undefined || aside.length > 0 ? [span(' ...', 'dim')] : [];
  return wrapLine([span('  '), span(command.name, 'command'), ...parts, ...more], options.width, 6).map(row =>
    row.map(part => ({ ...part, text: part.text.replaceAll('\u00a0', ' ') })),
  );
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

function elementOf(type: Type): Type | undefined {
  return type.kind === 'array' ? type.element() : undefined;
}
