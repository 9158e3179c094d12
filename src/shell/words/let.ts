// `.let` and `.expect`: questions about the last reply.
import { bindQuery } from '../../page/bind.ts';
import { meets, readExpectation } from '../../page/expect.ts';
import { letOf } from '../../page/names.ts';
import type { Value } from '../../page/value.ts';
import { QmpshError } from '../../qmp/errors.ts';
import { stringifyJson } from '../../text/json.ts';
import { safe } from '../../text/safe.ts';
import type { Exit, Host } from '../host.ts';
import { misuse } from '../misuse.ts';
import { ask } from '../player/query.ts';
import type { Word } from '../word.ts';

export const LET: Word = {
  name: '.let',
  usage: '[NAME = QUERY]',
  help: 'give a name to a part of the last reply: $NAME stands for it from then on',
  more: [
    'The query is JMESPath. Alone, .let shows the names there are.',
    '    query-named-block-nodes flat=true',
    '    .let size = [?"node-name"==\'node-A\'] | [0].image."virtual-size"',
    '    blockdev-create job-id=new options={"driver": "file", "filename": "e.img", "size": $size}',
  ],
  run: async ({ rest, text }, host): Promise<Exit> => {
    const names = namesOf(host);
    if (rest === '') {
      if (names.size === 0) host.note('there are no names yet');
      for (const [name, { json }] of names)
        host.show([[{ text: `$${name}`, role: 'key' }, { text: ` = ${safe(stringifyJson(json))}` }]]);
      return 0;
    }
    const given = letOf({ kind: 'word', text: `.let ${rest}` });
    if (!given) throw misuse(LET, 'a name, =, and a query are wanted');
    const json = await queried(given.query, host);
    names.set(given.name, { json });
    host.note(`$${given.name} = ${stringifyJson(json)}`);
    host.recorder?.word(text);
    return 0;
  },
};

export const EXPECT: Word = {
  name: '.expect',
  usage: 'QUERY [OP VALUE]',
  help: 'demand something of the last reply; an error where it does not hold',
  more: [
    'The query is JMESPath; OP is == != < <= > >= or has. Without one the query must find something.',
    '    .expect status == paused        .expect [?ready] ',
  ],
  run: async ({ rest, text }, host): Promise<Exit> => {
    const bound = bindQuery(rest, namesOf(host));
    if (!bound.ok) throw new QmpshError('usage', bound.message, { advice: bound.advice });
    const read = readExpectation(bound.text);
    if (!read.ok) throw new QmpshError('usage', read.message, { advice: read.advice });
    const value = await queried(read.query, host);
    host.recorder?.word(text);
    if (meets(value, read.operator, read.value)) {
      host.note('as expected', 'ok');
      return 0;
    }
    const wanted = read.operator === 'holds' ? 'something' : `${read.operator} ${stringifyJson(read.value)}`;
    const message = `not as expected: ${read.query} should be ${wanted}, and is ${stringifyJson(value)}`;
    throw new QmpshError('refused', safe(message));
  },
};

async function queried(query: string, host: Host) {
  const bound = bindQuery(query, namesOf(host));
  if (!bound.ok) throw new QmpshError('usage', bound.message, { advice: bound.advice });
  const answer = await ask(host.last ?? null, bound.text);
  if (!answer.ok) throw new QmpshError('usage', safe(answer.message), { advice: 'Queries are JMESPath.' });
  return answer.value;
}

function namesOf(host: Host): Map<string, Value> {
  host.names ??= new Map();
  return host.names;
}
