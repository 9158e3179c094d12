import { QmpshError } from '../../qmp/errors.ts';
import type { Exit } from '../host.ts';
import type { Word } from '../word.ts';

export const EDIT: Word = {
  name: '.edit',
  usage: '[LINE]',
  help: 'edit a line in $VISUAL or $EDITOR; it comes back to the prompt',
  more: ['Without a line, the one before. Ctrl-X Ctrl-E does the same with the line being typed.'],
  run: async ({ rest }, host): Promise<Exit> => {
    if (!host.editLine)
      throw new QmpshError('usage', 'there is no prompt to edit a line for', {
        advice: 'Put the lines into a file and play it.',
      });
    const before = host.history().findLast(entry => !/^\s*\.edit\b/.test(entry));
    await host.editLine(rest === '' ? (before ?? '') : rest);
    return 0;
  },
};
