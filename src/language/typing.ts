// What is wrong with a line while it is still being typed: only what the cursor has left, and never that
// something is missing.
import { check, checkObject, findCommand } from '../schema/check.ts';
import { type Finding, problem } from '../schema/finding.ts';
import type { ObjectType, Schema } from '../schema/model.ts';
import { child, isTagMissing, memberAt, membersAt, objectIn, typeAt, variantsWith } from '../schema/walk.ts';
import { nearest } from '../text/fuzzy.ts';
import type { Json, JsonObject } from '../text/json.ts';
import { span } from '../text/line.ts';
import type { Place } from '../text/place.ts';
import { safe } from '../text/safe.ts';
import type { StyledLine } from '../text/style.ts';
import { fit, width } from '../text/width.ts';
import { type Assembled, assemble, assembleLiteral } from './assemble.ts';
import { actionContext, actionUnion } from './context.ts';
import type { Problem } from './line.ts';
import { judged } from './parse.ts';
import { partsOf } from './parts.ts';
import { messageOf } from './problem.ts';
import { type Argument, type Call, readLine, type Tree } from './tokens.ts';

/** Problems whose place the cursor is not in, first one first. `cursor` is an offset in UTF-16 units. */
export function problemsWhileTyping(text: string, cursor: number, schema?: Schema): readonly Problem[] {
  const tree = readLine(text);
  const problems = [...tree.faults, ...problemsOf(tree, cursor, schema)];
  return problems
    .filter(({ place, unfinished }) => unfinished !== true && !within(cursor, place))
    .sort((a, b) => a.place.start - b.place.start);
}

/**
 * The row under a line in which something is wrong, at most `columns` wide: what Enter would say of it, and behind that
 * what to do where there is room for all of it. `found` is the first of the problems while typing.
 */
export function problemRow(
  text: string,
  found: Problem,
  schema: Schema | undefined,
  columns: number,
): StyledLine {
  const part = partsOf(text).findLast(({ start }) => start <= found.place.start) ?? { text, start: 0 };
  const told = asEnterTells(part.text, found, found.place.start - part.start, schema);
  const message = messageOf(told);
  // What the VM's own names may speak against is settled by Enter.
  const advice = told.offered === undefined ? safe(told.advice ?? '') : '';
  const fits = advice !== '' && width(message) + GAP.length + width(advice) <= columns;
  return [span(fit(message, columns), 'error'), ...(fits ? [span(`${GAP}${advice}`, 'dim')] : [])];
}

const GAP = '   ';

function asEnterTells(line: string, found: Problem, start: number, schema: Schema | undefined): Problem {
  const judgement = judged(readLine(line), schema);
  if (judgement.cause !== undefined || judgement.line.kind !== 'wrong') return judgement.cause ?? found;
  return judgement.line.problems.find(({ place }) => place.start === start) ?? found;
}

function within(cursor: number, { start, end }: Place): boolean {
  return start <= cursor && cursor <= end;
}

function problemsOf(tree: Tree, cursor: number, schema: Schema | undefined): readonly Problem[] {
  switch (tree.kind) {
    case 'raw':
      return assembleLiteral(tree.text, tree.value).problems.filter(({ place }) => !within(cursor, place));
    case 'command':
      return commandProblems(tree.call, tree, cursor, schema);
    case 'transaction':
      return transactionProblems(tree, cursor, schema);
    default:
      return [];
  }
}

function commandProblems(
  call: Call,
  tree: Tree,
  cursor: number,
  schema: Schema | undefined,
): readonly Problem[] {
  // Looking for what was perhaps meant takes time, and nobody sees it while the name is being typed.
  const typing = within(cursor, call.namePlace);
  if (typing && schema?.commands.has(call.name) !== true) return [];
  const command = schema === undefined ? undefined : findCommand(schema, call.name);
  if (command === undefined) return assemble(tree.text, call.args, undefined).problems;
  if ('severity' in command)
    return within(cursor, call.namePlace) ? [] : [toProblem(command, call.namePlace)];
  return objectProblems(call.args, command.arguments, tree, cursor, value => check(command, value));
}

function transactionProblems(
  tree: Extract<Tree, { kind: 'transaction' }>,
  cursor: number,
  schema: Schema | undefined,
): readonly Problem[] {
  const command = schema?.commands.get('transaction');
  if (command === undefined) return [];
  const union = actionUnion(schema);
  const own = objectProblems(tree.args, command.arguments, tree, cursor, value => check(command, value));
  const inner = tree.actions.flatMap(action => {
    if (union?.variants?.has(action.name) !== true) return unknownAction(action, union, cursor);
    const { type } = actionContext(action, union, tree.text);
    if (type === undefined) return [];
    return objectProblems(action.args, type, tree, cursor, value => checkObject(type, value, action.name));
  });
  return [...own, ...inner];
}

function unknownAction(action: Call, union: ObjectType | undefined, cursor: number): readonly Problem[] {
  if (within(cursor, action.namePlace)) return [];
  const names = [...(union?.variants?.keys() ?? [])];
  const message = `${JSON.stringify(action.name)} cannot be part of a transaction`;
  return [{ place: action.namePlace, message, advice: `These can: ${names.join(', ')}.` }];
}

/** What is wrong with arguments, the one at the cursor apart. */
function objectProblems(
  args: readonly Argument[],
  type: ObjectType,
  tree: Tree,
  cursor: number,
  judge: (value: Assembled['value']) => readonly Finding[],
): readonly Problem[] {
  const here = args.find(({ place }) => within(cursor, place));
  const read = assemble(tree.text, args, type);
  const found = judge(read.value).filter(
    finding =>
      finding.severity === 'problem' &&
      !isMissing(finding, type, read.value) &&
      !mayYetCome(finding, type, read.value, here),
  );
  const placed = [...found, ...unlisted(type, read.value)].flatMap(finding => {
    const place = read.places.find(finding.path, finding.at);
    return place === undefined ? [] : [toProblem(finding, place)];
  });
  // What is wrong with the text of the argument at the cursor may be right at the next key; its name is done at the "=".
  const isOpen = (place: Place) =>
    here !== undefined &&
    overlaps(place, here.place) &&
    !(here.equals !== undefined && cursor > here.equals && place.end <= here.equals);
  return [...read.problems, ...placed].filter(({ place }) => !isOpen(place));
}

// What QEMU takes and lists under another name: a property as text, the items of an array and their number.
const UNLISTED = /^legacy-|^len-|\[/;

/**
 * Properties that QEMU, asked what a type has, does not know. They are marked and not refused: the schema leaves the
 * arguments open, and what was asked is another run of the program.
 */
function unlisted(type: ObjectType, given: JsonObject): readonly Finding[] {
  if (type.open !== true || (type.more?.(given) ?? []).length === 0) return [];
  const names = membersAt(type, given).map(({ name }) => name);
  const kind = ['driver', 'qom-type'].map(key => given[key]).find(value => typeof value === 'string');
  return Object.keys(given)
    .filter(key => !names.includes(key) && !UNLISTED.test(key))
    .map(key =>
      problem('unknown-member', [key], 'name', `a ${kind} has no property ${JSON.stringify(key)}`, {
        nearest: nearest(key, names),
      }),
    );
}

function overlaps(a: Place, b: Place): boolean {
  return a.start < b.end && b.start < a.end;
}

/** A finding about a name that is known is about what is not there. */
function isMissing({ path, at }: Finding, type: ObjectType, given: Json): boolean {
  if (at !== 'name') return false;
  const parent = path.length <= 1 ? type : typeAt(type, path.slice(0, -1), given);
  const last = path.at(-1);
  if (last === undefined || parent === undefined || parent === 'open') return true;
  const around = path.slice(0, -1).reduce<Json | undefined>(child, given);
  return memberAt(parent, last, around) !== undefined;
}

/** An unknown name that a tag may bring which is not typed yet, or is being typed. */
function mayYetCome(
  { path, at }: Finding,
  type: ObjectType,
  given: Json,
  here: Argument | undefined,
): boolean {
  const last = path.at(-1);
  if (at !== 'name' || last === undefined) return false;
  const above = path.slice(0, -1);
  const parent = objectIn(typeAt(type, above, given));
  if (parent?.tag === undefined || variantsWith(parent, String(last)).length === 0) return false;
  const around = above.reduce<Json | undefined>(child, given);
  return isTagMissing(parent, around) || here?.key.parts.at(-1)?.name === parent.tag;
}

function toProblem({ message, advice, nearest }: Finding, place: Place): Problem {
  return {
    place,
    message,
    ...(advice === undefined ? {} : { advice }),
    ...(nearest === undefined || nearest.length === 0 ? {} : { nearest }),
  };
}
