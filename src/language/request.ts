// From the tree of a command or transaction to the request it stands for, with all that is wrong or doubtful.
import type { Request } from '../qmp/message.ts';
import { check, checkFeatures, checkObject, type Finding, findCommand } from '../schema/check.ts';
import type { Command, EnumValue, Schema } from '../schema/model.ts';
import { objectIn, typeAt } from '../schema/walk.ts';
import { nearest } from '../text/fuzzy.ts';
import { type Json, type JsonObject, setMember } from '../text/json.ts';
import type { Place } from '../text/span.ts';
import { type Assembled, assemble } from './assemble.ts';
import type { Problem, Warning } from './line.ts';
import type { Call, Tree } from './tokens.ts';

export type CallTree = Extract<Tree, { kind: 'command' | 'transaction' }>;

export interface Read {
  readonly request: Request;
  /** Nothing is wrong with the text itself, whatever the schema thinks of the request. */
  readonly sound: boolean;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** The request as far as it can be made out, also of a half-typed or wrong line: `given` of the completer. */
export function readRequest(tree: CallTree, schema: Schema | undefined): Read {
  return tree.kind === 'command' ? readCommand(tree, schema) : readTransaction(tree, schema);
}

function readCommand(tree: Extract<Tree, { kind: 'command' }>, schema: Schema | undefined): Read {
  const { call } = tree;
  const named = commandOf(call, schema);
  const read = assemble(tree.text, call.args, named.command?.arguments);
  const request = { execute: call.name, arguments: read.value };
  const faults = [...read.problems, ...faultsOf(tree, [read])];
  const sound = faults.length === 0;
  // What is checked is what was meant only if the text itself is sound.
  if (!sound || named.command === undefined) {
    return { request, sound, problems: [...named.problems, ...faults], warnings: [] };
  }
  return { request, sound, ...placed(check(named.command, read.value), read, call.namePlace) };
}

/** Problems of the text itself; a bracket in a value that is wanted as text is no fault. */
function faultsOf(tree: CallTree, reads: readonly Assembled[]): readonly Problem[] {
  const texts = reads.flatMap(read => read.texts);
  return tree.faults.filter(fault => !texts.some(place => within(fault.place, place)));
}

function within(inner: Place, outer: Place): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

interface Named {
  readonly command?: Command;
  readonly problems: readonly Problem[];
}

function commandOf(call: Call, schema: Schema | undefined): Named {
  const { name, namePlace: place } = call;
  if (name.includes('=') || /^["']/.test(name)) {
    const advice = 'A line begins with the command: NAME key=value ...';
    return { problems: [{ place, message: `${JSON.stringify(name)} is no command name`, advice }] };
  }
  if (schema === undefined) return { problems: [] };
  const found = findCommand(schema, name);
  if ('severity' in found) {
    const more = WORDS_MEANT.get(name);
    const problem = { ...toProblem(found, place), ...(more === undefined ? {} : { advice: more }) };
    return { problems: [problem] };
  }
  return { command: found, problems: [] };
}

// People try these first; none is a QMP command.
const WORDS_MEANT: ReadonlyMap<string, string> = new Map([
  ['help', '.help COMMAND explains a command.'],
  ['info', 'In QMP they are called query-...; .hmp info ... asks the human monitor.'],
  ['exit', 'exit alone, .exit or Ctrl-D leaves.'],
  ['ls', 'Tab shows the commands there are; .graph and .jobs what the VM is doing.'],
]);

function readTransaction(tree: Extract<Tree, { kind: 'transaction' }>, schema: Schema | undefined): Read {
  const command = schema?.commands.get('transaction');
  const own = assemble(tree.text, tree.args, command?.arguments);
  const actions = tree.actions.map(call => readAction(tree.text, call, command));
  const args: Record<string, Json> = { actions: actions.map(action => action.value) };
  for (const [key, value] of Object.entries(own.value)) if (key !== 'actions') setMember(args, key, value);

  const faults = [own, ...actions.map(action => action.read)].flatMap(read => read.problems);
  faults.push(...faultsOf(tree, [own, ...actions.map(action => action.read)]));
  if (Object.hasOwn(own.value, 'actions')) {
    const place = own.places.find(['actions'], 'name') ?? tree.namePlace;
    const advice = 'Without brackets it is: transaction actions=[...]';
    faults.push({ place, message: '"actions" is what stands between the brackets', advice });
  }
  const problems = actions.flatMap(action => action.problems);
  if (schema !== undefined && command === undefined) {
    const message = 'this QEMU has no command "transaction"';
    problems.push({ place: tree.namePlace, message, advice: 'Send the commands one by one.' });
  }
  const request = { execute: 'transaction', arguments: args };
  const sound = faults.length === 0;
  const around = command === undefined || !sound ? [] : check(command, { ...own.value, actions: [] });
  const rest = placed(around, own, tree.namePlace);
  return {
    request,
    sound,
    problems: [...faults, ...problems, ...rest.problems],
    warnings: [...rest.warnings, ...actions.flatMap(action => action.warnings)],
  };
}

interface Action {
  readonly read: Assembled;
  readonly value: JsonObject;
  readonly problems: Problem[];
  readonly warnings: readonly Warning[];
}

function readAction(text: string, call: Call, command: Command | undefined): Action {
  const given = { actions: [{ type: call.name }] };
  const type = command === undefined ? undefined : typeAt(command.arguments, ['actions', 0, 'data'], given);
  const read = assemble(text, call.args, type);
  const value = { type: call.name, data: read.value };
  if (command === undefined) return { read, value, problems: [], warnings: [] };
  const allowed = actionsOf(command);
  const action = allowed.find(one => one.name === call.name);
  if (action === undefined) return { read, value, problems: [unknownAction(allowed, call)], warnings: [] };
  const object = objectIn(type);
  const sound = read.problems.length === 0;
  const found = [
    ...checkFeatures(action.features, call.name),
    ...(object === undefined || !sound ? [] : checkObject(object, read.value, call.name)),
  ];
  return { read, value, ...placed(found, read, call.namePlace) };
}

function actionsOf(command: Command): readonly EnumValue[] {
  const type = typeAt(command.arguments, ['actions', 0, 'type'], {});
  return type !== undefined && type !== 'open' && type.kind === 'enum' ? type.values : [];
}

function unknownAction(allowed: readonly EnumValue[], call: Call): Problem {
  const names = allowed.map(value => value.name);
  const near = nearest(call.name, names);
  return {
    place: call.namePlace,
    message: `${JSON.stringify(call.name)} cannot be part of a transaction`,
    ...(near.length > 0 ? { nearest: near } : {}),
    advice: `These can: ${names.join(', ')}.`,
  };
}

/** Findings with their places; those about the object as a whole stand at `whole`, the command's name. */
function placed(
  findings: readonly Finding[],
  read: Assembled,
  whole: Place,
): { readonly problems: Problem[]; readonly warnings: readonly Warning[] } {
  const at = (finding: Finding) => toProblem(finding, read.places.find(finding.path, finding.at) ?? whole);
  return {
    problems: findings.filter(finding => finding.severity === 'problem').map(at),
    warnings: findings.filter(finding => finding.severity === 'warning').map(at),
  };
}

function toProblem(finding: Finding, place: Place): Problem {
  const { message, advice, nearest: near } = finding;
  return {
    place,
    message,
    ...(advice === undefined ? {} : { advice }),
    ...(near === undefined || near.length === 0 ? {} : { nearest: near }),
  };
}
