import type { Exit } from '../line/exit.ts';
import type { Word } from '../line/word.ts';
import { safe } from '../text/safe.ts';
import { comingNear } from '../text/search.ts';

/** So many lines that come near are shown where none holds the text. */
const MOST_NEAR = 10;

export const HISTORY: Word = {
  name: '.history',
  usage: '[TEXT]',
  help: 'lines typed before; with TEXT, those that hold it or come near it',
  more: ['Ctrl-R searches them while typing. Lines that hold a secret are never kept.'],
  needs: 'host',
  run: async ({ rest, text: typed }, host): Promise<Exit> => {
    const lines = host.typist?.history() ?? [];
    // The search itself was typed, too, and holds what it looks for.
    const all = rest === '' ? lines : lines.filter(entry => entry.trim() !== typed.trim());
    const holding = all.filter(entry => entry.includes(rest));
    const near =
      holding.length > 0 ? [] : comingNear(rest, [...new Set(all)].reverse(), text => text, MOST_NEAR);
    const entries = holding.length > 0 ? holding : near;
    const rows = entries.flatMap(entry => entry.split('\n').map(text => [{ text: safe(text) }]));
    await host.page(rows);
    if (holding.length > 0) return 0;
    const come = near.length > 0 ? '; these come near' : '';
    host.note(rest ? `no line holds ${safe(rest)}${come}` : 'no line was typed yet');
    return 0;
  },
};
