import type { Exit } from '../line/exit.ts';
import { misuse } from '../line/misuse.ts';
import type { Word } from '../line/word.ts';
import { QmpshError } from '../qmp/errors.ts';

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
  needs: 'typist',
  otherwise: '.help COMMAND shows its arguments.',
  complete: (before, _typed, host) =>
    before.length > 0 ? [] : [...(host.schema?.commands.keys() ?? [])].map(text => ({ text })),
  run: async ({ rest }, host, typist): Promise<Exit> => {
    if (rest === '') throw misuse(FILL, 'which command?');
    const schema = await host.loadSchema();
    const name = /^\S+/.exec(rest)?.[0] ?? '';
    if (!typist.fill)
      throw new QmpshError('usage', 'a form needs a screen that can be redrawn', {
        advice: `.help ${name} shows the arguments.`,
      });
    if (!schema?.commands.has(name)) throw misuse(FILL, `this QEMU has no command ${name}`);
    const line = await typist.fill(rest, schema);
    if (line === undefined) host.note('the form was left; nothing was sent');
    else typist.setLine(line);
    return 0;
  },
};
