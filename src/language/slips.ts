// Slips in how arguments are written: dashes before a name, ":" for "=", commas behind values, a blank in a value, a bar
// without blanks. What is told of one is its cause, and the line that was meant where that one is taken.
import type { Member, Schema } from '../schema/model.ts';
import { namingAt } from '../schema/names.ts';
import { FLAGS, hidesValues } from '../schema/notes/positions.ts';
import { holdsSecret } from '../schema/notes/secrets.ts';
import type { Place } from '../text/place.ts';
import type { Problem, Takes } from './line.ts';
import type { Argument, Tree } from './tokens.ts';

type CommandTree = Extract<Tree, { kind: 'command' }>;

/** The slip in a line that is not taken as it stands; undefined where there is none. */
export function slipIn(tree: CommandTree, takes: Takes, schema: Schema): Problem | undefined {
  if (hidesValues(tree.call.name)) return undefined;
  const members = schema.commands.get(tree.call.name)?.arguments.members;
  const bar = barWithoutBlanks(tree, takes);
  if (bar !== undefined || members === undefined) return bar;
  return (
    withDashes(tree, takes, members) ??
    withColons(tree, takes, members) ??
    commasBehind(tree, takes) ??
    blankInValue(tree, takes, members) ??
    forOther(tree, takes, schema)
  );
}

/** Arguments of a command whose name goes on, or is a part of this one: blockdev-snapshot for blockdev-snapshot-sync. */
function forOther({ call, text }: CommandTree, takes: Takes, schema: Schema): Problem | undefined {
  if (call.args.length < 2) return undefined;
  const rest = text.slice(call.namePlace.end);
  const takesAll = (name: string) => {
    const line = takes(`${name}${rest}`);
    return line.kind === 'command' && !holdsSecret(line.request);
  };
  const kin = [...schema.commands.keys()].filter(
    name => name !== call.name && (name.startsWith(`${call.name}-`) || call.name.startsWith(`${name}-`)),
  );
  const [meant, ...more] = kin.filter(takesAll);
  if (meant === undefined || more.length > 0) return undefined;
  return {
    place: call.namePlace,
    message: `these are arguments of ${meant}, not of ${call.name}`,
    advice: `Write ${meant}${rest.trimEnd()}`,
  };
}

// Of more bars the first ones are looked at.
const MOST_BARS = 3;

/** `query-block|head`: the line with blanks around the bar. */
function barWithoutBlanks({ text }: CommandTree, takes: Takes): Problem | undefined {
  let at = text.indexOf('|');
  for (let i = 0; i < MOST_BARS && at > 0; i++, at = text.indexOf('|', at + 1)) {
    const meant = `${text.slice(0, at).trim()} | ${text.slice(at + 1).trim()}`;
    const line = takes(meant);
    if (
      meant === text.trim() ||
      line.kind !== 'command' ||
      line.pipe === undefined ||
      holdsSecret(line.request)
    )
      continue;
    const place = { start: at, end: at + 1 };
    return { place, message: 'blanks belong around "|"', advice: `Write ${meant}` };
  }
  return undefined;
}

const DASHED = /^--?([A-Za-z][\w.-]*)(=.*)?$/s;

/** `--name value`, `--name=value`, `--flag`. */
function withDashes(
  { call, text }: CommandTree,
  takes: Takes,
  members: readonly Member[],
): Problem | undefined {
  const words = call.args.map(({ place }) => text.slice(place.start, place.end));
  const flags = FLAGS.get(call.name);
  const first = words.findIndex(word => DASHED.test(word) && flags?.has(word) !== true);
  const place = call.args[first]?.place;
  if (place === undefined || members.length === 0) return undefined;
  const made: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const [, name, value] = flags?.has(word) ? [] : (DASHED.exec(word) ?? []);
    if (name === undefined) {
      made.push(word);
      continue;
    }
    const known = members.find(one => one.name === name.split('.')[0]);
    if (known === undefined) {
      const takesNames = members.map(one => one.name).join(', ');
      return {
        place: call.args[i]?.place ?? place,
        message: `${call.name} has no argument ${JSON.stringify(name)}`,
        advice:
          members.length === 0
            ? 'It takes none.'
            : `It takes ${takesNames}; arguments are written NAME=VALUE.`,
      };
    }
    const next = words[i + 1];
    const follows = next !== undefined && call.args[i + 1]?.equals === undefined && !DASHED.test(next);
    if (value !== undefined) made.push(`${name}${value}`);
    else if (known.type().kind === 'bool' && !(follows && /^(?:true|false|on|off|yes|no)$/.test(next)))
      made.push(`${name}=true`);
    else if (follows) {
      made.push(`${name}=${next}`);
      i++;
    } else made.push(`${name}=...`);
  }
  return told(place, 'arguments have no dashes before their name here', call.name, made, takes);
}

/** `node-name:node-A`. */
function withColons(
  { call, text }: CommandTree,
  takes: Takes,
  members: readonly Member[],
): Problem | undefined {
  let place: Place | undefined;
  const words = call.args.map(({ place: at, equals }) => {
    const word = text.slice(at.start, at.end);
    const [, name = '', value = ''] = /^([A-Za-z][\w.-]*):(.+)$/s.exec(word) ?? [];
    const isKnown = equals === undefined && members.some(one => one.name === name.split('.')[0]);
    if (isKnown) place ??= { start: at.start + name.length, end: at.start + name.length + 1 };
    return isKnown ? `${name}=${value}` : word;
  });
  return place && told(place, '"=" belongs between a name and its value, not ":"', call.name, words, takes);
}

/** `device=a, target=b, sync=full`. */
function commasBehind({ call, text }: CommandTree, takes: Takes): Problem | undefined {
  const commas = call.args.filter(arg => endsInComma(arg));
  const [first] = commas;
  if (
    first === undefined ||
    (commas.length < call.args.length - 1 && !commas.some(namesWithComma(call.name)))
  )
    return undefined;
  const words = call.args.map(arg => {
    const word = text.slice(arg.place.start, arg.place.end);
    return endsInComma(arg) ? word.slice(0, -1) : word;
  });
  const place = { start: first.place.end - 1, end: first.place.end };
  return told(place, 'blanks part the arguments, no commas', call.name, words, takes);
}

function endsInComma({ value }: Argument): boolean {
  return value?.kind === 'bare' && /[^,],$/.test(value.text);
}

/** Whether a value is a name, and none of QEMU's names holds the comma it ends in. */
function namesWithComma(command: string): (arg: Argument) => boolean {
  return arg => {
    if (!endsInComma(arg)) return false;
    return isName(command, arg);
  };
}

// Of these kinds QEMU takes letters, digits and - . _ only.
const PLAIN_NAMES = new Set(['node', 'job', 'device', 'export', 'chardev', 'iothread', 'object', 'new']);

function isName(command: string, { key }: Argument): boolean {
  const path = key.parts.map(({ name }) => name);
  if (path.at(-1) === 'name') return false;
  return PLAIN_NAMES.has(namingAt(command, path, {})?.kind ?? '');
}

/** Whether the name is one that is given to something new; another one has to be there already. */
function isNew(command: string, { key }: Argument): boolean {
  return (
    namingAt(
      command,
      key.parts.map(({ name }) => name),
      {},
    )?.kind === 'new'
  );
}

/** Whether QEMU would take a line, and not as it was meant: a name in it ends in a comma. */
export function hasNameWithComma(tree: Tree): boolean {
  return (
    tree.kind === 'command' &&
    tree.call.args.length > 1 &&
    tree.call.args.slice(0, -1).some(namesWithComma(tree.call.name))
  );
}

/** `snapshot-node-name=node C`: words without "=" behind a value, where nothing else lacks one. */
function blankInValue(
  { call, text }: CommandTree,
  takes: Takes,
  members: readonly Member[],
): Problem | undefined {
  const at = call.args.findIndex(({ equals }) => equals === undefined);
  const before = call.args[at - 1];
  if (before?.value?.kind !== 'bare') return undefined;
  const given = call.args.map(({ key }) => key.parts[0]?.name);
  if (members.some(({ name, required }) => required && !given.includes(name))) return undefined;
  const rest = call.args.slice(at);
  const end = rest.findIndex(({ equals }) => equals !== undefined);
  const lone = rest.slice(0, end === -1 ? undefined : end);
  const isKnown = (arg: Argument) => members.some(({ name }) => name === arg.key.text);
  const last = lone.at(-1);
  if (last === undefined || lone.some(arg => isKnown(arg) || FLAGS.get(call.name)?.has(arg.key.text)))
    return undefined;
  const value = text.slice((before.equals ?? 0) + 1, last.place.end);
  const name = isName(call.name, before);
  const key = before.key.text;
  const meant = name ? `${key}=${value.replaceAll(/\s+/g, '-')}` : `${key}=${JSON.stringify(value)}`;
  const whole = `${text.slice(0, before.place.start)}${meant}${text.slice(last.place.end)}`.trim();
  const line = takes(whole);
  if (line.kind !== 'command' || holdsSecret(line.request)) return undefined;
  return {
    place: { start: before.place.start, end: last.place.end },
    message: `a blank stands in the value of ${JSON.stringify(key)}`,
    advice: name
      ? isNew(call.name, before)
        ? `A name has none: write ${meant}, for instance`
        : `A name has none: leave ${text.slice(lone[0]?.place.start, last.place.end)} out, or write which argument it is for`
      : `It needs quotes: ${meant}`,
  };
}

function told(
  place: Place,
  message: string,
  command: string,
  words: readonly string[],
  takes: Takes,
): Problem {
  const meant = [command, ...words].join(' ');
  const line = takes(meant);
  const isGood = line.kind === 'command' && !holdsSecret(line.request);
  const advice = isGood ? `Write ${meant}` : 'Arguments are written NAME=VALUE, with blanks between them.';
  return { place, message, advice };
}
