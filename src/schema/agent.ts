// The schema of a guest agent: it tells the names of its commands (guest-info), a table of ours their arguments.
import { isArray, isObject, type Json, type JsonObject, member } from '../text/json.ts';
import { objectsIn } from '../text/members.ts';
import { SchemaError } from './load.ts';
import type { Command, Member, ObjectType, Schema, Type } from './model.ts';
import { AGENT_ARGUMENTS, AGENT_CHANGES, AGENT_COMMANDS } from './notes/agent.ts';
import { lazyTable, parseTable } from './notes/table.ts';
import { isAgentCommand } from './notes.ts';

const signatures = lazyTable(AGENT_ARGUMENTS);
const changes = lazyTable(AGENT_CHANGES);

/** The schema in the value that `guest-info` returns. Throws `SchemaError` where that is none. */
export function agentSchema(info: Json): Schema {
  const supported = isObject(info) ? member(info, 'supported_commands') : undefined;
  if (!isObject(info) || !isArray(supported))
    throw new SchemaError('guest-info tells the commands in "supported_commands"');
  const known = new Map<string, Command>();
  for (const { name, enabled } of objectsIn(supported))
    if (typeof name === 'string') known.set(name, commandOf(name, enabled !== false));
  const version = member(info, 'version');
  return { commands: known, events: new Map(), agent: typeof version === 'string' ? version : '' };
}

let all: Schema | undefined;

/** The schema of an agent that is not asked: all commands that are known of any, each of them enabled. */
export function anyAgent(): Schema {
  all ??= agentSchema({
    version: '',
    supported_commands: [...parseTable(AGENT_COMMANDS).keys()].map(name => ({ name, enabled: true })),
  });
  return all;
}

/** What a command changes in the guest, as a sentence; undefined where it changes nothing that is known. */
export function changesGuest(name: string, args: JsonObject): string | undefined {
  const mode = member(args, 'mode');
  const writes = name === 'guest-file-open' && typeof mode === 'string' && /[wa+]/.test(mode);
  const what = writes ? 'opens a file of the guest to write to it; w empties it at once.' : changes(name);
  return what === undefined ? undefined : `${name} ${what}`;
}

function commandOf(name: string, enabled: boolean): Command {
  const text = signatures(name);
  // One that the table does not have takes what it takes; of those it has, the others take nothing.
  const isKnown = text !== undefined || isAgentCommand(name);
  const [args = '', returns] = (text ?? '').split('=> ');
  let parsed: ObjectType | undefined;
  return {
    name,
    get arguments() {
      parsed ??= isKnown
        ? { kind: 'object', members: membersIn(args.trim()) }
        : { kind: 'object', members: [], open: true };
      return parsed;
    },
    get returns(): Type {
      if (returns !== undefined) return typeIn(returns);
      return isKnown ? { kind: 'object', members: [] } : { kind: 'any' };
    },
    features: enabled ? [] : ['disabled'],
    oob: false,
  };
}

/** `NAME:TYPE`, parted by blanks, those in brackets left together. */
function membersIn(text: string): readonly Member[] {
  return partedBy(text, ' ').map(part => {
    const [, name = '', optional, type = ''] = /^([^:?]+)(\??):(.+)$/s.exec(part) ?? [];
    return { name, type: () => typeIn(type), required: optional === '', features: [] };
  });
}

const PLAIN: ReadonlyMap<string, Type> = new Map([
  ['str', { kind: 'str' }],
  ['int', { kind: 'int' }],
  ['num', { kind: 'number' }],
  ['bool', { kind: 'bool' }],
  ['any', { kind: 'any' }],
]);

function typeIn(text: string): Type {
  const choices = partedBy(text, '/');
  if (choices.length > 1) return { kind: 'alternate', choices: choices.map(choice => () => typeIn(choice)) };
  const inner = text.slice(1, -1);
  if (text.startsWith('[')) return { kind: 'array', element: () => typeIn(inner) };
  if (text.startsWith('{')) return { kind: 'object', members: membersIn(inner) };
  return PLAIN.get(text) ?? { kind: 'enum', values: text.split('|').map(name => ({ name, features: [] })) };
}

/** Cut at each mark that stands in no brackets. */
function partedBy(text: string, mark: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const char of text) {
    if (char === mark && depth === 0) {
      parts.push(part);
      part = '';
      continue;
    }
    if ('[{'.includes(char)) depth++;
    if (']}'.includes(char)) depth--;
    part += char;
  }
  return [...parts, part].filter(one => one !== '');
}
