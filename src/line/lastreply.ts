// Evaluates the queries of `.let` and `.expect` on the last reply, at the prompt and in pages.
import { bindQuery } from '../page/bind.ts';
import { meets, readExpectation } from '../page/expect.ts';
import type { Values } from '../page/value.ts';
import { QmpshError } from '../qmp/errors.ts';
import { type Json, stringifyJson } from '../text/json.ts';
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
  const wanted = read.operator === 'holds' ? 'something' : `${read.operator} ${stringifyJson(read.value)}`;
  return { met: false, told: `not as expected: ${query} should be ${safe(wanted)}, and is ${shown}` };
}

const LONGEST = 300;

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
