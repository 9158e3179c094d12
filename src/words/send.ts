import type { Exit } from '../line/exit.ts';
import { misuse } from '../line/misuse.ts';
import { runRaw } from '../line/send.ts';
import type { Word } from '../line/word.ts';
import { JsonError, parseJson } from '../text/json.ts';

export const SEND: Word = {
  name: '.send',
  usage: 'JSON',
  help: 'send a message as it stands, past the schema',
  more: ['For what the schema does not know. Example:', '    .send {"execute": "query-status", "id": 7}'],
  needs: 'host',
  run: async ({ line, text, rest, row }, host): Promise<Exit> => {
    if (rest === '') throw misuse(SEND, 'there is nothing to send');
    try {
      return await runRaw(parseJson(rest), host, text);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      const at = text.indexOf(rest, line.restPlace.start) + error.offset;
      const advice =
        'JSON wants names and texts in double quotes; without .send, looser literals are understood.';
      host.problems(
        text,
        [{ place: { start: at, end: at + 1 }, message: error.message, advice }],
        'error',
        row,
      );
      return 2;
    }
  },
};
