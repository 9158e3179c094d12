import { hmpOffers } from '../language/values.ts';
import { misuse } from '../line/misuse.ts';
import { connected, runRequest } from '../line/send.ts';
import type { Word } from '../line/word.ts';
import { chosenCpu, hmpRequest } from '../schema/hmp.ts';

export const HMP: Word = {
  name: '.hmp',
  usage: 'LINE',
  help: 'run a command of the human monitor',
  more: [
    'Sends human-monitor-command. Example:',
    '    .hmp info block',
    'A line that the monitor answers with an error has failed, as one that QMP refuses.',
    '.hmp cpu N chooses the processor that the lines behind it are about.',
    'qmpsh -H takes every line so.',
  ],
  ofQemu: true,
  needs: 'host',
  complete: before => {
    const typed = before.map(part => `${part} `).join('');
    return hmpOffers().flatMap(({ text, ...more }) =>
      text.startsWith(typed) ? [{ text: text.slice(typed.length), ...more, verbatim: true }] : [],
    );
  },
  run: async ({ rest }, host) => {
    if (rest === '') throw misuse(HMP, 'there is no line to run');
    const cpu = chosenCpu(rest);
    const session = connected(host);
    const status = await runRequest(hmpRequest(rest, session.hmpCpu), host, undefined, `.hmp ${rest}`);
    if (status === 0 && cpu !== undefined) session.hmpCpu = cpu;
    return status;
  },
};
