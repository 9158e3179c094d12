// Arguments written as the human monitor and QEMU's own command line take them, without a name or parted by commas: the
// line of QMP that does the same.
import type { Request } from '../qmp/message.ts';
import { mention } from '../schema/finding.ts';
import type { Member, Schema } from '../schema/model.ts';
import {
  FLAGS,
  hidesValues,
  IMAGE_FORMATS,
  OPTIONS,
  ORDERS,
  SIZES_IN_MIB,
} from '../schema/notes/positions.ts';
import { isObject } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import type { Problem, Takes } from './line.ts';
import { readMessage } from './literal.ts';
import { print } from './print.ts';
import { needsQuotes, quoted } from './quote.ts';
import type { Argument, Call, Tree } from './tokens.ts';

type CommandTree = Extract<Tree, { kind: 'command' }>;

/** What is wrong with such a line, with the one that was meant where it is taken; undefined for any other line. */
export function meantOf(tree: CommandTree, takes: Takes, schema: Schema): Problem | undefined {
  const { call, text } = tree;
  const name = OPTIONS.get(call.name.replace(/^--?/, '-')) ?? call.name;
  const command = schema.commands.get(name);
  if (command === undefined) return undefined;
  const first = call.args[0];
  const lone = call.args.filter(arg => arg.equals === undefined);
  const parted = first !== undefined && isParted(first, text);
  const known = (arg: Argument) => command.arguments.members.some(member => member.name === arg.key.text);
  const isForeign = name !== call.name || lone.length > 0 || (parted && call.args.length === 1);
  if (first === undefined || !isForeign || (!parted && lone.length > 0 && lone.every(known)))
    return undefined;
  const members = command.arguments.members;
  const tail = text.slice(call.place.end);
  const joined =
    parted || name !== call.name || hidesValues(name) ? undefined : paired(name, call, text, known);
  if (joined !== undefined && takes(joined.line).kind === 'command')
    return {
      place: joined.place,
      message: `no "=" stands between ${JSON.stringify(joined.name)} and its value`,
      advice: `Write ${joined.line}${tail.trim() === '' ? '' : ` ${tail.trim()}`}`,
    };
  const lines =
    first.equals === undefined && /^\{/.test(first.key.text)
      ? inBrackets(name, text, first.place.start, takes)
      : parted && (call.args.length === 1 || name !== call.name)
        ? commas(name, text.slice(first.place.start, call.place.end), members)
        : positions(name, call, text, members);
  const good = hidesValues(name) ? undefined : lines.find(line => takes(line).kind === 'command');
  const place = lone[0]?.place ?? first.place;
  const message =
    members.length === 0 && command.arguments.open !== true
      ? `${name} takes no argument`
      : name !== call.name
        ? `${JSON.stringify(call.name)} is an option of QEMU's command line, not a command of QMP`
        : parted
          ? 'this is how the command line of QEMU takes arguments, not QMP'
          : `${mention(lone[0]?.key.text ?? '')} is no argument: it has no "="`;
  const lists = `Arguments are written NAME=VALUE; .help ${name} lists them.`;
  if (good !== undefined) {
    const whole = `${good}${name === call.name && tail.trim() !== '' ? ` ${tail.trim()}` : ''}`;
    const line = takes(good);
    // Which argument comes first is a guess where the human monitor means another one than QMP.
    const guessed =
      ORDERS.has(name) && line.kind === 'command' ? { offered: line.request, otherwise: lists } : {};
    return { place, message, advice: `Write ${whole}`, ...guessed };
  }
  // Commas may be what the value holds.
  if (first.equals !== undefined && !first.key.text.includes(',') && lone.length === 0) return undefined;
  if (HMP_TOO.has(name) && parted)
    return { place, message, advice: `Write .hmp ${name} ${text.slice(first.place.start).trim()}` };
  const given = call.args.flatMap(({ key, equals }) => (equals === undefined ? [] : [key.parts[0]?.name]));
  const needs = members
    .filter(member => member.required && !given.includes(member.name))
    .map(member => `${member.name}=...`);
  if (given.length > 0) return { place, message, advice: lists };
  const advice = needs.length > 0 ? `Write ${name} ${needs.join(' ')}` : 'Arguments are written NAME=VALUE.';
  return {
    place,
    message,
    advice: `${advice}${advice.endsWith('.') ? '' : '; a value with blanks in it needs quotes: NAME="a b"'}`,
  };
}

// Commands that the human monitor has under the same name, and QMP with quite other arguments.
const HMP_TOO: ReadonlySet<string> = new Set(['chardev-add']);

/** Whether commas part arguments here: in a word without a name, in a name, or before a further one. */
function isParted(arg: Argument, text: string): boolean {
  if (arg.equals === undefined) return /^[^{["']*,/.test(arg.key.text);
  return (
    arg.key.text.includes(',') ||
    (arg.value?.kind === 'bare' && /,[A-Za-z][\w.-]*=/.test(valueText(arg, text)))
  );
}

/** Whether a device is added as on the command line, all in one word. No type of QEMU's has such a name. */
export function addsInOneWord({ execute, arguments: args }: Request): boolean {
  const driver = execute === 'device_add' ? args['driver'] : undefined;
  return typeof driver === 'string' && /,[A-Za-z][\w.-]*=/.test(driver);
}

function valueText(arg: Argument, text: string): string {
  return text.slice(arg.place.start, arg.place.end);
}

/** `blockdev-add {"driver": ...}`. */
function inBrackets(name: string, text: string, at: number, takes: Takes): readonly string[] {
  const { value, faults } = readMessage(text, at);
  const literal = text.slice(value.place.start, value.place.end);
  if (
    faults.length > 0 ||
    text
      .slice(value.place.end)
      .trim()
      .replace(/^["']$/, '') !== ''
  )
    return [];
  const line = takes(`{"execute": ${JSON.stringify(name)}, "arguments": ${literal}}`);
  const args = line.kind === 'raw' && isObject(line.message) ? line.message['arguments'] : undefined;
  return args !== undefined && isObject(args) ? [print({ execute: name, arguments: args })] : [];
}

/** `virtio-blk-pci,drive=x,id=y`: the first word is what kind of thing it is; a comma of a value is doubled. */
function commas(name: string, given: string, members: readonly Member[]): readonly string[] {
  const parts = given
    .trim()
    .replaceAll(',,', '\u0000')
    .split(',')
    .map(part => part.replaceAll('\u0000', ','));
  const kinds = ['driver', 'type', 'qom-type'].filter(kind => members.some(member => member.name === kind));
  const args = parts.map((part, i) => {
    if (part.includes('=')) return pair(part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1));
    return i === 0 ? `${kinds[0] ?? 'type'}=${part}` : `${part}=on`;
  });
  return [`${name} ${args.join(' ')}`];
}

function pair(key: string, value: string): string {
  const needs = /\s/.test(value) || (value !== '' && needsQuotes(value, undefined) && /^["'{[]/.test(value));
  return `${key}=${needs ? quoted(value, '"') : value}`;
}

/** `flat true`, `device a sync=full`: values behind the names of their arguments. */
function paired(
  command: string,
  call: Call,
  text: string,
  known: (arg: Argument) => boolean,
): { readonly line: string; readonly name: string; readonly place: Place } | undefined {
  const words = wordsOf(call, text);
  let found: { readonly name: string; readonly place: Place } | undefined;
  let line = command;
  for (let i = 0; i < words.length; i++) {
    const { arg, typed, end } = words[i] ?? { typed: '', end: 0 };
    const next = words[i + 1];
    if (arg !== undefined && arg.equals === undefined) {
      if (!known(arg) || next === undefined || next.arg.equals !== undefined) return undefined;
      found ??= { name: arg.key.text, place: { start: end, end: next.arg.place.start } };
      line += ` ${typed}=${next.typed}`;
      i++;
    } else line += ` ${typed}`;
  }
  return found === undefined ? undefined : { line, ...found };
}

/** Values without names: for the members that the human monitor takes in this order, else for those that are needed. */
function positions(name: string, call: Call, text: string, members: readonly Member[]): readonly string[] {
  const flags = FLAGS.get(name);
  const added: string[] = [];
  const values: string[] = [];
  const hasLone = call.args.some(one => one.equals === undefined);
  for (const { arg, typed, inQuotes } of wordsOf(call, text)) {
    const flag = arg.equals === undefined ? flags?.get(typed) : undefined;
    if (flag !== undefined) added.push(flag);
    else if (arg.equals !== undefined && hasLone && !inQuotes) added.push(typed);
    else values.push(typed);
  }
  if (members.length === 0) return [name];
  const given = new Set(added.map(one => one.slice(0, one.indexOf('='))));
  if (name === 'human-monitor-command')
    return [`${name} command-line=${quoted(values.join(' ').replace(/^"(.*)"$/, '$1'), '"')}`];
  const needed = members
    .filter(member => member.required && !given.has(member.name))
    .map(member => member.name);
  // What is asked about has no place among the arguments of most queries.
  if (needed.length === 0 && name.startsWith('query-')) return [name];
  const orders = [...(ORDERS.get(name) ?? []), needed].filter(
    order =>
      order.length >= values.length &&
      values.every((value, i) => order[i] !== 'format' || IMAGE_FORMATS.has(value)),
  );
  return orders.map(order => {
    const args = values.map((value, i) => {
      const key = order[i] ?? '';
      const inMib = SIZES_IN_MIB.has(`${name} ${key}`) && /^\d+$/.test(value);
      return `${key}=${value}${inMib ? 'M' : ''}`;
    });
    return [name, ...args, ...added.filter(one => one !== '')].join(' ');
  });
}

interface Word {
  readonly arg: Argument;
  readonly typed: string;
  readonly end: number;
  readonly inQuotes: boolean;
}

/** The words behind a command's name; blanks in quotes part nothing. */
function wordsOf(call: Call, text: string): readonly Word[] {
  const words: Word[] = [];
  for (const arg of call.args) {
    if (arg.place.start < (words.at(-1)?.end ?? 0)) continue;
    const inQuotes = /^["']/.test(arg.key.text);
    const end = inQuotes
      ? Math.max(arg.place.end, readMessage(text, arg.place.start).value.place.end)
      : arg.place.end;
    words.push({ arg, typed: text.slice(arg.place.start, end), end, inQuotes });
  }
  return words;
}
