import { safe } from '../../text/safe.ts';
import type { Exit } from '../host.ts';
import type { Word } from '../word.ts';

export const HISTORY: Word = {
  name: '.history',
  usage: '[TEXT]',
  help: 'lines typed before; with TEXT, those that hold it',
  more: ['Ctrl-R searches them while typing. Lines that hold a secret are never kept.'],
  run: async ({ rest }, host): Promise<Exit> => {
    const entries = host.history().filter(entry => entry.includes(rest));
    const lines = entries.flatMap(entry => entry.split('\n').map(text => [{ text: safe(text) }]));
    if (host.page) await host.page(lines);
    else host.show(lines);
    if (entries.length === 0) host.note(rest ? `no line holds ${rest}` : 'no line was typed yet');
    return 0;
  },
};
