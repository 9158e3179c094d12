import type { Exit } from '../line/exit.ts';
import type { Word } from '../line/word.ts';

export const EDIT: Word = {
  name: '.edit',
  usage: '[LINE]',
  help: 'edit a line in $VISUAL or $EDITOR; it comes back to the prompt',
  more: ['Without a line, the one before. Ctrl-X Ctrl-E does the same with the line being typed.'],
  needs: 'typist',
  otherwise: 'Put the lines into a file and play it.',
  run: async ({ rest }, _host, typist): Promise<Exit> => {
    const before = typist.history().findLast(entry => !/^\s*\.edit\b/.test(entry));
    await typist.editLine(rest === '' ? (before ?? '') : rest);
    return 0;
  },
};
