import { hmpOffers } from '../../language/values.ts';
import { misuse } from '../misuse.ts';
import { runRequest } from '../send.ts';
import type { Word } from '../word.ts';

export const HMP: Word = {
  name: '.hmp',
  usage: 'LINE',
  help: 'run a command of the human monitor',
  more: ['Sends human-monitor-command. Example:', '    .hmp info block', 'qmpsh -H takes every line so.'],
  complete: before => {
    const typed = before.map(part => `${part} `).join('');
    return hmpOffers().flatMap(({ text, ...more }) =>
      text.startsWith(typed) ? [{ text: text.slice(typed.length), ...more }] : [],
    );
  },
  run: async ({ rest, text }, host) => {
    if (rest === '') throw misuse(HMP, 'there is no line to run');
    return runRequest(
      { execute: 'human-monitor-command', arguments: { 'command-line': rest } },
      host,
      undefined,
      text,
    );
  },
};
