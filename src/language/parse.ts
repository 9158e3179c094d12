// A line understood: the request it stands for, or what is wrong with it and where.
import type { Request } from '../qmp/message.ts';
import { check, checkFeatures, checkObject, type Finding, findCommand } from '../schema/check.ts';
import type { Command, EnumValue, Schema } from '../schema/model.ts';
import { objectIn, typeAt } from '../schema/walk.ts';
import { nearest } from '../text/fuzzy.ts';
import { isObject, type Json, member, setMember } from '../text/json.ts';
import type { Place } from '../text/span.ts';
import { type Assembled, assemble, assembleLiteral } from './assemble.ts';
import type { Line, Problem, Warning } from './line.ts';
import { type Call, readLine, type Tree } from './tokens.ts';

/**
 * What a line means. With a schema its types decide what each value is and everything is checked; without one
 * values are guessed as qmp-shell does. Never throws.
 */
export function parse(text: string, schema?: Schema): Line {
  const tree = readLine(text);
  switch (tree.kind) {
    case 'empty':
      return { kind: 'empty' };
    case 'word':
      return { kind: 'word', name: tree.name, rest: tree.rest, place: tree.place, restPlace: tree.restPlace };
    case 'raw':
      return parseRaw(tree);
    case 'command':
    case 'transaction': {
      const read = readRequest(tree, schema);
      const wrong = first(ordered(read.problems));
      if (wrong !== undefined) return { kind: 'wrong', problems: wrong };
      return {
        kind: 'command',
        request: read.request,
        warnings: ordered(read.warnings),
        background: tree.background !== undefined,
        ...(tree.pipe === undefined ? {} : { pipe: tree.pipe.text }),
      };
    }
  }
}

/** The request that a line sends, for comparing lines; undefined when it sends none, or nothing QMP knows. */
export function requestOf(line: Line): Request | undefined {
  if (line.kind === 'command') return line.request;
  if (line.kind !== 'raw' || !isObject(line.message)) return undefined;
  const oob = member(line.message, 'exec-oob');
  const execute = oob ?? member(line.message, 'execute');
  const args = member(line.message, 'arguments') ?? {};
  if (typeof execute !== 'string' || !isObject(args)) return undefined;
  return { execute, arguments: args, ...(oob === undefined ? {} : { oob: true }) };
}

type CallTree = Extract<Tree, { kind: 'command' | 'transaction' }>;

interface Read {
  readonly request: Request;
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
  const problems = [...named.problems, ...read.problems, ...faultsOf(tree, [read])];
  // What is checked is what was meant only if the text itself is sound.
  if (problems.length > 0 || named.command === undefined) return { request, problems, warnings: [] };
  return { request, ...placed(check(named.command, read.value), read, call.namePlace) };
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
  const reads = [own];
  const problems: Problem[] = [...own.problems];
  const actions: Json[] = [];
  const warnings: Warning[] = [];
  if (schema !== undefined && command === undefined) {
    const message = 'this QEMU has no command "transaction"';
    problems.push({ place: tree.namePlace, message, advice: 'Send the commands one by one.' });
  }
  if (Object.hasOwn(own.value, 'actions')) {
    const place = own.places.find(['actions'], 'name') ?? tree.namePlace;
    const advice = 'Without brackets it is: transaction actions=[...]';
    problems.push({ place, message: '"actions" is what stands between the brackets', advice });
  }
  for (const call of tree.actions) {
    const given = { actions: [{ type: call.name }] };
    const type = command === undefined ? undefined : typeAt(command.arguments, ['actions', 0, 'data'], given);
    const read = assemble(tree.text, call.args, type);
    reads.push(read);
    problems.push(...read.problems);
    actions.push({ type: call.name, data: read.value });
    if (command === undefined) continue;
    const allowed = actionsOf(command);
    const action = allowed.find(value => value.name === call.name);
    if (action === undefined) problems.push(unknownAction(allowed, call));
    const object = objectIn(type);
    const found = [
      ...checkFeatures(action?.features ?? [], call.name),
      ...(object === undefined ? [] : checkObject(object, read.value, call.name)),
    ];
    const { problems: wrong, warnings: doubtful } = placed(found, read, call.namePlace);
    problems.push(...wrong);
    warnings.push(...doubtful);
  }
  const args: Record<string, Json> = { actions };
  for (const [key, value] of Object.entries(own.value)) if (key !== 'actions') setMember(args, key, value);
  const request = { execute: 'transaction', arguments: args };
  problems.push(...faultsOf(tree, reads));
  const around = command === undefined ? [] : check(command, { ...own.value, actions: [] });
  const rest = placed(around, own, tree.namePlace);
  return { request, problems: [...problems, ...rest.problems], warnings: [...warnings, ...rest.warnings] };
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

function parseRaw(tree: Extract<Tree, { kind: 'raw' }>): Line {
  const { value, problems } = assembleLiteral(tree.text, tree.value);
  const all: Problem[] = [...tree.faults, ...problems];
  const sends = isObject(value) && (Object.hasOwn(value, 'execute') || Object.hasOwn(value, 'exec-oob'));
  if (all.length === 0 && !sends) {
    all.push({
      place: tree.value.place,
      message: 'this is JSON, but no request: it has no "execute"',
      advice: 'Write {"execute": "NAME", "arguments": {...}}; .send sends any JSON as it stands.',
    });
  }
  const wrong = first(ordered(all));
  return wrong === undefined ? { kind: 'raw', message: value } : { kind: 'wrong', problems: wrong };
}

/** Findings with their places; those about the object as a whole stand at `whole`, the command's name. */
function placed(
  findings: readonly Finding[],
  read: Assembled,
  whole: Place,
): { readonly problems: readonly Problem[]; readonly warnings: readonly Warning[] } {
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

function ordered(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => a.place.start - b.place.start);
}

function first(problems: readonly Problem[]): readonly [Problem, ...Problem[]] | undefined {
  const [one, ...more] = problems;
  return one === undefined ? undefined : [one, ...more];
}
