import type { Word } from '../word.ts';

export const HISTORY: Word = {
  name: '.history',
  usage: '[TEXT]',
  help: 'lines typed before; with TEXT, those that hold it',
  more: ['Ctrl-R searches them while typing. Lines that hold a secret are never kept.'],
  run: ({ rest }, host) => {
    const entries = host.history().filter(entry => entry.includes(rest));
    host.show(entries.flatMap(entry => entry.split('\n').map(text => [{ text }])));
    if (entries.length === 0) host.note(rest ? `no line holds ${rest}` : 'no line was typed yet');
    return 0;
  },
};
