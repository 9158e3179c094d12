// The words `.let` and `.expect`: queries on the last reply.

import type { Exit } from '../line/exit.ts';
import { expectation, queryReply } from '../line/lastreply.ts';
import { misuse } from '../line/misuse.ts';
import type { Word } from '../line/word.ts';
import { letOf } from '../page/names.ts';
import { QmpshError } from '../qmp/errors.ts';
import { namesSecret } from '../schema/notes/secretnames.ts';
import { MASK } from '../schema/notes/secrettext.ts';
import { type Json, stringifyJson } from '../text/json.ts';
import { safe } from '../text/safe.ts';

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
  needs: 'connection',
  run: async ({ rest, text }, host): Promise<Exit> => {
    const { names } = host;
    if (rest === '') {
      if (names.size === 0) host.note('there are no names yet');
      for (const [name, { json }] of names)
        host.show([[{ text: `$${name}`, role: 'key' }, { text: ` = ${safe(shown(name, json))}` }]]);
      return 0;
    }
    const given = letOf({ kind: 'word', text: `.let ${rest}` });
    if (!given) throw misuse(LET, 'a name, =, and a query are wanted');
    const json = await queryReply(given.query, host.last, names);
    names.set(given.name, { json });
    host.note(`$${given.name} = ${shown(given.name, json)}`);
    host.recorder?.word(text);
    return 0;
  },
};

/** A value by its name: a secret is one, whatever it is. */
function shown(name: string, json: Json): string {
  return namesSecret(name) ? MASK : stringifyJson(json);
}

export const EXPECT: Word = {
  name: '.expect',
  usage: 'QUERY [OP VALUE]',
  help: 'demand something of the last reply; an error where it does not hold',
  more: [
    'The query is JMESPath; OP is == != < <= > >= or has. Without one the query must find something.',
    '    .expect status == paused        .expect [?ready] ',
  ],
  needs: 'connection',
  run: async ({ rest, text }, host): Promise<Exit> => {
    const { met, told } = await expectation(rest, host.last, host.names);
    host.recorder?.word(text);
    if (!met) throw new QmpshError('refused', told);
    host.note('as expected', 'ok');
    return 0;
  },
};
