import { parseJson } from '../../text/json.ts';
import { misuse } from '../misuse.ts';
import { runRaw } from '../send.ts';
import type { Word } from '../word.ts';

export const SEND: Word = {
  name: '.send',
  usage: 'JSON',
  help: 'send a message as it stands, past the schema',
  more: ['For what the schema does not know. Example:', '    .send {"execute": "query-status", "id": 7}'],
  run: async ({ rest }, host) => {
    if (rest === '') throw misuse(SEND, 'there is nothing to send');
    return runRaw(parseJson(rest), host);
  },
};
