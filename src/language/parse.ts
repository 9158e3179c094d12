// A line understood: the request it stands for, or what is wrong with it and where.
import type { Request } from '../qmp/message.ts';
import { requestIn } from '../qmp/protocol.ts';
import type { Schema } from '../schema/model.ts';
import { isObject } from '../text/json.ts';
import { assembleLiteral } from './assemble.ts';
import { causeOf } from './foreign.ts';
import type { Line, Problem } from './line.ts';
import { addsInOneWord } from './meant.ts';
import { readRequest } from './request.ts';
import { isAnswer } from './several.ts';
import { hasNameWithComma } from './slips.ts';
import { readLine, type Tree } from './tokens.ts';

/**
 * What a line means. With a schema its types decide what each value is and everything is checked; without one
 * values are guessed as qmp-shell does. Never throws.
 */
export function parse(text: string, schema?: Schema): Line {
  return meaningOf(readLine(text), schema);
}

/**
 * The same for a line that was read into its tree before. Without `cause` a wrong line has the problems as they stand: enough
 * for values that are only tried, and several times faster.
 */
export function meaningOf(tree: Tree, schema?: Schema, { cause: wanted } = { cause: true }): Line {
  const line = lineOf(tree, schema);
  if (line.kind === 'wrong' && !wanted) return line;
  const cause = causeIn(line, tree, schema);
  return cause === undefined ? line : { kind: 'wrong', problems: [cause] };
}

/** A line as it stands, and the one cause of all that is wrong with it, where one is known: what the user is told. */
export function judged(
  tree: Tree,
  schema: Schema | undefined,
): { readonly line: Line; readonly cause?: Problem | undefined } {
  const line = lineOf(tree, schema);
  return { line, cause: causeIn(line, tree, schema) };
}

function causeIn(line: Line, tree: Tree, schema: Schema | undefined): Problem | undefined {
  const isOther = line.kind === 'command' && (addsInOneWord(line.request) || hasNameWithComma(tree));
  if (line.kind !== 'wrong' && !isOther) return undefined;
  // What was written for something else is wrong in many places, and for one reason.
  return causeOf(tree, one => lineOf(readLine(one), schema), schema);
}

function lineOf(tree: Tree, schema: Schema | undefined): Line {
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
      const wrong = first(problemsToTell(read.problems));
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
  return line.kind === 'raw' ? requestIn(line.message) : undefined;
}

function parseRaw(tree: Extract<Tree, { kind: 'raw' }>): Line {
  const { value, problems } = assembleLiteral(tree.text, tree.value);
  const all: Problem[] = [...tree.faults, ...problems];
  const sends = isObject(value) && (Object.hasOwn(value, 'execute') || Object.hasOwn(value, 'exec-oob'));
  if (all.length === 0 && !sends) {
    const answer = isObject(value) && isAnswer(Object.keys(value));
    const message = answer
      ? 'this is what QEMU says, no request: there is nothing to send'
      : 'this is JSON, but no request: it has no "execute"';
    const advice = 'Write {"execute": "NAME", "arguments": {...}}; .send sends any JSON as it stands.';
    all.push({ place: tree.value.place, message, ...(answer ? {} : { advice }) });
  }
  const wrong = first(problemsToTell(all));
  return wrong === undefined ? { kind: 'raw', message: value } : { kind: 'wrong', problems: wrong };
}

function ordered(problems: readonly Problem[]): readonly Problem[] {
  const last = ({ rule }: Problem) => Number(rule === 'missing-member');
  return [...problems].sort((a, b) => last(a) - last(b) || a.place.start - b.place.start);
}

/** In order, what is missing last; what stands behind an open bracket or quote may be meant otherwise, so only the innermost one is told. */
function problemsToTell(problems: readonly Problem[]): readonly Problem[] {
  const all = ordered(problems);
  const open = all.filter(problem => problem.unfinished === true);
  const [outer, inner] = [open[0], open.at(-1)];
  if (outer === undefined || inner === undefined) return all;
  return [...all.filter(problem => problem.place.end <= outer.place.start), inner];
}

function first(problems: readonly Problem[]): readonly [Problem, ...Problem[]] | undefined {
  const [one, ...more] = problems;
  return one === undefined ? undefined : [one, ...more];
}
