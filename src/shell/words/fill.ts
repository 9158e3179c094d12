import { QmpshError } from '../../qmp/errors.ts';
import type { Exit } from '../host.ts';
import { misuse } from '../misuse.ts';
import type { Word } from '../word.ts';

export const FILL: Word = {
  name: '.fill',
  usage: 'COMMAND [key=value ...]',
  help: 'ask for the arguments of a command, one by one',
  more: [
    'A line that ends in a question mark does the same:',
    '    blockdev-add driver=qcow2 ?',
    'First what the command needs, then what you choose of the rest. The finished line is put on the prompt, to be',
    'read before it runs. Esc leaves the form.',
  ],
  complete: (before, _typed, host) =>
    before.length > 0 ? [] : [...(host.schema?.commands.keys() ?? [])].map(text => ({ text })),
  run: async ({ rest }, host): Promise<Exit> => {
    if (rest === '') throw misuse(FILL, 'which command?');
    const schema = await host.loadSchema();
    const name = /^\S+/.exec(rest)?.[0] ?? '';
    if (!host.fill || !host.setLine)
      throw new QmpshError('usage', 'there is nobody to ask: .fill works at a prompt on a screen', {
        advice: `.help ${name} shows the arguments.`,
      });
    if (!schema?.commands.has(name)) throw misuse(FILL, `this QEMU has no command ${name}`);
    const line = await host.fill(rest, schema);
    if (line === undefined) host.note('the form was left; nothing was sent');
    else host.setLine(line);
    return 0;
  },
};
