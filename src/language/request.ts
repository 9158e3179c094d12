// From the tree of a command or transaction to the request it stands for, with all that is wrong or doubtful.
import type { Request } from '../qmp/message.ts';
import { check, checkFeatures, checkObject, findCommand } from '../schema/check.ts';
import { joined } from '../schema/elsewhere.ts';
import { type Finding, mention } from '../schema/finding.ts';
import { hmpMeant } from '../schema/hmp.ts';
import type { Command, EnumValue, Schema } from '../schema/model.ts';
import { objectIn, typeAt } from '../schema/walk.ts';
import { edits, nearest } from '../text/fuzzy.ts';
import { type Json, type JsonObject, setMember } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import { type Assembled, assemble } from './assemble.ts';
import { fileNameWarnings } from './filenames.ts';
import type { Problem, Warning } from './line.ts';
import type { Call, Tree } from './tokens.ts';

type CallTree = Extract<Tree, { kind: 'command' | 'transaction' }>;

interface Read {
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
  const named = commandOf(call, tree.text, schema);
  const read = assemble(tree.text, call.args, named.command?.arguments);
  const request = { execute: call.name, arguments: read.value };
  // A line in another language is not wrong in each of its words.
  if (named.foreign) return { request, sound: false, problems: named.problems, warnings: [] };
  // What the words behind a name mean that is none, nobody can say.
  const own = named.problems.length > 0 ? [] : read.problems;
  const faults = [...own, ...faultsOf(tree, [read])];
  const sound = faults.length === 0;
  // What is checked is what was meant only if the text itself is sound.
  if (!sound || named.command === undefined) {
    const warnings = sound ? fileNameWarnings(call.name, read.value, read.places, call.namePlace) : [];
    return { request, sound, problems: [...named.problems, ...faults], warnings };
  }
  const found = placed(check(named.command, read.value), read, call.namePlace, call.name);
  const names = [
    ...fileNameWarnings(call.name, read.value, read.places, call.namePlace),
    ...printedQuotes(call),
  ];
  return { request, sound, problems: found.problems, warnings: [...found.warnings, ...names] };
}

/** Values in quotes that are none here: they are part of the value. */
function printedQuotes(call: Call): readonly Warning[] {
  return call.args.flatMap(({ key, value }) => {
    const inner = value?.kind === 'bare' ? PRINTED_QUOTES.exec(value.text)?.[1] : undefined;
    if (value === undefined || inner === undefined) return [];
    const message = 'these quotes are letters here: they are sent as part of the value';
    return [{ place: value.place, message, advice: `Without them: ${key.text}=${inner}` }];
  });
}

const PRINTED_QUOTES = /^[\u2018-\u201f\u00ab\u00bb](.+)[\u2018-\u201f\u00ab\u00bb]$/;

/** Problems of the text itself; a bracket in a value that is wanted as text is no fault. */
function faultsOf(tree: CallTree, reads: readonly Assembled[]): readonly Problem[] {
  const texts = reads.flatMap(read => read.texts).toSorted((a, b) => a.start - b.start);
  const faults = tree.faults.toSorted((a, b) => a.place.start - b.place.start);
  let next = 0;
  return faults.filter(({ place }) => {
    while ((texts[next + 1]?.start ?? Number.POSITIVE_INFINITY) <= place.start) next += 1;
    const text = texts[next];
    return text === undefined || !within(place, text);
  });
}

function within(inner: Place, outer: Place): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

interface Named {
  readonly command?: Command;
  readonly problems: readonly Problem[];
  /** The line is one of the human monitor's. */
  readonly foreign?: true;
}

function commandOf(call: Call, text: string, schema: Schema | undefined): Named {
  const { name, namePlace: place } = call;
  if (name.includes('=') || /^["']/.test(name)) {
    const advice = 'A line begins with the command: NAME key=value ...';
    return { problems: [{ place, message: `${mention(name)} is no command name`, advice }] };
  }
  if (schema === undefined) return { problems: [] };
  const found = findCommand(schema, name);
  if ('severity' in found) {
    const line = text.slice(call.place.start, call.place.end);
    const foreign = schema.agent === undefined ? hmpMeant(line) : undefined;
    if (foreign !== undefined) {
      const message = `${JSON.stringify(name)} is a command of the human monitor, not of QMP`;
      return { problems: [{ place, message, advice: foreign }], foreign: true };
    }
    const parts = call.args.map(({ key, equals }) => (equals === undefined ? key.text : ''));
    const lone = parts.slice(0, 3).filter((part, i) => !parts.slice(0, i + 1).includes('') && part !== '');
    const whole = joined(schema, [name, ...lone]);
    if (whole !== undefined) {
      const message = `there is no command ${JSON.stringify(name)}: a name has no blanks in it`;
      return { problems: [{ place, message, nearest: [whole] }], foreign: true };
    }
    const more = WORDS_MEANT.get(name);
    const problem = { ...toProblem(found, place), ...(more === undefined ? {} : { advice: more }) };
    return { problems: [problem] };
  }
  return { command: found, problems: [] };
}

// People try these first; none is a QMP command.
const WORDS_MEANT: ReadonlyMap<string, string> = new Map([
  ['help', '.help COMMAND explains a command.'],
  ['exit', 'exit alone, .exit or Ctrl-D leaves.'],
]);

function readTransaction(tree: Extract<Tree, { kind: 'transaction' }>, schema: Schema | undefined): Read {
  const command = schema?.commands.get('transaction');
  const own = assemble(tree.text, tree.args, command?.arguments);
  const unknown = new Map<string, Problem>();
  const actions = tree.actions.map(call => readAction(tree.text, call, command, unknown));
  const args: Record<string, Json> = { actions: actions.map(action => action.value) };
  for (const [key, value] of Object.entries(own.value)) if (key !== 'actions') setMember(args, key, value);

  const faults = [own, ...actions.map(action => action.read)].flatMap(read => read.problems);
  for (const fault of faultsOf(tree, [own, ...actions.map(action => action.read)])) faults.push(fault);
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

/** `unknown` holds what was said of names that are none: it takes a search to say it. */
function readAction(
  text: string,
  call: Call,
  command: Command | undefined,
  unknown: Map<string, Problem>,
): Action {
  const given = { actions: [{ type: call.name }] };
  const type = command === undefined ? undefined : typeAt(command.arguments, ['actions', 0, 'data'], given);
  const read = assemble(text, call.args, type);
  const value = { type: call.name, data: read.value };
  const names = fileNameWarnings(call.name, read.value, read.places, call.namePlace);
  if (command === undefined) return { read, value, problems: [], warnings: names };
  const allowed = actionsOf(command);
  const action = allowed.find(one => one.name === call.name);
  if (action === undefined) {
    const problem = unknown.get(call.name) ?? unknownAction(allowed, call);
    unknown.set(call.name, problem);
    return { read, value, problems: [{ ...problem, place: call.namePlace }], warnings: [] };
  }
  const object = objectIn(type);
  const sound = read.problems.length === 0;
  const found = [
    ...checkFeatures(action.features, call.name),
    ...(object === undefined || !sound ? [] : checkObject(object, read.value, call.name)),
  ];
  const { problems, warnings } = placed(found, read, call.namePlace);
  return { read, value, problems, warnings: [...warnings, ...names] };
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
  command?: string,
): { readonly problems: Problem[]; readonly warnings: readonly Warning[] } {
  const at = (finding: Finding) => toProblem(finding, read.places.find(finding.path, finding.at) ?? whole);
  const { left, renamed } = causes(findings, read);
  const offer = (finding: Finding) => {
    const to = command === undefined ? undefined : renamed.get(finding);
    return command === undefined || to === undefined
      ? {}
      : { offered: { execute: command, arguments: withName(read.value, finding.path[0], to) } };
  };
  return {
    problems: left
      .filter(finding => finding.severity === 'problem')
      .map(finding => ({ ...at(finding), ...offer(finding) })),
    warnings: findings.filter(finding => finding.severity === 'warning').map(at),
  };
}

function withName(args: JsonObject, from: string | number | undefined, to: string): JsonObject {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name === from ? to : name, value]));
}

interface Causes {
  readonly left: readonly Finding[];
  /** What the value of an unknown argument is most likely for. */
  readonly renamed: ReadonlyMap<Finding, string>;
}

/** A name that is mistyped is missing, too: that it is missing is not said again. */
function causes(findings: readonly Finding[], read: Assembled): Causes {
  const unknown = (whole: Finding) =>
    findings.filter(
      ({ rule, path }) =>
        rule === 'unknown-member' &&
        path.length === whole.path.length + 1 &&
        whole.path.every((key, i) => key === path[i]),
    );
  const told = new Map<Finding, Finding>();
  const renamed = new Map<Finding, string>();
  const left = new Set<Finding>();
  for (const finding of findings) {
    const { rule, missing = [] } = finding;
    const names = rule === 'missing-member' ? unknown(finding) : [];
    if (names.length === 0) continue;
    const near = names.flatMap(({ nearest: all = [] }) => all);
    if (names.length < missing.length && !missing.every(name => near.includes(name))) continue;
    left.add(finding);
    const [only, ...more] = names;
    const place = only && read.places.find(only.path, 'value');
    const [name = ''] = missing;
    const given = only?.path.length === 1 ? read.value[String(only.path[0])] : undefined;
    if (!only || !place || more.length > 0 || missing.length > 1 || isSlip(only) || typeof given !== 'string')
      continue;
    const { nearest: _, ...bare } = only;
    const better = { ...bare, advice: `Write ${name}=${read.text(place)}` };
    told.set(only, better);
    renamed.set(better, name);
  }
  const rest = findings.filter(finding => !left.has(finding)).map(finding => told.get(finding) ?? finding);
  return { left: rest, renamed };
}

/** Whether an unknown name is another one mistyped, and not only a part of it: `node` of filter-node-name. */
function isSlip({ path, nearest: near = [] }: Finding): boolean {
  const name = String(path.at(-1));
  return near.some(one => edits(one, name) <= Math.max(2, Math.floor(name.length / 3)));
}

function toProblem(finding: Finding, place: Place): Problem {
  const { message, advice, nearest: near, rule } = finding;
  return {
    place,
    message,
    rule,
    ...(advice === undefined ? {} : { advice }),
    ...(near === undefined || near.length === 0 ? {} : { nearest: near }),
  };
}
