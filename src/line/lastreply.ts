// Evaluates the queries of `.let` and `.expect` on the last reply, at the prompt and in pages.
import { bindQuery } from '../page/bind.ts';
import { meets, readExpectation } from '../page/expect.ts';
import type { Values } from '../page/value.ts';
import { QmpshError } from '../qmp/errors.ts';
import { isArray, type Json, parseJson, stringifyJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';
import { ask, queryFault } from './query.ts';

/**
 * The value that the query finds in the reply; `names` are bound in it. Throws a QmpshError where the query is not
 * valid.
 */
export async function queryReply(query: string, reply: Json, names: Values): Promise<Json> {
  return answerTo(bound(query, names), reply);
}

/** Whether the reply is as `.expect` demands it, and what was found, in a sentence. */
export async function expectation(
  text: string,
  reply: Json,
  names: Values,
): Promise<{ readonly met: boolean; readonly told: string }> {
  const read = readExpectation(bound(text, names));
  if (!read.ok) throw new QmpshError('usage', read.message, { advice: read.advice });
  const found = await answerTo(read.query, reply);
  const got = stringifyJson(found);
  const shown = safe(got.length > LONGEST ? `${got.slice(0, LONGEST)}...` : got);
  const query = safe(read.query);
  if (meets(found, read.operator, read.value))
    return { met: true, told: `as expected: ${query} is ${shown}` };
  const absent = read.operator === 'holds' ? await absentName(read.query, reply) : undefined;
  if (absent !== undefined) return { met: false, told: `not as expected: ${absent}` };
  const wanted = read.operator === 'holds' ? 'something' : `${read.operator} ${stringifyJson(read.value)}`;
  return { met: false, told: `not as expected: ${query} should be ${safe(wanted)}, and is ${shown}` };
}

const LONGEST = 300;
/** A list's rows of one name, as pages look for a node: `[?inserted."node-name"==`"node-A"`]`. */
const BY_NAME = /^\[\?((?:\w+\.)*("?)([\w-]+)\2)==`("(?:[^`\\]|\\.)*")`\]$/;
/** So many names are told. */
const MOST = 6;

/** Where a query looks for a row by its name and finds none: that, and the names that there are. */
async function absentName(query: string, reply: Json): Promise<string | undefined> {
  const [, path, , key, quoted] = BY_NAME.exec(query) ?? [];
  if (path === undefined || key === undefined || quoted === undefined || !isArray(reply)) return undefined;
  const wanted = parseJson(quoted);
  const found = await ask(reply, `[].${path}`);
  const names = found.ok && isArray(found.value) ? found.value.filter(name => typeof name === 'string') : [];
  if (typeof wanted !== 'string') return undefined;
  const { nearest } = await import('../text/fuzzy.ts');
  // (Names that QEMU gave by itself, as #block123, are nobody's.)
  const own = [...new Set(names)].filter(name => !name.startsWith('#'));
  const near = nearest(wanted, own);
  const others = own.length > MOST ? [...own.slice(0, MOST), `${own.length - MOST} more`] : own;
  const told =
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : own.length > 0
        ? `there ${own.length === 1 ? 'is' : 'are'} ${others.join(', ')}`
        : 'there is none';
  return safe(`no ${key} is ${wanted}; ${told}`);
}

function bound(text: string, names: Values): string {
  const bound = bindQuery(text, names);
  if (bound.ok) return bound.text;
  throw new QmpshError('usage', bound.message, { advice: bound.advice });
}

async function answerTo(query: string, reply: Json): Promise<Json> {
  const answer = await ask(reply, query);
  if (answer.ok) return answer.value;
  // A query that can be asked, but not of this reply, is no misspelt line.
  const kind = (await queryFault(query)) === undefined ? 'refused' : 'usage';
  throw new QmpshError(kind, safe(answer.message), { advice: 'Queries are JMESPath.' });
}
